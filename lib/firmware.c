/*
 * firmware = { 1: 2, 3: name, 5: version, 7: security counter, 8: [ base, bytes ], 9: [ 6*6 component ] }
 * component = [ name, bytes, load, entry, sha256 ]
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/firmware.h"
#include "lib/addr.h"
#include "lib/memory.h"

#define COMPONENT_BYTES_MAX	BIT(32)
#define INSTRUCTION_BYTES	4

static const char names[FIRMWARE_PART_COUNT][SIGNED_NAME_BYTES] = {
	[FIRMWARE_MONITOR] = "monitor", [FIRMWARE_ANCHOR] = "anchor", [FIRMWARE_MEDIATOR] = "mediator",
	[FIRMWARE_OUTER] = "outer", [FIRMWARE_BOX] = "box", [FIRMWARE_POLICY] = "policy",
};

const char *firmware_part_name(enum firmware_part part)
{
	return names[part];
}

uint64_t firmware_part_offset(const struct firmware *firmware, enum firmware_part part)
{
	uint64_t offset = FIRMWARE_PAGE_BYTES;

	/* At most six times 2^32. */
	for (unsigned i = 0; i < part; i++)
		offset += firmware->components[i].bytes;
	return offset;
}

static void loader_take(struct cbor *c, struct firmware *out)
{
	struct pa_range range;
	const uint8_t *item = c->at;

	cbor_take_array(c, 2, 2);
	out->loader_base = cbor_take_uint(c, 0, UINT64_MAX);
	out->loader_bytes = cbor_take_uint(c, 0, UINT64_MAX);
	if (pa_range_make(out->loader_base, out->loader_bytes, BLOCK_BYTES, &range) != OK)
		cbor_fail(c, item, SIGNED_RANGE);
}

/* Where code goes, and where it is entered; the policy goes nowhere. */
static bool is_load_good(const struct firmware_component *component, enum firmware_part part)
{
	struct pa_range range;

	if (part == FIRMWARE_POLICY)
		return component->load == 0 && component->entry == 0;
	return pa_range_make(component->load, component->bytes, GRANULE_BYTES, &range) == OK &&
	       is_aligned(component->entry, INSTRUCTION_BYTES) &&
	       range_is_inside(component->entry, INSTRUCTION_BYTES, component->load, component->bytes);
}

static void component_take(struct cbor *c, enum firmware_part part, struct firmware_component *out)
{
	char name[SIGNED_NAME_BYTES] = { 0 };
	const uint8_t *item = c->at;

	cbor_take_array(c, 5, 5);
	cbor_take_text(c, name, sizeof(name));
	out->bytes = cbor_take_uint(c, GRANULE_BYTES, COMPONENT_BYTES_MAX);
	out->load = cbor_take_uint(c, 0, UINT64_MAX);
	out->entry = cbor_take_uint(c, 0, UINT64_MAX);
	cbor_copy_bytes(c, out->sha256, sizeof(out->sha256));
	if (memcmp(name, names[part], sizeof(name)) != 0 || !is_aligned(out->bytes, GRANULE_BYTES) ||
	    !is_load_good(out, part))
		cbor_fail(c, item, SIGNED_RANGE);
}

enum signed_problem firmware_read(struct cbor *c, struct firmware *out)
{
	signed_take_type(c, SIGNED_TYPE_FIRMWARE);
	cbor_take_key(c, 3);
	cbor_take_text(c, out->name, sizeof(out->name));
	cbor_take_key(c, 5);
	out->version = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 7);
	out->counter = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 8);
	loader_take(c, out);
	cbor_take_key(c, 9);
	cbor_take_array(c, FIRMWARE_PART_COUNT, FIRMWARE_PART_COUNT);
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++)
		component_take(c, (enum firmware_part)part, &out->components[part]);
	cbor_end_map(c);
	return cbor_end(c);
}
