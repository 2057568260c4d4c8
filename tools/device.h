/*
 * What makes one device another than the next: its identity page with a secret of its own, and the first snapshot of its
 * state.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_DEVICE_H
#define TOOLS_DEVICE_H

#include "abi/identity.h"
#include "abi/state.h"
#include "crypto/package.h"
#include "tools/verbs.h"

#define DEVICE_FAILURES_MAX	255	/* as many as a restart record counts */

/**
 * identity_make - the public part of an identity page, the rest zero: all that a boot measures.
 *
 * @lifecycle  "development" or "production", as --lifecycle says it
 *
 * Returns TOOL_DONE; TOOL_USAGE for another word, after printing why.
 */
MUST_CHECK int identity_make(struct identity_page *page, const char *lifecycle,
			     const uint8_t root_sha256[DIGEST_BYTES]);

/**
 * identity_complete - a new secret, how many bad ends in a row the device puts up with, and the digest.
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int identity_complete(struct identity_page *page, uint32_t failures_max);

/**
 * device_state_make - the state of a device that leaves the factory with @package in slot A: what is older than the
 * package, or revoked by it, is refused from then on. A new seed.
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int device_state_make(struct state *state, const struct package *package);

#endif
