/*
 * Rules of the windows of confidential VMs: a hostile box touches every page the moment it is shared, on every CPU, and
 * remembers it until its VMID, or the page, is invalidated.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"

#define GRANULES_MAX	(MACHINE_RAM_BYTES / GRANULE_BYTES)

/* May a TLB of the box hold the page that lies in this granule? */
static bool cached[GRANULES_MAX];

static size_t index_of(uint64_t pa)
{
	return (pa - machine.ram.base) / GRANULE_BYTES;
}

void machine_window_reset(void)
{
	memset(cached, 0, sizeof(cached));
}

bool machine_window_is_open(uint64_t pa)
{
	return cached[index_of(pa)];
}

static const struct pair *confidential(unsigned index)
{
	const struct pair *pair = pair_slots[index].pair;

	return pair != NULL && pair->class == HOST_CLASS_CONFIDENTIAL ? pair : NULL;
}

static struct walk_leaf window_leaf(const struct pair *pair, uint64_t ipa)
{
	return walk_lookup(STAGE2_VTCR, stage2_vttbr(&pair->domains[HOST_ROLE_BOX].stage2), ipa | IPA_HALF);
}

/* Every page of the VM: is it in the window, and may the box have it cached? */
static void page_look(void *context, const struct walk_leaf *leaf)
{
	const struct pair *pair = context;

	for (uint64_t at = 0; leaf->ipa < IPA_HALF && at < leaf->bytes; at += GRANULE_BYTES) {
		size_t i = index_of(leaf->pa + at);
		bool is_open = window_leaf(pair, leaf->ipa + at).valid;

		if (cached[i] && !is_open)
			fake_violation("0x%llx was taken back and is still in the box's TLB",
				       (unsigned long long)(leaf->ipa + at));
		cached[i] = is_open;
	}
}

void machine_window_entered(void)
{
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		const struct pair *pair = confidential(i);

		if (pair != NULL && atomic_load(&pair_slots[i].state) == HOST_PAIR_ACTIVE)
			walk_each(STAGE2_VTCR, stage2_vttbr(&pair->domains[HOST_ROLE_VM].stage2), page_look, NULL,
				  (void *)(uintptr_t)pair);
	}
}

static void page_forget(void *context, const struct walk_leaf *leaf)
{
	const uint64_t *ipa = context;

	for (uint64_t at = 0; leaf->ipa < IPA_HALF && at < leaf->bytes; at += GRANULE_BYTES) {
		if (ipa == NULL || (*ipa & ~IPA_HALF) == leaf->ipa + at)
			cached[index_of(leaf->pa + at)] = false;
	}
}

void machine_window_event(const struct fake_event *event)
{
	uint64_t ipa = event->b;

	if (event->kind != FAKE_TLB_VMID && event->kind != FAKE_TLB_IPA && event->kind != FAKE_TLB_ALL_GUESTS)
		return;
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		const struct pair *pair = confidential(i);
		bool is_all = event->kind == FAKE_TLB_VMID || event->kind == FAKE_TLB_ALL_GUESTS;
		bool is_its = event->kind == FAKE_TLB_ALL_GUESTS || event->a == who_make(i, HOST_ROLE_BOX).who;

		if (pair != NULL && is_its && (is_all || event->kind == FAKE_TLB_IPA))
			walk_each(STAGE2_VTCR, stage2_vttbr(&pair->domains[HOST_ROLE_VM].stage2), page_forget, NULL,
				  is_all ? NULL : &ipa);
	}
}

struct search {
	uint64_t pa, ipa;
	bool is_found;
};

static void page_search(void *context, const struct walk_leaf *leaf)
{
	struct search *search = context;

	if (leaf->ipa < IPA_HALF && range_is_inside(search->pa, GRANULE_BYTES, leaf->pa, leaf->bytes)) {
		search->ipa = leaf->ipa + (search->pa - leaf->pa);
		search->is_found = true;
	}
}

bool machine_window_is_private(struct granule granule, uint64_t pa)
{
	unsigned index = (granule.who.who - 2u) / 2;

	if (granule.state != GRANULE_DATA || granule.who.who < 2 || granule.who.who % 2 != HOST_ROLE_VM)
		return false;
	const struct pair *pair = confidential(index);
	struct search search = { .pa = pa };

	if (pair == NULL || machine_cpu()->current->pair != pair)
		return false;
	walk_each(STAGE2_VTCR, stage2_vttbr(&pair->domains[HOST_ROLE_VM].stage2), page_search, NULL, &search);
	return search.is_found && !window_leaf(pair, search.ipa).valid && !cached[index_of(pa)];
}
