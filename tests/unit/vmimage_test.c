/*
 * vmimage: heads of images and their manifests; fields at their limits and beyond, items of another form.
 * Links: lib/vmimage.c lib/cose.c lib/endorsement.c lib/firmware.c lib/policy.c lib/signed.c lib/cbor.c
 * Links: tests/unit/cbor_write.c tests/unit/payload.c tests/unit/sample.c tests/unit/sample_image.c
 * Links: tests/unit/sample_image_write.c tests/unit/sample_write.c tests/unit/signer.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/host.h"
#include "tests/unit/payload.h"
#include "tests/unit/sample_image.h"

#define MIB		0x100000ull
#define GIB		0x40000000ull
#define RAM		0x40000000ull

/* Offsets in a good one: values of keys, the machine's numbers, parts of the pieces and of the first recipient. */
enum at {
	AT_TYPE = 2, AT_NAME = 4, AT_VERSION = 9, AT_COUNTER = 13, AT_ID = 19, AT_MACHINE = 37, AT_CLASS, AT_OPTIONS, AT_VCPUS,
	AT_RAM, AT_ENTRY = 46, AT_X0 = 51, AT_BOX = 57, AT_MEASUREMENT = 92, AT_PIECES = 127, AT_KERNEL, AT_TREE = 172,
	AT_ARGS = 216, AT_INITRD = 260, AT_RECIPIENTS = 305, AT_RECIPIENT, AT_PLATFORM = 314, AT_KEY = 348, AT_X = 355, AT_Y = 405,
	AT_Y_BYTES, AT_WRAPPED = 456, AT_RECIPIENT_1 = 498, AT_END = 690,
};
/* In a piece. */
#define PART		1
#define ADDRESS		2
#define BYTES		7
#define DIGEST		10

static enum signed_problem read_any(struct cbor *c, void *content)
{
	return vmimage_read(c, content);
}

static void write_any(struct written *out, const void *content)
{
	sample_write_image(out, content);
}

static const struct payload_kind payload_image = { read_any, write_any, sizeof(struct vmimage) };

static struct written bytes;

static const struct written *written(const struct vmimage *image)
{
	bytes.count = 0;
	sample_write_image(&bytes, image);
	return &bytes;
}

static void expect(const struct vmimage *image, enum signed_problem problem, size_t offset)
{
	written(image);
	payload_expect(&payload_image, &bytes, problem, problem == SIGNED_OK ? bytes.count : offset);
}

/* A good manifest with one byte that is another. */
static void expect_byte(size_t at, uint8_t value, enum signed_problem problem, size_t offset)
{
	struct vmimage image = sample_image();

	written(&image);
	bytes.bytes[at] = value;
	payload_expect(&payload_image, &bytes, problem, problem == SIGNED_OK ? bytes.count : offset);
}

static void gives_every_field(void **state)
{
	struct vmimage good = sample_image(), found;

	(void)state;
	memset(&found, 0xee, sizeof(found));
	assert_int_equal(written(&good)->count, AT_END);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(vmimage_read(&c, &found), SIGNED_OK);
	assert_string_equal(found.name, "web");
	assert_int_equal(found.version, 300);
	assert_int_equal(found.counter, 70000);
	assert_memory_equal(found.id, good.id, sizeof(found.id));
	assert_int_equal(found.class, 2);
	assert_int_equal(found.options, 1);
	assert_int_equal(found.vcpu_count, 2);
	assert_int_equal(found.ram_bytes, 512 * MIB);
	assert_int_equal(found.entry, 0x40200000);
	assert_int_equal(found.x0, 0x48000000);
	assert_memory_equal(found.box, good.box, 32);
	assert_memory_equal(found.measurement, good.measurement, 32);
	assert_int_equal(found.chunk_count, 6);
	assert_int_equal(found.piece_count, 4);
	for (unsigned i = 0; i < 4; i++) {
		assert_int_equal(found.pieces[i].part, i + 1);
		assert_int_equal(found.pieces[i].address, good.pieces[i].address);
		assert_int_equal(found.pieces[i].bytes, good.pieces[i].bytes);
		assert_memory_equal(found.pieces[i].digest, good.pieces[i].digest, 32);
	}
	assert_int_equal(found.recipient_count, 2);
	assert_memory_equal(found.recipients, good.recipients, 2 * sizeof(found.recipients[0]));
}

static void takes_a_vm_without_an_initial_ramdisk(void **state)
{
	struct vmimage image = sample_image(), found;

	(void)state;
	image.piece_count = 3;
	expect(&image, SIGNED_OK, 0);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(vmimage_read(&c, &found), SIGNED_OK);
	assert_int_equal(found.chunk_count, 4);
	/* A ramdisk instead of the tree, or of the command line. */
	image.pieces[1].part = VMIMAGE_INITRD;
	expect(&image, SIGNED_RANGE, AT_TREE + PART);
	image = sample_image();
	image.piece_count = 3;
	image.pieces[2] = image.pieces[3];
	expect(&image, SIGNED_RANGE, AT_ARGS + PART);
}

static void refuses_parts_that_are_not_in_their_place(void **state)
{
	static const uint32_t at[] = { AT_KERNEL, AT_TREE, AT_ARGS, AT_INITRD };

	(void)state;
	for (unsigned place = 0; place < ARRAY_COUNT(at); place++) {
		for (uint8_t part = 0; part < 6; part++)
			expect_byte(at[place] + PART, part, part == place + 1 ? SIGNED_OK : SIGNED_RANGE, at[place] + PART);
	}
}

static void refuses_lists_of_another_length(void **state)
{
	/* Where a list's head is, and what it holds. */
	static const struct { size_t at; uint8_t count; } lists[] = {
		{ AT_MACHINE, 6 }, { AT_PIECES, 4 }, { AT_KERNEL, 4 }, { AT_TREE, 4 }, { AT_ARGS, 4 }, { AT_INITRD, 4 },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(lists); i++) {
		/* Behind three pieces a key is due. */
		expect_byte(lists[i].at, (uint8_t)(0x80 + lists[i].count - 1), SIGNED_SHAPE,
			    lists[i].at == AT_PIECES ? AT_INITRD : lists[i].at);
		expect_byte(lists[i].at, (uint8_t)(0x80 + lists[i].count + 1), SIGNED_SHAPE, lists[i].at);
	}
	for (uint8_t count = 0; count < 3; count++)
		expect_byte(AT_PIECES, (uint8_t)(0x80 + count), SIGNED_SHAPE, AT_PIECES);
	expect_byte(0, 0xa9, SIGNED_SHAPE, AT_RECIPIENTS - 1);
	expect_byte(0, 0xab, SIGNED_TRUNCATED, AT_END);
}

static void takes_one_to_eight_recipients(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	for (unsigned i = 2; i < VMIMAGE_RECIPIENTS_MAX; i++)
		image.recipients[i] = image.recipients[i % 2];
	for (image.recipient_count = 1; image.recipient_count <= VMIMAGE_RECIPIENTS_MAX; image.recipient_count++)
		expect(&image, SIGNED_OK, 0);
	expect_byte(AT_RECIPIENTS, 0x80, SIGNED_SHAPE, AT_RECIPIENTS);
	expect_byte(AT_RECIPIENTS, 0x89, SIGNED_SHAPE, AT_RECIPIENTS);
}

static void refuses_recipients_of_another_form(void **state)
{
	static const struct { size_t from, to; } fixed[] = {
		{ AT_RECIPIENT, AT_PLATFORM }, { AT_KEY, AT_X }, { AT_Y, AT_Y_BYTES },
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(fixed); i++) {
		for (size_t at = fixed[i].from; at < fixed[i].to; at++) {
			for (unsigned bit = 0; bit < 8; bit++) {
				struct vmimage image = sample_image();
				uint8_t good = written(&image)->bytes[at];

				expect_byte(at, (uint8_t)(good ^ 1 << bit), SIGNED_SHAPE, fixed[i].from);
			}
		}
	}
	/* Strings of another size. */
	expect_byte(AT_PLATFORM + 1, 0x21, SIGNED_RANGE, AT_PLATFORM);
	expect_byte(AT_X + 1, 0x2f, SIGNED_RANGE, AT_X);
	expect_byte(AT_Y_BYTES + 1, 0x31, SIGNED_RANGE, AT_Y_BYTES);
	expect_byte(AT_WRAPPED + 1, 0x27, SIGNED_RANGE, AT_WRAPPED);
	/* Any point is for the cryptography to judge. */
	expect_byte(AT_X + 2, 0xff, SIGNED_OK, 0);
}

static void takes_names_versions_and_counters_in_their_range(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	snprintf(image.name, sizeof(image.name), "0123456789a");
	expect(&image, SIGNED_OK, 0);
	expect_byte(AT_NAME, 0x60, SIGNED_RANGE, AT_NAME);
	expect_byte(AT_NAME, 0x6c, SIGNED_RANGE, AT_NAME);
	expect_byte(AT_NAME + 1, 'W', SIGNED_RANGE, AT_NAME);
	image = sample_image();
	image.version = 0;
	expect(&image, SIGNED_RANGE, AT_VERSION);
	image.version = UINT32_MAX;
	expect(&image, SIGNED_OK, 0);
	image = sample_image();
	image.counter = 0;
	expect(&image, SIGNED_RANGE, AT_COUNTER);
	image.counter = UINT32_MAX;
	expect(&image, SIGNED_OK, 0);
}

static void takes_classes_and_their_options(void **state)
{
	(void)state;
	for (uint8_t class = 0; class < 4; class++) {
		for (uint8_t options = 0; options < 4; options++) {
			struct vmimage image = sample_image();
			bool good = (class == HOST_CLASS_ISOLATED && options == 0) ||
				    (class == HOST_CLASS_CONFIDENTIAL && (options == 1 || options == 2));
			bool class_good = class == 1 || class == 2;

			image.class = class;
			image.options = options;
			expect(&image, good ? SIGNED_OK : SIGNED_RANGE,
			       !class_good ? AT_CLASS : options > 2 ? AT_OPTIONS : AT_MACHINE);
		}
	}
}

static void takes_machines_in_their_range(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	expect_byte(AT_VCPUS, 0, SIGNED_RANGE, AT_VCPUS);
	expect_byte(AT_VCPUS, 1, SIGNED_OK, 0);
	expect_byte(AT_VCPUS, HOST_VCPU_MAX, SIGNED_OK, 0);
	expect_byte(AT_VCPUS, HOST_VCPU_MAX + 1, SIGNED_RANGE, AT_VCPUS);
	image.ram_bytes = 0;
	expect(&image, SIGNED_RANGE, AT_RAM);
	image.ram_bytes = 512 * MIB + 4096;
	expect(&image, SIGNED_RANGE, AT_MACHINE);
	/* The lower half of guest-physical memory ends at 512 GiB. */
	image.ram_bytes = 511 * GIB;
	expect(&image, SIGNED_OK, 0);
	image.ram_bytes = 511 * GIB + 2 * MIB;
	expect(&image, SIGNED_RANGE, AT_RAM);
	image = sample_image();
	image.entry = RAM + image.ram_bytes - 4;
	expect(&image, SIGNED_OK, 0);
	image.entry = RAM + image.ram_bytes;
	expect(&image, SIGNED_RANGE, AT_MACHINE);
	image.entry = RAM - 4;
	expect(&image, SIGNED_RANGE, AT_MACHINE);
	image.entry = RAM + 2;
	expect(&image, SIGNED_RANGE, AT_MACHINE);
	image.entry = UINT64_MAX;
	expect(&image, SIGNED_RANGE, AT_MACHINE);
}

static void takes_pieces_inside_ram_only(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	image.pieces[0].address = RAM;
	expect(&image, SIGNED_OK, 0);
	image.pieces[0].address = RAM - 4096;
	expect(&image, SIGNED_RANGE, AT_KERNEL + ADDRESS);
	image.pieces[0].address = RAM + 512;
	expect(&image, SIGNED_RANGE, AT_KERNEL);
	image = sample_image();
	image.pieces[3].address = RAM + image.ram_bytes - 4096;
	image.pieces[3].bytes = 4096;
	expect(&image, SIGNED_OK, 0);
	image.pieces[3].bytes = 4097;
	expect(&image, SIGNED_RANGE, AT_INITRD);
	image.pieces[3].address = RAM + image.ram_bytes;
	image.pieces[3].bytes = 4096;
	expect(&image, SIGNED_RANGE, AT_INITRD);
	image.pieces[3].address = UINT64_MAX - 4095;
	expect(&image, SIGNED_RANGE, AT_INITRD + ADDRESS);
	image = sample_image();
	image.pieces[3].bytes = 0;
	expect(&image, SIGNED_RANGE, AT_INITRD + BYTES);
	image.pieces[3].bytes = image.ram_bytes + 1;
	expect(&image, SIGNED_RANGE, AT_INITRD + BYTES);
}

static void wants_a_granule_between_pieces(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	/* 5000 bytes are two granules; the third stays free. */
	image.pieces[1].address = image.pieces[0].address + 3 * 4096;
	expect(&image, SIGNED_OK, 0);
	image.pieces[1].address -= 4096;
	expect(&image, SIGNED_RANGE, AT_TREE + ADDRESS);
	image = sample_image();
	image.pieces[2].address = image.pieces[1].address + 0x2000;
	expect(&image, SIGNED_OK, 0);
	image.pieces[1].bytes = 4097;
	expect(&image, SIGNED_RANGE, AT_ARGS + ADDRESS);
	image = sample_image();
	image.pieces[3].address = image.pieces[2].address + 0x2000;
	expect(&image, SIGNED_OK, 0);
	image.pieces[2].bytes++;
	expect(&image, SIGNED_RANGE, AT_INITRD + ADDRESS);
	image = sample_image();
	image.pieces[1].address = image.pieces[0].address - 0x10000;
	expect(&image, SIGNED_RANGE, AT_TREE + ADDRESS);
}

static void takes_no_more_chunks_than_an_image_may_have(void **state)
{
	struct vmimage image = sample_image(), found;

	(void)state;
	image.ram_bytes = 16 * GIB;
	for (unsigned i = 1; i < 4; i++)
		image.pieces[i].address = RAM + (7 + i) * GIB;
	/* All but one of the tree, one of the command line, and two of the ramdisk. */
	image.pieces[0].bytes = 4096ull * (VMIMAGE_CHUNKS_MAX - 4);
	expect(&image, SIGNED_OK, 0);
	struct cbor c = cbor_open(bytes.bytes, bytes.count);

	assert_int_equal(vmimage_read(&c, &found), SIGNED_OK);
	assert_int_equal(found.chunk_count, VMIMAGE_CHUNKS_MAX);
	image.pieces[0].bytes++;
	/* 64-bit numbers are longer by four bytes each: the ramdisk's address has one behind where it begins. */
	expect(&image, SIGNED_RANGE, written(&image)->count - (AT_END - AT_INITRD) - 4);
	image.pieces[0].bytes = 8 * GIB - 4 * MIB;
	expect(&image, SIGNED_RANGE, AT_KERNEL + 4);
}

static void refuses_objects_of_other_types(void **state)
{
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_VM);
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	(void)state;
	bytes.count = 0;
	sample_write_endorsement(&bytes, &endorsement);
	payload_expect(&payload_image, &bytes, SIGNED_TYPE, AT_TYPE);
	bytes.count = 0;
	sample_write_firmware(&bytes, &firmware);
	payload_expect(&payload_image, &bytes, SIGNED_TYPE, AT_TYPE);
	bytes.count = 0;
	sample_write_policy(&bytes, &policy);
	payload_expect(&payload_image, &bytes, SIGNED_TYPE, AT_TYPE);
	for (uint8_t type = 0; type < 24; type++)
		expect_byte(AT_TYPE, type, type == SIGNED_TYPE_IMAGE ? SIGNED_OK : SIGNED_TYPE, AT_TYPE);
}

static void says_truncated_wherever_it_is_cut(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	payload_check_ends(&payload_image, written(&image));
}

static void takes_no_changed_byte_for_what_it_is_not(void **state)
{
	struct vmimage image = sample_image();

	(void)state;
	assert_true(payload_check_changes(&payload_image, written(&image)) > 10000);
}

static void parts_have_names(void **state)
{
	(void)state;
	assert_string_equal(vmimage_part_name(VMIMAGE_KERNEL), "kernel");
	assert_string_equal(vmimage_part_name(VMIMAGE_INITRD), "initrd");
	assert_string_equal(vmimage_part_name(VMIMAGE_TREE), "device-tree");
	assert_string_equal(vmimage_part_name(VMIMAGE_ARGS), "command-line");
	assert_string_equal(vmimage_part_name(0), "?");
	assert_string_equal(vmimage_part_name(VMIMAGE_PART_END), "?");
}

static struct written head;

/* A good head, filled up. */
static size_t head_make(void)
{
	struct vmimage image = sample_image();
	size_t end;

	head.count = 0;
	sample_write_image_head(&head, written(&image), KEY_VM);
	end = head.count;
	write_zeros(&head, VMIMAGE_HEAD_BYTES);
	return end;
}

static void head_expect(size_t count, enum signed_problem problem, size_t offset)
{
	uint8_t *copy = sample_exactly(head.bytes, count);
	struct cbor c = cbor_open(copy, count);
	struct vmimage_head found;
	enum signed_problem returned = vmimage_split(&c, &found);

	assert_int_equal(returned, c.problem);
	if (c.problem != problem || (size_t)(c.at - copy) != offset)
		fail_msg("found %s at %zu, expected %s at %zu", signed_name(c.problem), (size_t)(c.at - copy),
			 signed_name(problem), offset);
	test_free(copy);
}

static void splits_a_head(void **state)
{
	struct vmimage image = sample_image();
	struct vmimage_head found;
	size_t end = head_make();
	struct cbor c = cbor_open(head.bytes, head.count);

	(void)state;
	assert_int_equal(vmimage_split(&c, &found), SIGNED_OK);
	assert_int_equal(c.at - head.bytes, end);
	assert_ptr_equal(found.owner.data, head.bytes + 3);
	assert_int_equal(found.owner.count, 97);
	assert_int_equal(found.object.payload.count, written(&image)->count);
	assert_memory_equal(found.object.payload.data, bytes.bytes, bytes.count);
	cose_check_algorithm(&c, &found.object);
	assert_int_equal(c.problem, SIGNED_OK);
	/* Unfilled it is as good. */
	head_expect(end, SIGNED_OK, end);
}

static void refuses_heads_of_another_form(void **state)
{
	size_t end = head_make(), object = 3 + 97;

	(void)state;
	for (size_t cut = 0; cut < end; cut++) {
		/* Where the string of the object is cut, its head is where that is found out. */
		head_expect(cut, SIGNED_TRUNCATED, cut == 0 ? 0 : cut < object ? 1 : object);
	}
	head.bytes[VMIMAGE_HEAD_BYTES - 1] = 1;
	head_expect(VMIMAGE_HEAD_BYTES, SIGNED_TRAILING, VMIMAGE_HEAD_BYTES - 1);
	head_make();
	head.bytes[0] = 0x83;
	head_expect(VMIMAGE_HEAD_BYTES, SIGNED_SHAPE, 0);
	head_make();
	head.bytes[2] = 96;
	head_expect(VMIMAGE_HEAD_BYTES, SIGNED_RANGE, 1);
	head_make();
	head.bytes[object + 3] = 0xd1;
	head_expect(VMIMAGE_HEAD_BYTES, SIGNED_UNKNOWN, object + 3);
	/* The string goes on behind the signature. */
	head_make();
	head.bytes[object + 2]++;
	head_expect(VMIMAGE_HEAD_BYTES, SIGNED_TRAILING, end);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(gives_every_field),
		TEST(takes_a_vm_without_an_initial_ramdisk),
		TEST(refuses_parts_that_are_not_in_their_place),
		TEST(refuses_lists_of_another_length),
		TEST(takes_one_to_eight_recipients),
		TEST(refuses_recipients_of_another_form),
		TEST(takes_names_versions_and_counters_in_their_range),
		TEST(takes_classes_and_their_options),
		TEST(takes_machines_in_their_range),
		TEST(takes_pieces_inside_ram_only),
		TEST(wants_a_granule_between_pieces),
		TEST(takes_no_more_chunks_than_an_image_may_have),
		TEST(refuses_objects_of_other_types),
		TEST(says_truncated_wherever_it_is_cut),
		TEST(takes_no_changed_byte_for_what_it_is_not),
		TEST(parts_have_names),
		TEST(splits_a_head),
		TEST(refuses_heads_of_another_form),
	};

	return cmocka_run_group_tests_name("vmimage", tests, NULL, NULL);
}
