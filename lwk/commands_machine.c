/*
 * Commands about the machine: what there is, who owns it, what was refused, and the end.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/events.h"
#include "lwk/frames.h"
#include "lwk/host.h"
#include "lwk/machine.h"
#include "lwk/ring.h"
#include "lwk/serial.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "lwk/vm.h"

#define LOG_DEFAULT	100
#define TRACE_DEFAULT	40

static void print_cpus(void)
{
	for (unsigned i = 0; i < cpu_count; i++)
		terminal_print("  CPU %u        affinity 0x%lx, %s, %lu interrupts, %lu switches\n", i,
			       cpus[i].mpidr, atomic_load(&cpus[i].online) ? "online" : "did not start",
			       cpus[i].interrupts, cpus[i].switches);
}

static void command_info(const struct shell_arguments *arguments)
{
	struct host_result info = host_call(HOST_INFO, 0, 0, 0);
	uint64_t us = timer_to_us(timer_now());

	(void)arguments;
	terminal_print("  time         %lu.%06lu s since power-on, Unix time %lu\n", us / 1000000,
		       us % 1000000, timer_epoch_seconds());
	print_cpus();
	terminal_print("  memory       %lu of %lu granules free, %lu MiB in whole 2 MiB blocks\n",
		       frames_free_count(), frames_total_count(), frames_free_block_bytes() >> 20);
	terminal_print("  threads      %u of %u free\n", thread_free_count(), THREAD_MAX);
	terminal_print("  mediator     host ABI %lu (this kernel: %u), %lu pairs of %lu vCPUs at most, "
		       "%lu of %lu granules are ours\n",
		       info.x[1], HOST_ABI_VERSION, info.x[2], info.x[3], info.x[5], info.x[4]);
	events_print_boot();
}

/* Whose a run is, in words. */
static void granule_owner(const struct host_granule *granule, char *out, size_t bytes)
{
	const char *state = record_granule_state(granule->state);

	for (unsigned i = 0; i < VM_MAX && granule->handle != 0; i++) {
		if (vms[i].handle == granule->handle) {
			print_string(out, bytes, "%s of %s%s", state,
				     granule->role == HOST_ROLE_BOX ? "the box of " : "", vms[i].name);
			return;
		}
	}
	if (granule->handle != 0)
		print_string(out, bytes, "%s of pair 0x%lx", state, granule->handle);
	else
		print_string(out, bytes, "%s", state);
}

static void run_print(uint64_t base, uint64_t end, const struct host_granule *granule)
{
	char owner[96];

	granule_owner(granule, owner, sizeof(owner));
	terminal_print("  0x%010lx - 0x%010lx %10lu KiB  %s\n", base, end - 1, (end - base) / 1024, owner);
}

static bool is_same_owner(const struct host_granule *a, const struct host_granule *b)
{
	return a->state == b->state && a->handle == b->handle && a->role == b->role;
}

static void command_map(const struct shell_arguments *arguments)
{
	struct host_granule run = { 0 }, next;
	uint64_t base = PLAT_RAM_BASE, at = PLAT_RAM_BASE, end = machine_ram_end();

	(void)arguments;
	for (; at < end && host_granule(at, &next) == HOST_OK && next.bytes != 0; at += next.bytes) {
		if (at != base && !is_same_owner(&run, &next)) {
			run_print(base, at, &run);
			base = at;
		}
		run = next;
	}
	if (at > base)
		run_print(base, at, &run);
	if (at < end)
		terminal_print("error: the mediator says nothing about 0x%lx\n", at);
}

static unsigned record_count(const char *command, const struct shell_arguments *arguments, unsigned otherwise)
{
	unsigned count = otherwise;

	if (arguments->count > 0 && !shell_number(command, arguments->text[0], 1, &count))
		return 0;
	return count;
}

static void command_log(const struct shell_arguments *arguments)
{
	unsigned count = record_count("log, COUNT", arguments, LOG_DEFAULT);

	if (count > 0)
		ring_print(HOST_RING_LOG, count);
}

static void command_trace(const struct shell_arguments *arguments)
{
	unsigned count = record_count("trace, COUNT", arguments, TRACE_DEFAULT);

	if (count > 0)
		ring_print(HOST_RING_TRACE, count);
}

static void command_poweroff(const struct shell_arguments *arguments)
{
	(void)arguments;
	vm_stop_all("machine is powered off");
	terminal_print("power off\n");
	serial_drain(2000);
	cpu_power_off();
}

static void command_reset(const struct shell_arguments *arguments)
{
	(void)arguments;
	vm_stop_all("machine is reset");
	terminal_print("reset\n");
	serial_drain(2000);
	cpu_power_reset();
}

SHELL_COMMAND(info, "", "CPUs, memory, mediator, boot measurements", 0, 0, command_info);
SHELL_COMMAND(map, "", "who owns which memory, from the mediator's records", 0, 0, command_map);
SHELL_COMMAND(log, "[COUNT]", "what the mediator refused, newest last", 0, 1, command_log);
SHELL_COMMAND(trace, "[COUNT]", "what the mediator did, newest last", 0, 1, command_trace);
SHELL_COMMAND(poweroff, "", "stop all VMs and power the machine off", 0, 0, command_poweroff);
SHELL_COMMAND(reset, "", "stop all VMs and reset the machine", 0, 0, command_reset);
