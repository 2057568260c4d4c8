/*
 * ROM: the first code after reset, at EL3, executed in place from secure flash. It trusts the board
 * and its own image. It does not trust: what RAM holds, the manifest before its digest is checked,
 * any component before its copy is, QEMU's device tree, an old crash record.
 *
 * Promise: nothing but verified components runs, and no memory content from before this boot
 * reaches them except the loader window. Every refusal names its stage and powers the board off.
 *
 * Memory: code and constants in flash0; data, tables and stack at PLAT_ROM_DATA. Only CPU 0 gets
 * here; the others sleep in arch/arm64/rom_start.S until the monitor wakes them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ROM_ROOM_H
#define ROM_ROOM_H

#include "abi/boot.h"
#include "abi/image.h"
#include "crypto/hash.h"
#include "lib/compiler.h"

/* What the ROM takes from the board's device tree. */
struct board {
	uint32_t cpu_count;
	uint64_t ram_bytes; /* from PLAT_RAM_BASE; whole blocks of 2 MiB, at most PLAT_RAM_MAX */
	bool has_smmu;
};

/* main.c: entered by rom_start.S on CPU 0 with the MMU off. */
NORETURN void rom_main(void);
/* main.c: any exception at EL3 while the ROM runs. */
NORETURN void rom_exception(uint64_t esr, uint64_t pc, uint64_t far);
/* arch/arm64/rom_start.S: MMU off, then into the monitor with @boot_info in x0. */
NORETURN void rom_leave(uint64_t entry, uint64_t boot_info);

/* stop.c: print a refusal on both UARTs ("rom: " and the text), power the board off. */
NORETURN PRINTF(1, 2) void rom_stop(const char *format, ...);
/* stop.c: print the crash record of the last run, if there is a well-formed one, and clear it. */
void crash_record_report(void);

/* board.c: read the device tree; stops if it is malformed or names more CPUs than PLAT_CPU_MAX. */
void board_read(struct board *board);
/* board.c: make the SMMU abort every transaction; it bypasses them after reset. */
void board_abort_dma(const struct board *board);

/* memory.c: MMU on; flash, devices, secure RAM and the board's device tree become reachable. */
void memory_map(void);
/* memory.c: the rest of DRAM becomes reachable. */
void memory_map_ram(uint64_t ram_bytes);
/*
 * memory.c: zero secure RAM (but the ROM's own and the crash record) and DRAM (but the loader
 * window).
 */
void memory_zero(uint64_t ram_bytes, const struct boot_range *loader);

/* manifest.c: copy the manifest from flash and check all of it; stops if anything is wrong. */
void manifest_read(struct image_manifest *manifest);
/* manifest.c: does the RAM hold the layout? Stops with need and have if not. */
void manifest_check_ram(const struct image_manifest *manifest, uint64_t ram_bytes);

/* load.c: measure the ROM itself. */
void load_measure_rom(struct boot_info *info);
/* load.c: append a measurement, and print its line. */
void load_record(struct boot_info *info, const char *name, const uint8_t sha256[HASH_BYTES],
		 uint64_t bytes, const char *verdict);
/* load.c: copy a component to its load address and verify the copy; stops if it does not match. */
void load_component(struct boot_info *info, const struct image_component *component);

#endif
