/*
 * Decides what each derived key depends on. The device secret is read where it is needed and wiped there.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/keys.h"
#include "abi/identity.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "lib/memory.h"
#include "lib/signed.h"
#include "plat/flash.h"
#include "plat/memory.h"

#define SALT		"redoubt keys 1"
#define LABEL_SIGNER	"seal signer"
#define LABEL_EXACT	"seal exact"
#define LABEL_PLATFORM	"image wrap"
#define LABEL_VM	"vm secret"
#define LABEL_PROOF	"attestation"
#define LABEL_REALM	"realm"

/* Who asked; 0 for the anchor itself. */
#define CALLER_OUTER	1
#define CALLER_VM	2

/* One fixed shape for all uses: no two of them are the same bytes. */
struct key_info {
	char label[16];
	uint32_t caller;
	uint32_t role;			/* enum signed_role: of the firmware's key, or of a VM's owner's */
	uint32_t lifecycle;		/* the device's; exact: 0 */
	uint32_t security_counter;	/* signer: of the firmware that sealed; a VM's secret: its version */
	uint8_t digest[32];		/* of the root key; exact, realm: of the log, which has it in it; VM: of it and who the VM is */
};
_Static_assert(sizeof(struct key_info) == 64, "no padding goes into a key");

/* Whose device it is. */
static void info_fill_device(struct key_info *info)
{
	flash_read(PLAT_FLASH_IDENTITY + offsetof(struct identity_page, lifecycle), &info->lifecycle,
		   sizeof(info->lifecycle));
	flash_read(PLAT_FLASH_IDENTITY + offsetof(struct identity_page, root_sha256), info->digest,
		   sizeof(info->digest));
}

static enum status derive(const struct key_info *info, uint8_t *out, size_t bytes)
{
	uint8_t secret[sizeof(((struct identity_page *)NULL)->secret)];
	enum status status;

	flash_read(PLAT_FLASH_IDENTITY + offsetof(struct identity_page, secret), secret, sizeof(secret));
	status = hkdf_sha256((struct hash_piece){ SALT, sizeof(SALT) - 1 },
			     (struct hash_piece){ secret, sizeof(secret) }, (struct hash_piece){ info, sizeof(*info) },
			     out, bytes);
	memory_wipe(secret, sizeof(secret));
	return status;
}

enum status keys_seal(enum seal_mode mode, uint32_t security_counter, const uint8_t measurement[32],
		      uint8_t key[KEYS_BYTES])
{
	struct key_info info = { .caller = CALLER_OUTER };

	if (mode == SEAL_MODE_SIGNER) {
		memcpy(info.label, LABEL_SIGNER, sizeof(LABEL_SIGNER));
		info.role = SIGNED_ROLE_FIRMWARE;
		info.security_counter = security_counter;
		info_fill_device(&info);
	} else {
		memcpy(info.label, LABEL_EXACT, sizeof(LABEL_EXACT));
		memcpy(info.digest, measurement, sizeof(info.digest));
	}
	return derive(&info, key, KEYS_BYTES);
}

enum status keys_platform(uint8_t seed[AGREEMENT_SEED_BYTES])
{
	struct key_info info = { .label = LABEL_PLATFORM };

	info_fill_device(&info);
	return derive(&info, seed, AGREEMENT_SEED_BYTES);
}

enum status keys_vm(const uint8_t identity[32], uint32_t version, uint8_t secret[KEYS_BYTES])
{
	struct key_info info = {
		.label = LABEL_VM, .caller = CALLER_VM, .role = SIGNED_ROLE_VM, .security_counter = version,
	};
	const struct hash_piece pieces[] = { { info.digest, sizeof(info.digest) }, { identity, HASH_BYTES } };
	enum status status;

	info_fill_device(&info);
	status = hash_sha256(pieces, ARRAY_COUNT(pieces), info.digest);
	return status == OK ? derive(&info, secret, KEYS_BYTES) : status;
}

enum status keys_attestation(uint8_t seed[SIGNING_SEED_BYTES])
{
	struct key_info info = { .label = LABEL_PROOF };

	info_fill_device(&info);
	return derive(&info, seed, SIGNING_SEED_BYTES);
}

enum status keys_realm(const uint8_t measurement[32], uint8_t seed[SIGNING_SEED_BYTES])
{
	struct key_info info = { .label = LABEL_REALM };

	info_fill_device(&info);
	memcpy(info.digest, measurement, sizeof(info.digest));
	return derive(&info, seed, SIGNING_SEED_BYTES);
}
