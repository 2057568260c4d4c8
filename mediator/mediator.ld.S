/*
 * Layout of the mediator: code, read-only data, data, stacks; each on its own pages for W^X.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/memory.h"

ENTRY(mediator_entry)
SECTIONS
{
	. = PLAT_MEDIATOR_BASE;
	image_text = .;
	.text : { KEEP(*(.text.mediator_entry)) *(.text .text.*) }
	. = ALIGN(4096);
	image_rodata = .;
	.rodata : { *(.rodata .rodata.*) }
	. = ALIGN(4096);
	image_data = .;
	.data : { *(.data .data.*) }
	.bss : { *(.bss .bss.*) *(COMMON) }
	. = ALIGN(4096);
	image_stacks = .;
	. += PLAT_CPU_MAX * 5 * 4096;
	image_end = .;
	ASSERT(image_end <= PLAT_MEDIATOR_BOOT_INFO, "the mediator outgrew its image range")
	/DISCARD/ : { *(.comment) *(.note*) *(.eh_frame*) *(.interp) *(.dyn*) }
}
