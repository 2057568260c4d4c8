/*
 * QEMU's `virt` board with secure=on, virtualization=on, gic-version=3: memory map and how Redoubt
 * uses it. Data only; safe for C and assembly. RAM size and CPU count come from the device tree.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef PLAT_MEMORY_H
#define PLAT_MEMORY_H

/*
 * Secure flash0: the ROM runs in place, the page after it says whose device this is, then two slots for packages.
 */
#define PLAT_FLASH_BASE			0x00000000
#define PLAT_FLASH_BYTES		0x04000000
#define PLAT_ROM_BASE			0x00000000
#define PLAT_ROM_BYTES			0x0003f000
#define PLAT_FLASH_IDENTITY		0x0003f000	/* one page: struct identity_page */
#define PLAT_FLASH_BLOCK_BYTES		0x00040000	/* what one erase clears */
#define PLAT_FLASH_STATE		0x00040000	/* two blocks: log of struct state */
#define PLAT_FLASH_STATE_BLOCKS		2
#define PLAT_FLASH_SLOT_A		0x00400000
#define PLAT_FLASH_SLOT_B		0x02000000
#define PLAT_FLASH_SLOT_BYTES		0x01c00000

/* Devices. */
#define PLAT_GICD_BASE			0x08000000
#define PLAT_GICD_BYTES			0x00010000
#define PLAT_GICR_BASE			0x080a0000
#define PLAT_GICR_STRIDE		0x00020000
#define PLAT_UART0_BASE			0x09000000	/* both worlds */
#define PLAT_UART0_INTID		33
#define PLAT_RTC_BASE			0x09010000
#define PLAT_RTC_INTID			34
#define PLAT_UART1_BASE			0x09040000	/* secure world only */
#define PLAT_SMMU_BASE			0x09050000	/* only there with iommu=smmuv3 */
#define PLAT_SECURE_GPIO_BASE		0x090b0000	/* PL061: pin 0 power off, pin 1 reset */
#define PLAT_DEVICE_BASE		0x08000000	/* all devices below lie in here */
#define PLAT_DEVICE_BYTES		0x04000000

/* Secure RAM, 16 MiB. It survives a warm reset: the ROM zeroes all but the crash record. */
#define PLAT_SECURE_RAM_BASE		0x0e000000
#define PLAT_SECURE_RAM_BYTES		0x01000000
#define PLAT_CRASH_RECORD		0x0e000000	/* one page: struct crash_record, struct restart_record */
#define PLAT_BOOT_INFO			0x0e001000	/* one page: struct boot_info, ROM -> monitor */
#define PLAT_ROM_DATA			0x0e010000	/* ROM: data, bss, tables, stack */
#define PLAT_ROM_DATA_BYTES		0x00070000
#define PLAT_MONITOR_BASE		0x0e100000
#define PLAT_MONITOR_BYTES		0x00100000
#define PLAT_ANCHOR_BASE		0x0e200000
#define PLAT_ANCHOR_BYTES		0x00200000

/* DRAM. QEMU leaves its device tree at the base; the ROM reads it, then zeroes all DRAM but the loader window. */
#define PLAT_RAM_BASE			0x40000000
#define PLAT_RAM_MAX			0x800000000	/* 32 GiB are looked at, at most */
#define PLAT_BOARD_DTB			0x40000000
#define PLAT_BOARD_DTB_MAX		0x00100000
#define PLAT_OUTER_DTB			0x40000000	/* written by the monitor */
#define PLAT_OUTER_DTB_MAX		0x00010000
#define PLAT_MEDIATOR_BASE		0x40200000	/* start of the carve-out */
#define PLAT_MEDIATOR_IMAGE_BYTES	0x00200000	/* image, data and stacks */
#define PLAT_MEDIATOR_BOOT_INFO		0x403ff000	/* last page of the image range: monitor -> mediator */
#define PLAT_OUTER_BASE			0x48000000
#define PLAT_OUTER_BYTES		0x00800000
#define PLAT_BOX_BASE			0x48800000	/* the box image, as a file, in outer-OS memory */
#define PLAT_BOX_BYTES			0x00400000
#define PLAT_LOADER_BASE		0x49000000	/* default base of the loader window */

#define PLAT_CPU_MAX			8

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * plat_carveout_bytes - size of the mediator's carve-out, from PLAT_MEDIATOR_BASE.
 * Image range, then 4 bytes of record a granule, then the outer OS's stage-2 tables: one page of
 * leaves for 2 MiB, one page for 1 GiB (the device space counts as one more), two root pages.
 */
static inline uint64_t plat_carveout_bytes(uint64_t ram_bytes)
{
	uint64_t records = ram_bytes / 1024;
	uint64_t leaves = ram_bytes / 512 + 4096 * (PLAT_DEVICE_BYTES >> 21);
	uint64_t middles = 4096 * ((ram_bytes >> 30) + 2);
	uint64_t bytes = PLAT_MEDIATOR_IMAGE_BYTES + records + leaves + middles + 3 * 4096;

	return (bytes + 0x1fffff) & ~0x1fffffull;
}
#endif

#endif
