/*
 * Decides what the box does when its doorbell or alarm rings.
 * Source: Arm IHI 0069, "Programmers' model": redistributor and CPU interface.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/interrupt.h"
#include "abi/box.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "box/clock.h"
#include "box/console.h"
#include "box/pl011.h"
#include "box/pl031.h"
#include "box/virtio_mmio.h"
#include "lib/vmplan.h"

#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	BIT(1)
#define GICR_WAKER_ASLEEP	BIT(2)
#define GICR_SGI_FRAME		0x10000
#define GICR_IGROUPR0		(GICR_SGI_FRAME + 0x080)
#define GICR_ISENABLER0		(GICR_SGI_FRAME + 0x100)
#define GICR_IPRIORITYR		(GICR_SGI_FRAME + 0x400)

#define PRIORITY		0x80
#define PRIORITY_MASK_OPEN	0xff
#define WAKE_POLLS		1000

/* A box finds its redistributors where its VM does. */
static uintptr_t frame(unsigned vcpu)
{
	return VM_GICR_BASE + (uintptr_t)vcpu * VM_GICR_STRIDE;
}

void interrupt_init(unsigned vcpu)
{
	uintptr_t base = frame(vcpu);

	mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~(uint32_t)GICR_WAKER_SLEEP);
	for (unsigned polls = 0; polls < WAKE_POLLS; polls++) {
		if ((mmio_read32(base + GICR_WAKER) & GICR_WAKER_ASLEEP) == 0)
			break;
	}
	mmio_write32(base + GICR_IGROUPR0, ~0u);
	mmio_write8(base + GICR_IPRIORITYR + BOX_INTID_DOORBELL, PRIORITY);
	mmio_write8(base + GICR_IPRIORITYR + BOX_INTID_TIMER, PRIORITY);
	mmio_write32(base + GICR_ISENABLER0, (uint32_t)(BIT(BOX_INTID_DOORBELL) | BIT(BOX_INTID_TIMER)));

	write_icc_sre_el1(ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB);
	isb();
	write_icc_pmr_el1(PRIORITY_MASK_OPEN);
	write_icc_igrpen1_el1(1);
	isb();
}

/* Everything that may be due is looked at; what is not due yet arms the alarm again. */
static void alarm_handle(void)
{
	pl031_poll();
	console_notify();
	pl011_room_made();
}

void interrupt_take(void)
{
	for (;;) {
		uint64_t intid = read_icc_iar1_el1();

		if (intid >= ICC_INTID_SPURIOUS)
			return;
		/* The alarm's line goes low before its interrupt ends, or it would come again. */
		if (intid == BOX_INTID_TIMER)
			clock_alarm_stop();
		write_icc_eoir1_el1(intid);
		isb();
		if (intid == BOX_INTID_TIMER)
			alarm_handle();
		else if (intid == BOX_INTID_DOORBELL && !virtio_mmio_receive())
			pl011_receive();
	}
}
