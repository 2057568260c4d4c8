/*
 * What a granule holds, as one number: nothing but zeros, a pattern that the number gives, a page of an image, or the
 * parameters of a pair and zeros behind them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_CONTENT_H
#define TESTS_MODEL_CONTENT_H

#include <stdbool.h>
#include <stdint.h>
#include "abi/host.h"

#define CONTENT_WORDS		512u
#define CONTENT_ZERO		0
/* Nobody but the mediator reads it (tables and contexts); or the model does not know: a realm's page after a host call. */
#define CONTENT_INTERNAL	(~0ull)
/* A realm's configuration. */
#define CONTENT_CONFIG		(~0ull - 1)
/* Patterns are below; above, the page of an image with that number; the parameters with that number. */
#define CONTENT_IMAGE		0x2000000000000000ull
#define CONTENT_PARAMS		0x4000000000000000ull

#define CONTENT_PARAMS_MAX	4096
#define CONTENT_PARAMS_WORDS	(sizeof(struct host_pair_params) / 8)

/* Parameters that were written so far; and the images, if there are any. */
struct content_params {
	uint64_t count;
	const uint64_t (*images)[CONTENT_WORDS];
	uint64_t words[CONTENT_PARAMS_MAX][CONTENT_PARAMS_WORDS];
};

/* content_word - word @i of a granule that holds @content. */
uint64_t content_word(const struct content_params *params, uint64_t content, unsigned i);
/* content_write - make a page hold it. */
void content_write(const struct content_params *params, uint64_t content, uint64_t page[CONTENT_WORDS]);
/* content_is - does a page hold it? True for CONTENT_INTERNAL. */
bool content_is(const struct content_params *params, uint64_t content, const uint64_t page[CONTENT_WORDS]);
/* content_mix - a chain of numbers: what is measured. */
uint64_t content_mix(uint64_t chain, uint64_t a, uint64_t b);

#endif
