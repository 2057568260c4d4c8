/*
 * redoubt update: what its verbs share. What each does is in the file of its object: a package into a ramdisk, a copy
 * of flash, a node's console.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_UPDATE_H
#define TOOLS_UPDATE_H

#include "crypto/package.h"
#include "tools/verbs.h"

/* What the user asks for. */
struct update_request {
	struct trust trust;
	const char *root, *initrd, *name, *flash, *console;
	uint64_t timeout_s;
	bool by_hand, replace, no_try, json, help;
};

/* What state or control prompt say of the slots. */
struct update_slots {
	char active, other;		/* 'A' and 'B', or the reverse */
	const char *reason;		/* as state_reason_text */
	const char *holds;		/* the other one: as state_other_text */
	uint32_t other_version;		/* 0 if it is empty */
	const char *end;		/* how its try ended, as state_end_text; NULL unless it failed */
};

/* update_slots_print - as members of a JSON object, each with a comma behind it. */
void update_slots_print(const struct update_slots *slots);

/* update_other_print - the line about the other slot, for people. */
void update_other_print(const struct update_slots *slots);

/**
 * update_into_ramdisk - put the package @path into the ramdisk that the request names.
 *
 * Returns TOOL_DONE; after printing why, and with the ramdisk as it was: what package_file_check and ramdisk.h say, and
 * TOOL_NO_RESOURCES if it would not fit into the package's loader window.
 */
MUST_CHECK int update_into_ramdisk(struct update_request *request, const char *path);

/**
 * update_flash_status - print what a copy of flash0 says of its slots.
 *
 * Returns TOOL_DONE; TOOL_FAILED if it cannot be read, TOOL_CONFIGURATION if it is none, after printing why.
 */
MUST_CHECK int update_flash_status(const struct update_request *request);

/*
 * update_name_check - can a package in a ramdisk have this name? It is a word at the control prompt. TOOL_DONE, or
 * TOOL_USAGE after printing why; @option is what the user gave it as.
 */
MUST_CHECK int update_name_check(const char *option, const char *name);

/**
 * update_at_node - drive the control prompt behind the request's console.
 *
 * @verb  install, status, try, confirm or revert
 * @name  of install: the package in the node's ramdisk; else NULL
 *
 * Returns TOOL_DONE; after printing why: what the node refused, by its kind (docs/operating.md); TOOL_FAILED if a try
 * did not last, or the console cannot be used; TOOL_TIMED_OUT if the node says nothing.
 */
MUST_CHECK int update_at_node(const struct update_request *request, const char *verb, const char *name);

#endif
