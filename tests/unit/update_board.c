/*
 * The device: decides what a boot finds, by rom/restart.c, and what it must find.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/update_board.h"
#include "abi/identity.h"
#include "anchor/image.h"
#include "anchor/slot.h"
#include "anchor/trial.h"
#include "anchor/update.h"
#include "crypto/state.h"
#include "rom/restart.h"

struct written board_packages[BOARD_PACKAGES];
uint8_t board_window[262144];
uint64_t board_file_bytes;
enum board_package board_runs;
struct boot_info board_info;
struct call board_said;
unsigned board_images_forgotten;

static struct restart_record record;
static struct { uint32_t counter, policy; } numbers[BOARD_PACKAGES];
static struct state highest;	/* what has been seen of what may only rise */

/* Nothing of an image is under way here; that it is given up is what a test asks. */
void image_forget(void)
{
	board_images_forgotten++;
}

/* What anchor/restart.c does to secure RAM. */
void restart_order_try(uint64_t sequence)
{
	record.sequence = sequence;
	record.order = RESTART_TRY;
}

void restart_confirmed(void)
{
	record.is_trial = 0;
}

void board_package(enum board_package which, uint32_t counter, uint32_t policy_counter)
{
	struct written *out = &board_packages[which];
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	numbers[which].counter = counter;
	numbers[which].policy = policy_counter;
	firmware.version = 12 + which;
	firmware.counter = counter;
	policy.counter = policy_counter;
	out->count = 0;
	sample_write_package(out, &firmware, &policy);
}

void board_file(const struct written *package)
{
	memset(board_window, 0, sizeof(board_window));
	memcpy(board_window, package->bytes, package->count);
	board_file_bytes = package->count;
}

static void flash_make(void)
{
	struct identity_page identity = { .magic = IDENTITY_MAGIC };
	struct state state = { .slot = STATE_SLOT_A, .sequence = 1, .other = STATE_OTHER_EMPTY,
			       .reason = STATE_REASON_PROVISIONED };
	struct trust trust = sample_trust();

	memset(power_flash + PLAT_FLASH_STATE, 0xff, 2 * PLAT_FLASH_BLOCK_BYTES);
	memset(power_flash + PLAT_FLASH_SLOT_A, 0xff, PLAT_FLASH_BLOCK_BYTES);
	memset(power_flash + PLAT_FLASH_SLOT_B, 0xa5, PLAT_FLASH_BLOCK_BYTES);
	memcpy(identity.root_sha256, trust.root_sha256, sizeof(identity.root_sha256));
	memcpy(power_flash + PLAT_FLASH_IDENTITY, &identity, sizeof(identity));
	memcpy(power_flash + PLAT_FLASH_SLOT_A, board_packages[BOARD_OLD].bytes, board_packages[BOARD_OLD].count);
	assert_int_equal(state_seal(&state), OK);
	memcpy(power_flash + PLAT_FLASH_STATE, &state, sizeof(state));
}

int board_make(void **state)
{
	board_package(BOARD_OLD, BOARD_OLD_COUNTER, BOARD_OLD_POLICY);
	board_package(BOARD_NEW, BOARD_NEW_COUNTER, BOARD_NEW_POLICY);
	return board_remake(state);
}

int board_remake(void **state)
{
	(void)state;
	flash_make();
	power_flash_cut(0, 0);
	memset(&highest, 0, sizeof(highest));
	board_file(&board_packages[BOARD_NEW]);
	board_power_cycle();
	return 0;
}

/* No counter falls, whatever happened. */
static void counters_check(const struct state *state)
{
	for (size_t i = 0; i < ARRAY_COUNT(state->least); i++)
		assert_true(state->least[i].counter >= highest.least[i].counter &&
			    state->least[i].serial >= highest.least[i].serial);
	for (size_t i = 0; i < ARRAY_COUNT(state->counters); i++)
		assert_true(state->counters[i] >= highest.counters[i]);
	assert_true(state->sequence >= highest.sequence);
	highest = *state;
}

static enum board_package slot_package(uint32_t slot)
{
	for (unsigned i = 0; i < BOARD_PACKAGES; i++) {
		if (memcmp(power_flash + slot_offset(slot), board_packages[i].bytes, board_packages[i].count) == 0)
			return (enum board_package)i;
	}
	fail_msg("slot %c boots and holds no whole package", (int)slot);
	return BOARD_PACKAGES;
}

/* The ROM's part: an order is used up, the slot is chosen, the monitor is told. */
static void boot(void)
{
	struct restart_record last = record;
	struct restart_choice choice;

	memset(&record, 0, sizeof(record));
	assert_int_equal(state_open(), OK);
	counters_check(state_get());
	if (!restart_is_valid(&last))
		memset(&last, 0, sizeof(last));
	choice = restart_choose(&last, state_get());
	board_runs = slot_package(choice.slot);
	assert_true(numbers[board_runs].counter >= state_get()->least[SIGNED_ROLE_FIRMWARE].counter);
	board_info = (struct boot_info){
		.loader = { (uintptr_t)board_window, sizeof(board_window) },
		.slot = choice.slot, .is_trial = choice.why == RESTART_WHY_TRY ? 1 : 0,
		.last_end = last.end, .last_was_trial = last.is_trial,
		.firmware_version = 12 + board_runs, .firmware_counter = numbers[board_runs].counter,
		.firmware_serial = 7, .firmware_least = 5, .policy_counter = numbers[board_runs].policy, .policy_serial = 7,
		.policy_least = 5,
	};
	record = (struct restart_record){ .magic = RESTART_MAGIC, .version = RESTART_VERSION, .order = RESTART_NONE,
					  .sequence = state_get()->sequence, .is_trial = board_info.is_trial,
					  .end = RESTART_END_RUNNING, .failures = last.failures };
	trial_open(&board_info);
	update_open(&board_info);
}

void board_power_cycle(void)
{
	memset(&record, 0x5a, sizeof(record));
	boot();
}

void board_reset(void)
{
	record.end = RESTART_END_ASKED;
	boot();
}

int64_t board_call(uint64_t id)
{
	switch (id) {
	case ANCHOR_UPDATE_BEGIN:
		board_said = (struct call){ { id, (uintptr_t)board_window, board_file_bytes } };
		return update_begin(&board_said);
	case ANCHOR_UPDATE_STEP:
		return update_step(&board_said);
	case ANCHOR_UPDATE_TRY:
		return trial_order(&board_said);
	case ANCHOR_UPDATE_CONFIRM:
		return trial_confirm(&board_said);
	case ANCHOR_UPDATE_REVERT:
		return update_revert(&board_said);
	default:
		return trial_status(&board_said);
	}
}

static int64_t all_steps(uint64_t id)
{
	int64_t code;

	for (unsigned i = 0; (code = board_call(id)) == ANCHOR_INCOMPLETE; i++)
		assert_true(i < 5000 && board_said.x[2] <= board_said.x[3] + PLAT_FLASH_BLOCK_BYTES);
	return code;
}

int64_t board_install(void)
{
	int64_t code = board_call(ANCHOR_UPDATE_BEGIN);

	return code == ANCHOR_OK ? all_steps(ANCHOR_UPDATE_STEP) : code;
}

int64_t board_revert(void)
{
	return all_steps(ANCHOR_UPDATE_REVERT);
}
