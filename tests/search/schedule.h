/*
 * What an expanded AES-256 key looks like in memory (FIPS 197, section 5.2): every word follows from the eight before
 * it, as nothing else does by chance. A part of a schedule is enough, so that one that is half overwritten is found.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_SEARCH_SCHEDULE_H
#define TESTS_SEARCH_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

/* How much of a schedule has to be there: eight words, and the eight that follow from them. */
#define SCHEDULE_PART_BYTES	64

/**
 * schedule_find - the first part of a schedule in memory.
 *
 * @memory  @bytes bytes, looked at from @from on, at each multiple of 4; words in either byte order
 *
 * Returns its offset, or @bytes if there is none. Of a whole schedule each part is found in turn.
 */
size_t schedule_find(const uint8_t *memory, size_t bytes, size_t from);

#endif
