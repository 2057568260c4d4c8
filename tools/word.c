/*
 * The lists, and how they are searched.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/word.h"
#include <string.h>
#include "abi/host.h"
#include "abi/state.h"
#include "abi/token.h"
#include "lib/vmimage.h"

const struct word word_lifecycles[] = {
	{ "production", TOKEN_LIFECYCLE_SECURED }, { "development", TOKEN_LIFECYCLE_DEBUG }, { NULL, 0 },
};
const struct word word_slots[] = { { "A", STATE_SLOT_A }, { "B", STATE_SLOT_B }, { NULL, 0 } };
const struct word word_classes[] = {
	{ "isolated", HOST_CLASS_ISOLATED }, { "confidential", HOST_CLASS_CONFIDENTIAL }, { NULL, 0 },
};
const struct word word_shares[] = {
	{ "-", 0 }, { "rsi", HOST_OPTION_SHARE_RSI }, { "window", HOST_OPTION_SHARE_WINDOW }, { NULL, 0 },
};
const struct word word_answers[] = { { "no", 0 }, { "yes", 1 }, { NULL, 0 } };
const struct word word_parts[] = {
	{ "kernel", VMIMAGE_KERNEL }, { "device-tree", VMIMAGE_TREE }, { "command-line", VMIMAGE_ARGS },
	{ "initrd", VMIMAGE_INITRD }, { NULL, 0 },
};

const char *word_of(const struct word *list, uint64_t value)
{
	for (; list->word != NULL; list++) {
		if (list->value == value)
			return list->word;
	}
	return "?";
}

const struct word *word_find(const struct word *list, const char *word)
{
	for (; list->word != NULL && word != NULL; list++) {
		if (strcmp(list->word, word) == 0)
			return list;
	}
	return NULL;
}
