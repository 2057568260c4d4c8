/*
 * This run and the one before it: reads and clears the restart record, writes what the next boot finds, and goes back to
 * the active slot if another one does not boot.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "rom/restart.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/power.h"
#include "plat/secure_console.h"

/* The run before this one, and what boots now. */
static struct restart_record last;
static struct restart_choice choice;
static uint32_t active;
static uint64_t sequence;

void run_last_take(void)
{
	void *record = (void *)(PLAT_CRASH_RECORD + RESTART_OFFSET);

	memcpy(&last, record, sizeof(last));
	memset(record, 0, sizeof(last));
	cache_clean_invalidate(record, sizeof(last));
	if (!restart_is_valid(&last))
		memset(&last, 0, sizeof(last));
}

uint64_t run_slot_choose(const struct state *state)
{
	static const char *const whys[] = {
		[RESTART_WHY_ACTIVE] = "it is the active one",
		[RESTART_WHY_VOID] = "it is the active one, and the order to boot the other is void",
		[RESTART_WHY_TRY] = "it is tried, once",
		[RESTART_WHY_FAILURES] = "the active one failed again and again, this one is the previous",
	};

	choice = restart_choose(&last, state);
	active = state->slot;
	sequence = state->sequence;
	secure_print("rom: slot %c boots: %s", (int)choice.slot, whys[choice.why]);
	return choice.slot == STATE_SLOT_A ? PLAT_FLASH_SLOT_A : PLAT_FLASH_SLOT_B;
}

static void record_write(enum restart_end end)
{
	struct restart_record *record = (struct restart_record *)(PLAT_CRASH_RECORD + RESTART_OFFSET);

	*record = (struct restart_record){
		.magic = RESTART_MAGIC,
		.version = RESTART_VERSION,
		.order = RESTART_NONE,
		.sequence = sequence,
		.is_trial = choice.why == RESTART_WHY_TRY ? 1 : 0,
		.end = end,
		.failures = last.failures,
	};
	/* Who reads it next may have no caches yet. */
	cache_clean_invalidate(record, sizeof(*record));
}

void run_begin(struct boot_info *info)
{
	info->slot = choice.slot;
	info->is_trial = choice.why == RESTART_WHY_TRY ? 1 : 0;
	info->last_end = last.end;
	info->last_was_trial = last.is_trial;
	record_write(RESTART_END_RUNNING);
}

void run_back(void)
{
	if (choice.slot == active)
		return;
	record_write(RESTART_END_REFUSED);
	secure_print("rom: slot %c refused, restarting into slot %c, the active one", (int)choice.slot, (int)active);
	power_reset();
}
