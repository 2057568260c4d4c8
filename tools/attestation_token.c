/*
 * Reads tokens. Decides what belongs to each part: every claim is there exactly once, in the order of its encoded key.
 * What the readers of signed objects have no items for (tag 399, negative keys, texts with other characters) is
 * compared with the bytes that a deterministic encoder makes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/attestation_token.h"
#include <string.h>
#include "lib/cose.h"

/* 399({44234: */
static const uint8_t token_start[] = { 0xd9, 0x01, 0x8f, 0xa2, 0x19, 0xac, 0xca };
_Static_assert(TOKEN_TAG == 0x018f && TOKEN_PLATFORM == 0xacca, "the start of a token");
static const uint8_t realm_start[] = { 0x19, 0xac, 0xd1 };
_Static_assert(TOKEN_REALM == 0xacd1, "the key of the realm part");

static const uint8_t key_box[] = { 0x3a, 0x00, 0x01, 0x11, 0x70 };
static const uint8_t key_class[] = { 0x3a, 0x00, 0x01, 0x11, 0x71 };
static const uint8_t key_owner[] = { 0x3a, 0x00, 0x01, 0x11, 0x72 };
static const uint8_t key_counter[] = { 0x3a, 0x00, 0x01, 0x11, 0x73 };
_Static_assert(-1 - 0x11170 == TOKEN_BOX && -1 - 0x11173 == TOKEN_COUNTER, "negative keys");

/* {1: 2, -1: and {..., -2:, -3: of a COSE_Key with a point (RFC 9053, section 7.1.1). */
static const uint8_t cose_key_start[] = { 0xa4, 0x01, 0x02, 0x20 };
static const uint8_t cose_key_x[] = { 0x21 }, cose_key_y[] = { 0x22 };
#define CURVE_P384		2

/* First byte of a text: its length with it, or in the byte behind it (RFC 8949, section 3). */
#define TEXT_SHORT		0x60
#define TEXT_LONG		0x78
#define TEXT_MAX		64
_Static_assert(sizeof(TOKEN_PROFILE_PLATFORM) <= TEXT_MAX && sizeof(TOKEN_PROFILE_REALM) <= TEXT_MAX, "texts have room");

#define COORDINATE_BYTES	48

#define PLATFORM_CLAIMS		8
#define REALM_CLAIMS		10	/* of a VM that is not from an image */
#define REALM_IMAGE_CLAIMS	12

#define INSTANCE_TYPE		1	/* an EAT's UEID of random bytes (RFC 9711, section 4.2.1.1) */

/* What is being read: the cursor's problem, or one that says more. */
struct reading {
	enum attestation_problem problem;
	const uint8_t *at;
};

static void reading_fail(struct reading *reading, struct cbor *c, const uint8_t *at, enum attestation_problem problem)
{
	if (c->problem != SIGNED_OK || reading->problem != ATTESTATION_OK)
		return;
	reading->problem = problem;
	reading->at = at;
	/* Nothing more is taken. */
	cbor_fail(c, at, SIGNED_SHAPE);
}

/* Bytes of the text that is next, head and all; 0 if there is none, or its head is longer than it needs to be. */
static size_t text_bytes(const struct cbor *c)
{
	size_t there = c->problem == SIGNED_OK ? (size_t)(c->end - c->at) : 0;
	size_t count = there > 0 && c->at[0] >= TEXT_SHORT && c->at[0] < TEXT_LONG ? 1u + c->at[0] - TEXT_SHORT :
		       there > 1 && c->at[0] == TEXT_LONG && c->at[1] >= TEXT_LONG - TEXT_SHORT ? 2u + c->at[1] : 0;

	return count <= there ? count : 0;
}

/* A text that has to be this one; any other is @problem. */
static void text_take(struct reading *reading, struct cbor *c, const char *text, enum attestation_problem problem)
{
	size_t count = strlen(text), head = count < TEXT_LONG - TEXT_SHORT ? 1 : 2, found = text_bytes(c);
	uint8_t wanted[2 + TEXT_MAX] = { (uint8_t)(head == 1 ? TEXT_SHORT + count : TEXT_LONG), (uint8_t)count };

	memcpy(wanted + head, text, count);
	if (found > 0 && (found != head + count || memcmp(c->at, wanted, found) != 0))
		reading_fail(reading, c, c->at, problem);
	if (c->problem == SIGNED_OK)
		cbor_take_literal(c, wanted, head + count);
}

/* A map inside another one: the cursor knows one at a time. */
static struct cbor map_open(struct cbor *c, uint64_t keys)
{
	struct cbor outer = *c;

	cbor_take_map(c);
	if (c->problem == SIGNED_OK && c->keys_left != keys)
		cbor_fail(c, outer.at, SIGNED_SHAPE);
	return outer;
}

static void map_close(struct cbor *c, const struct cbor *outer)
{
	cbor_end_map(c);
	c->keys_left = outer->keys_left;
	c->key_least = outer->key_least;
}

static void component_take(struct cbor *c, struct attestation_component *out)
{
	struct cbor outer = map_open(c, 3);

	cbor_take_key(c, TOKEN_COMPONENT_NAME);
	cbor_take_text(c, out->name, sizeof(out->name));
	cbor_take_key(c, TOKEN_COMPONENT_DIGEST);
	cbor_copy_bytes(c, out->sha256, sizeof(out->sha256));
	cbor_take_key(c, TOKEN_COMPONENT_SIGNER);
	cbor_copy_bytes(c, out->signer, sizeof(out->signer));
	map_close(c, &outer);
}

/* CBOR in a byte string. Its problem is the outer cursor's, unless there is one that says more. */
static void inner_end(struct cbor *c, struct cbor *inner)
{
	cbor_end(inner);
	cbor_fail(c, inner->at, inner->problem);
}

static uint32_t number_take(struct cbor *c, uint64_t key)
{
	cbor_take_key(c, key);
	return (uint32_t)cbor_take_uint(c, 0, UINT32_MAX);
}

static void config_take(struct cbor *c, struct attestation_token *out)
{
	struct cbor_bytes bytes = cbor_take_bytes(c, 1, SIZE_MAX);

	if (c->problem != SIGNED_OK)
		return;

	struct cbor inner = cbor_open(bytes.data, bytes.count);

	(void)map_open(&inner, 5);
	out->slot = number_take(&inner, TOKEN_CONFIG_SLOT);
	cbor_take_key(&inner, TOKEN_CONFIG_TRIAL);
	out->trial = (uint32_t)cbor_take_uint(&inner, 0, 1);
	out->version = number_take(&inner, TOKEN_CONFIG_VERSION);
	out->counter = number_take(&inner, TOKEN_CONFIG_COUNTER);
	out->policy_counter = number_take(&inner, TOKEN_CONFIG_POLICY_COUNTER);
	cbor_end_map(&inner);
	inner_end(c, &inner);
}

static void platform_read(struct reading *reading, struct cbor *c, struct attestation_token *out)
{
	(void)map_open(c, PLATFORM_CLAIMS);
	cbor_take_key(c, TOKEN_CHALLENGE);
	cbor_copy_bytes(c, out->binding, sizeof(out->binding));
	cbor_take_key(c, TOKEN_INSTANCE);
	cbor_copy_bytes(c, out->instance, sizeof(out->instance));
	cbor_take_key(c, TOKEN_PROFILE);
	text_take(reading, c, TOKEN_PROFILE_PLATFORM, ATTESTATION_PROFILE);
	cbor_take_key(c, TOKEN_LIFECYCLE);
	out->lifecycle = (uint32_t)cbor_take_uint(c, 0, UINT16_MAX);
	cbor_take_key(c, TOKEN_IMPLEMENTATION);
	cbor_copy_bytes(c, out->implementation, sizeof(out->implementation));
	cbor_take_key(c, TOKEN_COMPONENTS);
	out->component_count = (uint32_t)cbor_take_array(c, 1, ATTESTATION_COMPONENTS_MAX);
	for (uint32_t i = 0; i < out->component_count && c->problem == SIGNED_OK; i++)
		component_take(c, &out->components[i]);
	cbor_take_key(c, TOKEN_CONFIG);
	config_take(c, out);
	cbor_take_key(c, TOKEN_HASH);
	text_take(reading, c, TOKEN_HASH_NAME, ATTESTATION_HASH);
	cbor_end_map(c);
	cbor_end(c);
}

static void realm_key_take(struct reading *reading, struct cbor *c, struct attestation_token *out)
{
	out->realm_key_claim = cbor_take_bytes(c, 1, SIZE_MAX);
	if (c->problem != SIGNED_OK)
		return;

	struct cbor inner = cbor_open(out->realm_key_claim.data, out->realm_key_claim.count);
	const uint8_t *curve;

	cbor_take_literal(&inner, cose_key_start, sizeof(cose_key_start));
	curve = inner.at;
	if (cbor_take_uint(&inner, 0, UINT64_MAX) != CURVE_P384)
		reading_fail(reading, &inner, curve, ATTESTATION_CURVE);
	out->realm_key.point[0] = 4;
	cbor_take_literal(&inner, cose_key_x, sizeof(cose_key_x));
	cbor_copy_bytes(&inner, out->realm_key.point + 1, COORDINATE_BYTES);
	cbor_take_literal(&inner, cose_key_y, sizeof(cose_key_y));
	cbor_copy_bytes(&inner, out->realm_key.point + 1 + COORDINATE_BYTES, COORDINATE_BYTES);
	inner_end(c, &inner);
	if (c->problem == SIGNED_OK && !public_key_is_valid(&out->realm_key))
		reading_fail(reading, c, out->realm_key_claim.data, ATTESTATION_CURVE);
}

/* The next key, one of ours, which is negative: as its bytes. */
static void own_key_take(struct cbor *c, const uint8_t key[5])
{
	cbor_take_literal(c, key, 5);
	if (c->problem == SIGNED_OK)
		c->keys_left--;
}

static void own_claims_take(struct cbor *c, struct attestation_token *out)
{
	own_key_take(c, key_box);
	cbor_copy_bytes(c, out->box, sizeof(out->box));
	own_key_take(c, key_class);
	out->class = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
	out->has_owner = c->problem == SIGNED_OK && c->keys_left != 0;
	if (!out->has_owner)
		return;
	own_key_take(c, key_owner);
	cbor_copy_bytes(c, out->owner, sizeof(out->owner));
	own_key_take(c, key_counter);
	out->image_counter = (uint32_t)cbor_take_uint(c, 1, UINT32_MAX);
}

/* Nothing personalizes a VM: 64 zeros. */
static void personalization_take(struct cbor *c)
{
	const uint8_t *item = c->at;
	uint8_t bytes[ATTESTATION_CHALLENGE_BYTES] = { 0 };

	cbor_copy_bytes(c, bytes, sizeof(bytes));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		if (bytes[i] != 0)
			cbor_fail(c, item, SIGNED_RANGE);
	}
}

static void realm_read(struct reading *reading, struct cbor *c, struct attestation_token *out)
{
	const uint8_t *start = c->at;

	cbor_take_map(c);
	if (c->keys_left != REALM_CLAIMS && c->keys_left != REALM_IMAGE_CLAIMS)
		cbor_fail(c, start, SIGNED_SHAPE);
	cbor_take_key(c, TOKEN_CHALLENGE);
	cbor_copy_bytes(c, out->challenge, sizeof(out->challenge));
	cbor_take_key(c, TOKEN_PROFILE);
	text_take(reading, c, TOKEN_PROFILE_REALM, ATTESTATION_PROFILE);
	cbor_take_key(c, TOKEN_PERSONALIZATION);
	personalization_take(c);
	cbor_take_key(c, TOKEN_REALM_HASH);
	text_take(reading, c, TOKEN_HASH_NAME, ATTESTATION_HASH);
	cbor_take_key(c, TOKEN_REALM_KEY);
	realm_key_take(reading, c, out);
	cbor_take_key(c, TOKEN_MEASUREMENT);
	cbor_copy_bytes(c, out->measurement, sizeof(out->measurement));
	cbor_take_key(c, TOKEN_EXTENSIBLE);
	cbor_take_array(c, TOKEN_EXTENSIBLE_COUNT, TOKEN_EXTENSIBLE_COUNT);
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++)
		cbor_copy_bytes(c, out->extensible[i], sizeof(out->extensible[i]));
	cbor_take_key(c, TOKEN_REALM_KEY_HASH);
	text_take(reading, c, TOKEN_HASH_NAME, ATTESTATION_HASH);
	own_claims_take(c, out);
	cbor_end(c);
}

/* A COSE_Sign1 in a byte string. Its algorithm is looked at before the size of its signature, which depends on it. */
static struct cbor part_take(struct reading *reading, struct cbor *c, struct attestation_part *out)
{
	struct cbor_bytes bytes = cbor_take_bytes(c, 1, SIZE_MAX);
	struct cose cose = { .protected = { NULL, 0 } };

	if (c->problem != SIGNED_OK)
		return *c;

	struct cbor inner = cbor_open(bytes.data, bytes.count);

	cbor_take_tag(&inner);
	cbor_take_array(&inner, 4, 4);
	cose.protected = cbor_take_bytes(&inner, 1, SIZE_MAX);

	struct cbor header = inner;

	cose_check_algorithm(&header, &cose);
	if (header.problem == SIGNED_ALGORITHM)
		reading_fail(reading, &inner, cose.protected.data, ATTESTATION_ALGORITHM);
	cbor_take_map(&inner);
	cbor_end_map(&inner);

	const uint8_t *rest = inner.at;

	out->payload = cbor_take_bytes(&inner, 1, SIGNED_PAYLOAD_MAX);
	out->signed_rest = (struct cbor_bytes){ rest, (size_t)(inner.at - rest) };
	cbor_copy_bytes(&inner, out->signature, sizeof(out->signature));
	inner_end(c, &inner);
	return c->problem == SIGNED_OK ? cbor_open(out->payload.data, out->payload.count) : *c;
}

enum attestation_problem attestation_read(const uint8_t *bytes, size_t count, struct attestation_token *out,
					  struct attestation_refusal *refusal)
{
	struct cbor c = cbor_open(bytes, count);
	struct reading reading = { .problem = ATTESTATION_OK };

	*out = (struct attestation_token){ .lifecycle = 0 };
	cbor_take_literal(&c, token_start, sizeof(token_start));

	struct cbor platform = part_take(&reading, &c, &out->platform);

	cbor_take_literal(&c, realm_start, sizeof(realm_start));

	struct cbor realm = part_take(&reading, &c, &out->realm);

	cbor_end(&c);
	if (c.problem == SIGNED_OK) {
		platform_read(&reading, &platform, out);
		cbor_fail(&c, platform.at, platform.problem);
	}
	if (c.problem == SIGNED_OK) {
		realm_read(&reading, &realm, out);
		cbor_fail(&c, realm.at, realm.problem);
	}
	if (c.problem == SIGNED_OK && count > TOKEN_BYTES_MAX)
		cbor_fail(&c, bytes, SIGNED_RANGE);
	*refusal = (struct attestation_refusal){ .at = (size_t)(c.at - bytes) };
	if (c.problem == SIGNED_OK)
		return ATTESTATION_OK;
	if (reading.problem != ATTESTATION_OK) {
		refusal->problem = reading.problem;
		refusal->at = (size_t)(reading.at - bytes);
		return reading.problem;
	}
	refusal->problem = ATTESTATION_MALFORMED;
	refusal->form = c.problem;
	return ATTESTATION_MALFORMED;
}

static bool part_holds(const struct attestation_part *part, const struct public_key *key)
{
	const struct digest_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES }, { part->signed_rest.data, part->signed_rest.count },
	};
	uint8_t digest[SHA384_BYTES];

	return digest_pieces(DIGEST_SHA384, pieces, ARRAY_COUNT(pieces), digest) &&
	       public_key_verify(key, digest, part->signature);
}

static bool device_is(const struct attestation_token *token, const struct public_key *device)
{
	const struct digest_piece piece = { device->point, sizeof(device->point) };
	uint8_t instance[ATTESTATION_INSTANCE_BYTES] = { INSTANCE_TYPE };

	return digest_pieces(DIGEST_SHA256, &piece, 1, instance + 1) &&
	       memcmp(token->instance, instance, sizeof(instance)) == 0;
}

static bool is_bound(const struct attestation_token *token)
{
	const struct digest_piece piece = { token->realm_key_claim.data, token->realm_key_claim.count };
	uint8_t digest[DIGEST_BYTES];

	return digest_pieces(DIGEST_SHA256, &piece, 1, digest) && memcmp(token->binding, digest, sizeof(digest)) == 0;
}

static enum attestation_problem nonce_check(const struct attestation_token *token, const uint8_t *nonce)
{
	static const uint8_t none[ATTESTATION_CHALLENGE_BYTES];

	if (nonce == NULL || memcmp(token->challenge, nonce, sizeof(token->challenge)) == 0)
		return ATTESTATION_OK;
	return memcmp(token->challenge, none, sizeof(none)) == 0 ? ATTESTATION_NO_NONCE : ATTESTATION_NONCE;
}

enum attestation_problem attestation_check(const struct attestation_token *token, const struct attestation_trust *trust)
{
	static const uint8_t implementation[DIGEST_BYTES] = TOKEN_IMPLEMENTATION_ID;

	if (!device_is(token, &trust->device))
		return ATTESTATION_DEVICE;
	if (!part_holds(&token->platform, &trust->device))
		return ATTESTATION_PLATFORM_SIGNATURE;
	if (!is_bound(token))
		return ATTESTATION_BINDING;
	if (!part_holds(&token->realm, &token->realm_key))
		return ATTESTATION_REALM_SIGNATURE;
	if (memcmp(token->implementation, implementation, sizeof(implementation)) != 0)
		return ATTESTATION_IMPLEMENTATION;
	if (trust->is_production && token->lifecycle != TOKEN_LIFECYCLE_SECURED)
		return ATTESTATION_LIFECYCLE;
	return nonce_check(token, trust->nonce);
}

static const struct words {
	const char *name, *text, *expected;
} words[ATTESTATION_PROBLEM_COUNT] = {
#define ATTESTATION_WORDS(code, name, text, expected) [ATTESTATION_##code] = { name, text, expected },
	ATTESTATION_PROBLEMS(ATTESTATION_WORDS)
#undef ATTESTATION_WORDS
};

const char *attestation_name(enum attestation_problem problem)
{
	return words[problem].name;
}

const char *attestation_text(enum attestation_problem problem)
{
	return words[problem].text;
}

const char *attestation_expected(enum attestation_problem problem)
{
	return words[problem].expected;
}
