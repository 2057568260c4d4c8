/*
 * The thread of one box vCPU: run it, and act on why it stopped. Which VM stops when is the keeper's
 * decision; this file only asks for it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/host.h"
#include "lwk/terminal.h"
#include "lwk/vm.h"

/*
 * Sleep until the notice bit is set or @deadline. Interrupts are masked since before the mediator
 * said "wait". A bit that is set now needs no sleep; one that is set later raises INTID 20 somewhere,
 * whose handler unparks this thread, and an unpark before the park is kept. Only the mediator clears it.
 */
static void vcpu_wait(const struct vm_vcpu *vcpu, uint64_t deadline)
{
	const volatile struct host_notice *notice = vcpu->vm->notice;

	if (notice == NULL || (notice->vcpus & BIT(vcpu->index)) == 0)
		thread_park(deadline);
}

static void vcpu_fault(const struct vm_vcpu *vcpu, uint64_t esr, uint64_t address)
{
	struct vm *vm = vcpu->vm;
	char syndrome[128], place[64] = "", reason[VM_REASON_BYTES];

	record_syndrome(esr, syndrome, sizeof(syndrome));
	if (record_syndrome_has_address(esr))
		record_place(2 + HOST_ROLE_BOX, address, place, sizeof(place));
	terminal_print("fault: the box of %s cannot go on\n"
		       "  doing:    vCPU %u: %s (ESR 0x%lx)\n"
		       "  address:  0x%lx%s%s\n"
		       "  do:       `log` shows what the mediator refused; `start %s` starts it anew\n",
		       vm->name, vcpu->index, syndrome, esr, address,
		       place[0] != '\0' ? ": " : "", place, vm->name);
	print_string(reason, sizeof(reason), "its box failed: %s at 0x%lx", syndrome, address);
	vm_ask(vm, VM_REQUEST_STOP, reason);
}

/* Act on one exit; false when this thread has nothing more to run. */
static bool vcpu_exit(const struct vm_vcpu *vcpu, const struct host_result *result)
{
	struct vm *vm = vcpu->vm;

	switch (result->x[1]) {
	case HOST_EXIT_INTERRUPTED:
	case HOST_EXIT_WAIT:
		return true;
	case HOST_EXIT_NOTIFY:
		if (result->x[2] == BOX_MESSAGE_CONSOLE)
			console_open(vm, vm->memory.box.pa + (BOX_CONSOLE_PAGE - BOX_RAM_BASE));
		return true;
	case HOST_EXIT_OFF:
		vm_ask(vm, VM_REQUEST_STOP, "powered off by itself");
		return false;
	case HOST_EXIT_RESET:
		vm_ask(vm, VM_REQUEST_RESTART, "restarted by itself");
		return false;
	case HOST_EXIT_FAULT:
		vcpu_fault(vcpu, result->x[2], result->x[3]);
		return false;
	default:
		return false;
	}
}

/* A VM that is being stopped refuses to run; any other refusal would leave it half alive. */
static bool vcpu_error(const struct vm_vcpu *vcpu, int64_t status)
{
	char reason[VM_REASON_BYTES];

	print_string(reason, sizeof(reason), "vCPU %u does not run: %s", vcpu->index, record_status(status));
	if (atomic_load(&vcpu->vm->state) == VM_RUNNING)
		vm_ask(vcpu->vm, VM_REQUEST_STOP, reason);
	return false;
}

void vcpu_thread(void *argument)
{
	struct vm_vcpu *vcpu = argument;
	struct vm *vm = vcpu->vm;
	bool more = true;

	/* A run that is already known to be over would only be a refusal in the mediator's log. */
	while (more && atomic_load(&vm->state) != VM_STOPPING) {
		/* Masked: an interrupt that comes now must end the run, not be taken before it. */
		irq_disable();
		struct host_result result = host_call(HOST_RUN, vm->handle, vcpu->index, 0);

		atomic_fetch_add_explicit(&vm->exits, 1, memory_order_relaxed);
		if (result.status == HOST_OK && result.x[1] == HOST_EXIT_WAIT)
			vcpu_wait(vcpu, result.x[2]);
		/* The interrupt that ended the run is taken here; its handler may run other threads first. */
		irq_enable();
		isb();
		if (result.status == HOST_OK)
			more = vcpu_exit(vcpu, &result);
		else if (result.status == HOST_ERR_BUSY)
			thread_sleep_ms(1);
		else
			more = vcpu_error(vcpu, result.status);
	}
	atomic_fetch_sub(&vm->threads_alive, 1);
	thread_unpark(vm->keeper);
}
