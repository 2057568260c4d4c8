/*
 * The programs of box and VM, as the outer OS gives them out: whole pages.
 * SPDX-License-Identifier: BSD-3-Clause
 */
	.section .rodata.guest_images, "a"
	.balign	4096
	.global	guest_images
guest_images:
	.incbin	GUEST_BOX_IMAGE
	.incbin	GUEST_VM_IMAGE
	.size	guest_images, . - guest_images
