/*
 * update: packages into the other slot, tries, confirmations and reverts, with the rooms' own cryptography; what is refused
 * and what it leaves; and power that goes at every write.
 * Links: anchor/update.c anchor/trial.c anchor/slot.c anchor/state.c crypto/state.c crypto/package.c rom/restart.c
 * Links: lib/chain.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/update_board.c tests/unit/power_flash.c tests/unit/cbor_write.c tests/unit/sample.c
 * Links: tests/unit/sample_write.c tests/unit/signer.c mbedtls -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/update_board.h"
#include "anchor/update.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "lib/signed.h"

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

static const struct state *now(void)
{
	return state_get();
}

static void staged_and_tried(void)
{
	assert_int_equal(board_install(), ANCHOR_OK);
	assert_int_equal(now()->other, STATE_OTHER_STAGED);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
	board_reset();
	assert_int_equal(board_runs, BOARD_NEW);
	assert_int_equal(board_info.is_trial, 1);
}

static void confirmed(void)
{
	staged_and_tried();
	assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_OK);
}

static void an_update_is_staged_tried_confirmed_and_stays(void **state)
{
	(void)state;
	confirmed();
	assert_int_equal(now()->slot, STATE_SLOT_B);
	assert_int_equal(now()->other, STATE_OTHER_PREVIOUS);
	assert_int_equal(now()->other_version, 12);
	assert_int_equal(now()->reason, STATE_REASON_CONFIRMED);
	assert_int_equal(now()->least[SIGNED_ROLE_FIRMWARE].counter, BOARD_NEW_COUNTER);
	assert_int_equal(now()->least[SIGNED_ROLE_FIRMWARE].serial, 5);
	assert_int_equal(now()->least[SIGNED_ROLE_POLICY].counter, 70001);
	assert_int_equal(now()->least[SIGNED_ROLE_POLICY].serial, 5);
	board_power_cycle();
	assert_int_equal(board_runs, BOARD_NEW);
	assert_int_equal(board_info.is_trial, 0);
}

static void status_says_what_runs_and_why(void **state)
{
	(void)state;
	staged_and_tried();
	assert_int_equal(board_call(ANCHOR_UPDATE_STATUS), ANCHOR_OK);
	assert_hex(board_said.x[1], STATE_SLOT_B | 1 << 8 | STATE_SLOT_A << 16);
	assert_hex(board_said.x[2], STATE_OTHER_STAGED);
	assert_hex(board_said.x[3], 13 | 13ull << 32);
	assert_hex(board_said.x[4], STATE_REASON_PROVISIONED | (uint64_t)RESTART_END_ASKED << 32);
	assert_hex(board_said.x[5], 0);
	assert_int_equal(board_said.x[6], now()->sequence);
	assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_OK);
	assert_int_equal(board_call(ANCHOR_UPDATE_STATUS), ANCHOR_OK);
	assert_hex(board_said.x[1], STATE_SLOT_B | STATE_SLOT_B << 16);
	assert_hex(board_said.x[5], BOARD_NEW_COUNTER | 70001ull << 32);
}

static void a_try_that_is_reset_has_failed(void **state)
{
	(void)state;
	staged_and_tried();
	board_reset();
	assert_int_equal(board_runs, BOARD_OLD);
	assert_int_equal(now()->other, STATE_OTHER_FAILED);
	assert_int_equal(now()->failure, RESTART_END_ASKED);
	assert_int_equal(now()->least[SIGNED_ROLE_FIRMWARE].counter, 0);
	/* It is not tried again. */
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_ERR_STATE);
	board_reset();
	assert_int_equal(board_runs, BOARD_OLD);
	assert_int_equal(now()->other, STATE_OTHER_FAILED);
}

static void a_try_that_loses_power_is_over_and_may_be_asked_for_again(void **state)
{
	(void)state;
	staged_and_tried();
	board_power_cycle();
	assert_int_equal(board_runs, BOARD_OLD);
	assert_int_equal(now()->other, STATE_OTHER_STAGED);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
	board_reset();
	assert_int_equal(board_runs, BOARD_NEW);
}

/* What is staged after a confirmation was not tried, however the run that confirmed itself ends. */
static void a_run_that_confirmed_itself_was_no_try(void **state)
{
	(void)state;
	confirmed();
	assert_int_equal(board_install(), ANCHOR_OK);
	board_reset();
	assert_int_equal(board_info.last_was_trial, 0);
	assert_int_equal(now()->other, STATE_OTHER_STAGED);
}

/* The order was for what was staged then. */
static void an_order_is_void_under_another_state(void **state)
{
	static struct state next;

	(void)state;
	assert_int_equal(board_install(), ANCHOR_OK);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
	next = *now();
	next.counters[0]++;
	assert_int_equal(state_put(&next), OK);
	board_reset();
	assert_int_equal(board_runs, BOARD_OLD);
	assert_int_equal(board_info.is_trial, 0);
	assert_int_equal(now()->other, STATE_OTHER_STAGED);
}


static void a_confirmed_package_can_be_reverted(void **state)
{
	board_package(BOARD_NEW, BOARD_OLD_COUNTER, BOARD_OLD_POLICY);
	board_remake(state);
	confirmed();
	assert_int_equal(board_revert(), ANCHOR_OK);
	assert_int_equal(now()->slot, STATE_SLOT_A);
	assert_int_equal(now()->other, STATE_OTHER_PREVIOUS);
	assert_int_equal(now()->other_version, 13);
	assert_int_equal(now()->reason, STATE_REASON_REVERTED);
	/* From the next boot on: until then the slot that runs is needed. */
	assert_int_equal(board_call(ANCHOR_UPDATE_BEGIN), ANCHOR_ERR_STATE);
	board_power_cycle();
	assert_int_equal(board_runs, BOARD_OLD);
	assert_int_equal(board_install(), ANCHOR_OK);
}

static void expect_refused(int64_t code, enum signed_problem problem, uint64_t byte, unsigned part)
{
	assert_int_equal(code, ANCHOR_ERR_REFUSED);
	if (board_said.x[1] != problem || board_said.x[2] != byte || board_said.x[3] != part)
		fail_msg("found %s at %lu of part %lu, expected %s at %lu of part %u",
			 signed_name((enum signed_problem)board_said.x[1]), (unsigned long)board_said.x[2],
			 (unsigned long)board_said.x[3], signed_name(problem), (unsigned long)byte, part);
	/* It has ended. */
	assert_int_equal(board_call(ANCHOR_UPDATE_STEP), ANCHOR_ERR_STATE);
}

/* Nothing was erased for it. */
static void expect_untouched(enum state_other other, uint64_t sequence)
{
	assert_int_equal(now()->other, other);
	assert_int_equal(now()->sequence, sequence);
}

static void nothing_below_the_counters_is_taken_or_reverted_to(void **state)
{
	uint64_t sequence;

	(void)state;
	confirmed();
	board_power_cycle();
	sequence = now()->sequence;
	board_file(&board_packages[BOARD_OLD]);
	assert_int_equal(board_install(), ANCHOR_ERR_REFUSED);
	assert_int_equal(board_said.x[1], SIGNED_ROLLED_BACK);
	assert_int_equal(board_said.x[3], 6);
	assert_int_equal(board_revert(), ANCHOR_ERR_REFUSED);
	assert_int_equal(board_said.x[1], SIGNED_ROLLED_BACK);
	expect_untouched(STATE_OTHER_PREVIOUS, sequence);
	/* The same counters are no rollback. */
	board_file(&board_packages[BOARD_NEW]);
	assert_int_equal(board_install(), ANCHOR_OK);
}

static void a_policy_below_its_counter_is_refused(void **state)
{
	uint64_t sequence;

	board_package(BOARD_OLD, BOARD_NEW_COUNTER, BOARD_OLD_POLICY);
	board_remake(state);
	confirmed();
	board_power_cycle();
	sequence = now()->sequence;
	board_file(&board_packages[BOARD_OLD]);
	assert_int_equal(board_install(), ANCHOR_ERR_REFUSED);
	assert_int_equal(board_said.x[1], SIGNED_ROLLED_BACK);
	assert_int_equal(board_said.x[3], FIRMWARE_POLICY);
	expect_untouched(STATE_OTHER_PREVIOUS, sequence);
	board_power_cycle();
	assert_int_equal(board_runs, BOARD_NEW);
}

static void an_altered_byte_is_refused_in_every_page(void **state)
{
	uint64_t sequence = now()->sequence;
	static const uint64_t starts[] = { 4096, 8192, 16384, 20480, 28672, 32768 };

	(void)state;
	board_window[200] ^= 1;
	assert_int_equal(board_install(), ANCHOR_ERR_REFUSED);
	assert_int_equal(board_said.x[1], SIGNED_SIGNATURE);
	assert_int_equal(board_said.x[3], 6);
	expect_untouched(STATE_OTHER_EMPTY, sequence);
	board_window[200] ^= 1;
	for (uint64_t at = 4096; at < board_file_bytes; at += 4096) {
		unsigned part = 0;

		while (part < 5 && starts[part + 1] <= at)
			part++;
		board_window[at + 77] ^= 0x10;
		expect_refused(board_install(), SIGNED_DIGEST, starts[part], part);
		expect_untouched(STATE_OTHER_EMPTY, sequence);
		board_window[at + 77] ^= 0x10;
	}
	board_power_cycle();
	assert_int_equal(board_runs, BOARD_OLD);
	assert_int_equal(board_install(), ANCHOR_OK);
}

static void a_file_of_another_size_is_called_truncated_or_trailing(void **state)
{
	uint64_t whole = board_file_bytes, sequence = now()->sequence;

	(void)state;
	for (uint64_t bytes = 1; bytes < whole; bytes += bytes < 4096 ? 455 : 4095) {
		board_file_bytes = bytes;
		assert_int_equal(board_install(), ANCHOR_ERR_REFUSED);
		assert_int_equal(board_said.x[1], SIGNED_TRUNCATED);
		assert_int_equal(board_said.x[3], 6);
	}
	board_file_bytes = whole + 1;
	expect_refused(board_install(), SIGNED_TRAILING, whole, 6);
	expect_untouched(STATE_OTHER_EMPTY, sequence);
}

/* A chain of firmware whose object another role's key signed. */
static void a_key_of_another_role_is_refused(void **state)
{
	static struct written payload, chain;
	static struct sample_chain parts;
	struct firmware firmware = sample_firmware();
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_POLICY);
	uint64_t sequence = now()->sequence;

	(void)state;
	payload.count = chain.count = 0;
	sample_write_firmware(&payload, &firmware);
	sample_chain_make(&parts, &endorsement, &payload);
	sample_write_chain(&chain, &parts);
	memset(board_window, 0, 4096);
	memcpy(board_window, chain.bytes, chain.count);
	assert_int_equal(board_install(), ANCHOR_ERR_REFUSED);
	assert_int_equal(board_said.x[1], SIGNED_ROLE);
	assert_int_equal(board_said.x[3], 6);
	expect_untouched(STATE_OTHER_EMPTY, sequence);
}

/* A package is one: neither head goes with the other's policy. */
static void parts_of_two_packages_are_refused(void **state)
{
	const size_t at = 32768;
	uint64_t sequence = now()->sequence;

	(void)state;
	memcpy(board_window + at, board_packages[BOARD_OLD].bytes + at, board_packages[BOARD_OLD].count - at);
	expect_refused(board_install(), SIGNED_DIGEST, at, FIRMWARE_POLICY);
	board_file(&board_packages[BOARD_OLD]);
	memcpy(board_window + at, board_packages[BOARD_NEW].bytes + at, board_packages[BOARD_NEW].count - at);
	expect_refused(board_install(), SIGNED_DIGEST, at, FIRMWARE_POLICY);
	expect_untouched(STATE_OTHER_EMPTY, sequence);
	board_power_cycle();
	assert_int_equal(board_runs, BOARD_OLD);
}

/* The window is the outer OS's: what it changes under way is refused, or was copied before. */
static void a_file_that_changes_under_way_is_never_staged(void **state)
{
	(void)state;
	for (unsigned steps = 0;; steps += 3) {
		int64_t code = ANCHOR_INCOMPLETE;
		bool is_written;

		board_file(&board_packages[BOARD_NEW]);
		assert_int_equal(board_call(ANCHOR_UPDATE_BEGIN), ANCHOR_OK);
		for (unsigned i = 0; i < steps && code == ANCHOR_INCOMPLETE; i++)
			code = board_call(ANCHOR_UPDATE_STEP);
		is_written = steps > 0 && (code == ANCHOR_OK || board_said.x[1] > ANCHOR_PHASE_WRITE);
		memset(board_window, 0xa5, 32768);
		while (code == ANCHOR_INCOMPLETE)
			code = board_call(ANCHOR_UPDATE_STEP);
		assert_int_equal(now()->other == STATE_OTHER_STAGED, code == ANCHOR_OK);
		if (code == ANCHOR_OK) {
			/* Byte for byte: what is tried is looked at. */
			assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
			board_reset();
			assert_int_equal(board_runs, BOARD_NEW);
		}
		if (is_written) {
			assert_int_equal(code, ANCHOR_OK);
			break;
		}
		board_power_cycle();
	}
}

static void calls_at_the_wrong_moment_change_nothing(void **state)
{
	uint64_t sequence = now()->sequence;

	(void)state;
	assert_int_equal(board_call(ANCHOR_UPDATE_STEP), ANCHOR_ERR_STATE);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_ERR_STATE);
	assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_ERR_STATE);
	assert_int_equal(board_call(ANCHOR_UPDATE_REVERT), ANCHOR_ERR_STATE);
	expect_untouched(STATE_OTHER_EMPTY, sequence);
	staged_and_tried();
	sequence = now()->sequence;
	assert_int_equal(board_call(ANCHOR_UPDATE_BEGIN), ANCHOR_ERR_STATE);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_ERR_STATE);
	assert_int_equal(board_call(ANCHOR_UPDATE_REVERT), ANCHOR_ERR_STATE);
	expect_untouched(STATE_OTHER_STAGED, sequence);
	assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_OK);
	assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_ERR_STATE);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_ERR_STATE);
}

static int64_t begin(uint64_t base, uint64_t bytes)
{
	board_said = (struct call){ { ANCHOR_UPDATE_BEGIN, base, bytes } };
	return update_begin(&board_said);
}

/* Signatures are checked one at a time: what begins ends the other. */
static void an_update_that_begins_gives_up_an_image(void **state)
{
	board_package(BOARD_NEW, BOARD_OLD_COUNTER, BOARD_OLD_POLICY);
	board_remake(state);
	board_images_forgotten = 0;
	assert_int_equal(board_call(ANCHOR_UPDATE_BEGIN), ANCHOR_OK);
	assert_int_equal(board_images_forgotten, 1);
	assert_int_equal(board_install(), ANCHOR_OK);
	board_images_forgotten = 0;
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
	board_reset();
	assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_OK);
	assert_int_equal(board_images_forgotten, 0);
	assert_int_equal(board_revert(), ANCHOR_OK);
	assert_int_equal(board_images_forgotten, 1);
}

static void ranges_outside_the_window_are_refused(void **state)
{
	uint64_t base = (uintptr_t)board_window;

	(void)state;
	assert_int_equal(begin(base, 0), ANCHOR_ERR_ARGS);
	assert_int_equal(begin(base, sizeof(board_window) + 1), ANCHOR_ERR_ARGS);
	assert_int_equal(begin(base - 1, 4096), ANCHOR_ERR_ARGS);
	assert_int_equal(begin(base + 1, sizeof(board_window)), ANCHOR_ERR_ARGS);
	assert_int_equal(begin(base, ~0ull), ANCHOR_ERR_ARGS);
	assert_int_equal(begin(~0ull, 4096), ANCHOR_ERR_ARGS);
	assert_int_equal(begin(PLAT_ANCHOR_BASE, 4096), ANCHOR_ERR_ARGS);
	assert_int_equal(board_call(ANCHOR_UPDATE_STEP), ANCHOR_ERR_STATE);

	/* What is under way goes on. */
	assert_int_equal(begin(base, 4096), ANCHOR_OK);
	assert_int_equal(begin(base, 0), ANCHOR_ERR_ARGS);
	assert_int_equal(board_call(ANCHOR_UPDATE_STEP), ANCHOR_INCOMPLETE);
}

static void flash_that_fails_at_any_write_leaves_a_device_that_boots(void **state)
{
	unsigned broken = 0;

	for (unsigned write = 1;; write++) {
		unsigned first;
		int64_t code;

		board_remake(state);
		first = power_flash_writes;
		power_flash_break(write);
		code = board_install();
		if (code != ANCHOR_OK) {
			assert_int_equal(code, ANCHOR_ERR_FLASH);
			broken++;
		}
		assert_int_equal(now()->other, code == ANCHOR_OK ? STATE_OTHER_STAGED : STATE_OTHER_EMPTY);
		board_power_cycle();
		assert_int_equal(board_runs, BOARD_OLD);
		if (write > power_flash_writes - first)
			break;
	}
	/* The state's log tries another place: those of slot B cost the update. */
	assert_true(broken >= 11);
}

/* A whole life of an update, from wherever the device is. */
static void life(void)
{
	if (board_runs == BOARD_OLD && now()->slot == STATE_SLOT_A && now()->other != STATE_OTHER_STAGED)
		assert_int_equal(board_install(), ANCHOR_OK);
	if (board_runs == BOARD_OLD) {
		assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
		board_reset();
	}
	if (board_info.is_trial == 1)
		assert_int_equal(board_call(ANCHOR_UPDATE_CONFIRM), ANCHOR_OK);
	assert_int_equal(board_runs, BOARD_NEW);
	assert_int_equal(now()->slot, STATE_SLOT_B);
}

/* The try fails first, then all goes well, then back. */
static void life_with_a_failed_try_and_a_revert(void)
{
	assert_int_equal(board_install(), ANCHOR_OK);
	assert_int_equal(board_call(ANCHOR_UPDATE_TRY), ANCHOR_OK);
	board_reset();
	board_reset();
	assert_int_equal(board_runs, BOARD_OLD);
	life();
	assert_int_equal(board_revert(), ANCHOR_OK);
	board_reset();
	assert_int_equal(board_runs, BOARD_OLD);
}

/* Power goes at each write in turn. Every boot checks what it finds; then the device can still be updated. */
static unsigned cuts(void (*action)(void), void **state)
{
	for (volatile unsigned write = 1;; write++) {
		board_remake(state);
		power_flash_cut(write, write);
		if (setjmp(power_flash_gone) == 0) {
			action();
			power_flash_cut(0, 0);
			return write - 1;
		}
		board_power_cycle();
		life();
	}
}

static void power_may_go_at_every_write(void **state)
{
	unsigned writes = cuts(life, state);

	/* Empty is no write: erase, ten pages, staged, confirmed. */
	assert_int_equal(writes, 13);
	board_package(BOARD_NEW, BOARD_OLD_COUNTER, BOARD_OLD_POLICY);
	writes = cuts(life_with_a_failed_try_and_a_revert, state);
	assert_true(writes > 26);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(board_make, an_update_is_staged_tried_confirmed_and_stays),
		TEST_FROM(board_make, status_says_what_runs_and_why),
		TEST_FROM(board_make, a_try_that_is_reset_has_failed),
		TEST_FROM(board_make, a_try_that_loses_power_is_over_and_may_be_asked_for_again),
		TEST_FROM(board_make, a_run_that_confirmed_itself_was_no_try),
		TEST_FROM(board_make, an_order_is_void_under_another_state),
		TEST_FROM(board_make, a_confirmed_package_can_be_reverted),
		TEST_FROM(board_make, nothing_below_the_counters_is_taken_or_reverted_to),
		TEST_FROM(board_make, a_policy_below_its_counter_is_refused),
		TEST_FROM(board_make, an_altered_byte_is_refused_in_every_page),
		TEST_FROM(board_make, a_file_of_another_size_is_called_truncated_or_trailing),
		TEST_FROM(board_make, a_key_of_another_role_is_refused),
		TEST_FROM(board_make, parts_of_two_packages_are_refused),
		TEST_FROM(board_make, a_file_that_changes_under_way_is_never_staged),
		TEST_FROM(board_make, calls_at_the_wrong_moment_change_nothing),
		TEST_FROM(board_make, an_update_that_begins_gives_up_an_image),
		TEST_FROM(board_make, ranges_outside_the_window_are_refused),
		TEST_FROM(board_make, flash_that_fails_at_any_write_leaves_a_device_that_boots),
		TEST_FROM(board_make, power_may_go_at_every_write),
	};

	return cmocka_run_group_tests_name("update", tests, NULL, NULL);
}
