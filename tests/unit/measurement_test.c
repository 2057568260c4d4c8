/*
 * Measurements against digests that another program computed (Python's hashlib and struct, from the
 * words of abi/anchor.h).
 * Links: tools/measurement.c tools/file.c tools/refuse.c -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/host.h"
#include "tools/measurement.h"

#define BOX_DIGEST	"50317293420572b320f132e45b19ef074bae227d05ad976db3db83f88d602f89"
#define VM_DIGEST	"283e69281206457cc3decbd70fc31532b35e49df5cd8b2d7bdddaf7679009e5f"
#define RSI_DIGEST	"179abd963507936f331e5a2c34d1403a18a99fd50862fb9c851f187d8b831da0"
#define WINDOW_DIGEST	"8ba44ebaa847224d1d081cfe9528e7ece5ffb53810e78889dcfe780e2a7029d0"

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

/* A run has a digest of its own, which says nothing of the others. */
static void a_gap_ends_a_run(void **state)
{
	struct measurement one, two;

	(void)state;
	assert_int_equal(measurement_begin(&one, ANCHOR_CHAIN_TAG_VM), TOOL_DONE);
	assert_int_equal(measurement_extend(&one, 0x40200000, content, 4096), TOOL_DONE);
	assert_int_equal(measurement_extend(&one, 0x40201000, content, 4096), TOOL_DONE);
	assert_int_equal(one.run.base, 0x40200000);
	assert_int_equal(one.run.bytes, 8192);
	assert_int_equal(measurement_extend(&one, 0x40203000, content, 4096), TOOL_DONE);
	assert_int_equal(measurement_begin(&two, ANCHOR_CHAIN_TAG_VM), TOOL_DONE);
	assert_int_equal(measurement_extend(&two, 0x40203000, content, 4096), TOOL_DONE);
	assert_memory_equal(&one.run, &two.run, sizeof(one.run));
	assert_memory_not_equal(one.chain, two.chain, DIGEST_BYTES);
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
		cmocka_unit_test_setup(a_gap_ends_a_run, setup),
		cmocka_unit_test_setup(a_vm_covers_its_class_and_share_scheme, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
