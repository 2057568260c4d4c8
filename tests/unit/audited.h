/*
 * A machine made by hand for the auditor: an outer OS, and one pair of one vCPU at slot 1, all as it should be.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_AUDITED_H
#define TESTS_UNIT_AUDITED_H

#include "abi/audit.h"
#include "abi/box.h"
#include "abi/console.h"
#include "abi/host.h"
#include "plat/memory.h"
#include "tests/audit/audit.h"

#define G		AUDIT_GRANULE
#define MIB		0x100000ull
#define RAM		(64 * MIB)

/* Inside the carve-out: list, EL2's tables, tables of the outer OS. */
#define LIST		(PLAT_MEDIATOR_BASE + 0x10000)
#define EL2_TABLES	(PLAT_MEDIATOR_BASE + 0x20000)
#define OUTER_TABLES	(PLAT_MEDIATOR_BASE + PLAT_MEDIATOR_IMAGE_BYTES)

/* One pair of one vCPU: control area, tables, and its memory. */
#define CONTROL		(PLAT_RAM_BASE + 16 * MIB)
#define PAIR_TABLES	(CONTROL + 0x10000)
#define BOX_PAGE	(CONTROL + 0x40000)
#define CONSOLE_PAGE	(BOX_PAGE + G)
#define VM_MEMORY	(CONTROL + 0x80000)
#define VM_PAGES	4
#define VM_IPA		PLAT_RAM_BASE
#define OWN_END		(VM_MEMORY + VM_PAGES * G)

/* Stage-2 leaves: page, access flag, inner shareable, normal memory; S2AP and XN by what they allow. */
#define PAGE_RWX	0x7ffull
#define PAGE_R		(0x77full | 2ull << 53)
#define PAGE_DEVICE	(0x4c7ull | 2ull << 53)
/* Stage-1 leaves of EL2: AP[1], access flag; AP[2] read-only; XN. */
#define EL2_CODE	(0x743ull | 1ull << 7)
#define EL2_DATA	(0x743ull | 1ull << 54)
#define EL2_BOTH	0x743ull

extern struct machine machine;
extern struct audit audit;
extern struct findings findings;
extern uint64_t next_table;		/* where the next table is made */
extern struct audit_pair *pair;
extern uint8_t *state;			/* of the pair */

/* at - RAM at @pa. */
void *at(uint64_t pa);

/* entry - the entry of @level that translates @input, tables made on the way; the root is at level 1. */
uint64_t *entry(uint64_t root, uint64_t input, unsigned level);

/* page - its entry of level 3 becomes @descriptor. */
void page(uint64_t root, uint64_t input, uint64_t descriptor);

/* root_of - the root of the pair's box or VM. */
uint64_t root_of(unsigned role);

/* control - a granule of its control area, HOST_CONTROL_*. */
uint64_t control(unsigned index);

/* machine_make - all of it anew; machine_free - after the last test. */
int machine_make(void **test);
int machine_free(void **test);

#endif
