/*
 * Initial ramdisks of nodes: cpio archives in newc format, read by the reader of the lightweight kernel (lib/cpio.h),
 * but strictly: it makes the best of a bad archive, here one is refused, so that nothing of it is lost by writing it
 * anew.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_RAMDISK_H
#define TOOLS_RAMDISK_H

#include "tools/verbs.h"

/* An archive that is whole. */
struct ramdisk {
	const struct file *file;
	size_t entry_count;
	size_t trailer;		/* where its trailer begins */
};

/* A regular file in an archive, or to be put there. */
struct ramdisk_member {
	const char *name;
	const void *bytes;
	size_t count;
};

/**
 * ramdisk_open - is @file a whole archive in newc format?
 *
 * @file  stays as long as @out is used
 *
 * Returns TOOL_DONE; TOOL_CONFIGURATION, after printing what is wrong and where, if it is another format, is
 * truncated, or goes on after its trailer.
 */
MUST_CHECK int ramdisk_open(struct ramdisk *out, const struct file *file);

/* ramdisk_has - whether there is an entry of this name; @is_file: whether all of them are regular files. */
MUST_CHECK bool ramdisk_has(const struct ramdisk *ramdisk, const char *name, bool *is_file);

/* ramdisk_bytes - how long the archive would be with these members in the place of those of the same names. */
size_t ramdisk_bytes(const struct ramdisk *ramdisk, const struct ramdisk_member *members, size_t count);

/**
 * ramdisk_write - replace the archive's file by one with these members, in the place of those of the same names. What
 * else is in it stays as it is, in its order.
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why; the file is as it was then.
 */
MUST_CHECK int ramdisk_write(const struct ramdisk *ramdisk, const struct ramdisk_member *members, size_t count);

#endif
