/*
 * Which random steps are fit for a board: the rest of its memory is in use, and the programs of box and VM have to
 * stay.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "tests/model/board/board.h"

#define G MODEL_GRANULE

static bool is_dram(uint64_t pa)
{
	return pa - board.m->shape.dram < board.m->shape.dram_bytes;
}

/* Nothing in the range is DRAM that has no record. What is malformed is refused before it is looked at. */
static bool range_is_known(uint64_t pa, uint64_t bytes)
{
	if (pa % G != 0 || bytes % G != 0 || bytes == 0 || pa >= MODEL_ADDRESS_END || bytes > MODEL_ADDRESS_END - pa)
		return true;
	for (uint64_t at = pa; at - pa < bytes && at - pa < HOST_MOVE_MAX; at += G) {
		if (is_dram(at) && model_granule(board.m, at) == NULL)
			return false;
	}
	return true;
}

/* The control area that these parameters name. */
static bool create_is_fit(uint64_t page)
{
	const struct model_granule *granule = model_granule(board.m, page);

	if (!range_is_known(page, G))
		return false;
	if (granule == NULL || (granule->state != GRANULE_OUTER && granule->state != GRANULE_LOADER))
		return true;
	uint64_t control = content_word(&board.m->params, granule->content, 0);

	return range_is_known(control & ~(G - 1), HOST_CONTROL_GRANULES(HOST_VCPU_MAX) * G);
}

/* What the pair that is being raised needs is left to the nurse. */
static bool is_meddling(const struct model_step *step)
{
	if (nurse_handle() == 0 || step->a[1] != nurse_handle())
		return false;
	return step->a[0] == HOST_POPULATE || step->a[0] == HOST_POPULATE_IMAGE || step->a[0] == HOST_TERMINATE || step->a[0] == HOST_ACTIVATE ||
	       (step->a[0] == HOST_DONATE && step->a[3] - GUEST_BASE < GUEST_KEPT_BYTES);
}

static bool call_is_fit(const struct model_step *step)
{
	const uint64_t *a = step->a;

	if (step->kind == STEP_HVC && is_meddling(step))
		return false;
	switch (step->kind == STEP_HVC ? a[0] : 0) {
	case HOST_GRANULE_INFO:
		return range_is_known(a[1], G);
	case HOST_PAIR_CREATE:
		return create_is_fit(a[1]);
	case HOST_RECLAIM:
		return range_is_known(a[1], a[2]);
	case HOST_POOL_ADD:
		return range_is_known(a[2], a[3]);
	case HOST_DONATE:
	case HOST_POPULATE_IMAGE:
		return range_is_known(a[4], a[5]);
	case HOST_POPULATE:
		return range_is_known(a[4], a[6]) && range_is_known(a[5], a[6]);
	case HOST_RING_READ:
		return range_is_known(a[4], G);
	default:
		return true;
	}
}

/* A page that a box shares for its program. */
static bool is_mail(uint64_t pa)
{
	const struct model_granule *granule = model_granule(board.m, pa);

	return granule != NULL && granule->state == GRANULE_DATA && granule->ipa - GUEST_BASE < GUEST_KEPT_BYTES;
}

static bool outer_is_fit(const struct model_step *step)
{
	if (step->kind <= STEP_SMC)
		return call_is_fit(step);
	if (step->kind == STEP_READ)
		return range_is_known(step->a[0], G);
	return range_is_known(step->a[0], G) && !is_mail(step->a[0]);
}

static bool is_kept(uint64_t address)
{
	return (address & (MODEL_HALF - 1)) - GUEST_BASE < GUEST_KEPT_BYTES;
}

bool fit_step(const struct model_step *step)
{
	unsigned actor = board.m->cpus[step->cpu].actor;
	uint64_t id = step->kind <= STEP_SMC ? step->a[0] : 0;

	if (actor == MODEL_OUTER)
		return outer_is_fit(step);
	if (step->kind == STEP_WRITE)
		return !is_kept(step->a[0]);
	/* A vCPU starts with its program. */
	if (id == PSCI_CPU_ON_64)
		return step->a[2] == GUEST_BASE;
	if (id == BOX_UNSHARE || id == RSI_REALM_CONFIG || id == RSI_HOST_CALL)
		return !is_kept(step->a[1]);
	if (id == RSI_IPA_STATE_SET)
		return step->a[1] >= GUEST_BASE + GUEST_KEPT_BYTES || step->a[2] <= GUEST_BASE;
	return true;
}
