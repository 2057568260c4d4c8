/*
 * Stacks of the box, for assembly, linker script and tables. Each stride: a guard page, then the stack,
 * whose lowest part is for exceptions of the box itself.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_STACK_H
#define BOX_STACK_H

#define BOX_VCPU_COUNT_MAX	8
#define BOX_STACK_STRIDE	0x4000
#define BOX_EMERGENCY_OFFSET	0x1800	/* top of the emergency stack: 2 KiB above the guard page */

#endif
