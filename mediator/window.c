/*
 * Decides which pages a VM shares with its box and in which order; leaves are stage2.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/window.h"
#include "abi/rsi.h"
#include "abi/window.h"
#include "arch/cpu.h"
#include "arch/linear.h"
#include "mediator/log.h"

void window_open_page(const struct stage2 *box, ipa_t page, pa_t pa, enum stage2_window how, bool is_zeroed)
{
	void *content = linear_pointer(pa_value(pa));
	bool is_closed = stage2_window_get(box, page) == STAGE2_WINDOW_CLOSED;

	/* What the VM left in the page, or what memory still holds below the caches, is not what it means to share. */
	if (is_closed && is_zeroed)
		zero_granule(content);
	else if (is_closed)
		cache_clean_invalidate(content, GRANULE_BYTES);
	if (is_closed || how == STAGE2_WINDOW_OPEN)
		stage2_window_open(box, page, pa, how);
}

uint64_t window_share(struct pair *pair, struct ipa_range range, bool is_zeroed)
{
	const struct stage2 *box = &pair->domains[HOST_ROLE_BOX].stage2;
	uint64_t done = 0;

	/* Before the first leaf: whoever finds it false has seen no open leaf either. */
	atomic_store(&pair->window_used, true);
	for (; done < range.bytes; done += GRANULE_BYTES) {
		ipa_t page = ipa_add(range.base, done);
		struct pa_result found = stage2_lookup(&pair->domains[HOST_ROLE_VM].stage2, page);

		if (found.status != OK)
			break;
		window_open_page(box, page, found.pa, STAGE2_WINDOW_OPEN, is_zeroed);
	}
	return done;
}

void window_take_back(struct pair *pair, struct ipa_range range)
{
	const struct stage2 *box = &pair->domains[HOST_ROLE_BOX].stage2;

	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		stage2_window_close(box, ipa_add(range.base, done));
	/* Even if every leaf was closed: another vCPU may have closed one and not flushed it yet. */
	stage2_window_flush(box, range);
}

bool window_is_private(const struct pair *pair, ipa_t address)
{
	return window_memory(pair, address) != NULL &&
	       stage2_window_get(&pair->domains[HOST_ROLE_BOX].stage2, address) == STAGE2_WINDOW_CLOSED;
}

void *window_memory(const struct pair *pair, ipa_t address)
{
	struct pa_result found = stage2_lookup(&pair->domains[HOST_ROLE_VM].stage2, address);

	return found.status == OK ? linear_pointer(pa_value(found.pa)) : NULL;
}

/* The next part, at most RSI_IPA_STATE_MAX, of what is announced up to @last. False: there is nothing to share. */
static bool announced_next(const struct pair *pair, uint64_t last, struct ipa_range *out)
{
	const struct domain *vm = &pair->domains[HOST_ROLE_VM];
	uint64_t first = atomic_load(&pair->window_next);

	if (last >= IPA_HALF || first > last ||
	    ipa_range_make(first, last - first + 1, GRANULE_BYTES, out) != OK ||
	    !range_is_inside(first, out->bytes, vm->ram_base, vm->ram_bytes))
		return false;
	if (out->bytes > RSI_IPA_STATE_MAX)
		out->bytes = RSI_IPA_STATE_MAX;
	return true;
}

bool window_doorbell(struct cpu *cpu, struct context *vm, const struct access *access)
{
	struct pair *pair = vm->pair;
	uint64_t offset = access->address - WINDOW_DOORBELL_BASE;
	struct ipa_range range;

	if (access->is_write && access->bytes == 8 && offset == WINDOW_DOORBELL_FIRST) {
		atomic_store(&pair->window_next, access->value);
		return true;
	}
	if (!access->is_write || access->bytes != 8 || offset != WINDOW_DOORBELL_LAST ||
	    !announced_next(pair, access->value, &range) || window_share(pair, range, false) != range.bytes) {
		if (access->is_write)
			refusal(cpu, vm, HOST_EVENT_REFUSED_CALL, access->address, access->value,
				(uint64_t)HOST_ERR_ARGS, 0);
		return true;
	}
	atomic_store(&pair->window_next, ipa_value(range.base) + range.bytes);
	return ipa_value(range.base) + range.bytes > access->value;
}
