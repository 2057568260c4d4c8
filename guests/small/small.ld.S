/*
 * The small guest as an arm64 Image, linked where it runs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "guests/small/layout.h"

ENTRY(small_start)
SECTIONS
{
	. = SMALL_BASE;
	.text : {
		*(.text.small_start)
		*(.text .text.*)
	}
	. = ALIGN(4096);
	small_text_end = .;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		small_commands_start = .;
		KEEP(*(.small_commands))
		small_commands_end = .;
	}
	. = ALIGN(4096);
	small_constants_end = .;
	.data : { *(.data .data.*) }
	. = ALIGN(4096);
	small_bss = .;
	.bss : { *(.bss .bss.* COMMON) }
	. = ALIGN(4096);
	small_bss_end = .;
	.stacks (NOLOAD) : {
		small_stacks = .;
		. += SMALL_CPU_MAX * SMALL_STACK_BYTES;
	}
	small_end = .;
	small_image_bytes = small_end - SMALL_BASE;
	ASSERT(small_end <= SMALL_BASE + 0x200000, "the small guest has 2 MiB")
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame*) }
}
