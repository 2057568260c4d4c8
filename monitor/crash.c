/*
 * A run that went wrong: the first CPU to find out writes the record, prints it and ends the run.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "abi/crash.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "plat/secure_console.h"

/* Text may come from the mediator: what is not printable becomes a dot. */
static void text_copy(char out[CRASH_TEXT_BYTES], const char *text)
{
	for (size_t i = 0; i < CRASH_TEXT_BYTES - 1 && text[i] != '\0'; i++)
		out[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '.';
}

static void record_write(const struct crash_record *record)
{
	void *page = (void *)PLAT_CRASH_RECORD;

	memcpy(page, record, sizeof(*record));
	cache_clean_invalidate(page, sizeof(*record));
}

/* @record: all but what is the same for each. */
NORETURN static void end(enum restart_end end, struct crash_record record, const char *text)
{
	stop_begin();
	record.magic = CRASH_MAGIC;
	record.version = CRASH_VERSION;
	record.cpu = power_this_cpu();
	text_copy(record.text, text);
	record_write(&record);
	secure_print("monitor: stopped: %s (CPU %u, EL%u, ESR 0x%lx, PC 0x%lx, FAR 0x%lx)",
		     record.text, record.cpu, record.level, record.esr, record.pc, record.far);
	stop_failed(end);
}

void crash_stop(enum crash_level level, uint64_t esr, uint64_t pc, uint64_t far, const char *text)
{
	end(RESTART_END_FAILED, (struct crash_record){ .level = level, .esr = esr, .pc = pc, .far = far }, text);
}

void crash_end(enum restart_end why, enum crash_level level, uint64_t far, const char *text)
{
	end(why, (struct crash_record){ .level = level, .pc = read_elr_el3(), .far = far }, text);
}

void crash_exception(uint64_t vector)
{
	char text[CRASH_TEXT_BYTES];
	uint64_t far = read_far_el3();

	if (memory_is_guard(far))
		print_string(text, sizeof(text), "monitor: stack overflow");
	else
		print_string(text, sizeof(text), "monitor: unexpected exception, vector %lu",
			     vector);
	crash_stop(CRASH_MONITOR, read_esr_el3(), read_elr_el3(), far, text);
}

void crash_anchor_exception(void)
{
	uint64_t esr = read_esr_el3();

	/* SMC #1: the anchor's own vectors report what happened at S-EL1. */
	if (esr >> ESR_EC_SHIFT == ESR_EC_SMC64)
		crash_stop(CRASH_ANCHOR, read_esr_el1(), read_elr_el1(), read_far_el1(),
			   "anchor: unexpected exception");
	crash_stop(CRASH_ANCHOR, esr, read_elr_el3(), read_far_el3(), "anchor: unexpected exit");
}
