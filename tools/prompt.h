/*
 * The control prompt of a node (lwk/shell.c) behind a console: found whatever stands in front of it, and asked.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PROMPT_H
#define TOOLS_PROMPT_H

#include "tools/console.h"

#define PROMPT_COMMAND_BYTES	128	/* of a command and its NUL */

/* What a line of an answer means to who asked. */
enum prompt_line {
	PROMPT_FOREIGN,		/* nothing: the node's log, a VM */
	PROMPT_OWN,		/* part of the answer: the time to wait begins anew */
	PROMPT_LAST,		/* the answer is over, and no prompt follows it */
};
typedef enum prompt_line prompt_take(void *context, const char *line);

/**
 * prompt_find - leave a VM's console if one is in front, and wait until the prompt answers. A VM that shows a prompt
 * of its own is not taken for it: what must come back is a number that no VM gets to see.
 *
 * @seconds  how long to wait
 * @seen     called for each line that comes meanwhile, whoever it is from; NULL: nobody wants them
 *
 * Returns TOOL_DONE; TOOL_TIMED_OUT, or TOOL_FAILED if the console closes, after printing why.
 */
MUST_CHECK int prompt_find(struct console *console, uint64_t seconds, void (*seen)(const char *line));

/**
 * prompt_ask - give a command, and hand each line of its answer to @take, until the prompt comes back or @take says
 * that it will not. Right after prompt_find.
 *
 * @seconds  how long the command may say nothing
 *
 * Returns as prompt_find.
 */
MUST_CHECK int prompt_ask(struct console *console, const char *command, uint64_t seconds, prompt_take *take,
			  void *context);

#endif
