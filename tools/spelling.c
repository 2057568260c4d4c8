/*
 * Decides how far two words are apart: optimal string alignment, which counts a swap of neighbours as one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/spelling.h"
#include <string.h>

#define LENGTH_MAX	31

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static unsigned distance(const char *a, const char *b)
{
	/* cost[i][j]: from the first i letters of a to the first j of b */
	static unsigned cost[LENGTH_MAX + 1][LENGTH_MAX + 1];
	size_t a_length = strlen(a), b_length = strlen(b);

	for (size_t i = 0; i <= a_length; i++) {
		for (size_t j = 0; j <= b_length; j++) {
			if (i == 0 || j == 0) {
				cost[i][j] = (unsigned)(i + j);
				continue;
			}
			cost[i][j] = least(least(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				cost[i][j] = least(cost[i][j], cost[i - 2][j - 2] + 1);
		}
	}
	return cost[a_length][b_length];
}

const char *spelling_nearest(const char *typed, const char *const *words, size_t count)
{
	const char *best = NULL;
	size_t length = strlen(typed);
	unsigned best_distance = (unsigned)(length + 2) / 3 + 1;

	for (size_t i = 0; i < count && length <= LENGTH_MAX; i++) {
		unsigned found = strlen(words[i]) <= LENGTH_MAX ? distance(typed, words[i]) : best_distance;

		if (found < best_distance) {
			best = words[i];
			best_distance = found;
		}
	}
	return best;
}
