/*
 * Random numbers: OpenSSL's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/random.h"
#include <openssl/rand.h>

int random_make(void *out, size_t count)
{
	if (RAND_priv_bytes(out, (int)count) == 1)
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-random", .object = "libcrypto", .problem = "there are no random numbers" });
}
