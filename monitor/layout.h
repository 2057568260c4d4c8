/*
 * Sizes that the linker script, assembly and C of the monitor share.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MONITOR_LAYOUT_H
#define MONITOR_LAYOUT_H

/*
 * Per CPU: a guard page, then the stack. The emergency stack needs no guard: it is used once, to
 * stop.
 */
#define MONITOR_GUARD_BYTES	0x1000
#define MONITOR_STACK_BYTES	0x2000
#define MONITOR_STACK_STRIDE	(MONITOR_GUARD_BYTES + MONITOR_STACK_BYTES)
#define MONITOR_EMERGENCY_BYTES	0x1000

/* v0..v31, FPCR, FPSR. */
#define MONITOR_FP_BYTES	(32 * 16 + 16)

#endif
