/*
 * The walks. What the architecture leaves to the implementation, or forbids, is told as a fault: an auditor does not
 * guess what a CPU would make of it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/walk.h"

#define ENTRIES		512u

struct walk {
	const struct memory *memory;
	const struct visitor *visitor;
	bool is_stage2;
	bool has_hierarchy;		/* stage 1: table descriptors restrict what lies below */
	unsigned output_bits;
};

/* Restrictions that stage-1 tables put on all that is below them. */
struct limits {
	bool no_write, no_execute;
};

static uint64_t bits(uint64_t value, unsigned high, unsigned low)
{
	return value >> low & (~0ull >> (63 - (high - low)));
}

static unsigned shift_of(unsigned level)
{
	return 39 - 9 * level;
}

static void fault(const struct walk *walk, const char *what, uint64_t input, uint64_t value)
{
	if (walk->visitor->fault != NULL)
		walk->visitor->fault(walk->visitor->context, what, input, value);
}

/* S2AP, XN and MemAttr. XN has two bits with FEAT_XNX; only 0b10 forbids execution at EL1 and EL0. */
static void permissions_stage2(uint64_t descriptor, struct leaf *leaf)
{
	leaf->read = bits(descriptor, 6, 6) != 0;
	leaf->write = bits(descriptor, 7, 7) != 0;
	leaf->execute = bits(descriptor, 54, 53) != 2;
	leaf->is_device = bits(descriptor, 5, 4) == 0;
}

/* AP[2] and XN; EL2 reads whatever is mapped. */
static void permissions_stage1(uint64_t descriptor, struct limits limits, struct leaf *leaf)
{
	leaf->read = true;
	leaf->write = bits(descriptor, 7, 7) == 0 && !limits.no_write;
	leaf->execute = bits(descriptor, 54, 54) == 0 && !limits.no_execute;
}

static void leaf_visit(const struct walk *walk, uint64_t descriptor, unsigned level, uint64_t input,
		       struct limits limits)
{
	uint64_t bytes = 1ull << shift_of(level);
	struct leaf leaf = { .input = input, .pa = bits(descriptor, 47, 12) << 12, .bytes = bytes };

	if (level == 0 || (level == 3) != (bits(descriptor, 1, 1) == 1))
		fault(walk, "a descriptor that this level does not have", input, descriptor);
	else if (leaf.pa % bytes != 0)
		fault(walk, "a block that is not aligned to its size", input, descriptor);
	else if (leaf.pa >> walk->output_bits != 0)
		fault(walk, "an output address beyond what the registers allow", input, descriptor);
	else if (bits(descriptor, 10, 10) == 0)
		fault(walk, "a leaf without the access flag", input, descriptor);
	else if (walk->visitor->leaf != NULL) {
		if (walk->is_stage2)
			permissions_stage2(descriptor, &leaf);
		else
			permissions_stage1(descriptor, limits, &leaf);
		walk->visitor->leaf(walk->visitor->context, &leaf);
	}
}

static struct limits limits_below(const struct walk *walk, uint64_t descriptor, struct limits limits)
{
	if (walk->has_hierarchy) {
		limits.no_write |= bits(descriptor, 62, 62) != 0;
		limits.no_execute |= bits(descriptor, 60, 60) != 0;
	}
	return limits;
}

/* @count: ENTRIES, but for a root that resolves fewer bits. */
static void table_visit(const struct walk *walk, uint64_t table, unsigned count, unsigned level, uint64_t base,
			struct limits limits)
{
	uint64_t entries[ENTRIES];

	if (!memory_copy(walk->memory, table, entries, count * sizeof(entries[0]))) {
		fault(walk, "a table that is not in RAM", base, table);
		return;
	}
	if (walk->visitor->table != NULL)
		walk->visitor->table(walk->visitor->context, table, base);
	for (unsigned i = 0; i < count; i++) {
		uint64_t input = base + ((uint64_t)i << shift_of(level));

		if (bits(entries[i], 0, 0) == 0)
			continue;
		if (level < 3 && bits(entries[i], 1, 0) == 3)
			table_visit(walk, bits(entries[i], 47, 12) << 12, ENTRIES, level + 1, input,
				    limits_below(walk, entries[i], limits));
		else
			leaf_visit(walk, entries[i], level, input, limits);
	}
}

/* PS of TCR_EL2 and VTCR_EL2; 52 bits need another format, which the auditor does not read. */
static unsigned output_bits(uint64_t ps)
{
	static const unsigned sizes[] = { 32, 36, 40, 42, 44, 48 };

	return ps < sizeof(sizes) / sizeof(sizes[0]) ? sizes[ps] : 0;
}

void walk_stage2(const struct memory *memory, uint64_t vtcr, uint64_t root, const struct visitor *visitor)
{
	struct walk walk = { memory, visitor, .is_stage2 = true, .output_bits = output_bits(bits(vtcr, 18, 16)) };
	unsigned input_bits = 64 - (unsigned)bits(vtcr, 5, 0);
	unsigned level = 2 - (unsigned)bits(vtcr, 7, 6);

	/* 4 KiB granule; SL0 0, 1, 2 begin at level 2, 1, 0. */
	if (bits(vtcr, 15, 14) != 0 || bits(vtcr, 7, 6) == 3 || walk.output_bits == 0) {
		fault(&walk, "VTCR_EL2 asks for a granule, a level or a size that is not known here", 0, vtcr);
		return;
	}
	/* Up to 16 pages make up the first level. */
	if (input_bits <= shift_of(level) || input_bits > shift_of(level) + 9 + 4) {
		fault(&walk, "VTCR_EL2: T0SZ does not fit SL0", 0, vtcr);
		return;
	}
	uint64_t entries = 1ull << (input_bits - shift_of(level)), span = ENTRIES * (1ull << shift_of(level));

	if (root % (entries * 8) != 0) {
		fault(&walk, "a root that is not aligned to its size", 0, root);
		return;
	}
	for (uint64_t i = 0; i * ENTRIES < entries; i++)
		table_visit(&walk, root + i * AUDIT_GRANULE, entries < ENTRIES ? (unsigned)entries : ENTRIES, level,
			    i * span, (struct limits){ 0 });
}

void walk_stage1(const struct memory *memory, uint64_t tcr, uint64_t ttbr0, const struct visitor *visitor)
{
	struct walk walk = {
		memory, visitor, .has_hierarchy = bits(tcr, 24, 24) == 0, .output_bits = output_bits(bits(tcr, 18, 16)),
	};
	unsigned input_bits = 64 - (unsigned)bits(tcr, 5, 0);

	if (bits(tcr, 15, 14) != 0 || input_bits < 25 || input_bits > 48 || walk.output_bits == 0) {
		fault(&walk, "TCR_EL2 asks for a granule or a size that is not known here", 0, tcr);
		return;
	}
	/* Each level resolves nine bits above the page, the first one what is left. */
	unsigned level = 4 - (input_bits - 12 + 8) / 9;

	table_visit(&walk, bits(ttbr0, 47, 1) << 1, 1u << (input_bits - shift_of(level)), level, 0,
		    (struct limits){ 0 });
}
