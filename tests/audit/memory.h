/*
 * RAM of the audited machine, as the file that QEMU shares. Read only, and only while the machine stands still.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_MEMORY_H
#define TESTS_AUDIT_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AUDIT_GRANULE	0x1000ull

struct memory {
	const uint8_t *bytes;
	uint64_t base, size;		/* physical */
};

/**
 * memory_open - map the file at @path, the whole of it, as RAM from physical address @base on.
 *
 * Returns false, with errno set, if that is not possible.
 */
bool memory_open(struct memory *memory, const char *path, uint64_t base);

/* memory_has - does [@pa, @pa + @bytes) lie in RAM? */
bool memory_has(const struct memory *memory, uint64_t pa, uint64_t bytes);

/* memory_copy - @bytes at @pa; false, and nothing copied, if they do not lie in RAM. */
bool memory_copy(const struct memory *memory, uint64_t pa, void *out, size_t bytes);

#endif
