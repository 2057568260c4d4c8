/*
 * A slot of flash: decides whether the package in it is one that this device takes, and whether each component may go
 * where it asks to go. Everything is checked on copies in secure RAM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "lib/addr.h"
#include "lib/chain.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/secure_console.h"

/* The only memory that a component may be loaded to. The policy is loaded nowhere: it has a size alone. */
struct area {
	uint64_t base;
	uint64_t bytes;
};

static const struct area areas[FIRMWARE_PART_COUNT] = {
	[FIRMWARE_MONITOR] = { PLAT_MONITOR_BASE, PLAT_MONITOR_BYTES },
	[FIRMWARE_ANCHOR] = { PLAT_ANCHOR_BASE, PLAT_ANCHOR_BYTES },
	[FIRMWARE_MEDIATOR] = { PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_BOOT_INFO - PLAT_MEDIATOR_BASE },
	[FIRMWARE_OUTER] = { PLAT_OUTER_BASE, PLAT_OUTER_BYTES },
	[FIRMWARE_BOX] = { PLAT_BOX_BASE, PLAT_BOX_BYTES },
	[FIRMWARE_POLICY] = { 0, FIRMWARE_POLICY_MAX },
};

/* So no component that fits its area is outside the slot. */
_Static_assert(FIRMWARE_PAGE_BYTES + PLAT_MONITOR_BYTES + PLAT_ANCHOR_BYTES + PLAT_MEDIATOR_IMAGE_BYTES +
	       PLAT_OUTER_BYTES + PLAT_BOX_BYTES + FIRMWARE_POLICY_MAX <= PLAT_FLASH_SLOT_BYTES,
	       "a slot has room for any package");

static uint8_t head[FIRMWARE_PAGE_BYTES];
static uint8_t policy_copy[FIRMWARE_POLICY_MAX];

/* Areas do not overlap each other, so neither do components inside them. */
static void part_check(const struct firmware *firmware, enum firmware_part part)
{
	const struct firmware_component *component = &firmware->components[part];
	const struct area *area = &areas[part];

	if (!range_is_inside(component->load, component->bytes, area->base, area->bytes))
		rom_stop("stage package: %s: expected a load range inside 0x%lx .. 0x%lx, found 0x%lx and "
			 "0x%lx bytes; " WRITE_FRESH,
			 firmware_part_name(part), area->base, area->base + area->bytes, component->load,
			 component->bytes);
}

/* What the firmware object and whose word for it say. Signatures have no part in it: one payload has many. */
static void head_measure(struct boot_info *info)
{
	struct cbor c = cbor_open(head, sizeof(head));
	struct chain chain;
	enum signed_problem problem = chain_split(&c, &chain);
	uint8_t sha256[HASH_BYTES];

	CHECK(problem == SIGNED_OK);

	const struct hash_piece pieces[] = {
		{ chain.endorsement.payload.data, chain.endorsement.payload.count },
		{ chain.object.payload.data, chain.object.payload.count },
	};
	enum status status = hash_sha256(pieces, ARRAY_COUNT(pieces), sha256);

	CHECK(status == OK);
	load_record(info, "package", sha256, pieces[0].bytes + pieces[1].bytes, "verified");
}

void slot_read(uint64_t slot, const struct trust *trust, struct package *package)
{
	const struct firmware *firmware = &package->firmware;
	struct cbor c = cbor_open(head, sizeof(head));

	memcpy(head, (const void *)(uintptr_t)(PLAT_FLASH_BASE + slot), sizeof(head));
	if (firmware_verify(&c, trust, &package->firmware_signer, &package->firmware) != SIGNED_OK)
		rom_refuse(SIGNED_ROLE_FIRMWARE, head, &c, trust, &package->firmware_signer);
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++)
		part_check(firmware, (enum firmware_part)part);
	if (firmware->components[FIRMWARE_MONITOR].entry != PLAT_MONITOR_BASE)
		rom_stop("stage package: monitor: expected entry 0x%x, where parked CPUs enter, found "
			 "0x%lx; " WRITE_FRESH,
			 PLAT_MONITOR_BASE, firmware->components[FIRMWARE_MONITOR].entry);
	secure_print("rom: package %s, version %u, security counter %u, signed by %s, serial %u", firmware->name,
		     firmware->version, firmware->counter, package->firmware_signer.name,
		     package->firmware_signer.serial);
}

static void policy_load(struct boot_info *info, uint64_t flash, const struct trust *trust, struct package *package)
{
	const struct firmware_component *component = &package->firmware.components[FIRMWARE_POLICY];
	struct policy *policy = &package->policy;
	struct cbor c = cbor_open(policy_copy, component->bytes);

	load_component(info, "policy", flash, policy_copy, component);
	if (policy_verify(&c, trust, &package->policy_signer, policy) != SIGNED_OK)
		rom_refuse(SIGNED_ROLE_POLICY, policy_copy, &c, trust, &package->policy_signer);
	secure_print("rom: policy %s, version %u, security counter %u, signed by %s, serial %u; %u measurements "
		     "may run",
		     policy->name, policy->version, policy->counter, package->policy_signer.name,
		     package->policy_signer.serial, policy->allowed_count);
}

void slot_load(struct boot_info *info, uint64_t slot, const struct trust *trust, struct package *package)
{
	const struct firmware *firmware = &package->firmware;

	head_measure(info);
	for (unsigned i = 0; i < FIRMWARE_POLICY; i++) {
		enum firmware_part part = (enum firmware_part)i;
		const struct firmware_component *component = &firmware->components[part];

		load_component(info, firmware_part_name(part), slot + firmware_part_offset(firmware, part),
			       (void *)(uintptr_t)component->load, component);
	}
	policy_load(info, slot + firmware_part_offset(firmware, FIRMWARE_POLICY), trust, package);
}

/* The loader window against everything that the ROM or the monitor writes. */
static void loader_check(uint64_t base, uint64_t bytes, uint64_t ram_bytes)
{
	const struct boot_range taken[] = {
		{ PLAT_BOARD_DTB, PLAT_BOARD_DTB_MAX },
		{ PLAT_MEDIATOR_BASE, plat_carveout_bytes(ram_bytes) },
		{ PLAT_OUTER_BASE, PLAT_OUTER_BYTES },
		{ PLAT_BOX_BASE, PLAT_BOX_BYTES },
	};

	for (size_t i = 0; i < ARRAY_COUNT(taken); i++) {
		if (range_overlaps(base, bytes, taken[i].base, taken[i].bytes))
			rom_stop("stage package: loader window: 0x%lx and 0x%lx bytes overlap firmware at "
				 "0x%lx and 0x%lx bytes; " WRITE_FRESH,
				 base, bytes, taken[i].base, taken[i].bytes);
	}
}

void slot_check_ram(const struct firmware *firmware, uint64_t ram_bytes)
{
	uint64_t base = firmware->loader_base, bytes = firmware->loader_bytes;
	uint64_t need = PLAT_BOX_BASE + PLAT_BOX_BYTES - PLAT_RAM_BASE;

	if (!range_is_inside(base, bytes, PLAT_RAM_BASE, PLAT_RAM_MAX))
		rom_stop("stage package: loader window: expected inside DRAM, found 0x%lx and 0x%lx "
			 "bytes; " WRITE_FRESH,
			 base, bytes);
	if (need < base + bytes - PLAT_RAM_BASE)
		need = base + bytes - PLAT_RAM_BASE;
	if (ram_bytes < need)
		rom_stop("too little RAM: need %lu MiB for firmware and loader window, have %lu MiB; start QEMU with a "
			 "larger -m",
			 need >> 20, ram_bytes >> 20);
	loader_check(base, bytes, ram_bytes);
}
