/*
 * Anchor calls: what monitor and mediator may ask of the trust anchor at S-EL1. SMC from EL2, id
 * in x0, arguments in x1..x6; the monitor forwards. Numbers only; safe for C and assembly.
 * Every call is one bounded slice: at most 50,000 instructions, and 100,000 more where a block of flash is erased.
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
/* x1 image (handle), x2 pair (handle), x3 pa of a granule that is about to be the pair's VM's, x4 its address there: open the
 * next chunk into it. ANCHOR_INCOMPLETE: the same again; ANCHOR_OK; ANCHOR_ERR_REFUSED: x1 enum signed_problem, x2 byte of
 * the file, the granule is zero and so will be all that follow; ANCHOR_ERR_NOT_FOUND: another pair's, or no such image: if there
 * was one, half a chunk may be in the granule */
#define ANCHOR_IMAGE_CHUNK		0xf2000005
/* x1 image, x2 pair, x3..x6 measurement of the pair's VM: may it run? ANCHOR_OK: all chunks were opened and the signed
 * manifest says so, x1..x4 SHA-256 of who it is (owner's key, name), x5 security counter, and the image is closed;
 * ANCHOR_ERR_DENIED; ANCHOR_ERR_NOT_FOUND as above */
#define ANCHOR_IMAGE_CHECK		0xf2000006
/* x1 pa of a struct token_request (abi/token.h), x2 pa of DRAM of a domain, x3 bytes there, no more than to the end of its
 * granule, x4 bytes of the token that its VM has already, x5 place (0 .. ANCHOR_TOKEN_PLACES - 1) of who asks: ANCHOR_OK: x1
 * bytes written, x2 bytes of the whole token; ANCHOR_INCOMPLETE: the same again. A token is a function of the request and the
 * boot: who comes back after others were served gets the same bytes. What a place asks for ends what it asked for before */
#define ANCHOR_TOKEN			0xf2000007
/* x1..x4 who a VM is (of ANCHOR_IMAGE_CHECK), x5 version of the secret, x6 the image's security counter -> x1..x4 the secret;
 * ANCHOR_ERR_DENIED: version is 0 or above the counter */
#define ANCHOR_SECRET			0xf2000008
/* x1 image, x2 pair, which has ended: what is open of the image is closed. ANCHOR_OK, also if nothing is */
#define ANCHOR_IMAGE_CLOSE		0xf2000009

/* From here on also for the outer OS: the mediator forwards ids in [ANCHOR_OUTER_BASE, ANCHOR_OUTER_END), registers as
 * they are. Memory is named by its address in the loader window, which is the outer OS's for good; the anchor copies. */
#define ANCHOR_OUTER_BASE		0xf2000010
/* x1 index (0 .. 15) -> x1 value of a monotonic counter */
#define ANCHOR_COUNTER_READ		0xf2000010
/* x1 index, x2 value, more than now: it is in flash before the call returns */
#define ANCHOR_COUNTER_RAISE		0xf2000011
/* x1 pa of a package, x2 its bytes: begin to take it into the other slot. A copy of its head is checked by STEP. */
#define ANCHOR_UPDATE_BEGIN		0xf2000012
/* Go on: -> ANCHOR_INCOMPLETE, x1 phase (ANCHOR_PHASE_*), x2 bytes done, x3 bytes in all; ANCHOR_OK: staged;
 * ANCHOR_ERR_REFUSED: x1 enum signed_problem, x2 byte of the file, x3 part (enum firmware_part, 6 for the head) */
#define ANCHOR_UPDATE_STEP		0xf2000013
/* the next warm reset boots the staged package, once */
#define ANCHOR_UPDATE_TRY		0xf2000014
/* this run is a try and works: make its slot the active one, raise the security counters to its own */
#define ANCHOR_UPDATE_CONFIRM		0xf2000015
/* Make the previous package the active one from the next boot on, once it was verified where it lies: the first call
 * begins, results are those of STEP */
#define ANCHOR_UPDATE_REVERT		0xf2000016
/* -> x1 running slot | is_trial << 8 | active slot << 16, x2 other (STATE_OTHER_*) | failure << 32, x3 running version |
 * other's version << 32, x4 reason | last_end << 32, x5 firmware least counter | policy least counter << 32, x6 sequence */
#define ANCHOR_UPDATE_STATUS		0xf2000017
/* x1 pa of a page with struct anchor_seal (abi/seal.h), sealed or opened in place -> x1 bytes of blob or data */
#define ANCHOR_SEAL			0xf2000018
#define ANCHOR_UNSEAL			0xf2000019
/* x1 bytes done (0 begins a round): hash the next slice of the mediator's read-only memory. ANCHOR_INCOMPLETE: x1 bytes
 * done now, x2 in all; ANCHOR_OK: x1 = x2, the round ended well; ANCHOR_ERR_ARGS: x1 is not where a slice begins;
 * ANCHOR_ERR_ALTERED: x1 pa of the page that is not what was verified, upon which the monitor ends the run */
#define ANCHOR_RECHECK			0xf200001a
/* x1 bits (1 .. 192) -> x1..x3 random bits as TRNG_RND64 has them: x3 the lowest 64, x1 the highest, the rest zero */
#define ANCHOR_RANDOM			0xf200001b
/* x1 address of a VM image in the loader window, where it stays until the VM runs, x2 its bytes: begin to open it. A copy
 * of its head is checked -> x1 image; ANCHOR_ERR_REFUSED: x1 enum signed_problem, x2 byte of the file */
#define ANCHOR_IMAGE_BEGIN		0xf200001c
/* Go on with what IMAGE_BEGIN began: -> ANCHOR_INCOMPLETE; ANCHOR_OK: its chunks can be opened; ANCHOR_ERR_REFUSED as above */
#define ANCHOR_IMAGE_STEP		0xf200001d
#define ANCHOR_OUTER_END		0xf200001e
#define ANCHOR_CALL_END			0xf200001e

#define ANCHOR_IMAGES_MAX		4	/* open at a time: one more closes the oldest */
#define ANCHOR_TOKEN_PLACES		960	/* one a vCPU of a VM: none waits until another one fetches its token */

/* Offset in the mediator's image of a 64-bit word: the address at which its read-only memory ends. */
#define ANCHOR_RECHECK_END		16

#define ANCHOR_RANDOM_BITS_MAX		192

#define ANCHOR_PHASE_HEAD		1	/* signatures of the head */
#define ANCHOR_PHASE_CHECK		2	/* digests of the file, or of the slot that is reverted to */
#define ANCHOR_PHASE_POLICY		3	/* signatures of the policy */
#define ANCHOR_PHASE_ERASE		4	/* erase the other slot */
#define ANCHOR_PHASE_WRITE		5	/* copy into it */
#define ANCHOR_PHASE_VERIFY		6	/* digests of what is in flash now */

/*
 * Monitor only, once, at the anchor's image base with the MMU off: x0 = ANCHOR_START, x1 pa of struct
 * boot_info -> x0 ANCHOR_OK, x1 entry of all later calls, which find MMU and stack as the anchor left them.
 * The anchor ends every call with SMC #0. SMC #1 reports an exception at S-EL1, in ESR, ELR and FAR_EL1.
 */
#define ANCHOR_START			0xf200ffff

#define ANCHOR_REGISTERS		7	/* of a call: x0..x6, in and out */
#define ANCHOR_VERSION_1_0		0x00010000

#define ANCHOR_CHAIN_BOX		0
#define ANCHOR_CHAIN_VM			1

#define ANCHOR_OK			0
#define ANCHOR_NOT_SUPPORTED		(-1)
#define ANCHOR_ERR_ARGS			(-2)
#define ANCHOR_ERR_DENIED		(-3)	/* not in this run, or not allowed by counters or policy */
#define ANCHOR_ERR_STATE		(-4)	/* right call, wrong moment */
#define ANCHOR_ERR_BUSY			(-6)
#define ANCHOR_ERR_NOT_FOUND		(-7)
#define ANCHOR_ERR_REFUSED		(-9)	/* a signed object does not hold: x1 says why */
#define ANCHOR_ERR_SEAL			(-10)	/* nothing is sealed or opened: x1 ANCHOR_SEAL_* says why */
#define ANCHOR_ERR_ALTERED		(-11)	/* verified memory has changed */
#define ANCHOR_ERR_FLASH		(-12)	/* the flash did not take what was written; the old state stands */
#define ANCHOR_INCOMPLETE		1	/* bounded slice: call again */

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * A domain's measurement, SHA-256 throughout, integers little-endian:
 *   run_0       = 32 zero bytes
 *   run_n+1     = SHA-256(run_n | guest address, 8 bytes | SHA-256(content of the 4 KiB granule))
 *                 for each granule of a run: populated granules without a gap between them, as many as there are
 *   chain_0     = SHA-256("redoubt measurement 2 box" or "... vm")       (no NUL)
 *   chain_n+1   = SHA-256(chain_n | struct measurement_run)              for each run, in ascending address order
 *   measurement = SHA-256(chain_last | struct measurement_header)
 * Donated (zeroed) memory is covered by the RAM size in the header. A VM's kernel, device tree, command line and
 * initial ramdisk are a run each: so a digest says which of them is another.
 */
#define ANCHOR_CHAIN_TAG_BOX		"redoubt measurement 2 box"
#define ANCHOR_CHAIN_TAG_VM		"redoubt measurement 2 vm"

struct measurement_run {
	uint64_t base, bytes;
	uint64_t digest[4];		/* run_last */
};
_Static_assert(sizeof(struct measurement_run) == 48, "measurement_run layout");

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
