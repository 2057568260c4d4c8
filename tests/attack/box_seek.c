/*
 * What the box saw at each exit, and what it finds in its own memory and in the window.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/box_seek.h"
#include "abi/box.h"
#include "abi/console.h"
#include "box/mmu.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/vmplan.h"
#include "tests/attack/box.h"
#include "tests/attack/box_attack.h"
#include "tests/attack/seek.h"

static struct {
	uint64_t inverse[SEEK_WORDS];	/* as far as the VM has told it */
	uint64_t exits[BOX_SEEK_REASONS];
	uint64_t found;			/* in registers */
	unsigned first;
} state;

int64_t box_seek_run(uint64_t answer, uint64_t value, struct hvc_exit *exit)
{
	uint64_t frame[SEEK_GENERAL] = { BOX_VM_RUN, answer, value };

	if (!seek_is_on())
		return hvc_vm_run(answer, value, exit);
	seek_call(frame);
	state.found += seek_registers(frame, &state.first);
	*exit = (struct hvc_exit){ frame[1], frame[2], frame[3], frame[4] };
	if (exit->reason < BOX_SEEK_REASONS)
		state.exits[exit->reason]++;
	return (int64_t)frame[0];
}

/* Adds what is found in a range of granules; returns how many of them can be read. */
static uint64_t range_look(uintptr_t base, uint64_t bytes, uint64_t *found)
{
	uint64_t readable = 0, here;

	for (uint64_t done = 0; done < bytes; done += GRANULE_BYTES) {
		readable += seek_page(base + done, &here) ? 1 : 0;
		*found += here;
	}
	return readable;
}

/* All that the box has: its RAM, and as much of its VM's as the window shows. */
static uint64_t memory_look(void)
{
	struct hvc_info info;
	uint64_t found = 0;

	hvc_info(&info);
	(void)range_look(box_attack_address(BOX_RAM_BASE), BOX_RAM_BYTES, &found);
	uint64_t readable = range_look(MMU_WINDOW + VM_RAM_BASE, info.vm_ram_bytes, &found);

	return BOX_SEEK_RESULT(readable, found);
}

uint64_t box_seek_access(const struct hvc_exit *exit)
{
	uint64_t offset = exit->address - BOX_SEEK;

	if (offset < sizeof(state.inverse)) {
		if ((exit->access & BOX_ACCESS_WRITE) == 0)
			return 0;
		state.inverse[offset / 8] = exit->value;
		/* The last word: a new search. */
		if (offset / 8 == SEEK_WORDS - 1) {
			seek_for(state.inverse);
			state.found = 0;
			memset(state.exits, 0, sizeof(state.exits));
		}
		return 0;
	}
	if (offset == BOX_SEEK_MEMORY)
		return memory_look();
	if (offset == BOX_SEEK_REGISTERS)
		return BOX_SEEK_RESULT(state.first, state.found);
	if (offset - BOX_SEEK_EXITS < sizeof(state.exits))
		return state.exits[(offset - BOX_SEEK_EXITS) / 8];
	return 0;
}
