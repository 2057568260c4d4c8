/*
 * The state log: what is a snapshot, which one is the newest, where the next one goes; power goes at every single word
 * and erase, and at two random ones. The state is always the old or the new one, and no counter falls.
 * Links: anchor/state.c anchor/counters.c crypto/state.c tests/unit/flash_model.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "abi/restart.h"
#include "anchor/room.h"
#include "anchor/state.h"
#include "crypto/state.h"
#include "tests/unit/flash_model.h"

#define BLOCK_PLACES	(PLAT_FLASH_BLOCK_BYTES / STATE_BYTES)
#define PLACES		(2 * BLOCK_PLACES)
#define WORDS		(STATE_BYTES / 4)
#define DOUBLE_CUTS	10000

static struct state next;
static jmp_buf cut;

static struct state first_state(void)
{
	struct state state = { .slot = STATE_SLOT_A, .sequence = 1, .other = STATE_OTHER_EMPTY,
			       .reason = STATE_REASON_PROVISIONED };

	return state;
}

/* Put a page where it is told, whatever was there. */
static void place_set(unsigned place, const struct state *state)
{
	memcpy(&flash_model.bytes[place * STATE_BYTES], state, sizeof(*state));
}

static int provisioned(void **unused)
{
	struct state state = first_state();

	(void)unused;
	flash_model_reset();
	assert_int_equal(state_seal(&state), OK);
	place_set(0, &state);
	assert_int_equal(state_open(), OK);
	return 0;
}

/* A next state that differs from each other one: by its first counter. */
static enum status put(uint64_t value)
{
	next = *state_get();
	next.counters[0] = value;
	next.seed[0] = (uint8_t)value;
	return state_put(&next);
}

static unsigned place_of_newest(void)
{
	unsigned newest = PLACES;
	uint64_t sequence = 0;

	for (unsigned place = 0; place < PLACES; place++) {
		struct state *state = (struct state *)(void *)&flash_model.bytes[place * STATE_BYTES];

		if (state_is_valid(state) && state->sequence > sequence) {
			sequence = state->sequence;
			newest = place;
		}
	}
	return newest;
}

/* --- what is a snapshot --- */

static void a_sealed_state_is_valid_and_each_changed_byte_makes_it_none(void **unused)
{
	struct state state = first_state();

	(void)unused;
	assert_int_equal(state_seal(&state), OK);
	assert_true(state_is_valid(&state));
	for (size_t i = 0; i < sizeof(state); i++) {
		((uint8_t *)&state)[i] ^= 1;
		assert_false(state_is_valid(&state));
		((uint8_t *)&state)[i] ^= 1;
	}
}

/* Seal it: the fields alone decide. */
static bool holds(const struct state *state)
{
	struct state copy = *state;
	bool is_sealed = state_seal(&copy) == OK;

	assert_int_equal(state_is_valid(&copy), is_sealed);
	return is_sealed;
}

#define EXPECT_FIELDS(expected, ...)					\
	do {								\
		struct state state_ = first_state();			\
		struct state *s = &state_;				\
		__VA_ARGS__;						\
		assert_int_equal(holds(s), expected);			\
	} while (0)

static void fields_that_no_state_has_make_it_none(void **unused)
{
	(void)unused;
	EXPECT_FIELDS(true, s->slot = STATE_SLOT_B);
	EXPECT_FIELDS(false, s->slot = 0);
	EXPECT_FIELDS(false, s->slot = 'C');
	EXPECT_FIELDS(false, s->sequence = 0);
	EXPECT_FIELDS(true, s->sequence = UINT64_MAX - 1);
	EXPECT_FIELDS(false, s->sequence = UINT64_MAX);
	for (uint32_t other = 0; other < 256; other++) {
		bool known = other == STATE_OTHER_STAGED || other == STATE_OTHER_PREVIOUS;

		EXPECT_FIELDS(known, { s->other = other; s->other_version = 1; });
		EXPECT_FIELDS(other == STATE_OTHER_EMPTY, s->other = other);
		EXPECT_FIELDS(other == STATE_OTHER_FAILED, { s->other = other; s->other_version = 1; s->failure = 4; });
	}
	for (uint32_t failure = 0; failure < 10; failure++)
		EXPECT_FIELDS(failure >= 1 && failure <= RESTART_END_REFUSED,
			      { s->other = STATE_OTHER_FAILED; s->other_version = 1; s->failure = failure; });
	for (uint32_t reason = 0; reason < 6; reason++)
		EXPECT_FIELDS(reason >= 1 && reason <= STATE_REASON_REVERTED, s->reason = reason);
	EXPECT_FIELDS(false, s->least[0].serial = 1);
	EXPECT_FIELDS(false, s->least[0].counter = 1);
	EXPECT_FIELDS(true, { s->least[3].serial = UINT32_MAX; s->counters[15] = UINT64_MAX; s->seed[47] = 1; });
	EXPECT_FIELDS(false, s->reserved[0] = 1);
	EXPECT_FIELDS(false, s->reserved[sizeof(s->reserved) - 1] = 0x80);
}

static void magic_and_version_are_looked_at_beside_the_digest(void **unused)
{
	struct state state = first_state();

	(void)unused;
	assert_int_equal(state_seal(&state), OK);
	state.version = 2;
	assert_false(state_is_valid(&state));
	state.version = STATE_VERSION;
	state.magic++;
	assert_false(state_is_valid(&state));
}

/* --- which one --- */

static void there_is_no_state_in_erased_or_zero_flash(void **unused)
{
	(void)unused;
	flash_model_reset();
	assert_int_equal(state_open(), ERR_NOT_FOUND);
	memset(flash_model.bytes, 0, sizeof(flash_model.bytes));
	assert_int_equal(state_open(), ERR_NOT_FOUND);
}

static void the_newest_whole_snapshot_is_the_state_wherever_it_is(void **unused)
{
	static const unsigned found_at[] = { 0, 1, 63, 64, 100, 127 };
	struct state old = first_state(), new = first_state(), torn = first_state();

	(void)unused;
	old.sequence = 40;
	new.sequence = 41;
	new.counters[5] = 5;
	torn.sequence = 99;
	assert_true(state_seal(&old) == OK && state_seal(&new) == OK && state_seal(&torn) == OK);
	torn.sha256[31] ^= 1;
	for (size_t i = 0; i < ARRAY_COUNT(found_at); i++) {
		flash_model_reset();
		for (unsigned place = 0; place < PLACES; place++)
			place_set(place, place % 2 == 0 ? &old : &torn);
		place_set(found_at[i], &new);
		assert_int_equal(state_open(), OK);
		assert_int_equal(state_get()->sequence, 41);
		assert_int_equal(state_get()->counters[5], 5);
	}
}

/* --- where the next one goes --- */

static void snapshots_go_round_both_blocks_in_order(void **unused)
{
	(void)unused;
	for (unsigned i = 1; i < 3 * PLACES; i++) {
		assert_int_equal(put(i), OK);
		assert_int_equal(place_of_newest(), i % PLACES);
		assert_int_equal(state_get()->sequence, i + 1);
		assert_int_equal(state_open(), OK);
		assert_int_equal(state_get()->counters[0], i);
	}
}

static void a_place_that_holds_anything_is_passed_over(void **unused)
{
	(void)unused;
	flash_model.bytes[9 * STATE_BYTES + 77] = 0xfe;
	assert_int_equal(state_open(), OK);
	assert_int_equal(put(1), OK);
	assert_int_equal(place_of_newest(), 10);
}

static void a_place_that_fails_is_passed_over_with_its_number(void **unused)
{
	(void)unused;
	flash_model.bad_from = STATE_BYTES;
	flash_model.bad_end = 4 * STATE_BYTES;
	assert_int_equal(put(1), OK);
	assert_int_equal(place_of_newest(), 4);
	assert_int_equal(state_get()->sequence, 5);
	/* Of the next block, too. */
	flash_model.bad_from = 64 * STATE_BYTES;
	flash_model.bad_end = 66 * STATE_BYTES;
	for (unsigned i = 5; i < 64; i++)
		assert_int_equal(put(i), OK);
	assert_int_equal(put(64), OK);
	assert_int_equal(place_of_newest(), 66);
}

static void a_snapshot_that_is_whole_counts_whatever_the_device_says(void **unused)
{
	(void)unused;
	flash_model.bad_end = STATE_BYTES * 2;
	flash_model.is_lying = true;
	assert_int_equal(put(1), OK);
	assert_int_equal(place_of_newest(), 1);
	assert_int_equal(state_get()->counters[0], 1);
}

/* The state is what it was, in flash and for callers, and the next one finds a place when the flash takes one. */
static void old_state_stands(uint64_t value)
{
	assert_int_equal(put(value + 1), ERR_STATE);
	assert_int_equal(state_get()->counters[0], value);
	assert_int_equal(state_open(), OK);
	assert_int_equal(state_get()->counters[0], value);
	assert_int_equal(put(value + 1), ERR_STATE);
	flash_model.bad_end = 0;
	flash_model.bad_erase = false;
	assert_int_equal(put(value + 2), OK);
	assert_int_equal(state_open(), OK);
	assert_int_equal(state_get()->counters[0], value + 2);
}

static void flash_that_takes_nothing_leaves_the_old_state(void **unused)
{
	(void)unused;
	assert_int_equal(put(1), OK);
	flash_model.bad_end = FLASH_MODEL_BYTES;
	old_state_stands(1);
}

static void a_block_that_is_not_erased_is_not_used(void **unused)
{
	(void)unused;
	for (unsigned i = 1; i < BLOCK_PLACES; i++)
		assert_int_equal(put(i), OK);
	flash_model.bad_erase = true;
	old_state_stands(BLOCK_PLACES - 1);
}

/* --- what may not be put --- */

static void nothing_falls(void **unused)
{
	(void)unused;
	next = *state_get();
	for (unsigned i = 0; i < STATE_COUNTER_MAX; i++)
		next.counters[i] = 10 + i;
	for (unsigned i = 1; i < 4; i++)
		next.least[i].serial = next.least[i].counter = 20 + i;
	assert_int_equal(state_put(&next), OK);
	uint64_t before = flash_model.primitives;

	for (unsigned i = 0; i < STATE_COUNTER_MAX; i++) {
		next = *state_get();
		next.counters[i]--;
		assert_int_equal(state_put(&next), ERR_ARGS);
	}
	for (unsigned i = 1; i < 4; i++) {
		next = *state_get();
		next.least[i].serial--;
		assert_int_equal(state_put(&next), ERR_ARGS);
		next = *state_get();
		next.least[i].counter--;
		assert_int_equal(state_put(&next), ERR_ARGS);
	}
	assert_int_equal(flash_model.primitives, before);
	assert_int_equal(state_get()->counters[0], 10);
}

static void a_state_that_is_not_valid_is_not_written(void **unused)
{
	uint64_t before = flash_model.primitives;

	(void)unused;
	next = *state_get();
	next.slot = 0;
	assert_int_equal(state_put(&next), ERR_ARGS);
	assert_int_equal(flash_model.primitives, before);
	assert_int_equal(put(1), OK);
}

static void counters_are_read_and_only_raised(void **unused)
{
	struct call call = { .x = { ANCHOR_COUNTER_RAISE, 15, 3 } };

	(void)unused;
	assert_int_equal(counters_raise(&call), ANCHOR_OK);
	assert_int_equal(counters_raise(&call), ANCHOR_ERR_ARGS);
	call.x[2] = 2;
	assert_int_equal(counters_raise(&call), ANCHOR_ERR_ARGS);
	assert_int_equal(state_open(), OK);
	assert_int_equal(counters_read(&call), ANCHOR_OK);
	assert_int_equal(call.x[1], 3);
	call = (struct call){ .x = { ANCHOR_COUNTER_READ, 16, 5 } };
	assert_int_equal(counters_read(&call), ANCHOR_ERR_ARGS);
	assert_int_equal(counters_raise(&call), ANCHOR_ERR_ARGS);
	flash_model.bad_end = FLASH_MODEL_BYTES;
	call.x[1] = 0;
	assert_int_equal(counters_raise(&call), ANCHOR_ERR_FLASH);
}

/* --- power goes --- */

/* Put @value with power going at the primitive @at from now; true if it went. What is the state then is looked up anew. */
static bool put_cut(uint64_t value, uint64_t at)
{
	bool volatile is_cut = false;

	flash_model.cut = &cut;
	flash_model.cut_at = flash_model.primitives + at;
	if (setjmp(cut) == 0)
		assert_int_equal(put(value), OK);
	else
		is_cut = true;
	flash_model.cut_at = FLASH_MODEL_NEVER;
	assert_int_equal(state_open(), OK);
	return is_cut;
}

/* The state has one of two values, as a whole. */
static uint64_t value_check(uint64_t old, uint64_t new)
{
	uint64_t value = state_get()->counters[0];

	if (value != old && value != new)
		fail_msg("the counter is %llu, expected %llu or %llu", (unsigned long long)value,
			 (unsigned long long)old, (unsigned long long)new);
	assert_int_equal(state_get()->seed[0], (uint8_t)value);
	return value;
}

/* Every @step-th cut of one put, from the flash as it is. Each time the device goes on as if nothing had been. */
static void every_cut_of_a_put(uint64_t value, uint64_t step)
{
	static struct flash_model before;
	unsigned olds = 0, news = 0;

	before = flash_model;
	for (uint64_t at = 0;; at += step) {
		uint64_t random = flash_model_random();

		flash_model = before;
		flash_model.random = random;
		assert_int_equal(state_open(), OK);
		if (!put_cut(value, at))
			break;
		(*(value_check(value - 1, value) == value ? &news : &olds))++;
		assert_int_equal(put(value + 1), OK);
		assert_int_equal(state_open(), OK);
		assert_int_equal(state_get()->counters[0], value + 1);
	}
	assert_true(olds + news >= WORDS / step && olds > 0);
	flash_model = before;
	assert_int_equal(state_open(), OK);
	assert_int_equal(put(value), OK);
}

static void power_may_go_at_any_word_and_erase(void **unused)
{
	(void)unused;
	/* Every single one around each change of the block, and in its middle; elsewhere few. */
	for (unsigned i = 1; i < PLACES + BLOCK_PLACES + 2; i++) {
		unsigned place = i % BLOCK_PLACES;

		every_cut_of_a_put(i, place == 0 || place == 1 || place == BLOCK_PLACES - 1 || i == 1 ? 1 : WORDS / 3);
	}
}

static void power_may_go_twice(void **unused)
{
	uint64_t value = 0;

	(void)unused;
	for (unsigned i = 0; i < DOUBLE_CUTS; i++) {
		uint64_t old = value, middle;

		put_cut(old + 1, flash_model_random() % (WORDS + 2));
		middle = value_check(old, old + 1);
		put_cut(old + 2, flash_model_random() % (WORDS + 2));
		value = value_check(middle, old + 2);
		assert_true(value >= old);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_sealed_state_is_valid_and_each_changed_byte_makes_it_none),
		TEST(fields_that_no_state_has_make_it_none),
		TEST(magic_and_version_are_looked_at_beside_the_digest),
		TEST(there_is_no_state_in_erased_or_zero_flash),
		TEST(the_newest_whole_snapshot_is_the_state_wherever_it_is),
		TEST_FROM(provisioned, snapshots_go_round_both_blocks_in_order),
		TEST_FROM(provisioned, a_place_that_holds_anything_is_passed_over),
		TEST_FROM(provisioned, a_place_that_fails_is_passed_over_with_its_number),
		TEST_FROM(provisioned, a_snapshot_that_is_whole_counts_whatever_the_device_says),
		TEST_FROM(provisioned, flash_that_takes_nothing_leaves_the_old_state),
		TEST_FROM(provisioned, a_block_that_is_not_erased_is_not_used),
		TEST_FROM(provisioned, nothing_falls),
		TEST_FROM(provisioned, a_state_that_is_not_valid_is_not_written),
		TEST_FROM(provisioned, counters_are_read_and_only_raised),
		TEST_FROM(provisioned, power_may_go_at_any_word_and_erase),
		TEST_FROM(provisioned, power_may_go_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
