/*
 * Start of the box, and its end: vCPU 0 prepares what all share, then starts the others.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/room.h"
#include "abi/box.h"
#include "abi/console.h"
#include "abi/psci.h"
#include "arch/sysreg.h"
#include "box/console.h"
#include "box/gicd.h"
#include "box/hvc.h"
#include "box/interrupt.h"
#include "box/mmu.h"
#include "box/pl011.h"
#include "box/pl031.h"
#include "box/vcpu.h"
#include "box/virtio_block.h"
#include "box/virtio_mmio.h"
#include "box/window.h"

/* First instruction of a box vCPU that vCPU 0 starts; its index comes in x0. */
extern const char box_secondary[];

static void others_start(uint64_t vcpu_count)
{
	for (unsigned vcpu = 1; vcpu < vcpu_count; vcpu++) {
		int64_t code = hvc_cpu_on(vcpu, (uintptr_t)box_secondary, vcpu);

		if (code != PSCI_SUCCESS)
			box_stop("a box vCPU does not start", (uint64_t)code);
	}
}

static void shared_init(void)
{
	struct hvc_info info;

	console_init((struct console_page *)BOX_CONSOLE_PAGE);
	if (!hvc_share(BOX_CONSOLE_PAGE))
		box_stop("the console page can't be shared", BOX_CONSOLE_PAGE);
	hvc_info(&info);
	if (info.version != BOX_ABI_VERSION)
		box_stop("the mediator's box calls have another version", info.version);
	if (info.vcpu_count == 0 || info.vcpu_count > BOX_VCPU_MAX)
		box_stop("more vCPUs than a box has", info.vcpu_count);
	console_log("box ready: ABI %u, %u vCPUs, %lu MiB", BOX_ABI_VERSION, (unsigned)info.vcpu_count,
		    (unsigned long)(info.vm_ram_bytes >> 20));
	/* The outer OS meets the page now, and sets the time of day in it. */
	console_notify();
	gicd_init((unsigned)info.vcpu_count);
	pl011_init();
	pl031_init();
	window_init(info.vm_ram_bytes);
	virtio_block_init((uint8_t *)BOX_DISK_BASE);
	virtio_mmio_init();
	others_start(info.vcpu_count);
}

void box_main(unsigned vcpu)
{
	interrupt_init(vcpu);
	if (vcpu == 0)
		shared_init();
	vcpu_loop();
}

/* Nothing is there: the mediator sees that this box can't go on, and tells the outer OS. */
static NORETURN void fault(void)
{
	((void (*)(void))MMU_NOTHING)();
	hvc_system_off();
}

void box_stop(const char *why, uint64_t detail)
{
	console_log("box stops: %s (0x%lx)", why, (unsigned long)detail);
	console_notify();
	fault();
}

void box_exception(uint64_t kind, uint64_t esr, uint64_t pc, uint64_t far)
{
	static bool is_second[BOX_VCPU_MAX];
	uint64_t vcpu = read_tpidr_el1() % BOX_VCPU_MAX;

	/* While it was being told: there may be no console page yet. */
	if (is_second[vcpu])
		fault();
	is_second[vcpu] = true;
	console_log("box vCPU %u: exception %u, ESR 0x%lx, PC 0x%lx, FAR 0x%lx", (unsigned)vcpu, (unsigned)kind,
		    (unsigned long)esr, (unsigned long)pc, (unsigned long)far);
	box_stop("its own fault", esr);
}
