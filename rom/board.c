/*
 * The board: CPU count, RAM size and whether there is an SMMU, from QEMU's device tree; and its DMA
 * stopped. Decides nothing else by that tree.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "arch/cpu.h"
#include "lib/addr.h"
#include "lib/fdt.h"
#include "lib/memory.h"
#include "plat/memory.h"

/* SMMUv3 (Arm IHI 0070), "SMMU_GBPA". */
#define SMMU_GBPA		(PLAT_SMMU_BASE + 0x44)
#define SMMU_GBPA_ABORT		(1u << 20)
#define SMMU_GBPA_UPDATE	(1u << 31)
#define SMMU_POLL_MAX		100000

static bool starts_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool board_visit(void *context, const char *path, const struct fdt_property *property)
{
	struct board *board = context;

	if (property == NULL) {
		/* Children of a CPU node (caches) have a longer path. */
		if (starts_with(path, "/cpus/cpu@") && strlen(path) <= sizeof("/cpus/cpu@ffff"))
			board->cpu_count++;
		if (starts_with(path, "/smmuv3@"))
			board->has_smmu = true;
		return true;
	}
	/*
	 * Two address and two size cells, as the board has them; a node that starts elsewhere is
	 * left unused.
	 */
	if (starts_with(path, "/memory@") && strcmp(property->name, "reg") == 0 &&
	    property->bytes == 16 && fdt_cells64(property, 0) == PLAT_RAM_BASE)
		board->ram_bytes = fdt_cells64(property, 2);
	return true;
}

void board_read(struct board *board)
{
	struct fdt tree;
	enum status status;

	*board = (struct board){ 0 };
	status = fdt_open((const void *)PLAT_BOARD_DTB, PLAT_BOARD_DTB_MAX, &tree);
	if (status == OK)
		status = fdt_walk(&tree, board_visit, board);
	if (status != OK || board->cpu_count == 0 || board->ram_bytes == 0)
		rom_stop("no usable device tree at 0x%x: expected CPUs and RAM at 0x%x, found "
			 "status %d, %u CPUs, 0x%lx bytes; start QEMU with -M virt and the "
			 "firmware in pflash unit 0",
			 PLAT_BOARD_DTB, PLAT_RAM_BASE, status, board->cpu_count, board->ram_bytes);
	if (board->cpu_count > PLAT_CPU_MAX)
		rom_stop("more CPUs asked than the board has: expected at most %d, found %u; start "
			 "QEMU with -smp %d or fewer",
			 PLAT_CPU_MAX, board->cpu_count, PLAT_CPU_MAX);
	if (board->ram_bytes > PLAT_RAM_MAX)
		board->ram_bytes = PLAT_RAM_MAX;
	board->ram_bytes = align_down(board->ram_bytes, BLOCK_BYTES);
}

static void smmu_wait(void)
{
	for (unsigned polls = 0; (mmio_read32(SMMU_GBPA) & SMMU_GBPA_UPDATE) != 0; polls++) {
		if (polls == SMMU_POLL_MAX)
			rom_stop("the SMMU at 0x%x does not take a global abort: expected "
				 "SMMU_GBPA.Update 0, found 1",
				 PLAT_SMMU_BASE);
	}
}

void board_abort_dma(const struct board *board)
{
	/* Reading an absent device is an external abort. */
	if (!board->has_smmu)
		return;
	smmu_wait();
	mmio_write32(SMMU_GBPA, SMMU_GBPA_UPDATE | SMMU_GBPA_ABORT);
	smmu_wait();
	if ((mmio_read32(SMMU_GBPA) & SMMU_GBPA_ABORT) == 0)
		rom_stop("the SMMU at 0x%x does not abort: expected SMMU_GBPA.ABORT 1, found 0",
			 PLAT_SMMU_BASE);
}
