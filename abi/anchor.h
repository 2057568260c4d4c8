/*
 * Anchor calls: what monitor and mediator may ask of the trust anchor at S-EL1. SMC from EL2, id
 * in x0, arguments in x1..x6; the monitor forwards. Numbers only; safe for C and assembly.
 * Every call is one bounded slice (at most 50,000 instructions) and keeps no state between calls.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_ANCHOR_H
#define ABI_ANCHOR_H

/* Trusted OS calls, fast SMC64, owner 50. */
#define ANCHOR_CALL_BASE		0xf2000000
/* -> x1 version (major << 16 | minor) */
#define ANCHOR_VERSION			0xf2000000
/* x1 index -> x1, x2 name (16 bytes, NUL padded), x3..x6 SHA-256 */
#define ANCHOR_MEASUREMENT_READ		0xf2000001
/* x1 ANCHOR_CHAIN_* -> x1..x4 first value of a hash chain */
#define ANCHOR_HASH_INIT		0xf2000002
/* x1 pa of a granule, x2 guest address, x3..x6 chain -> x1..x4 = SHA-256(chain | address | SHA-256(granule)) */
#define ANCHOR_HASH_EXTEND		0xf2000003
/* x1 pa of a header, x2 its bytes (0 .. 4096), x3..x6 chain -> x1..x4 = SHA-256(chain | header) */
#define ANCHOR_HASH_FINAL		0xf2000004
#define ANCHOR_CALL_END			0xf2000005

/*
 * Monitor only, once, at the anchor's image base with the MMU off: x0 = ANCHOR_START, x1 pa of struct
 * boot_info -> x0 ANCHOR_OK, x1 entry of all later calls, which find MMU and stack as the anchor left them.
 * The anchor ends every call with SMC #0. SMC #1 reports an exception at S-EL1, in ESR, ELR and FAR_EL1.
 */
#define ANCHOR_START			0xf200ffff

#define ANCHOR_VERSION_1_0		0x00010000

#define ANCHOR_CHAIN_BOX		0
#define ANCHOR_CHAIN_VM			1

#define ANCHOR_OK			0
#define ANCHOR_NOT_SUPPORTED		(-1)
#define ANCHOR_ERR_ARGS			(-2)
#define ANCHOR_ERR_NOT_FOUND		(-7)
#define ANCHOR_ERR_BUSY			(-6)

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * A domain's measurement, SHA-256 throughout, integers little-endian:
 *   chain_0     = SHA-256("redoubt measurement 1 box" or "... vm")       (no NUL)
 *   chain_n+1   = SHA-256(chain_n | guest address, 8 bytes | SHA-256(content of the 4 KiB granule))
 *                 for each populated granule, in ascending address order
 *   measurement = SHA-256(chain_last | struct measurement_header)
 * Donated (zeroed) memory is covered by the RAM size in the header.
 */
#define ANCHOR_CHAIN_TAG_BOX		"redoubt measurement 1 box"
#define ANCHOR_CHAIN_TAG_VM		"redoubt measurement 1 vm"

struct measurement_header {
	uint32_t role;			/* HOST_ROLE_* */
	uint32_t class;			/* HOST_CLASS_*; 0 for a box */
	uint64_t options;
	uint32_t vcpu_count;		/* 0 for a box */
	uint32_t reserved;
	uint64_t ram_base, ram_bytes;
	uint64_t entry, x0;
	uint8_t box[32];		/* measurement of the box; zero for a box */
};
_Static_assert(sizeof(struct measurement_header) == 88, "measurement_header layout");
#endif

#endif
