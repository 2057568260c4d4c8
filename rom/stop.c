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
	run_back();
	secure_print("rom: boot refused, powering off");
	power_off();
}

void rom_refuse(enum signed_role role, const uint8_t *begin, const struct cbor *c, const struct trust *trust,
		const struct endorsement *signer)
{
	static const char *const roles[SIGNED_ROLE_END] = { "nothing", "firmware", "policies", "VMs" };
	const char *stage = role == SIGNED_ROLE_FIRMWARE ? "package" : "policy";
	const char *name = signed_name(c->problem), *text = signed_text(c->problem);
	char expected[2 * HASH_BYTES + 1], found[2 * HASH_BYTES + 1];
	uint8_t sha256[HASH_BYTES];

	switch (c->problem) {
	case SIGNED_ROOT_KEY:
		memory_hash(c->at, SIGNED_KEY_BYTES, sha256);
		digest_print(trust->root_sha256, HASH_BYTES, expected);
		digest_print(sha256, HASH_BYTES, found);
		rom_stop("stage %s: %s: it %s: expected sha256 %s, found %s; " WRITE_FRESH, stage, name, text,
			 expected, found);
	case SIGNED_ROLE:
		rom_stop("stage %s: %s: it %s: expected a key that may sign %s, found %s, which may sign %s; "
			 WRITE_FRESH,
			 stage, name, text, roles[role], signer->name, roles[signer->role]);
	default:
		rom_stop("stage %s: %s: it %s: expected %s, found otherwise at byte %lu; " WRITE_FRESH, stage,
			 name, text, signed_expected(c->problem), (uint64_t)(c->at - begin));
	}
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
