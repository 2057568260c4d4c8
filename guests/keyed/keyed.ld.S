/*
 * The stub before the kernel of a VM with a secret: position independent, one page (abi/keyed.h).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/keyed.h"

ENTRY(keyed_start)
SECTIONS
{
	. = 0;
	.text : { *(.text.keyed_start) }
	ASSERT(. <= KEYED_PAGE, "the stub is one page")
	/DISCARD/ : { *(.comment) *(.note.*) *(.eh_frame*) }
}
