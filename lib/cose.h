/*
 * COSE_Sign1 of the one form that signed objects have: takes it apart, and says what its signature covers.
 * Sources: RFC 9052, sections 4.2 (COSE_Sign1) and 4.4 (Sig_structure); RFC 9053, section 2.1 (algorithms).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_COSE_H
#define LIB_COSE_H

#include "lib/cbor.h"
#include "lib/compiler.h"

/* The pieces of a signed object, as they lie in the input. */
struct cose {
	struct cbor_bytes protected;	/* content of the protected header */
	struct cbor_bytes payload;
	struct cbor_bytes signature;	/* r || s */
	/* What is signed is COSE_SIGNED_START, then this: the payload with its head, alike in object and Sig_structure. */
	struct cbor_bytes signed_rest;
};

/* The Sig_structure as far as it is the same for all objects: before the head of the payload. */
#define COSE_SIGNED_START_BYTES	18
extern const uint8_t cose_signed_start[COSE_SIGNED_START_BYTES];

/**
 * cose_take - take a COSE_Sign1. It says nothing of the algorithm yet.
 *
 * @out  complete only while @c has no problem
 *
 * Problems: those of cbor.h; SIGNED_UNKNOWN for anything in the unprotected header; SIGNED_RANGE for a payload or a
 * signature of another size than the format has.
 */
void cose_take(struct cbor *c, struct cose *out);

/* cose_split - take a COSE_Sign1 that is all of @bytes, a string of @c. As cose_take; SIGNED_TRAILING if it goes on. */
void cose_split(struct cbor *c, struct cbor_bytes bytes, struct cose *out);

/**
 * cose_check_algorithm - SIGNED_ALGORITHM in @c unless the protected header is {1: -35}: ES384, and nothing else. Only
 * then is cose_signed_start what is signed.
 */
void cose_check_algorithm(struct cbor *c, const struct cose *cose);

#endif
