/*
 * endorsement = { 1: 1, 2: role, 3: name, 4: key, 5: serial, 6: least serial }
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/endorsement.h"

enum signed_problem endorsement_read(struct cbor *c, struct endorsement *out)
{
	signed_take_type(c, SIGNED_TYPE_ENDORSEMENT);
	cbor_take_key(c, 2);
	out->role = (enum signed_role)cbor_take_uint(c, SIGNED_ROLE_FIRMWARE, SIGNED_ROLE_END - 1);
	cbor_take_key(c, 3);
	cbor_take_text(c, out->name, sizeof(out->name));
	cbor_take_key(c, 4);
	signed_take_public_key(c, out->key);
	cbor_take_key(c, 5);
	out->serial = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	cbor_take_key(c, 6);
	out->serial_least = (uint32_t)cbor_take_uint(c, 0, out->serial);
	cbor_end_map(c);
	return cbor_end(c);
}
