/*
 * Attestation tokens: decides whose part is signed next, with which key, and what is answered meanwhile.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/token.h"
#include "abi/anchor.h"
#include "abi/token.h"
#include "anchor/claims.h"
#include "anchor/keys.h"
#include "crypto/signing.h"
#include "lib/addr.h"
#include "lib/memory.h"

/* Who may ask, and what it asked last. */
struct place {
	enum { PLACE_FREE, PLACE_WAITS, PLACE_SIGNED } state;
	uint8_t request[HASH_BYTES];			/* SHA-256 of it */
	union {
		uint8_t digest[SIGNING_DIGEST_BYTES];		/* waits: what is to be signed */
		uint8_t signature[SIGNED_SIGNATURE_BYTES];
	};
};

/* What is made, in this order; the last one over and over. */
enum stage { STAGE_PLATFORM_KEY, STAGE_REALM_KEY, STAGE_CLAIMS, STAGE_DIGEST, STAGE_PLATFORM, STAGE_REALM };

static struct place places[ANCHOR_TOKEN_PLACES];
static enum stage stage;
static bool is_begun;			/* it is under way */
static unsigned turn;			/* the place whose turn it is, or was last */
static struct claims_keys keys;
static const struct boot_info *boot;

_Static_assert(CLAIMS_PLATFORM_MAX + CLAIMS_REALM_MAX + 64 <= TOKEN_BYTES_MAX, "two parts, and the heads around them, fit");

static uint8_t platform_bytes[CLAIMS_PLATFORM_MAX], realm_bytes[CLAIMS_REALM_MAX], token_bytes[TOKEN_BYTES_MAX];
static struct cbor_writer platform;
static uint8_t platform_digest[SIGNING_DIGEST_BYTES];

void token_init(const struct boot_info *boot_info)
{
	boot = boot_info;
}

/* --- one stage --- */

/* The next place that waits, after the one whose turn it was. */
static struct place *turn_next(void)
{
	for (unsigned i = 1; i <= ARRAY_COUNT(places); i++) {
		unsigned next = (turn + i) % ARRAY_COUNT(places);

		if (places[next].state != PLACE_WAITS)
			continue;
		turn = next;
		return &places[next];
	}
	return NULL;
}

/* What the platform says, and the digest of it: each takes nearly as long as a step may. */
static enum status platform_make(void)
{
	enum status status;

	if (stage == STAGE_CLAIMS) {
		platform = (struct cbor_writer){ .bytes = platform_bytes, .capacity = sizeof(platform_bytes) };
		status = claims_platform(&platform, boot, &keys);
	} else {
		status = claims_digest(&platform, platform_digest);
	}
	if (status == OK)
		stage++;
	return status;
}

static enum status stage_begin(void)
{
	bool is_key = stage == STAGE_PLATFORM_KEY || stage == STAGE_REALM_KEY;
	bool is_platform = stage == STAGE_PLATFORM_KEY || stage == STAGE_PLATFORM;
	const struct place *place = stage == STAGE_REALM ? turn_next() : NULL;
	uint8_t seed[SIGNING_SEED_BYTES];
	enum status status;

	if (stage == STAGE_CLAIMS || stage == STAGE_DIGEST)
		return platform_make();
	if (stage == STAGE_REALM && place == NULL)
		return ERR_STATE;
	status = is_platform ? keys_attestation(seed) : keys_realm(log_digest(), seed);
	if (status == OK && is_key)
		public_begin(seed);
	else if (status == OK)
		signing_begin(seed, place != NULL ? place->digest : platform_digest);
	memory_wipe(seed, sizeof(seed));
	is_begun = status == OK;
	return status;
}

/* It is made. */
static void stage_end(const uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	if (stage == STAGE_REALM) {
		memcpy(places[turn].signature, signature, sizeof(places[turn].signature));
		places[turn].state = PLACE_SIGNED;
		return;
	}
	if (stage == STAGE_PLATFORM)
		claims_sign(&platform, signature);
	stage++;
}

/* A bounded step of what is made now. A part that fails is begun anew, after those of all others that wait. */
static int64_t step(void)
{
	uint8_t signature[SIGNED_SIGNATURE_BYTES];
	enum status status;

	if (!is_begun)
		return stage_begin() == OK ? ANCHOR_INCOMPLETE : ANCHOR_ERR_STATE;
	if (stage == STAGE_PLATFORM_KEY)
		status = public_step(keys.platform);
	else if (stage == STAGE_REALM_KEY)
		status = public_step(keys.realm);
	else
		status = signing_step(signature);
	if (status == ERR_BUSY)
		return ANCHOR_INCOMPLETE;
	is_begun = false;
	if (status != OK)
		return ANCHOR_ERR_STATE;
	stage_end(signature);
	return ANCHOR_INCOMPLETE;
}

/* --- one request --- */

/* Something else than this place asked before: that is forgotten, and what is signed of it too. */
static int64_t request_take(struct place *place, const struct token_request *request, const uint8_t sha256[HASH_BYTES])
{
	struct cbor_writer part = { .bytes = realm_bytes, .capacity = sizeof(realm_bytes) };

	if (is_begun && place == &places[turn]) {
		signing_forget();
		is_begun = false;
	}
	place->state = PLACE_FREE;
	claims_realm(&part, request, &keys);
	if (claims_digest(&part, place->digest) != OK)
		return ANCHOR_ERR_STATE;
	memcpy(place->request, sha256, sizeof(place->request));
	place->state = PLACE_WAITS;
	return ANCHOR_INCOMPLETE;
}

/* The bytes of the token that its VM does not have yet, as many as it has room for. */
static int64_t token_copy(struct call *call, const struct token_request *request, const struct place *place)
{
	uint64_t to = call->x[2], bytes = call->x[3], had = call->x[4];
	struct cbor_writer part = { .bytes = realm_bytes, .capacity = sizeof(realm_bytes) };
	struct cbor_writer token = { .bytes = token_bytes, .capacity = sizeof(token_bytes) };

	claims_realm(&part, request, &keys);
	claims_sign(&part, place->signature);
	claims_token(&token, &platform, &part);
	if (had > token.count)
		return ANCHOR_ERR_ARGS;
	if (bytes > token.count - had)
		bytes = token.count - had;
	memcpy((void *)(uintptr_t)to, token_bytes + had, bytes);
	call->x[1] = bytes;
	call->x[2] = token.count;
	return ANCHOR_OK;
}

static bool is_part_of_a_granule(uint64_t pa, uint64_t bytes)
{
	return bytes <= GRANULE_BYTES - (pa & (GRANULE_BYTES - 1)) && memory_is_domain(pa, bytes);
}

int64_t token_call(struct call *call)
{
	static struct token_request request;
	uint64_t pa = call->x[1], index = call->x[5];
	const struct hash_piece piece = { &request, sizeof(request) };
	uint8_t sha256[HASH_BYTES];
	struct place *place;

	if (!is_aligned(pa, sizeof(uint64_t)) || !memory_is_ram(pa, sizeof(request)) || index >= ARRAY_COUNT(places) ||
	    !is_part_of_a_granule(call->x[2], call->x[3]))
		return ANCHOR_ERR_ARGS;
	/* What is signed, and what is answered for it, is the copy. */
	memcpy(&request, (const void *)(uintptr_t)pa, sizeof(request));
	if (stage != STAGE_REALM)
		return step();
	if (hash_sha256(&piece, 1, sha256) != OK)
		return ANCHOR_ERR_STATE;
	place = &places[index];
	if (place->state == PLACE_FREE || !hash_is_equal(place->request, sha256))
		return request_take(place, &request, sha256);
	return place->state == PLACE_SIGNED ? token_copy(call, &request, place) : step();
}
