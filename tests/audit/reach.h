/*
 * Who reaches which granule of DRAM, at which address, with which access; and what a granule is used for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_REACH_H
#define TESTS_AUDIT_REACH_H

#include <stdbool.h>
#include <stdint.h>

/* What the auditor knows a granule to be, whoever says that he owns it. */
enum granule_use {
	USE_ANY,
	USE_MEDIATOR,		/* carve-out: image, records, the outer OS's tables */
	USE_TABLE,		/* a page that some walk went through */
	USE_DESCRIPTOR,
	USE_CONTEXT,
	USE_NOTICE,
	USE_NOTICE_DEAD,	/* the notice page of a dead pair, or what came after it */
};

struct reach {
	uint32_t next;		/* index of the next reach of the same granule, 0 none */
	uint16_t domain;	/* index */
	uint8_t access;		/* ACCESS_* */
	uint64_t ipa;
};

struct granule_view {
	uint32_t first;		/* index of a reach, 0 none */
	uint8_t use;		/* enum granule_use */
	uint8_t el2_access;	/* ACCESS_* of EL2's stage 1, at any address */
};

struct reaches {
	uint64_t base, count;		/* granules of DRAM */
	struct granule_view *granules;
	struct reach *list;		/* entry 0 is not used */
	uint32_t used, room;
};

/* reaches_reset - nobody reaches anything of [@base, @base + @bytes). Ends the program if memory runs out. */
void reaches_reset(struct reaches *reaches, uint64_t base, uint64_t bytes);
void reaches_free(struct reaches *reaches);

/* reaches_at - the granule at @pa, or NULL if it is not DRAM. */
struct granule_view *reaches_at(struct reaches *reaches, uint64_t pa);

/* reaches_add - @domain reaches the granule at @pa, which is DRAM. */
void reaches_add(struct reaches *reaches, uint64_t pa, unsigned domain, unsigned access, uint64_t ipa);

/* reaches_use - DRAM in [@pa, @pa + @bytes) is @use; what lies outside DRAM is passed over. */
void reaches_use(struct reaches *reaches, uint64_t pa, uint64_t bytes, enum granule_use use);

#endif
