/*
 * Where a VM's kernel, device tree and initial ramdisk go, and what that device tree says: one pure
 * function, linked into lwk (which loads a VM) and redoubt (which predicts its measurement).
 * Source: Linux Documentation/arch/arm64/booting.rst; Arm DEN0044 is not used (no ACPI).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_VMPLAN_H
#define LIB_VMPLAN_H

#include "abi/virtual_platform.h"
#include "lib/compiler.h"

#define VMPLAN_DTB_MAX		0x4000	/* the size of each tree */
#define VMPLAN_ARGS_AT		0x3000	/* in it: the granule of the command line, which is the last one */
#define VMPLAN_BOOTARGS_MAX	2048
#define VMPLAN_VCPU_MAX		8

enum vmplan_result {
	VMPLAN_OK = 0,
	VMPLAN_NOT_AN_IMAGE,	/* no arm64 Image header and not declared raw; found: first 4 bytes at 56 */
	VMPLAN_BIG_ENDIAN,
	VMPLAN_TRUNCATED,	/* kernel file shorter than its header, or than its own PE section table says */
	VMPLAN_NO_ROOM,		/* need, have in bytes of RAM */
	VMPLAN_BAD_RAM,		/* not a multiple of 2 MiB, or zero */
	VMPLAN_BAD_VCPUS,	/* 1 .. VMPLAN_VCPU_MAX */
	VMPLAN_BAD_BOOTARGS,	/* longer than VMPLAN_BOOTARGS_MAX - 1 */
};

struct vmplan_request {
	uint64_t ram_bytes;
	uint32_t vcpu_count;
	bool raw;		/* flat binary at RAM + 0x80000, entered there */
	const void *kernel;	/* its first 4096 bytes are readable, or all if it is shorter */
	uint64_t kernel_bytes;
	uint64_t initrd_bytes;	/* 0: none */
	const char *bootargs;	/* NUL terminated; "" for none: the tree has it all the same */
	bool keyed;		/* the kernel file begins with the stub of abi/keyed.h: the tree names its page */
};

/* A piece of VM memory that is populated: file bytes, the tail of the last granule zero. */
struct vmplan_piece {
	uint64_t address;	/* granule aligned, ascending over kernel, dtb, args, initrd; a granule or more lies between */
	uint64_t bytes;		/* 0: absent */
};

struct vmplan {
	struct vmplan_piece kernel;
	struct vmplan_piece dtb, args;	/* of the tree all but the command line, and that; zeros lie between */
	struct vmplan_piece initrd;
	uint64_t entry;
	uint64_t x0;		/* address of the device tree */
	uint64_t need, found;	/* for messages, by result */
};

/**
 * vmplan_make - place a VM's images and write its device tree.
 *
 * @dtb  VMPLAN_DTB_MAX bytes, 8-byte aligned; receives all of the tree: the content of plan->dtb from its start, that of
 *       plan->args from VMPLAN_ARGS_AT on
 *
 * Pure: the same request gives the same plan and tree, byte for byte, on the host and in lwk.
 * On any result but VMPLAN_OK only plan->need and plan->found are meaningful.
 */
MUST_CHECK enum vmplan_result vmplan_make(const struct vmplan_request *request, struct vmplan *plan, void *dtb);

/* vmplan_describe - one line for people: what is wrong, expected, found, what to do. */
void vmplan_describe(enum vmplan_result result, const struct vmplan_request *request, const struct vmplan *plan,
		     char *out, size_t bytes);

#endif
