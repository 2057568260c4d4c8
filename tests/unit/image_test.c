/*
 * image: whole VM images open on the platforms that they are packed for, with every chunk what it was; thousands that
 * were altered, or made by somebody who may not, are refused for what they are.
 * Links: lib/vmimage.c lib/cose.c lib/endorsement.c lib/policy.c lib/firmware.c lib/signed.c lib/cbor.c
 * Links: tests/unit/cbor_write.c tests/unit/opener.c tests/unit/sample.c tests/unit/sample_image.c tests/unit/sample_image_write.c
 * Links: tests/unit/sample_write.c tests/unit/sealed_image.c tests/unit/signer.c
 * Links: tools/content_key.c tools/image_file.c tools/measurement.c openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/sealed_image.h"
#include "tests/unit/signer.h"

#define DRAWS		320	/* of each kind */
#define CONTENT		(16384 + 4096)
#define TAGS		16384

static struct sealed_image good[2];
static struct written bytes, whole;
static struct policy policy;
static const struct image_trust trust = { .policy = &policy };
static uint8_t content[sizeof(good[0].content)];
static uint64_t seed = 0x5eed0005;

static uint32_t draw(uint32_t below)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % below;
}

static int images_make(void **state)
{
	(void)state;
	policy = sample_policy();
	signer_public(KEY_VM, policy.owners[1].key);
	policy.owners[1].counter = 70000;
	/* Another owner of the policy. */
	signer_public(KEY_FIRMWARE, policy.owners[0].key);
	sealed_image_make(&good[0], 1);
	sealed_image_make(&good[1], 2);
	sealed_image_write(&whole, &good[0], KEY_VM);
	return 0;
}

static enum signed_problem opened(unsigned platform)
{
	return sealed_image_open(&bytes, &trust, platform, content);
}

static void opens_on_each_platform_as_it_was_packed(void **state)
{
	struct image_trust owner = { .owner = (const struct public_key *)policy.owners[1].key };

	(void)state;
	for (unsigned number = 0; number < 2; number++) {
		sealed_image_write(&bytes, &good[number], KEY_VM);
		for (unsigned platform = PLATFORM_A; platform <= PLATFORM_B; platform++) {
			memset(content, 0, sizeof(content));
			assert_int_equal(opened(platform), SIGNED_OK);
			assert_memory_equal(content, good[number].content, sizeof(content));
		}
		assert_int_equal(opened(PLATFORM_STRANGER), SIGNED_PLATFORM);
		assert_int_equal(sealed_image_open(&bytes, &owner, PLATFORM_A, content), SIGNED_OK);
	}
}

/* Nothing of the content is in the file as it is. */
static void shows_no_content(void **state)
{
	(void)state;
	for (size_t chunk = 0; chunk < 6; chunk++) {
		for (size_t at = CONTENT; at + 16 <= whole.count; at++)
			assert_memory_not_equal(whole.bytes + at, good[0].content + 4096 * chunk, 16);
	}
}

/* One that its owner signs with other fields. */
static void resigned(void (*change)(struct vmimage *image))
{
	static struct sealed_image changed;

	changed = good[0];
	change(&changed.image);
	sealed_image_write(&bytes, &changed, KEY_VM);
}

static void bit_change(uint8_t *from, size_t count)
{
	from[draw((uint32_t)count)] ^= (uint8_t)(1u << draw(8));
}

static void counter_fall(struct vmimage *image) { image->counter = 1 + draw(69999); }
static void version_change(struct vmimage *image) { image->version ^= 1u << draw(8); }
static void id_change(struct vmimage *image) { bit_change(image->id, 16); }
static void kernel_move(struct vmimage *image) { image->pieces[0].address += 4096ull * (1 + draw(1000)); }
static void wrapped_change(struct vmimage *image) { bit_change(image->recipients[0].wrapped, 40); }
static void ephemeral_change(struct vmimage *image) { bit_change(image->recipients[0].ephemeral + 1, 96); }
static void platform_change(struct vmimage *image) { bit_change(image->recipients[0].platform, 32); }
static void box_change(struct vmimage *image) { bit_change(image->box, 32); }
static void digest_change(struct vmimage *image) { bit_change(image->pieces[draw(4)].digest, 32); }
static void measurement_change(struct vmimage *image) { bit_change(image->measurement, 32); }
static void vcpus_change(struct vmimage *image) { image->vcpu_count = 3 + draw(6); }
static void memory_change(struct vmimage *image) { image->ram_bytes += 0x200000ull * (1 + draw(1000)); }

static void class_change(struct vmimage *image)
{
	image->class = 1;
	image->options = 0;
}

static void share_change(struct vmimage *image)
{
	image->options = 2;
}

/* The tree has two chunks, of which there are none. */
static void tree_grow(struct vmimage *image)
{
	image->pieces[2].bytes = 4097 + draw(4096);
}

static void kinds_resign(unsigned kind)
{
	static void (*const changes[])(struct vmimage *image) = {
		counter_fall, version_change, id_change, kernel_move, wrapped_change, ephemeral_change, platform_change,
		box_change, digest_change, measurement_change, class_change, share_change, vcpus_change, memory_change,
		tree_grow,
	};

	resigned(changes[kind]);
}

static void kind_unsigned(void)
{
	size_t end = 16384;

	/* The signature is the last thing before the filling. */
	while (bytes.bytes[end - 1] == 0)
		end--;
	memset(bytes.bytes + end - 96, 0, 96);
}

static void kind_other_owner(void)
{
	sealed_image_write(&bytes, &good[draw(2)], draw(2) == 0 ? KEY_STRANGER : KEY_POLICY);
}

/* The content key is wrapped for the images of him who packed it. */
static void kind_adopted(void)
{
	sealed_image_write(&bytes, &good[draw(2)], KEY_FIRMWARE);
}

static void kind_owner_pretended(void)
{
	kind_other_owner();
	signer_public(KEY_VM, bytes.bytes + 3);
}

/* The owner's key signs another kind of object; its head is put before the good content. */
static void kind_other_object(void)
{
	static struct written payload, head;
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_VM);
	struct firmware firmware = sample_firmware();

	payload.count = head.count = 0;
	switch (draw(3)) {
	case 0: sample_write_endorsement(&payload, &endorsement); break;
	case 1: sample_write_firmware(&payload, &firmware); break;
	default: sample_write_policy(&payload, &policy); break;
	}
	sample_write_image_head(&head, &payload, KEY_VM);
	write_zeros(&head, 16384);
	memcpy(bytes.bytes, head.bytes, 16384);
}

static void kind_manifest_altered(void)
{
	/* Behind both heads, the protected header and the payload's head: the payload. */
	bit_change(bytes.bytes + 100 + 3 + 2 + 5 + 1 + 3, good[0].image.recipient_count * 192 + 306);
}

static void kind_head_altered(void) { bit_change(bytes.bytes, 1000); }
static void kind_head_filled(void) { bytes.bytes[16384 - 1 - draw(8000)] = (uint8_t)(1 + draw(255)); }
static void kind_tag_altered(void) { bit_change(bytes.bytes + TAGS, 6 * 16); }
static void kind_tags_filled(void) { bytes.bytes[TAGS + 6 * 16 + draw(4000)] = (uint8_t)(1 + draw(255)); }
static void kind_chunk_altered(void) { bit_change(bytes.bytes + CONTENT, 6 * 4096); }
static void kind_truncated(void) { bytes.count = draw((uint32_t)bytes.count); }
static void kind_chunk_missing_at_the_end(void) { bytes.count -= 4096; }

static void kind_trailing(void)
{
	static const uint8_t more[4096];

	write_raw(&bytes, more, 1 + draw(4096));
}

static void chunk_put(uint32_t to, const struct sealed_image *from, uint32_t index)
{
	memcpy(bytes.bytes + CONTENT + 4096 * to, from->chunks + 4096 * index, 4096);
	memcpy(bytes.bytes + TAGS + 16 * to, from->tags + 16 * index, 16);
}

static void kind_chunks_swapped(void)
{
	uint32_t a = draw(6), b = (a + 1 + draw(5)) % 6;

	chunk_put(a, &good[0], b);
	chunk_put(b, &good[0], a);
}

static void kind_chunk_repeated(void)
{
	uint32_t a = draw(6);

	chunk_put((a + 1 + draw(5)) % 6, &good[0], a);
}

/* Those behind it move up, and the last one is there twice: the size is right. */
static void kind_chunk_missing(void)
{
	for (uint32_t i = draw(5); i < 5; i++)
		chunk_put(i, &good[0], i + 1);
}

static void kind_chunk_of_another_packing(void)
{
	uint32_t index = draw(6);

	chunk_put(index, &good[1], index);
}

/* A kind, how it is made, and all problems that it may be refused for. */
static const struct kind {
	const char *name;
	void (*make)(void);
	unsigned resign;	/* without a function */
	enum signed_problem expected[3];
} kinds[] = {
	{ "unsigned", kind_unsigned, 0, { SIGNED_SIGNATURE } },
	{ "other owner", kind_other_owner, 0, { SIGNED_OWNER } },
	{ "adopted by another owner", kind_adopted, 0, { SIGNED_WRAP } },
	{ "owner pretended", kind_owner_pretended, 0, { SIGNED_SIGNATURE } },
	{ "other object", kind_other_object, 0, { SIGNED_TYPE } },
	{ "manifest altered", kind_manifest_altered, 0, { SIGNED_SIGNATURE } },
	{ "head altered", kind_head_altered, 0, { SIGNED_OK } },
	{ "head filled", kind_head_filled, 0, { SIGNED_TRAILING } },
	{ "tag altered", kind_tag_altered, 0, { SIGNED_CHUNK } },
	{ "tags filled", kind_tags_filled, 0, { SIGNED_TRAILING } },
	{ "chunk altered", kind_chunk_altered, 0, { SIGNED_CHUNK } },
	{ "chunks swapped", kind_chunks_swapped, 0, { SIGNED_CHUNK } },
	{ "chunk repeated", kind_chunk_repeated, 0, { SIGNED_CHUNK } },
	{ "chunk missing", kind_chunk_missing, 0, { SIGNED_CHUNK } },
	{ "last chunk missing", kind_chunk_missing_at_the_end, 0, { SIGNED_TRUNCATED } },
	{ "chunk of another packing", kind_chunk_of_another_packing, 0, { SIGNED_CHUNK } },
	{ "truncated", kind_truncated, 0, { SIGNED_TRUNCATED } },
	{ "trailing", kind_trailing, 0, { SIGNED_TRAILING } },
	{ "rolled back", NULL, 0, { SIGNED_ROLLED_BACK } },
	{ "other version", NULL, 1, { SIGNED_CHUNK, SIGNED_RANGE } },
	{ "other id", NULL, 2, { SIGNED_CHUNK } },
	{ "kernel elsewhere", NULL, 3, { SIGNED_CHUNK } },
	{ "wrapped key altered", NULL, 4, { SIGNED_WRAP } },
	{ "ephemeral key altered", NULL, 5, { SIGNED_WRAP } },
	{ "other platform", NULL, 6, { SIGNED_PLATFORM } },
	{ "other box", NULL, 7, { SIGNED_DIGEST } },
	{ "other digest", NULL, 8, { SIGNED_DIGEST } },
	{ "other measurement", NULL, 9, { SIGNED_DIGEST } },
	{ "other class", NULL, 10, { SIGNED_DIGEST } },
	{ "other share scheme", NULL, 11, { SIGNED_DIGEST } },
	{ "more vCPUs", NULL, 12, { SIGNED_DIGEST } },
	{ "more memory", NULL, 13, { SIGNED_DIGEST } },
	{ "more chunks in the manifest", NULL, 14, { SIGNED_TRUNCATED } },
};

static bool is_expected(const struct kind *kind, enum signed_problem problem)
{
	if (problem == SIGNED_OK)
		return false;
	/* Any problem is good where the shape of the head may be hit. */
	return kind->expected[0] == SIGNED_OK || problem == kind->expected[0] || problem == kind->expected[1] ||
	       problem == kind->expected[2];
}

static void refuses_thousands_for_what_they_are(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		for (unsigned number = 0; number < DRAWS; number++, tried++) {
			bytes = whole;
			if (kinds[i].make != NULL)
				kinds[i].make();
			else
				kinds_resign(kinds[i].resign);

			enum signed_problem problem = opened(PLATFORM_A);

			if (!is_expected(&kinds[i], problem))
				fail_msg("%s, number %u: found %s", kinds[i].name, number, signed_name(problem));
		}
	}
	print_message("%u altered images of %zu kinds are refused\n", tried, ARRAY_COUNT(kinds));
	assert_true(tried >= 10000);
	bytes = whole;
	assert_int_equal(opened(PLATFORM_A), SIGNED_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(images_make, opens_on_each_platform_as_it_was_packed),
		TEST_FROM(images_make, shows_no_content),
		TEST_FROM(images_make, refuses_thousands_for_what_they_are),
	};

	return cmocka_run_group_tests_name("image", tests, NULL, NULL);
}
