/*
 * What the files that talk PKCS#11 share: the open session and how its failures are told.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_TOKEN_SESSION_H
#define TOOLS_TOKEN_SESSION_H

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include "tools/token.h"

#define PIN_BYTES_MAX	256

struct token {
	CK_FUNCTION_LIST *functions;
	CK_SESSION_HANDLE session;
	const char *name;
	char *directory;		/* owned; NULL for a module's token */
	int lock;		/* descriptor of the directory while it is in use; -1 for a module's token */
	bool initialized, in_session;
};

/* token_failed - refuse because @call returned @rv. */
int token_failed(const struct token *token, const char *call, CK_RV rv);

/* What a development token's directory holds: <p11-kit> reads none of it, SoftHSM and we do. */
#define TOKEN_DIRECTORY_LABEL	"redoubt"
#define TOKEN_DIRECTORY_PIN	"pin"

/**
 * token_directory_open - make the environment say where SoftHSM's objects are; with @make, make what is missing.
 *
 * @wanted     the directory, or NULL for the default
 * @directory  absolute path, to be freed
 * @lock       a descriptor; the directory is the caller's alone until it is closed
 *
 * Returns TOOL_DONE, or TOOL_WRONG_STATE, TOOL_FAILED after printing.
 */
MUST_CHECK int token_directory_open(const char *wanted, bool make, char **directory, int *lock);

/* token_module_default - SoftHSM's module; NULL if it is not installed. */
const char *token_module_default(void);

/**
 * token_pin_read - the PIN, NUL-terminated, from the file, the environment or the directory.
 *
 * Returns TOOL_DONE, or TOOL_CONFIGURATION after printing; @pin has room for PIN_BYTES_MAX.
 */
MUST_CHECK int token_pin_read(const struct token_choice *choice, const char *directory, char *pin);

#endif
