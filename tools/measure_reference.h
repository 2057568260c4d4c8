/*
 * References from files alone: what a VM will be, and what the device that runs it boots.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_MEASURE_REFERENCE_H
#define TOOLS_MEASURE_REFERENCE_H

#include "tools/measure_boot.h"
#include "tools/reference.h"

/* The device, as a user names it. */
struct reference_device {
	const char *key;		/* its attestation key, a PEM file; NULL: not given */
	struct boot_files files;	/* all or none */
};

/**
 * reference_make - write the reference of a VM to @path.
 *
 * @owner  whose image it is, NULL if it is from none
 *
 * Returns TOOL_DONE, or after printing why what boot_files_measure, public_key_read or file_write return.
 */
MUST_CHECK int reference_make(const struct vmimage *image, const struct public_key *owner,
			      const struct reference_device *device, const char *path);

#endif
