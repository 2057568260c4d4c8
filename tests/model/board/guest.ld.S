/*
 * A program for box or VM: code and constants, at the start of RAM, in whole pages.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/board/guest.h"

ENTRY(guest_start)

SECTIONS
{
	. = GUEST_BASE;
	.text : {
		KEEP(*(.text.guest_start))
		*(.text .text.* .rodata .rodata.*)
		. = GUEST_IMAGE_PAGES * GUEST_PAGE_BYTES;
	}
	.data : { *(.data .data.* .bss .bss.* COMMON) }
	ASSERT(SIZEOF(.data) == 0, "the program has no data")
	/DISCARD/ : { *(.comment .note.* .eh_frame*) }
}
