/*
 * redoubt measure image: the digests of a VM's components and its measurement, from its image or its description.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include "tools/image_file.h"
#include "tools/image_source.h"
#include "tools/measure_image.h"
#include "tools/option.h"

static const char usage[] =
	"usage: redoubt measure image FILE.rvm|FILE.conf [--digest | --json]\n"
	"Prints the digest of each component of a VM, and its measurement as 'redoubt pack-policy --allow' takes it.\n"
	"An image says what it was packed of, and needs no key; a description is measured anew: both agree.\n"
	"  --digest  print the 64 digits of the measurement alone\n"
	"  --json    print JSON\n";

static struct request {
	bool digest, json, help;
} request;

static void result_print(const struct vmimage *image)
{
	char hex[DIGEST_TEXT_BYTES];

	digest_print(image->measurement, hex);
	if (request.digest) {
		printf("%s\n", hex);
		return;
	}
	printf("%s", request.json ? "{\n" : "");
	image_measurement_print(image, request.json);
	if (request.json)
		printf("  \"measurement\": \"%s\"\n}\n", hex);
	else
		printf("vm:%s=%s\n", image->name, hex);
}

static int conf_measure(const char *path)
{
	static struct image_conf conf;
	static struct image_source source;
	int result = image_conf_read(&conf, path);

	if (result != TOOL_DONE)
		return result;
	result = image_source_open(&source, &conf);
	if (result == TOOL_DONE)
		result = image_source_walk(&source, NULL, NULL);
	image_source_close(&source);
	if (result == TOOL_DONE)
		result_print(&source.image);
	return result;
}

int measure_image(int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "digest", .kind = TAKES_NOTHING, .out.flag = &request.digest },
		OPTION_JSON(&request.json), OPTION_HELP(&request.help),
	};
	static struct image_file file;
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result != TOOL_DONE)
		return result;
	if (optind == argc)
		return option_missing("measure image", "FILE");
	if (optind + 1 < argc)
		return option_extra("measure image", argv[optind + 1]);
	if (!image_file_is_one(argv[optind]))
		return conf_measure(argv[optind]);
	result = image_file_check(&file, argv[optind], &(struct image_trust){ .owner = NULL });
	if (result == TOOL_DONE)
		result_print(&file.image);
	return result;
}
