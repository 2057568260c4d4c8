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
 * identity_complete - the secret, how many bad ends in a row the device puts up with, and the digest.
 *
 * @secret_path  file that keeps the secret, so that a device which is provisioned anew is the same one: it is made if it is
 *               not there, its owner's alone. NULL: a new secret, kept nowhere else
 *
 * Returns TOOL_DONE; TOOL_CONFIGURATION if the file holds something else; TOOL_FAILED. It was printed then.
 */
MUST_CHECK int identity_complete(struct identity_page *page, uint32_t failures_max, const char *secret_path);

/**
 * device_state_make - the state of a device that leaves the factory with @package in slot A: what is older than the
 * package, or revoked by it, is refused from then on. A new seed.
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int device_state_make(struct state *state, const struct package *package);

#endif
