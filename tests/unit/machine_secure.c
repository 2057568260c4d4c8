/*
 * Monitor and anchor of the simulated machine. They insist on what the mediator promises them: no lock is held, and
 * memory that is hashed is held by the call and out of the outer OS's reach.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "abi/monitor.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "abi/vmimage.h"
#include "arch/cpu.h"
#include "lib/signed.h"

#define LOG_ENTRIES 3

void machine_mix(uint64_t chain[4], const void *data, size_t bytes)
{
	const uint8_t *at = data;

	for (size_t i = 0; i < bytes; i++) {
		uint64_t *word = &chain[i & 3];

		*word = (*word ^ at[i]) * 0x100000001b3ull;
		chain[(i + 1) & 3] += *word >> 29;
	}
	for (unsigned i = 0; i < 4; i++)
		chain[i] ^= bytes + i;
}

static void chain_return(struct smc_args *args, const uint64_t chain[4])
{
	args->x[0] = ANCHOR_OK;
	memcpy(&args->x[1], chain, 32);
}

static void hash_init(struct smc_args *args)
{
	uint64_t chain[4] = { 0 };

	if (args->x[1] > ANCHOR_CHAIN_VM)
		fake_violation("hash init of kind %llu", (unsigned long long)args->x[1]);
	machine_mix(chain, args->x[1] == ANCHOR_CHAIN_BOX ? "box" : "vm", 2);
	chain_return(args, chain);
}

static void hash_extend(struct smc_args *args)
{
	uint64_t pa = args->x[1], chain[4];

	if (granule_get(pa_make(pa)).state != GRANULE_MOVING)
		fake_violation("0x%llx is measured but not held", (unsigned long long)pa);
	if (!fake_is_threaded && machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is measured while the outer OS reaches it", (unsigned long long)pa);
	memcpy(chain, &args->x[3], sizeof(chain));
	machine_mix(chain, &args->x[2], sizeof(args->x[2]));
	machine_mix(chain, fake_pointer(pa), GRANULE_BYTES);
	chain_return(args, chain);
}

static void hash_final(struct smc_args *args)
{
	uint64_t chain[4];

	if (args->x[2] != sizeof(struct measurement_header) && args->x[2] != sizeof(struct measurement_run) &&
	    args->x[2] > RSI_MEASUREMENT_VALUE_MAX)
		fake_violation("a header, run or value of %llu bytes", (unsigned long long)args->x[2]);
	memcpy(chain, &args->x[3], sizeof(chain));
	machine_mix(chain, fake_pointer(args->x[1]), args->x[2]);
	chain_return(args, chain);
}

static bool image_is(const struct smc_args *args)
{
	const struct machine_image *image = &machine.image;

	return args->x[1] == image->handle && args->x[1] != 0 && (image->pair == 0 || image->pair == args->x[2]);
}

static void chunk_fill(uint64_t pa, uint32_t index, uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += 8)
		*machine_at(pa + at) = machine_image_word(index);
}

/* What was opened stays where it is: that nobody sees it is for the mediator. */
static void chunk_refuse(struct smc_args *args)
{
	machine.image.is_refused = true;
	args->x[0] = (uint64_t)ANCHOR_ERR_REFUSED;
	args->x[1] = SIGNED_CHUNK;
	args->x[2] = VMIMAGE_CHUNK_AT(machine.image.index);
}

static void chunk_begin(struct smc_args *args)
{
	struct machine_image *image = &machine.image;
	uint64_t pa = args->x[3], due = image->address + image->index * GRANULE_BYTES;

	if (image->is_refused || image->index == image->count || (image->address != 0 && args->x[4] != due)) {
		chunk_refuse(args);
		return;
	}
	chunk_fill(pa, image->index, 0, GRANULE_BYTES / 2);
	image->granule = pa;
	image->half_address = args->x[4];
	args->x[0] = ANCHOR_INCOMPLETE;
	/* Somebody opens other images meanwhile. */
	if (image->index + 1 == image->closed_in)
		image->handle = 0;
}

static void chunk_end(struct smc_args *args)
{
	struct machine_image *image = &machine.image;

	if (args->x[3] != image->granule || args->x[4] != image->half_address)
		fake_violation("0x%llx is filled where half a chunk is in 0x%llx", (unsigned long long)args->x[3],
			       (unsigned long long)image->granule);
	image->granule = 0;
	if (image->index >= image->good) {
		chunk_refuse(args);
		return;
	}
	chunk_fill(args->x[3], image->index, GRANULE_BYTES / 2, GRANULE_BYTES);
	image->index++;
	args->x[0] = ANCHOR_OK;
}

/* An image's chunks have its number and their index in every word. It takes two calls to open one. */
static void image_chunk(struct smc_args *args)
{
	uint64_t pa = args->x[3];

	if (granule_get(pa_make(pa)).state != GRANULE_MOVING)
		fake_violation("0x%llx is filled but not held", (unsigned long long)pa);
	if (!fake_is_threaded && machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is filled while the outer OS reaches it", (unsigned long long)pa);
	if (!image_is(args)) {
		args->x[0] = (uint64_t)ANCHOR_ERR_NOT_FOUND;
		return;
	}
	machine.image.pair = args->x[2];
	if (machine.image.granule == 0)
		chunk_begin(args);
	else
		chunk_end(args);
}

static void image_check(struct smc_args *args)
{
	const struct machine_image *image = &machine.image;

	if (!image_is(args)) {
		args->x[0] = (uint64_t)ANCHOR_ERR_NOT_FOUND;
		return;
	}
	if (image->is_refused || image->index != image->count ||
	    memcmp(image->measurement, &args->x[3], sizeof(image->measurement)) != 0) {
		args->x[0] = (uint64_t)ANCHOR_ERR_DENIED;
		return;
	}
	args->x[0] = ANCHOR_OK;
	for (unsigned i = 0; i < 4; i++)
		args->x[1 + i] = MACHINE_IMAGE_OWNER + i;
	args->x[5] = MACHINE_IMAGE_COUNTER;
}

/* A secret tells what it was made of. What is refused leaves in the registers what nobody may see. */
static void secret(struct smc_args *args)
{
	bool is_denied = args->x[5] == 0 || args->x[5] > args->x[6];

	args->x[0] = is_denied ? (uint64_t)ANCHOR_ERR_DENIED : ANCHOR_OK;
	for (unsigned i = 0; i < 4; i++)
		args->x[1 + i] = machine_secret_word(args->x[1 + i], args->x[5]);
}

/* In memory that is the mediator's alone, and into one granule of a VM's. */
static void token_check(const struct smc_args *args)
{
	uint64_t request = args->x[1], to = args->x[2], bytes = args->x[3];
	struct granule own = granule_get(pa_make(request)), page = granule_get(pa_make(to));

	if (!is_aligned(request, 8) || (own.state != GRANULE_CONTEXT && own.state != GRANULE_CORE) ||
	    (request & (GRANULE_BYTES - 1)) > GRANULE_BYTES - sizeof(struct token_request))
		fake_violation("a token is asked for in 0x%llx", (unsigned long long)request);
	if (page.state != GRANULE_DATA || (page.who.who & 1) != HOST_ROLE_VM ||
	    bytes > GRANULE_BYTES - (to & (GRANULE_BYTES - 1)))
		fake_violation("a token of %llu bytes goes to 0x%llx", (unsigned long long)bytes, (unsigned long long)to);
	if (args->x[5] >= ANCHOR_TOKEN_PLACES)
		fake_violation("a token is asked for by %llu", (unsigned long long)args->x[5]);
}

static void token_make(struct smc_args *args)
{
	struct machine_token *token = &machine.token;
	const struct token_request *request = fake_pointer(args->x[1]);
	uint8_t *to = fake_pointer(args->x[2]);
	uint64_t had = args->x[4], count = token->bytes - had;

	token_check(args);
	args->x[0] = ANCHOR_INCOMPLETE;
	if (fake_is_threaded)
		return;
	token->request = *request;
	token->place = args->x[5];
	if (token->fails || had > token->bytes)
		args->x[0] = (uint64_t)(token->fails ? ANCHOR_ERR_STATE : ANCHOR_ERR_ARGS);
	else if (token->steps > 0)
		token->steps--;
	else
		args->x[0] = ANCHOR_OK;
	if (args->x[0] != ANCHOR_OK)
		return;
	args->x[1] = count < args->x[3] ? count : args->x[3];
	args->x[2] = token->bytes;
	for (uint64_t i = 0; i < args->x[1]; i++)
		to[i] = machine_token_byte(request, had + i);
}

static void measurement_read(struct smc_args *args)
{
	uint64_t index = args->x[1];

	if (index >= LOG_ENTRIES) {
		args->x[0] = (uint64_t)ANCHOR_ERR_NOT_FOUND;
		return;
	}
	args->x[0] = ANCHOR_OK;
	for (unsigned i = 1; i <= 6; i++)
		args->x[i] = 0x1000 * (index + 1) + i;
	args->x[7] = 0x5ec3e7;	/* secure-world leftovers that nobody may see */
}

static void anchor_call(struct smc_args *args)
{
	if (fake_locks_held != 0)
		fake_violation("the anchor is called with a lock held");
	if (!fake_is_threaded)
		machine.anchor_calls++;
	switch (args->x[0]) {
	case ANCHOR_HASH_INIT:
		return hash_init(args);
	case ANCHOR_HASH_EXTEND:
		return hash_extend(args);
	case ANCHOR_HASH_FINAL:
		return hash_final(args);
	case ANCHOR_MEASUREMENT_READ:
		return measurement_read(args);
	case ANCHOR_IMAGE_CHUNK:
		return image_chunk(args);
	case ANCHOR_IMAGE_CHECK:
		return image_check(args);
	case ANCHOR_IMAGE_CLOSE:
		machine.image.closed += image_is(args);
		args->x[0] = ANCHOR_OK;
		return;
	case ANCHOR_TOKEN:
		return token_make(args);
	case ANCHOR_SECRET:
		return secret(args);
	default:
		fake_violation("unknown anchor call 0x%llx", (unsigned long long)args->x[0]);
	}
}

/* Calls of a domain that the mediator passes on. All bits of the registers turn over, so that each is seen to go and come. */
static void forwarded_call(struct smc_args *args)
{
	if (fake_locks_held != 0)
		fake_violation("a call is passed on with a lock held");
	if (args->x[7] != 0)
		fake_violation("x7 is passed on: 0x%llx", (unsigned long long)args->x[7]);
	for (unsigned i = 0; i < ANCHOR_REGISTERS; i++)
		args->x[i] = ~args->x[i];
	args->x[7] = 0x5ec3e7;
}

static bool is_forwarded(uint64_t id)
{
	return (id >= ANCHOR_OUTER_BASE && id < ANCHOR_OUTER_END) || (id >= TRNG_VERSION && id <= TRNG_RND32) ||
	       id == TRNG_RND64;
}

void machine_secure(struct smc_args *args)
{
	if (is_forwarded(args->x[0])) {
		forwarded_call(args);
		return;
	}
	if (args->x[0] == MONITOR_FAIL && machine.stopped != NULL)
		longjmp(*machine.stopped, 1);
	if (args->x[0] == MONITOR_FAIL)
		fake_violation("the mediator stopped the machine: %.16s line %llu", (const char *)&args->x[4],
			       (unsigned long long)args->x[3]);
	if (args->x[0] >= ANCHOR_CALL_BASE && args->x[0] < ANCHOR_CALL_END) {
		anchor_call(args);
		return;
	}
	memcpy(machine.monitor_calls, args->x, sizeof(machine.monitor_calls));
	args->x[0] = (uint64_t)machine.monitor_result;
}
