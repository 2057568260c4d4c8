/*
 * Contents of granules.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/content.h"

#define STEP 0x9e3779b97f4a7c15ull

uint64_t content_word(const struct content_params *params, uint64_t content, unsigned i)
{
	if (content == CONTENT_ZERO)
		return 0;
	if (content < CONTENT_IMAGE)
		return content ^ i * STEP;
	if (content < CONTENT_PARAMS)
		return params->images[content - CONTENT_IMAGE][i];
	/* struct rsi_realm_config: 40 bits of address, SHA-256 is 0. */
	if (content == CONTENT_CONFIG)
		return i == 0 ? 40 : 0;
	return i < CONTENT_PARAMS_WORDS ? params->words[content - CONTENT_PARAMS][i] : 0;
}

void content_write(const struct content_params *params, uint64_t content, uint64_t page[CONTENT_WORDS])
{
	for (unsigned i = 0; i < CONTENT_WORDS; i++)
		page[i] = content_word(params, content, i);
}

/* One loop without a way out: compilers make vectors of it. */
static bool pattern_is(uint64_t content, const uint64_t page[CONTENT_WORDS])
{
	uint64_t difference = 0, step = content == CONTENT_ZERO ? 0 : STEP;

	for (uint64_t i = 0; i < CONTENT_WORDS; i++)
		difference |= page[i] ^ content ^ i * step;
	return difference == 0;
}

bool content_is(const struct content_params *params, uint64_t content, const uint64_t page[CONTENT_WORDS])
{
	if (content == CONTENT_INTERNAL)
		return true;
	if (content < CONTENT_IMAGE)
		return pattern_is(content, page);
	for (unsigned i = 0; i < CONTENT_WORDS; i++) {
		if (page[i] != content_word(params, content, i))
			return false;
	}
	return true;
}

uint64_t content_mix(uint64_t chain, uint64_t a, uint64_t b)
{
	chain = (chain ^ a) * 0xff51afd7ed558ccdull;
	chain ^= chain >> 33;
	chain = (chain ^ b) * 0xc4ceb9fe1a85ec53ull;
	return chain ^ chain >> 29;
}
