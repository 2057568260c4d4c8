/*
 * Boot: brings up one thing after the other, says so, and starts the threads that do the work.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lib/print.h"
#include "lwk/catalog.h"
#include "lwk/console.h"
#include "lwk/cpu.h"
#include "lwk/frames.h"
#include "lwk/gic.h"
#include "lwk/host.h"
#include "lwk/machine.h"
#include "lwk/mmu.h"
#include "lwk/room.h"
#include "lwk/serial.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "lwk/thread.h"
#include "lwk/update.h"
#include "lwk/vm.h"

/* Each boot stage is a line: time since power-on, name, then what is up now. */
static void stage(const char *name)
{
	uint64_t us = timer_to_us(timer_now());

	terminal_print("[%4lu.%06lu] lwk: %-9s ", us / 1000000, us % 1000000, name);
}

static NORETURN void boot_fail(const char *what, int64_t found)
{
	terminal_print("error: lwk cannot boot: %s (found %ld)\n"
		       "  do:       build the flash image anew: monitor and mediator do not fit this kernel\n",
		       what, found);
	serial_drain(1000);
	cpu_halt();
}

/* Our CPU becomes number 0, the others follow in the order of the tree. */
static void cpus_find(void)
{
	uint64_t self = read_mpidr_el1() & PSCI_AFFINITY_MASK;

	cpus[0].mpidr = self;
	cpu_count = 1;
	for (unsigned i = 0; i < machine.cpu_count; i++) {
		if (machine.affinity[i] == self || cpu_count == PLAT_CPU_MAX)
			continue;
		cpus[cpu_count].index = cpu_count;
		cpus[cpu_count].mpidr = machine.affinity[i];
		cpu_count++;
	}
}

static void memory_find(void)
{
	for (unsigned i = 0; i < machine.ram_count; i++) {
		mmu_map_ram(machine.ram[i].base, machine.ram[i].bytes);
		frames_add(machine.ram[i].base, machine.ram[i].bytes);
	}
	frames_reserve(machine.dtb.base, machine.dtb.bytes);
	frames_reserve(PLAT_OUTER_BASE, (uintptr_t)image_end - PLAT_OUTER_BASE);
	frames_reserve(machine.box.base, machine.box.bytes);
	frames_reserve(machine.initrd.base, machine.initrd.bytes);
	if (machine.anchor_page != 0)
		frames_reserve(machine.anchor_page, GRANULE_BYTES);
}

static void mediator_greet(void)
{
	struct host_result info = host_call(HOST_INFO, 0, 0, 0);

	if (info.status != HOST_OK)
		boot_fail("HOST_INFO: no mediator answers", info.status);
	if (info.x[1] != HOST_ABI_VERSION)
		boot_fail("HOST_INFO: the mediator speaks another host ABI; this kernel speaks 1", (int64_t)info.x[1]);
	stage("mediator");
	terminal_print("host ABI %lu, up to %lu pairs of %lu vCPUs\n", info.x[1], info.x[2], info.x[3]);
}

static unsigned vms_defined(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < VM_MAX; i++)
		count += atomic_load(&vms[i].state) != VM_FREE ? 1 : 0;
	return count;
}

/* Returns the VM whose console is wanted first, or NULL. */
static struct vm *vms_autostart(void)
{
	struct vm *shown = NULL;

	for (unsigned i = 0; i < VM_MAX; i++) {
		if (atomic_load(&vms[i].state) == VM_FREE || !vms[i].config.autostart)
			continue;
		vm_ask(&vms[i], VM_REQUEST_START, "started at boot");
		if (vms[i].config.console && shown == NULL)
			shown = &vms[i];
	}
	return shown;
}

/* What needs a scheduler: it may sleep, and other CPUs are awaited. */
static void boot_thread(void *argument)
{
	unsigned online = 0;

	(void)argument;
	cpu_start_all();
	for (unsigned i = 0; i < cpu_count; i++)
		online += atomic_load(&cpus[i].online) ? 1 : 0;
	stage("cpus");
	terminal_print("%u of %u online\n", online, machine.cpu_count + machine.cpus_refused);
	catalog_read();
	stage("vms");
	terminal_print("%u defined in a ramdisk of %lu KiB\n", vms_defined(), machine.initrd.bytes / 1024);
	stage("shell");
	terminal_print("`help` lists the commands\n");
	console_start();
	update_boot_confirm(online == machine.cpu_count + machine.cpus_refused);
	shell_start(vms_autostart());
}

void main_boot(uint64_t dtb)
{
	mmu_build(dtb);
	mmu_enable();
	cpu_adopt(&cpus[0]);
	timer_init();
	serial_init();
	stage("start");
	terminal_print("lightweight kernel at EL1, MMU on\n");

	enum status status = machine_read(dtb);

	if (status != OK)
		boot_fail("device tree", status);
	cpus_find();
	mediator_greet();
	memory_find();
	stage("memory");
	terminal_print("%lu of %lu granules free, %lu MiB in whole 2 MiB blocks\n",
		       frames_free_count(), frames_total_count(), frames_free_block_bytes() >> 20);
	gic_init();
	if (!gic_init_cpu(&cpus[0]))
		boot_fail("no redistributor for the boot CPU", (int64_t)cpus[0].mpidr);
	thread_init_cpu(&cpus[0]);
	CHECK(thread_create("boot", boot_thread, NULL, false) != NULL);
	thread_idle();
}

void main_secondary(uint64_t index)
{
	struct cpu *cpu = &cpus[index];

	mmu_enable();
	cpu_adopt(cpu);
	if (!gic_init_cpu(cpu))
		cpu_halt();
	thread_init_cpu(cpu);
	thread_idle();
}
