/*
 * The key that an image's content is encrypted with, wrapped to the key of a platform: ECDH-ES with P-384, HKDF-SHA-256
 * and AES-KW (RFC 9053, section 6.4.1), and the encryption of chunks with it. Cryptography is OpenSSL's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_CONTENT_KEY_H
#define TOOLS_CONTENT_KEY_H

#include "lib/vmimage.h"
#include "tools/public_key.h"

/**
 * content_key_wrap - for one platform, with an ephemeral key of its own; it opens only in an image that @owner signed.
 *
 * @out  written only on TOOL_DONE
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int content_key_wrap(const uint8_t key[VMIMAGE_KEY_BYTES], const struct public_key *platform,
				const struct public_key *owner, struct vmimage_recipient *out);

/* What encrypts chunks; one for an image. */
struct chunk_cipher;

/* chunk_cipher_make - NULL if the library fails. chunk_cipher_free - also of NULL; the key is wiped. */
struct chunk_cipher *chunk_cipher_make(const uint8_t key[VMIMAGE_KEY_BYTES]);
void chunk_cipher_free(struct chunk_cipher *cipher);

/* chunk_encrypt - in place. @head is authenticated with it. False if the library fails. */
MUST_CHECK bool chunk_encrypt(struct chunk_cipher *cipher, const struct vmimage_chunk *head,
			      uint8_t content[VMIMAGE_CHUNK_BYTES], uint8_t tag[VMIMAGE_TAG_BYTES]);

#endif
