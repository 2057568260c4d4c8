/*
 * Commands about VMs. They ask keepers and print; nothing is decided here.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/events.h"
#include "lwk/host.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "lwk/vm.h"

#define CYCLE_WAIT_MS	60000
#define CYCLE_VM_MAX	8

/* The VM that an argument names, or NULL after an error that lists those there are. */
static struct vm *vm_named(const char *name)
{
	struct vm *vm = vm_find(name);

	if (vm != NULL)
		return vm;
	terminal_print("error: there is no such VM\n  found:    %s\n  expected: one of", name);
	for (unsigned i = 0; i < VM_MAX; i++) {
		if (atomic_load(&vms[i].state) != VM_FREE)
			terminal_print(" %s", vms[i].name);
	}
	terminal_print("\n  do:       `list`\n");
	return NULL;
}

static void command_list(const struct shell_arguments *arguments)
{
	(void)arguments;
	terminal_print("%-16s %-9s %5s %7s %-12s %-6s %10s  %s\n", "NAME", "STATE", "VCPUS", "MIB", "CLASS", "SHARE",
		       "EXITS", "REASON");
	for (unsigned i = 0; i < VM_MAX; i++) {
		struct vm *vm = &vms[i];
		enum vm_state state = atomic_load(&vm->state);
		char reason[VM_REASON_BYTES];

		if (state == VM_FREE)
			continue;
		vm_reason(vm, reason, sizeof(reason));
		terminal_print("%-16s %-9s %5u %7u %-12s %-6s %10lu  %s\n", vm->name, vm_state_name(state),
			       vm->config.vcpu_count, vm->config.memory_mib, vmconfig_class_name(vm->config.class),
			       vmconfig_share_name(vm->config.options), atomic_load(&vm->exits), reason);
	}
}

static void print_measurement(const struct vm *vm, uint64_t role, const char *what)
{
	struct host_result m = host_call(HOST_PAIR_MEASUREMENT, vm->handle, role, 0);

	char digest[RECORD_DIGEST_BYTES];

	if (m.status != HOST_OK)
		return;
	record_digest(&m.x[1], digest);
	terminal_print("  %-12s %s%s\n", what, digest, m.x[5] == 1 ? "" : " (not final)");
}

static void print_running(const struct vm *vm)
{
	uint64_t us = timer_to_us(timer_now() - vm->started);

	terminal_print("  running      %lu.%03lu s, pair handle 0x%lx, start %u\n", us / 1000000,
		       us / 1000 % 1000, vm->handle, vm->start_count);
	terminal_print("  entry        0x%lx, device tree 0x%lx\n", vm->plan.entry, vm->plan.x0);
	for (unsigned i = 0; i < vm->memory.ram_count; i++)
		terminal_print("  RAM          %lu MiB at 0x%lx\n", vm->memory.ram[i].bytes >> 20,
			       vm->memory.ram[i].pa);
	terminal_print("  box          %lu MiB at 0x%lx; all together %lu granules\n",
		       vm->memory.box.bytes >> 20, vm->memory.box.pa, vm_granules(vm));
	print_measurement(vm, HOST_ROLE_BOX, "box is");
	print_measurement(vm, HOST_ROLE_VM, "VM is");
}

static void command_show(const struct shell_arguments *arguments)
{
	struct vm *vm = vm_named(arguments->text[0]);
	char reason[VM_REASON_BYTES];

	if (vm == NULL)
		return;
	enum vm_state state = atomic_load(&vm->state);

	vm_reason(vm, reason, sizeof(reason));
	terminal_print("%s: %s (%s)\n", vm->name, vm_state_name(state), reason);
	terminal_print("  config       %u MiB, %u vCPUs%s%s%s\n", vm->config.memory_mib, vm->config.vcpu_count,
		       vm->config.raw ? ", raw" : "", vm->config.autostart ? ", autostart" : "",
		       vm->config.console ? ", console" : "");
	terminal_print("  class        %s%s%s\n", vmconfig_class_name(vm->config.class),
		       vm->config.options != 0 ? ", shares by " : "",
		       vm->config.options != 0 ? vmconfig_share_name(vm->config.options) : "");
	terminal_print("  arguments    %s\n", vm->config.args);
	terminal_print("  files        kernel %zu bytes, initrd %zu bytes\n", vm->kernel.bytes, vm->initrd.bytes);
	terminal_print("  exits        %lu to this kernel; %lu bytes printed\n",
		       atomic_load(&vm->exits), atomic_load(&vm->console.printed));
	if (state == VM_RUNNING)
		print_running(vm);
}

static void command_events(const struct shell_arguments *arguments)
{
	struct vm *vm = arguments->count > 0 ? vm_named(arguments->text[0]) : NULL;

	if (arguments->count > 0 && vm == NULL)
		return;
	events_print_boot();
	if (vm != NULL && atomic_load(&vm->state) != VM_RUNNING)
		terminal_print("error: %s does not run\n  found:    %s\n  expected: running\n  do:       `start %s`\n", vm->name,
			       vm_state_name(atomic_load(&vm->state)), vm->name);
	else if (vm != NULL)
		events_print_vm(vm);
}

static void command_console(const struct shell_arguments *arguments)
{
	struct vm *vm = vm_named(arguments->text[0]);

	if (vm == NULL)
		return;
	console_attach(vm);
}

static void command_follow(const struct shell_arguments *arguments)
{
	bool on = strcmp(arguments->text[0], "on") == 0;

	if (!on && strcmp(arguments->text[0], "off") != 0)
		terminal_print("error: follow: expected on or off, found %s\n", arguments->text[0]);
	else
		console_follow(on);
}

static void command_start(const struct shell_arguments *arguments)
{
	struct vm *vm = vm_named(arguments->text[0]);

	if (vm == NULL)
		return;
	if (atomic_load(&vm->state) != VM_STOPPED) {
		terminal_print("error: %s is %s already\n  do:       `stop %s` first\n", vm->name,
			       vm_state_name(atomic_load(&vm->state)), vm->name);
		return;
	}
	vm_ask(vm, VM_REQUEST_START, "started");
	vm_wait(vm);
}

static void command_stop(const struct shell_arguments *arguments)
{
	struct vm *vm = vm_named(arguments->text[0]);

	if (vm == NULL)
		return;
	if (atomic_load(&vm->state) == VM_STOPPED) {
		terminal_print("error: %s is stopped already\n  do:       `start %s`, or `destroy %s` to forget it\n",
			       vm->name, vm->name, vm->name);
		return;
	}
	vm_ask(vm, VM_REQUEST_STOP, "stopped by command");
	vm_wait(vm);
}

static void command_destroy(const struct shell_arguments *arguments)
{
	struct vm *vm = vm_named(arguments->text[0]);

	if (vm == NULL)
		return;
	vm_ask(vm, VM_REQUEST_DESTROY, "destroyed by command");
	while (atomic_load(&vm->state) != VM_FREE)
		thread_sleep_ms(2);
	terminal_print("%s: destroyed and forgotten; a reset of the machine defines it again\n", arguments->text[0]);
}

/* VMs that are started and stopped together, on as many CPUs as there are. */
struct cycle {
	struct vm *vms[CYCLE_VM_MAX];
	uint64_t printed[CYCLE_VM_MAX];		/* before it was started */
	unsigned count;
	uint64_t nonzero, lost;			/* granules, before the first start */
};

/* Names with commas between them. False after an error. */
static bool cycle_parse(const char *names, struct cycle *cycle)
{
	char name[VM_NAME_BYTES];

	while (*names != '\0' && cycle->count < CYCLE_VM_MAX) {
		size_t length = 0;

		for (; *names != '\0' && *names != ','; names++) {
			if (length + 1 < sizeof(name))
				name[length++] = *names;
		}
		name[length] = '\0';
		names += *names == ',' ? 1 : 0;
		struct vm *vm = vm_named(name);

		if (vm == NULL)
			return false;
		if (atomic_load(&vm->state) != VM_STOPPED) {
			terminal_print("error: %s is not stopped\n  do:       `stop %s` first\n", vm->name, vm->name);
			return false;
		}
		cycle->vms[cycle->count++] = vm;
	}
	if (*names != '\0')
		terminal_print("error: too many names\n  where:    cycle\n  expected: at most %u\n", CYCLE_VM_MAX);
	return *names == '\0' && cycle->count > 0;
}

static void cycle_ask(const struct cycle *cycle, enum vm_request request, const char *reason)
{
	for (unsigned i = 0; i < cycle->count; i++)
		vm_ask(cycle->vms[i], request, reason);
	for (unsigned i = 0; i < cycle->count; i++)
		vm_wait(cycle->vms[i]);
}

/* Start, wait for a sign of life on each console, stop. The first that gave none, or NULL. */
static struct vm *cycle_once(struct cycle *cycle)
{
	uint64_t deadline = timer_now() + timer_from_ms(CYCLE_WAIT_MS);
	struct vm *silent = NULL;

	for (unsigned i = 0; i < cycle->count; i++)
		cycle->printed[i] = atomic_load(&cycle->vms[i]->console.printed);
	cycle_ask(cycle, VM_REQUEST_START, "started");
	for (unsigned i = 0; i < cycle->count; i++) {
		struct vm *vm = cycle->vms[i];

		while (atomic_load(&vm->console.printed) == cycle->printed[i] &&
		       atomic_load(&vm->state) == VM_RUNNING && timer_now() < deadline)
			thread_sleep_ms(2);
		if (silent == NULL && atomic_load(&vm->console.printed) == cycle->printed[i])
			silent = vm;
	}
	cycle_ask(cycle, VM_REQUEST_STOP, "stopped by command");
	return silent;
}

/* Granules of its VMs that came back not zero, or not at all, ever. */
static void cycle_count(const struct cycle *cycle, uint64_t *nonzero, uint64_t *lost)
{
	*nonzero = *lost = 0;
	for (unsigned i = 0; i < cycle->count; i++) {
		*nonzero += cycle->vms[i]->nonzero_count;
		*lost += cycle->vms[i]->lost_count;
	}
}

static void command_cycle(const struct shell_arguments *arguments)
{
	struct cycle cycle = { .count = 0 };
	struct vm *silent = NULL;
	unsigned count, done = 0;
	uint64_t before = frames_free_count(), nonzero, lost;

	if (!cycle_parse(arguments->text[0], &cycle) || !shell_number("cycle, COUNT", arguments->text[1], 1, &count))
		return;
	cycle_count(&cycle, &cycle.nonzero, &cycle.lost);
	for (unsigned i = 0; i < cycle.count; i++)
		atomic_store(&cycle.vms[i]->quiet, true);
	while (done < count && (silent = cycle_once(&cycle)) == NULL)
		done++;
	for (unsigned i = 0; i < cycle.count; i++)
		atomic_store(&cycle.vms[i]->quiet, false);
	if (silent != NULL)
		terminal_print("error: cycle %u of %u of %s printed nothing before it ended\n", done + 1, count,
			       silent->name);
	cycle_count(&cycle, &nonzero, &lost);
	terminal_print("cycle: %u done, free granules %lu -> %lu, nonzero granules %lu, lost granules %lu\n", done,
		       before, frames_free_count(), nonzero - cycle.nonzero, lost - cycle.lost);
}

SHELL_COMMAND(list, "", "all VMs: state and why, vCPUs, memory, exits", 0, 0, command_list);
SHELL_COMMAND(show, "NAME", "one VM in detail, with its measurement", 1, 1, command_show);
SHELL_COMMAND(events, "[NAME]", "what was measured of the boot, and of a VM: for `redoubt verify --log`", 0, 1, command_events);
SHELL_COMMAND(console, "NAME", "show what it printed and type to it; Ctrl-] leaves", 1, 1, command_console);
SHELL_COMMAND(follow, "on|off", "print the lines of all VMs, labelled", 1, 1, command_follow);
SHELL_COMMAND(start, "NAME", "load and start a stopped VM", 1, 1, command_start);
SHELL_COMMAND(stop, "NAME", "stop a VM at once and take its memory back", 1, 1, command_stop);
SHELL_COMMAND(destroy, "NAME", "stop a VM and forget it", 1, 1, command_destroy);
SHELL_COMMAND(cycle, "NAME[,NAME...] COUNT", "start and stop VMs COUNT times, all at once, and check their memory", 2, 2,
	      command_cycle);
