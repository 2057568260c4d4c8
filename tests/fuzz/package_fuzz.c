/*
 * Any bytes as a package, and as the chains in it, of which every signature and every digest holds: what would have to be
 * forged is given, so that what lies behind is reached. A chain that is accepted is the same when it is written again.
 * Covers: crypto/package.c lib/chain.c lib/cose.c lib/cbor.c
 * Links: lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c tests/unit/cbor_write.c tests/unit/sample_write.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/signature.h"
#include "lib/chain.h"
#include "tests/fuzz/target.h"
#include "tests/unit/sample.h"
#include <string.h>

static void touch(const struct hash_piece *pieces, size_t count)
{
	static volatile uint8_t sum;

	/* Every byte that is promised to be there is read. */
	for (size_t i = 0; i < count; i++) {
		for (size_t at = 0; at < pieces[i].bytes; at++)
			sum ^= ((const uint8_t *)pieces[i].data)[at];
	}
}

/* Holds, unless the input chooses that it does not. */
static enum status verdict = ERR_AUTH;

void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	const struct hash_piece own[] = { { key, SIGNED_KEY_BYTES }, { signature, SIGNED_SIGNATURE_BYTES } };

	touch(pieces, count);
	touch(own, ARRAY_COUNT(own));
	(void)is_sliced;
	verdict = signature[0] != 0xff ? OK : ERR_AUTH;
}

enum status signature_step(void)
{
	return verdict;
}

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	touch(pieces, count);
	memset(out, 0, HASH_BYTES);
	return OK;
}

/* Likewise: what is wanted is in the input. */
bool hash_is_equal(const uint8_t found[HASH_BYTES], const uint8_t wanted[HASH_BYTES])
{
	return found[0] == 0 && wanted[0] != 0xff;
}

static void split_try(const struct cbor *start)
{
	static struct written again;
	static struct sample_chain parts;
	struct cbor c = *start;
	struct chain chain;

	again.count = 0;
	target_check_result(chain_split(&c, &chain), &c, start);
	if (c.problem == SIGNED_OK) {
		memcpy(parts.root, chain.root.data, sizeof(parts.root));
		sample_take_parts(&parts.endorsement, &chain.endorsement);
		sample_take_parts(&parts.object, &chain.object);
		sample_write_chain(&again, &parts);
	}
	target_check_again(&c, start, &again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static struct package package;
	static const struct trust trust = { .least = { [SIGNED_ROLE_FIRMWARE] = { 5, 2 },
						       [SIGNED_ROLE_POLICY] = { 6, 70000 } } };
	const struct cbor start = target_open(data, count);
	struct cbor c = start;

	if (count > sizeof(((struct written *)0)->bytes))
		return 0;
	split_try(&start);
	target_check_result(firmware_verify(&c, &trust, &package.firmware_signer, &package.firmware), &c, &start);
	c = start;
	target_check_result(policy_verify(&c, &trust, &package.policy_signer, &package.policy), &c, &start);
	c = start;
	target_check_result(package_verify(&c, &trust, &package), &c, &start);
	return 0;
}
