/*
 * What the outer OS sees of granules and pairs, beside what the model has.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/addr.h"
#include "lwk/host.h"
#include "lwk/probe.h"
#include "tests/model/board/board.h"

#define G MODEL_GRANULE

static unsigned long long number(uint64_t value)
{
	return value;
}

static void field_expect(const char *name, uint64_t at, uint64_t found, uint64_t expected)
{
	if (found != expected)
		board_differ("%s of 0x%llx is 0x%llx, the model has 0x%llx", name, number(at), number(found), number(expected));
}

/* In reach it holds what it should; out of reach neither a load nor a store succeeds. */
static void access_expect(const struct model_granule *granule, uint64_t pa)
{
	unsigned access = model_outer_access(granule);
	uint64_t value = 0;

	if (probe_read64(pa, &value) != ((access & MODEL_READ) != 0)) {
		board_differ("0x%llx can%s be read by the outer OS, state %u", number(pa), access == 0 ? "" : "not",
			     granule->state);
		return;
	}
	if ((access & MODEL_WRITE) == 0 && probe_write64(pa, value))
		board_differ("0x%llx can be written by the outer OS, state %u", number(pa), granule->state);
	if ((access & MODEL_WRITE) != 0 &&
	    !content_is(&board.m->params, granule->content, (const uint64_t *)(uintptr_t)pa))
		board_differ("0x%llx does not hold content 0x%llx: its first word is 0x%llx", number(pa),
			     number(granule->content), number(value));
}

static void granule_expect(uint64_t pa, struct host_granule *found)
{
	const struct model_granule *granule = model_granule(board.m, pa);
	bool has_owner = granule->pair != 0 && granule->state != GRANULE_MOVING;

	field_expect("state", pa, found->state, granule->state);
	field_expect("owner", pa, found->handle, has_owner ? board.m->pairs[granule->pair - 1].handle : 0);
	field_expect("role", pa, found->role, has_owner ? granule->role : 0);
}

void look_granules(uint64_t pa, uint64_t bytes)
{
	struct host_granule found;

	for (uint64_t at = pa; at < pa + bytes && !board.has_failed; at += G) {
		if (model_granule(board.m, at) == NULL)
			continue;
		if (host_granule(at, &found) != HOST_OK)
			board_differ("the state of 0x%llx is refused", number(at));
		granule_expect(at, &found);
		access_expect(model_granule(board.m, at), at);
	}
}

static void pair_expect(unsigned slot)
{
	const struct model_pair *pair = &board.m->pairs[slot];
	struct host_result info = host_call(HOST_PAIR_INFO, slot, 0, 0);
	bool is_free = pair->state == HOST_PAIR_FREE;

	field_expect("handle of pair", slot, info.x[1], is_free ? 0 : pair->handle);
	field_expect("state of pair", slot, info.x[2], pair->state);
	field_expect("granules of pair", slot, info.x[5], is_free ? 0 : pair->granules);
}

void look_all(void)
{
	for (unsigned i = 0; i < board.m->granule_count && !board.has_failed; i++)
		look_granules(model_pa(board.m, &board.m->granules[i]), G);
	for (unsigned slot = 0; slot < HOST_PAIR_MAX && !board.has_failed; slot++)
		pair_expect(slot);
}
