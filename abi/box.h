/*
 * Box calls: what a hypervisor box may ask of the mediator about its own VM, and the memory map
 * that a box finds. HVC, id in x0, arguments in x1..x4; x0 returns a BOX_* code.
 * The order in which each call fails is in docs/abi.md. Numbers only; safe for C and assembly.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_BOX_H
#define ABI_BOX_H

#define BOX_ABI_VERSION			2

#define BOX_CALL_BASE			0xc6000200
/* -> x1 ABI version, x2 vCPUs, x3 VM RAM bytes, x4 class, x5 own vCPU index */
#define BOX_INFO			0xc6000200
/* x1 answer to the last exit (BOX_ANSWER_*), x2 value -> x1 reason (BOX_EXIT_*), x2 address, x3 access, x4 value.
 * Runs VM vCPU i on box vCPU i; returns when the box has something to do. */
#define BOX_VM_RUN			0xc6000201
/* x1 VM vCPU, x2 INTID (32 ..), x3 priority (0 .. 255), x4 1 level, 0 edge */
#define BOX_SPI_SET			0xc6000202
/* x1 VM vCPU, x2 INTID -> x1 bit 0 was pending, bit 1 is active; BOX_ERR_BUSY: that vCPU runs on another CPU
 * and is being fetched: call again */
#define BOX_SPI_CLEAR			0xc6000203
/* x1 box address of one own granule: the outer OS may read and write it from now on */
#define BOX_SHARE			0xc6000204
/* x1 box address: no longer */
#define BOX_UNSHARE			0xc6000205
/* x1 message: HOST_RUN returns HOST_EXIT_NOTIFY with it */
#define BOX_NOTIFY			0xc6000206
#define BOX_CALL_END			0xc6000207

#define BOX_OK				0
#define BOX_NOT_SUPPORTED		(-1)
#define BOX_ERR_ARGS			(-2)
#define BOX_ERR_DENIED			(-3)
#define BOX_ERR_STATE			(-4)
#define BOX_ERR_BUSY			(-6)

#define BOX_ANSWER_NONE			0	/* first run, or after INTERRUPTED / OFF */
#define BOX_ANSWER_DONE			1	/* x2 is the value of an MMIO read, or gprs[0] of a host call */
#define BOX_ANSWER_ABORT		2	/* MMIO only: no device there, synchronous external abort into the VM */

#define BOX_EXIT_INTERRUPTED		1	/* the box has an interrupt or a due timer */
#define BOX_EXIT_MMIO			2	/* x2 VM address (bit 39 masked), x3 bytes | BOX_ACCESS_WRITE, x4 value written */
#define BOX_EXIT_OFF			3	/* VM called SYSTEM_OFF */
#define BOX_EXIT_RESET			4	/* VM called SYSTEM_RESET */
#define BOX_EXIT_HOST_CALL		5	/* VM called RSI_HOST_CALL: x2 immediate, x3 gprs[0], x4 gprs[1] */

#define BOX_ACCESS_BYTES		0xff
#define BOX_ACCESS_WRITE		0x100

/* What a box finds in its own guest-physical space. */
#define BOX_RAM_BASE			0x40000000
#define BOX_WINDOW			0x8000000000	/* bit 39: VM address p is at p | BOX_WINDOW; of a
						 * confidential VM only while the VM shares the page of p */

/* Private interrupts of a box vCPU (always on redistributor frame of the vCPU). */
#define BOX_INTID_DOORBELL		20	/* the outer OS called HOST_NOTIFY */
#define BOX_INTID_TIMER			27

/* INTIDs that BOX_SPI_SET takes: 32 .. BOX_SPI_END - 1. */
#define BOX_SPI_END			288

#endif
