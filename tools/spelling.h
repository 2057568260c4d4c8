/*
 * What a person may have meant: the nearest of the words that there are.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_SPELLING_H
#define TOOLS_SPELLING_H

#include <stddef.h>

/**
 * spelling_nearest - the word with the fewest letters left out, put in, changed or swapped with their neighbour.
 *
 * Returns NULL if that takes more than a third of the letters that were typed, or typed is longer than 31.
 */
const char *spelling_nearest(const char *typed, const char *const *words, size_t count);

#endif
