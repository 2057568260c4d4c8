/*
 * The walk. Every rule that the architecture states about a descriptor is checked: what hardware would leave
 * unpredictable fails the test.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/walker.h"
#include "arch/fake.h"

/* Geometry that VTCR_EL2 asks for. */
struct walk_shape {
	unsigned ipa_bits;
	unsigned level;			/* of the initial lookup */
	uint64_t root, root_entries;
};

static uint64_t field(uint64_t value, unsigned high, unsigned low)
{
	return value >> low & (~0ull >> (63 - (high - low)));
}

static void expect(bool holds, const char *what, uint64_t value)
{
	if (!holds)
		fake_violation("stage 2: %s: 0x%llx", what, (unsigned long long)value);
}

static unsigned level_shift(unsigned level)
{
	return 12 + 9 * (3 - level);
}

static struct walk_shape shape_of(uint64_t vtcr, uint64_t vttbr)
{
	struct walk_shape shape;

	expect(field(vtcr, 31, 31) == 1, "VTCR_EL2 bit 31 is RES1", vtcr);
	expect(field(vtcr, 15, 14) == 0, "VTCR_EL2.TG0 is not 4 KiB", vtcr);
	expect(field(vtcr, 19, 19) == 0, "VTCR_EL2.VS asks for 16-bit VMIDs, which cortex-a53 lacks", vtcr);
	expect(field(vtcr, 18, 16) == 2, "VTCR_EL2.PS is not 40 bits", vtcr);
	expect(field(vtcr, 13, 12) == 3 && field(vtcr, 11, 10) == 1 && field(vtcr, 9, 8) == 1,
	       "walks are not inner shareable write-back", vtcr);
	shape.ipa_bits = 64 - (unsigned)field(vtcr, 5, 0);
	/* With a 4 KiB granule SL0 0, 1, 2 start at level 2, 1, 0. */
	shape.level = 2 - (unsigned)field(vtcr, 7, 6);
	shape.root = field(vttbr, 47, 1) << 1;
	shape.root_entries = 1ull << (shape.ipa_bits - level_shift(shape.level));
	/* At most sixteen concatenated tables, aligned to all of them. */
	expect(shape.root_entries >= 2 && shape.root_entries <= 16 * 512, "VTCR_EL2 does not fit T0SZ and SL0", vtcr);
	expect(shape.root % (shape.root_entries * 8) == 0, "the root is not aligned to its size", vttbr);
	return shape;
}

static uint64_t entry_read(uint64_t table, uint64_t index)
{
	return *(volatile uint64_t *)fake_pointer(table + 8 * index);
}

static bool is_table(uint64_t descriptor, unsigned level)
{
	return level < 3 && field(descriptor, 1, 0) == 3;
}

static uint64_t next_table(uint64_t descriptor)
{
	expect(field(descriptor, 63, 48) == 0, "a table descriptor has attribute bits", descriptor);
	return field(descriptor, 47, 12) << 12;
}

struct walk_leaf walk_decode(uint64_t descriptor, unsigned level, uint64_t ipa)
{
	uint64_t bytes = 1ull << level_shift(level);
	struct walk_leaf leaf = { .valid = true, .level = level, .ipa = ipa & ~(bytes - 1), .bytes = bytes };
	uint64_t memory = field(descriptor, 5, 2), xn = field(descriptor, 54, 53);

	if (field(descriptor, 0, 0) == 0) {
		expect(descriptor == 0, "an invalid descriptor is not zero", descriptor);
		return (struct walk_leaf){ .level = level };
	}
	expect(level != 3 || field(descriptor, 1, 1) == 1, "level 3 has no blocks", descriptor);
	expect(level != 0, "level 0 has no blocks", descriptor);
	leaf.pa = field(descriptor, 47, 12) << 12;
	expect(leaf.pa % bytes == 0, "address bits below the block size are RES0", descriptor);
	expect(leaf.pa >> 40 == 0, "the output address is beyond PS", descriptor);
	expect(field(descriptor, 10, 10) == 1, "the access flag is clear", descriptor);
	expect(memory == 0xf || memory == 1, "memory attribute", descriptor);
	leaf.is_device = memory == 1;
	expect(leaf.is_device || field(descriptor, 9, 8) == 3, "normal memory is not inner shareable", descriptor);
	leaf.read = field(descriptor, 6, 6) == 1;
	leaf.write = field(descriptor, 7, 7) == 1;
	/* Without FEAT_XNX bit 53 is RES0 and bit 54 alone is XN. */
	expect(xn == 0 || xn == 2, "XN needs FEAT_XNX", descriptor);
	leaf.execute = xn == 0;
	/* 58:55 are software's: hardware ignores them. */
	expect(field(descriptor, 63, 59) == 0 && field(descriptor, 52, 48) == 0, "upper attribute bits", descriptor);
	expect(field(descriptor, 11, 11) == 0, "bit 11 is RES0 in stage 2", descriptor);
	return leaf;
}

/* Down to the descriptor that is no table. */
static uint64_t descend(const struct walk_shape *shape, uint64_t ipa, unsigned *level, uint64_t *table)
{
	*level = shape->level;
	*table = shape->root;
	uint64_t descriptor = entry_read(*table, ipa >> level_shift(*level) & (shape->root_entries - 1));

	while (is_table(descriptor, *level)) {
		*table = next_table(descriptor);
		(*level)++;
		descriptor = entry_read(*table, ipa >> level_shift(*level) & 511);
	}
	return descriptor;
}

struct walk_leaf walk_lookup(uint64_t vtcr, uint64_t vttbr, uint64_t ipa)
{
	struct walk_shape shape = shape_of(vtcr, vttbr);
	unsigned level;
	uint64_t table;

	if (ipa >> shape.ipa_bits != 0)
		return (struct walk_leaf){ 0 };
	uint64_t descriptor = descend(&shape, ipa, &level, &table);

	return walk_decode(descriptor, level, ipa);
}

uint64_t walk_table(uint64_t vtcr, uint64_t vttbr, uint64_t ipa)
{
	struct walk_shape shape = shape_of(vtcr, vttbr);
	unsigned level;
	uint64_t table;

	descend(&shape, ipa, &level, &table);
	return level == 3 ? table : 0;
}

struct visit {
	void (*leaf)(void *context, const struct walk_leaf *leaf);
	void (*table)(void *context, uint64_t pa);
	void *context;
};

static void entries_visit(const struct visit *visit, uint64_t table, unsigned level, uint64_t base)
{
	if (visit->table != NULL)
		visit->table(visit->context, table);
	for (uint64_t i = 0; i < 512; i++) {
		uint64_t descriptor = entry_read(table, i);
		uint64_t ipa = base + (i << level_shift(level));

		if (is_table(descriptor, level)) {
			entries_visit(visit, next_table(descriptor), level + 1, ipa);
			continue;
		}
		struct walk_leaf leaf = walk_decode(descriptor, level, ipa);

		if (leaf.valid)
			visit->leaf(visit->context, &leaf);
	}
}

void walk_each(uint64_t vtcr, uint64_t vttbr, void (*leaf)(void *context, const struct walk_leaf *leaf),
	       void (*table)(void *context, uint64_t pa), void *context)
{
	struct walk_shape shape = shape_of(vtcr, vttbr);
	struct visit visit = { leaf, table, context };

	for (uint64_t i = 0; i < shape.root_entries; i += 512)
		entries_visit(&visit, shape.root + 8 * i, shape.level, i << level_shift(shape.level));
}
