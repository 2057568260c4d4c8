/*
 * Reader of cpio archives in the "newc" format, as used for initial ramdisks. The archive may be
 * hostile: nothing outside the given bytes is read, and every step goes forward.
 * Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_CPIO_H
#define LIB_CPIO_H

#include "lib/compiler.h"
#include "lib/status.h"

#define CPIO_TYPE_MASK		0170000
#define CPIO_TYPE_FILE		0100000
#define CPIO_TYPE_DIRECTORY	0040000

/* A position in an archive. */
struct cpio {
	const uint8_t *archive;
	size_t bytes;
	size_t offset;		/* of the next header; on error, of the one refused */
};

/* One entry. Name and data point into the archive. */
struct cpio_entry {
	const char *name;	/* NUL terminated, without a leading "./" */
	uint32_t mode;
	const uint8_t *data;
	size_t bytes;
	/* On ERR_TRUNCATED only: where the entry would end. */
	size_t end;
};

/* cpio_open - start at the first header of the @bytes at @archive. */
static inline struct cpio cpio_open(const void *archive, size_t bytes)
{
	return (struct cpio){ archive, bytes, 0 };
}

/**
 * cpio_next - read the header at the position and go to the one after it.
 *
 * Returns OK; ERR_NOT_FOUND at the trailer (the regular end); ERR_TRUNCATED if header, name or data
 * reach past the archive (out->end says how far); ERR_ARGS if there is no newc header (magic, hex
 * digits) or the name is empty or not NUL terminated. After an error the position has not moved.
 */
MUST_CHECK enum status cpio_next(struct cpio *cpio, struct cpio_entry *out);

#endif
