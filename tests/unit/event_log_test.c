/*
 * event_log: logs are found in captures of a console, and vouch for something only if they replay; the replay is
 * computed here once more, by OpenSSL alone.
 * Links: lib/cose.c lib/cbor.c lib/signed.c tools/attestation_token.c tools/appraisal.c tools/event_log.c tools/word.c
 * Links: openssl
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include <openssl/evp.h>
#include "abi/host.h"
#include "tools/appraisal.h"

static struct event_log events;
static struct attestation_token token;
static struct reference reference;
static struct appraisal appraisal;
static char capture[65536];

static void sha256(const void *bytes, size_t count, uint8_t out[32])
{
	assert_int_equal(EVP_Digest(bytes, count, out, NULL, EVP_sha256(), NULL), 1);
}

static void named(const char *name, uint8_t out[32]) { sha256(name, strlen(name), out); }

static const char *hex(const char *name)
{
	static char texts[16][65];
	static unsigned next;
	char *text = texts[next++ % 16];
	uint8_t digest[32];

	named(name, digest);
	digest_print(digest, text);
	return text;
}

/* chain = SHA-256(chain | what follows) */
static void chain_extend(uint8_t chain[32], const void *bytes, size_t count)
{
	uint8_t link[256];

	memcpy(link, chain, 32);
	memcpy(link + 32, bytes, count);
	sha256(link, 32 + count, chain);
}

static void run_extend(uint8_t chain[32], uint64_t base, uint64_t bytes, const char *name)
{
	uint8_t run[48];

	memcpy(run, &base, 8);
	memcpy(run + 8, &bytes, 8);
	named(name, run + 16);
	chain_extend(chain, run, sizeof(run));
}

/* Of the VM below, as abi/anchor.h has it. */
static void measurement_make(bool has_initrd, uint8_t out[32])
{
	uint32_t header[22] = { 1, 2, 1, 0, 2, 0, 0x40000000, 0, 0x4000000, 0, 0x40080000, 0, 0x42000000, 0 };

	sha256("redoubt measurement 2 vm", 24, out);
	run_extend(out, 0x40080000, 0x8000, "kernel");
	run_extend(out, 0x42000000, 0x1000, "tree");
	run_extend(out, 0x42003000, 0x1000, "args");
	if (has_initrd)
		run_extend(out, 0x42200000, 0x2000, "initrd");
	named("box", (uint8_t *)&header[14]);
	chain_extend(out, header, sizeof(header));
}

static void line_add(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void line_add(const char *format, ...)
{
	size_t used = strlen(capture);
	va_list args;

	va_start(args, format);
	vsnprintf(capture + used, sizeof(capture) - used, format, args);
	va_end(args);
}

static const char *const stages[] = { "rom", "identity", "mediator" };

static void boot_add(void)
{
	for (unsigned i = 0; i < ARRAY_COUNT(stages); i++)
		line_add("  measured     %-10s %s\n", stages[i], hex(stages[i]));
}

static void vm_add(const char *name, const char *kernel, bool has_initrd)
{
	line_add("  event        vm %s\n", name);
	line_add("  event        machine class 2 options 1 vcpus 2 ram-base 0x40000000 ram 0x4000000 entry 0x40080000 x0 "
		 "0x42000000\n");
	line_add("  event        box %s\n", hex("box"));
	line_add("  event        kernel 0x40080000 30000 %s\n", hex(kernel));
	line_add("  event        device-tree 0x42000000 1900 %s\n", hex("tree"));
	line_add("  event        command-line 0x42003000 4096 %s\n", hex("args"));
	if (has_initrd)
		line_add("  event        initrd 0x42200000 5000 %s\n", hex("initrd"));
	line_add("  event        measurement %s\n", hex("whatever"));
}

static struct reference_piece piece_of(uint64_t base, uint64_t bytes, const char *name)
{
	struct reference_piece piece = {
		.kind = REFERENCE_IS, .bytes = bytes, .run = { .base = base, .bytes = (bytes + 4095) & ~4095ull },
	};

	named(name, (uint8_t *)piece.run.digest);
	return piece;
}

static int setup(void **state)
{
	(void)state;
	capture[0] = '\0';
	token = (struct attestation_token){ .class = 2, .component_count = ARRAY_COUNT(stages) };
	for (unsigned i = 0; i < ARRAY_COUNT(stages); i++) {
		snprintf(token.components[i].name, sizeof(token.components[i].name), "%s", stages[i]);
		named(stages[i], token.components[i].sha256);
	}
	measurement_make(true, token.measurement);
	named("box", token.box);
	reference = (struct reference){
		.has_header = REFERENCE_IS,
		.header = { .role = HOST_ROLE_VM, .class = 2, .options = 1, .vcpu_count = 2, .ram_base = 0x40000000,
			    .ram_bytes = 0x4000000, .entry = 0x40080000, .x0 = 0x42000000 },
	};
	reference.pieces[VMIMAGE_KERNEL] = piece_of(0x40080000, 30000, "kernel");
	reference.pieces[VMIMAGE_TREE] = piece_of(0x42000000, 1900, "tree");
	reference.pieces[VMIMAGE_ARGS] = piece_of(0x42003000, 4096, "args");
	reference.pieces[VMIMAGE_INITRD] = piece_of(0x42200000, 5000, "initrd");
	return 0;
}

static void parse(void)
{
	assert_true(event_log_parse(&events, capture, strlen(capture)));
}

/* The verdict of a finding in the log's parts. */
static enum verdict judged(const char *name)
{
	for (size_t i = 0; i < appraisal.count; i++) {
		const struct finding *finding = &appraisal.findings[i];
		bool is_named = strcmp(text("%s/%s", part_name(finding->part), finding->name), name) == 0;

		if (is_named)
			return finding->verdict;
	}
	fail_msg("nothing is said of %s", name);
	return VERDICT_MISMATCH;
}

static void appraise_now(void)
{
	parse();
	appraise(&token, &reference, &events, &appraisal);
}

static void assert_parts(enum verdict verdict)
{
	static const char *const names[] = { "vm/kernel", "vm/initrd", "vm/device-tree", "vm/command-line", "vm/machine" };

	for (unsigned i = 0; i < ARRAY_COUNT(names); i++)
		assert_string_equal(verdict_name(judged(names[i])), verdict_name(verdict));
}

static void a_log_replays_to_the_measurement(void **state)
{
	uint8_t replayed[32], expected[32];

	(void)state;
	boot_add();
	vm_add("web", "kernel", true);
	vm_add("web", "kernel", false);
	parse();
	assert_int_equal(events.boot.count, ARRAY_COUNT(stages));
	assert_int_equal(events.vm_count, 2);
	for (unsigned i = 0; i < 2; i++) {
		measurement_make(i == 0, expected);
		assert_true(event_vm_replay(&events.vms[i], replayed));
		assert_memory_equal(replayed, expected, 32);
	}
	appraise(&token, &reference, &events, &appraisal);
	assert_int_equal(judged("log/boot"), VERDICT_MATCH);
	assert_int_equal(judged("log/vm"), VERDICT_MATCH);
	assert_parts(VERDICT_MATCH);
}

static void a_log_is_found_in_a_capture(void **state)
{
	(void)state;
	line_add("[    0.0] rom: hello\r\n  measured     rom        short\r\nredoubt> events web\r\n");
	vm_add("web", "older", true);
	boot_add();
	boot_add();
	line_add("  event        vm web\n  event        kernel 0x40080000 30000 %s\n", hex("not complete"));
	line_add("web| text of a VM\n\n");
	vm_add("web", "kernel", true);
	vm_add("other", "its own", true);
	line_add("  event        vm last\n  event        box %s", hex("box"));
	parse();
	assert_int_equal(events.boot.count, ARRAY_COUNT(stages));
	assert_int_equal(events.vm_count, 3);
	assert_ptr_equal(event_log_choose(&events, token.measurement), &events.vms[1]);
	assert_string_equal(event_log_choose(&events, token.box)->name, "other");
}

static void a_changed_part_is_named(void **state)
{
	(void)state;
	boot_add();
	vm_add("web", "kernel", true);
	reference.pieces[VMIMAGE_KERNEL] = piece_of(0x40080000, 30000, "wanted");
	appraise_now();
	assert_int_equal(judged("vm/kernel"), VERDICT_MISMATCH);
	assert_int_equal(judged("vm/initrd"), VERDICT_MATCH);
	reference.pieces[VMIMAGE_INITRD].kind = REFERENCE_SILENT;
	reference.header.vcpu_count = 3;
	reference.pieces[VMIMAGE_ARGS].run.digest[0] ^= 1;
	appraise_now();
	assert_int_equal(judged("vm/initrd"), VERDICT_MISMATCH);
	assert_int_equal(judged("vm/machine"), VERDICT_MISMATCH);
	assert_int_equal(judged("vm/command-line"), VERDICT_MISMATCH);
	/* The command line is judged for itself, whatever the rest of the tree is. */
	setup(state);
	boot_add();
	vm_add("web", "kernel", true);
	reference.pieces[VMIMAGE_TREE] = piece_of(0x42000000, 1900, "wanted");
	appraise_now();
	assert_int_equal(judged("vm/device-tree"), VERDICT_MISMATCH);
	assert_int_equal(judged("vm/command-line"), VERDICT_MATCH);
	reference.pieces[VMIMAGE_TREE] = piece_of(0x42000000, 1900, "tree");
	reference.pieces[VMIMAGE_ARGS] = piece_of(0x42003000, 4096, "wanted");
	appraise_now();
	assert_int_equal(judged("vm/device-tree"), VERDICT_MATCH);
	assert_int_equal(judged("vm/command-line"), VERDICT_MISMATCH);
}

static void a_log_that_does_not_replay_vouches_for_nothing(void **state)
{
	(void)state;
	boot_add();
	vm_add("web", "kernel", true);
	token.measurement[5] ^= 1;
	appraise_now();
	assert_int_equal(judged("log/vm"), VERDICT_MISMATCH);
	assert_parts(VERDICT_UNKNOWN);
	/* It says what the reference wants to hear, but the VM is another. */
	setup(state);
	boot_add();
	vm_add("web", "kernel", true);
	measurement_make(false, token.measurement);
	appraise_now();
	assert_int_equal(judged("log/vm"), VERDICT_MISMATCH);
	assert_parts(VERDICT_UNKNOWN);
	/* A box or a class that the token does not have. */
	setup(state);
	boot_add();
	vm_add("web", "kernel", true);
	token.class = 1;
	appraise_now();
	assert_int_equal(judged("log/vm"), VERDICT_MISMATCH);
}

static void a_boot_part_is_that_of_the_token(void **state)
{
	(void)state;
	vm_add("web", "kernel", true);
	appraise_now();
	assert_int_equal(judged("log/boot"), VERDICT_UNKNOWN);
	boot_add();
	line_add("measured platform %s\n", hex("platform"));
	appraise_now();
	assert_int_equal(judged("log/boot"), VERDICT_MISMATCH);
	token.component_count = 2;
	boot_add();
	appraise_now();
	assert_int_equal(judged("log/boot"), VERDICT_MISMATCH);
	setup(state);
	boot_add();
	appraise_now();
	assert_int_equal(judged("log/boot"), VERDICT_MATCH);
	assert_int_equal(judged("log/vm"), VERDICT_UNKNOWN);
}

static void lines_that_are_none_do_not_count(void **state)
{
	static const char *const bad[] = {
		"event machine class 2 options 1 vcpus 2 ram-base 0x40000000 ram 0x4000000 entry 0x40080000 y0 0x42000000",
		"event machine class 2 options 1 vcpus 2 ram-base 0x40000000 ram 0x4000000 entry 0x40080000 x0",
		"event machine class two options 1 vcpus 2 ram-base 0x40000000 ram 0x4000000 entry 0x40080000 x0 0x42000000",
		"event machine class -2 options 1 vcpus 2 ram-base 0x40000000 ram 0x4000000 entry 0x40080000 x0 0x42000000",
		"event machine class 2 options 1 vcpus 2 ram-base 0x400000000000000000 ram 1 entry 1 x0 1",
		"event box", "event box 12", "event command-line 0x42003000 4096", "event kernel 0x40080000 30000", "event kernel 0x40080000 0 00",
		"event kernel 0x 30000 00", "event kernel 1 99999999999 00", "measured", "measured rom 00", "event",
	};

	(void)state;
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++) {
		setup(state);
		line_add("event vm web\n%s\n", bad[i]);
		line_add("event measurement %s\n", hex("whatever"));
		parse();
		assert_int_equal(events.vm_count, 0);
		assert_int_equal(events.boot.count, 0);
	}
	/* Without a beginning, and behind the end. */
	setup(state);
	line_add("event box %s\n", hex("box"));
	vm_add("web", "kernel", true);
	line_add("event measurement %s\n", hex("again"));
	parse();
	assert_int_equal(events.vm_count, 1);
	/* NULs, and more entries than a boot makes. */
	assert_true(event_log_parse(&events, "\0\0event\0\n\0", 10));
	setup(state);
	for (unsigned i = 0; i < BOOT_MEASUREMENT_MAX; i++)
		line_add("measured more %s\n", hex("more"));
	parse();
	assert_int_equal(events.boot.count, BOOT_MEASUREMENT_MAX);
	line_add("measured more %s\n", hex("more"));
	assert_false(event_log_parse(&events, capture, strlen(capture)));
}

static void the_last_parts_are_kept(void **state)
{
	(void)state;
	for (unsigned i = 0; i < EVENT_VMS_MAX + 3; i++)
		vm_add(i == EVENT_VMS_MAX + 2 ? "last" : "web", "kernel", true);
	parse();
	assert_int_equal(events.vm_count, EVENT_VMS_MAX);
	assert_string_equal(events.vms[EVENT_VMS_MAX - 1].name, "last");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, a_log_replays_to_the_measurement),
		TEST_FROM(setup, a_log_is_found_in_a_capture),
		TEST_FROM(setup, a_changed_part_is_named),
		TEST_FROM(setup, a_log_that_does_not_replay_vouches_for_nothing),
		TEST_FROM(setup, a_boot_part_is_that_of_the_token),
		TEST_FROM(setup, lines_that_are_none_do_not_count),
		TEST_FROM(setup, the_last_parts_are_kept),
	};

	return cmocka_run_group_tests_name("event_log", tests, NULL, NULL);
}
