/*
 * Decides what stands in the event log. Runs of granules are hashed as the anchor hashes them (abi/anchor.h).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/events.h"
#include "abi/anchor.h"
#include "abi/host.h"
#include "crypto/hash.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/record.h"
#include "lwk/host.h"
#include "lwk/image.h"
#include "lwk/terminal.h"

#define CPACR_FPEN	(3ull << 20)

/* What is told of a VM: as its manifest has it, or as it was hashed here. The shell thread's. */
static struct vmimage told;

void events_print_boot(void)
{
	for (uint64_t i = 0;; i++) {
		struct host_result m = host_call(HOST_BOOT_MEASUREMENT, i, 0, 0);
		char name[17] = "", digest[RECORD_DIGEST_BYTES];

		if (m.status != HOST_OK)
			return;
		memcpy(name, &m.x[1], 16);
		record_digest(&m.x[3], digest);
		terminal_print("  measured     %-10s %s\n", name, digest);
	}
}

/*
 * Threads share the vector registers without saving them. So nobody else runs on this CPU meanwhile, and the thread does
 * not move to another: a granule at most, whose digest is complete afterwards.
 */
static bool pieces_hash(const struct hash_piece *pieces, size_t count, uint8_t out[HASH_BYTES])
{
	uint64_t mask = read_daif();
	enum status status;

	irq_disable();
	write_cpacr_el1(read_cpacr_el1() | CPACR_FPEN);
	isb();
	status = hash_sha256(pieces, count, out);
	write_daif(mask);
	return status == OK;
}

static bool granule_extend(uint8_t run[HASH_BYTES], uint64_t address, const uint8_t *content)
{
	uint8_t digest[HASH_BYTES];
	const struct hash_piece whole = { content, GRANULE_BYTES };
	const struct hash_piece link[] = { { run, HASH_BYTES }, { &address, sizeof(address) }, { digest, sizeof(digest) } };

	return pieces_hash(&whole, 1, digest) && pieces_hash(link, ARRAY_COUNT(link), run);
}

static bool piece_hash(struct vmimage_piece *piece, const uint8_t *data)
{
	static uint8_t last[GRANULE_BYTES];
	bool ok = true;

	memset(piece->digest, 0, sizeof(piece->digest));
	for (uint64_t done = 0; done < piece->bytes && ok; done += GRANULE_BYTES) {
		uint64_t left = piece->bytes - done;
		const uint8_t *content = data + done;

		if (left < GRANULE_BYTES) {
			memset(last, 0, sizeof(last));
			memcpy(last, content, left);
			content = last;
		}
		ok = granule_extend(piece->digest, piece->address + done, content);
	}
	return ok;
}

static bool piece_add(enum vmimage_part part, const struct vmplan_piece *from, const uint8_t *data)
{
	struct vmimage_piece *piece = &told.pieces[told.piece_count];

	if (from->bytes == 0)
		return true;
	*piece = (struct vmimage_piece){ .part = part, .address = from->address, .bytes = from->bytes };
	told.piece_count++;
	return piece_hash(piece, data);
}

/* Of a VM that is from no image: its files are still where they were loaded from, and its tree can be made again. */
static bool files_hash(const struct vm *vm)
{
	static _Alignas(8) uint8_t tree[VMPLAN_DTB_MAX];
	const struct vmplan_request request = {
		.ram_bytes = (uint64_t)vm->config.memory_mib << 20, .vcpu_count = vm->config.vcpu_count,
		.raw = vm->config.raw, .kernel = vm->kernel.data, .kernel_bytes = vm->kernel.bytes,
		.initrd_bytes = vm->initrd.bytes, .bootargs = vm->config.args,
	};
	struct vmplan plan;

	if (vmplan_make(&request, &plan, tree) != VMPLAN_OK)
		return false;
	told = (struct vmimage){
		.class = vm->config.class, .options = vm->config.options, .vcpu_count = vm->config.vcpu_count,
		.ram_bytes = request.ram_bytes, .entry = plan.entry, .x0 = plan.x0,
	};
	return piece_add(VMIMAGE_KERNEL, &plan.kernel, vm->kernel.data) &&
	       piece_add(VMIMAGE_TREE, &plan.dtb, tree) && piece_add(VMIMAGE_ARGS, &plan.args, tree + VMPLAN_ARGS_AT) &&
	       piece_add(VMIMAGE_INITRD, &plan.initrd, vm->initrd.data);
}

static void digest_print(const char *what, const uint64_t words[4])
{
	char digest[RECORD_DIGEST_BYTES];

	record_digest(words, digest);
	terminal_print("  event        %s %s\n", what, digest);
}

static void piece_print(const struct vmimage_piece *piece)
{
	uint64_t words[4];
	char digest[RECORD_DIGEST_BYTES];

	memcpy(words, piece->digest, sizeof(words));
	record_digest(words, digest);
	terminal_print("  event        %s 0x%lx %lu %s\n", vmimage_part_name(piece->part), piece->address, piece->bytes, digest);
}

void events_print_vm(struct vm *vm)
{
	struct host_result box = host_call(HOST_PAIR_MEASUREMENT, vm->handle, HOST_ROLE_BOX, 0);
	struct host_result whole = host_call(HOST_PAIR_MEASUREMENT, vm->handle, HOST_ROLE_VM, 0);
	bool is_known = vm->image.data != NULL ? image_read(vm, &told) : files_hash(vm);

	if (!is_known || box.status != HOST_OK || whole.status != HOST_OK || whole.x[5] != 1) {
		terminal_print("error: there is no event log of %s\n  expected: a VM that runs, and its files\n"
			       "  do:       `show %s`\n", vm->name, vm->name);
		return;
	}
	terminal_print("  event        vm %s\n", vm->name);
	terminal_print("  event        machine class %u options %lu vcpus %u ram-base 0x%lx ram 0x%lx entry 0x%lx x0 0x%lx\n",
		       told.class, told.options, told.vcpu_count, (uint64_t)VM_RAM_BASE, told.ram_bytes, told.entry, told.x0);
	digest_print("box", &box.x[1]);
	for (uint32_t i = 0; i < told.piece_count; i++)
		piece_print(&told.pieces[i]);
	digest_print("measurement", &whole.x[1]);
}
