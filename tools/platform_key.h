/*
 * The keys of a platform that others know the public half of: that to which the content keys of VM images are wrapped, and
 * that which signs attestation tokens. Derived from its secret as the anchor derives them (docs/formats.md).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PLATFORM_KEY_H
#define TOOLS_PLATFORM_KEY_H

#include "abi/identity.h"
#include "tools/public_key.h"

#define PLATFORM_KEY_BYTES	48	/* of the private key, big-endian */

enum platform_key_use { PLATFORM_KEY_IMAGES, PLATFORM_KEY_ATTESTATION };

/**
 * platform_key_derive - a pair of the device whose identity page this is.
 *
 * @private  the caller wipes it
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why; @private is zero then.
 */
MUST_CHECK int platform_key_derive(const struct identity_page *identity, enum platform_key_use use,
				   uint8_t private[PLATFORM_KEY_BYTES], struct public_key *public);

#endif
