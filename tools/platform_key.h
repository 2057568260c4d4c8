/*
 * The key of a platform, to which the content keys of VM images are wrapped: derived from its secret as the anchor
 * derives it (docs/formats.md, "VM images").
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PLATFORM_KEY_H
#define TOOLS_PLATFORM_KEY_H

#include "abi/identity.h"
#include "tools/public_key.h"

#define PLATFORM_KEY_BYTES	48	/* of the private key, big-endian */

/**
 * platform_key_derive - the pair of a device whose identity page this is.
 *
 * @private  the caller wipes it
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why; @private is zero then.
 */
MUST_CHECK int platform_key_derive(const struct identity_page *identity, uint8_t private[PLATFORM_KEY_BYTES],
				   struct public_key *public);

#endif
