/*
 * The form of docs/formats.md, "Attestation tokens", once more.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/attestation_write.h"

static void key_write(struct written *out, int64_t key)
{
	write_head(out, key < 0 ? WRITE_NEGATIVE : WRITE_UINT, key < 0 ? (uint64_t)(-1 - key) : (uint64_t)key);
}

static void number_write(struct written *out, int64_t key, uint64_t number)
{
	key_write(out, key);
	write_head(out, WRITE_UINT, number);
}

static void bytes_write(struct written *out, int64_t key, const void *bytes, size_t count)
{
	key_write(out, key);
	write_bytes(out, bytes, count);
}

static void text_write(struct written *out, int64_t key, const char *text)
{
	key_write(out, key);
	write_text(out, text);
}

static void config_write(struct written *out, const struct attestation_token *token)
{
	static struct written config;
	const uint32_t numbers[] = { token->slot, token->trial, token->version, token->counter, token->policy_counter };

	config.count = 0;
	write_head(&config, WRITE_MAP, 5);
	for (int64_t i = 0; i < 5; i++)
		number_write(&config, i + 1, numbers[i]);
	bytes_write(out, 2401, config.bytes, config.count);
}

static void platform_write(struct written *out, const struct attestation_token *token)
{
	write_head(out, WRITE_MAP, 8);
	bytes_write(out, 10, token->binding, sizeof(token->binding));
	bytes_write(out, 256, token->instance, sizeof(token->instance));
	text_write(out, 265, "tag:redoubt.invalid,2026:platform#1");
	number_write(out, 2395, token->lifecycle);
	bytes_write(out, 2396, token->implementation, sizeof(token->implementation));
	key_write(out, 2399);
	write_head(out, WRITE_ARRAY, token->component_count);
	for (uint32_t i = 0; i < token->component_count; i++) {
		write_head(out, WRITE_MAP, 3);
		text_write(out, 1, token->components[i].name);
		bytes_write(out, 2, token->components[i].sha256, 32);
		bytes_write(out, 5, token->components[i].signer, 32);
	}
	config_write(out, token);
	text_write(out, 2402, "sha-256");
}

static void realm_key_write(struct written *out, const struct attestation_token *token)
{
	static struct written key;

	key.count = 0;
	write_head(&key, WRITE_MAP, 4);
	number_write(&key, 1, 2);
	number_write(&key, -1, 2);
	bytes_write(&key, -2, token->realm_key.point + 1, 48);
	bytes_write(&key, -3, token->realm_key.point + 49, 48);
	bytes_write(out, 44237, key.bytes, key.count);
}

static void realm_write(struct written *out, const struct attestation_token *token)
{
	static const uint8_t zeros[64];

	write_head(out, WRITE_MAP, token->has_owner ? 12 : 10);
	bytes_write(out, 10, token->challenge, sizeof(token->challenge));
	text_write(out, 265, "tag:redoubt.invalid,2026:realm#1");
	bytes_write(out, 44235, zeros, sizeof(zeros));
	text_write(out, 44236, "sha-256");
	realm_key_write(out, token);
	bytes_write(out, 44238, token->measurement, sizeof(token->measurement));
	key_write(out, 44239);
	write_head(out, WRITE_ARRAY, 4);
	for (unsigned i = 0; i < 4; i++)
		write_bytes(out, token->extensible[i], 32);
	text_write(out, 44240, "sha-256");
	bytes_write(out, -70001, token->box, sizeof(token->box));
	number_write(out, -70002, token->class);
	if (!token->has_owner)
		return;
	bytes_write(out, -70003, token->owner, sizeof(token->owner));
	number_write(out, -70004, token->image_counter);
}

static void part_write(struct written *out, int64_t key, const struct written *payload, const uint8_t signature[96])
{
	static struct written part;
	static const uint8_t header[] = { 0xa1, 0x01, 0x38, 0x22 };

	part.count = 0;
	write_head(&part, WRITE_TAG, 18);
	write_head(&part, WRITE_ARRAY, 4);
	write_bytes(&part, header, sizeof(header));
	write_head(&part, WRITE_MAP, 0);
	write_bytes(&part, payload->bytes, payload->count);
	write_bytes(&part, signature, 96);
	bytes_write(out, key, part.bytes, part.count);
}

void attestation_write(struct written *out, const struct attestation_token *token)
{
	static struct written payload;

	out->count = 0;
	write_head(out, WRITE_TAG, 399);
	write_head(out, WRITE_MAP, 2);
	payload.count = 0;
	platform_write(&payload, token);
	part_write(out, 44234, &payload, token->platform.signature);
	payload.count = 0;
	realm_write(&payload, token);
	part_write(out, 44241, &payload, token->realm.signature);
}
