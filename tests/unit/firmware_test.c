/*
 * firmware: fields at their limits and beyond, components in and out of order.
 * Links: lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c tests/unit/cbor_write.c
 * Links: tests/unit/payload.c tests/unit/sample.c tests/unit/sample_write.c tests/unit/signer.c
 * Links: openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/payload.h"
#include "tests/unit/sample.h"

static struct written bytes;

/* Offsets in a good one: values of the keys 1, 3, 5, 7, 8 and 9, and the first two components. */
#define AT_TYPE		2
#define AT_NAME		4
#define AT_VERSION	13
#define AT_COUNTER	15
#define AT_LOADER	17
#define AT_COMPONENTS	29
#define AT_MONITOR	30
#define AT_ANCHOR	(AT_MONITOR + 56)

static const struct written *written(const struct firmware *firmware)
{
	bytes.count = 0;
	sample_write_firmware(&bytes, firmware);
	return &bytes;
}

static void expect(const struct firmware *firmware, enum signed_problem problem, size_t offset)
{
	written(firmware);
	payload_expect(&payload_firmware, &bytes, problem, problem == SIGNED_OK ? bytes.count : offset);
}

static void gives_every_field(void **state)
{
	struct firmware good = sample_firmware(), found;

	(void)state;
	written(&good);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(firmware_read(&c, &found), SIGNED_OK);
	assert_string_equal(found.name, "redoubt");
	assert_int_equal(found.version, 12);
	assert_int_equal(found.counter, 3);
	assert_hex(found.loader_base, 0x49000000);
	assert_hex(found.loader_bytes, 0x2000000);
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++) {
		assert_hex(found.components[part].bytes, good.components[part].bytes);
		assert_hex(found.components[part].load, good.components[part].load);
		assert_hex(found.components[part].entry, good.components[part].entry);
		assert_memory_equal(found.components[part].sha256, good.components[part].sha256, 32);
	}
}

static void says_where_each_part_begins(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	assert_int_equal(firmware_part_offset(&firmware, FIRMWARE_MONITOR), 4096);
	assert_int_equal(firmware_part_offset(&firmware, FIRMWARE_ANCHOR), 8192);
	assert_int_equal(firmware_part_offset(&firmware, FIRMWARE_MEDIATOR), 16384);
	assert_int_equal(firmware_part_offset(&firmware, FIRMWARE_PART_COUNT), 4096 * 10);
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++)
		firmware.components[part].bytes = 1ull << 32;
	assert_hex(firmware_part_offset(&firmware, FIRMWARE_PART_COUNT), 0x600001000);
	assert_string_equal(firmware_part_name(FIRMWARE_MONITOR), "monitor");
	assert_string_equal(firmware_part_name(FIRMWARE_POLICY), "policy");
}

static void takes_versions_and_counters_in_their_range(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	firmware.version = 0;
	expect(&firmware, SIGNED_RANGE, AT_VERSION);
	firmware.version = UINT32_MAX;
	expect(&firmware, SIGNED_OK, 0);
	firmware.version = 1;
	firmware.counter = 0;
	expect(&firmware, SIGNED_RANGE, AT_COUNTER);
	firmware.counter = UINT32_MAX;
	expect(&firmware, SIGNED_OK, 0);
}

static void refuses_versions_and_counters_of_more_than_32_bits(void **state)
{
	struct firmware firmware = sample_firmware();
	static struct written tail;

	(void)state;
	tail = *written(&firmware);
	bytes.count = AT_VERSION;
	write_head(&bytes, WRITE_UINT, 0x100000001);
	write_raw(&bytes, tail.bytes + AT_VERSION + 1, tail.count - AT_VERSION - 1);
	payload_expect(&payload_firmware, &bytes, SIGNED_RANGE, AT_VERSION);
	bytes.count = 0;
	write_raw(&bytes, tail.bytes, AT_COUNTER);
	write_head(&bytes, WRITE_UINT, 0x100000001);
	write_raw(&bytes, tail.bytes + AT_COUNTER + 1, tail.count - AT_COUNTER - 1);
	payload_expect(&payload_firmware, &bytes, SIGNED_RANGE, AT_COUNTER);
}

static void takes_loader_windows_of_whole_blocks(void **state)
{
	static const struct { uint64_t base, bytes; enum signed_problem problem; } windows[] = {
		{ 0, 0x200000, SIGNED_OK },
		{ 0x40000000, 0, SIGNED_RANGE },
		{ 0x40100000, 0x200000, SIGNED_RANGE },
		{ 0x40000000, 0x201000, SIGNED_RANGE },
		{ 0xffffffe00000, 0x200000, SIGNED_OK },
		{ 0xffffffe00000, 0x400000, SIGNED_RANGE },
		{ 0xffffffffffe00000, 0x200000, SIGNED_RANGE },
		{ 0x200000, 0xffffffffffe00000, SIGNED_RANGE },
	};
	struct firmware firmware = sample_firmware();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(windows); i++) {
		firmware.loader_base = windows[i].base;
		firmware.loader_bytes = windows[i].bytes;
		expect(&firmware, windows[i].problem, AT_LOADER);
	}
}

static void takes_components_of_whole_pages(void **state)
{
	static const struct { uint64_t bytes; enum signed_problem problem; size_t inside; } sizes[] = {
		{ 4096, SIGNED_OK, 0 }, { 8192, SIGNED_OK, 0 }, { 0x100000000, SIGNED_OK, 0 },
		/* Out of range by itself, or only with what it is for: the item, or the component. */
		{ 0, SIGNED_RANGE, 9 }, { 4095, SIGNED_RANGE, 9 }, { 0x100001000, SIGNED_RANGE, 9 },
		{ 4097, SIGNED_RANGE, 0 }, { 0x10800, SIGNED_RANGE, 0 },
	};
	struct firmware firmware = sample_firmware();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(sizes); i++) {
		firmware.components[FIRMWARE_MONITOR].bytes = sizes[i].bytes;
		expect(&firmware, sizes[i].problem, AT_MONITOR + sizes[i].inside);
	}
}

static void takes_loads_and_entries_that_fit(void **state)
{
	static const struct { uint64_t load, entry; enum signed_problem problem; } places[] = {
		{ 0xe040000, 0xe040000, SIGNED_OK },
		{ 0xe040000, 0xe040ffc, SIGNED_OK },
		{ 0xe040000, 0xe041000, SIGNED_RANGE },
		{ 0xe040000, 0xe03fffc, SIGNED_RANGE },
		{ 0xe040000, 0xe040002, SIGNED_RANGE },
		{ 0xe040800, 0xe040800, SIGNED_RANGE },
		{ 0xfffffffff000, 0xfffffffff000, SIGNED_OK },
		{ 0x1000000000000, 0x1000000000000, SIGNED_RANGE },
		{ 0xfffffffffffff000, 0xfffffffffffff000, SIGNED_RANGE },
		{ 0, 0, SIGNED_OK },
	};
	struct firmware firmware = sample_firmware();

	(void)state;
	for (size_t i = 0; i < ARRAY_COUNT(places); i++) {
		firmware.components[FIRMWARE_MONITOR].load = places[i].load;
		firmware.components[FIRMWARE_MONITOR].entry = places[i].entry;
		expect(&firmware, places[i].problem, AT_MONITOR);
	}
}

static void gives_the_policy_no_place(void **state)
{
	struct firmware firmware = sample_firmware();
	size_t bytes_of_policy = 1 + 7 + 3 + 1 + 1 + 34;

	(void)state;
	size_t at = written(&firmware)->count - bytes_of_policy;

	firmware.components[FIRMWARE_POLICY].load = 0x1000;
	expect(&firmware, SIGNED_RANGE, at);
	firmware.components[FIRMWARE_POLICY].load = 0;
	firmware.components[FIRMWARE_POLICY].entry = 4;
	expect(&firmware, SIGNED_RANGE, at);
}

static void refuses_components_in_another_order(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	written(&firmware);
	assert_memory_equal(bytes.bytes + AT_ANCHOR, "\x85\x66" "anchor", 8);
	memcpy(bytes.bytes + AT_ANCHOR + 2, "anchos", 6);
	payload_expect(&payload_firmware, &bytes, SIGNED_RANGE, AT_ANCHOR);
	/* The name of another component that is as long. */
	memcpy(bytes.bytes + AT_ANCHOR + 2, "policy", 6);
	payload_expect(&payload_firmware, &bytes, SIGNED_RANGE, AT_ANCHOR);
}

static void refuses_more_and_fewer_components(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	written(&firmware);
	bytes.bytes[AT_COMPONENTS] = 0x85;
	payload_expect(&payload_firmware, &bytes, SIGNED_SHAPE, AT_COMPONENTS);
	bytes.bytes[AT_COMPONENTS] = 0x87;
	payload_expect(&payload_firmware, &bytes, SIGNED_SHAPE, AT_COMPONENTS);
	bytes.bytes[AT_COMPONENTS] = 0x86;
	bytes.bytes[AT_MONITOR] = 0x84;
	payload_expect(&payload_firmware, &bytes, SIGNED_SHAPE, AT_MONITOR);
}

static void refuses_objects_of_other_types(void **state)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_FIRMWARE);
	struct policy policy = sample_policy();

	(void)state;
	bytes.count = 0;
	sample_write_endorsement(&bytes, &endorsement);
	payload_expect(&payload_firmware, &bytes, SIGNED_TYPE, AT_TYPE);
	bytes.count = 0;
	sample_write_policy(&bytes, &policy);
	payload_expect(&payload_firmware, &bytes, SIGNED_TYPE, AT_TYPE);
}

static void refuses_names_out_of_the_alphabet(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	firmware.name[0] = 'R';
	expect(&firmware, SIGNED_RANGE, AT_NAME);
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	payload_check_ends(&payload_firmware, written(&firmware));
}

static void takes_no_changed_byte_for_what_it_is_not(void **state)
{
	struct firmware firmware = sample_firmware();

	(void)state;
	assert_true(payload_check_changes(&payload_firmware, written(&firmware)) > 10000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_every_field),
		TEST(says_where_each_part_begins),
		TEST(takes_versions_and_counters_in_their_range),
		TEST(refuses_versions_and_counters_of_more_than_32_bits),
		TEST(takes_loader_windows_of_whole_blocks),
		TEST(takes_components_of_whole_pages),
		TEST(takes_loads_and_entries_that_fit),
		TEST(gives_the_policy_no_place),
		TEST(refuses_components_in_another_order),
		TEST(refuses_more_and_fewer_components),
		TEST(refuses_objects_of_other_types),
		TEST(refuses_names_out_of_the_alphabet),
		TEST(says_truncated_wherever_it_is_cut),
		TEST(takes_no_changed_byte_for_what_it_is_not),
	};

	return cmocka_run_group_tests_name("firmware", tests, NULL, NULL);
}
