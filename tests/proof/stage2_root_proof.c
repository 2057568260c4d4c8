/*
 * stage2_show, any content: the upper half of one root becomes the lower half of the right root,
 * and no other root entry changes. Scaled to root granules of 8 entries instead of 512: one loop over all of them.
 * Scale: mediator/stage2.c: s/^#define ENTRIES		512/#define ENTRIES 8/
 * Unwind: 9
 * Mutant: mediator/stage2.c: s/descriptor_write(&table_at(to->root)\[ENTRIES + i\]/descriptor_write(\&table_at(to->root)[i]/
 * Breaks: the lower half of a root stays
 * Mutant: mediator/stage2.c: s/table_at(vm->root)\[i\]/table_at(to->root)[i]/
 * Breaks: the box's upper half is its VM's lower half
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/stage2.c"
#include "tests/proof/machine.h"

#define ROOT_WORDS	(2 * ENTRIES)
#define VM_PA		0x80000000ull
#define BOX_PA		0x90000000ull

struct root {
	uint64_t entries[ROOT_WORDS];
};
static struct root vm_root, box_root;

void *fake_pointer(uint64_t pa)
{
	CLAIM(pa == VM_PA || pa == BOX_PA, "only the two roots are touched");
	return pa == VM_PA ? vm_root.entries : box_root.entries;
}

struct root nondet_root(void);

void proof(void)
{
	struct stage2 vm = { { VM_PA }, 3 }, box = { { BOX_PA }, 2 };
	struct root vm_before = nondet_root(), box_before = nondet_root();
	uint64_t i = nondet_u64();

	ASSUME(i < ROOT_WORDS);
	vm_root = vm_before;
	box_root = box_before;
	stage2_show(&box, &vm);
	CLAIM(i < ENTRIES || box_root.entries[i] == vm_before.entries[i - ENTRIES],
	      "the box's upper half is its VM's lower half");
	CLAIM(vm_root.entries[i] == vm_before.entries[i], "making the box's window changes nothing of the VM");
	stage2_show(&vm, &vm);
	CLAIM(i < ENTRIES || vm_root.entries[i] == vm_before.entries[i - ENTRIES],
	      "the VM's upper half is its lower half");
	CLAIM(i >= ENTRIES || (vm_root.entries[i] == vm_before.entries[i] &&
			       box_root.entries[i] == box_before.entries[i]), "the lower half of a root stays");
	WITNESS(i == ROOT_WORDS - 1 && vm_root.entries[i] != 0, "the last entry of the upper half, mapped");
}
