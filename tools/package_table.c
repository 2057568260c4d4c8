/*
 * Tables of what is in a package: for people, and as JSON. Names in signed objects need no quoting: their readers take
 * few characters.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include "abi/host.h"
#include "tools/package_file.h"

static void part_print(const struct firmware *firmware, enum firmware_part part, bool json)
{
	const struct firmware_component *component = &firmware->components[part];
	char digest[DIGEST_TEXT_BYTES];

	digest_print(component->sha256, digest);
	if (json)
		printf("    {\"name\": \"%s\", \"offset\": %ju, \"bytes\": %ju, \"load\": %ju, \"entry\": %ju, "
		       "\"sha256\": \"%s\"}%s\n",
		       firmware_part_name(part), (uintmax_t)firmware_part_offset(firmware, part),
		       (uintmax_t)component->bytes, (uintmax_t)component->load, (uintmax_t)component->entry, digest,
		       part + 1 == FIRMWARE_PART_COUNT ? "" : ",");
	else
		printf("%-9s load %09jx  %8ju bytes  %s\n", firmware_part_name(part), (uintmax_t)component->load,
		       (uintmax_t)component->bytes, digest);
}

static void signer_print(const struct endorsement *signer, const char *label, bool json)
{
	if (json)
		printf("  \"%s_signer\": {\"name\": \"%s\", \"serial\": %u, \"least_serial\": %u},\n", label,
		       signer->name, signer->serial, signer->serial_least);
	else
		printf("%-9s signed by %s, serial %u\n", label, signer->name, signer->serial);
}

void package_print(const struct package *package, bool json)
{
	const struct firmware *firmware = &package->firmware;

	if (json)
		printf("  \"name\": \"%s\",\n  \"version\": %u,\n  \"counter\": %u,\n"
		       "  \"loader\": {\"base\": %ju, \"bytes\": %ju},\n",
		       firmware->name, firmware->version, firmware->counter, (uintmax_t)firmware->loader_base,
		       (uintmax_t)firmware->loader_bytes);
	else
		printf("firmware  %s, version %u, counter %u\n", firmware->name, firmware->version, firmware->counter);
	signer_print(&package->firmware_signer, "firmware", json);
	if (json)
		printf("  \"components\": [\n");
	for (unsigned i = 0; i < FIRMWARE_PART_COUNT; i++)
		part_print(firmware, (enum firmware_part)i, json);
	if (json)
		printf("  ],\n");
	signer_print(&package->policy_signer, "policy", json);
	if (json)
		printf("  \"policy\": {\n");
	policy_print(&package->policy, json);
	if (json)
		printf("  }\n");
}

static void owner_print(const struct policy_owner *owner, bool json, bool last)
{
	struct public_key key;
	uint8_t digest[DIGEST_BYTES] = { 0 };
	char hex[DIGEST_TEXT_BYTES];

	for (size_t i = 0; i < sizeof(key.point); i++)
		key.point[i] = owner->key[i];
	if (public_key_digest(&key, digest) != TOOL_DONE)
		return;
	digest_print(digest, hex);
	if (json)
		printf("      {\"name\": \"%s\", \"key_sha256\": \"%s\", \"counter\": %u}%s\n", owner->name, hex,
		       owner->counter, last ? "" : ",");
	else
		printf("owner     %-31s  key %s, counter %u\n", owner->name, hex, owner->counter);
}

static void allowed_print(const struct policy_allowed *allowed, bool json, bool last)
{
	const char *role = allowed->role == HOST_ROLE_BOX ? "box" : "vm";
	char hex[DIGEST_TEXT_BYTES];

	digest_print(allowed->sha256, hex);
	if (json)
		printf("      {\"role\": \"%s\", \"name\": \"%s\", \"sha256\": \"%s\"}%s\n", role, allowed->name, hex,
		       last ? "" : ",");
	else
		printf("allow     %-3s %-27s  %s\n", role, allowed->name, hex);
}

void policy_print(const struct policy *policy, bool json)
{
	if (json)
		printf("    \"name\": \"%s\",\n    \"version\": %u,\n    \"counter\": %u,\n    \"owners\": [\n",
		       policy->name, policy->version, policy->counter);
	else
		printf("policy    %s, version %u, counter %u\n", policy->name, policy->version, policy->counter);
	for (uint32_t i = 0; i < policy->owner_count; i++)
		owner_print(&policy->owners[i], json, i + 1 == policy->owner_count);
	if (json)
		printf("    ],\n    \"allowed\": [\n");
	for (uint32_t i = 0; i < policy->allowed_count; i++)
		allowed_print(&policy->allowed[i], json, i + 1 == policy->allowed_count);
	if (json)
		printf("    ]\n");
}
