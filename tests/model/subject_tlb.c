/*
 * What a step closes must be out of every TLB when it is over, and before the memory is anybody else's: each page is out
 * of reach first, then invalidated. CPUs load what is still mapped at once.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/subject.h"
#include "tests/unit/machine.h"

#define G		MODEL_GRANULE
#define PAGES_MAX	1024
#define OUTER		0

/* Pages that a CPU's step may close: of the outer OS's map by physical address, or of a box's by its own. */
struct closing {
	unsigned count;
	struct page {
		uint16_t vmid;
		bool is_flushed;
		uint64_t address;
	} pages[PAGES_MAX];
};
static struct closing closings[MODEL_CPU_MAX];

void subject_tlb_reset(void)
{
	for (unsigned cpu = 0; cpu < MODEL_CPU_MAX; cpu++)
		closings[cpu].count = 0;
}

void subject_tlb_clear(unsigned cpu)
{
	closings[cpu].count = 0;
}

static bool is_mapped(const struct page *page)
{
	if (page->vmid == OUTER)
		return machine_outer_leaf(page->address).valid;
	const struct pair *pair = pair_slots[page->vmid / 2u - 1].pair;

	return walk_lookup(STAGE2_VTCR, stage2_vttbr(&pair->domains[HOST_ROLE_BOX].stage2), page->address).valid;
}

static void page_watch(unsigned cpu, uint16_t vmid, uint64_t address)
{
	struct closing *closing = &closings[cpu];
	struct page page = { .vmid = vmid, .address = address };

	if (closing->count < PAGES_MAX && is_mapped(&page))
		closing->pages[closing->count++] = page;
}

void subject_tlb_watch_outer(unsigned cpu, uint64_t pa, uint64_t bytes)
{
	for (uint64_t at = 0; at < bytes; at += G)
		page_watch(cpu, OUTER, pa + at);
}

void subject_tlb_watch_window(struct model *m, unsigned cpu, unsigned slot, uint64_t ipa, uint64_t bytes)
{
	uint16_t vmid = who_make(slot, HOST_ROLE_BOX).who;

	for (uint64_t at = ipa & ~(G - 1); at < ipa + bytes && model_page(m, slot, HOST_ROLE_VM, at) != NULL; at += G)
		page_watch(cpu, vmid, at | MODEL_HALF);
}

/* --- events --- */

static void flushed(const struct fake_event *event)
{
	for (unsigned cpu = 0; cpu < MODEL_CPU_MAX; cpu++) {
		for (unsigned i = 0; i < closings[cpu].count; i++) {
			struct page *page = &closings[cpu].pages[i];
			bool is_meant = event->kind == FAKE_TLB_ALL_GUESTS ||
					(event->a == page->vmid &&
					 (event->kind == FAKE_TLB_VMID || (event->b & ~(G - 1)) == page->address));

			if (is_meant && !is_mapped(page))
				page->is_flushed = true;
		}
	}
}

/* A granule on its way is out of the outer OS's TLB; a VM's page on its way into the window is not in there. */
static void zeroed(struct model *m, uint64_t pa)
{
	const struct model_granule *granule = model_granule(m, pa);

	for (unsigned i = 0; i < closings[fake_cpu].count; i++) {
		const struct page *page = &closings[fake_cpu].pages[i];

		if (page->vmid == OUTER && page->address == pa && !page->is_flushed)
			fake_violation("0x%llx is zeroed while the outer OS's TLB has it", (unsigned long long)pa);
	}
	if (granule == NULL || granule->state != GRANULE_DATA)
		return;
	struct page page = { .vmid = who_make(granule->pair - 1u, HOST_ROLE_BOX).who, .address = granule->ipa | MODEL_HALF };

	if (m->cpus[fake_cpu].slot != granule->pair - 1 || granule->role != HOST_ROLE_VM || is_mapped(&page))
		fake_violation("0x%llx is zeroed, which is a page that its box has", (unsigned long long)pa);
}

void subject_tlb_event(struct model *m, const struct fake_event *event)
{
	if (event->kind == FAKE_TLB_VMID || event->kind == FAKE_TLB_IPA || event->kind == FAKE_TLB_ALL_GUESTS)
		flushed(event);
	if (event->kind == FAKE_ZERO)
		zeroed(m, event->a);
}

void subject_expect_flushed(unsigned cpu)
{
	for (unsigned i = 0; i < closings[cpu].count; i++) {
		const struct page *page = &closings[cpu].pages[i];

		if (!page->is_flushed && !is_mapped(page))
			fake_violation("0x%llx is still in a TLB of domain %u when the step is over",
				       (unsigned long long)page->address, page->vmid);
	}
	closings[cpu].count = 0;
}
