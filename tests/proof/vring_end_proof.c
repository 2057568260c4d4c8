/*
 * Rings of a VM of scheme window end: one queue's, or all of a transport's, with any two rings that are ready, for any
 * page: it is closed exactly if a ring that ended held it, no ring that is ready holds it and the doorbell did not
 * announce it, and then it is in no TLB; nothing is opened. Scaled to 2 transports, 2 rings at a time, 16 entries
 * (parts of one or two pages), and addresses of 16 pages instead of 32, 16, 1024 and 2^27.
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 2/
 * Scale: abi/window.h: s/^#define VIRTIO_QUEUE_NUM_MAX		1024/#define VIRTIO_QUEUE_NUM_MAX 16/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 2	/
 * Scale: lib/addr.h: s/^#define IPA_HALF		BIT(39)/#define IPA_HALF BIT(16)/
 * Scale: plat/virt/include/plat/memory.h: s/^#define PLAT_RAM_BASE			0x40000000/#define PLAT_RAM_BASE 0x4000/
 * Unwind: 4
 * Mutant: mediator/vring.c: s/STAGE2_WINDOW_RING \&\& !is_held(pair, ipa_value(page)))/STAGE2_WINDOW_RING)/
 * Breaks: a page that a ring holds stays open
 * Mutant: mediator/vring.c: s/	stage2_window_flush(box, range);/	;/
 * Breaks: what was closed is in no TLB
 * Mutant: mediator/vring.c: s/(all || ring->queue == queue))/(ring->queue == queue))/
 * Breaks: exactly the rings that were named have ended
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/proof/vring_watch.h"

static bool is_named(const struct vring *ring, unsigned device, bool all, uint32_t queue)
{
	return ring->device == device && (all || ring->queue == queue);
}

void proof(void)
{
	unsigned device = nondet_u8();
	bool all = nondet_bool();
	uint32_t queue = nondet_u32();

	realm_make();
	const struct vring before[VRING_MAX] = { pair.vrings[0], pair.vrings[1] };
	enum stage2_window was = page.leaf;

	rings_end(&pair, device, all, queue);
	for (unsigned i = 0; i < VRING_MAX; i++)
		CLAIM(pair.vrings[i].entry_count == (is_named(&before[i], device, all, queue) ? 0 : before[i].entry_count),
		      "exactly the rings that were named have ended");
	state_check(was);
	CLAIM(opened == 0, "nothing is opened");
	WITNESS(was == STAGE2_WINDOW_RING && page.leaf == STAGE2_WINDOW_CLOSED && all, "a device that is reset");
	WITNESS(was == STAGE2_WINDOW_RING && page.leaf == STAGE2_WINDOW_RING && pair.vrings[1].entry_count == 0 &&
		before[1].entry_count != 0, "a queue that ends, and another that holds the same page");
}
