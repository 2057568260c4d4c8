/*
 * What a node's `update` command says (lwk/commands_update.c, lwk/update.c): done, refused, or the slots.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_UPDATE_ANSWER_H
#define TOOLS_UPDATE_ANSWER_H

#include "tools/prompt.h"
#include "tools/update.h"

#define ANSWER_LINE_BYTES	160

/* `update status`, taken apart. */
struct node_status {
	char running;
	uint32_t version;
	bool is_trial;
	struct update_slots slots;
	uint32_t firmware_least, policy_least;
	char reason[ANSWER_LINE_BYTES], end[ANSWER_LINE_BYTES], last_run[ANSWER_LINE_BYTES];
	unsigned lines;			/* which of its lines have come, a bit each */
};

/* An answer as it comes. */
struct update_answer {
	bool is_status;			/* of `update status`: its lines are not printed */
	bool is_done;			/* it says that what was asked for is done */
	bool is_reset;			/* the machine is being reset */
	unsigned error_lines;		/* of an error: how many have come */
	char error[ANSWER_LINE_BYTES], where[ANSWER_LINE_BYTES], expected[ANSWER_LINE_BYTES], found[ANSWER_LINE_BYTES];
	char last[ANSWER_LINE_BYTES];
	struct node_status status;
};

/*
 * update_answer_take - a line of an answer (prompt_ask); @context is a struct update_answer. Prints how far it is.
 */
enum prompt_line update_answer_take(void *context, const char *line);

/**
 * update_answer_check - is it done?
 *
 * @command  what was asked, for the refusal
 *
 * Returns TOOL_DONE; after printing what the node said: TOOL_SIGNATURE, TOOL_ROLLBACK or TOOL_CONFIGURATION for a
 * package, by its problem; TOOL_WRONG_STATE; TOOL_POLICY; TOOL_PLATFORM for a node that does not know the command;
 * TOOL_FAILED for an answer that says neither, or flash that fails.
 */
MUST_CHECK int update_answer_check(const struct update_answer *answer, const char *command);

#endif
