/*
 * vmconfig: the text of one VM; what is not understood is refused with its line, never guessed.
 * Links: lib/vmconfig.c lib/print.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "lib/vmconfig.h"

static struct vmconfig config;
static struct vmconfig_error error;

/* In memory of exactly its size: the text ends without NUL. */
static enum status parse_bytes(const char *text, size_t bytes)
{
	char *copy = test_malloc(bytes + 1);
	enum status status;

	memcpy(copy, text, bytes);
	copy[bytes] = '9';
	status = vmconfig_parse(copy, bytes, &config, &error);
	test_free(copy);
	return status;
}

static enum status parse(const char *text)
{
	return parse_bytes(text, strlen(text));
}

static void assert_refused(const char *text, unsigned line, const char *found, const char *expected)
{
	assert_int_equal(parse(text), ERR_ARGS);
	assert_int_equal(error.line, line);
	assert_string_equal(error.found, found);
	assert_non_null(strstr(error.expected, expected));
}

static void reads_every_key(void **state)
{
	(void)state;
	assert_int_equal(parse("# a VM\n\nmemory_mib=512\nvcpus=2\r\nargs=console=ttyAMA0 x=1\nraw=1\nautostart=1\nconsole=1"),
			 OK);
	assert_int_equal(config.memory_mib, 512);
	assert_int_equal(config.vcpu_count, 2);
	assert_string_equal(config.args, "console=ttyAMA0 x=1");
	assert_true(config.raw && config.autostart && config.console);
}

static void has_defaults_for_all_but_memory(void **state)
{
	(void)state;
	assert_int_equal(parse("memory_mib=16"), OK);
	assert_int_equal(config.memory_mib, 16);
	assert_int_equal(config.vcpu_count, 1);
	assert_string_equal(config.args, "");
	assert_false(config.raw || config.autostart || config.console);
	assert_int_equal(config.class, HOST_CLASS_ISOLATED);
	assert_int_equal(config.options, 0);
	assert_refused("vcpus=1\n", 0, "nothing", "memory_mib");
	assert_refused("", 0, "nothing", "memory_mib");
}

static void reads_class_and_share_in_any_order(void **state)
{
	(void)state;
	assert_int_equal(parse("memory_mib=16\nclass=isolated\n"), OK);
	assert_int_equal(config.class, HOST_CLASS_ISOLATED);
	assert_int_equal(config.options, 0);
	assert_int_equal(parse("memory_mib=16\nclass=confidential\nshare=rsi\n"), OK);
	assert_int_equal(config.class, HOST_CLASS_CONFIDENTIAL);
	assert_int_equal(config.options, HOST_OPTION_SHARE_RSI);
	assert_int_equal(parse("share=window\nclass=confidential\nmemory_mib=16\n"), OK);
	assert_int_equal(config.class, HOST_CLASS_CONFIDENTIAL);
	assert_int_equal(config.options, HOST_OPTION_SHARE_WINDOW);
}

static void refuses_a_class_without_its_share(void **state)
{
	(void)state;
	assert_refused("memory_mib=16\nclass=confidential\n", 0, "class=confidential share=-", "share: rsi or window");
	assert_refused("memory_mib=16\nclass=isolated\nshare=rsi\n", 0, "class=isolated share=rsi", "no share");
	assert_refused("memory_mib=16\nshare=window\n", 0, "class=isolated share=window", "class: confidential");
	assert_refused("class=confidential\nshare=rsi\n", 0, "nothing", "memory_mib");
	assert_refused("memory_mib=16\nclass=\n", 2, "", "isolated or confidential");
	assert_refused("memory_mib=16\nclass=Isolated\n", 2, "Isolated", "isolated or confidential");
	assert_refused("memory_mib=16\nclass=confidentia\n", 2, "confidentia", "isolated or confidential");
	assert_refused("memory_mib=16\nclass=2\n", 2, "2", "isolated or confidential");
	assert_refused("memory_mib=16\nclass=confidential\nshare=rsi window\n", 3, "rsi window", "rsi or window");
	assert_refused("memory_mib=16\nclass=confidential\nshare=\n", 3, "", "rsi or window");
	assert_refused("share=rsi\nshare=rsi\n", 2, "share=rsi", "each key once");
	assert_refused("class=isolated\nclass=confidential\n", 2, "class=confidential", "each key once");
}

static void names_what_it_read(void **state)
{
	uint32_t class = 77;
	uint64_t options = 77;

	(void)state;
	assert_string_equal(vmconfig_class_name(HOST_CLASS_ISOLATED), "isolated");
	assert_string_equal(vmconfig_class_name(HOST_CLASS_CONFIDENTIAL), "confidential");
	assert_string_equal(vmconfig_class_name(0), "-");
	assert_string_equal(vmconfig_share_name(HOST_OPTION_SHARE_RSI), "rsi");
	assert_string_equal(vmconfig_share_name(HOST_OPTION_SHARE_WINDOW), "window");
	assert_string_equal(vmconfig_share_name(0), "-");
	assert_false(vmconfig_class_read("-", 1, &class) || vmconfig_share_read("-", 1, &options));
	assert_true(class == 77 && options == 77);
	assert_true(vmconfig_class_read("confidential", 12, &class) && vmconfig_share_read("window", 6, &options));
	assert_int_equal(class, HOST_CLASS_CONFIDENTIAL);
	assert_int_equal(options, HOST_OPTION_SHARE_WINDOW);
}

static void refuses_what_it_does_not_know(void **state)
{
	(void)state;
	assert_refused("memory_mib=16\nvcpu=2\n", 2, "vcpu", "vcpus");
	assert_refused("memory_mib=16\n memory_mib=16\n", 2, " memory_mib", "a key");
	assert_refused("memory_mib\n", 1, "memory_mib", "key=value");
	assert_refused("=16\n", 1, "", "a key");
	assert_refused("memory_mib=16\nraw=0\nraw=0\n", 3, "raw=0", "each key once");
	assert_refused("memory_mib=16\nargs=a\033[2Jb\n", 2, "args=a?[2Jb", "printable");
}

static void refuses_numbers_out_of_range(void **state)
{
	(void)state;
	assert_refused("memory_mib=17\n", 1, "17", "even");
	assert_refused("memory_mib=0\n", 1, "0", "memory_mib");
	assert_refused("memory_mib=32770\n", 1, "32770", "32768");
	assert_refused("memory_mib=4294967298\n", 1, "4294967298", "memory_mib");
	assert_refused("memory_mib=\n", 1, "", "memory_mib");
	assert_refused("memory_mib=-2\n", 1, "-2", "memory_mib");
	assert_refused("memory_mib=16 \n", 1, "16 ", "memory_mib");
	assert_refused("vcpus=0\n", 1, "0", "1 .. 8");
	assert_refused("vcpus=9\n", 1, "9", "1 .. 8");
	assert_refused("raw=2\n", 1, "2", "0 or 1");
	assert_int_equal(parse("memory_mib=32768\nvcpus=8\n"), OK);
	assert_int_equal(parse("memory_mib=2\n"), OK);
}

static void keeps_arguments_within_their_limit(void **state)
{
	static char text[3000] = "memory_mib=16\nargs=";
	size_t start = strlen(text);

	(void)state;
	memset(text + start, 'a', VMPLAN_BOOTARGS_MAX - 1);
	assert_int_equal(parse_bytes(text, start + VMPLAN_BOOTARGS_MAX - 1), OK);
	assert_int_equal(strlen(config.args), VMPLAN_BOOTARGS_MAX - 1);
	text[start + VMPLAN_BOOTARGS_MAX - 1] = 'a';
	assert_int_equal(parse_bytes(text, start + VMPLAN_BOOTARGS_MAX), ERR_ARGS);
	assert_int_equal(error.line, 2);
	assert_int_equal(strlen(error.found), sizeof(error.found) - 1);
}

static void survives_any_byte_anywhere(void **state)
{
	char text[] = "memory_mib=16\nvcpus=2\nargs=x\nclass=confidential\nshare=rsi\n#\n";

	(void)state;
	for (size_t at = 0; at < strlen(text); at++) {
		char before = text[at];

		for (int c = 0; c < 256; c++) {
			text[at] = (char)c;
			enum status status = parse_bytes(text, sizeof(text) - 1);

			assert_true(status == OK || (status == ERR_ARGS && error.expected[0] != '\0'));
		}
		text[at] = before;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(reads_every_key),
		TEST(has_defaults_for_all_but_memory),
		TEST(reads_class_and_share_in_any_order),
		TEST(refuses_a_class_without_its_share),
		TEST(names_what_it_read),
		TEST(refuses_what_it_does_not_know),
		TEST(refuses_numbers_out_of_range),
		TEST(keeps_arguments_within_their_limit),
		TEST(survives_any_byte_anywhere),
	};

	return cmocka_run_group_tests_name("vmconfig", tests, NULL, NULL);
}
