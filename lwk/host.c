/*
 * Host calls: registers in and out, loops over partial progress, patience with "busy".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/host.h"
#include "arch/cpu.h"
#include "lwk/thread.h"

#define BUSY_MS	5000

struct request {
	uint64_t id;
	uint64_t x[7];		/* x[1] .. x[6] */
};

static struct host_result issue(const struct request *request)
{
	const uint64_t *x = request->x;
	struct smc_args args = { .x = { request->id, x[1], x[2], x[3], x[4], x[5], x[6] } };

	hvc_call(&args);
	return (struct host_result){ (int64_t)args.x[0], { 0, args.x[1], args.x[2], args.x[3], args.x[4], args.x[5],
							   args.x[6] } };
}

struct host_result host_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	return issue(&(struct request){ id, { 0, a, b, c } });
}

static struct host_result issue_patiently(const struct request *request)
{
	uint64_t deadline = timer_now() + timer_from_ms(BUSY_MS);
	struct host_result result = issue(request);

	while (result.status == HOST_ERR_BUSY && timer_now() < deadline) {
		thread_sleep_ms(1);
		result = issue(request);
	}
	return result;
}

struct host_result host_retry(uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	return issue_patiently(&(struct request){ id, { 0, a, b, c } });
}

int64_t host_granule(uint64_t pa, struct host_granule *out)
{
	struct host_result result = host_call(HOST_GRANULE_INFO, pa, 0, 0);

	if (result.status == HOST_OK)
		*out = (struct host_granule){ result.x[1], result.x[2], result.x[3], result.x[4] };
	return result.status;
}

/* Which arguments advance with the work, and which one is what is left. */
struct progress {
	uint8_t advancing[3];	/* register numbers, 0 ends */
	uint8_t left;
};

static int64_t advance(struct request *request, const struct progress *how, uint64_t *done)
{
	uint64_t total = request->x[how->left];

	*done = 0;
	while (*done < total) {
		struct host_result result = issue_patiently(request);

		if (result.status != HOST_OK)
			return result.status;
		/* An answer that makes no progress, or claims too much, would loop for ever. */
		if (result.x[1] == 0 || result.x[1] > request->x[how->left])
			return HOST_ERR_STATE;
		for (unsigned i = 0; i < ARRAY_COUNT(how->advancing) && how->advancing[i] != 0; i++)
			request->x[how->advancing[i]] += result.x[1];
		request->x[how->left] -= result.x[1];
		*done += result.x[1];
	}
	return HOST_OK;
}

int64_t host_pool_add(uint64_t handle, uint64_t pa, uint64_t bytes, uint64_t *done)
{
	struct request request = { HOST_POOL_ADD, { 0, handle, pa, bytes } };

	return advance(&request, &(struct progress){ { 2 }, 3 }, done);
}

int64_t host_donate(uint64_t handle, uint64_t role, uint64_t address, uint64_t pa, uint64_t bytes, uint64_t *done)
{
	struct request request = { HOST_DONATE, { 0, handle, role, address, pa, bytes } };

	return advance(&request, &(struct progress){ { 3, 4 }, 5 }, done);
}

int64_t host_reclaim(uint64_t pa, uint64_t bytes, uint64_t *done)
{
	struct request request = { HOST_RECLAIM, { 0, pa, bytes } };

	return advance(&request, &(struct progress){ { 1 }, 2 }, done);
}

int64_t host_populate(uint64_t handle, uint64_t role, uint64_t address, uint64_t pa, uint64_t source,
		      uint64_t bytes, uint64_t *done)
{
	struct request request = { HOST_POPULATE, { 0, handle, role, address, pa, source, bytes } };

	return advance(&request, &(struct progress){ { 3, 4, 5 }, 6 }, done);
}

int64_t host_populate_image(uint64_t handle, uint64_t image, uint64_t address, uint64_t pa, uint64_t bytes, uint64_t *done,
			    uint64_t *problem)
{
	struct request request = { HOST_POPULATE_IMAGE, { 0, handle, image, address, pa, bytes } };
	struct host_result result = issue_patiently(&request);

	*problem = result.x[1];
	*done = result.status == HOST_OK ? result.x[1] : 0;
	return result.status == HOST_OK && *done == 0 ? HOST_ERR_STATE : result.status;
}
