/*
 * The state of a device: what it keeps from one boot to the next. A log of whole snapshots in two blocks of flash0
 * (PLAT_FLASH_STATE): the valid one with the highest sequence number is the state, so a torn one never is. The anchor
 * writes, the ROM only reads. All integers little-endian.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_STATE_H
#define ABI_STATE_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define STATE_MAGIC		0x4554415453445254ull	/* "TRDSTATE" */
#define STATE_VERSION		1
#define STATE_BYTES		4096
#define STATE_COUNTER_MAX	16
#define STATE_SEED_BYTES	48

/* A slot of flash that holds a package. */
enum state_slot {
	STATE_SLOT_A = 0x41,
	STATE_SLOT_B = 0x42,
};

/* What the slot that is not active holds. */
enum state_other {
	STATE_OTHER_EMPTY = 0x10,	/* nothing that may boot: erased, or being written */
	STATE_OTHER_STAGED = 0x21,	/* a verified package that has not been tried */
	STATE_OTHER_FAILED = 0x42,	/* a verified package whose one try failed */
	STATE_OTHER_PREVIOUS = 0x83,	/* the package that was active before: may be reverted to, counters permitting */
};

/* Why the active slot is the active one. */
enum state_reason {
	STATE_REASON_PROVISIONED = 1,
	STATE_REASON_CONFIRMED,		/* it was tried, and confirmed itself */
	STATE_REASON_REVERTED,		/* the operator went back to it */
};

struct state {
	uint64_t magic;
	uint32_t version;
	uint32_t slot;			/* STATE_SLOT_*: the active one */
	uint64_t sequence;		/* of this snapshot, from 1 */
	uint32_t other;			/* STATE_OTHER_* */
	uint32_t other_version;		/* version of the package in the other slot; 0 if it is empty */
	uint32_t reason;		/* STATE_REASON_* */
	uint32_t failure;		/* RESTART_END_* of the try that failed; 0 unless other is FAILED */
	/* By role (lib/signed.h: firmware, policy, vm), index 0 unused: what is below is refused. They never fall. */
	struct { uint32_t serial, counter; } least[4];
	uint64_t counters[STATE_COUNTER_MAX];	/* monotonic counters; they never fall */
	uint8_t seed[STATE_SEED_BYTES];		/* of the random numbers; each boot replaces it before it uses it */
	uint8_t reserved[3816];		/* zero */
	uint8_t sha256[32];		/* of all bytes before it */
};
_Static_assert(sizeof(struct state) == STATE_BYTES, "state layout");
_Static_assert(offsetof(struct state, counters) == 72, "state layout");
_Static_assert(offsetof(struct state, sha256) == STATE_BYTES - 32, "state layout");

#endif
