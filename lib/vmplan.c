/*
 * Decides where a VM's images go in its RAM; vmplan_tree.c says what its device tree holds.
 * Pure: no state, no allocation, no look at the machine it runs on.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/vmplan.h"
#include "abi/image.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/vmplan_tree.h"

/* What QEMU's `virt` does with a flat binary, and with an Image whose header predates image_size. */
#define RAW_OFFSET		0x80000ull
/* An Image at a smaller offset moves up by one block: QEMU keeps the first page for its own boot code. */
#define TEXT_OFFSET_MIN		GRANULE_BYTES
#define TREE_OFFSET_MAX	0x8000000ull

/* The kernel file may be read this far: its PE header, if it has one, lies in here. */
#define HEADER_READ_MAX		4096ull
#define PE_MAGIC		0x4550		/* "PE\0\0" */
#define PE_HEADER_BYTES		24
#define PE_SECTION_BYTES	40

/* Sizes beyond this are refused before anything is added to them: no sum below can wrap. */
#define SIZE_MAX_BYTES		BIT(48)

#define MIB_OF(bytes)	((unsigned long)(((bytes) + 0xfffff) >> 20))

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return align_down(value + align - 1, align);
}

static enum vmplan_result fail(enum vmplan_result result, struct vmplan *plan, uint64_t need, uint64_t found)
{
	plan->need = need;
	plan->found = found;
	return result;
}

static uint32_t read_le(const uint8_t *at, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++)
		value |= (uint32_t)at[i] << (8 * i);
	return value;
}

/*
 * Bytes that the file must have by its PE section table (Linux links one in for EFI), 0 if it has
 * none. The header's image_size can't tell: it counts memory that no file holds. Every offset is
 * the file's word and checked against what may be read.
 * Source: Microsoft PE Format, "COFF File Header" and "Section Table".
 */
static uint64_t pe_file_bytes(const uint8_t *file, uint64_t readable, uint32_t pe)
{
	uint64_t end = 0;

	if (pe < sizeof(struct arm64_image_header) || pe > readable || readable - pe < PE_HEADER_BYTES ||
	    read_le(file + pe, 4) != PE_MAGIC)
		return 0;

	uint64_t section = pe + PE_HEADER_BYTES + read_le(file + pe + 20, 2);

	for (uint32_t count = read_le(file + pe + 6, 2); count > 0; count--, section += PE_SECTION_BYTES) {
		if (section + PE_SECTION_BYTES > readable)
			return 0;
		uint64_t section_end = (uint64_t)read_le(file + section + 16, 4) + read_le(file + section + 20, 4);

		end = section_end > end ? section_end : end;
	}
	return end;
}

/* Where the kernel starts and how much memory it takes from there. */
struct kernel_extent {
	uint64_t offset;		/* from the start of RAM */
	uint64_t bytes;
};

static enum vmplan_result image_extent(const struct vmplan_request *request, struct vmplan *plan,
				       struct kernel_extent *out)
{
	struct arm64_image_header header;
	uint64_t readable = request->kernel_bytes < HEADER_READ_MAX ? request->kernel_bytes : HEADER_READ_MAX;

	if (request->kernel_bytes < sizeof(header))
		return fail(VMPLAN_TRUNCATED, plan, sizeof(header), request->kernel_bytes);
	memcpy(&header, request->kernel, sizeof(header));
	if (header.magic != ARM64_IMAGE_MAGIC)
		return fail(VMPLAN_NOT_AN_IMAGE, plan, ARM64_IMAGE_MAGIC, header.magic);
	if ((header.flags & ARM64_IMAGE_FLAG_BE) != 0)
		return fail(VMPLAN_BIG_ENDIAN, plan, 0, header.flags);

	uint64_t file_bytes = pe_file_bytes(request->kernel, readable, header.res5);

	if (request->kernel_bytes < file_bytes)
		return fail(VMPLAN_TRUNCATED, plan, file_bytes, request->kernel_bytes);
	if (header.image_size == 0)
		header.text_offset = RAW_OFFSET;
	if (header.text_offset > SIZE_MAX_BYTES || header.image_size > SIZE_MAX_BYTES)
		return fail(VMPLAN_NO_ROOM, plan, SIZE_MAX_BYTES, request->ram_bytes);
	/* Pieces start on granules: the offset is rounded as the kernel's own linker would have it. */
	out->offset = align_down(header.text_offset, GRANULE_BYTES);
	if (out->offset < TEXT_OFFSET_MIN)
		out->offset += BLOCK_BYTES;
	out->bytes = header.image_size > request->kernel_bytes ? header.image_size : request->kernel_bytes;
	return VMPLAN_OK;
}

/*
 * Device tree and initial ramdisk above the kernel. First choice for the tree is where QEMU puts the ramdisk, and for
 * that the next block; what then does not fit comes closer: the ramdisk to the second granule after the tree, the tree
 * down to where both fit. So where the tree is does not depend on the ramdisk if there is room. Always kernel, tree,
 * ramdisk in ascending order: that is the order of measurement. A granule between two keeps them apart as runs, so that
 * each has a digest of its own (abi/anchor.h).
 */
static enum vmplan_result pieces_place(const struct vmplan_request *request, struct vmplan *plan,
				       const struct kernel_extent *kernel)
{
	uint64_t ram = request->ram_bytes;
	uint64_t kernel_end = align_up(kernel->offset + kernel->bytes, GRANULE_BYTES) + GRANULE_BYTES;
	uint64_t initrd_bytes = align_up(request->initrd_bytes, GRANULE_BYTES);
	uint64_t tree_bytes = VMPLAN_DTB_MAX + (initrd_bytes != 0 ? GRANULE_BYTES : 0);
	uint64_t wanted = ram / 2 < TREE_OFFSET_MAX ? ram / 2 : TREE_OFFSET_MAX;
	uint64_t need = kernel_end + tree_bytes + initrd_bytes;

	if (need > ram)
		return fail(VMPLAN_NO_ROOM, plan, align_up(need, BLOCK_BYTES), ram);

	uint64_t dtb = align_up(wanted > kernel_end ? wanted : kernel_end, BLOCK_BYTES);

	if (dtb > ram - initrd_bytes - tree_bytes)
		dtb = ram - initrd_bytes - tree_bytes;

	uint64_t initrd = align_up(dtb + tree_bytes, BLOCK_BYTES);

	if (initrd > ram - initrd_bytes)
		initrd = dtb + tree_bytes;
	plan->kernel = (struct vmplan_piece){ VM_RAM_BASE + kernel->offset, request->kernel_bytes };
	plan->dtb = (struct vmplan_piece){ VM_RAM_BASE + dtb, 0 };
	plan->args = (struct vmplan_piece){ plan->dtb.address + VMPLAN_ARGS_AT, VMPLAN_DTB_MAX - VMPLAN_ARGS_AT };
	plan->initrd = (struct vmplan_piece){ VM_RAM_BASE + initrd, request->initrd_bytes };
	plan->entry = plan->kernel.address;
	plan->x0 = plan->dtb.address;
	return VMPLAN_OK;
}

static enum vmplan_result request_check(const struct vmplan_request *request, struct vmplan *plan)
{
	size_t bootargs = strlen(request->bootargs);

	if (request->ram_bytes == 0 || !is_aligned(request->ram_bytes, BLOCK_BYTES) ||
	    request->ram_bytes > IPA_HALF - VM_RAM_BASE)
		return fail(VMPLAN_BAD_RAM, plan, BLOCK_BYTES, request->ram_bytes);
	if (request->vcpu_count == 0 || request->vcpu_count > VMPLAN_VCPU_MAX)
		return fail(VMPLAN_BAD_VCPUS, plan, VMPLAN_VCPU_MAX, request->vcpu_count);
	if (bootargs >= VMPLAN_BOOTARGS_MAX)
		return fail(VMPLAN_BAD_BOOTARGS, plan, VMPLAN_BOOTARGS_MAX - 1, bootargs);
	if (request->kernel_bytes == 0)
		return fail(VMPLAN_TRUNCATED, plan, 1, 0);
	if (request->kernel_bytes > request->ram_bytes)
		return fail(VMPLAN_NO_ROOM, plan, request->kernel_bytes, request->ram_bytes);
	if (request->initrd_bytes > request->ram_bytes)
		return fail(VMPLAN_NO_ROOM, plan, request->initrd_bytes, request->ram_bytes);
	return VMPLAN_OK;
}

enum vmplan_result vmplan_make(const struct vmplan_request *request, struct vmplan *plan, void *dtb)
{
	struct kernel_extent kernel = { RAW_OFFSET, request->kernel_bytes };
	enum vmplan_result result;

	*plan = (struct vmplan){ 0 };
	result = request_check(request, plan);
	if (result == VMPLAN_OK && !request->raw)
		result = image_extent(request, plan, &kernel);
	if (result == VMPLAN_OK)
		result = pieces_place(request, plan, &kernel);
	if (result != VMPLAN_OK)
		return result;

	plan->dtb.bytes = vmplan_tree_write(request, plan, dtb);
	/* The command line is the only part whose size is not ours. */
	if (plan->dtb.bytes == 0)
		return fail(VMPLAN_BAD_BOOTARGS, plan, VMPLAN_DTB_MAX, strlen(request->bootargs));
	return VMPLAN_OK;
}

void vmplan_describe(enum vmplan_result result, const struct vmplan_request *request, const struct vmplan *plan,
		     char *out, size_t bytes)
{
	unsigned long need = plan->need, found = plan->found;

	switch (result) {
	case VMPLAN_OK:
		print_string(out, bytes, "kernel, ramdisk and device tree are placed");
		break;
	case VMPLAN_NOT_AN_IMAGE:
		print_string(out, bytes, "kernel is not an arm64 Image: expected 0x%lx at byte 56, found 0x%lx; "
			     "give an uncompressed Image, or say raw for a flat binary", need, found);
		break;
	case VMPLAN_BIG_ENDIAN:
		print_string(out, bytes, "kernel is big-endian: expected flags with bit 0 clear, found 0x%lx; "
			     "give a little-endian Image", found);
		break;
	case VMPLAN_TRUNCATED:
		print_string(out, bytes, "kernel file is truncated: expected at least %lu bytes by its own header, "
			     "found %lu; copy it again", need, found);
		break;
	case VMPLAN_NO_ROOM:
		print_string(out, bytes, "VM memory is too small: kernel, ramdisk (%lu MiB) and device tree need "
			     "%lu MiB, have %lu MiB; give the VM more memory",
			     MIB_OF(request->initrd_bytes), MIB_OF(need), MIB_OF(found));
		break;
	case VMPLAN_BAD_RAM:
		print_string(out, bytes, "VM memory size is wrong: expected a multiple of 2 MiB above zero, "
			     "found %lu bytes; give whole even MiB", found);
		break;
	case VMPLAN_BAD_VCPUS:
		print_string(out, bytes, "number of vCPUs is wrong: expected 1 to %lu, found %lu; give it less",
			     need, found);
		break;
	case VMPLAN_BAD_BOOTARGS:
		print_string(out, bytes, "command line is too long: expected at most %u bytes, found %lu; shorten it",
			     VMPLAN_BOOTARGS_MAX - 1, found);
		break;
	}
}
