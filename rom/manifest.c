/*
 * The manifest: decides whether it is whole and whether each component may go where it asks to go.
 * Everything is checked on a copy.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "abi/host.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "plat/memory.h"

/* The name that a component must have, and the only memory that it may be loaded to. */
struct area {
	const char *name;
	uint64_t base;
	uint64_t bytes;
};

static const struct area areas[IMAGE_ROLE_COUNT] = {
	[IMAGE_MONITOR] = { "monitor", PLAT_MONITOR_BASE, PLAT_MONITOR_BYTES },
	[IMAGE_ANCHOR] = { "anchor", PLAT_ANCHOR_BASE, PLAT_ANCHOR_BYTES },
	[IMAGE_MEDIATOR] = { "mediator", PLAT_MEDIATOR_BASE,
			     PLAT_MEDIATOR_BOOT_INFO - PLAT_MEDIATOR_BASE },
	[IMAGE_OUTER] = { "outer", PLAT_OUTER_BASE, PLAT_OUTER_BYTES },
	[IMAGE_BOX] = { "box", PLAT_BOX_BASE, PLAT_BOX_BYTES },
};

#define WRITE_FRESH "write a fresh flash image with redoubt provision"

/*
 * Name, load range and entry. Areas do not overlap each other, so neither do components inside
 * them.
 */
static void component_check(const struct image_component *component, const struct area *area)
{
	if (strncmp(component->name, area->name, sizeof(component->name)) != 0)
		rom_stop("manifest: expected component %s, found another name in its "
			 "place; " WRITE_FRESH,
			 area->name);
	if (component->bytes == 0 ||
	    !range_is_inside(component->flash_offset, component->bytes, PLAT_FLASH_COMPONENTS,
			     PLAT_FLASH_BYTES - PLAT_FLASH_COMPONENTS))
		rom_stop("manifest: %s: expected a flash range inside 0x%x .. 0x%x, found 0x%lx "
			 "and 0x%lx bytes; " WRITE_FRESH,
			 area->name, PLAT_FLASH_COMPONENTS, PLAT_FLASH_BYTES,
			 component->flash_offset, component->bytes);
	if (!is_aligned(component->load, GRANULE_BYTES) ||
	    !range_is_inside(component->load, component->bytes, area->base, area->bytes))
		rom_stop("manifest: %s: expected a load range inside 0x%lx .. 0x%lx, found 0x%lx "
			 "and 0x%lx bytes; " WRITE_FRESH,
			 area->name, area->base, area->base + area->bytes, component->load,
			 component->bytes);
	if (!is_aligned(component->entry, 4) ||
	    !range_is_inside(component->entry, 4, component->load, component->bytes))
		rom_stop("manifest: %s: expected an entry inside its image, found "
			 "0x%lx; " WRITE_FRESH,
			 area->name, component->entry);
}

static void flash_check_overlap(const struct image_component *components)
{
	for (unsigned i = 0; i < IMAGE_ROLE_COUNT; i++) {
		for (unsigned j = 0; j < i; j++) {
			if (range_overlaps(components[i].flash_offset, components[i].bytes,
					   components[j].flash_offset, components[j].bytes))
				rom_stop("manifest: %s and %s overlap in flash, at 0x%lx and "
					 "0x%lx; " WRITE_FRESH,
					 areas[j].name, areas[i].name, components[j].flash_offset,
					 components[i].flash_offset);
		}
	}
}

static void header_check(const struct image_manifest *manifest)
{
	if (manifest->magic != IMAGE_MANIFEST_MAGIC)
		rom_stop("stage manifest: no manifest at flash offset 0x%x: expected magic 0x%lx, "
			 "found 0x%lx; " WRITE_FRESH,
			 PLAT_FLASH_MANIFEST, (uint64_t)IMAGE_MANIFEST_MAGIC, manifest->magic);
	if (manifest->version != IMAGE_MANIFEST_VERSION)
		rom_stop("stage manifest: expected version %d, found %u; use the redoubt of this "
			 "ROM",
			 IMAGE_MANIFEST_VERSION, manifest->version);
}

static void digest_check(const struct image_manifest *manifest)
{
	struct hash_piece piece = { manifest, offsetof(struct image_manifest, sha256) };
	uint8_t sha256[HASH_BYTES];

	if (hash_sha256(&piece, 1, sha256) != OK || !hash_is_equal(sha256, manifest->sha256))
		rom_stop("stage manifest: SHA-256 does not match: the manifest is truncated or "
			 "altered; " WRITE_FRESH);
}

static void counts_check(const struct image_manifest *manifest)
{
	if (manifest->signature_kind != IMAGE_SIGNATURE_NONE)
		rom_stop("manifest: expected signature kind %d, found %u; use the redoubt of this "
			 "ROM",
			 IMAGE_SIGNATURE_NONE, manifest->signature_kind);
	if (manifest->component_count != IMAGE_ROLE_COUNT ||
	    manifest->policy_count > BOOT_POLICY_MAX)
		rom_stop("manifest: expected %d components and at most %d policy entries, found %u "
			 "and %u; " WRITE_FRESH,
			 IMAGE_ROLE_COUNT, BOOT_POLICY_MAX, manifest->component_count,
			 manifest->policy_count);
}

/* Later stages print these names and index by these roles. */
static void policy_check(const struct image_manifest *manifest)
{
	for (uint32_t i = 0; i < manifest->policy_count; i++) {
		const struct boot_policy_entry *entry = &manifest->policy[i];

		if (entry->role > HOST_ROLE_VM || entry->name[sizeof(entry->name) - 1] != '\0')
			rom_stop("manifest: policy entry %u: expected role 0 or 1 and a name of at "
				 "most %lu bytes, found role %u; " WRITE_FRESH,
				 i, sizeof(entry->name) - 1, entry->role);
	}
}

void manifest_read(struct image_manifest *manifest)
{
	memcpy(manifest, (const void *)(PLAT_FLASH_BASE + PLAT_FLASH_MANIFEST), sizeof(*manifest));
	header_check(manifest);
	digest_check(manifest);
	counts_check(manifest);
	policy_check(manifest);
	for (unsigned role = 0; role < IMAGE_ROLE_COUNT; role++)
		component_check(&manifest->components[role], &areas[role]);
	flash_check_overlap(manifest->components);
	if (manifest->components[IMAGE_MONITOR].entry != PLAT_MONITOR_BASE)
		rom_stop("manifest: monitor: expected entry 0x%x, where parked CPUs enter, found "
			 "0x%lx; " WRITE_FRESH,
			 PLAT_MONITOR_BASE, manifest->components[IMAGE_MONITOR].entry);
}

/* The loader window against everything that the ROM or the monitor writes. */
static void loader_check(const struct boot_range *loader, uint64_t ram_bytes)
{
	const struct boot_range taken[] = {
		{ PLAT_BOARD_DTB, PLAT_BOARD_DTB_MAX },
		{ PLAT_MEDIATOR_BASE, plat_carveout_bytes(ram_bytes) },
		{ PLAT_OUTER_BASE, PLAT_OUTER_BYTES },
		{ PLAT_BOX_BASE, PLAT_BOX_BYTES },
	};

	if (loader->bytes == 0 || !is_aligned(loader->base | loader->bytes, BLOCK_BYTES))
		rom_stop("manifest: loader window: expected multiples of 2 MiB, found 0x%lx and "
			 "0x%lx bytes; " WRITE_FRESH,
			 loader->base, loader->bytes);
	for (size_t i = 0; i < ARRAY_COUNT(taken); i++) {
		if (range_overlaps(loader->base, loader->bytes, taken[i].base, taken[i].bytes))
			rom_stop("manifest: loader window: 0x%lx and 0x%lx bytes overlap firmware "
				 "at 0x%lx and 0x%lx bytes; " WRITE_FRESH,
				 loader->base, loader->bytes, taken[i].base, taken[i].bytes);
	}
}

void manifest_check_ram(const struct image_manifest *manifest, uint64_t ram_bytes)
{
	const struct boot_range *loader = &manifest->loader;
	uint64_t need = PLAT_BOX_BASE + PLAT_BOX_BYTES - PLAT_RAM_BASE;

	if (!range_is_inside(loader->base, loader->bytes, PLAT_RAM_BASE, PLAT_RAM_MAX))
		rom_stop("manifest: loader window: expected inside DRAM, found 0x%lx and 0x%lx "
			 "bytes; " WRITE_FRESH,
			 loader->base, loader->bytes);
	if (need < loader->base + loader->bytes - PLAT_RAM_BASE)
		need = loader->base + loader->bytes - PLAT_RAM_BASE;
	if (ram_bytes < need)
		rom_stop("too little RAM: need %lu MiB for firmware and loader window, have %lu "
			 "MiB; start QEMU with a larger -m",
			 need >> 20, ram_bytes >> 20);
	loader_check(loader, ram_bytes);
}
