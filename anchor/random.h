/*
 * Random numbers: a generator whose seed is kept in the state and replaced at each boot before it is used, so that no
 * two boots have the same numbers; with what the CPU's own generator gives, where there is one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_RANDOM_H
#define ANCHOR_RANDOM_H

#include "lib/compiler.h"
#include "lib/status.h"

/**
 * random_open - replace the seed in the state, then start the generator. Once, after state_open.
 *
 * Returns OK; ERR_STATE if the flash does not take the new seed, ERR_AUTH if the cryptography fails: there are no random
 * numbers then, and the anchor must not start.
 */
MUST_CHECK enum status random_open(void);

/* random_make - @bytes random bytes, 1 .. 1024. Returns OK; ERR_AUTH as drbg_make: @out is zero then. */
MUST_CHECK enum status random_make(void *out, size_t bytes);

#endif
