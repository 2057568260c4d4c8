/*
 * ROM image: code and constants run in place from flash0; data, tables and stack are in secure RAM,
 * above a page that is never mapped.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/memory.h"

OUTPUT_ARCH(aarch64)
ENTRY(rom_start)

SECTIONS
{
	. = PLAT_ROM_BASE;
	rom_image_start = .;
	.text : { *(.text.rom_start) *(.text .text.*) . = ALIGN(4096); }
	rom_code_end = .;
	.rodata : { *(.rodata .rodata.*) . = ALIGN(16); }
	rom_data_load = .;

	. = PLAT_ROM_DATA + 4096;
	rom_stack = .;
	. = . + 0x8000;
	rom_stack_top = .;
	.data : AT(rom_data_load) { rom_data = .; *(.data .data.*) . = ALIGN(16); rom_data_end = .; }
	.bss (NOLOAD) : { rom_bss = .; *(.bss .bss.*) *(COMMON) . = ALIGN(4096); rom_bss_end = .; }
	rom_image_end = rom_data_load + SIZEOF(.data);

	ASSERT(rom_image_end <= PLAT_ROM_BASE + PLAT_ROM_BYTES, "the ROM does not fit its flash area")
	ASSERT(rom_bss_end <= PLAT_ROM_DATA + PLAT_ROM_DATA_BYTES, "the ROM's data does not fit its area")
	/DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame) *(.gnu.*) }
}
