/*
 * For harnesses of vring.c: two rings that are ready, and one page of the VM, any one, that is watched while rings begin
 * and end. window.c and stage2.c are stood in for by what their headers promise (they have harnesses of their own).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_PROOF_VRING_WATCH_H
#define TESTS_PROOF_VRING_WATCH_H

#include "mediator/vring.c"
#include "tests/proof/machine.h"

static struct pair pair;

/* One page of the VM, any one. */
static struct {
	uint64_t ipa;
	bool is_mapped, is_stale;
	enum stage2_window leaf;
} page;

static unsigned opened;

static bool is_page(ipa_t address)
{
	return ipa_value(address) == page.ipa;
}

static bool is_ram(uint64_t address)
{
	const struct domain *ram = &pair.domains[HOST_ROLE_VM];

	return address >= ram->ram_base && address - ram->ram_base < ram->ram_bytes;
}

struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa)
{
	bool is_there = is_page(ipa) ? page.is_mapped : nondet_bool();

	CLAIM(stage2 == &pair.domains[HOST_ROLE_VM].stage2, "what is opened is looked up in the VM's tables");
	CLAIM(is_ram(ipa_value(ipa)), "what is opened is the VM's RAM");
	return (struct pa_result){ is_there ? OK : ERR_NOT_FOUND, pa_make(nondet_u64()) };
}

void window_open_page(const struct stage2 *box, ipa_t address, pa_t pa, enum stage2_window how, bool is_zeroed)
{
	(void)pa;
	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2 && how == STAGE2_WINDOW_RING && !is_zeroed && pair.window_used,
	      "what is opened is opened for a ring, with its content");
	if (!is_page(address))
		return;
	opened++;
	/* As its header says. */
	if (page.leaf == STAGE2_WINDOW_CLOSED)
		page.leaf = STAGE2_WINDOW_RING;
}

enum stage2_window stage2_window_get(const struct stage2 *box, ipa_t address)
{
	uint8_t any = nondet_u8();

	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2, "a window is the box's");
	ASSUME(any <= STAGE2_WINDOW_RING);
	return is_page(address) ? page.leaf : (enum stage2_window)any;
}

void stage2_window_close(const struct stage2 *box, ipa_t address)
{
	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2, "a window that is closed is the box's");
	if (!is_page(address))
		return;
	CLAIM(page.leaf == STAGE2_WINDOW_RING, "what the doorbell announced stays open");
	page.leaf = STAGE2_WINDOW_CLOSED;
	page.is_stale = true;
}

void stage2_window_flush(const struct stage2 *box, struct ipa_range range)
{
	CLAIM(box == &pair.domains[HOST_ROLE_BOX].stage2, "what is invalidated is the box's");
	if (page.ipa >= ipa_value(range.base) && page.ipa - ipa_value(range.base) < range.bytes)
		page.is_stale = false;
}

/* Bytes of a split virtqueue's parts: Virtual I/O Device (VIRTIO) 1.2, "Split Virtqueues". */
static uint64_t part_bytes(unsigned part, uint64_t entries)
{
	return part == 0 ? 16 * entries : part == 1 ? 6 + 2 * entries : 6 + 8 * entries;
}

/* Does a ring that is ready hold the page? In the harness's own words. */
static bool holds(const struct vring *ring)
{
	bool is = false;

	for (unsigned part = 0; ring->entry_count != 0 && part < 3; part++) {
		uint64_t first = ring->parts[part], last = first + part_bytes(part, ring->entry_count) - 1;

		is |= page.ipa / 4096 >= first / 4096 && page.ipa / 4096 <= last / 4096;
	}
	return is;
}

/* What holds between two writes: a ring that is ready lies in RAM, and no queue is ready twice. */
static bool is_ring(const struct vring *ring)
{
	bool is = ring->entry_count <= 16 && ring->device < VIRTIO_MMIO_COUNT;

	for (unsigned part = 0; part < 3; part++)
		is = is && ring->parts[part] < IPA_HALF && is_ram(ring->parts[part]) &&
		     is_ram(ring->parts[part] + part_bytes(part, ring->entry_count) - 1);
	return ring->entry_count == 0 || is;
}

static bool is_state(void)
{
	const struct vring *a = &pair.vrings[0], *b = &pair.vrings[1];
	bool is_twice = a->entry_count != 0 && b->entry_count != 0 && a->device == b->device && a->queue == b->queue;

	return is_ring(a) && is_ring(b) && !is_twice;
}

/* Masked, so that CBMC knows the upper bits to be zero: is_state demands no less. */
static struct vring ring_any(void)
{
	struct vring ring = { { 0 }, nondet_u32(), nondet_u8() % 32, nondet_bool() ? 1 : 0 };

	for (unsigned part = 0; part < VRING_PARTS; part++)
		ring.parts[part] = nondet_u64() % IPA_HALF;
	return ring;
}

static void realm_make(void)
{
	struct domain *ram = &pair.domains[HOST_ROLE_VM];

	ram->ram_base = PLAT_RAM_BASE;
	ram->ram_bytes = nondet_u64() % IPA_HALF / GRANULE_BYTES * GRANULE_BYTES;
	ASSUME(ram->ram_bytes <= IPA_HALF - PLAT_RAM_BASE);
	for (unsigned i = 0; i < VRING_MAX; i++)
		pair.vrings[i] = ring_any();
	CLAIM(is_ring(&(struct vring){ 0 }), "no ring is ready at first");
	ASSUME(is_state());
	page.ipa = nondet_u64() % IPA_HALF / GRANULE_BYTES * GRANULE_BYTES;
	page.is_mapped = nondet_bool();
	page.leaf = nondet_bool() ? STAGE2_WINDOW_CLOSED : nondet_bool() ? STAGE2_WINDOW_OPEN : STAGE2_WINDOW_RING;
	/* A page is open for a ring exactly while one holds it. */
	bool is_held_now = holds(&pair.vrings[0]) || holds(&pair.vrings[1]);

	ASSUME((page.leaf == STAGE2_WINDOW_RING) == (is_held_now && page.is_mapped && page.leaf != STAGE2_WINDOW_OPEN));
}

/* After rings began or ended; @was: the page's leaf before. */
static void state_check(enum stage2_window was)
{
	bool is_held_now = holds(&pair.vrings[0]) || holds(&pair.vrings[1]);

	CLAIM(is_state(), "every ring that is ready is one that was checked");
	CLAIM(page.leaf != STAGE2_WINDOW_CLOSED || !(is_held_now && page.is_mapped), "a page that a ring holds stays open");
	CLAIM(page.leaf != STAGE2_WINDOW_RING || is_held_now, "a page is open for a ring only while one holds it");
	CLAIM(!page.is_stale || page.leaf != STAGE2_WINDOW_CLOSED, "what was closed is in no TLB");
	CLAIM(was != STAGE2_WINDOW_OPEN || page.leaf == STAGE2_WINDOW_OPEN, "what was announced stays open");
}

#endif
