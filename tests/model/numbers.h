/*
 * Numbers in place of the anchor's hashes, for the machine on the host: a chain is one number, and three that follow
 * from it, so that few measurements come about and most of them are listed.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_NUMBERS_H
#define TESTS_MODEL_NUMBERS_H

#include "tests/model/model.h"

struct model_digest numbers_digest(uint64_t chain);
/* One number for the words of a page; a chain with one more page; one that is extended by bytes; its end. */
uint64_t numbers_page(const uint64_t page[CONTENT_WORDS]);
struct model_digest numbers_extend(struct model_digest chain, uint64_t ipa, uint64_t page);
/* One of NUMBERS_MEASUREMENTS for each role, of which the policy lists the first NUMBERS_LISTED. */
uint64_t numbers_measurement(unsigned role, unsigned i);
#define NUMBERS_MEASUREMENTS	16
#define NUMBERS_LISTED		12

#endif
