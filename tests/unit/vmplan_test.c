/*
 * vmplan: where a VM's images go, and what its device tree says as libfdt reads it. libfdt is the
 * second opinion on our own writer and is used nowhere in the product.
 * Links: lib/vmplan.c lib/vmplan_tree.c lib/fdt.c lib/print.c -lfdt
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <libfdt.h>
#include "tests/unit/test.h"
#include "abi/image.h"
#include "abi/keyed.h"
#include "lib/vmplan.h"

#define MIB 0x100000ull

static _Alignas(8) uint8_t dtb[VMPLAN_DTB_MAX];

struct image {
	struct arm64_image_header header;
	uint8_t rest[4096];
};

static struct image image_make(uint64_t text_offset, uint64_t image_size)
{
	struct image image = { .header = { .text_offset = text_offset, .image_size = image_size, .flags = 0xa,
					   .magic = ARM64_IMAGE_MAGIC } };

	return image;
}

static struct vmplan_request request_make(const struct image *image, uint64_t ram_mib, uint64_t initrd_bytes)
{
	return (struct vmplan_request){ .ram_bytes = ram_mib * MIB, .vcpu_count = 2, .kernel = image,
					.kernel_bytes = sizeof(*image), .initrd_bytes = initrd_bytes,
					.bootargs = "console=ttyAMA0" };
}

/* At least one granule lies between; nothing is asked of a piece that is not there. */
static void apart(const struct vmplan_piece *low, const struct vmplan_piece *high)
{
	uint64_t end = (low->address + low->bytes + 4095) / 4096 * 4096;

	assert_int_not_equal(low->bytes, 0);
	if (high->bytes != 0)
		assert_true(high->address >= end + 4096);
}

static struct vmplan plan_ok(const struct vmplan_request *request)
{
	struct vmplan plan;

	assert_int_equal(vmplan_make(request, &plan, dtb), VMPLAN_OK);
	assert_int_equal(fdt_check_full(dtb, sizeof(dtb)), 0);
	assert_int_equal(fdt_totalsize(dtb), sizeof(dtb));
	assert_int_equal(plan.entry, plan.kernel.address);
	assert_int_equal(plan.x0, plan.dtb.address);
	assert_int_equal((plan.kernel.address | plan.initrd.address | plan.dtb.address) % 4096, 0);
	apart(&plan.kernel, &plan.dtb);
	apart(&plan.dtb, &plan.args);
	apart(&plan.args, &plan.initrd);
	assert_int_equal(plan.args.address + plan.args.bytes, plan.dtb.address + VMPLAN_DTB_MAX);
	assert_true(plan.args.address + plan.args.bytes <= VM_RAM_BASE + request->ram_bytes);
	if (request->initrd_bytes != 0)
		assert_true(plan.initrd.address + plan.initrd.bytes <= VM_RAM_BASE + request->ram_bytes);
	return plan;
}

static enum vmplan_result plan_fails(const struct vmplan_request *request, uint64_t need, uint64_t found)
{
	struct vmplan plan;
	char line[256] = "";
	enum vmplan_result result = vmplan_make(request, &plan, dtb);

	assert_int_not_equal(result, VMPLAN_OK);
	assert_int_equal(plan.need, need);
	assert_int_equal(plan.found, found);
	vmplan_describe(result, request, &plan, line, sizeof(line));
	assert_non_null(strstr(line, "; "));
	assert_true(strlen(line) < sizeof(line) - 1);
	return result;
}

static void an_image_goes_where_qemu_puts_it(void **state)
{
	struct image image = image_make(0, 38 * MIB);
	struct vmplan_request request = request_make(&image, 512, 5000);
	struct vmplan plan = plan_ok(&request);

	(void)state;
	assert_int_equal(plan.kernel.address, 0x40200000);
	assert_int_equal(plan.kernel.bytes, sizeof(image));
	assert_int_equal(plan.dtb.address, 0x48000000);
	assert_int_equal(plan.args.address, 0x48003000);
	assert_int_equal(plan.initrd.address, 0x48200000);
	assert_int_equal(plan.initrd.bytes, 5000);
}

static void a_text_offset_is_obeyed_and_an_old_header_gets_the_old_offset(void **state)
{
	struct image image = image_make(0x80000, MIB);
	struct vmplan_request request = request_make(&image, 64, 0);

	(void)state;
	assert_int_equal(plan_ok(&request).kernel.address, 0x40080000);
	image = image_make(0x1234000, MIB);
	assert_int_equal(plan_ok(&request).kernel.address, 0x41234000);
	image = image_make(0, 0);
	assert_int_equal(plan_ok(&request).kernel.address, 0x40080000);
}

static void small_memory_puts_the_tree_in_its_middle(void **state)
{
	struct image image = image_make(0, MIB);
	struct vmplan_request request = request_make(&image, 16, 0);
	struct vmplan plan = plan_ok(&request);

	(void)state;
	assert_int_equal(plan.dtb.address, 0x40800000);
	request.initrd_bytes = 3 * MIB;
	plan = plan_ok(&request);
	assert_int_equal(plan.dtb.address, 0x40800000);
	assert_int_equal(plan.initrd.address, 0x40a00000);
}

static void a_large_kernel_pushes_the_tree_up(void **state)
{
	struct image image = image_make(0, 40 * MIB + 1);
	struct vmplan_request request = request_make(&image, 64, MIB);
	struct vmplan plan = plan_ok(&request);

	(void)state;
	assert_int_equal(plan.dtb.address, VM_RAM_BASE + 44 * MIB);
	assert_int_equal(plan.initrd.address, VM_RAM_BASE + 46 * MIB);
}

static void what_does_not_fit_comes_closer(void **state)
{
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 64, 31 * MIB);
	struct vmplan plan;

	(void)state;
	/* From the next 2 MiB boundary on there is too little: the ramdisk takes the second granule after the tree. */
	plan = plan_ok(&request);
	assert_int_equal(plan.dtb.address, VM_RAM_BASE + 32 * MIB);
	assert_int_equal(plan.initrd.address, VM_RAM_BASE + 32 * MIB + VMPLAN_DTB_MAX + 4096);
	/* The ramdisk would not end in memory: both move down. */
	request.initrd_bytes = 32 * MIB;
	plan = plan_ok(&request);
	assert_int_equal(plan.dtb.address, VM_RAM_BASE + 32 * MIB - 4096 - VMPLAN_DTB_MAX);
	assert_int_equal(plan.initrd.address, VM_RAM_BASE + 32 * MIB);
	/* Down to the end of the kernel, a granule, and no further. */
	request.initrd_bytes = 54 * MIB - 2 * 4096 - VMPLAN_DTB_MAX;
	plan = plan_ok(&request);
	assert_int_equal(plan.dtb.address, VM_RAM_BASE + 10 * MIB + 4096);
	request.initrd_bytes++;
	assert_int_equal(plan_fails(&request, 66 * MIB, 64 * MIB), VMPLAN_NO_ROOM);
	/* Without a ramdisk the tree alone comes to the end of memory. */
	image = image_make(0, 60 * MIB);
	request.initrd_bytes = 0;
	assert_int_equal(plan_ok(&request).dtb.address, VM_RAM_BASE + 64 * MIB - VMPLAN_DTB_MAX);
}

static void where_the_tree_is_does_not_depend_on_the_ramdisk(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 4096, 2 * MIB - 1, 2 * MIB, 40 * MIB, 300 * MIB };
	struct image image = image_make(0, 8 * MIB);

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		struct vmplan_request request = request_make(&image, 512, sizes[i]);

		assert_int_equal(plan_ok(&request).dtb.address, 0x48000000);
	}
}

static void a_raw_binary_goes_to_half_a_mebibyte(void **state)
{
	static const uint8_t code[24];
	struct vmplan_request request = { .ram_bytes = 2 * MIB, .vcpu_count = 1, .raw = true, .kernel = code,
					  .kernel_bytes = sizeof(code), .bootargs = "" };

	(void)state;
	assert_int_equal(plan_ok(&request).kernel.address, 0x40080000);
	assert_int_equal(plan_ok(&request).kernel.bytes, sizeof(code));
}

static void bad_requests_are_named(void **state)
{
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request good = request_make(&image, 64, 0), bad;
	static char long_args[VMPLAN_BOOTARGS_MAX + 1];

	(void)state;
	bad = good, bad.ram_bytes = 0;
	assert_int_equal(plan_fails(&bad, 2 * MIB, 0), VMPLAN_BAD_RAM);
	bad = good, bad.ram_bytes = 63 * MIB;
	assert_int_equal(plan_fails(&bad, 2 * MIB, 63 * MIB), VMPLAN_BAD_RAM);
	bad = good, bad.ram_bytes = 1ull << 39;
	assert_int_equal(plan_fails(&bad, 2 * MIB, 1ull << 39), VMPLAN_BAD_RAM);
	bad = good, bad.vcpu_count = 0;
	assert_int_equal(plan_fails(&bad, 8, 0), VMPLAN_BAD_VCPUS);
	bad = good, bad.vcpu_count = 9;
	assert_int_equal(plan_fails(&bad, 8, 9), VMPLAN_BAD_VCPUS);
	memset(long_args, 'a', VMPLAN_BOOTARGS_MAX);
	bad = good, bad.bootargs = long_args;
	assert_int_equal(plan_fails(&bad, VMPLAN_BOOTARGS_MAX - 1, VMPLAN_BOOTARGS_MAX), VMPLAN_BAD_BOOTARGS);
	bad = good, bad.kernel_bytes = 63;
	assert_int_equal(plan_fails(&bad, 64, 63), VMPLAN_TRUNCATED);
	bad = good, bad.kernel_bytes = 65 * MIB;
	assert_int_equal(plan_fails(&bad, 65 * MIB, 64 * MIB), VMPLAN_NO_ROOM);
	bad = good, bad.initrd_bytes = UINT64_MAX;
	assert_int_equal(plan_fails(&bad, UINT64_MAX, 64 * MIB), VMPLAN_NO_ROOM);
}

static void bad_headers_are_named(void **state)
{
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 64, 0);

	(void)state;
	image.header.magic = 0x46474849;
	assert_int_equal(plan_fails(&request, ARM64_IMAGE_MAGIC, 0x46474849), VMPLAN_NOT_AN_IMAGE);
	image = image_make(0, 8 * MIB);
	image.header.flags |= ARM64_IMAGE_FLAG_BE;
	assert_int_equal(plan_fails(&request, 0, 0xb), VMPLAN_BIG_ENDIAN);
	image = image_make(UINT64_MAX - 10, 8 * MIB);
	assert_int_equal(plan_fails(&request, 1ull << 48, 64 * MIB), VMPLAN_NO_ROOM);
	image = image_make(0, UINT64_MAX);
	assert_int_equal(plan_fails(&request, 1ull << 48, 64 * MIB), VMPLAN_NO_ROOM);
	image = image_make(0, 64 * MIB);
	assert_int_equal(plan_fails(&request, 68 * MIB, 64 * MIB), VMPLAN_NO_ROOM);
}

/* A PE header at @pe of one section that needs the file to have @end bytes. */
static void pe_write(struct image *image, uint32_t pe, uint32_t end)
{
	uint8_t *at = (uint8_t *)image + pe;
	uint32_t section[2] = { 0x100, end - 0x100 };

	image->header.res5 = pe;
	memcpy(at, "PE\0", 4);
	at[6] = 1;
	memcpy(at + 24 + 16, section, sizeof(section));
}

static void a_kernel_shorter_than_its_sections_is_truncated(void **state)
{
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 64, 0);

	(void)state;
	pe_write(&image, 64, sizeof(image));
	plan_ok(&request);
	pe_write(&image, 64, sizeof(image) + 1);
	assert_int_equal(plan_fails(&request, sizeof(image) + 1, sizeof(image)), VMPLAN_TRUNCATED);
}

/* The copy is as long as the contract says is readable: the sanitizer sees any step beyond it. */
static void a_hostile_section_table_is_not_followed(void **state)
{
	static const uint32_t offsets[] = { 0, 63, 64, 100, 4000, 4072, 4080, 4095, 4096, 0x7fffffff, 0xffffffff };
	struct vmplan plan;

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(offsets); i++) {
		uint8_t *file = malloc(4096);
		struct image image = image_make(0, 8 * MIB);
		struct vmplan_request request;

		memset(file, 0xff, 4096);
		image.header.res5 = offsets[i];
		memcpy(file, &image.header, sizeof(image.header));
		for (uint32_t at = offsets[i]; at < 4096 && at < offsets[i] + 4; at++)
			file[at] = (uint8_t)"PE\0"[at - offsets[i]];
		memcpy(file, &image.header, sizeof(image.header));
		request = request_make(&image, 64, 0);
		request.kernel = file;
		request.kernel_bytes = 4096;
		/* Its 65535 sections never all lie in what may be read: the table is not believed. */
		assert_int_equal(vmplan_make(&request, &plan, dtb), VMPLAN_OK);
		free(file);
	}
}

static const void *property(const char *path, const char *name, int *bytes)
{
	int node = fdt_path_offset(dtb, path);

	assert_true(node >= 0);
	const void *data = fdt_getprop(dtb, node, name, bytes);

	assert_non_null(data);
	return data;
}

static void assert_text(const char *path, const char *name, const char *expected, size_t count)
{
	int bytes;
	const void *data = property(path, name, &bytes);

	assert_int_equal(bytes, count);
	assert_memory_equal(data, expected, count);
}

#define assert_strings(path, name, literal) assert_text(path, name, literal, sizeof(literal))

static void assert_cells(const char *path, const char *name, const uint32_t *cells, size_t count)
{
	int bytes;
	const uint8_t *data = property(path, name, &bytes);

	assert_int_equal(bytes, 4 * count);
	for (size_t i = 0; i < count; i++) {
		uint32_t cell = (uint32_t)data[4 * i] << 24 | (uint32_t)data[4 * i + 1] << 16 |
				(uint32_t)data[4 * i + 2] << 8 | data[4 * i + 3];

		assert_int_equal(cell, cells[i]);
	}
}

#define CELLS(path, name, ...)								\
	do {										\
		const uint32_t cells_[] = { __VA_ARGS__ };				\
											\
		assert_cells(path, name, cells_, ARRAY_COUNT(cells_));			\
	} while (0)

static void the_tree_describes_the_platform(void **state)
{
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 0x1234);

	(void)state;
	request.vcpu_count = 3;
	plan_ok(&request);
	CELLS("/memory", "reg", 0, 0x40000000, 0, 0x20000000);
	assert_strings("/memory", "device_type", "memory");
	CELLS("/intc", "reg", 0, 0x08000000, 0, 0x10000, 0, 0x080a0000, 0, 0x60000);
	CELLS("/", "interrupt-parent", fdt_get_phandle(dtb, fdt_path_offset(dtb, "/intc")));
	CELLS("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4);
	CELLS("/pl011", "reg", 0, 0x09000000, 0, 0x1000);
	CELLS("/pl011", "interrupts", 0, 1, 4);
	CELLS("/pl031", "interrupts", 0, 2, 4);
	CELLS("/pl031", "clocks", fdt_get_phandle(dtb, fdt_path_offset(dtb, "/apb-pclk")));
	CELLS("/virtio_mmio@a000000", "reg", 0, 0x0a000000, 0, 0x200);
	CELLS("/virtio_mmio@a000000", "interrupts", 0, 16, 4);
	CELLS("/virtio_mmio@a000200", "reg", 0, 0x0a000200, 0, 0x200);
	CELLS("/virtio_mmio@a000200", "interrupts", 0, 17, 4);
	assert_strings("/virtio_mmio@a000200", "compatible", "virtio,mmio");
	assert_non_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/virtio_mmio@a000200"), "dma-coherent", NULL));
	assert_true(fdt_path_offset(dtb, "/virtio_mmio@a000400") < 0);
	assert_strings("/psci", "compatible", "arm,psci-1.0\0arm,psci-0.2");
	assert_strings("/psci", "method", "smc");
	assert_strings("/chosen", "bootargs", "console=ttyAMA0");
	assert_strings("/chosen", "stdout-path", "/pl011@9000000");
	CELLS("/chosen", "linux,initrd-start", 0, 0x48200000);
	CELLS("/chosen", "linux,initrd-end", 0, 0x48201234);
	assert_true(fdt_path_offset(dtb, "/its") < 0);
	assert_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/chosen"), "kaslr-seed", NULL));
	assert_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/chosen"), "rng-seed", NULL));
}

static void the_tree_has_one_cpu_node_a_vcpu(void **state)
{
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 0);

	(void)state;
	for (request.vcpu_count = 1; request.vcpu_count <= VMPLAN_VCPU_MAX; request.vcpu_count++) {
		uint32_t count = 0;
		int node, cpus;

		plan_ok(&request);
		cpus = fdt_path_offset(dtb, "/cpus");
		fdt_for_each_subnode(node, dtb, cpus) {
			char path[32];

			assert_int_equal(fdt_get_path(dtb, node, path, sizeof(path)), 0);
			CELLS(path, "reg", count);
			assert_strings(path, "enable-method", "psci");
			assert_strings(path, "compatible", "arm,armv8");
			count++;
		}
		assert_int_equal(count, request.vcpu_count);
	}
}

static void the_largest_tree_fits_and_no_bootargs_are_empty_ones(void **state)
{
	struct image image = image_make(KEYED_TEXT_OFFSET, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 77);
	static char args[VMPLAN_BOOTARGS_MAX];

	(void)state;
	memset(args, 'x', sizeof(args) - 1);
	request.bootargs = args;
	request.vcpu_count = VMPLAN_VCPU_MAX;
	request.keyed = true;
	plan_ok(&request);
	assert_text("/chosen", "bootargs", args, sizeof(args));
	request.bootargs = "";
	request.initrd_bytes = 0;
	plan_ok(&request);
	assert_strings("/chosen", "bootargs", "");
	assert_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/chosen"), "linux,initrd-start", NULL));
}

static bool is_zero(const uint8_t *bytes, size_t count)
{
	size_t i = 0;

	while (i < count && bytes[i] == 0)
		i++;
	return i == count;
}

/* What is measured as the command line is it and what never changes; zeros keep it apart; all else is before them. */
static void another_command_line_changes_its_granule_alone(void **state)
{
	static uint8_t first[VMPLAN_DTB_MAX];
	static const char *const lines[] = { "", "c", "con", "cons", "console=ttyAMA0 quiet" };
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 77);
	struct vmplan plan = plan_ok(&request);

	(void)state;
	memcpy(first, dtb, sizeof(first));
	for (size_t i = 0; i < ARRAY_COUNT(lines); i++) {
		struct vmplan other;

		request.bootargs = lines[i];
		memset(dtb, 0x55, sizeof(dtb));
		other = plan_ok(&request);
		assert_memory_equal(&plan, &other, sizeof(plan));
		assert_memory_equal(first, dtb, VMPLAN_ARGS_AT);
		assert_memory_not_equal(first + VMPLAN_ARGS_AT, dtb + VMPLAN_ARGS_AT, 4096);
		assert_true(plan.dtb.bytes <= VMPLAN_ARGS_AT - 4096);
		assert_false(is_zero(dtb + plan.dtb.bytes - 12, 12));
		assert_true(is_zero(dtb + plan.dtb.bytes, VMPLAN_ARGS_AT - plan.dtb.bytes));
		/* The property's token, its size, its name, its value. */
		assert_int_equal(fdt32_ld((const fdt32_t *)(dtb + VMPLAN_ARGS_AT)), FDT_PROP);
		assert_int_equal(fdt32_ld((const fdt32_t *)(dtb + VMPLAN_ARGS_AT + 4)), strlen(lines[i]) + 1);
		assert_string_equal((const char *)dtb + VMPLAN_ARGS_AT + 12, lines[i]);
	}
}

static void the_granule_of_the_command_line_is_that_of_any_machine(void **state)
{
	static uint8_t first[VMPLAN_DTB_MAX];
	struct image image = image_make(KEYED_TEXT_OFFSET, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 77);

	(void)state;
	plan_ok(&request);
	memcpy(first, dtb, sizeof(first));
	for (unsigned i = 0; i < 16; i++) {
		request.ram_bytes = (i & 1) != 0 ? 64 * MIB : 4096 * MIB;
		request.initrd_bytes = (i & 2) != 0 ? 0 : 3 * MIB;
		request.vcpu_count = (i & 4) != 0 ? 1 : VMPLAN_VCPU_MAX;
		request.keyed = (i & 8) != 0;
		plan_ok(&request);
		assert_memory_not_equal(first, dtb, VMPLAN_ARGS_AT);
		assert_memory_equal(first + VMPLAN_ARGS_AT, dtb + VMPLAN_ARGS_AT, 4096);
	}
}

static void the_same_request_gives_the_same_bytes(void **state)
{
	static uint8_t first[VMPLAN_DTB_MAX];
	struct image image = image_make(0, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 77);
	struct vmplan a, b;

	(void)state;
	memset(dtb, 0x55, sizeof(dtb));
	a = plan_ok(&request);
	memcpy(first, dtb, sizeof(first));
	memset(dtb, 0xaa, sizeof(dtb));
	b = plan_ok(&request);
	assert_memory_equal(&a, &b, sizeof(a));
	assert_memory_equal(first, dtb, sizeof(first));
}

static void the_page_behind_a_stub_is_kept_from_linux(void **state)
{
	struct image image = image_make(KEYED_TEXT_OFFSET, 8 * MIB);
	struct vmplan_request request = request_make(&image, 512, 0);

	(void)state;
	(void)plan_ok(&request);
	assert_true(fdt_path_offset(dtb, "/reserved-memory") < 0);
	request.keyed = true;
	assert_int_equal(plan_ok(&request).kernel.address, 0x401fe000);
	CELLS("/reserved-memory", "#address-cells", 2);
	CELLS("/reserved-memory", "#size-cells", 2);
	CELLS("/reserved-memory/secret@401ff000", "reg", 0, 0x401ff000, 0, 0x1000);
	assert_non_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/reserved-memory"), "ranges", NULL));
	assert_non_null(fdt_getprop(dtb, fdt_path_offset(dtb, "/reserved-memory/secret@401ff000"), "no-map", NULL));
	assert_int_equal(fdt_node_check_compatible(dtb, fdt_path_offset(dtb, "/reserved-memory/secret@401ff000"),
						   "redoubt,secret"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_image_goes_where_qemu_puts_it),
		cmocka_unit_test(a_text_offset_is_obeyed_and_an_old_header_gets_the_old_offset),
		cmocka_unit_test(small_memory_puts_the_tree_in_its_middle),
		cmocka_unit_test(a_large_kernel_pushes_the_tree_up),
		cmocka_unit_test(what_does_not_fit_comes_closer),
		cmocka_unit_test(where_the_tree_is_does_not_depend_on_the_ramdisk),
		cmocka_unit_test(a_raw_binary_goes_to_half_a_mebibyte),
		cmocka_unit_test(bad_requests_are_named),
		cmocka_unit_test(bad_headers_are_named),
		cmocka_unit_test(a_kernel_shorter_than_its_sections_is_truncated),
		cmocka_unit_test(a_hostile_section_table_is_not_followed),
		cmocka_unit_test(the_tree_describes_the_platform),
		cmocka_unit_test(the_tree_has_one_cpu_node_a_vcpu),
		cmocka_unit_test(the_largest_tree_fits_and_no_bootargs_are_empty_ones),
		cmocka_unit_test(another_command_line_changes_its_granule_alone),
		cmocka_unit_test(the_granule_of_the_command_line_is_that_of_any_machine),
		cmocka_unit_test(the_same_request_gives_the_same_bytes),
		cmocka_unit_test(the_page_behind_a_stub_is_kept_from_linux),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
