/*
 * record: what the mediator noted, in words that name domain, access, address and owner.
 * Links: lib/record.c lib/record_names.c lib/print.c lib/signed.c lib/cbor.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "abi/psci.h"
#include "lib/record.h"
#include "lib/signed.h"

/* ESR_EL2: data abort from a lower level with valid syndrome; IL set. */
#define DATA_ABORT(rest)	(0x92000000ull | (rest))
#define ISV_8_BYTES		(1ull << 24 | 3ull << 22)
#define WRITE			0x40ull
#define TRANSLATION_3		7ull

static void pair_name(void *context, unsigned pair, uint64_t ticks, char *out, size_t bytes)
{
	assert_string_equal(context, "context");
	/* Pair 1 is web from tick 100 on. */
	snprintf(out, bytes, "%s", pair == 1 && ticks >= 100 ? "web" : "");
}

static const char *describe(const struct host_record *record)
{
	static char text[RECORD_TEXT_BYTES];
	char context[] = "context";
	struct record_reader reader = { pair_name, context };

	record_describe(record, 2, &reader, text, sizeof(text));
	return text;
}

static void tells_a_refused_access(void **state)
{
	struct host_record record = { .ticks = 100, .event = HOST_EVENT_FAULT, .a = DATA_ABORT(ISV_8_BYTES | WRITE | TRANSLATION_3),
				      .b = 0x48001234, .c = 0x40201000, .d = (uint64_t)GRANULE_CORE << 32 };

	(void)state;
	assert_string_equal(describe(&record),
			    "cpu2  refused: outer OS may not write 0x40201000: mediator image; owner: mediator; pc 0x48001234; data abort, write of 8 bytes, translation fault, level 3");
	record.c = 0x60000000;
	record.d = (uint64_t)GRANULE_DATA << 32 | 5;
	assert_non_null(strstr(describe(&record), "0x60000000: RAM; owner: memory of web;"));
	record.d = (uint64_t)GRANULE_DATA << 32 | 4;
	assert_non_null(strstr(describe(&record), "owner: memory of box of web;"));
}

static void names_domains_as_they_were_at_that_time(void **state)
{
	struct host_record record = { .ticks = 99, .event = HOST_EVENT_ENTER, .who = 5, .vcpu = 3, .a = 0x40200000 };

	(void)state;
	assert_string_equal(describe(&record), "cpu2  pair 1 (vCPU 3) entered at pc 0x40200000");
	record.ticks = 100;
	assert_string_equal(describe(&record), "cpu2  web (vCPU 3) entered at pc 0x40200000");
	record.who = 4;
	assert_string_equal(describe(&record), "cpu2  box of web (vCPU 3) entered at pc 0x40200000");
	record.who = 0;
	assert_string_equal(describe(&record), "cpu2  outer OS entered at pc 0x40200000");
}

static void tells_calls_by_name_and_result(void **state)
{
	struct host_record record = { .event = HOST_EVENT_CALL, .a = HOST_RECLAIM, .b = 0x41000000, .c = 0x1000,
				      .d = (uint64_t)HOST_ERR_BUSY };
	char text[48];

	(void)state;
	assert_string_equal(describe(&record), "cpu2  outer OS called HOST_RECLAIM(0x41000000, 0x1000): busy");
	record_call(PSCI_CPU_ON_64, text, sizeof(text));
	assert_string_equal(text, "PSCI_CPU_ON");
	record_call(0x12345, text, sizeof(text));
	assert_string_equal(text, "call 0x12345");
	record_call(HOST_POPULATE_IMAGE, text, sizeof(text));
	assert_string_equal(text, "HOST_POPULATE_IMAGE");
	assert_string_equal(record_status(HOST_ERR_MEASUREMENT), "not what the policy, or its image, says");
	assert_string_equal(record_status(1), "RSI_ERROR_INPUT: malformed argument, or not its memory");
	assert_string_equal(record_status(3), "unknown result");
	assert_string_equal(record_status(INT64_MAX), "unknown result");
	assert_string_equal(record_status(-99), "unknown result");
	assert_string_equal(record_status(INT64_MIN), "unknown result");
}

static void tells_who_does_not_vouch_for_a_vm(void **state)
{
	struct host_record record = { .ticks = 100, .event = HOST_EVENT_MEASUREMENT, .who = 5, .a = 0x0100, .d = 0xff };

	(void)state;
	assert_string_equal(describe(&record),
			    "cpu2  refused: activation of web (vCPU 0), measurement 0001000000000000" "0000000000000000"
			    "0000000000000000" "ff00000000000000 is not in the policy");
	record.event = HOST_EVENT_IMAGE;
	assert_string_equal(describe(&record),
			    "cpu2  refused: activation of web (vCPU 0), measurement 0001000000000000" "0000000000000000"
			    "0000000000000000" "ff00000000000000 is not what its image says, or the image is not whole");
}

static void tells_what_is_wrong_with_a_chunk(void **state)
{
	struct host_record record = { .ticks = 100, .event = HOST_EVENT_CHUNK, .who = 5, .a = 0x40201000, .b = SIGNED_CHUNK };

	(void)state;
	assert_string_equal(describe(&record), "cpu2  refused: content of web (vCPU 0) at 0x40201000: its image has a chunk that is "
					       "altered, or in another place than it was packed for");
	for (record.b = 0; record.b < UINT64_MAX / 2; record.b = record.b == 0 ? SIGNED_PROBLEM_COUNT : record.b * 3)
		assert_string_equal(describe(&record), "cpu2  refused: content of web (vCPU 0) at 0x40201000: its image is closed");
}

static void assert_syndrome(uint64_t esr, const char *expected)
{
	char text[128];

	record_syndrome(esr, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void decodes_syndromes(void **state)
{
	(void)state;
	assert_syndrome(DATA_ABORT(0x10), "data abort, read, external abort: nothing answers there");
	assert_syndrome(DATA_ABORT(1ull << 24 | 0xd), "data abort, read of 1 bytes, permission fault, level 1");
	assert_syndrome(0x82000006, "instruction abort, translation fault, level 2");
	assert_syndrome(0x62300001 | 3u << 10 | 5u << 1, "read of system register S3_0_C3_C5_0");
	assert_syndrome(0x5e000000, "SMC");
	assert_syndrome(0x02000000, "undefined instruction");
	assert_syndrome(0xfe000001, "exception class 0x3f, syndrome 0xfe000001");
	assert_true(record_syndrome_has_address(DATA_ABORT(0)));
	assert_false(record_syndrome_has_address(0x5e000000));
}

static void assert_place(uint16_t who, uint64_t address, const char *expected)
{
	char text[64];

	record_place(who, address, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void names_places_by_who_looks(void **state)
{
	(void)state;
	assert_place(0, 0, "secure flash (ROM and images)");
	assert_place(0, 0x0e100000, "monitor, in secure RAM");
	assert_place(0, 0x0e200000, "trust anchor, in secure RAM");
	assert_place(0, 0x0effffff, "secure RAM");
	assert_place(0, 0x0f000000, "nothing is known to be there");
	assert_place(3, 0x09000000, "virtual UART");
	assert_place(3, 0x8009000000, "virtual UART");
	assert_place(2, 0x8040000000, "window into the VM");
	assert_place(2, 0x40000000, "RAM of the box");
	assert_place(2, 0x403fffff, "RAM of the box");
	assert_place(2, 0x40400000, "nothing is known to be there");
}

static void writes_digests_in_byte_order(void **state)
{
	uint64_t words[4] = { 0x0706050403020100, 0x0f0e0d0c0b0a0908, 0x1716151413121110, 0x1f1e1d1c1b1a1918 };
	char text[RECORD_DIGEST_BYTES];

	(void)state;
	record_digest(words, text);
	assert_string_equal(text, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
}

/* Any bytes make a line that fits; the sanitizers watch. */
static void describes_any_record(void **state)
{
	(void)state;
	srand(1);
	for (unsigned i = 0; i < 200000; i++) {
		struct host_record record;
		uint8_t *bytes = (uint8_t *)&record;

		for (size_t b = 0; b < sizeof(record); b++)
			bytes[b] = (uint8_t)rand();
		if (i % 2 == 0)
			record.event %= 16;
		assert_in_range(strlen(describe(&record)), 6, RECORD_TEXT_BYTES - 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tells_a_refused_access),
		TEST(names_domains_as_they_were_at_that_time),
		TEST(tells_calls_by_name_and_result),
		TEST(tells_who_does_not_vouch_for_a_vm),
		TEST(tells_what_is_wrong_with_a_chunk),
		TEST(decodes_syndromes),
		TEST(names_places_by_who_looks),
		TEST(writes_digests_in_byte_order),
		TEST(describes_any_record),
	};

	return cmocka_run_group_tests_name("record", tests, NULL, NULL);
}
