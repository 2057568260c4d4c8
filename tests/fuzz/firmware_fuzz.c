/*
 * Any bytes as the payload of a firmware object. What is accepted says the same when it is written again: there is one
 * encoding of a content, and nothing in the bytes is passed over.
 * Covers: lib/firmware.c
 * Links: lib/cbor.c lib/signed.c tests/unit/cbor_write.c tests/unit/sample_write.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "tests/unit/sample.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static struct written again;
	static struct firmware firmware;
	const struct cbor start = target_open(data, count);
	struct cbor c = start;
	uint64_t end = FIRMWARE_PAGE_BYTES;

	again.count = 0;
	target_check_result(firmware_read(&c, &firmware), &c, &start);
	if (c.problem == SIGNED_OK) {
		sample_write_firmware(&again, &firmware);
		for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++) {
			if (firmware_part_offset(&firmware, (enum firmware_part)part) != end ||
			    firmware_part_name((enum firmware_part)part)[0] == '\0')
				abort();
			end += firmware.components[part].bytes;
		}
	}
	target_check_again(&c, &start, &again);
	return 0;
}
