/*
 * Image of the lightweight kernel: text, read-only data, data, each from a page boundary, so that
 * no page is both writable and executable. .bss is zeroed with the load area, before entry.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/memory.h"

ENTRY(lwk_entry)

SECTIONS
{
	. = PLAT_OUTER_BASE;
	image_start = .;
	.text : {
		KEEP(*(.text.lwk_entry))
		*(.text .text.*)
	}
	. = ALIGN(4096);
	image_text_end = .;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(8);
		shell_commands_start = .;
		KEEP(*(SORT_BY_NAME(.lwk_commands.*)))
		shell_commands_end = .;
	}
	. = ALIGN(4096);
	image_rodata_end = .;
	.data : {
		*(.data .data.*)
	}
	.bss (NOLOAD) : {
		*(.bss .bss.* COMMON)
		. = ALIGN(4096);
	}
	image_end = .;
	ASSERT(image_end <= PLAT_OUTER_BASE + PLAT_OUTER_BYTES, "lwk does not fit its load area")
	/DISCARD/ : { *(.comment .note.* .eh_frame*) }
}
