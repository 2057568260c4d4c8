/*
 * Every function of the cursor on any input of up to 12 bytes, at any position, after any problem: nothing outside is
 * read, the position only goes forward and stays inside, a refused item is not taken, an earlier problem stays and
 * nothing is taken after it; what is taken has its shortest head and the range that was asked for. By induction this
 * holds for any number of items.
 * Unwind: 14
 * Mutant: lib/cbor.c: s/	if (c->problem == SIGNED_OK \&\& count > rest(c))/	if (c->problem == SIGNED_OK \&\& count > rest(c) + 1)/
 * Breaks: a string is inside the input
 * Mutant: lib/cbor.c: s/	if (count == 1 ? number < NUMBER_FOLLOWS : number >> (4 \* count) == 0)/	if (count == 1 \&\& number < NUMBER_FOLLOWS)/
 * Breaks: a number has its shortest head
 * Mutant: lib/cbor.c: s/	if (c->problem != SIGNED_OK || problem == SIGNED_OK)/	if (problem == SIGNED_OK)/
 * Breaks: the first problem stays
 * Mutant: lib/cbor.c: s/	if (found < c->key_least)/	if (found + 1 < c->key_least)/
 * Breaks: a key is above the one before
 * Mutant: lib/cbor.c: s/	if (there < count)/	if (there == 0)/
 * Breaks: the position goes forward, and stays inside
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/cbor.c"
#include "tests/proof/proof.h"

#define INPUT_MAX	12
#define TEXT_BYTES	6

/* The input ends where the array ends: one byte more is outside. */
static struct input {
	uint8_t bytes[INPUT_MAX];
} input;
struct input nondet_input(void);

static struct cbor before, c;

static size_t head_bytes(uint64_t number)
{
	return number < 24 ? 1 : number <= UINT8_MAX ? 2 : number <= UINT16_MAX ? 3 : number <= UINT32_MAX ? 5 : 9;
}

static size_t taken(void)
{
	return (size_t)(c.at - before.at);
}

static void uint_try(void)
{
	uint64_t min = nondet_u64(), max = nondet_u64(), value = cbor_take_uint(&c, min, max);

	if (c.problem != SIGNED_OK) {
		CLAIM(value == 0, "no number is taken with a problem");
		return;
	}
	CLAIM(value >= min && value <= max, "a number is in the range that was asked for");
	CLAIM(before.at[0] >> 5 == 0 && taken() == head_bytes(value), "a number has its shortest head");
	WITNESS(taken() == 9, "a number of eight bytes");
	WITNESS(taken() == 1, "a number of five bits");
}

static void bytes_try(void)
{
	size_t min = nondet_u64(), max = nondet_u64();
	struct cbor_bytes bytes = cbor_take_bytes(&c, min, max);

	if (c.problem != SIGNED_OK) {
		CLAIM(bytes.data == NULL && bytes.count == 0, "no string is taken with a problem");
		return;
	}
	CLAIM(taken() <= (size_t)(before.end - before.at), "a string is inside the input");
	CLAIM(bytes.data + bytes.count == c.at && taken() == head_bytes(bytes.count) + bytes.count,
	      "a string is all that follows its head");
	CLAIM(bytes.count >= min && bytes.count <= max, "a string has the size that was asked for");
	WITNESS(bytes.count == 11, "a string of all the input");
	WITNESS(bytes.count == 0 && c.at == c.end, "an empty string at the end");
}

static void text_try(void)
{
	char text[TEXT_BYTES] = { 'X', 'X', 'X', 'X', 'X', 'X' };
	size_t length = 0;

	cbor_take_text(&c, text, sizeof(text));
	if (c.problem != SIGNED_OK) {
		CLAIM(text[0] == 'X' && text[TEXT_BYTES - 1] == 'X', "no text is written with a problem");
		return;
	}
	for (size_t i = 0; i < TEXT_BYTES; i++)
		length += text[i] != '\0';
	CLAIM(length >= 1 && length < TEXT_BYTES && taken() == 1 + length,
	      "a text is terminated and as long as its head says");
	for (size_t i = 0; i < TEXT_BYTES; i++) {
		char at = text[i];

		CLAIM(i >= length ? at == '\0' : (at >= 'a' && at <= 'z') || (at >= '0' && at <= '9') || at == '.' ||
		      at == '_' || at == '-', "a text has characters of the alphabet, then NULs");
	}
	WITNESS(length == TEXT_BYTES - 1, "the longest text");
}

static void literal_try(void)
{
	static const uint8_t literal[] = { 0x83, 0x44, 0xa1 };

	cbor_take_literal(&c, literal, sizeof(literal));
	if (c.problem != SIGNED_OK)
		return;
	CLAIM(taken() == 3 && before.at[0] == 0x83 && before.at[1] == 0x44 && before.at[2] == 0xa1,
	      "a literal is all of its bytes");
	WITNESS(c.at == c.end, "a literal at the end");
}

static void array_try(void)
{
	size_t min = nondet_u64(), max = nondet_u64(), count = cbor_take_array(&c, min, max);

	CLAIM(c.problem == SIGNED_OK ? count >= min && count <= max : count == 0, "an array has the count that was asked for");
	WITNESS(c.problem == SIGNED_OK && count == 24, "an array of 24");
}

static void key_try(void)
{
	uint64_t key = nondet_u64();

	/* Keys are constants of the readers. */
	ASSUME(key < 1000);
	cbor_take_key(&c, key);
	if (c.problem != SIGNED_OK)
		return;
	CLAIM(before.keys_left != 0 && c.keys_left == before.keys_left - 1, "a key is one of those that the map has");
	CLAIM(key >= before.key_least, "a key is above the one before");
	CLAIM(c.key_least == key + 1 && taken() == head_bytes(key), "a key is the one that was asked for");
	WITNESS(key == 500, "a key of two bytes");
}

static void map_try(void)
{
	if (nondet_bool()) {
		cbor_take_map(&c);
		CLAIM(c.problem == SIGNED_OK || c.keys_left == 0, "a map that is refused has no keys");
	} else {
		cbor_end_map(&c);
		CLAIM(c.problem != SIGNED_OK || before.keys_left == 0, "a map ends when its keys do");
		WITNESS(before.problem == SIGNED_OK && c.problem == SIGNED_UNKNOWN && before.keys_left == 1, "a surplus key");
	}
}

static void end_try(void)
{
	if (nondet_bool()) {
		CLAIM(cbor_end(&c) != SIGNED_OK || c.at == c.end, "nothing follows the end");
	} else if (cbor_end_filled(&c) == SIGNED_OK) {
		for (size_t i = 0; i < INPUT_MAX; i++)
			CLAIM(i >= (size_t)(c.end - c.at) || c.at[i] == 0, "zeros follow the end");
		WITNESS(c.end - c.at == INPUT_MAX, "an input of zeros");
	}
}

static void any_try(void)
{
	uint8_t copy[3];

	switch (nondet_u8()) {
	case 0: uint_try(); break;
	case 1: bytes_try(); break;
	case 2: text_try(); break;
	case 3: array_try(); break;
	case 4: key_try(); break;
	case 5: map_try(); break;
	case 6: cbor_take_tag(&c); break;
	case 7: cbor_copy_bytes(&c, copy, sizeof(copy)); break;
	case 8: literal_try(); break;
	default: end_try(); break;
	}
}

void proof(void)
{
	size_t count = nondet_u64(), at = nondet_u64();

	ASSUME(count <= INPUT_MAX && at <= count);
	input = nondet_input();
	before = cbor_open(input.bytes + INPUT_MAX - count, count);
	CLAIM(before.problem == SIGNED_OK, "an input has no problem at first");
	before.at += at;
	before.problem = (enum signed_problem)nondet_u8();
	before.keys_left = nondet_u64();
	before.key_least = nondet_u64();
	/* The next of a key below 1000, or the first. */
	ASSUME(before.problem < SIGNED_PROBLEM_COUNT && before.key_least <= 1000);
	c = before;
	any_try();
	CLAIM(c.end == before.end && c.at >= before.at && c.at <= c.end, "the position goes forward, and stays inside");
	CLAIM(before.problem == SIGNED_OK || c.problem == before.problem, "the first problem stays");
	CLAIM(before.problem == SIGNED_OK || c.at == before.at, "nothing is taken after a problem");
	CLAIM(c.problem == SIGNED_OK || c.problem == SIGNED_TRAILING || c.at == before.at, "a refused item is not taken");
	WITNESS(before.problem == SIGNED_OK && c.problem == SIGNED_TRUNCATED, "an item that is cut off");
	WITNESS(before.problem == SIGNED_OK && c.problem == SIGNED_NOT_CANONICAL, "a head that is too long");
}
