/*
 * Host calls as C functions. HOST_ERR_BUSY is retried here: it is somebody else's instant, not an
 * answer. All other results are the caller's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_HOST_H
#define LWK_HOST_H

#include "abi/host.h"
#include "lib/compiler.h"

/* x[0] HOST_*, x[1]..x[6] results. */
struct host_result {
	int64_t status;
	uint64_t x[7];
};

/* host_call - one host call, once. */
struct host_result host_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c);

struct host_granule {
	uint64_t state;		/* GRANULE_* */
	uint64_t handle;
	uint64_t role;
	uint64_t bytes;		/* of the uniform run from here on */
};

/* host_granule - who owns the granule at @pa. HOST_OK or what the mediator says; @out is set on HOST_OK. */
MUST_CHECK int64_t host_granule(uint64_t pa, struct host_granule *out);

/*
 * host_pool_add, host_donate, host_reclaim, host_populate - whole ranges, by as many calls as it takes.
 *
 * Return HOST_OK when all bytes are done, else the first refusal; *@done counts the bytes before it.
 * Context: threads; sleeps while the mediator says busy, gives up with HOST_ERR_BUSY after 5 s.
 */
MUST_CHECK int64_t host_pool_add(uint64_t handle, uint64_t pa, uint64_t bytes, uint64_t *done);
MUST_CHECK int64_t host_donate(uint64_t handle, uint64_t role, uint64_t address, uint64_t pa, uint64_t bytes,
			       uint64_t *done);
MUST_CHECK int64_t host_reclaim(uint64_t pa, uint64_t bytes, uint64_t *done);
MUST_CHECK int64_t host_populate(uint64_t handle, uint64_t role, uint64_t address, uint64_t pa, uint64_t source,
				 uint64_t bytes, uint64_t *done);
/* host_populate_image - some of it, the VM's, from the next chunks of an image; @problem: x1 of HOST_ERR_MEASUREMENT. */
MUST_CHECK int64_t host_populate_image(uint64_t handle, uint64_t image, uint64_t address, uint64_t pa, uint64_t bytes,
				       uint64_t *done, uint64_t *problem);

/* host_retry - a call without progress count, repeated while busy, as above. */
struct host_result host_retry(uint64_t id, uint64_t a, uint64_t b, uint64_t c);

#endif
