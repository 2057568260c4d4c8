/*
 * Secrets of VMs: decides which version of its secret a VM gets.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "anchor/keys.h"
#include "anchor/room.h"
#include "crypto/hash.h"
#include "lib/memory.h"

/* An update of a VM has what older ones had; never the other way round. */
int64_t secret_call(struct call *call)
{
	uint64_t version = call->x[5];
	uint8_t identity[HASH_BYTES], secret[KEYS_BYTES];
	enum status status;

	if (version == 0 || version > (uint32_t)call->x[6])
		return ANCHOR_ERR_DENIED;
	memcpy(identity, &call->x[1], sizeof(identity));
	status = keys_vm(identity, (uint32_t)version, secret);
	if (status == OK)
		memcpy(&call->x[1], secret, sizeof(secret));
	memory_wipe(secret, sizeof(secret));
	return status == OK ? ANCHOR_OK : ANCHOR_ERR_DENIED;
}
