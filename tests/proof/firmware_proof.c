/*
 * firmware_read over any items: what is accepted has every field in its range, the loader window and every component
 * end inside of 48 bits, each entry lies in its component, and the size of the package does not wrap.
 * Unwind: 7
 * Mutant: lib/firmware.c: s/	       range_is_inside(component->entry, INSTRUCTION_BYTES, component->load, component->bytes);/	       range_is_inside(component->entry, 1, component->load, component->bytes + 1);/
 * Breaks: an entry is inside its component
 * Mutant: lib/firmware.c: s/!is_aligned(out->bytes, GRANULE_BYTES) ||/false ||/
 * Breaks: the policy has whole pages
 * Mutant: lib/firmware.c: s/	if (pa_range_make(out->loader_base, out->loader_bytes, BLOCK_BYTES, \&range) != OK)/	if (out->loader_bytes == 0)/
 * Breaks: the loader window is whole blocks inside of 48 bits
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/firmware.c"
#include "lib/signed.c"
#include "tests/proof/cbor_stand_in.h"

/* The order of names is for the unit tests. */
int memcmp(const void *a, const void *b, size_t bytes)
{
	CLAIM(__CPROVER_r_ok(a, bytes) && __CPROVER_r_ok(b, bytes), "names are compared inside their arrays");
	return nondet_bool();
}

static void component_check(const struct firmware_component *component)
{
	uint64_t end = component->load + component->bytes;

	CLAIM(component->bytes >= 4096 && component->bytes <= BIT(32) && component->bytes % 4096 == 0,
	      "a component has whole pages");
	CLAIM(component->load % 4096 == 0 && end > component->load && end <= BIT(48),
	      "a component is loaded inside of 48 bits");
	CLAIM(component->entry % 4 == 0 && component->entry >= component->load && component->entry <= end - 4,
	      "an entry is inside its component");
	WITNESS(component->entry == end - 4 && end == BIT(48), "the last entry that there is");
}

void proof(void)
{
	struct cbor c = input_open();
	static struct firmware found;
	enum signed_problem problem = firmware_read(&c, &found);
	unsigned part = nondet_u8();

	CLAIM(problem == c.problem, "the problem is the cursor's");
	if (problem != SIGNED_OK)
		return;

	const struct firmware_component *policy = &found.components[FIRMWARE_POLICY];

	CLAIM(c.at == c.end, "all of the input is read");
	CLAIM(found.version >= 1 && found.counter >= 1, "version and counter are not zero");
	CLAIM(found.loader_base % BLOCK_BYTES == 0 && found.loader_bytes % BLOCK_BYTES == 0 && found.loader_bytes != 0 &&
	      found.loader_bytes <= BIT(48) && found.loader_base <= BIT(48) - found.loader_bytes,
	      "the loader window is whole blocks inside of 48 bits");
	CLAIM(policy->load == 0 && policy->entry == 0, "the policy is not loaded");
	CLAIM(policy->bytes >= 4096 && policy->bytes <= BIT(32) && policy->bytes % 4096 == 0, "the policy has whole pages");
	CLAIM(firmware_part_offset(&found, FIRMWARE_PART_COUNT) <= 4096 + 6 * BIT(32), "the size of a package does not wrap");
	if (part < FIRMWARE_POLICY)
		component_check(&found.components[part]);
	WITNESS(firmware_part_offset(&found, FIRMWARE_PART_COUNT) == 4096 + 6 * BIT(32), "the largest package");
}
