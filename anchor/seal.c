/*
 * Decides what is sealed and what opens. A refusal that the head of a blob is enough for comes before any key is made.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/seal.h"
#include "abi/anchor.h"
#include "abi/seal.h"
#include "anchor/keys.h"
#include "anchor/random.h"
#include "anchor/room.h"
#include "anchor/state.h"
#include "crypto/gcm.h"
#include "lib/addr.h"
#include "lib/memory.h"

#define HEAD_BYTES offsetof(struct anchor_seal, tag)

static uint32_t running_counter;
/* The caller's page while a call lasts; zero between calls. */
static struct anchor_seal blob;

void seal_init(uint32_t security_counter)
{
	running_counter = security_counter;
}

static bool is_well_formed(void)
{
	return blob.magic == SEAL_MAGIC && blob.version == SEAL_VERSION &&
	       (blob.mode == SEAL_MODE_SIGNER || blob.mode == SEAL_MODE_EXACT) &&
	       (blob.counter == SEAL_COUNTER_NONE || blob.counter < STATE_COUNTER_MAX);
}

/* 0 if the head stands against nothing; else why the blob is refused. */
static uint64_t head_refuse(bool is_open)
{
	if (!is_well_formed())
		return ANCHOR_SEAL_MALFORMED;
	if (blob.bytes > SEAL_DATA_MAX)
		return ANCHOR_SEAL_TOO_LARGE;
	if (is_open && blob.mode == SEAL_MODE_SIGNER && blob.security_counter > running_counter)
		return ANCHOR_SEAL_VERSION;
	if (is_open && blob.mode == SEAL_MODE_EXACT && !hash_is_equal(blob.measurement, log_digest()))
		return ANCHOR_SEAL_MEASUREMENT;
	if (blob.counter == SEAL_COUNTER_NONE)
		return 0;

	uint64_t now = state_get()->counters[blob.counter];

	if (now > blob.counter_value)
		return ANCHOR_SEAL_REPLAYED;
	return is_open && now < blob.counter_value ? ANCHOR_SEAL_EARLY : 0;
}

static enum status head_fill(void)
{
	blob.security_counter = running_counter;
	memset(blob.measurement, 0, sizeof(blob.measurement));
	if (blob.mode == SEAL_MODE_EXACT)
		memcpy(blob.measurement, log_digest(), sizeof(blob.measurement));
	return random_make(blob.nonce, sizeof(blob.nonce));
}

/* The data, sealed or opened in place. */
static enum status data_turn(bool is_open)
{
	uint8_t key[KEYS_BYTES];
	struct gcm_message message = { key, blob.nonce, { &blob, HEAD_BYTES }, blob.bytes };
	enum status status = keys_seal(blob.mode, blob.security_counter, log_digest(), key);

	if (status == OK)
		status = is_open ? gcm_open(&message, blob.tag, blob.data, blob.data) :
				   gcm_seal(&message, blob.data, blob.data, blob.tag);
	memory_wipe(key, sizeof(key));
	return status;
}

static int64_t blob_turn(bool is_open, uint64_t *out)
{
	uint64_t reason = head_refuse(is_open);

	if (reason == 0 && !is_open && (head_fill() != OK || data_turn(is_open) != OK))
		return ANCHOR_ERR_STATE;
	if (reason == 0 && is_open && data_turn(is_open) != OK)
		reason = ANCHOR_SEAL_ALTERED;
	if (reason == 0)
		return ANCHOR_OK;
	*out = reason;
	return ANCHOR_ERR_SEAL;
}

static int64_t page_turn(uint64_t pa, bool is_open, uint64_t *out)
{
	void *page = (void *)(uintptr_t)pa;

	if (!is_aligned(pa, GRANULE_BYTES) || !memory_is_loader(pa, GRANULE_BYTES))
		return ANCHOR_ERR_ARGS;
	memcpy(&blob, page, sizeof(blob));

	int64_t result = blob_turn(is_open, out);

	if (result == ANCHOR_OK) {
		memcpy(page, &blob, SEAL_BLOB_BYTES(blob.bytes));
		*out = is_open ? blob.bytes : SEAL_BLOB_BYTES(blob.bytes);
	}
	memory_wipe(&blob, sizeof(blob));
	return result;
}

int64_t seal_make(uint64_t pa, uint64_t *out)
{
	return page_turn(pa, false, out);
}

int64_t seal_open(uint64_t pa, uint64_t *out)
{
	return page_turn(pa, true, out);
}
