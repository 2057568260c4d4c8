/*
 * AES-256-GCM (NIST SP 800-38D) for the trust anchor: a thin layer over Mbed TLS with the Armv8 instructions. Nonces of
 * 96 bits, tags of 128. Needs what hash.h needs. Whoever uses a key never uses a nonce with it twice.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef CRYPTO_GCM_H
#define CRYPTO_GCM_H

#include "crypto/hash.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define GCM_KEY_BYTES	32
#define GCM_NONCE_BYTES	12
#define GCM_TAG_BYTES	16

/* All of a message but its text. */
struct gcm_message {
	const uint8_t *key;		/* GCM_KEY_BYTES */
	const uint8_t *nonce;		/* GCM_NONCE_BYTES */
	struct hash_piece header;	/* authenticated, not encrypted */
	size_t bytes;			/* of the text; may be 0 */
};

/**
 * gcm_seal - encrypt and authenticate.
 *
 * @in, @out  message->bytes each; the same memory, or apart
 * @tag       written only on OK
 *
 * Returns OK; ERR_AUTH if the library fails: @out then holds nothing to be given away.
 */
MUST_CHECK enum status gcm_seal(const struct gcm_message *message, const uint8_t *in, uint8_t *out,
				uint8_t tag[GCM_TAG_BYTES]);

/**
 * gcm_open - check and decrypt.
 *
 * @in, @out  message->bytes each; the same memory, or apart. @out is zero unless the answer is OK
 *
 * Returns OK; ERR_AUTH if key, nonce, header, text and tag do not belong together, or if the library fails.
 */
MUST_CHECK enum status gcm_open(const struct gcm_message *message, const uint8_t tag[GCM_TAG_BYTES], const uint8_t *in,
				uint8_t *out);

/*
 * A key that is kept for many messages which are opened in parts. What the library has of it lies here, nowhere else.
 * All that is opened before gcm_key_end has said OK may be anything: nobody else may see it.
 */
#define GCM_KEPT_BYTES	832
struct gcm_key {
	uint8_t library[GCM_KEPT_BYTES] ALIGNED(16);
};

/* gcm_key_open - keep a key; @out is wiped by gcm_key_close. Returns OK; ERR_AUTH if the library fails. */
MUST_CHECK enum status gcm_key_open(struct gcm_key *out, const uint8_t key[GCM_KEY_BYTES]);
void gcm_key_close(struct gcm_key *key);

/* gcm_key_begin - start to open a message; the one before is forgotten. Returns OK; ERR_AUTH if the library fails. */
MUST_CHECK enum status gcm_key_begin(struct gcm_key *key, const uint8_t nonce[GCM_NONCE_BYTES],
				     struct hash_piece header);

/* gcm_key_add - open the next @bytes, a multiple of 16. Returns OK; ERR_AUTH if the library fails. */
MUST_CHECK enum status gcm_key_add(struct gcm_key *key, const uint8_t *in, uint8_t *out, size_t bytes);

/* gcm_key_end - does all of the message belong together? Returns OK or ERR_AUTH. */
MUST_CHECK enum status gcm_key_end(struct gcm_key *key, const uint8_t tag[GCM_TAG_BYTES]);

#endif
