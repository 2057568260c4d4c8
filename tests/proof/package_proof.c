/*
 * The steps of a chain with any answers of all that is below it: SIGNED_OK means that the root key is the device's, both
 * headers name the algorithm, both signatures hold, each by the right key over the right bytes, and the endorsement is
 * for the role and not revoked; and no endorsement is read, no signature checked, before what must hold before it does.
 * Unwind: 6
 * Mutant: crypto/package.c: s/	enum status status = c->problem == SIGNED_OK ? signature_step() : ERR_AUTH;/	enum status status = signature_step();/
 * Breaks: no check goes on after a problem
 * Mutant: crypto/package.c: s/	signature_next(check, \&check->chain.object, check->signer->key);/	signature_next(check, \&check->chain.object, check->chain.root.data);/
 * Breaks: the endorsed key signed the object
 * Mutant: crypto/package.c: s/	else if (check->signer->role != check->role)/	else if (check->signer->role < check->role)/
 * Breaks: the key may sign objects of the role
 * Mutant: crypto/package.c: s/	else if (check->signer->serial < check->trust->least\[check->role\].serial)/	else if (false)/
 * Breaks: the key is not revoked
 * Mutant: crypto/package.c: s/	if (c->problem == SIGNED_OK \&\& status != OK)/	if (status == ERR_ARGS)/
 * Breaks: an endorsement is read after its signature held
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/package.c"
#include "tests/proof/proof.h"

/* A byte for each thing that has a place. */
enum place {
	ROOT, ENDORSEMENT, ENDORSEMENT_SIGNATURE, ENDORSEMENT_REST, OBJECT, OBJECT_SIGNATURE, OBJECT_REST, PLACES
};
static uint8_t input[PLACES];
static struct cbor c;
static struct trust trust;
static struct endorsement signer;
static bool is_root_good, endorsement_holds, object_holds, is_endorsement_read;
static unsigned algorithms;

const uint8_t cose_signed_start[COSE_SIGNED_START_BYTES];

void cbor_fail(struct cbor *cursor, const uint8_t *at, enum signed_problem problem)
{
	if (cursor->problem == SIGNED_OK && problem != SIGNED_OK) {
		cursor->problem = problem;
		cursor->at = at;
	}
}

enum signed_problem chain_split(struct cbor *cursor, struct chain *out)
{
	cursor->problem = (enum signed_problem)nondet_u8();
	ASSUME(cursor->problem < SIGNED_PROBLEM_COUNT);
	*out = (struct chain){
		.root = { &input[ROOT], SIGNED_KEY_BYTES },
		.endorsement = { .payload = { &input[ENDORSEMENT], 1 }, .signature = { &input[ENDORSEMENT_SIGNATURE], 96 },
				 .signed_rest = { &input[ENDORSEMENT_REST], 2 } },
		.object = { .payload = { &input[OBJECT], 1 }, .signature = { &input[OBJECT_SIGNATURE], 96 },
			    .signed_rest = { &input[OBJECT_REST], 3 } },
	};
	return cursor->problem;
}

enum status hash_sha256(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	CLAIM(count == 1 && pieces[0].data == &input[ROOT] && pieces[0].bytes == SIGNED_KEY_BYTES, "the root key is hashed");
	out[0] = nondet_u8();
	return nondet_bool() ? OK : ERR_AUTH;
}

bool hash_is_equal(const uint8_t a[HASH_BYTES], const uint8_t b[HASH_BYTES])
{
	(void)a;
	CLAIM(b == trust.root_sha256, "the root key is compared with the device's");
	is_root_good = nondet_bool();
	return is_root_good;
}

void cose_check_algorithm(struct cbor *cursor, const struct cose *cose)
{
	if (cursor->problem != SIGNED_OK)
		return;
	algorithms |= cose->payload.data == &input[OBJECT] ? 2u : 1u;
	if (nondet_bool())
		cbor_fail(cursor, input, SIGNED_ALGORITHM);
}

static enum status verdict = ERR_AUTH;
static bool is_half_way;

void signature_begin(const uint8_t key[SIGNED_KEY_BYTES], const struct hash_piece *pieces, size_t count,
		     const uint8_t signature[SIGNED_SIGNATURE_BYTES], bool is_sliced)
{
	bool holds = nondet_bool(), is_object = signature == &input[OBJECT_SIGNATURE];

	CLAIM(c.problem == SIGNED_OK, "no signature is checked after a problem");
	CLAIM(algorithms == 3 && is_root_good, "no signature is checked before root key and algorithm are");
	CLAIM(count == 2 && pieces[0].data == cose_signed_start && pieces[0].bytes == COSE_SIGNED_START_BYTES,
	      "what is signed begins as all do");
	CLAIM(pieces[1].data == &input[is_object ? OBJECT_REST : ENDORSEMENT_REST] && pieces[1].bytes == (is_object ? 3 : 2),
	      "what is signed goes on with the payload");
	if (is_object) {
		CLAIM(is_endorsement_read && key == signer.key, "the endorsed key signed the object");
		object_holds = holds;
	} else {
		CLAIM(key == &input[ROOT] && signature == &input[ENDORSEMENT_SIGNATURE], "the root key signed the endorsement");
		endorsement_holds = holds;
	}
	verdict = holds ? OK : ERR_AUTH;
	is_half_way = is_sliced && nondet_bool();
}

enum status signature_step(void)
{
	enum status status = is_half_way ? ERR_BUSY : verdict;

	CLAIM(c.problem == SIGNED_OK, "no check goes on after a problem");
	is_half_way = false;
	return status;
}

struct endorsement nondet_endorsement(void);

enum signed_problem endorsement_read(struct cbor *cursor, struct endorsement *out)
{
	CLAIM(endorsement_holds && cursor->at == &input[ENDORSEMENT], "an endorsement is read after its signature held");
	is_endorsement_read = true;
	*out = nondet_endorsement();
	ASSUME(out->role >= SIGNED_ROLE_FIRMWARE && out->role < SIGNED_ROLE_END);
	cursor->problem = (enum signed_problem)nondet_u8();
	ASSUME(cursor->problem < SIGNED_PROBLEM_COUNT);
	return cursor->problem;
}

/* What the other functions of the file call; a chain does not. */
enum signed_problem firmware_read(struct cbor *cursor, struct firmware *out)
{
	(void)out;
	return cursor->problem;
}

enum signed_problem policy_read(struct cbor *cursor, struct policy *out)
{
	(void)out;
	return cursor->problem;
}

uint64_t firmware_part_offset(const struct firmware *firmware, enum firmware_part part)
{
	(void)firmware;
	return part;
}

struct trust nondet_trust(void);

void proof(void)
{
	enum signed_role role = (enum signed_role)nondet_u8();
	struct chain_check check;
	struct cbor object;

	ASSUME(role >= SIGNED_ROLE_FIRMWARE && role < SIGNED_ROLE_END);
	trust = nondet_trust();
	c = cbor_open(input, sizeof(input));

	chain_begin(&check, &c, &trust, role, &signer, nondet_bool());
	while (chain_step(&check))
		CLAIM(c.problem == SIGNED_OK, "what has a problem has ended");

	enum signed_problem problem = c.problem;

	WITNESS(problem == SIGNED_REVOKED, "a revoked key");
	WITNESS(problem == SIGNED_SIGNATURE && endorsement_holds, "an object that is not signed");
	if (problem != SIGNED_OK)
		return;
	CLAIM(is_root_good && algorithms == 3, "root key and algorithms are the device's");
	CLAIM(endorsement_holds && object_holds, "both signatures hold");
	CLAIM(signer.role == role, "the key may sign objects of the role");
	CLAIM(signer.serial >= trust.least[role].serial, "the key is not revoked");
	object = chain_object(&check);
	CLAIM(object.at == &input[OBJECT] && object.problem == SIGNED_OK, "what is read next is the object");
	WITNESS(role == SIGNED_ROLE_VM, "a chain for VMs");
}
