/*
 * Runs a target on files, without a fuzzer: to see a finding again, and to measure what a corpus covers.
 * usage: replay FILE...
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include <stdio.h>
#include <stdlib.h>

static void file_run(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *file = fopen(path, "rb");
	uint8_t *exactly;
	size_t count;

	if (file == NULL) {
		fprintf(stderr, "replay: '%s' cannot be read\n", path);
		exit(2);
	}
	count = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	/* Of its size, so that the sanitizer sees a read past the end. */
	exactly = malloc(count + (count == 0));
	for (size_t i = 0; i < count; i++)
		exactly[i] = bytes[i];
	LLVMFuzzerTestOneInput(exactly, count);
	free(exactly);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		file_run(argv[i]);
	printf("%d files\n", argc - 1);
	return argc > 1 ? 0 : 2;
}
