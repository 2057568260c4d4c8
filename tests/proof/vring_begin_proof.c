/*
 * A queue of a VM of scheme window becomes ready, whatever its transport's registers hold, with any two rings that are
 * ready, for any page: it is opened only as a part of a ring that lies in the VM's RAM and is ready from then on; a
 * ring that the queue had before ends; every ring that is ready is again one that was checked, so that this holds for
 * any number of writes. How a queue ends: see the harness vring_end; what else a VM writes: vring_setup. Scaled to 2
 * transports, of which the second is meant, 2 rings at a time, 16 entries (parts of one or two pages), and addresses of
 * 16 pages instead of 32, 16, 1024 and 2^27.
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 2/
 * Scale: abi/window.h: s/^#define VIRTIO_QUEUE_NUM_MAX		1024/#define VIRTIO_QUEUE_NUM_MAX 16/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 2	/
 * Scale: lib/addr.h: s/^#define IPA_HALF		BIT(39)/#define IPA_HALF BIT(16)/
 * Scale: plat/virt/include/plat/memory.h: s/^#define PLAT_RAM_BASE			0x40000000/#define PLAT_RAM_BASE 0x4000/
 * Unwind: 4
 * Mutant: mediator/vring.c: /^MUST_CHECK static enum status ring_check/,/^}/s/		if (!range_is_inside(ipa_value(range.base), range.bytes, vm->ram_base, vm->ram_bytes))/		if (ipa_value(range.base) < vm->ram_base)/
 * Breaks: what is opened is the VM's RAM
 * Mutant: mediator/vring.c: s/	rings_end(pair, device, false, ring->queue);/	;/
 * Breaks: every ring that is ready is one that was checked
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/proof/vring_watch.h"

void proof(void)
{
	const struct vring setup = { { nondet_u64(), nondet_u64(), nondet_u64() }, nondet_u32(), nondet_u16(), nondet_u8() };

	realm_make();
	pair.transports[1] = setup;
	enum stage2_window was = page.leaf;
	enum status status = ring_begin(&pair, 1);
	bool is_there = false;

	for (unsigned i = 0; i < VRING_MAX; i++)
		is_there |= pair.vrings[i].entry_count != 0 && pair.vrings[i].device == 1 &&
			    pair.vrings[i].queue == setup.queue && pair.vrings[i].parts[2] == setup.parts[2];
	state_check(was);
	CLAIM(status != OK || is_there, "a queue is ready with the addresses that were written");
	CLAIM(status == OK || opened == 0, "what is refused opens nothing");
	WITNESS(opened == 1 && was == STAGE2_WINDOW_CLOSED, "a page opened for a ring");
	WITNESS(opened >= 2, "two parts of a ring in one page");
	WITNESS(was == STAGE2_WINDOW_RING && page.leaf == STAGE2_WINDOW_CLOSED && status == OK,
		"a queue that moves elsewhere");
	WITNESS(status == ERR_ARGS, "a ring outside the RAM");
	WITNESS(status == ERR_NO_MEMORY, "more rings than there is room for");
}
