/*
 * redoubt update status --flash: what a device keeps, read from a copy of its flash0 by the readers of ROM and anchor.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/update.h"
#include <stdio.h>
#include <string.h>
#include "abi/identity.h"
#include "crypto/state.h"
#include "lib/state_text.h"
#include "plat/memory.h"
#include "tools/package_file.h"
#include "tools/signed_object.h"

#define PLACES	(PLAT_FLASH_STATE_BLOCKS * PLAT_FLASH_BLOCK_BYTES / STATE_BYTES)

/* All that is told. */
struct device {
	struct identity_page identity;
	struct state state;
	uint32_t place;
	struct slot {
		char name;
		enum signed_problem head;	/* of its first page, under the root key alone */
		enum signed_problem problem;	/* of all of it, as this device takes it now */
		struct package package;		/* its head counts if that holds */
	} slots[2];
};

static const uint8_t *flash;

static void place_read(uint32_t place, struct state *out)
{
	memcpy(out, flash + PLAT_FLASH_STATE + (size_t)place * STATE_BYTES, sizeof(*out));
}

static int not_flash(const char *path, const char *problem, const char *expected, const char *found)
{
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "not-flash", .object = path, .problem = problem, .expected = expected, .found = found,
		.advice = "copy flash0 again, as a whole; a device with such flash does not boot" });
}

static int identity_take(struct identity_page *page, const char *path)
{
	uint8_t sha256[DIGEST_BYTES];
	int result;

	memcpy(page, flash + PLAT_FLASH_IDENTITY, sizeof(*page));
	if (page->magic != IDENTITY_MAGIC || page->version != IDENTITY_VERSION)
		return not_flash(path, "there is no identity page",
				 text("magic 0x%jx and version %d at byte 0x%x", (uintmax_t)IDENTITY_MAGIC,
				      IDENTITY_VERSION, PLAT_FLASH_IDENTITY),
				 text("0x%jx and %u", (uintmax_t)page->magic, page->version));
	result = digest_make(page, offsetof(struct identity_page, sha256), sha256);
	if (result != TOOL_DONE)
		return result;
	if (memcmp(sha256, page->sha256, sizeof(sha256)) != 0)
		return not_flash(path, "the identity page is altered", "its SHA-256 in its last 32 bytes",
				 "another one");
	if (page->lifecycle != IDENTITY_DEVELOPMENT && page->lifecycle != IDENTITY_PRODUCTION)
		return not_flash(path, "the identity page has no lifecycle",
				 text("0x%x (development) or 0x%x (production)", (unsigned)IDENTITY_DEVELOPMENT,
				      (unsigned)IDENTITY_PRODUCTION),
				 text("0x%x", page->lifecycle));
	return TOOL_DONE;
}

/* The head by the root key alone says what is there; all of it by the state, whether it would boot. */
static void slot_read(struct slot *slot, const struct device *device)
{
	const uint8_t *bytes = flash + (slot->name == STATE_SLOT_A ? PLAT_FLASH_SLOT_A : PLAT_FLASH_SLOT_B);
	struct package *package = &slot->package;
	struct trust trust = { 0 };
	struct cbor c = cbor_open(bytes, FIRMWARE_PAGE_BYTES);

	memcpy(trust.root_sha256, device->identity.root_sha256, sizeof(trust.root_sha256));
	slot->head = firmware_verify(&c, &trust, &package->firmware_signer, &package->firmware);
	slot->problem = slot->head;
	if (slot->head != SIGNED_OK)
		return;
	for (unsigned role = 0; role < SIGNED_ROLE_END; role++) {
		trust.least[role].serial = device->state.least[role].serial;
		trust.least[role].counter = device->state.least[role].counter;
	}

	static struct package whole;
	uint64_t count = firmware_part_offset(&package->firmware, FIRMWARE_PART_COUNT);

	c = cbor_open(bytes, count < PLAT_FLASH_SLOT_BYTES ? count : PLAT_FLASH_SLOT_BYTES);
	slot->problem = package_verify(&c, &trust, &whole);
}

static int device_take(struct device *device, const char *path)
{
	int result = identity_take(&device->identity, path);

	if (result != TOOL_DONE)
		return result;
	device->place = state_find(place_read, PLACES, &device->state);
	if (device->place == STATE_NOWHERE)
		return not_flash(path, "there is no state",
				 text("a snapshot of magic 0x%jx, version %d, whose SHA-256 holds, at 0x%x .. 0x%x",
				      (uintmax_t)STATE_MAGIC, STATE_VERSION, PLAT_FLASH_STATE,
				      PLAT_FLASH_STATE + PLACES * STATE_BYTES),
				 text("none in %d places", PLACES));
	for (unsigned i = 0; i < ARRAY_COUNT(device->slots); i++) {
		device->slots[i].name = (char)(STATE_SLOT_A + i);
		slot_read(&device->slots[i], device);
	}
	return TOOL_DONE;
}

static struct update_slots slots_of(const struct state *state)
{
	return (struct update_slots){
		.active = (char)state->slot, .other = (char)(STATE_SLOT_A + STATE_SLOT_B - state->slot),
		.reason = state_reason_text(state->reason), .holds = state_other_text(state->other),
		.other_version = state->other_version,
		.end = state->other == STATE_OTHER_FAILED ? state_end_text(state->failure) : NULL,
	};
}

/* An empty slot has nothing that may boot, whatever its bytes are. */
static bool slot_is_empty(const struct device *device, const struct slot *slot)
{
	return slot->name != (char)device->state.slot && device->state.other == STATE_OTHER_EMPTY;
}

static const char *key_text(const struct endorsement *signer)
{
	uint8_t digest[DIGEST_BYTES];
	char hex[DIGEST_TEXT_BYTES];

	if (digest_make(signer->key, sizeof(signer->key), digest) != TOOL_DONE)
		return "?";
	digest_print(digest, hex);
	return text("%s", hex);
}

static void slot_print(const struct device *device, const struct slot *slot)
{
	const struct firmware *firmware = &slot->package.firmware;
	const struct endorsement *signer = &slot->package.firmware_signer;

	printf("slot %c    ", slot->name);
	if (slot_is_empty(device, slot)) {
		printf("empty\n");
		return;
	}
	if (slot->head == SIGNED_OK)
		printf("%s, version %u, counter %u\n          signed by %s, serial %u, key %s\n", firmware->name,
		       firmware->version, firmware->counter, signer->name, signer->serial, key_text(signer));
	if (slot->head == SIGNED_OK && slot->problem != SIGNED_OK)
		printf("          ");
	if (slot->problem != SIGNED_OK)
		printf("refused now: %s: it %s\n", signed_name(slot->problem), signed_text(slot->problem));
}

static void least_print(const struct state *state)
{
	for (unsigned role = SIGNED_ROLE_FIRMWARE; role < SIGNED_ROLE_END; role++)
		printf("%-9s counter at least %u, serial at least %u\n", role_name((enum signed_role)role),
		       state->least[role].counter, state->least[role].serial);
}

static void device_print(const struct device *device)
{
	const struct state *state = &device->state;
	const struct update_slots slots = slots_of(state);
	char root[DIGEST_TEXT_BYTES];

	digest_print(device->identity.root_sha256, root);
	printf("device    lifecycle %s, root key %s\n",
	       device->identity.lifecycle == IDENTITY_PRODUCTION ? "production" : "development", root);
	printf("active    slot %c: %s; it boots when power comes\n", slots.active, slots.reason);
	update_other_print(&slots);
	least_print(state);
	printf("state     sequence %ju, place %u of %d\n", (uintmax_t)state->sequence, device->place, PLACES);
	for (unsigned i = 0; i < ARRAY_COUNT(device->slots); i++)
		slot_print(device, &device->slots[i]);
}

static void slot_print_json(const struct device *device, const struct slot *slot, const char *end)
{
	const struct firmware *firmware = &slot->package.firmware;
	const struct endorsement *signer = &slot->package.firmware_signer;

	printf("    \"%c\": ", slot->name);
	if (slot_is_empty(device, slot)) {
		printf("null%s\n", end);
		return;
	}
	printf("{");
	if (slot->head == SIGNED_OK)
		printf("\"name\": \"%s\", \"version\": %u, \"counter\": %u, \"signer\": {\"name\": \"%s\", "
		       "\"serial\": %u, \"key_sha256\": \"%s\"}, ",
		       firmware->name, firmware->version, firmware->counter, signer->name, signer->serial,
		       key_text(signer));
	printf("\"problem\": \"%s\"}%s\n", signed_name(slot->problem), end);
}

static void device_print_json(const struct device *device)
{
	const struct state *state = &device->state;
	const struct update_slots slots = slots_of(state);
	char root[DIGEST_TEXT_BYTES];

	digest_print(device->identity.root_sha256, root);
	printf("{\n  \"lifecycle\": \"%s\",\n  \"root_sha256\": \"%s\",\n  \"sequence\": %ju,\n  \"place\": %u,\n",
	       device->identity.lifecycle == IDENTITY_PRODUCTION ? "production" : "development", root,
	       (uintmax_t)state->sequence, device->place);
	update_slots_print(&slots);
	printf("  \"least\": {\n");
	for (unsigned role = SIGNED_ROLE_FIRMWARE; role < SIGNED_ROLE_END; role++)
		printf("    \"%s\": {\"counter\": %u, \"serial\": %u}%s\n", role_name((enum signed_role)role),
		       state->least[role].counter, state->least[role].serial, role + 1 == SIGNED_ROLE_END ? "" : ",");
	printf("  },\n  \"slots\": {\n");
	for (unsigned i = 0; i < ARRAY_COUNT(device->slots); i++)
		slot_print_json(device, &device->slots[i], i + 1 == ARRAY_COUNT(device->slots) ? "" : ",");
	printf("  }\n}\n");
}

int update_flash_status(const struct update_request *request)
{
	static struct device device;
	struct file file;
	int result = file_read(&file, request->flash, PLAT_FLASH_BYTES);

	if (result != TOOL_DONE)
		return result;
	flash = file.bytes;
	if (file.count != PLAT_FLASH_BYTES)
		result = not_flash(file.path, "the file is not as long as flash0", text("%d bytes", PLAT_FLASH_BYTES),
				   text("%zu bytes", file.count));
	else
		result = device_take(&device, file.path);
	if (result == TOOL_DONE && request->json)
		device_print_json(&device);
	else if (result == TOOL_DONE)
		device_print(&device);
	file_free(&file);
	return result;
}
