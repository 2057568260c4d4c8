/*
 * The parts of attestation tokens, as docs/formats.md, "Attestation tokens", has them: what each says, and the signed object
 * that it becomes. Nothing here is secret.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_CLAIMS_H
#define ANCHOR_CLAIMS_H

#include "abi/boot.h"
#include "abi/token.h"
#include "crypto/hash.h"
#include "lib/cbor_writer.h"
#include "lib/signed.h"

/* Bytes that a part has at most; the platform's with a full log. */
#define CLAIMS_PLATFORM_MAX	1536
#define CLAIMS_REALM_MAX	768

/* The public keys of a token's two signatures: points of P-384. */
struct claims_keys {
	uint8_t platform[SIGNED_KEY_BYTES];
	uint8_t realm[SIGNED_KEY_BYTES];
};

/**
 * claims_platform - the platform part: of this boot, by the boot page, the log, and the root key in flash.
 *
 * @out  gets a COSE_Sign1 whose signature is zero
 *
 * Returns OK; ERR_AUTH if the library fails.
 */
MUST_CHECK enum status claims_platform(struct cbor_writer *out, const struct boot_info *boot, const struct claims_keys *keys);

/* claims_realm - the realm part: of the VM that a request describes. @out as above. */
void claims_realm(struct cbor_writer *out, const struct token_request *request, const struct claims_keys *keys);

/**
 * claims_digest - what is to be signed of a part: SHA-384 of its Sig_structure (RFC 9052, section 4.4).
 *
 * Returns OK; ERR_NO_MEMORY if the part did not fit; ERR_AUTH if it is none, or the library fails.
 */
MUST_CHECK enum status claims_digest(const struct cbor_writer *part, uint8_t out[HASH_SHA384_BYTES]);

/* claims_sign - put the signature into a part that fitted. */
void claims_sign(struct cbor_writer *part, const uint8_t signature[SIGNED_SIGNATURE_BYTES]);

/* claims_token - the token of its two parts. */
void claims_token(struct cbor_writer *out, const struct cbor_writer *platform, const struct cbor_writer *realm);

#endif
