/*
 * JSON on standard output: what a string must not hold as it is.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include "tools/verbs.h"

void json_string_print(const char *string)
{
	putchar('"');
	for (; *string != '\0'; string++) {
		if (*string == '"' || *string == '\\')
			printf("\\%c", *string);
		else if ((unsigned char)*string < ' ')
			printf("\\u%04x", (unsigned)(unsigned char)*string);
		else
			putchar(*string);
	}
	putchar('"');
}
