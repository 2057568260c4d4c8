/*
 * Measurements against digests that another program computed (Python's hashlib and struct, from the
 * words of abi/anchor.h).
 * Links: tools/measurement.c tools/file.c tools/refuse.c -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/host.h"
#include "tools/measurement.h"

#define BOX_DIGEST	"3095c235ad0e1365b26d6d2409c83d61b1e37d9e0379856e2f4a3ea4a5115694"
#define VM_DIGEST	"b952dada38bc5afd0e3c373296fa21826223960315b5f59419b8df25e4336b6c"
#define RSI_DIGEST	"7bca129e2fe895ac274eae38f31e14a3cb7702ad101872a5e0c9fe095c3ae3de"
#define WINDOW_DIGEST	"316438cbd3ce0ff675d304a1cceb9f71d2928ef248738d2caea2ed026b6fbc92"

static uint8_t content[5000];

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(content); i++)
		content[i] = (uint8_t)(i * 7);
	return 0;
}

static void assert_digest(const uint8_t digest[DIGEST_BYTES], const char *expected)
{
	char hex[DIGEST_TEXT_BYTES];

	digest_print(digest, hex);
	assert_string_equal(hex, expected);
}

static void a_box_is_its_granules_and_its_header(void **state)
{
	struct file box = { .path = "box", .bytes = content, .count = sizeof(content) };
	struct measurement measurement;
	uint8_t digest[DIGEST_BYTES];

	(void)state;
	assert_int_equal(measurement_box(&box, &measurement, digest), TOOL_DONE);
	assert_int_equal(measurement.granule_count, 2);
	assert_digest(digest, BOX_DIGEST);
	/* The tail of the last granule is zero and counts: one more zero byte changes nothing. */
	content[4999] = 0;
	box.count = 4999;
	assert_int_equal(measurement_box(&box, &measurement, digest), TOOL_DONE);
	uint8_t longer[DIGEST_BYTES];

	box.count = 5000;
	assert_int_equal(measurement_box(&box, &measurement, longer), TOOL_DONE);
	assert_memory_equal(digest, longer, DIGEST_BYTES);
}

static const struct measurement_header isolated = {
	.role = HOST_ROLE_VM, .class = HOST_CLASS_ISOLATED, .vcpu_count = 2, .ram_base = 0x40000000,
	.ram_bytes = 0x1000000, .entry = 0x40200000, .x0 = 0x40800000,
};

static void vm_digest(struct measurement_header header, uint64_t dtb_address, uint8_t out[DIGEST_BYTES])
{
	struct measurement measurement;

	assert_true(digest_parse(BOX_DIGEST, header.box));
	assert_int_equal(measurement_begin(&measurement, ANCHOR_CHAIN_TAG_VM), TOOL_DONE);
	assert_int_equal(measurement_extend(&measurement, 0x40200000, content, 4096), TOOL_DONE);
	assert_int_equal(measurement_extend(&measurement, dtb_address, content, 1), TOOL_DONE);
	assert_int_equal(measurement_end(&measurement, &header, out), TOOL_DONE);
}

static void a_vm_covers_addresses_sizes_and_its_box(void **state)
{
	uint8_t digest[DIGEST_BYTES], other[DIGEST_BYTES];
	struct measurement_header more = isolated;

	(void)state;
	vm_digest(isolated, 0x40800000, digest);
	assert_digest(digest, VM_DIGEST);
	vm_digest(isolated, 0x40801000, other);
	assert_memory_not_equal(digest, other, DIGEST_BYTES);
	more.vcpu_count = 3;
	vm_digest(more, 0x40800000, other);
	assert_memory_not_equal(digest, other, DIGEST_BYTES);
}

static void a_vm_covers_its_class_and_share_scheme(void **state)
{
	uint8_t digest[DIGEST_BYTES];
	struct measurement_header confidential = isolated;

	(void)state;
	confidential.class = HOST_CLASS_CONFIDENTIAL;
	confidential.options = HOST_OPTION_SHARE_RSI;
	vm_digest(confidential, 0x40800000, digest);
	assert_digest(digest, RSI_DIGEST);
	confidential.options = HOST_OPTION_SHARE_WINDOW;
	vm_digest(confidential, 0x40800000, digest);
	assert_digest(digest, WINDOW_DIGEST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_box_is_its_granules_and_its_header, setup),
		cmocka_unit_test_setup(a_vm_covers_addresses_sizes_and_its_box, setup),
		cmocka_unit_test_setup(a_vm_covers_its_class_and_share_scheme, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
