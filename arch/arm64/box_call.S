/*
 * int64_t hvc_vm_run(uint64_t answer, uint64_t value, struct hvc_exit *out)
 * The call that every exit of the VM goes through: no argument block on the way.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/box.h"
#include "arch/asm.h"

FUNCTION hvc_vm_run
	str	x2, [sp, #-16]!
	mov	x2, x1
	mov	x1, x0
	movz	x0, #(BOX_VM_RUN & 0xffff)
	movk	x0, #(BOX_VM_RUN >> 16), lsl #16
	hvc	#0
	/* x5 .. x17 count as lost, as after any call. */
	ldr	x5, [sp], #16
	stp	x1, x2, [x5]
	stp	x3, x4, [x5, #16]
	ret
END hvc_vm_run
