/*
 * Exceptions of the small guest: a probe's fault is its result, an interrupt is counted, and anything
 * else is printed and stops the CPU.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/window.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/vmplan.h"

extern const char small_probe_begin[], small_probe_end[], small_probe_fault[];

/* From the vectors. */
void trap_sync(struct frame *frame);
void trap_interrupt(struct frame *frame);
NORETURN void trap_unexpected(struct frame *frame);

void trap_unexpected(struct frame *frame)
{
	print("\nsmall guest: CPU %u stops: exception ESR 0x%lx FAR 0x%lx PC 0x%lx PSTATE 0x%lx x30 0x%lx\n",
	      cpu_this(), read_esr_el1(), read_far_el1(), frame->pc, frame->pstate, frame->x[30]);
	for (;;)
		wfi();
}

void trap_sync(struct frame *frame)
{
	struct probe *probe = (struct probe *)frame->x[19];

	if (frame->pc < (uintptr_t)small_probe_begin || frame->pc >= (uintptr_t)small_probe_end)
		trap_unexpected(frame);
	probe->esr = read_esr_el1();
	probe->far = read_far_el1();
	frame->pc = (uintptr_t)small_probe_fault;
}

static void timer_handle(struct cpu *cpu, uint64_t at)
{
	write_cntv_ctl_el0(0);
	isb();
	cpu->timer_at = at;
	cpu->timer_count++;
	while (cpu->hold)
		;
}

void trap_interrupt(struct frame *frame)
{
	uint64_t at = read_cntvct_el0();
	uint64_t intid = read_icc_iar1_el1();
	struct cpu *cpu = &small_cpus[cpu_this()];

	(void)frame;
	if (intid >= ICC_INTID_SPURIOUS)
		return;
	if (intid == VM_TIMER_INTID)
		timer_handle(cpu, at);
	else if (intid == SGI_TEST)
		cpu->sgi_count++;
	else if (intid == VM_UART_INTID)
		console_interrupt();
	else if (intid >= VIRTIO_MMIO_INTID)
		virtio_interrupt();
	write_icc_eoir1_el1(intid);
	isb();
}
