/*
 * The model. Tables that may be walked are found by walks of its own; a descriptor that is taken away is remembered as
 * stale, with how far its invalidation has come.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/bbm.h"
#include <stdlib.h>
#include <string.h>

#define ENTRIES		512u
#define PAGE		4096ull
#define ROOT_PAGES	2u
#define VMIDS		256u
#define NOBODY		0xffu

#define VALID		1ull
#define TABLE		3ull		/* at levels 1 and 2 */
#define ADDRESS		0x0000fffffffff000ull
/* Software bits: no TLB holds them. S2AP, XN, access flag and these may change in one store. */
#define SOFTWARE	(0xfull << 55)
#define PERMISSIONS	(3ull << 6 | 3ull << 53 | 1ull << 10 | SOFTWARE)

typedef unsigned long long number_t;

/* Where a page of tables is met by walks of a VMID. One page may be met in several places. */
struct place {
	uint32_t next;			/* of the same page; 0 none */
	uint16_t vmid;
	uint8_t level;
	uint64_t ipa;			/* of its first entry */
};

enum progress { BEGUN_NOT, BEGUN, COMPLETE };

/* A descriptor that was stored over, and may still be in a TLB. */
struct stale {
	uint16_t vmid;
	uint8_t level;
	uint64_t ipa, bytes;
	uint64_t entry, old;		/* where it was, what it was */
	bool is_visible;		/* a DSB has followed the store */
	uint8_t by;			/* CPU of the last TLBI for it */
	enum progress stage2, combined;	/* entries of stage 2 alone, and those that combine both stages */
};

/* An array that grows. */
struct array {
	size_t count, room;
	void *items;
};

static struct {
	uint64_t base, pages;
	uint32_t *first;		/* by page: a place, 0 none */
	struct array places;		/* [0] is not used */
	bool is_index_old;
	struct array stales;
	struct array stores[FAKE_CPU_MAX];	/* addresses stored to since the last DSB */
	uint64_t root[VMIDS];		/* of what may be walked; 0: nobody entered it */
	uint8_t ends_by[VMIDS];		/* CPU whose next DSB ends it, or NOBODY */
	uint16_t home[FAKE_CPU_MAX];	/* VMID that the CPU entered last */
	bool is_vttbr_new[FAKE_CPU_MAX];
} bbm;

static void *array_add(struct array *array, size_t bytes)
{
	if (array->count == array->room) {
		array->room = array->room * 2 + 64;
		array->items = realloc(array->items, array->room * bytes);
		if (array->items == NULL)
			fake_violation("the host has no memory for the model of TLBs");
	}
	return (char *)array->items + array->count++ * bytes;
}

static struct place *place_at(uint32_t i)
{
	return &((struct place *)bbm.places.items)[i];
}

static struct stale *stale_at(size_t i)
{
	return &((struct stale *)bbm.stales.items)[i];
}

static uint64_t span(unsigned level)
{
	return PAGE << 9 * (3 - level);
}

static bool is_table(uint64_t descriptor, unsigned level)
{
	return level < 3 && (descriptor & TABLE) == TABLE;
}

/* The list of places of the page that @pa lies in; NULL outside DRAM. */
static uint32_t *places_of(uint64_t pa)
{
	uint64_t page = (pa - bbm.base) / PAGE;

	return pa >= bbm.base && page < bbm.pages ? &bbm.first[page] : NULL;
}

/* --- which pages may be walked --- */

static void table_index(uint16_t vmid, uint64_t table, unsigned level, uint64_t ipa)
{
	uint32_t *first = places_of(table), number = (uint32_t)bbm.places.count;

	if (first == NULL)
		fake_violation("VMID %u: a table at 0x%llx, outside DRAM", vmid, (number_t)table);
	struct place *place = array_add(&bbm.places, sizeof(*place));

	*place = (struct place){ *first, vmid, (uint8_t)level, ipa };
	*first = number;
	if (level == 3)
		return;
	const volatile uint64_t *entries = fake_pointer(table);

	for (unsigned i = 0; i < ENTRIES; i++) {
		if (is_table(entries[i], level))
			table_index(vmid, entries[i] & ADDRESS, level + 1, ipa + i * span(level));
	}
}

/* Live roots, and tables that were unlinked but may still be in a walk cache. */
static void index_renew(void)
{
	if (!bbm.is_index_old)
		return;
	memset(bbm.first, 0, bbm.pages * sizeof(bbm.first[0]));
	bbm.places.count = 0;
	array_add(&bbm.places, sizeof(struct place));
	for (unsigned vmid = 0; vmid < VMIDS; vmid++) {
		for (unsigned i = 0; bbm.root[vmid] != 0 && i < ROOT_PAGES; i++)
			table_index((uint16_t)vmid, bbm.root[vmid] + i * PAGE, 1, i * ENTRIES * span(1));
	}
	for (size_t i = 0; i < bbm.stales.count; i++) {
		const struct stale *stale = stale_at(i);

		if (is_table(stale->old, stale->level))
			table_index(stale->vmid, stale->old & ADDRESS, stale->level + 1u, stale->ipa);
	}
	bbm.is_index_old = false;
}

static void stale_remove(size_t i)
{
	if (is_table(stale_at(i)->old, stale_at(i)->level))
		bbm.is_index_old = true;
	*stale_at(i) = *stale_at(--bbm.stales.count);
}

/* --- stores --- */

/* May a TLB hold @cached while the descriptor is @now? */
static bool is_compatible(uint64_t cached, uint64_t now, unsigned level)
{
	return cached == now || (!is_table(cached, level) && !is_table(now, level) &&
				 ((cached ^ now) & ~PERMISSIONS) == 0);
}

/* @entry becomes valid: nothing else that it translates may be cached. */
static void make_check(const struct place *place, uint64_t entry, uint64_t ipa, uint64_t now)
{
	uint64_t bytes = span(place->level);

	for (size_t i = bbm.stales.count; i-- > 0;) {
		const struct stale *stale = stale_at(i);

		if (stale->vmid != place->vmid || stale->ipa >= ipa + bytes || ipa >= stale->ipa + stale->bytes)
			continue;
		if (stale->level != place->level || !is_compatible(stale->old, now, place->level))
			fake_violation("VMID %u: 0x%llx is made valid at 0x%llx before what it was is invalidated",
				       place->vmid, (number_t)ipa, (number_t)entry);
		if (((stale->old ^ now) & ~SOFTWARE) == 0 && stale->entry == entry)
			stale_remove(i);
	}
}

/* What a new table holds must be visible before the walk that finds it. */
static void link_check(uint64_t table)
{
	const struct array *stores = &bbm.stores[fake_cpu];

	for (size_t i = 0; i < stores->count; i++) {
		if ((((const uint64_t *)stores->items)[i] & ~(PAGE - 1)) == table)
			fake_violation("a table at 0x%llx is linked before its content is visible", (number_t)table);
	}
}

static void place_store(const struct place *place, uint64_t entry, uint64_t now, uint64_t old)
{
	uint64_t bytes = span(place->level), ipa = place->ipa + (entry & (PAGE - 1)) / 8 * bytes;

	if ((now & VALID) == 0 && now != 0)
		fake_violation("VMID %u may walk the table at 0x%llx, where 0x%llx is stored", place->vmid,
			       (number_t)entry, (number_t)now);
	if ((now & VALID) != 0 && (old & VALID) != 0 && !is_compatible(old, now, place->level))
		fake_violation("VMID %u: 0x%llx changes at 0x%llx from 0x%llx to 0x%llx without a break", place->vmid,
			       (number_t)ipa, (number_t)entry, (number_t)old, (number_t)now);
	if ((now & VALID) != 0)
		make_check(place, entry, ipa, now);
	if (is_table(now, place->level))
		link_check(now & ADDRESS);
	if ((old & VALID) != 0 && ((old ^ now) & ~SOFTWARE) != 0)
		*(struct stale *)array_add(&bbm.stales, sizeof(struct stale)) = (struct stale){
			.vmid = place->vmid, .level = place->level, .ipa = ipa, .bytes = bytes, .entry = entry,
			.old = old, .by = NOBODY,
		};
	if (is_table(now, place->level) || is_table(old, place->level))
		bbm.is_index_old = true;
}

static void descriptor_store(uint64_t entry, uint64_t now, uint64_t old)
{
	index_renew();
	const uint32_t *first = places_of(entry);

	for (uint32_t i = first == NULL || now == old ? 0 : *first; i != 0; i = place_at(i)->next)
		place_store(place_at(i), entry, now, old);
	*(uint64_t *)array_add(&bbm.stores[fake_cpu], sizeof(uint64_t)) = entry;
}

/* A page gets another use. */
static void page_use(uint64_t pa, uint64_t bytes, const char *how)
{
	index_renew();
	for (uint64_t done = 0; done < bytes; done += PAGE) {
		const uint32_t *first = places_of(pa + done);

		if (first != NULL && *first != 0)
			fake_violation("0x%llx is %s while VMID %u may walk it as a table", (number_t)(pa + done), how,
				       place_at(*first)->vmid);
	}
}

/* --- invalidation --- */

/* Is an invalidation by address enough for @stale? A table's own entries are many. */
static bool is_covered(const struct stale *stale, const struct fake_event *event)
{
	if (event->kind == FAKE_TLB_ALL_GUESTS)
		return true;
	if (stale->vmid != event->a)
		return false;
	return event->kind != FAKE_TLB_IPA || (event->b - stale->ipa < stale->bytes &&
					       !is_table(stale->old, stale->level));
}

static void invalidate(const struct fake_event *event)
{
	bool is_both = event->kind == FAKE_TLB_VMID || event->kind == FAKE_TLB_ALL_GUESTS;

	if (bbm.is_vttbr_new[fake_cpu] && event->kind != FAKE_TLB_ALL_GUESTS)
		fake_violation("an invalidation for VMID %llu without an ISB behind the write to VTTBR_EL2",
			       (number_t)event->a);
	for (size_t i = 0; i < bbm.stales.count; i++) {
		struct stale *stale = stale_at(i);

		if (!is_covered(stale, event))
			continue;
		if (!stale->is_visible)
			fake_violation("VMID %u: an invalidation before a DSB behind the store at 0x%llx", stale->vmid,
				       (number_t)stale->entry);
		if (is_both || event->kind == FAKE_TLB_IPA)
			stale->stage2 = BEGUN;
		/* Of entries that combine both stages new ones are made as long as stage 2's own are there. */
		if (is_both || (event->kind == FAKE_TLB_STAGE1 && stale->stage2 == COMPLETE))
			stale->combined = BEGUN;
		stale->by = (uint8_t)fake_cpu;
	}
	for (unsigned vmid = 0; is_both && vmid < VMIDS; vmid++) {
		if (event->kind == FAKE_TLB_ALL_GUESTS || vmid == event->a)
			bbm.ends_by[vmid] = (uint8_t)fake_cpu;
	}
}

/* Does a CPU go on walking for @vmid, whatever was invalidated? */
static bool is_inside(unsigned vmid)
{
	for (unsigned cpu = 0; cpu < FAKE_CPU_MAX; cpu++) {
		if (bbm.home[cpu] == vmid)
			return true;
	}
	return false;
}

/* DSB ISH or DSB SY: TLBIs of this CPU are complete. */
static void invalidation_complete(void)
{
	for (size_t i = bbm.stales.count; i-- > 0;) {
		struct stale *stale = stale_at(i);

		if (stale->by != fake_cpu)
			continue;
		stale->stage2 = stale->stage2 == BEGUN ? COMPLETE : stale->stage2;
		stale->combined = stale->combined == BEGUN ? COMPLETE : stale->combined;
		if (stale->stage2 == COMPLETE && stale->combined == COMPLETE)
			stale_remove(i);
	}
	for (unsigned vmid = 0; vmid < VMIDS; vmid++) {
		if (bbm.ends_by[vmid] != fake_cpu)
			continue;
		bbm.ends_by[vmid] = NOBODY;
		if (!is_inside(vmid) && bbm.root[vmid] != 0) {
			bbm.root[vmid] = 0;
			bbm.is_index_old = true;
		}
	}
}

static void stores_visible(void)
{
	struct array *stores = &bbm.stores[fake_cpu];

	for (size_t i = 0; i < bbm.stales.count; i++) {
		for (size_t j = 0; j < stores->count && !stale_at(i)->is_visible; j++)
			stale_at(i)->is_visible = ((const uint64_t *)stores->items)[j] == stale_at(i)->entry;
	}
	stores->count = 0;
}

static void barrier(uint64_t kind)
{
	if (kind == FAKE_ISB) {
		bbm.is_vttbr_new[fake_cpu] = false;
		return;
	}
	stores_visible();
	if (kind != FAKE_DSB_ISHST)
		invalidation_complete();
}

/* --- the machine's side --- */

void bbm_reset(uint64_t base, uint64_t bytes)
{
	bbm.base = base;
	bbm.pages = bytes / PAGE;
	bbm.first = realloc(bbm.first, bbm.pages * sizeof(bbm.first[0]));
	if (bbm.first == NULL)
		fake_violation("the host has no memory for the model of TLBs");
	bbm.stales.count = 0;
	for (unsigned cpu = 0; cpu < FAKE_CPU_MAX; cpu++) {
		bbm.stores[cpu].count = 0;
		bbm.home[cpu] = VMIDS;
		bbm.is_vttbr_new[cpu] = false;
	}
	for (unsigned vmid = 0; vmid < VMIDS; vmid++) {
		bbm.root[vmid] = 0;
		bbm.ends_by[vmid] = NOBODY;
	}
	bbm.is_index_old = true;
}

void bbm_event(const struct fake_event *event)
{
	switch (event->kind) {
	case FAKE_DESCRIPTOR:
		descriptor_store(event->a, event->b, event->c);
		break;
	case FAKE_BARRIER:
		barrier(event->a);
		break;
	case FAKE_VTTBR:
		bbm.is_vttbr_new[fake_cpu] = true;
		break;
	case FAKE_TLB_VMID:
	case FAKE_TLB_IPA:
	case FAKE_TLB_STAGE1:
	case FAKE_TLB_ALL_GUESTS:
		invalidate(event);
		break;
	case FAKE_ZERO:
		page_use(event->a, PAGE, "zeroed");
		break;
	case FAKE_CLEAN:
		page_use(event->a, event->b, "filled");
		break;
	default:
		break;
	}
}

/* Every table that may be walked from now on is visible to walks. */
static void visible_check(void)
{
	for (unsigned cpu = 0; cpu < FAKE_CPU_MAX; cpu++) {
		for (size_t i = 0; i < bbm.stores[cpu].count; i++) {
			uint64_t entry = ((const uint64_t *)bbm.stores[cpu].items)[i];
			const uint32_t *first = places_of(entry);

			if (first != NULL && *first != 0)
				fake_violation("VMID %u: a lower level is entered without a DSB behind the store at "
					       "0x%llx", place_at(*first)->vmid, (number_t)entry);
		}
	}
}

void bbm_entered(uint64_t vttbr)
{
	uint16_t vmid = (uint16_t)(vttbr >> 48 & 0xff);
	uint64_t root = vttbr & ADDRESS;

	if (bbm.stales.count != 0)
		fake_violation("a lower level is entered while VMID %u may still translate 0x%llx by 0x%llx",
			       stale_at(0)->vmid, (number_t)stale_at(0)->ipa, (number_t)stale_at(0)->old);
	if (bbm.root[vmid] != 0 && bbm.root[vmid] != root)
		fake_violation("VMID %u gets another root before the old one's translations are invalidated", vmid);
	bbm.is_index_old |= bbm.root[vmid] == 0;
	bbm.root[vmid] = root;
	bbm.home[fake_cpu] = vmid;
	bbm.is_vttbr_new[fake_cpu] = false;
	index_renew();
	visible_check();
}
