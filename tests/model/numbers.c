/*
 * The anchor that the model expects on the host.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/numbers.h"

#define CHUNKS_OF_ALL	0x8000000	/* the first content that is a chunk's */
#define CHUNKS_MAX	8
#define HEADER_WORDS (sizeof(struct measurement_header) / 8)

struct model_digest numbers_digest(uint64_t chain)
{
	struct model_digest digest = { { chain } };

	for (unsigned i = 1; i < 4; i++)
		digest.words[i] = content_mix(chain, i, i);
	return digest;
}

uint64_t numbers_page(const uint64_t page[CONTENT_WORDS])
{
	uint64_t number = 0;

	for (uint64_t i = 0; i < CONTENT_WORDS; i++)
		number += page[i] * (2 * i + 1);
	return number;
}

struct model_digest numbers_extend(struct model_digest chain, uint64_t ipa, uint64_t page)
{
	return numbers_digest(content_mix(chain.words[0], ipa, page));
}

uint64_t numbers_measurement(unsigned role, unsigned i)
{
	return content_mix(2, role, i);
}

/* --- what model.h asks for --- */

struct model_digest anchor_first(unsigned role)
{
	return numbers_digest(content_mix(1, role, 0x1234));
}

struct model_digest anchor_extend(struct model_digest chain, uint64_t ipa, const struct content_params *params,
				  uint64_t content)
{
	uint64_t page[CONTENT_WORDS];

	content_write(params, content, page);
	return numbers_extend(chain, ipa, numbers_page(page));
}

struct model_digest anchor_final(struct model_digest chain, const struct measurement_header *header)
{
	union {
		struct measurement_header header;
		uint64_t words[HEADER_WORDS];
	} u = { .header = *header };
	uint64_t number = chain.words[0];

	for (unsigned i = 0; i < HEADER_WORDS; i++)
		number = content_mix(number, i, u.words[i]);
	return numbers_digest(numbers_measurement(header->role, (unsigned)(number >> 20) % NUMBERS_MEASUREMENTS));
}

struct model_digest anchor_bytes(struct model_digest measurement, const uint8_t *bytes, uint64_t count)
{
	uint64_t number = content_mix(measurement.words[0], 0xe47e4d, count);

	for (uint64_t i = 0; i < count; i++)
		number = content_mix(number, i, bytes[i]);
	return numbers_digest(number);
}

bool anchor_lists(unsigned role, struct model_digest measurement)
{
	for (unsigned i = 0; i < NUMBERS_LISTED; i++) {
		if (measurement.words[0] == numbers_measurement(role, i))
			return true;
	}
	return false;
}

/* Of sixteen images two have a chunk that does not hold, and two are closed in the midst of one. */
struct model_manifest anchor_manifest(uint64_t image)
{
	uint64_t kind = image % 16;
	struct model_manifest manifest = { 0 };

	if (image - 1 >= MODEL_IMAGES)
		return manifest;
	manifest.chunks = 1 + (uint32_t)(image / 16 % CHUNKS_MAX);
	manifest.bad = kind < 4 ? 1 + (uint32_t)(image / 128) % manifest.chunks : 0;
	manifest.closes = kind < 2;
	manifest.address = kind % 2 == 0 ? 0 : MODEL_RAM_BASE + image / 16 % 4 * MODEL_GRANULE;
	manifest.content = CHUNKS_OF_ALL + image * CHUNKS_MAX;
	return manifest;
}

/* Of every other measurement, so that some VMs of images run. */
bool anchor_vouches(uint64_t image, struct model_digest measurement)
{
	for (unsigned i = image % 2; i < NUMBERS_MEASUREMENTS; i += 2) {
		const struct model_digest said = numbers_digest(numbers_measurement(HOST_ROLE_VM, i));

		if (measurement.words[0] == said.words[0] && measurement.words[3] == said.words[3])
			return true;
	}
	return false;
}
