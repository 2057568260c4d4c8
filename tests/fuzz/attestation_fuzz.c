/*
 * Any bytes as an attestation token, and as text that may be one. What is accepted is the same bytes when it is written
 * again; a token that holds for the device of the seeds is appraised.
 * Covers: tools/attestation_token.c tools/attestation_text.c
 * Links: lib/cose.c lib/cbor.c lib/signed.c tests/unit/cbor_write.c tests/unit/attestation_write.c tests/unit/signer.c
 * Links: tools/crypto.c tools/public_key.c tools/file.c tools/refuse.c tools/appraisal.c tools/event_log.c tools/word.c
 * Links: -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "tests/unit/attestation_write.h"
#include "tests/unit/signer.h"
#include "tools/appraisal.h"
#include <stdlib.h>
#include <string.h>

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void words_check(const struct attestation_refusal *refusal, size_t count)
{
	must(refusal->problem < ATTESTATION_PROBLEM_COUNT && refusal->at <= count);
	must((refusal->problem == ATTESTATION_MALFORMED) == (refusal->form != SIGNED_OK));
	must(attestation_name(refusal->problem)[0] != '\0' && attestation_text(refusal->problem)[0] != '\0' &&
	     attestation_expected(refusal->problem)[0] != '\0');
}

static void token_try(const uint8_t *bytes, size_t count)
{
	static struct attestation_token token;
	static struct written again;
	static struct appraisal appraisal;
	static const struct reference reference;
	struct attestation_refusal refusal;
	struct attestation_trust trust = { .is_production = count % 2 == 0 };
	static const uint8_t nonce[ATTESTATION_CHALLENGE_BYTES];
	enum attestation_problem problem = attestation_read(bytes, count, &token, &refusal);

	must(problem == refusal.problem);
	words_check(&refusal, count);
	if (problem != ATTESTATION_OK)
		return;
	attestation_write(&again, &token);
	must(again.count == count && memcmp(again.bytes, bytes, count) == 0);
	signer_public(1, trust.device.point);
	trust.nonce = count % 3 == 0 ? nonce : NULL;
	problem = attestation_check(&token, &trust);
	must(problem < ATTESTATION_PROBLEM_COUNT && problem != ATTESTATION_MALFORMED);
	appraise(&token, &reference, NULL, &appraisal);
	/* A reference that says nothing makes nothing good. */
	must(appraisal.count > 0 && appraisal_verdict(&appraisal, PART_COUNT) == VERDICT_UNKNOWN);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	struct file file = { .path = "token", .bytes = malloc(count + 1), .count = count };

	must(file.bytes != NULL);
	memcpy(file.bytes, count > 0 ? data : (const uint8_t *)"", count);
	token_try(file.bytes, file.count);
	if (attestation_decode(&file)) {
		must(file.count <= count && file.count > 0);
		token_try(file.bytes, file.count);
	} else {
		must(file.count == count && (count == 0 || memcmp(file.bytes, data, count) == 0));
	}
	free(file.bytes);
	return 0;
}
