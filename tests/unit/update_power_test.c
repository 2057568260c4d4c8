/*
 * update_power: power that goes twice, at random writes of an update's life: during it, and during what follows.
 * Signatures hold here without arithmetic, so that there is time for many lives (LIVES=10000 in the soak; every single
 * cut is update_test's); that a slot holds one of the packages, byte for byte, each boot checks.
 * Links: anchor/update.c anchor/trial.c anchor/slot.c anchor/state.c crypto/state.c crypto/package.c rom/restart.c
 * Links: lib/chain.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/update_board.c tests/unit/power_flash.c tests/unit/cbor_write.c tests/unit/sample.c
 * Links: tests/unit/sample_write.c tests/unit/signer.c mbedtls -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/update_board.h"
#include "crypto/signature.h"
#include "lib/memory.h"

#define LIVES	300	/* in which power went twice */

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	(void)key;
	(void)pieces;
	(void)count;
	(void)signature;
	(void)is_sliced;
}

enum status signature_step(void)
{
	return OK;
}

static uint32_t random_state;

static uint32_t random_below(uint32_t count)
{
	random_state = random_state * 1664525u + 1013904223u;
	return (uint32_t)(((uint64_t)random_state * count) >> 32);
}

/* Whatever the state allows next: towards a new package that is confirmed, then back. */
static void step_of_life(void)
{
	const struct state *state = state_get();

	if (board_info.is_trial == 1 && state->other == STATE_OTHER_STAGED) {
		assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_OK);
	} else if (state->slot != board_info.slot) {
		board_reset();
	} else if (state->other == STATE_OTHER_STAGED) {
		assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
	} else if (state->slot == STATE_SLOT_B && state->other == STATE_OTHER_PREVIOUS) {
		assert_int_equal(board_revert(), ANCHOR_OK);
	} else {
		assert_int_equal(board_install(), ANCHOR_OK);
	}
}

/* How often, and what booted after the last cut. */
static unsigned lives_cut_twice, ended_in[BOARD_PACKAGES];

/* One life of some steps, with resets between them that now and then cost a try. */
static void live(void)
{
	static unsigned cuts_left;

	cuts_left = 2;
	power_flash_cut(1 + random_below(14), random_below(UINT32_MAX));
	if (setjmp(power_flash_gone) != 0) {
		if (--cuts_left == 0)
			lives_cut_twice++;
		power_flash_cut(cuts_left == 0 ? 0 : 1 + random_below(14), random_below(UINT32_MAX));
		board_power_cycle();
	}
	for (unsigned i = 0; i < 4; i++) {
		step_of_life();
		if (random_below(3) != 0)
			board_reset();
		if (random_below(6) == 0)
			board_reset();
	}
	power_flash_cut(0, 0);
	board_power_cycle();
	ended_in[board_runs]++;
}

static unsigned number_of(const char *variable, unsigned otherwise)
{
	const char *text = getenv(variable);

	return text != NULL ? (unsigned)strtoul(text, NULL, 0) : otherwise;
}

static void every_life_with_two_cuts_boots_old_or_new(void **state)
{
	unsigned wanted = number_of("LIVES", LIVES);

	random_state = number_of("SEED", 20250101);
	print_message("SEED=%u LIVES=%u\n", random_state, wanted);
	/* Of one counter, so that reverts are allowed. */
	board_package(BOARD_NEW, BOARD_OLD_COUNTER, BOARD_OLD_POLICY);
	for (unsigned i = 0; lives_cut_twice < wanted; i++) {
		assert_true(i < 3 * wanted);
		if (i % 4 == 0)
			board_remake(state);
		live();
	}
	print_message("%u lives cut twice; after all lives %u times the old one runs, %u times the new one\n",
		      lives_cut_twice, ended_in[BOARD_OLD], ended_in[BOARD_NEW]);
	assert_true(ended_in[BOARD_OLD] > wanted / 10 && ended_in[BOARD_NEW] > wanted / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(board_make, every_life_with_two_cuts_boots_old_or_new),
	};

	return cmocka_run_group_tests_name("update_power", tests, NULL, NULL);
}
