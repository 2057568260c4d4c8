/*
 * Tables of what is in a VM image: for people, and as JSON. Its names need no quoting: the reader takes few characters.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include "lib/vmconfig.h"
#include "tools/image_file.h"

static void digest_line(const char *name, const uint8_t digest[DIGEST_BYTES], const char *more)
{
	char hex[DIGEST_TEXT_BYTES];

	digest_print(digest, hex);
	printf("%-12s %s%s\n", name, hex, more);
}

static void piece_print(const struct vmimage_piece *piece)
{
	digest_line(vmimage_part_name(piece->part), piece->digest,
		    text("  %ju bytes at 0x%jx", (uintmax_t)piece->bytes, (uintmax_t)piece->address));
}

static void image_print_text(const struct vmimage *image)
{
	printf("image        %s, version %u, counter %u\n", image->name, image->version, image->counter);
	printf("machine      %s%s%s, %u vCPUs, %ju MiB, entry 0x%jx\n", vmconfig_class_name(image->class),
	       image->options != 0 ? ", shares by " : "", image->options != 0 ? vmconfig_share_name(image->options) : "",
	       image->vcpu_count, (uintmax_t)(image->ram_bytes >> 20), (uintmax_t)image->entry);
	for (uint32_t i = 0; i < image->piece_count; i++)
		piece_print(&image->pieces[i]);
	digest_line("box", image->box, "");
	digest_line("measurement", image->measurement, "");
	for (uint32_t i = 0; i < image->recipient_count; i++)
		digest_line("platform", image->recipients[i].platform, "");
}

static void digest_member(const char *name, const uint8_t *bytes, size_t count)
{
	printf("  \"%s\": \"", name);
	for (size_t i = 0; i < count; i++)
		printf("%02x", bytes[i]);
	printf("\",\n");
}

static void image_print_json(const struct vmimage *image)
{
	char hex[DIGEST_TEXT_BYTES];

	printf("  \"name\": \"%s\",\n  \"version\": %u,\n  \"counter\": %u,\n", image->name, image->version, image->counter);
	digest_member("id", image->id, sizeof(image->id));
	printf("  \"class\": \"%s\",\n  \"share\": \"%s\",\n  \"vcpus\": %u,\n  \"memory\": %ju,\n  \"entry\": %ju,\n"
	       "  \"x0\": %ju,\n  \"chunks\": %u,\n  \"pieces\": [\n", vmconfig_class_name(image->class),
	       vmconfig_share_name(image->options), image->vcpu_count, (uintmax_t)(image->ram_bytes >> 20),
	       (uintmax_t)image->entry, (uintmax_t)image->x0, image->chunk_count);
	for (uint32_t i = 0; i < image->piece_count; i++) {
		const struct vmimage_piece *piece = &image->pieces[i];

		digest_print(piece->digest, hex);
		printf("    {\"part\": \"%s\", \"address\": %ju, \"bytes\": %ju, \"digest\": \"%s\"}%s\n",
		       vmimage_part_name(piece->part), (uintmax_t)piece->address, (uintmax_t)piece->bytes, hex,
		       i + 1 == image->piece_count ? "" : ",");
	}
	printf("  ],\n");
	digest_member("box", image->box, sizeof(image->box));
	digest_member("measurement", image->measurement, sizeof(image->measurement));
	printf("  \"platforms\": [");
	for (uint32_t i = 0; i < image->recipient_count; i++) {
		digest_print(image->recipients[i].platform, hex);
		printf("%s\"%s\"", i == 0 ? "" : ", ", hex);
	}
	printf("]");
}

void image_print(const struct vmimage *image, bool json)
{
	if (json)
		image_print_json(image);
	else
		image_print_text(image);
}

void image_measurement_print(const struct vmimage *image, bool json)
{
	for (uint32_t i = 0; i < image->piece_count; i++) {
		const struct vmimage_piece *piece = &image->pieces[i];

		if (json)
			digest_member(vmimage_part_name(piece->part), piece->digest, sizeof(piece->digest));
		else
			piece_print(piece);
	}
	if (json) {
		digest_member("box", image->box, sizeof(image->box));
		printf("  \"name\": \"%s\",\n", image->name);
	} else {
		digest_line("box", image->box, "");
	}
}
