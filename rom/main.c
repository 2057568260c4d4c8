/*
 * Boot order of the ROM. Decides what happens before what; each step is in the file of its noun.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/secure_console.h"

static struct identity_page identity;
static struct package package;
static struct trust trust;
static struct state state;

static void cpu_check(void)
{
	if (bits_get(read_id_aa64pfr0_el1(), 11, 8) == 0)
		rom_stop("CPU 0 has no EL2: expected ID_AA64PFR0_EL1.EL2 not 0, found 0; "
			 "start QEMU with -M virt,secure=on,virtualization=on");
	if (bits_get(read_id_aa64isar0_el1(), 15, 12) == 0)
		rom_stop("CPU 0 has no SHA-256 instructions: expected ID_AA64ISAR0_EL1.SHA2 not 0, "
			 "found 0; choose a -cpu with the cryptographic extension");
	if (read_cntfrq_el0() == 0)
		rom_stop("the counter frequency is not set: expected CNTFRQ_EL0 not 0, found 0");
}

static struct boot_range component_range(enum firmware_part part)
{
	const struct firmware_component *component = &package.firmware.components[part];

	return (struct boot_range){ component->load, component->bytes };
}

_Static_assert(POLICY_ALLOWED_MAX <= BOOT_POLICY_MAX, "the monitor has room for every measurement of a policy");
_Static_assert(POLICY_OWNER_MAX <= BOOT_OWNER_MAX, "there is room for every owner of a policy");
_Static_assert(POLICY_LABEL_BYTES == sizeof(((struct boot_policy_entry *)0)->name), "names are of one length");

static void policy_fill(struct boot_info *info)
{
	info->policy_count = package.policy.allowed_count;
	for (uint32_t i = 0; i < info->policy_count; i++) {
		const struct policy_allowed *allowed = &package.policy.allowed[i];
		struct boot_policy_entry *entry = &info->policy[i];

		entry->role = allowed->role;
		memcpy(entry->name, allowed->name, sizeof(entry->name));
		memcpy(entry->sha256, allowed->sha256, sizeof(entry->sha256));
	}
	info->owner_count = package.policy.owner_count;
	for (uint32_t i = 0; i < info->owner_count; i++) {
		info->owners[i].counter = package.policy.owners[i].counter;
		memcpy(info->owners[i].key, package.policy.owners[i].key, sizeof(info->owners[i].key));
	}
}

/* Whose package runs, and what its signers' endorsements revoke. */
static void package_fill(struct boot_info *info)
{
	info->firmware_version = package.firmware.version;
	info->firmware_counter = package.firmware.counter;
	info->firmware_serial = package.firmware_signer.serial;
	info->firmware_least = package.firmware_signer.serial_least;
	info->policy_counter = package.policy.counter;
	info->policy_serial = package.policy_signer.serial;
	info->policy_least = package.policy_signer.serial_least;
	info->lifecycle = identity.lifecycle;
}

static void boot_info_fill(struct boot_info *info, const struct board *board)
{
	const struct firmware *firmware = &package.firmware;

	info->magic = BOOT_INFO_MAGIC;
	info->version = BOOT_INFO_VERSION;
	info->cpu_count = board->cpu_count;
	info->ram = (struct boot_range){ PLAT_RAM_BASE, board->ram_bytes };
	info->loader = (struct boot_range){ firmware->loader_base, firmware->loader_bytes };
	info->mediator = component_range(FIRMWARE_MEDIATOR);
	info->mediator_entry = firmware->components[FIRMWARE_MEDIATOR].entry;
	info->outer = component_range(FIRMWARE_OUTER);
	info->outer_entry = firmware->components[FIRMWARE_OUTER].entry;
	info->box = component_range(FIRMWARE_BOX);
	package_fill(info);
	info->failures_max = identity.failures_max;
	policy_fill(info);
}

void rom_main(void)
{
	struct boot_info *info = (struct boot_info *)PLAT_BOOT_INFO;
	struct board board;
	uint64_t slot;

	memory_map();
	secure_console_init();
	/*
	 * No DMA may change what is about to be zeroed, copied and hashed; only the tree tells
	 * whether an SMMU is there.
	 */
	board_read(&board);
	board_abort_dma(&board);
	cpu_check();
	secure_print("rom: Redoubt, %u CPUs, %lu MiB of RAM", board.cpu_count,
		     board.ram_bytes >> 20);
	run_last_take();
	crash_record_report();

	identity_read(&identity);
	memcpy(trust.root_sha256, identity.root_sha256, sizeof(trust.root_sha256));
	state_load(&state);
	state_fill_trust(&state, &trust);
	slot = run_slot_choose(&state);
	slot_read(slot, &trust, &package);
	slot_check_ram(&package.firmware, board.ram_bytes);
	memory_map_ram(board.ram_bytes);
	memory_zero(board.ram_bytes, package.firmware.loader_base, package.firmware.loader_bytes);
	secure_print("rom: memory    zero, but for the loader window at 0x%lx, %lu KiB", package.firmware.loader_base,
		     package.firmware.loader_bytes >> 10);

	load_measure_rom(info);
	identity_measure(info, &identity);
	slot_load(info, slot, &trust, &package);
	boot_info_fill(info, &board);
	run_begin(info);
	cache_clean_invalidate(info, sizeof(*info));
	cache_invalidate_instructions();
	rom_leave(package.firmware.components[FIRMWARE_MONITOR].entry, PLAT_BOOT_INFO);
}

void rom_exception(uint64_t esr, uint64_t pc, uint64_t far)
{
	rom_stop("unexpected exception: ESR_EL3 0x%lx, PC 0x%lx, FAR 0x%lx", esr, pc, far);
}

void check_failed(const char *file, int line)
{
	rom_stop("internal error at %s:%d", file, line);
}
