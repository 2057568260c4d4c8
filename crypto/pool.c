/*
 * The pool: decides how large it is, and that damage to its bookkeeping ends the run.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "crypto/pool.h"
#include "lib/check.h"
#include "lib/compiler.h"
#include <mbedtls/memory_buffer_alloc.h>
#include <mbedtls/platform.h>

/* HMAC's contexts: one that stays, the generator's, and one that goes. */
#define POOL_BYTES	4096

static uint8_t pool[POOL_BYTES] ALIGNED(16);
static bool is_open;

void pool_damaged(int status)
{
	(void)status;
	CHECK(false);
}

void pool_open(void)
{
	if (!is_open)
		mbedtls_memory_buffer_alloc_init(pool, sizeof(pool));
	is_open = true;
}
