/*
 * Endorsing keys: what `keys init` and `endorse` have in common.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_ENDORSE_H
#define TOOLS_ENDORSE_H

#include "tools/signed_object.h"

/* What to sign, and with which key. */
struct endorse_request {
	const char *root;	/* name of the root key in the token */
	const char *output;
	struct endorsement endorsement;
};

/**
 * endorse - sign an endorsement and write its file.
 *
 * Returns TOOL_DONE; TOOL_POLICY if the token made the signing key for another role than root, or the key is the root
 * key itself; TOOL_USAGE for serials that contradict each other; what token_key_find and endorsement_file_write
 * return. A refusal was printed then.
 */
MUST_CHECK int endorse(struct token *token, const struct endorse_request *request);

/* endorse_check_serials - least is at most the serial. TOOL_DONE, or TOOL_USAGE after printing. */
MUST_CHECK int endorse_check_serials(const struct endorsement *endorsement);

#endif
