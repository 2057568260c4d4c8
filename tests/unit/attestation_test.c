/*
 * attestation: tokens that libcbor and OpenSSL made hold and match; thousands that were altered, mixed, or made by
 * somebody who may not, are refused or do not match, each for what it is.
 * Links: lib/cose.c lib/cbor.c lib/signed.c tests/unit/attestation_draft.c tests/unit/attestation_kinds.c
 * Links: tests/unit/cbor_write.c tests/unit/signer.c
 * Links: tools/attestation_token.c tools/attestation_text.c tools/appraisal.c tools/event_log.c tools/word.c
 * Links: openssl -lcbor
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/host.h"
#include "tests/unit/attestation_kinds.h"
#include "tests/unit/signer.h"
#include "tools/appraisal.h"

#define DRAWS	32	/* of each kind */

static struct written bytes;
static struct reference reference;
static uint8_t nonce[64];
static struct appraisal appraisal;

static struct reference_digest digest_of(const char *name)
{
	struct reference_digest digest = { .kind = REFERENCE_IS };

	draft_digest(name, digest.value);
	return digest;
}

static struct reference_number number_of(uint64_t value)
{
	return (struct reference_number){ REFERENCE_IS, value };
}

/* What a good token says. */
static void reference_make(void)
{
	reference = (struct reference){
		.has_key = REFERENCE_IS, .lifecycle = number_of(TOKEN_LIFECYCLE_SECURED), .root = digest_of("root"),
		.entry_count = DRAFT_COMPONENTS, .slot.kind = REFERENCE_ANY, .trial = number_of(0), .version = number_of(7),
		.counter = number_of(300), .policy_counter = number_of(70000), .box = digest_of("box measurement"),
		.measurement = digest_of("VM measurement"), .class = number_of(HOST_CLASS_CONFIDENTIAL),
		.owner = digest_of("owner"), .image_counter = number_of(5),
	};
	signer_public(DRAFT_DEVICE, reference.key.point);
	for (unsigned i = 0; i < DRAFT_COMPONENTS; i++) {
		snprintf(reference.entries[i].name, sizeof(reference.entries[i].name), "%s", draft_components[i]);
		draft_digest(draft_components[i], reference.entries[i].sha256);
	}
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++)
		reference.extensible[i].kind = REFERENCE_IS;
}

static int setup(void **state)
{
	(void)state;
	kind_seed(0x5eed0006);
	reference_make();
	draft_digest("nonce", nonce);
	draft_digest("more", nonce + 32);
	kind_draft = draft_make();
	draft_write(&kind_whole, &kind_draft);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	draft_free(&kind_draft);
	return 0;
}

/* What becomes of a token: the problem that it is refused for, or ATTESTATION_OK and the verdict in @verdict. */
static enum attestation_problem verified(const struct written *token, enum verdict *verdict)
{
	struct attestation_trust trust = {
		.device = reference.key, .nonce = nonce,
		.is_production = reference.lifecycle.value == TOKEN_LIFECYCLE_SECURED,
	};
	static struct attestation_token read;
	struct attestation_refusal refusal;
	/* Where the allocation ends, so that a read past it is seen. */
	uint8_t *exactly = test_malloc(token->count + (token->count == 0));
	enum attestation_problem problem;

	memcpy(exactly, token->bytes, token->count);
	problem = attestation_read(exactly, token->count, &read, &refusal);
	assert_int_equal(problem, refusal.problem);
	assert_true(refusal.at <= token->count);
	if (problem == ATTESTATION_OK)
		problem = attestation_check(&read, &trust);
	if (problem == ATTESTATION_OK) {
		appraise(&read, &reference, NULL, &appraisal);
		*verdict = appraisal_verdict(&appraisal, PART_COUNT);
	}
	test_free(exactly);
	return problem;
}

static void assert_good(const struct written *token)
{
	enum verdict verdict = VERDICT_MISMATCH;

	assert_string_equal(attestation_name(verified(token, &verdict)), "ok");
	for (size_t i = 0; i < appraisal.count && verdict != VERDICT_MATCH; i++) {
		if (appraisal.findings[i].verdict != VERDICT_MATCH)
			print_message("%s: %s, found %s\n", appraisal.findings[i].name, appraisal.findings[i].expected,
				      appraisal.findings[i].found);
	}
	assert_string_equal(verdict_name(verdict), "MATCH");
}

static void good_ones_match(void **state)
{
	struct draft plain = draft_make();

	(void)state;
	assert_good(&kind_whole);
	/* Higher counters, the other slot. */
	draft_set(plain.realm, -70004, draft_integer(UINT32_MAX));
	draft_write(&bytes, &plain);
	assert_good(&bytes);
	/* Of a VM that is not from an image, where none is asked for. */
	draft_drop(plain.realm, -70003);
	draft_drop(plain.realm, -70004);
	draft_write(&bytes, &plain);
	reference.owner.kind = REFERENCE_SILENT;
	assert_good(&bytes);
	draft_free(&plain);
}

/* The other signature that the same signing could have made holds too; it says the same. */
static void a_twin_of_a_signature_is_as_good(void **state)
{
	(void)state;
	bytes = kind_whole;
	signer_twin(bytes.bytes + bytes.count - 96);
	assert_true(memcmp(bytes.bytes, kind_whole.bytes, kind_whole.count) != 0);
	assert_good(&bytes);
}

static void lifecycles_are_what_the_reference_says(void **state)
{
	enum verdict verdict = VERDICT_MATCH;

	(void)state;
	reference.lifecycle = number_of(TOKEN_LIFECYCLE_DEBUG);
	assert_int_equal(verified(&kind_whole, &verdict), ATTESTATION_OK);
	assert_int_equal(verdict, VERDICT_MISMATCH);
	draft_set(kind_draft.platform, 2395, draft_integer(0x4000));
	draft_write(&bytes, &kind_draft);
	assert_good(&bytes);
	reference.lifecycle.kind = REFERENCE_SILENT;
	assert_int_equal(verified(&bytes, &verdict), ATTESTATION_OK);
	assert_int_equal(verdict, VERDICT_UNKNOWN);
}

static void text_decode(const char *content, bool is_good)
{
	struct file file = { .path = "token", .count = strlen(content) };

	file.bytes = malloc(file.count + 1);
	memcpy(file.bytes, content, file.count);
	assert_int_equal(attestation_decode(&file), is_good);
	if (is_good) {
		assert_int_equal(file.count, kind_whole.count);
		assert_memory_equal(file.bytes, kind_whole.bytes, kind_whole.count);
	}
	free(file.bytes);
}

/* A capture with an older token, one that was cut off, and a line of the kernel's behind the last mark. */
static void marked_decode(const char *token)
{
	static char capture[30000];

	sprintf(capture, "vm# attest\r\n%s\r\nAAAA\r\n%s\r\n[1.0] x\r\n%s\r\n%s\r\n%s\r\nvm# %s\r\nBBBB",
		ATTESTATION_TEXT_BEGIN, ATTESTATION_TEXT_END, ATTESTATION_TEXT_BEGIN, token, ATTESTATION_TEXT_END,
		ATTESTATION_TEXT_BEGIN);
	text_decode(capture, true);
	text_decode(ATTESTATION_TEXT_BEGIN "\n" ATTESTATION_TEXT_END "\n", false);
}

static void text_of_each_kind_is_decoded(void **state)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	static char hex[10000], base64[10000];
	size_t hex_at = 0, base64_at = 0;
	unsigned held = 0, bits = 0;

	(void)state;
	for (size_t i = 0; i < kind_whole.count; i++) {
		hex_at += (size_t)sprintf(hex + hex_at, i % 30 == 29 ? "%02X\r\n" : "%02x", kind_whole.bytes[i]);
		held = held << 8 | kind_whole.bytes[i];
		for (bits += 8; bits >= 6; bits -= 6)
			base64[base64_at++] = digits[held >> (bits - 6) & 63];
	}
	if (bits > 0)
		base64[base64_at++] = digits[held << (6 - bits) & 63];
	text_decode(hex, true);
	text_decode(base64, true);
	marked_decode(base64);
	strcpy(base64 + base64_at, bits == 2 ? "==\n" : bits == 4 ? "=\n" : "\n");
	text_decode(base64, true);
	for (size_t i = 0; i < base64_at; i++)
		base64[i] = base64[i] == '+' ? '-' : base64[i] == '/' ? '_' : base64[i];
	text_decode(base64, true);
	hex[7] = '!';
	text_decode(hex, false);
	text_decode("", false);
	text_decode("===", false);
	text_decode("a token", false);
}

static void kind_try(const struct attestation_kind *kind, unsigned number)
{
	enum verdict verdict = VERDICT_MATCH;
	enum attestation_problem problem;
	bool is_expected;

	draft_free(&kind_draft);
	kind_draft = draft_make();
	kind_bytes = kind_whole;
	kind->make();
	if (!kind->makes_bytes)
		draft_write(&kind_bytes, &kind_draft);
	problem = verified(&kind_bytes, &verdict);
	is_expected = kind->expected == KIND_ANY ? problem != ATTESTATION_OK :
		      kind->expected == KIND_MISMATCH ? problem == ATTESTATION_OK && verdict == VERDICT_MISMATCH :
		      (int)problem == kind->expected;
	if (!is_expected)
		fail_msg("%s, number %u: found %s, %s", kind->name, number, attestation_name(problem),
			 problem == ATTESTATION_OK ? verdict_name(verdict) : "refused");
}

static void refuses_thousands_for_what_they_are(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (unsigned i = 0; i < ATTESTATION_KINDS; i++) {
		for (unsigned number = 0; number < DRAWS; number++, tried++)
			kind_try(&attestation_kinds[i], number);
	}
	print_message("%u altered tokens of %u kinds: none is accepted\n", tried, ATTESTATION_KINDS);
	assert_true(tried >= 1000);
	assert_good(&kind_whole);
}

/* One bit of each seven: there are many. */
static void refuses_every_flipped_bit(void **state)
{
	(void)state;
	for (size_t bit = 0; bit < 8 * kind_whole.count; bit += 7) {
		enum verdict verdict;

		bytes = kind_whole;
		bytes.bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
		if (verified(&bytes, &verdict) == ATTESTATION_OK)
			fail_msg("bit %zu of byte %zu does not matter", bit % 8, bit / 8);
	}
}

/* Where the reference is silent nothing is good. */
static void is_unknown_where_the_reference_is_silent(void **state)
{
	struct reference_digest *const digests[] = {
		&reference.root, &reference.box, &reference.measurement, &reference.owner, &reference.extensible[2],
	};
	struct reference_number *const numbers[] = {
		&reference.lifecycle, &reference.slot, &reference.trial, &reference.version, &reference.counter,
		&reference.policy_counter, &reference.class, &reference.image_counter,
	};
	enum verdict verdict;

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(digests) + ARRAY_COUNT(numbers); i++) {
		reference_make();
		if (i < ARRAY_COUNT(digests))
			digests[i]->kind = REFERENCE_SILENT;
		else
			numbers[i - ARRAY_COUNT(digests)]->kind = REFERENCE_SILENT;
		assert_int_equal(verified(&kind_whole, &verdict), ATTESTATION_OK);
		assert_int_equal(verdict, VERDICT_UNKNOWN);
	}
	reference_make();
	reference.entries[3].name[0] = 'M';
	assert_int_equal(verified(&kind_whole, &verdict), ATTESTATION_OK);
	assert_int_equal(verdict, VERDICT_MISMATCH);
	reference.entry_count = 0;
	assert_int_equal(verified(&kind_whole, &verdict), ATTESTATION_OK);
	assert_int_equal(verdict, VERDICT_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good_ones_match, setup, teardown),
		cmocka_unit_test_setup_teardown(a_twin_of_a_signature_is_as_good, setup, teardown),
		cmocka_unit_test_setup_teardown(lifecycles_are_what_the_reference_says, setup, teardown),
		cmocka_unit_test_setup_teardown(text_of_each_kind_is_decoded, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_thousands_for_what_they_are, setup, teardown),
		cmocka_unit_test_setup_teardown(refuses_every_flipped_bit, setup, teardown),
		cmocka_unit_test_setup_teardown(is_unknown_where_the_reference_is_silent, setup, teardown),
	};

	return cmocka_run_group_tests_name("attestation", tests, NULL, NULL);
}
