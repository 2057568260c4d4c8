/*
 * The whole stub before the kernel of a VM with a secret (abi/keyed.h): EL1, MMU off, wherever it is loaded. It hands on
 * what it was given as the boot protocol asks for it: x0 the device tree, x1 to x3 zero.
 * Source of the header: Linux Documentation/arch/arm64/booting.rst, "Call the kernel image".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/keyed.h"
#include "abi/vm.h"
#include "arch/asm.h"

FUNCTION keyed_start
	b	1f
	.long	0
	.quad	KEYED_TEXT_OFFSET
	.quad	0, 0			/* image size and flags: as the kernel's, by whoever puts them together */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.long	0
	.quad	KEYED_MAGIC
keyed_counter:
	.long	0, 0

1:	mov	x19, x0
	adr	x20, keyed_start
	ldr	w21, keyed_counter
	add	x22, x20, #KEYED_PAGE
	mov	w23, #KEYED_SECRETS_MAX

	/* From the newest version down: what an update brings first, and what its disk may still be sealed with. */
2:	cbz	w21, 3f
	movz	x0, #(VM_SECRET & 0xffff)
	movk	x0, #(VM_SECRET >> 16), lsl #16
	mov	x1, x21
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	smc	#0
	cbnz	x0, 3f
	stp	x1, x2, [x22], #16
	stp	x3, x4, [x22], #16
	sub	w21, w21, #1
	subs	w23, w23, #1
	b.ne	2b

	/* Whoever reads the page does so without caches, as it was written: nothing older may be in one. */
3:	dsb	sy
	add	x22, x20, #KEYED_PAGE
	add	x23, x22, #(KEYED_SECRETS_MAX * VM_SECRET_BYTES)
4:	dc	civac, x22
	add	x22, x22, #16
	cmp	x22, x23
	b.lo	4b
	dsb	sy

	mov	x0, x19
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	mov	x4, xzr
	add	x20, x20, #KEYED_BYTES
	br	x20
END keyed_start
