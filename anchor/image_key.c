/*
 * The content key of a VM image. Decides that the platform's key is made anew for each use, and what of it stays: the digest
 * of its public half, which takes long to find out and is no secret.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/image_key.h"
#include "anchor/keys.h"
#include "crypto/agreement.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/keywrap.h"
#include "lib/memory.h"

#define SECRET_BYTES	48	/* of an agreement: a coordinate */

static uint8_t platform_sha256[HASH_BYTES];
static bool platform_is_known;

static const struct vmimage *image;
static const uint8_t *owner;
static const struct vmimage_recipient *recipient;	/* NULL while the platform's public key is being made */

static bool product_begin(const uint8_t *point)
{
	uint8_t seed[AGREEMENT_SEED_BYTES];
	enum status status = keys_platform(seed);

	if (status == OK)
		agreement_begin(seed, point);
	memory_wipe(seed, sizeof(seed));
	return status == OK;
}

void image_key_forget(void)
{
	agreement_forget();
	image = NULL;
	owner = NULL;
	recipient = NULL;
}

/* False if there is none for this platform, or the library fails. */
static bool recipient_begin(void)
{
	for (uint32_t i = 0; i < image->recipient_count; i++) {
		if (!hash_is_equal(image->recipients[i].platform, platform_sha256))
			continue;
		recipient = &image->recipients[i];
		return product_begin(recipient->ephemeral);
	}
	return false;
}

bool image_key_begin(const struct vmimage *of, const uint8_t signed_by[SIGNED_KEY_BYTES])
{
	image = of;
	owner = signed_by;
	recipient = NULL;
	/* A step finds out that there is no recipient. */
	return platform_is_known || product_begin(NULL);
}

static bool platform_step(enum signed_problem *problem)
{
	uint8_t key[SIGNED_KEY_BYTES];

	if (!platform_is_known) {
		enum status status = agreement_step(key);
		const struct hash_piece piece = { key, sizeof(key) };

		if (status == ERR_BUSY)
			return true;
		platform_is_known = status == OK && hash_sha256(&piece, 1, platform_sha256) == OK;
	}
	if (platform_is_known && recipient_begin())
		return true;
	*problem = platform_is_known && recipient == NULL ? SIGNED_PLATFORM : SIGNED_WRAP;
	return false;
}

static enum status unwrap(const uint8_t *secret, uint8_t key[VMIMAGE_KEY_BYTES])
{
	uint8_t context[VMIMAGE_CONTEXT_BYTES], wrapping[KEYWRAP_KEY_BYTES];
	enum status status;

	vmimage_context_write(owner, context);
	status = hkdf_sha256((struct hash_piece){ "", 0 }, (struct hash_piece){ secret, SECRET_BYTES },
			     (struct hash_piece){ context, sizeof(context) }, wrapping, sizeof(wrapping));

	if (status == OK)
		status = keywrap_open(wrapping, recipient->wrapped, key);
	memory_wipe(wrapping, sizeof(wrapping));
	return status;
}

bool image_key_step(uint8_t key[VMIMAGE_KEY_BYTES], enum signed_problem *problem)
{
	uint8_t point[SIGNED_KEY_BYTES];
	enum status status;

	if (recipient == NULL)
		return platform_step(problem);
	status = agreement_step(point);
	if (status == ERR_BUSY)
		return true;
	if (status == OK)
		status = unwrap(point + 1, key);
	memory_wipe(point, sizeof(point));
	*problem = status == OK ? SIGNED_OK : SIGNED_WRAP;
	return false;
}
