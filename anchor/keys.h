/*
 * Keys of the device: all are derived from its secret by HKDF-SHA-256, none is ever stored (docs/formats.md, "Sealed
 * data").
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_KEYS_H
#define ANCHOR_KEYS_H

#include "abi/seal.h"
#include "crypto/agreement.h"
#include "crypto/signing.h"
#include "lib/compiler.h"
#include "lib/status.h"

#define KEYS_BYTES	32

/**
 * keys_seal - the key that a blob is sealed with.
 *
 * @mode              the blob's
 * @security_counter  SEAL_MODE_SIGNER: that the blob was sealed under; else not looked at
 * @measurement       SEAL_MODE_EXACT: the log's digest; else not looked at
 * @key               the caller wipes it after its one use
 *
 * Returns OK; ERR_AUTH if the library fails; @key is zero then.
 */
MUST_CHECK enum status keys_seal(enum seal_mode mode, uint32_t security_counter, const uint8_t measurement[32],
				 uint8_t key[KEYS_BYTES]);

/**
 * keys_vm - the secret of a VM.
 *
 * @identity  who it is: SHA-256 of its owner's key and its name
 * @version   which of its secrets
 * @secret    goes to the VM alone
 *
 * Returns as keys_seal.
 */
MUST_CHECK enum status keys_vm(const uint8_t identity[32], uint32_t version, uint8_t secret[KEYS_BYTES]);

/* keys_platform - of which the key that VM images are packed for is made (crypto/agreement.h). Returns as keys_seal. */
MUST_CHECK enum status keys_platform(uint8_t seed[AGREEMENT_SEED_BYTES]);

/* keys_attestation - of which the key is made that signs the platform part of tokens, whatever runs. Returns as keys_seal. */
MUST_CHECK enum status keys_attestation(uint8_t seed[SIGNING_SEED_BYTES]);

/* keys_realm - of which the key is made that signs the realm part, where this is the log's digest. Returns as keys_seal. */
MUST_CHECK enum status keys_realm(const uint8_t measurement[32], uint8_t seed[SIGNING_SEED_BYTES]);

#endif
