/*
 * Reads the device tree once. Decides nothing about how the memory is used: frames.c does.
 * Source: Devicetree Specification 0.4, "/memory node", "/cpus/cpu* Node Properties", "/chosen Node".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/machine.h"
#include "lib/addr.h"
#include "lib/fdt.h"
#include "lib/memory.h"

struct machine machine;

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void memory_add(const struct fdt_property *reg)
{
	for (unsigned cell = 0; (cell + 4) * 4 <= reg->bytes; cell += 4) {
		struct machine_range range = { fdt_cells64(reg, cell), fdt_cells64(reg, cell + 2) };

		if (range.bytes == 0 || machine.ram_count == MACHINE_RAM_MAX ||
		    !range_is_inside(range.base, range.bytes, PLAT_RAM_BASE, PLAT_RAM_MAX))
			continue;
		machine.ram[machine.ram_count++] = range;
	}
}

static void cpu_add(const struct fdt_property *reg)
{
	uint64_t affinity = reg->bytes == 8 ? fdt_cells64(reg, 0) : fdt_cell(reg, 0);

	if (machine.cpu_count < PLAT_CPU_MAX)
		machine.affinity[machine.cpu_count++] = affinity;
	else
		machine.cpus_refused++;
}

/* The start is stored at once, the end makes it a length: the tree gives start before end, or we see none. */
static void chosen_add(const struct fdt_property *property)
{
	static const struct { const char *name; struct machine_range *range; bool end; } known[] = {
		{ "linux,initrd-start", &machine.initrd, false },
		{ "linux,initrd-end", &machine.initrd, true },
		{ "redoubt,box-start", &machine.box, false },
		{ "redoubt,box-end", &machine.box, true },
	};
	uint64_t value = property->bytes == 8 ? fdt_cells64(property, 0) : fdt_cell(property, 0);

	for (unsigned i = 0; i < ARRAY_COUNT(known); i++) {
		if (strcmp(property->name, known[i].name) != 0)
			continue;
		if (!known[i].end)
			known[i].range->base = value;
		else if (known[i].range->base != 0 && value > known[i].range->base)
			known[i].range->bytes = value - known[i].range->base;
	}
}

static bool visit(void *context, const char *path, const struct fdt_property *property)
{
	(void)context;
	if (property == NULL)
		return true;
	if (starts_with(path, "/memory") && strcmp(property->name, "reg") == 0)
		memory_add(property);
	else if (starts_with(path, "/cpus/cpu@") && strcmp(property->name, "reg") == 0)
		cpu_add(property);
	else if (strcmp(path, "/chosen") == 0)
		chosen_add(property);
	return true;
}

/* Is this range within one range of our RAM? What is not is treated as absent. */
static void range_check(struct machine_range *range)
{
	for (unsigned i = 0; i < machine.ram_count; i++) {
		if (range_is_inside(range->base, range->bytes, machine.ram[i].base, machine.ram[i].bytes))
			return;
	}
	*range = (struct machine_range){ 0 };
}

enum status machine_read(uint64_t dtb)
{
	/* Only the block that holds the tree's start is mapped now. */
	const void *blob = (const void *)(uintptr_t)dtb;
	size_t bytes = BLOCK_BYTES - (dtb & (BLOCK_BYTES - 1));
	struct fdt tree;
	enum status status = fdt_open(blob, bytes, &tree);

	if (status == OK)
		status = fdt_walk(&tree, visit, NULL);
	if (status != OK)
		return status;
	machine.dtb.base = align_down(dtb, GRANULE_BYTES);
	machine.dtb.bytes = PLAT_OUTER_DTB_MAX;
	range_check(&machine.initrd);
	if (machine.initrd.bytes > GRANULE_BYTES) {
		machine.initrd.bytes -= GRANULE_BYTES;
		machine.anchor_page = machine.initrd.base + machine.initrd.bytes;
	}
	range_check(&machine.box);
	return machine.ram_count > 0 && machine.cpu_count > 0 ? OK : ERR_NOT_FOUND;
}

uint64_t machine_ram_end(void)
{
	uint64_t end = 0;

	for (unsigned i = 0; i < machine.ram_count; i++) {
		if (machine.ram[i].base + machine.ram[i].bytes > end)
			end = machine.ram[i].base + machine.ram[i].bytes;
	}
	return end;
}
