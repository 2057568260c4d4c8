/*
 * From a list of steps on which model and mediator differ to one of which no step can be left out.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_SHRINK_H
#define TESTS_MODEL_SHRINK_H

#include "tests/model/episode.h"

/**
 * shrink - make the list in @shared short; it still fails.
 *
 * @is_strict  as the episode was
 * @message  what the list said when it failed; then what the shortest one says, EPISODE_MESSAGE bytes. Addresses apart,
 *           that
 *           is the same: what fails otherwise is another fault.
 * Returns false if the list does not fail again so, and is left as it was.
 */
bool shrink(struct episode_shared *shared, bool is_strict, char *message);

#endif
