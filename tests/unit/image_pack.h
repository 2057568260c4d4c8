/*
 * What an owner does with a VM image, by OpenSSL and from docs/formats.md alone: wrap a content key, encrypt chunks; and a
 * platform's public key from what the device was made with. Apart from the tests because OpenSSL's names meet the product's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_IMAGE_PACK_H
#define TESTS_UNIT_IMAGE_PACK_H

#include <stddef.h>
#include <stdint.h>

/* pack_platform - the public key of a device, uncompressed; @lifecycle as in the identity page. */
void pack_platform(const uint8_t secret[32], uint32_t lifecycle, const uint8_t root_sha256[32], uint8_t out[97]);

/* pack_key - the public half of any key that the device derives for itself (docs/formats.md), by its label and digest. */
void pack_key(const uint8_t secret[32], const char *label, uint32_t lifecycle, const uint8_t digest[32], uint8_t out[97]);

/* pack_wrap - a content key for a platform, for images of this owner, with a fresh ephemeral key. */
void pack_wrap(const uint8_t platform[97], const uint8_t owner[97], const uint8_t key[32], uint8_t ephemeral[97],
	       uint8_t wrapped[40]);

/* pack_chunk - encrypt @text (4096 bytes); @header is what is authenticated with it. */
void pack_chunk(const uint8_t key[32], uint32_t index, const void *header, size_t header_bytes, const uint8_t *text,
		uint8_t *out, uint8_t tag[16]);

#endif
