/*
 * Random numbers: the generator beside a published vector; the seed is renewed in flash before it is used, at each boot,
 * whenever power goes.
 * Links: anchor/random.c anchor/state.c crypto/state.c tests/unit/flash_model.c mbedtls
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "anchor/random.h"
#include "anchor/room.h"
#include "anchor/state.h"
#include "arch/random.h"
#include "crypto/drbg.h"
#include "crypto/state.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "tests/unit/flash_model.h"

#define WORDS	(STATE_BYTES / 4)

static jmp_buf cut;
/* What the CPU gives: nothing, or numbers that count up, after some tries. */
static uint64_t cpu_next;
static unsigned cpu_tries;

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

bool random_word(uint64_t *out)
{
	static unsigned tries;

	*out = 0xdead;
	if (cpu_next == 0 || ++tries % (cpu_tries + 1) != 0)
		return false;
	*out = cpu_next++;
	return true;
}

static size_t hex_read(const char *hex, uint8_t *out)
{
	size_t count = strlen(hex) / 2;

	for (size_t i = 0; i < count; i++) {
		unsigned byte;

		assert_int_equal(sscanf(hex + 2 * i, "%2x", &byte), 1);
		out[i] = (uint8_t)byte;
	}
	return count;
}

/* NIST's vectors of HMAC_DRBG with SHA-256, no prediction resistance, no reseeding: the first one; entropy, then nonce. */
static const char vector_seed[] =
	"ca851911349384bffe89de1cbdc46e6831e44d34a4fb935ee285dd14b71a7488659ba96c601dc69fc902940805ec0ca8";
static const char vector_out[] =
	"e528e9abf2dece54d47c7e75e5fe302149f817ea9fb4bee6f4199697d04d5b89d54fbb978a15b5c443c9ec21036d2460"
	"b6f73ebad0dc2aba6e624abf07745bc107694bb7547bb0995f70de25d6b29e2d3011bb19d27676c07162c8b5ccde0668"
	"961df86803482cb37ed6d5c0bb8d50cf1f50d476aa0458bdaba806f48be9dcb8";

static void there_are_no_numbers_before_a_seed(void **unused)
{
	uint8_t out[4] = { 1, 2, 3, 4 };

	(void)unused;
	assert_int_equal(random_make(out, sizeof(out)), ERR_AUTH);
	assert_memory_equal(out, (uint8_t[4]){ 0 }, 4);
}

static void the_generator_is_nist_s(void **unused)
{
	uint8_t seed[DRBG_SEED_BYTES], expected[128], out[128];

	(void)unused;
	assert_int_equal(hex_read(vector_seed, seed), sizeof(seed));
	assert_int_equal(hex_read(vector_out, expected), sizeof(expected));
	/* Twice: it starts anew. */
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(drbg_seed(seed), OK);
		assert_int_equal(drbg_make(out, sizeof(out)), OK);
		assert_int_equal(drbg_make(out, sizeof(out)), OK);
		assert_memory_equal(out, expected, sizeof(out));
	}
}

static void requests_have_a_size(void **unused)
{
	static uint8_t out[DRBG_OUT_MAX + 1];

	(void)unused;
	memset(out, 1, sizeof(out));
	assert_int_equal(drbg_make(out, 0), ERR_AUTH);
	assert_int_equal(drbg_make(out, sizeof(out)), ERR_AUTH);
	for (size_t i = 0; i < sizeof(out); i++)
		assert_int_equal(out[i], 0);
	assert_int_equal(drbg_make(out, DRBG_OUT_MAX), OK);
}

static int provisioned(void **unused)
{
	static struct state state;

	(void)unused;
	state = (struct state){ .slot = STATE_SLOT_A, .sequence = 1, .other = STATE_OTHER_EMPTY,
				.reason = STATE_REASON_PROVISIONED, .seed = { 7 } };
	flash_model_reset();
	cpu_next = cpu_tries = 0;
	assert_int_equal(state_seal(&state), OK);
	memcpy(flash_model.bytes, &state, sizeof(state));
	assert_int_equal(state_open(), OK);
	return 0;
}

/* A boot as the anchor does it; its first numbers. */
static void boot(uint8_t out[32])
{
	assert_int_equal(state_open(), OK);
	assert_int_equal(random_open(), OK);
	assert_int_equal(random_make(out, 32), OK);
}

static void each_boot_has_its_own_numbers_and_leaves_another_seed(void **unused)
{
	static uint8_t numbers[100][32], seeds[100][STATE_SEED_BYTES];

	(void)unused;
	for (unsigned i = 0; i < 100; i++) {
		boot(numbers[i]);
		memcpy(seeds[i], state_get()->seed, STATE_SEED_BYTES);
		assert_int_equal(state_get()->sequence, i + 2);
		for (unsigned j = 0; j < i; j++) {
			assert_memory_not_equal(numbers[i], numbers[j], 32);
			assert_memory_not_equal(seeds[i], seeds[j], STATE_SEED_BYTES);
		}
		/* Nobody who reads the seed can tell this boot's numbers from it. */
		assert_memory_not_equal(numbers[i], seeds[i], 32);
	}
}

static void what_the_cpu_gives_has_part_in_both_seeds(void **unused)
{
	static struct flash_model before;
	uint8_t without[32], with[32], seed[STATE_SEED_BYTES];

	(void)unused;
	before = flash_model;
	boot(without);
	memcpy(seed, state_get()->seed, sizeof(seed));
	for (cpu_tries = 0; cpu_tries < 10; cpu_tries += 3) {
		flash_model = before;
		cpu_next = 1;
		boot(with);
		assert_int_equal(cpu_next, 1 + STATE_SEED_BYTES / 8);
		assert_memory_not_equal(with, without, 32);
		assert_memory_not_equal(state_get()->seed, seed, sizeof(seed));
	}
	/* A CPU that has nothing to give for long is as one without. */
	flash_model = before;
	cpu_next = 1;
	cpu_tries = 1000;
	boot(with);
	assert_memory_equal(with, without, 32);
}

static void numbers_wait_for_flash_that_takes_the_seed(void **unused)
{
	uint8_t first[32], second[32], third[32];

	(void)unused;
	boot(first);
	assert_int_equal(random_make(second, 32), OK);
	flash_model.bad_end = FLASH_MODEL_BYTES;
	assert_int_equal(random_open(), ERR_STATE);
	/* The generator runs on as it was: it did not start from a seed that the next boot would have again. */
	assert_int_equal(random_make(third, 32), OK);
	flash_model.bad_end = 0;
	boot(first);
	assert_memory_not_equal(first, third, 32);
}

/* Wherever power goes, what a boot could have given out comes from no seed that is still in flash. */
static void power_may_go_while_a_seed_is_renewed(void **unused)
{
	static struct flash_model before;
	uint8_t numbers[32], old[STATE_SEED_BYTES], new[STATE_SEED_BYTES];
	unsigned olds = 0, news = 0;

	(void)unused;
	before = flash_model;
	memcpy(old, state_get()->seed, sizeof(old));
	boot(numbers);
	memcpy(new, state_get()->seed, sizeof(new));
	for (uint64_t at = 0; at < WORDS; at++) {
		uint64_t random = flash_model_random();

		flash_model = before;
		flash_model.random = random;
		flash_model.cut = &cut;
		flash_model.cut_at = flash_model.primitives + at;
		assert_int_equal(state_open(), OK);
		if (setjmp(cut) == 0) {
			(void)!random_open();
			fail_msg("the generator started before the seed was in flash, at word %u", (unsigned)at);
		}
		assert_int_equal(state_open(), OK);
		bool is_new = memcmp(state_get()->seed, new, sizeof(new)) == 0;

		assert_true(is_new || memcmp(state_get()->seed, old, sizeof(old)) == 0);
		(*(is_new ? &news : &olds))++;
	}
	assert_true(olds >= WORDS - 1 && olds + news == WORDS);
}

static void a_call_gives_as_many_bits_as_it_is_asked_for(void **unused)
{
	uint8_t out[32];

	(void)unused;
	boot(out);
	for (uint64_t bits = 0; bits <= 200; bits++) {
		uint64_t seen[3] = { 0 };

		for (unsigned i = 0; i < 64; i++) {
			struct call call = { .x = { ANCHOR_RANDOM, bits, 2, 3, 4, 5, 6 } };
			int64_t result = random_call(&call);

			assert_int_equal(result, bits >= 1 && bits <= ANCHOR_RANDOM_BITS_MAX ? ANCHOR_OK : ANCHOR_ERR_ARGS);
			assert_true(call.x[4] == 4 && call.x[5] == 5 && call.x[6] == 6);
			if (result != ANCHOR_OK) {
				assert_true(call.x[1] == bits && call.x[2] == 2 && call.x[3] == 3);
				continue;
			}
			for (unsigned j = 0; j < 3; j++)
				seen[j] |= call.x[3 - j];
		}
		/* Each bit that is asked for is 1 once in 64 calls, and no other one. */
		for (uint64_t bit = 0; bit < 192 && bits >= 1 && bits <= 192; bit++)
			assert_int_equal(seen[bit / 64] >> bit % 64 & 1, bit < bits ? 1 : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(there_are_no_numbers_before_a_seed),
		TEST(the_generator_is_nist_s),
		TEST(requests_have_a_size),
		TEST_FROM(provisioned, each_boot_has_its_own_numbers_and_leaves_another_seed),
		TEST_FROM(provisioned, what_the_cpu_gives_has_part_in_both_seeds),
		TEST_FROM(provisioned, numbers_wait_for_flash_that_takes_the_seed),
		TEST_FROM(provisioned, power_may_go_while_a_seed_is_renewed),
		TEST_FROM(provisioned, a_call_gives_as_many_bits_as_it_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
