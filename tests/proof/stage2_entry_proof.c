/*
 * Where an entry of a stage-2 table is and what it says, in the real sizes, for all guest addresses and all
 * descriptors: the indexes are those of the architecture, inside the table; formats in the harness's own numbers.
 * Source: Arm DDI 0487, "VMSAv8-64 translation table format descriptors", "Concatenated translation tables".
 * Unwind: 1
 * Mutant: mediator/stage2.c: s/^#define L2_SHIFT	21/#define L2_SHIFT	20/
 * Breaks: level 2 is bits 29 to 21
 * Mutant: arch/arm64/include/arch/sysreg_fields.h: s/UL(0x0000fffffffff000)/UL(0xfffffffffffff000)/
 * Breaks: the next table is at bits 47 to 12
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/stage2.c"
#include "tests/proof/machine.h"

/* The two root granules, and one more granule for a table. */
#define MEMORY_PA	0x80000000ull
static uint64_t memory[3 * GRANULE_BYTES / 8];
static uint64_t asked;

void *fake_pointer(uint64_t pa)
{
	asked = pa;
	return pa == MEMORY_PA ? &memory[0] : &memory[2 * GRANULE_BYTES / 8];
}

/* Bytes behind the start of @memory. */
static uint64_t offset_of(const volatile uint64_t *entry)
{
	CLAIM(__CPROVER_same_object(entry, memory), "an entry is in its table");
	return (uint64_t)__CPROVER_POINTER_OFFSET(entry);
}

void proof(void)
{
	struct stage2 stage2 = { { MEMORY_PA }, nondet_u16() };
	uint64_t ipa = nondet_u64(), descriptor = nondet_u64();
	uint64_t table = 2 * GRANULE_BYTES;

	ASSUME(ipa < BIT(40));
	ASSUME((descriptor & 0x0000fffffffff000) != MEMORY_PA);
	CLAIM(offset_of(level1_entry(&stage2, ipa)) == 8 * (ipa >> 30), "level 1 is bits 39 to 30, in two root granules");
	CLAIM(offset_of(level2_entry(descriptor, ipa)) == table + 8 * (ipa >> 21 & 0x1ff), "level 2 is bits 29 to 21");
	CLAIM(asked == (descriptor & 0x0000fffffffff000), "the next table is at bits 47 to 12");
	CLAIM(offset_of(level3_entry(descriptor, ipa)) == table + 8 * (ipa >> 12 & 0x1ff), "level 3 is bits 20 to 12");
	CLAIM((NORMAL_RWX | DESC_PAGE) == 0x7ff && (NORMAL_RWX | DESC_BLOCK) == 0x7fd,
	      "memory of a domain: normal write-back, inner shareable, read, write and execute");
	CLAIM((NORMAL_RO | DESC_PAGE) == (0x77f | 2ull << 53), "what is only read: S2AP 0b01, XN 0b10");
	CLAIM((DEVICE_RW | DESC_PAGE) == (0x4c7 | 2ull << 53), "devices: Device-nGnRE, read and write, XN 0b10");
	CLAIM(stage2_vttbr(&stage2) == ((uint64_t)stage2.vmid << 48 | MEMORY_PA), "VTTBR_EL2: VMID and root");
	WITNESS(ipa >> 30 == 1023, "the last entry of the root");
	WITNESS(descriptor >> 48 != 0, "a descriptor with attributes above the address");
}
