/*
 * Any bytes as the manifest of a VM image, and as the head of one; see firmware_fuzz.c. A head that is accepted is the
 * same when it is written again.
 * Covers: lib/vmimage.c lib/cose.c lib/cbor.c
 * Links: lib/signed.c tests/unit/cbor_write.c tests/unit/sample_write.c tests/unit/sample_image_write.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "tests/unit/sample_image.h"
#include <string.h>

static void head_try(const struct cbor *start)
{
	static struct written again, object;
	static struct sample_signed parts;
	struct cbor c = *start;
	struct vmimage_head head;

	again.count = object.count = 0;
	target_check_result(vmimage_split(&c, &head), &c, start);
	if (c.problem == SIGNED_OK) {
		sample_take_parts(&parts, &head.object);
		sample_write_signed(&object, &parts);
		write_head(&again, WRITE_ARRAY, 2);
		write_bytes(&again, head.owner.data, head.owner.count);
		write_bytes(&again, object.bytes, object.count);
	}
	target_check_again(&c, start, &again);
	cose_check_algorithm(&c, &head.object);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static struct written again;
	static struct vmimage image;
	const struct cbor start = target_open(data, count);
	struct cbor c = start;

	if (count > sizeof(again.bytes))
		return 0;
	again.count = 0;
	target_check_result(vmimage_read(&c, &image), &c, &start);
	if (c.problem == SIGNED_OK)
		sample_write_image(&again, &image);
	target_check_again(&c, &start, &again);
	head_try(&start);
	return 0;
}
