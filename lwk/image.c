/*
 * VM images: reads manifests, and drives the anchor's calls a bounded step at a time. Nothing is trusted here: anchor and
 * mediator look at it all again.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/image.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lib/vmimage.h"
#include "lwk/terminal.h"

/* Heads are checked one at a time, by the anchor too. */
static atomic_bool is_opening;

static void reason_set(struct vm *vm, const char *what)
{
	char reason[VM_REASON_BYTES];

	print_string(reason, sizeof(reason), "refused: its image: %s", what);
	vm_set_reason(vm, reason);
}

static void problem_print(struct vm *vm, uint64_t problem, const char *where, uint64_t at)
{
	reason_set(vm, signed_name((enum signed_problem)problem));
	terminal_print("error: the image of VM %s is refused: %s: it %s\n"
		       "  where:    %s/image, %s %lu\n  expected: %s\n"
		       "  do:       `redoubt check` on the host says more, but of platform and content nothing; pack it anew\n",
		       vm->name, signed_name((enum signed_problem)problem), signed_text((enum signed_problem)problem),
		       vm->name, where, at, signed_expected((enum signed_problem)problem));
}

/* Of a manifest that holds as far as its form goes. */
static void plan_fill(struct vm *vm, const struct vmimage *image)
{
	struct vmplan_piece *const pieces[VMIMAGE_PART_END] = {
		[VMIMAGE_KERNEL] = &vm->plan.kernel, [VMIMAGE_TREE] = &vm->plan.dtb,
		[VMIMAGE_ARGS] = &vm->plan.args, [VMIMAGE_INITRD] = &vm->plan.initrd,
	};

	vm->plan = (struct vmplan){ .entry = image->entry, .x0 = image->x0 };
	for (uint32_t i = 0; i < image->piece_count; i++)
		*pieces[image->pieces[i].part] = (struct vmplan_piece){ image->pieces[i].address, image->pieces[i].bytes };
	vm->config.memory_mib = (uint32_t)(image->ram_bytes >> 20);
	vm->config.vcpu_count = image->vcpu_count;
	vm->config.class = image->class;
	vm->config.options = image->options;
	memcpy(vm->image_box, image->box, sizeof(vm->image_box));
	memcpy(vm->image_measurement, image->measurement, sizeof(vm->image_measurement));
}

bool image_read(struct vm *vm, struct vmimage *out)
{
	struct cbor c = cbor_open(vm->image.data, vm->image.bytes < VMIMAGE_HEAD_BYTES ? vm->image.bytes :
									 VMIMAGE_HEAD_BYTES);
	struct vmimage_head head;
	enum signed_problem problem = vmimage_split(&c, &head);

	if (problem == SIGNED_OK) {
		c = cbor_open(head.object.payload.data, head.object.payload.count);
		problem = vmimage_read(&c, out);
	}
	if (problem != SIGNED_OK)
		problem_print(vm, problem, "byte", (uint64_t)(c.at - vm->image.data));
	return problem == SIGNED_OK;
}

bool image_describe(struct vm *vm)
{
	static struct vmimage image;

	if (!image_read(vm, &image))
		return false;
	plan_fill(vm, &image);
	return true;
}

static uint64_t steps_run(struct vm *vm)
{
	struct smc_args args = { { ANCHOR_IMAGE_BEGIN, (uintptr_t)vm->image.data, vm->image.bytes } };

	smc_call(&args);

	uint64_t handle = args.x[1];

	while ((int64_t)args.x[0] == ANCHOR_OK || (int64_t)args.x[0] == ANCHOR_INCOMPLETE) {
		args = (struct smc_args){ { ANCHOR_IMAGE_STEP } };
		smc_call(&args);
		if ((int64_t)args.x[0] == ANCHOR_OK)
			return handle;
	}
	if ((int64_t)args.x[0] == ANCHOR_ERR_REFUSED) {
		problem_print(vm, args.x[1], "byte", args.x[2]);
	} else {
		reason_set(vm, "not opened");
		terminal_print("error: the image of VM %s can't be opened\n  where:    trust anchor\n  expected: 0\n"
			       "  found:    %ld\n",
			       vm->name, (int64_t)args.x[0]);
	}
	return 0;
}

uint64_t image_open(struct vm *vm)
{
	bool expected = false;
	uint64_t handle;

	while (!atomic_compare_exchange_weak(&is_opening, &expected, true)) {
		expected = false;
		thread_sleep_ms(1);
	}
	handle = steps_run(vm);
	atomic_store(&is_opening, false);
	return handle;
}

void image_refused(struct vm *vm, uint64_t problem, uint64_t address)
{
	if (problem != SIGNED_OK) {
		problem_print(vm, problem, "content of the VM's address", address);
		return;
	}
	reason_set(vm, "closed");
	terminal_print("error: the image of VM %s is closed\n  where:    trust anchor\n"
		       "  expected: at most %u images that are being loaded at a time\n  do:       start it again\n",
		       vm->name, ANCHOR_IMAGES_MAX);
}

void image_disagrees(struct vm *vm, const uint64_t measured[4], uint64_t box_word)
{
	const uint64_t found[4] = { box_word };
	char digests[3][RECORD_DIGEST_BYTES];
	bool is_box = box_word != vm->image_box[0];

	record_digest(vm->image_box, digests[0]);
	record_digest(found, digests[1]);
	digests[1][16] = '\0';
	reason_set(vm, is_box ? "another box" : "another machine or content");
	if (is_box) {
		terminal_print("error: VM %s does not start: its box is not the one that its image is packed for\n"
			       "  where:    HOST_ACTIVATE\n  expected: box %s\n  found:    box %s...\n"
			       "  do:       pack the image for this node's box, or give the node that one\n",
			       vm->name, digests[0], digests[1]);
		return;
	}
	record_digest(vm->image_measurement, digests[0]);
	record_digest(measured, digests[2]);
	terminal_print("error: VM %s does not start: class, memory, CPUs, entry or content are not what was measured for its image\n"
		       "  where:    HOST_ACTIVATE\n  expected: VM %s\n  found:    VM %s, %s, %u MiB, %u CPUs\n"
		       "  do:       its owner changed the manifest after it was measured: pack the image anew\n",
		       vm->name, digests[0], digests[2],
		       vm->config.class == HOST_CLASS_CONFIDENTIAL ? "confidential" : "isolated", vm->config.memory_mib,
		       vm->config.vcpu_count);
}
