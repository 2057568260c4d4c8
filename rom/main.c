/*
 * Boot order of the ROM. Decides what happens before what; each step is in the file of its noun.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/secure_console.h"

static struct image_manifest manifest;

static void cpu_check(void)
{
	if (bits_get(read_id_aa64pfr0_el1(), 11, 8) == 0)
		rom_stop("CPU 0 has no EL2: expected ID_AA64PFR0_EL1.EL2 not 0, found 0; "
			 "start QEMU with -M virt,secure=on,virtualization=on");
	if (bits_get(read_id_aa64isar0_el1(), 15, 12) == 0)
		rom_stop("CPU 0 has no SHA-256 instructions: expected ID_AA64ISAR0_EL1.SHA2 not 0, "
			 "found 0; choose a -cpu with the cryptographic extension");
	if (read_cntfrq_el0() == 0)
		rom_stop("the counter frequency is not set: expected CNTFRQ_EL0 not 0, found 0");
}

static void boot_info_fill(struct boot_info *info, const struct board *board)
{
	const struct image_component *mediator = &manifest.components[IMAGE_MEDIATOR];
	const struct image_component *outer = &manifest.components[IMAGE_OUTER];
	const struct image_component *box = &manifest.components[IMAGE_BOX];

	info->magic = BOOT_INFO_MAGIC;
	info->version = BOOT_INFO_VERSION;
	info->cpu_count = board->cpu_count;
	info->ram = (struct boot_range){ PLAT_RAM_BASE, board->ram_bytes };
	info->loader = manifest.loader;
	info->mediator = (struct boot_range){ mediator->load, mediator->bytes };
	info->mediator_entry = mediator->entry;
	info->outer = (struct boot_range){ outer->load, outer->bytes };
	info->outer_entry = outer->entry;
	info->box = (struct boot_range){ box->load, box->bytes };
	info->policy_count = manifest.policy_count;
	memcpy(info->policy, manifest.policy, sizeof(info->policy));
}

void rom_main(void)
{
	struct boot_info *info = (struct boot_info *)PLAT_BOOT_INFO;
	struct board board;

	memory_map();
	secure_console_init();
	/*
	 * No DMA may change what is about to be zeroed, copied and hashed; only the tree tells
	 * whether an SMMU is there.
	 */
	board_read(&board);
	board_abort_dma(&board);
	cpu_check();
	secure_print("rom: Redoubt, %u CPUs, %lu MiB of RAM", board.cpu_count,
		     board.ram_bytes >> 20);
	crash_record_report();

	manifest_read(&manifest);
	manifest_check_ram(&manifest, board.ram_bytes);
	memory_map_ram(board.ram_bytes);
	memory_zero(board.ram_bytes, &manifest.loader);

	load_measure_rom(info);
	load_record(info, "manifest", manifest.sha256, sizeof(manifest), "verified");
	for (unsigned role = 0; role < IMAGE_ROLE_COUNT; role++)
		load_component(info, &manifest.components[role]);
	boot_info_fill(info, &board);
	cache_clean_invalidate(info, sizeof(*info));
	cache_invalidate_instructions();
	rom_leave(manifest.components[IMAGE_MONITOR].entry, PLAT_BOOT_INFO);
}

void rom_exception(uint64_t esr, uint64_t pc, uint64_t far)
{
	rom_stop("unexpected exception: ESR_EL3 0x%lx, PC 0x%lx, FAR 0x%lx", esr, pc, far);
}

void check_failed(const char *file, int line)
{
	rom_stop("internal error at %s:%d", file, line);
}
