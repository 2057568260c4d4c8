/*
 * Exceptions and interrupts: who handles which, and the words for a fault of our own.
 * Source: Arm DDI 0487, "Exception Syndrome Register (EL1)".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/trap.h"
#include "abi/host.h"
#include "arch/sysreg.h"
#include "lib/check.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/cpu.h"
#include "lwk/gic.h"
#include "lwk/probe.h"
#include "lwk/room.h"
#include "lwk/serial.h"
#include "lwk/thread.h"
#include "lwk/timer.h"
#include "lwk/vm.h"

uint8_t trap_emergency_stack[4096] ALIGNED(16);

static atomic_bool stopping;

/* Straight to the UART: nothing that a broken kernel may have left locked is taken. */
static void crash_put(void *context, char c)
{
	(void)context;
	if (c == '\n')
		serial_put_now('\r');
	serial_put_now(c);
}

static PRINTF(1, 2) void crash_print(const char *format, ...)
{
	static const struct print_sink sink = { crash_put };
	va_list args;

	va_start(args, format);
	print_to(&sink, NULL, format, args);
	va_end(args);
}

static NORETURN void crash_stop(void)
{
	crash_print("lwk: stopped. VMs do not run on; reset the machine\n");
	cpu_kick_others();
	cpu_halt();
}

/* One CPU reports; a second fault, here or elsewhere, only stops. */
static void crash_begin(const char *what)
{
	if (atomic_exchange(&stopping, true))
		cpu_halt();
	crash_print("\nlwk: fatal: %s\n", what);
	crash_print("  on:      CPU %u, thread \"%s\"\n", cpu_this()->index, thread_current()->name);
}

static void crash_registers(const struct frame *frame)
{
	uintptr_t pc = frame->pc;
	bool in_text = pc >= (uintptr_t)image_start && pc < (uintptr_t)image_text_end;

	crash_print("  pc:      0x%lx%s, called from 0x%lx\n", pc,
		    in_text ? " (text of lwk: addr2line -e lwk.elf)" : " (not text of lwk)",
		    frame->x[30]);
	crash_print("  sp:      0x%lx, pstate 0x%lx\n", frame->sp, frame->pstate);
	for (unsigned i = 0; i < 31; i++)
		crash_print("%s x%u=0x%lx", i % 4 == 0 ? "\n " : "", i, frame->x[i]);
	crash_print("\n");
}

static void crash_syndrome(void)
{
	uint64_t esr = read_esr_el1(), far = read_far_el1();
	char text[160];

	record_syndrome(esr, text, sizeof(text));
	crash_print("  what:    %s (ESR 0x%lx)\n", text, esr);
	if (record_syndrome_has_address(esr)) {
		record_place(0, far, text, sizeof(text));
		crash_print("  address: 0x%lx: %s\n", far, text);
	}
}

void trap_sync(struct frame *frame)
{
	uint64_t class = read_esr_el1() >> ESR_EC_SHIFT & ESR_EC_MASK;

	if (class == ESR_EC_DATA_ABORT_SAME && frame->pc >= (uintptr_t)probe_code_start &&
	    frame->pc < (uintptr_t)probe_code_end) {
		frame->pc = (uintptr_t)probe_failed;
		return;
	}
	crash_begin("unexpected exception");
	crash_syndrome();
	crash_registers(frame);
	crash_stop();
}

void trap_other(struct frame *frame)
{
	crash_begin("SError, FIQ or exception from a level that is not used");
	crash_syndrome();
	crash_registers(frame);
	crash_stop();
}

void trap_overflow(uint64_t sp)
{
	if (atomic_exchange(&stopping, true))
		cpu_halt();
	/* Just below its slot's stack: the guard page belongs to the same slot. */
	uint64_t slot = (sp - (uintptr_t)thread_stacks) >> STACK_SHIFT;

	crash_print("\nlwk: fatal: stack overflow\n"
		    "  on:      CPU %u, thread \"%s\"\n"
		    "  sp:      0x%lx\n"
		    "  pc:      0x%lx\n",
		    cpu_this()->index, slot < THREAD_MAX ? threads[slot].name : "?", sp, read_elr_el1());
	crash_stop();
}

void check_failed(const char *file, int line)
{
	irq_disable();
	crash_begin("internal check failed");
	crash_print("  where:   %s:%d\n", file, line);
	crash_stop();
}

static void interrupt_handle(uint32_t intid)
{
	if (intid == GIC_INTID_KICK)
		thread_kicked();
	else if (intid == TIMER_INTID)
		thread_tick();
	else if (intid == HOST_INTID_NOTICE)
		vm_notice();
	else if (intid == PLAT_UART0_INTID)
		serial_interrupt();
}

void trap_irq(struct frame *frame)
{
	(void)frame;
	if (atomic_load(&stopping))
		cpu_halt();
	uint32_t intid = gic_acknowledge();

	/* One a time: another that is pending comes back at once, but not before the scheduler had a look. */
	if (intid < ICC_INTID_SPURIOUS) {
		cpu_this()->interrupts++;
		interrupt_handle(intid);
		gic_end(intid);
	}
	thread_preempt();
}
