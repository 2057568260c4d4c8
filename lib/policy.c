/*
 * policy = { 1: 3, 3: name, 5: version, 7: security counter, 10: [ 0*8 owner ], 11: [ 0*24 allowed ] }
 * owner = [ name, key, counter ]; allowed = [ role, name, sha256 ]
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/policy.h"
#include "abi/host.h"

static void owner_take(struct cbor *c, struct policy_owner *out)
{
	cbor_take_array(c, 3, 3);
	cbor_take_text(c, out->name, sizeof(out->name));
	signed_take_public_key(c, out->key);
	out->counter = (uint32_t)cbor_take_uint(c, 0, UINT32_MAX);
}

static void allowed_take(struct cbor *c, struct policy_allowed *out)
{
	cbor_take_array(c, 3, 3);
	out->role = (uint32_t)cbor_take_uint(c, HOST_ROLE_BOX, HOST_ROLE_VM);
	cbor_take_text(c, out->name, sizeof(out->name));
	cbor_copy_bytes(c, out->sha256, sizeof(out->sha256));
}

enum signed_problem policy_read(struct cbor *c, struct policy *out)
{
	signed_take_type(c, SIGNED_TYPE_POLICY);
	cbor_take_key(c, 3);
	cbor_take_text(c, out->name, sizeof(out->name));
	cbor_take_key(c, 5);
	out->version = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 7);
	out->counter = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 10);
	out->owner_count = (uint32_t)cbor_take_array(c, 0, POLICY_OWNER_MAX);
	for (unsigned i = 0; i < out->owner_count; i++)
		owner_take(c, &out->owners[i]);
	cbor_take_key(c, 11);
	out->allowed_count = (uint32_t)cbor_take_array(c, 0, POLICY_ALLOWED_MAX);
	for (unsigned i = 0; i < out->allowed_count; i++)
		allowed_take(c, &out->allowed[i]);
	cbor_end_map(c);
	return cbor_end(c);
}
