/*
 * The box as a flat binary at the start of its RAM; entered at its first byte.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/box.h"
#include "box/stack.h"

ENTRY(box_start)
SECTIONS
{
	. = BOX_RAM_BASE;
	.text : {
		*(.text.box_start)
		*(.text .text.*)
	}
	. = ALIGN(4096);
	box_text_end = .;
	.rodata : { *(.rodata .rodata.*) }
	. = ALIGN(4096);
	box_constants_end = .;
	.data : { *(.data .data.*) }
	/* Zero when the box starts: the outer OS donates it, the mediator zeroes what is donated. */
	.bss : { *(.bss .bss.* COMMON) }
	. = ALIGN(4096);
	box_data_end = .;
	.stacks (NOLOAD) : {
		box_stacks = .;
		. += BOX_VCPU_COUNT_MAX * BOX_STACK_STRIDE;
	}
	ASSERT(. <= BOX_RAM_BASE + 0x1ff000, "the box reaches its console page")
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame*) }
}
