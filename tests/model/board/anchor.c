/*
 * The anchor that the model expects on a board: SHA-256 as abi/anchor.h says. The caller has the vector registers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/hash.h"
#include "lib/memory.h"
#include "tests/model/board/board.h"

#define LISTED_MAX 16

static struct listed {
	unsigned role;
	struct model_digest measurement;
} listed[LISTED_MAX];
static unsigned listed_count;
static uint64_t page[CONTENT_WORDS];

static struct model_digest hash(const struct hash_piece *pieces, size_t count)
{
	struct model_digest digest;

	if (hash_sha256(pieces, count, (uint8_t *)digest.words) != OK)
		board_differ("SHA-256 fails");
	return digest;
}

struct model_digest anchor_first(unsigned role)
{
	const char *tag = role == HOST_ROLE_VM ? ANCHOR_CHAIN_TAG_VM : ANCHOR_CHAIN_TAG_BOX;
	const struct hash_piece piece = { tag, strlen(tag) };

	return hash(&piece, 1);
}

struct model_digest anchor_extend(struct model_digest chain, uint64_t ipa, const struct content_params *params,
				  uint64_t content)
{
	content_write(params, content, page);
	const struct hash_piece whole = { page, sizeof(page) };
	struct model_digest digest = hash(&whole, 1);
	const struct hash_piece pieces[] = { { &chain, sizeof(chain) }, { &ipa, sizeof(ipa) }, { &digest, sizeof(digest) } };

	return hash(pieces, 3);
}

struct model_digest anchor_final(struct model_digest chain, const struct measurement_header *header)
{
	const struct hash_piece pieces[] = { { &chain, sizeof(chain) }, { header, sizeof(*header) } };

	return hash(pieces, 2);
}

struct model_digest anchor_bytes(struct model_digest measurement, const uint8_t *bytes, uint64_t count)
{
	const struct hash_piece pieces[] = { { &measurement, sizeof(measurement) }, { bytes, count } };

	return hash(pieces, 2);
}

void anchor_allow(unsigned role, struct model_digest measurement)
{
	if (!anchor_lists(role, measurement) && listed_count < LISTED_MAX)
		listed[listed_count++] = (struct listed){ role, measurement };
}

/* No image is open: the real anchor asks for a file that an owner signed. */
struct model_manifest anchor_manifest(uint64_t image)
{
	(void)image;
	return (struct model_manifest){ 0 };
}

bool anchor_vouches(uint64_t image, struct model_digest measurement)
{
	(void)image;
	(void)measurement;
	return false;
}

bool anchor_lists(unsigned role, struct model_digest measurement)
{
	for (unsigned i = 0; i < listed_count; i++) {
		if (listed[i].role == role && memcmp(&listed[i].measurement, &measurement, sizeof(measurement)) == 0)
			return true;
	}
	return false;
}
