/*
 * Words that stand for numbers of tokens, manifests and measurements, in references and tables.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_WORD_H
#define TOOLS_WORD_H

#include "lib/compiler.h"

struct word {
	const char *word;	/* NULL ends a list */
	uint64_t value;
};

extern const struct word word_lifecycles[];	/* TOKEN_LIFECYCLE_* */
extern const struct word word_slots[];		/* STATE_SLOT_* */
extern const struct word word_classes[];	/* HOST_CLASS_* */
extern const struct word word_shares[];		/* HOST_OPTION_SHARE_*, 0 for none */
extern const struct word word_answers[];	/* 0 and 1: no, yes */
extern const struct word word_parts[];		/* enum vmimage_part */

/* word_of - the word of a number; "?" if it has none. */
const char *word_of(const struct word *list, uint64_t value);

/* word_find - the entry of a word; NULL if there is none, or @word is NULL. */
const struct word *word_find(const struct word *list, const char *word);

#endif
