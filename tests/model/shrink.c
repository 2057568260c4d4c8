/*
 * Shrinking by delta debugging: leave out large parts, then smaller ones, as long as the rest still fails; then make
 * single steps simpler.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/shrink.h"
#include <stdlib.h>
#include <string.h>

/* Where a difference was found by comparing everything, it may have come about so many steps before. */
#define LOOK_BACK 2000

static struct model_step *list;
static unsigned list_count;
static bool strict;
/* What the list says when it fails, without addresses: what fails otherwise is another fault. */
static char signature[EPISODE_MESSAGE];

static void signature_make(const char *message, char *out)
{
	const char *at = strstr(message, "ERROR: ");

	for (at = at == NULL ? message : at; *at != 0 && *at != '\n'; at++) {
		if (*at == '0' && at[1] == 'x')
			at += 1 + strspn(at + 2, "0123456789abcdef");
		else
			*out++ = *at;
	}
	*out = 0;
}

static bool is_same(const char *message)
{
	char other[EPISODE_MESSAGE];

	signature_make(message, other);
	return strcmp(signature, other) == 0;
}

/* Does the list fail in the same way without [from, from + count)? Then it is the list. */
static bool try_without(struct episode_shared *shared, unsigned from, unsigned count)
{
	char message[EPISODE_MESSAGE];

	memcpy(shared->steps, list, from * sizeof(*list));
	memcpy(shared->steps + from, list + from + count, (list_count - from - count) * sizeof(*list));
	shared->count = list_count - count;
	struct episode_plan plan = { .is_replay = true, .is_strict = strict, .check_interval = UINT32_MAX, .check_from = UINT32_MAX };

	if (shared->count == 0 || episode_run(shared, &plan, message) || !is_same(message))
		return false;
	list_count -= count;
	memcpy(list, shared->steps, list_count * sizeof(*list));
	return true;
}

/* One pass with parts of @size; was anything left out? */
static bool pass(struct episode_shared *shared, unsigned size)
{
	bool is_shorter = false;
	unsigned from = list_count;

	/* From the end: what comes last needs what was before. */
	while (from > 0) {
		unsigned count = from < size ? from : size;

		from -= count;
		is_shorter = try_without(shared, from, count) || is_shorter;
	}
	return is_shorter;
}

/* A step that was in the middle of another may do as well behind it. */
static void flatten(struct episode_shared *shared)
{
	for (unsigned i = 0; i < list_count; i++) {
		uint8_t inside = list[i].inside;

		if (inside == 0)
			continue;
		list[i].inside = 0;
		if (!try_without(shared, 0, 0))
			list[i].inside = inside;
	}
}

/* The list ends with the step that makes the difference. */
static bool truncate_list(struct episode_shared *shared)
{
	char message[EPISODE_MESSAGE];
	struct episode_plan plan = { .is_replay = true, .is_strict = strict, .check_interval = UINT32_MAX,
				     .check_from = shared->count < LOOK_BACK ? 0 : shared->count - LOOK_BACK };

	if (episode_run(shared, &plan, message))
		return false;
	signature_make(message, signature);
	shared->count = list_count = shared->reached;
	memcpy(list, shared->steps, list_count * sizeof(*list));
	return true;
}

bool shrink(struct episode_shared *shared, bool is_strict, char *message)
{
	struct episode_plan plan = { .is_replay = true, .is_strict = strict, .check_interval = 1 };

	signature_make(message, signature);

	strict = is_strict;
	list = malloc(sizeof(shared->steps));
	if (list == NULL)
		abort();
	list_count = shared->count;
	memcpy(list, shared->steps, list_count * sizeof(*list));
	if (!truncate_list(shared) || !try_without(shared, 0, 0)) {
		shared->count = list_count;
		free(list);
		return false;
	}
	for (unsigned size = list_count / 2; size > 0; size /= 2)
		pass(shared, size);
	while (pass(shared, 1))
		;
	flatten(shared);
	memcpy(shared->steps, list, list_count * sizeof(*list));
	shared->count = list_count;
	episode_run(shared, &plan, message);
	free(list);
	return true;
}
