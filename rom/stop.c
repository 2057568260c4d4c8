/*
 * Endings: how the ROM refuses, and what it says about the run before this one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "abi/crash.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/power.h"
#include "plat/secure_console.h"

void rom_stop(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	secure_print_args("rom: ", format, args);
	va_end(args);
	secure_print("rom: boot refused, powering off");
	power_off();
}

/*
 * The record may hold anything: it is printed only if every field is one that the monitor writes.
 */
static bool record_is_valid(const struct crash_record *record)
{
	if (record->magic != CRASH_MAGIC || record->version != CRASH_VERSION ||
	    record->cpu >= PLAT_CPU_MAX || record->level < 1 || record->level > 3 ||
	    record->text[CRASH_TEXT_BYTES - 1] != '\0')
		return false;
	for (size_t i = 0; record->text[i] != '\0'; i++) {
		if (record->text[i] < ' ' || record->text[i] > '~')
			return false;
	}
	return true;
}

void crash_record_report(void)
{
	struct crash_record record;

	memcpy(&record, (const void *)PLAT_CRASH_RECORD, sizeof(record));
	if (record_is_valid(&record))
		secure_print(
			"rom: last run ended: %s (CPU %u, EL%u, ESR 0x%lx, PC 0x%lx, FAR 0x%lx)",
			record.text, record.cpu, record.level, record.esr, record.pc, record.far);
	zero_granule((void *)PLAT_CRASH_RECORD);
}
