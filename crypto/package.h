/*
 * Whether chains and packages hold: signatures, roles, revocation, counters, digests, in the order of docs/formats.md.
 * The same source runs in the trusted rooms and in the host tool; what is behind hash.h and signature.h differs.
 *
 * All take their input through a cursor (lib/cbor.h) and leave there what is wrong and where. The bytes must be the
 * caller's own while they are looked at: whoever could change them would choose what was verified.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_PACKAGE_H
#define CRYPTO_PACKAGE_H

#include "crypto/hash.h"
#include "lib/cbor.h"
#include "lib/chain.h"
#include "lib/compiler.h"
#include "lib/endorsement.h"
#include "lib/firmware.h"
#include "lib/policy.h"

/* What a device holds objects against. */
struct trust {
	uint8_t root_sha256[HASH_BYTES];	/* of the root key */
	struct {
		uint32_t serial;	/* endorsements below are revoked */
		uint32_t counter;	/* objects below are rolled back */
	} least[SIGNED_ROLE_END];		/* by role; 0 is not used */
};

/* What a package holds, once it holds. */
struct package {
	struct endorsement firmware_signer, policy_signer;
	struct firmware firmware;
	struct policy policy;
};

/* A chain whose signatures are being checked. Its fields are package.c's. */
struct chain_check {
	struct cbor *c;
	const struct trust *trust;
	enum signed_role role;
	bool is_sliced;
	struct endorsement *signer;
	struct chain chain;
	const struct cose *next;	/* the object whose signature is being checked */
};

/**
 * chain_begin, chain_step - does the chain that @c is, filled up with zeros, hold for a role? What chain_begin is given
 * stays where it is until the end, and the bytes of the chain do not change.
 *
 * @signer     the endorsement; complete only if the chain holds
 * @is_sliced  whether a step is bounded, as that of signature_step is
 *
 * chain_step returns true while there is more to do; before it returned false, c->problem says nothing. Then it is
 * SIGNED_OK and c->at where the zeros begin; or SIGNED_ROOT_KEY, SIGNED_ALGORITHM, SIGNED_SIGNATURE, SIGNED_ROLE,
 * SIGNED_REVOKED, or what chain_split and endorsement_read say, and c->at what it was found in.
 */
void chain_begin(struct chain_check *check, struct cbor *c, const struct trust *trust, enum signed_role role,
		 struct endorsement *signer, bool is_sliced);
MUST_CHECK bool chain_step(struct chain_check *check);

/**
 * firmware_take, policy_take - read the object of a chain that holds.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns what firmware_read and policy_read say; SIGNED_ROLLED_BACK; the problem that the chain has.
 */
MUST_CHECK enum signed_problem firmware_take(const struct chain_check *check, struct firmware *out);
MUST_CHECK enum signed_problem policy_take(const struct chain_check *check, struct policy *out);

/**
 * firmware_verify, policy_verify - all steps for the role, then take the object.
 *
 * @out  complete only on SIGNED_OK
 *
 * Returns what chain_step, and firmware_take or policy_take say.
 */
MUST_CHECK enum signed_problem firmware_verify(struct cbor *c, const struct trust *trust, struct endorsement *signer,
					       struct firmware *out);
MUST_CHECK enum signed_problem policy_verify(struct cbor *c, const struct trust *trust, struct endorsement *signer,
					     struct policy *out);

/**
 * package_verify - does all of the package that @c is hold?
 *
 * @out  complete only on SIGNED_OK; 3 KiB, so it is no local variable of a trusted room
 *
 * Returns what firmware_verify says of the first page; SIGNED_TRUNCATED, SIGNED_TRAILING for another size of the file;
 * SIGNED_DIGEST; what policy_verify says of the policy component.
 */
MUST_CHECK enum signed_problem package_verify(struct cbor *c, const struct trust *trust, struct package *out);

#endif
