/*
 * What state and control prompt say of the slots: one form for both.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include "tools/update.h"

void update_slots_print(const struct update_slots *slots)
{
	printf("  \"active\": {\"slot\": \"%c\", \"reason\": ", slots->active);
	json_string_print(slots->reason);
	printf("},\n  \"other\": {\"slot\": \"%c\", \"holds\": ", slots->other);
	json_string_print(slots->holds);
	printf(", \"version\": %u, \"end\": ", slots->other_version);
	if (slots->end != NULL)
		json_string_print(slots->end);
	else
		printf("null");
	printf("},\n");
}

void update_other_print(const struct update_slots *slots)
{
	printf("other     slot %c: %s", slots->other, slots->holds);
	if (slots->other_version != 0)
		printf(", version %u", slots->other_version);
	printf("%s%s\n", slots->end != NULL ? ": its try " : "", slots->end != NULL ? slots->end : "");
}
