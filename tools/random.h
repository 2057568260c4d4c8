/*
 * Random numbers of the host, for secrets that a device or a token is given.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_RANDOM_H
#define TOOLS_RANDOM_H

#include "tools/verbs.h"

/* random_make - OpenSSL's generator for secrets, seeded by the operating system. TOOL_DONE, or TOOL_FAILED after printing. */
MUST_CHECK int random_make(void *out, size_t count);

#endif
