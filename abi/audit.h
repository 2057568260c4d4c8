/*
 * What a program outside the machine starts from when it looks at all translation tables: where the mediator keeps the
 * list of stage-2 roots, and how each pair's descriptor granule begins. Written by the mediator, which never reads it
 * back; nobody else inside the machine reaches either. Safe for C and assembly up to the structs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_AUDIT_H
#define ABI_AUDIT_H

/* Offset in the mediator's image of a 64-bit word: the physical address of struct audit_list. */
#define AUDIT_LIST_POINTER	8

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIT_LIST_MAGIC	0x3154534c54445541ull	/* "AUDTLST1" */
#define AUDIT_PAIR_MAGIC	0x3152415054445541ull	/* "AUDTPAR1" */

/* A stage 2, as VTTBR_EL2 names it. */
struct audit_domain {
	uint64_t root;			/* physical; as many concatenated pages as VTCR_EL2 asks for */
	uint16_t vmid;
	uint16_t reserved[3];
};
_Static_assert(sizeof(struct audit_domain) == 16, "audit_domain layout");

/* All addresses are physical. */
struct audit_list {
	uint64_t magic;			/* 0x00 */
	uint64_t outer;			/* 0x08: of a word: zero until the outer OS's tables are built, then */
					/*       the address of the outer OS's struct audit_domain */
	uint64_t pairs;			/* 0x10: of the first of pair_max words: each zero, or the address of */
					/*       a pair's descriptor granule */
	uint64_t states;		/* 0x18: of the first of pair_max bytes: HOST_PAIR_*; from HOST_PAIR_DEAD */
					/*       on no CPU uses the roots, and their memory may be anybody's */
	uint32_t pair_max;		/* 0x20 */
	uint32_t pair_stride;		/* 0x24: bytes from one word, and one state, to the next */
};
_Static_assert(sizeof(struct audit_list) == 0x28, "audit_list layout");

/* How a descriptor granule begins. Where the rest of the control area lies: HOST_CONTROL_* in abi/host.h. */
struct audit_pair {
	uint64_t magic;			/* 0x00 */
	uint32_t vcpu_count;		/* 0x08 */
	uint32_t reserved;		/* 0x0c */
	struct audit_domain domains[2];	/* 0x10: by HOST_ROLE_* */
};
_Static_assert(offsetof(struct audit_pair, domains) == 0x10, "audit_pair layout");
_Static_assert(sizeof(struct audit_pair) == 0x30, "audit_pair layout");
#endif

#endif
