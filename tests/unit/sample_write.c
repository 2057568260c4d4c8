/*
 * Signed objects and chains, written from docs/formats.md without the readers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/sample.h"

static void write_key(struct written *out, uint64_t key)
{
	write_head(out, WRITE_UINT, key);
}

static void write_pair(struct written *out, uint64_t key, uint64_t value)
{
	write_key(out, key);
	write_head(out, WRITE_UINT, value);
}

void sample_write_endorsement(struct written *out, const struct endorsement *endorsement)
{
	write_head(out, WRITE_MAP, 6);
	write_pair(out, 1, 1);
	write_pair(out, 2, endorsement->role);
	write_key(out, 3);
	write_text(out, endorsement->name);
	write_key(out, 4);
	write_bytes(out, endorsement->key, sizeof(endorsement->key));
	write_pair(out, 5, endorsement->serial);
	write_pair(out, 6, endorsement->serial_least);
}

void sample_write_firmware(struct written *out, const struct firmware *firmware)
{
	static const char *const names[] = { "monitor", "anchor", "mediator", "outer", "box", "policy" };

	write_head(out, WRITE_MAP, 6);
	write_pair(out, 1, 2);
	write_key(out, 3);
	write_text(out, firmware->name);
	write_pair(out, 5, firmware->version);
	write_pair(out, 7, firmware->counter);
	write_key(out, 8);
	write_head(out, WRITE_ARRAY, 2);
	write_head(out, WRITE_UINT, firmware->loader_base);
	write_head(out, WRITE_UINT, firmware->loader_bytes);
	write_key(out, 9);
	write_head(out, WRITE_ARRAY, 6);
	for (unsigned part = 0; part < 6; part++) {
		write_head(out, WRITE_ARRAY, 5);
		write_text(out, names[part]);
		write_head(out, WRITE_UINT, firmware->components[part].bytes);
		write_head(out, WRITE_UINT, firmware->components[part].load);
		write_head(out, WRITE_UINT, firmware->components[part].entry);
		write_bytes(out, firmware->components[part].sha256, 32);
	}
}

void sample_write_policy(struct written *out, const struct policy *policy)
{
	write_head(out, WRITE_MAP, 6);
	write_pair(out, 1, 3);
	write_key(out, 3);
	write_text(out, policy->name);
	write_pair(out, 5, policy->version);
	write_pair(out, 7, policy->counter);
	write_key(out, 10);
	write_head(out, WRITE_ARRAY, policy->owner_count);
	for (unsigned i = 0; i < policy->owner_count; i++) {
		write_head(out, WRITE_ARRAY, 3);
		write_text(out, policy->owners[i].name);
		write_bytes(out, policy->owners[i].key, 97);
		write_head(out, WRITE_UINT, policy->owners[i].counter);
	}
	write_key(out, 11);
	write_head(out, WRITE_ARRAY, policy->allowed_count);
	for (unsigned i = 0; i < policy->allowed_count; i++) {
		write_head(out, WRITE_ARRAY, 3);
		write_head(out, WRITE_UINT, policy->allowed[i].role);
		write_text(out, policy->allowed[i].name);
		write_bytes(out, policy->allowed[i].sha256, 32);
	}
}

void sample_write_signed(struct written *out, const struct sample_signed *object)
{
	write_head(out, WRITE_TAG, 18);
	write_head(out, WRITE_ARRAY, 4);
	write_bytes(out, object->protected.bytes, object->protected.count);
	write_raw(out, object->unprotected.bytes, object->unprotected.count);
	write_bytes(out, object->payload.bytes, object->payload.count);
	write_bytes(out, object->signature, 96);
}

void sample_take_parts(struct sample_signed *out, const struct cose *cose)
{
	out->protected.count = out->unprotected.count = out->payload.count = 0;
	write_raw(&out->protected, cose->protected.data, cose->protected.count);
	write_head(&out->unprotected, WRITE_MAP, 0);
	write_raw(&out->payload, cose->payload.data, cose->payload.count);
	for (size_t i = 0; i < sizeof(out->signature); i++)
		out->signature[i] = cose->signature.data[i];
}

void sample_write_chain(struct written *out, const struct sample_chain *chain)
{
	static struct written inner;

	write_head(out, WRITE_ARRAY, 3);
	write_bytes(out, chain->root, sizeof(chain->root));
	inner.count = 0;
	sample_write_signed(&inner, &chain->endorsement);
	write_bytes(out, inner.bytes, inner.count);
	inner.count = 0;
	sample_write_signed(&inner, &chain->object);
	write_bytes(out, inner.bytes, inner.count);
}
