/*
 * Any access to a virtio-mmio transport by a VM of scheme window but a write of four bytes to QUEUE_READY or STATUS,
 * which are for the harnesses vring_begin and vring_end: it begins and ends no ring, opens and closes no page, and is
 * never refused; a write of four bytes changes, of the one transport that it names, what its register is about, and a
 * queue that is selected anew starts with no addresses; everything else changes nothing. Scaled to 4 transports instead
 * of 32, one ring at a time.
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 4/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Unwind: 5
 * Mutant: mediator/vring.c: s/	if (!access->is_write || access->bytes != 4)/	if (access->bytes != 4)/
 * Breaks: only writes of four bytes change what is programmed
 * Mutant: mediator/vring.c: s/			\*setup = (struct vring){ .queue = value };/			setup->queue = value;/
 * Breaks: a queue that is selected anew starts with no addresses
 * Mutant: mediator/vring.c: s/(offset - VIRTIO_MMIO_QUEUE_DESC_LOW) \/ 16/(offset - VIRTIO_MMIO_QUEUE_DESC_LOW) \/ 32/
 * Breaks: half an address is written, and the other half is as before
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/vring.c"
#include "tests/proof/machine.h"

#define TRANSPORTS 4

static struct pair pair;
static struct cpu cpu;
static struct context vm = { .pair = &pair, .role = HOST_ROLE_VM };

/* --- what only a ring that begins or ends may call --- */

struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa)
{
	(void)stage2;
	(void)ipa;
	CLAIM(false, "no ring begins");
	return (struct pa_result){ ERR_NOT_FOUND, pa_make(0) };
}

void window_open_page(const struct stage2 *box, ipa_t address, pa_t pa, enum stage2_window how, bool is_zeroed)
{
	(void)box;
	(void)address;
	(void)pa;
	(void)how;
	(void)is_zeroed;
	CLAIM(false, "no page is opened");
}

enum stage2_window stage2_window_get(const struct stage2 *box, ipa_t address)
{
	(void)box;
	(void)address;
	CLAIM(false, "no ring ends");
	return STAGE2_WINDOW_CLOSED;
}

void stage2_window_close(const struct stage2 *box, ipa_t address)
{
	(void)box;
	(void)address;
	CLAIM(false, "no page is closed");
}

void stage2_window_flush(const struct stage2 *box, struct ipa_range range)
{
	(void)box;
	(void)range;
	CLAIM(false, "nothing is to be invalidated");
}

void refusal(struct cpu *on, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	(void)on;
	(void)context;
	(void)event;
	(void)a;
	(void)b;
	(void)c;
	(void)d;
	CLAIM(false, "what a driver programs is not judged before its queue is ready");
}

static struct vring ring_any(void)
{
	struct vring ring = { { nondet_u64(), nondet_u64(), nondet_u64() }, nondet_u32(), nondet_u16(), nondet_u8() };

	return ring;
}

static bool is_same(const struct vring *a, const struct vring *b)
{
	return a->parts[0] == b->parts[0] && a->parts[1] == b->parts[1] && a->parts[2] == b->parts[2] &&
	       a->queue == b->queue && a->entry_count == b->entry_count && a->device == b->device;
}

/* Virtual I/O Device (VIRTIO) 1.2, "MMIO Device Register Layout": which area, 0 to 2, has half an address there? */
static unsigned part_at(uint64_t offset)
{
	return offset == 0x80 || offset == 0x84 ? 0 : offset == 0x90 || offset == 0x94 ? 1 :
	       offset == 0xa0 || offset == 0xa4 ? 2 : 3;
}

static void written_check(uint64_t offset, uint32_t value, const struct vring *was, const struct vring *is)
{
	unsigned part = nondet_u8();

	ASSUME(part < 3);
	CLAIM(offset != 0x30 || (is->queue == value && (was->queue == value || (is->parts[part] == 0 &&
	      is->entry_count == 0))),
	      "a queue that is selected anew starts with no addresses");
	CLAIM(offset != 0x30 || was->queue != value || is_same(was, is), "a queue that is selected again stays as it is");
	CLAIM(offset != 0x38 || (is->queue == was->queue && is->entry_count == (value > 0xffff ? 0xffff : value)),
	      "a size that is too large stays too large");
	CLAIM(part_at(offset) == 3 || is->parts[part] == (part != part_at(offset) ? was->parts[part] : offset % 8 == 0 ?
	      was->parts[part] >> 32 << 32 | value : (uint64_t)value << 32 | (uint32_t)was->parts[part]),
	      "half an address is written, and the other half is as before");
	CLAIM(part_at(offset) == 3 || (is->queue == was->queue && is->entry_count == was->entry_count),
	      "an address changes neither queue nor size");
	CLAIM(offset == 0x30 || offset == 0x38 || part_at(offset) != 3 || is_same(was, is),
	      "no other register has to do with rings");
	WITNESS(offset == 0xa4 && part == 2 && is->parts[part] != was->parts[part], "the device area's upper half");
	WITNESS(offset == 0x38 && value > 0x10000, "a size that no queue has");
}

void proof(void)
{
	struct access access = {
		.address = nondet_u64(), .value = nondet_u64(), .bytes = nondet_u8(), .is_write = nondet_bool(),
	};
	struct vring before[TRANSPORTS], ring = ring_any();
	unsigned device = nondet_u8(), other = nondet_u8();
	uint64_t offset = access.address % 0x200;
	bool is_write = access.is_write && access.bytes == 4;

	/* trap.c asks only for the transports, and no access crosses a boundary of its size. */
	ASSUME(device < TRANSPORTS && access.address == 0x0a000000 + device * 0x200u + offset && other < TRANSPORTS);
	ASSUME(access.bytes == 1 || access.bytes == 2 || access.bytes == 4 || access.bytes == 8);
	ASSUME(is_aligned(access.address, access.bytes));
	ASSUME(!is_write || (offset != 0x44 && offset != 0x70));
	for (unsigned i = 0; i < TRANSPORTS; i++)
		before[i] = pair.transports[i] = ring_any();
	pair.vrings[0] = ring;
	vring_register(&cpu, &vm, &access);
	CLAIM(is_write || is_same(&pair.transports[device], &before[device]),
	      "only writes of four bytes change what is programmed");
	CLAIM(other == device || is_same(&pair.transports[other], &before[other]), "no other transport changes");
	CLAIM(is_same(&pair.vrings[0], &ring), "a ring that is ready stays as it is");
	CLAIM(!pair.window_used, "no leaf was written");
	CLAIM(pair.vring_lock.taken == 0, "the lock is given back");
	if (is_write)
		written_check(offset, (uint32_t)access.value, &before[device], &pair.transports[device]);
	WITNESS(is_write && device == 3 && offset == 0x30 && pair.transports[3].queue != before[3].queue,
		"another queue of the last transport");
}
