/*
 * Anchor image, in secure RAM: code, constants, data; then what is not in the file, which the ROM
 * zeroed: bss, a guard page, the stack.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/memory.h"

OUTPUT_ARCH(aarch64)
ENTRY(anchor_start)

SECTIONS
{
	. = PLAT_ANCHOR_BASE;
	anchor_code = .;
	.text : { *(.text.anchor_start) *(.text .text.*) . = ALIGN(4096); }
	anchor_constants = .;
	.rodata : { *(.rodata .rodata.*) . = ALIGN(4096); }
	anchor_data = .;
	.data : { *(.data .data.*) . = ALIGN(16); }
	.bss (NOLOAD) : { *(.bss .bss.*) *(COMMON) . = ALIGN(4096); }
	. = . + 4096;
	anchor_stack = .;
	. = . + 0x4000;
	anchor_end = .;

	ASSERT(anchor_end <= PLAT_ANCHOR_BASE + PLAT_ANCHOR_BYTES, "the anchor does not fit its area")
	/DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame) *(.gnu.*) }
}
