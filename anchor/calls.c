/*
 * Anchor calls: one table; each call is decoded, checked, then done.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/room.h"
#include "abi/anchor.h"
#include "anchor/image.h"
#include "anchor/recheck.h"
#include "anchor/seal.h"
#include "anchor/token.h"
#include "anchor/trial.h"
#include "anchor/update.h"
#include "crypto/hash.h"
#include "lib/addr.h"
#include "lib/memory.h"

static int64_t version(struct call *call)
{
	call->x[1] = ANCHOR_VERSION_1_0;
	return ANCHOR_OK;
}

static int64_t measurement_read(struct call *call)
{
	struct boot_measurement entry;

	if (log_read(call->x[1], &entry) != OK)
		return ANCHOR_ERR_NOT_FOUND;
	memcpy(&call->x[1], entry.name, sizeof(entry.name));
	memcpy(&call->x[3], entry.sha256, sizeof(entry.sha256));
	return ANCHOR_OK;
}

/* Hash @pieces into x1..x4. */
static int64_t chain_return(struct call *call, const struct hash_piece *pieces, size_t count)
{
	uint8_t chain[HASH_BYTES];

	if (hash_sha256(pieces, count, chain) != OK)
		return ANCHOR_ERR_ARGS;
	memcpy(&call->x[1], chain, sizeof(chain));
	return ANCHOR_OK;
}

static int64_t hash_init(struct call *call)
{
	static const struct hash_piece tags[] = {
		[ANCHOR_CHAIN_BOX] = { ANCHOR_CHAIN_TAG_BOX, sizeof(ANCHOR_CHAIN_TAG_BOX) - 1 },
		[ANCHOR_CHAIN_VM] = { ANCHOR_CHAIN_TAG_VM, sizeof(ANCHOR_CHAIN_TAG_VM) - 1 },
	};

	if (call->x[1] >= ARRAY_COUNT(tags))
		return ANCHOR_ERR_ARGS;
	return chain_return(call, &tags[call->x[1]], 1);
}

static int64_t hash_extend(struct call *call)
{
	uint64_t pa = call->x[1], address = call->x[2];
	uint8_t granule[HASH_BYTES];
	struct hash_piece content = { (const void *)(uintptr_t)pa, GRANULE_BYTES };
	struct hash_piece link[] = {
		{ &call->x[3], HASH_BYTES },
		{ &address, sizeof(address) },
		{ granule, sizeof(granule) },
	};

	if (!is_aligned(pa | address, GRANULE_BYTES) || !memory_is_ram(pa, GRANULE_BYTES))
		return ANCHOR_ERR_ARGS;
	if (hash_sha256(&content, 1, granule) != OK)
		return ANCHOR_ERR_ARGS;
	return chain_return(call, link, ARRAY_COUNT(link));
}

static int64_t hash_final(struct call *call)
{
	uint64_t pa = call->x[1], bytes = call->x[2];
	struct hash_piece link[] = {
		{ &call->x[3], HASH_BYTES }, { (const void *)(uintptr_t)pa, bytes },
	};

	if (bytes > GRANULE_BYTES || !memory_is_ram(pa, bytes))
		return ANCHOR_ERR_ARGS;
	return chain_return(call, link, ARRAY_COUNT(link));
}

static int64_t recheck(struct call *call)
{
	uint64_t done = call->x[1], all;

	switch (recheck_step(&done, &all)) {
	case OK:
		call->x[1] = done;
		call->x[2] = all;
		return done < all ? ANCHOR_INCOMPLETE : ANCHOR_OK;
	case ERR_AUTH:
		call->x[1] = done;
		return ANCHOR_ERR_ALTERED;
	default:
		return ANCHOR_ERR_ARGS;
	}
}

static int64_t seal(struct call *call)
{
	return seal_make(call->x[1], &call->x[1]);
}

static int64_t unseal(struct call *call)
{
	return seal_open(call->x[1], &call->x[1]);
}

static int64_t (*const calls[ANCHOR_CALL_END - ANCHOR_CALL_BASE])(struct call *call) = {
	[ANCHOR_VERSION - ANCHOR_CALL_BASE] = version,
	[ANCHOR_MEASUREMENT_READ - ANCHOR_CALL_BASE] = measurement_read,
	[ANCHOR_HASH_INIT - ANCHOR_CALL_BASE] = hash_init,
	[ANCHOR_HASH_EXTEND - ANCHOR_CALL_BASE] = hash_extend,
	[ANCHOR_HASH_FINAL - ANCHOR_CALL_BASE] = hash_final,
	[ANCHOR_IMAGE_CHUNK - ANCHOR_CALL_BASE] = image_chunk,
	[ANCHOR_IMAGE_CHECK - ANCHOR_CALL_BASE] = image_check,
	[ANCHOR_IMAGE_CLOSE - ANCHOR_CALL_BASE] = image_end,
	[ANCHOR_TOKEN - ANCHOR_CALL_BASE] = token_call,
	[ANCHOR_SECRET - ANCHOR_CALL_BASE] = secret_call,
	[ANCHOR_COUNTER_READ - ANCHOR_CALL_BASE] = counters_read,
	[ANCHOR_COUNTER_RAISE - ANCHOR_CALL_BASE] = counters_raise,
	[ANCHOR_RECHECK - ANCHOR_CALL_BASE] = recheck,
	[ANCHOR_SEAL - ANCHOR_CALL_BASE] = seal,
	[ANCHOR_UNSEAL - ANCHOR_CALL_BASE] = unseal,
	[ANCHOR_RANDOM - ANCHOR_CALL_BASE] = random_call,
	[ANCHOR_UPDATE_BEGIN - ANCHOR_CALL_BASE] = update_begin,
	[ANCHOR_UPDATE_STEP - ANCHOR_CALL_BASE] = update_step,
	[ANCHOR_UPDATE_TRY - ANCHOR_CALL_BASE] = trial_order,
	[ANCHOR_UPDATE_CONFIRM - ANCHOR_CALL_BASE] = trial_confirm,
	[ANCHOR_UPDATE_REVERT - ANCHOR_CALL_BASE] = update_revert,
	[ANCHOR_UPDATE_STATUS - ANCHOR_CALL_BASE] = trial_status,
	[ANCHOR_IMAGE_BEGIN - ANCHOR_CALL_BASE] = image_begin,
	[ANCHOR_IMAGE_STEP - ANCHOR_CALL_BASE] = image_step,
};

void calls_dispatch(struct call *call)
{
	uint32_t index = (uint32_t)call->x[0] - ANCHOR_CALL_BASE;

	if (index < ARRAY_COUNT(calls) && calls[index] != NULL)
		call->x[0] = (uint64_t)calls[index](call);
	else
		call->x[0] = (uint64_t)ANCHOR_NOT_SUPPORTED;
}
