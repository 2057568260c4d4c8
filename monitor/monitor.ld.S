/*
 * Monitor image, in secure RAM: code, constants, data; then what is not in the file, which the ROM
 * zeroed: bss, and one guarded stack for each CPU.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/layout.h"
#include "plat/memory.h"

OUTPUT_ARCH(aarch64)
ENTRY(monitor_start)

SECTIONS
{
	. = PLAT_MONITOR_BASE;
	monitor_code = .;
	.text : { *(.text.monitor_start) *(.text .text.*) . = ALIGN(4096); }
	monitor_constants = .;
	.rodata : { *(.rodata .rodata.*) . = ALIGN(4096); }
	monitor_data = .;
	.data : { *(.data .data.*) . = ALIGN(16); }
	.bss (NOLOAD) : { *(.bss .bss.*) *(COMMON) . = ALIGN(4096); }
	monitor_emergency_stacks = .;
	. = . + PLAT_CPU_MAX * MONITOR_EMERGENCY_BYTES;
	monitor_stacks = .;
	. = . + PLAT_CPU_MAX * MONITOR_STACK_STRIDE;
	monitor_end = .;

	ASSERT(monitor_end <= PLAT_MONITOR_BASE + PLAT_MONITOR_BYTES, "the monitor does not fit its area")
	/DISCARD/ : { *(.comment) *(.note .note.*) *(.eh_frame) *(.gnu.*) }
}
