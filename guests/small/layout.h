/*
 * Memory of the small guest, for C, assembly and linker script.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef SMALL_LAYOUT_H
#define SMALL_LAYOUT_H

#define SMALL_BASE		0x40200000	/* where an Image with text_offset 0 goes */
#define SMALL_RAM_BASE		0x40000000
#define SMALL_RAM_BYTES		0x01000000	/* 16 MiB are used, however much there is */
#define SMALL_MARK_BASE		0x40f00000	/* the last MiB: nothing else is kept there */
#define SMALL_MARK_BYTES	0x00100000

#define SMALL_CPU_MAX		8
#define SMALL_STACK_BYTES	0x4000

#endif
