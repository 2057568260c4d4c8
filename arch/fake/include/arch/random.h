/*
 * The CPU's own random numbers, on the host: the test says them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_RANDOM_H
#define ARCH_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* random_word - the test's own. */
bool random_word(uint64_t *out);

#endif
