/*
 * The outer OS touches what is not its own: the trusted rooms, a box, a VM, and the devices that it does
 * not have. Every access is aborted; afterwards the victim's memory is as it was (the harness asks the victim).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/console.h"
#include "abi/window.h"
#include "lib/addr.h"
#include "plat/memory.h"
#include "tests/attack/outer.h"

static const struct {
	const char *what;
	uint64_t pa;
} places[] = {
	{ "mediator code", PLAT_MEDIATOR_BASE },
	{ "the mediator's boot page", PLAT_MEDIATOR_BOOT_INFO },
	{ "ownership records", PLAT_MEDIATOR_BASE + PLAT_MEDIATOR_IMAGE_BYTES },
	{ "monitor", PLAT_MONITOR_BASE },
	{ "trust anchor", PLAT_ANCHOR_BASE },
	{ "crash record", PLAT_CRASH_RECORD },
	{ "ROM in secure flash", PLAT_ROM_BASE },
	{ "identity in secure flash", PLAT_FLASH_IDENTITY },
	{ "package in secure flash", PLAT_FLASH_SLOT_A },
	{ "second flash", PLAT_FLASH_BASE + PLAT_FLASH_BYTES },
	{ "secure UART", PLAT_UART1_BASE },
	{ "secure GPIO", PLAT_SECURE_GPIO_BASE },
	{ "SMMU", PLAT_SMMU_BASE },
	{ "interrupt translation service", 0x08080000 },
	{ "fw_cfg (a DMA master)", 0x09020000 },
	{ "virtio-mmio (a DMA master)", 0x0a000000 },
	{ "a VM's doorbell", WINDOW_DOORBELL_BASE },
	{ "PCI configuration space", 0x4010000000 },
	{ "nothing, at the end of 40 bits", 0xfffffff000 },
};

static uint64_t ram_end(void)
{
	uint64_t info[8] = { HOST_INFO };

	(void)outer_call(info);
	return PLAT_RAM_BASE + info[4] * GRANULE_BYTES;
}

static void trusted_attack(void)
{
	uint64_t end = ram_end();
	uint64_t carveout = plat_carveout_bytes(end - PLAT_RAM_BASE);

	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		outer_access(places[i].what, places[i].pa);
	outer_access("the outer OS's own stage-2 tables", PLAT_MEDIATOR_BASE + carveout - GRANULE_BYTES);
	outer_access("past the end of RAM", end);
	outer_sweep("the mediator", PLAT_MEDIATOR_BASE, carveout);
	outer_sweep("secure RAM", PLAT_SECURE_RAM_BASE, PLAT_SECURE_RAM_BYTES);
}

static void victim_attack(const struct vm *victim)
{
	const struct vm_memory *memory = &victim->memory;
	uint64_t control = memory->control;

	outer_access("VM memory, first granule", memory->ram[0].pa);
	outer_access("VM memory, last granule", memory->ram[0].pa + memory->ram[0].bytes - GRANULE_BYTES);
	outer_access("box memory", memory->box.pa);
	outer_access("a VM's stage-2 root", control + HOST_CONTROL_VM_ROOT * GRANULE_BYTES);
	outer_access("a box's stage-2 root", control + HOST_CONTROL_BOX_ROOT * GRANULE_BYTES);
	outer_access("a pair's descriptor", control + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES);
	outer_access("a box's registers", control + HOST_CONTROL_CONTEXTS * GRANULE_BYTES);
	outer_access("a VM's registers", control + (HOST_CONTROL_CONTEXTS + 1) * GRANULE_BYTES);
	outer_access("a VM's table pool", memory->pool[0].pa);
	for (unsigned i = 0; i < memory->ram_count; i++)
		outer_sweep("VM memory", memory->ram[i].pa, memory->ram[i].bytes);
	/* All but the console page, which the box shares. */
	outer_sweep("box memory", memory->box.pa, BOX_CONSOLE_PAGE - BOX_RAM_BASE);
	outer_sweep("a VM's disk", memory->box.pa + BOX_DISK_BASE - BOX_RAM_BASE, BOX_DISK_BYTES);
}

/* It may be read: that is what it is for. */
static void notice_attack(const struct vm *victim)
{
	uint64_t pa = victim->memory.control + HOST_CONTROL_NOTICE * GRANULE_BYTES;
	uint64_t argument[2] = { pa, ~0ull }, value;

	attack_begin("write of a notice page at 0x%llx", (unsigned long long)pa);
	uint64_t esr = guard_run(guard_store, argument);

	attack_end_logged(guard_is_abort(esr) && outer_read(pa, &value) == 0, "aborted; reading it is allowed");
	attack_begin("execution of a notice page at 0x%llx", (unsigned long long)pa);
	esr = guard_run(guard_execute, argument);
	attack_end_logged(guard_is_abort(esr), "aborted");
}

void outer_memory(struct vm *victim)
{
	trusted_attack();
	victim_attack(victim);
	notice_attack(victim);
}
