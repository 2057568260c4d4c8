/*
 * Good contents, and how they are signed and put together: from docs/formats.md, without the readers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/sample.h"
#include "tests/unit/signer.h"

struct endorsement sample_endorsement(enum signed_role role)
{
	static const char *const names[] = { "", "firmware-2025", "policy-2025", "vm-2025" };
	struct endorsement endorsement = { .role = role, .serial = 7, .serial_least = 5 };

	snprintf(endorsement.name, sizeof(endorsement.name), "%s", names[role]);
	signer_public(KEY_ROOT + role, endorsement.key);
	return endorsement;
}

struct firmware sample_firmware(void)
{
	struct firmware firmware = { .name = "redoubt", .version = 12, .counter = 3, .loader_base = 0x49000000,
				     .loader_bytes = 0x2000000 };

	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++) {
		struct firmware_component *component = &firmware.components[part];

		component->bytes = part == FIRMWARE_POLICY ? 8192 : 4096 * (1 + part % 2);
		if (part != FIRMWARE_POLICY) {
			component->load = 0x40200000 + 0x100000 * (uint64_t)part;
			component->entry = component->load + 64 * (uint64_t)part;
		}
		memset(component->sha256, 0xd0 + (int)part, sizeof(component->sha256));
	}
	return firmware;
}

struct policy sample_policy(void)
{
	struct policy policy = { .name = "site_a.example", .version = 300, .counter = 70000, .owner_count = 2,
				 .allowed_count = 3, .owners = { { .name = "alice" }, { .name = "bob", .counter = 0x90000 } },
				 .allowed = { { .role = 0, .name = "box" }, { .role = 1, .name = "debian" },
					      { .role = 1, .name = "0123456789a" } } };

	signer_public(8, policy.owners[0].key);
	signer_public(9, policy.owners[1].key);
	for (unsigned i = 0; i < policy.allowed_count; i++)
		memset(policy.allowed[i].sha256, 0xa0 + (int)i, sizeof(policy.allowed[i].sha256));
	return policy;
}

void sample_sign(struct sample_signed *object, enum sample_key key)
{
	static struct written structure;

	structure.count = 0;
	write_head(&structure, WRITE_ARRAY, 4);
	write_text(&structure, "Signature1");
	write_bytes(&structure, object->protected.bytes, object->protected.count);
	write_bytes(&structure, "", 0);
	write_bytes(&structure, object->payload.bytes, object->payload.count);
	signer_sign(key, structure.bytes, structure.count, object->signature);
}

/* The two headers: algorithm -35, which is written as 34; and none. */
void sample_headers_make(struct sample_signed *out)
{
	out->protected.count = out->unprotected.count = 0;
	write_head(&out->protected, WRITE_MAP, 1);
	write_head(&out->protected, WRITE_UINT, 1);
	write_head(&out->protected, WRITE_NEGATIVE, 34);
	write_head(&out->unprotected, WRITE_MAP, 0);
}

void sample_chain_make(struct sample_chain *out, const struct endorsement *endorsement, const struct written *payload)
{
	signer_public(KEY_ROOT, out->root);
	sample_headers_make(&out->endorsement);
	out->endorsement.payload.count = 0;
	sample_write_endorsement(&out->endorsement.payload, endorsement);
	sample_sign(&out->endorsement, KEY_ROOT);
	sample_headers_make(&out->object);
	out->object.payload = *payload;
	sample_sign(&out->object, KEY_ROOT + endorsement->role);
}

static void payload_write_chain(struct written *out, enum signed_role role, const struct written *payload)
{
	static struct sample_chain chain;
	struct endorsement endorsement = sample_endorsement(role);

	sample_chain_make(&chain, &endorsement, payload);
	sample_write_chain(out, &chain);
}

void sample_write_firmware_chain(struct written *out, const struct firmware *firmware)
{
	static struct written payload;

	payload.count = 0;
	sample_write_firmware(&payload, firmware);
	payload_write_chain(out, SIGNED_ROLE_FIRMWARE, &payload);
}

void sample_write_policy_chain(struct written *out, const struct policy *policy)
{
	static struct written payload;

	payload.count = 0;
	sample_write_policy(&payload, policy);
	payload_write_chain(out, SIGNED_ROLE_POLICY, &payload);
}

/* Its bytes are of its own: never zeros only, no two components alike. */
static void component_write(struct written *out, const struct firmware *firmware, unsigned part)
{
	for (uint64_t i = 0; i < firmware->components[part].bytes; i++) {
		uint8_t byte = (uint8_t)(i * 7 + i / 256 + 31 * part + firmware->version);

		write_raw(out, &byte, 1);
	}
}

void sample_write_package(struct written *out, struct firmware *firmware, const struct policy *policy)
{
	static struct written bodies;

	bodies.count = 0;
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++) {
		size_t start = bodies.count;

		if (part == FIRMWARE_POLICY) {
			sample_write_policy_chain(&bodies, policy);
			write_zeros(&bodies, start + firmware->components[part].bytes);
		} else {
			component_write(&bodies, firmware, part);
		}
		struct hash_piece piece = { bodies.bytes + start, bodies.count - start };

		assert_int_equal(piece.bytes, firmware->components[part].bytes);
		assert_int_equal(hash_sha256(&piece, 1, firmware->components[part].sha256), OK);
	}
	sample_write_firmware_chain(out, firmware);
	write_zeros(out, 4096);
	write_raw(out, bodies.bytes, bodies.count);
}

struct trust sample_trust(void)
{
	struct trust trust = { .least = { [SIGNED_ROLE_FIRMWARE] = { 5, 2 }, [SIGNED_ROLE_POLICY] = { 6, 70000 } } };
	uint8_t root[97];
	struct hash_piece piece = { root, sizeof(root) };

	signer_public(KEY_ROOT, root);
	assert_int_equal(hash_sha256(&piece, 1, trust.root_sha256), OK);
	return trust;
}

uint8_t *sample_exactly(const uint8_t *bytes, size_t count)
{
	uint8_t *copy = test_malloc(count);

	memcpy(copy, bytes, count);
	return copy;
}
