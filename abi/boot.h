/*
 * Boot hand-over: what ROM tells the monitor, and the monitor the mediator. One page, made by a
 * trusted room, at an address that only trusted rooms can write. Source of every field: ROM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_BOOT_H
#define ABI_BOOT_H

#include <assert.h>
#include <stdint.h>

#define BOOT_INFO_MAGIC			0x544f4f4244524552ull	/* "RERDBOOT" */
#define BOOT_INFO_VERSION		4
#define BOOT_MEASUREMENT_MAX		12
#define BOOT_POLICY_MAX			24
#define BOOT_OWNER_MAX			8

/* A boot stage, in the order in which it was hashed. */
struct boot_measurement {
	char name[16];			/* NUL padded */
	uint8_t sha256[32];
};

/* The platform record: what of the board is measured. Its SHA-256 is the anchor's last log entry. */
#define BOOT_PLATFORM_NAME		"platform"
struct boot_platform {
	uint64_t cpu_count;
	uint64_t ram_base, ram_bytes;
};

/* A domain measurement that may be activated. */
struct boot_policy_entry {
	char name[12];			/* NUL padded; for messages only */
	uint32_t role;			/* HOST_ROLE_* */
	uint8_t sha256[32];
};

/* Who may sign VM images: the anchor's to look at. */
struct boot_owner {
	uint32_t counter;		/* least security counter of an image */
	uint8_t key[97];		/* P-384, uncompressed */
	uint8_t reserved[3];
};

struct boot_range {
	uint64_t base, bytes;
};

struct boot_info {
	uint64_t magic;
	uint32_t version;
	uint32_t cpu_count;
	struct boot_range ram;		/* DRAM, from the board's device tree, bounded */
	struct boot_range loader;	/* loader window: never given to a domain; initial ramdisk */
	struct boot_range mediator;	/* image of the mediator (its carve-out starts at the base) */
	uint64_t mediator_entry;
	struct boot_range outer;	/* image of the outer OS */
	uint64_t outer_entry;
	struct boot_range box;		/* image of the box, in outer-OS memory */
	uint64_t outer_dtb;		/* device tree of the outer OS, written by the monitor */
	struct boot_range carveout;	/* DRAM that the mediator keeps for itself (image included) */
	uint32_t slot;			/* STATE_SLOT_*: where this package was read */
	uint32_t is_trial;		/* 1: the slot is tried; it is not the active one until confirmed */
	uint32_t last_end;		/* RESTART_END_* of the run before this one */
	uint32_t last_was_trial;	/* 1: that run was a try */
	uint32_t firmware_version, firmware_counter;	/* of the package that runs */
	uint32_t firmware_serial, firmware_least;	/* of its signer's endorsement, and what that revokes */
	uint32_t policy_counter;
	uint32_t policy_serial, policy_least;
	uint32_t lifecycle;		/* IDENTITY_* */
	uint32_t failures_max;		/* of the identity page: what follows a run that ended badly */
	uint32_t measurement_count;
	uint32_t policy_count;
	uint32_t owner_count;
	struct boot_measurement measurements[BOOT_MEASUREMENT_MAX];
	struct boot_policy_entry policy[BOOT_POLICY_MAX];
	struct boot_owner owners[BOOT_OWNER_MAX];
};
_Static_assert(sizeof(struct boot_info) <= 4096, "boot_info fits one page");

#endif
