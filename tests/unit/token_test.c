/*
 * token: attestation tokens that the anchor makes with the rooms' own cryptography, read by libcbor and OpenSSL: every claim,
 * both signatures, who gets on while others ask, and what is refused.
 * Links: anchor/token.c anchor/claims.c anchor/keys.c lib/cbor_writer.c lib/cose.c lib/cbor.c lib/signed.c mbedtls
 * Links: tests/unit/token_decode.c tests/unit/signer.c tests/unit/image_pack.c -lcbor -lcrypto
 * Links: -Wl,--wrap=hash_sha256 -Wl,--wrap=signing_step
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/anchor.h"
#include "abi/host.h"
#include "abi/identity.h"
#include "anchor/claims.h"
#include "anchor/token.h"
#include "crypto/agreement.h"
#include "crypto/drbg.h"
#include "crypto/signature.h"
#include "crypto/signing.h"
#include "lib/addr.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"
#include "tests/unit/image_pack.h"
#include "tests/unit/signer.h"
#include "tests/unit/token_decode.h"

#define STEPS_MAX	20000	/* far more than three keys and signatures take */

/* --- the device --- */

static struct identity_page identity;
static struct boot_info boot;
static struct boot_measurement entries[4];
static uint8_t boot_log[HASH_BYTES];

void check_failed(const char *file, int line)
{
	fail_msg("CHECK failed at %s:%d", file, line);
	abort();
}

void memory_wipe(void *dst, size_t bytes)
{
	memset(dst, 0, bytes);
}

void flash_read(uint64_t offset, void *out, size_t bytes)
{
	assert_true(range_is_inside(offset, bytes, PLAT_FLASH_IDENTITY, sizeof(identity)));
	memcpy(out, (const uint8_t *)&identity + (offset - PLAT_FLASH_IDENTITY), bytes);
}

enum status log_read(uint64_t index, struct boot_measurement *out)
{
	if (index >= ARRAY_COUNT(entries))
		return ERR_NOT_FOUND;
	*out = entries[index];
	return OK;
}

const uint8_t *log_digest(void)
{
	return boot_log;
}

/* --- its memory --- */

/* The mediator's: requests, one a place, and what is no DRAM behind it. Then two granules of a domain's between others. */
#define ASKERS	4
static struct token_request requests[ASKERS + 1] ALIGNED(8);
static uint8_t memory[4 * GRANULE_BYTES] ALIGNED(GRANULE_BYTES);
static uint8_t *const granule = memory + GRANULE_BYTES;

bool memory_is_ram(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, (uintptr_t)requests, sizeof(requests) - sizeof(requests[0])) ||
	       range_is_inside(pa, bytes, (uintptr_t)memory, sizeof(memory));
}

bool memory_is_domain(uint64_t pa, uint64_t bytes)
{
	return range_is_inside(pa, bytes, (uintptr_t)granule, 2 * GRANULE_BYTES);
}

static void fill(void *out, size_t bytes, unsigned first)
{
	for (size_t i = 0; i < bytes; i++)
		((uint8_t *)out)[i] = (uint8_t)(first + i);
}

static int device_make(void **state)
{
	static const char *const names[] = { "rom", "identity", "package", "monitor" };
	static const uint8_t seed[DRBG_SEED_BYTES] = { 1, 2, 3 };

	(void)state;
	identity.lifecycle = IDENTITY_DEVELOPMENT;
	fill(identity.root_sha256, sizeof(identity.root_sha256), 0x11);
	fill(identity.secret, sizeof(identity.secret), 0x22);
	fill(boot_log, sizeof(boot_log), 0x33);
	boot = (struct boot_info){ .firmware_version = 23, .firmware_counter = 24, .lifecycle = IDENTITY_DEVELOPMENT };
	for (unsigned i = 0; i < ARRAY_COUNT(entries); i++) {
		memcpy(entries[i].name, names[i], strlen(names[i]));
		fill(entries[i].sha256, sizeof(entries[i].sha256), 0x20 * i);
	}
	for (unsigned i = 0; i < ASKERS; i++) {
		fill(&requests[i], sizeof(requests[i]), 0x40 + 9 * i);
		requests[i].counter = 10 + i;
		requests[i].class = HOST_CLASS_CONFIDENTIAL;
	}
	memset(memory, 0x5a, sizeof(memory));
	assert_int_equal(drbg_seed(seed), OK);
	token_init(&boot);
	return 0;
}

/* What another CPU does in the midst of a call: a request that lies here becomes another one once it was hashed. */
static struct token_request *meanwhile;

enum status __real_hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES]);
enum status __wrap_hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES]);

enum status __wrap_hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	enum status status = __real_hash_sha256(pieces, count, out);

	if (meanwhile != NULL)
		memset(meanwhile, 0xee, sizeof(*meanwhile));
	return status;
}

/* Signatures that fail, as they may where there are no random numbers. */
static unsigned failures;

enum status __real_signing_step(uint8_t signature[SIGNED_SIGNATURE_BYTES]);
enum status __wrap_signing_step(uint8_t signature[SIGNED_SIGNATURE_BYTES]);

enum status __wrap_signing_step(uint8_t signature[SIGNED_SIGNATURE_BYTES])
{
	if (failures == 0)
		return __real_signing_step(signature);
	failures--;
	memset(signature, 0, SIGNED_SIGNATURE_BYTES);
	return ERR_AUTH;
}

/* --- calls --- */

static struct call said;

static int64_t ask_for(unsigned place, const void *request, uint64_t to, uint64_t bytes, uint64_t had)
{
	said = (struct call){ { ANCHOR_TOKEN, (uintptr_t)request, to, bytes, had, place } };
	return token_call(&said);
}

static int64_t ask(unsigned place)
{
	return ask_for(place, &requests[place], (uintptr_t)granule, GRANULE_BYTES, 0);
}

struct bytes {
	uint8_t at[TOKEN_BYTES_MAX];
	size_t count;
};

/* The token of a place, which asks alone until it has it. */
static struct bytes fetch(unsigned place)
{
	struct bytes out = { .count = 0 };
	unsigned steps = 0;
	int64_t code;

	while ((code = ask(place)) == ANCHOR_INCOMPLETE)
		assert_true(steps++ < STEPS_MAX);
	assert_int_equal(code, ANCHOR_OK);
	assert_int_equal(said.x[1], said.x[2]);
	out.count = said.x[1];
	memcpy(out.at, granule, out.count);
	return out;
}

static void attestation_key(uint8_t out[97])
{
	pack_key(identity.secret, "attestation", identity.lifecycle, identity.root_sha256, out);
}

/* It holds by both keys, is bound, and says what was asked. */
static void expect_token_of(const struct bytes *bytes, const struct token_request *asked)
{
	static struct decoded_token found;
	uint8_t key[97];

	token_decode(bytes->at, bytes->count, &found);
	attestation_key(key);
	assert_true(token_decode_holds(&found.platform_part, key));
	assert_memory_equal(found.platform.realm_key_sha256, found.realm.key_sha256, 32);
	assert_true(token_decode_holds(&found.realm_part, found.realm.key));
	assert_memory_equal(found.realm.challenge, asked->challenge, sizeof(asked->challenge));
	assert_memory_equal(found.realm.measurement, asked->measurement, 32);
	assert_memory_equal(found.realm.extensible, asked->extensible, sizeof(asked->extensible));
	assert_memory_equal(found.realm.box, asked->box, 32);
	assert_memory_equal(found.realm.owner, asked->owner, 32);
	assert_int_equal(found.realm.counter, asked->counter);
	assert_int_equal(found.realm.class, asked->class);
}

static bool is_equal(const struct bytes *a, const struct bytes *b)
{
	return a->count == b->count && memcmp(a->at, b->at, a->count) == 0;
}

/* --- what a token is --- */

static void a_token_says_what_runs_and_what_was_asked(void **state)
{
	static struct decoded_token found;
	struct bytes token = fetch(0);
	uint8_t key[97];

	(void)state;
	expect_token_of(&token, &requests[0]);
	token_decode(token.at, token.count, &found);
	assert_int_equal(found.platform.count, 4);
	assert_string_equal(found.platform.components[3].name, "monitor");
	assert_memory_equal(found.platform.components[3].digest, entries[3].sha256, 32);
	assert_int_equal(found.platform.version, 23);
	/* The realm's key is derived from the log. */
	pack_key(identity.secret, "realm", identity.lifecycle, boot_log, key);
	assert_memory_equal(found.realm.key, key, sizeof(key));
	/* Behind it nothing was written. */
	assert_int_equal(granule[token.count], 0x5a);
	assert_int_equal(granule[-1], 0x5a);
}

static void the_same_request_has_the_same_token(void **state)
{
	struct bytes first = fetch(0), other, again;

	(void)state;
	again = fetch(0);
	assert_true(is_equal(&first, &again));
	/* Asked for from another place, it is made anew. */
	requests[1] = requests[0];
	again = fetch(1);
	assert_true(is_equal(&first, &again));
	requests[0].challenge[63] ^= 1;
	other = fetch(0);
	assert_false(is_equal(&first, &other));
	expect_token_of(&other, &requests[0]);
	requests[0].challenge[63] ^= 1;
	again = fetch(0);
	assert_true(is_equal(&first, &again));
}

/* One byte of each field: all of them are claims. */
static void each_field_of_a_request_counts(void **state)
{
	static const size_t at[] = {
		offsetof(struct token_request, challenge), offsetof(struct token_request, measurement),
		offsetof(struct token_request, extensible[0]), offsetof(struct token_request, extensible[3]) + 31,
		offsetof(struct token_request, box), offsetof(struct token_request, owner),
		offsetof(struct token_request, counter), offsetof(struct token_request, class),
	};
	struct bytes first = fetch(0);

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(at); i++) {
		((uint8_t *)&requests[0])[at[i]] ^= 0x80;
		struct bytes other = fetch(0);

		assert_false(is_equal(&first, &other));
		expect_token_of(&other, &requests[0]);
		((uint8_t *)&requests[0])[at[i]] ^= 0x80;
	}
}

static void a_token_is_fetched_in_pieces(void **state)
{
	struct bytes whole = fetch(0);
	static const size_t pieces[] = { 1, 0, 7, 100, 1000, 4096 };
	uint8_t joined[TOKEN_BYTES_MAX];
	size_t count = 0;

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(pieces); i++) {
		uint64_t to = (uintptr_t)granule + GRANULE_BYTES - pieces[i];

		memset(memory, 0x5a, sizeof(memory));
		assert_int_equal(ask_for(0, &requests[0], to, pieces[i], count), ANCHOR_OK);
		assert_int_equal(said.x[2], whole.count);
		assert_int_equal(said.x[1], pieces[i] < whole.count - count ? pieces[i] : whole.count - count);
		memcpy(joined + count, (const void *)(uintptr_t)to, said.x[1]);
		count += said.x[1];
		/* Neither before nor behind the place that was named. */
		assert_int_equal(((const uint8_t *)(uintptr_t)to)[-1], 0x5a);
		assert_int_equal(granule[GRANULE_BYTES], 0x5a);
		assert_int_equal(((const uint8_t *)(uintptr_t)to)[said.x[1]], 0x5a);
	}
	assert_int_equal(count, whole.count);
	assert_memory_equal(joined, whole.at, whole.count);
	/* All of it was had. */
	assert_int_equal(ask_for(0, &requests[0], (uintptr_t)granule, 10, whole.count), ANCHOR_OK);
	assert_int_equal(said.x[1], 0);
	assert_int_equal(ask_for(0, &requests[0], (uintptr_t)granule, 10, whole.count + 1), ANCHOR_ERR_ARGS);
	assert_int_equal(ask_for(0, &requests[0], (uintptr_t)granule, 10, ~0ull), ANCHOR_ERR_ARGS);
}

/* --- who gets on --- */

/* A place asks until it has its token; returns whether it has. */
static bool goes_on(unsigned place, struct bytes *out)
{
	int64_t code = ask(place);

	assert_true(code == ANCHOR_OK || code == ANCHOR_INCOMPLETE);
	if (code != ANCHOR_OK)
		return false;
	out->count = said.x[1];
	memcpy(out->at, granule, out->count);
	return true;
}

static void callers_that_alternate_all_get_their_tokens(void **state)
{
	(void)state;
	for (unsigned askers = 2; askers <= 3; askers++) {
		struct bytes tokens[3] = { { .count = 0 } };
		unsigned ready = 0;

		for (unsigned i = 0; i < askers; i++)
			requests[i].challenge[0] ^= 0xff;
		for (unsigned round = 0; ready < askers; round++) {
			assert_true(round < STEPS_MAX);
			for (unsigned i = 0; i < askers; i++)
				ready += tokens[i].count == 0 && goes_on(i, &tokens[i]);
		}
		for (unsigned i = 0; i < askers; i++)
			expect_token_of(&tokens[i], &requests[i]);
	}
}

/* The other one runs for long between two calls, and asks for a new token each time it has one: what is ready stays. */
static void one_that_asks_for_ever_keeps_nobody_from_a_token(void **state)
{
	unsigned calls = 0, fetched = 0;
	struct bytes patient, greedy;

	(void)state;
	(void)fetch(0);
	for (unsigned round = 0; round < 5; round++) {
		requests[1].challenge[1]++;
		while (!goes_on(1, &patient)) {
			assert_true(calls++ < 100);
			for (unsigned i = 0; i < 2000; i++) {
				if (!goes_on(2, &greedy))
					continue;
				requests[2].challenge[2]++;
				fetched++;
			}
		}
		expect_token_of(&patient, &requests[1]);
	}
	assert_true(fetched > 5);
}

/* One that never waits for what it asked for ends only its own. */
static void one_that_changes_its_mind_at_each_call_keeps_nobody_from_a_token(void **state)
{
	struct bytes patient = { .count = 0 };
	unsigned calls = 0;

	(void)state;
	(void)fetch(0);
	requests[1].challenge[1] ^= 0xff;
	while (!goes_on(1, &patient)) {
		assert_true(calls++ < STEPS_MAX);
		requests[2].challenge[2]++;
		assert_int_equal(ask(2), ANCHOR_INCOMPLETE);
	}
	expect_token_of(&patient, &requests[1]);
}

/* What is being signed is not what the place asks for now. */
static void a_request_that_changes_under_way_gets_its_own_token(void **state)
{
	(void)state;
	(void)fetch(0);
	for (unsigned steps = 0; steps < 40; steps += 3) {
		for (unsigned i = 0; i < steps; i++)
			assert_int_equal(ask(1), ANCHOR_INCOMPLETE);
		requests[1].challenge[5]++;
		struct bytes token = fetch(1);

		expect_token_of(&token, &requests[1]);
		requests[1].challenge[6]++;
	}
}

/* It is said, and what failed is made after what others wait for. */
static void a_signature_that_fails_is_made_anew(void **state)
{
	struct bytes token = { .count = 0 };

	(void)state;
	(void)fetch(0);
	requests[1].challenge[9] ^= 0xff;
	requests[2].challenge[9] ^= 0xff;
	assert_int_equal(ask(1), ANCHOR_INCOMPLETE);
	assert_int_equal(ask(1), ANCHOR_INCOMPLETE);
	assert_int_equal(ask(2), ANCHOR_INCOMPLETE);
	failures = 1;
	memset(memory, 0x5a, sizeof(memory));
	assert_int_equal(ask(1), ANCHOR_ERR_STATE);
	assert_int_equal(granule[0], 0x5a);
	while (!goes_on(2, &token))
		;
	expect_token_of(&token, &requests[2]);
	assert_int_equal(ask(1), ANCHOR_INCOMPLETE);
	token = fetch(1);
	expect_token_of(&token, &requests[1]);
}

/* Of the mediator's memory a call looks at a copy: what changes meanwhile is of the next call. */
static void a_request_is_a_copy(void **state)
{
	struct token_request before;
	struct bytes token;

	(void)state;
	(void)fetch(0);
	requests[3].challenge[7] ^= 0xff;
	before = requests[3];
	meanwhile = &requests[3];
	assert_int_equal(ask(3), ANCHOR_INCOMPLETE);
	meanwhile = NULL;
	requests[3] = before;
	token = fetch(3);
	expect_token_of(&token, &before);
	meanwhile = &requests[3];
	token = fetch(3);
	meanwhile = NULL;
	expect_token_of(&token, &before);
}

/* The destination may be the request itself: nothing of it is read after the first byte was written. */
static void a_token_over_its_own_request_is_whole(void **state)
{
	struct bytes first = fetch(0), token;

	(void)state;
	memcpy(granule, &requests[0], sizeof(requests[0]));
	assert_int_equal(ask_for(0, granule, (uintptr_t)granule, GRANULE_BYTES, 0), ANCHOR_OK);
	token.count = said.x[1];
	memcpy(token.at, granule, token.count);
	assert_true(is_equal(&first, &token));
}

/* Images and updates check signatures and agree on keys; neither loses what it has begun, nor ends a token's. */
static void signatures_and_images_go_on_beside_a_token(void **state)
{
	static const uint8_t message[] = "a message";
	const struct hash_piece piece = { message, sizeof(message) };
	uint8_t key[97], peer[97], signature[96], product[97], seed[AGREEMENT_SEED_BYTES] = { 9 };
	enum status checked = ERR_BUSY, agreed = ERR_BUSY;
	struct bytes token = { .count = 0 };

	(void)state;
	signer_public(3, key);
	signer_public(4, peer);
	signer_sign(3, message, sizeof(message), signature);
	requests[0].challenge[8] ^= 0xff;
	signature_begin(key, &piece, 1, signature, true);
	agreement_begin(seed, peer);
	for (unsigned i = 0; token.count == 0 || checked == ERR_BUSY || agreed == ERR_BUSY; i++) {
		assert_true(i < STEPS_MAX);
		if (token.count == 0)
			(void)goes_on(0, &token);
		if (checked == ERR_BUSY)
			checked = signature_step();
		if (agreed == ERR_BUSY)
			agreed = agreement_step(product);
	}
	assert_int_equal(checked, OK);
	assert_int_equal(agreed, OK);
	expect_token_of(&token, &requests[0]);
}

/* --- what is refused --- */

#define expect_refused(...)							\
	do {									\
		memset(memory, 0x5a, sizeof(memory));				\
		assert_int_equal(ask_for(__VA_ARGS__), ANCHOR_ERR_ARGS);	\
		for (size_t i_ = 0; i_ < sizeof(memory); i_++)			\
			assert_int_equal(memory[i_], 0x5a);			\
	} while (0)

static void requests_are_whole_and_in_memory(void **state)
{
	const uint64_t to = (uintptr_t)granule;

	(void)state;
	(void)fetch(0);
	expect_refused(0, (const uint8_t *)&requests[0] + 4, to, 100, 0);
	expect_refused(0, (const uint8_t *)&requests[0] + 1, to, 100, 0);
	/* Its end is no DRAM. */
	expect_refused(0, (const uint8_t *)&requests[ASKERS - 1] + 8, to, 100, 0);
	expect_refused(0, &requests[ASKERS], to, 100, 0);
	expect_refused(0, (const uint8_t *)&requests[0] - 8, to, 100, 0);
	expect_refused(0, (const void *)(uintptr_t)~0x7ull, to, 100, 0);
	expect_refused(0, NULL, to, 100, 0);
}

static void places_are_those_that_there_are(void **state)
{
	const uint64_t to = (uintptr_t)granule;

	(void)state;
	(void)fetch(0);
	expect_refused(ANCHOR_TOKEN_PLACES, &requests[0], to, 100, 0);
	expect_refused(UINT32_MAX, &requests[0], to, 100, 0);
	assert_int_equal(ask_for(ANCHOR_TOKEN_PLACES - 1, &requests[0], to, 100, 0), ANCHOR_INCOMPLETE);
}

static void tokens_go_nowhere_but_into_one_granule_of_a_domain(void **state)
{
	const uint64_t to = (uintptr_t)granule;

	(void)state;
	(void)fetch(0);
	expect_refused(0, &requests[0], to - 1, 1, 0);
	expect_refused(0, &requests[0], to - 1, 2, 0);
	expect_refused(0, &requests[0], to + 2 * GRANULE_BYTES, 1, 0);
	expect_refused(0, &requests[0], to + 2 * GRANULE_BYTES - 1, 2, 0);
	/* Both granules are a domain's, but they are two. */
	expect_refused(0, &requests[0], to, GRANULE_BYTES + 1, 0);
	expect_refused(0, &requests[0], to + GRANULE_BYTES - 1, 2, 0);
	expect_refused(0, &requests[0], to, ~0ull, 0);
	expect_refused(0, &requests[0], (uintptr_t)&requests[0], 8, 0);
	expect_refused(0, &requests[0], ~0ull, 1, 0);
	assert_int_equal(ask_for(0, &requests[0], to + 2 * GRANULE_BYTES - 1, 1, 0), ANCHOR_OK);
}

/* Before anything is ready too. */
static void what_is_refused_makes_no_step(void **state)
{
	(void)state;
	for (unsigned i = 0; i < STEPS_MAX; i++)
		assert_int_equal(ask_for(0, &requests[0], (uintptr_t)granule - 8, 8, 0), ANCHOR_ERR_ARGS);
	assert_int_equal(ask(0), ANCHOR_INCOMPLETE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		/* The first one, as the keys are made once. */
		TEST_FROM(device_make, what_is_refused_makes_no_step),
		TEST_FROM(device_make, a_token_says_what_runs_and_what_was_asked),
		TEST_FROM(device_make, the_same_request_has_the_same_token),
		TEST_FROM(device_make, each_field_of_a_request_counts),
		TEST_FROM(device_make, a_token_is_fetched_in_pieces),
		TEST_FROM(device_make, callers_that_alternate_all_get_their_tokens),
		TEST_FROM(device_make, one_that_asks_for_ever_keeps_nobody_from_a_token),
		TEST_FROM(device_make, one_that_changes_its_mind_at_each_call_keeps_nobody_from_a_token),
		TEST_FROM(device_make, a_request_that_changes_under_way_gets_its_own_token),
		TEST_FROM(device_make, a_signature_that_fails_is_made_anew),
		TEST_FROM(device_make, a_request_is_a_copy),
		TEST_FROM(device_make, a_token_over_its_own_request_is_whole),
		TEST_FROM(device_make, signatures_and_images_go_on_beside_a_token),
		TEST_FROM(device_make, requests_are_whole_and_in_memory),
		TEST_FROM(device_make, places_are_those_that_there_are),
		TEST_FROM(device_make, tokens_go_nowhere_but_into_one_granule_of_a_domain),
	};

	return cmocka_run_group_tests_name("token", tests, NULL, NULL);
}
