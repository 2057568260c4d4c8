/*
 * What assembly, linker script and C of the lightweight kernel share about its image: stacks.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_LAYOUT_H
#define LWK_LAYOUT_H

/*
 * Thread stacks are slots of 16 KiB, aligned to their size; the lowest page of a slot is never mapped.
 * Slot i < PLAT_CPU_MAX is the idle thread of CPU i, which is also the stack that the CPU boots on.
 * A stack pointer with bits 13:12 clear is in a guard page: the exception entry tests just that.
 */
#define STACK_SHIFT		14
#define STACK_BYTES		(1 << STACK_SHIFT)
#define STACK_GUARD_BITS	0x3000
/* A fresh stack pointer: 16 bytes below the end, so that it still names its own slot. */
#define STACK_FIRST_SP		(STACK_BYTES - 16)

#define THREAD_MAX		256

#endif
