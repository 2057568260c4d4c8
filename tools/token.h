/*
 * Tokens that hold private keys, through PKCS#11: a SoftHSM token in a directory for development, any module (an
 * HSM's) in production. Private keys never leave the token; the PIN comes from a file or the environment, never from
 * the command line.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_TOKEN_H
#define TOOLS_TOKEN_H

#include "tools/option.h"
#include "tools/public_key.h"

/* Which token, as the options say it. */
struct token_choice {
	const char *directory;	/* development token; NULL: the user's own, unless @module is given */
	const char *module;	/* path of a PKCS#11 module, with @label */
	const char *label;
	const char *pin_file;
};

/* Entries for the option tables of verbs, and the lines of their usage. */
#define TOKEN_ENTRIES(CHOICE) \
	{ .name = "token", .kind = TAKES_TEXT, .out.text = &(CHOICE)->directory }, \
	{ .name = "module", .kind = TAKES_TEXT, .out.text = &(CHOICE)->module }, \
	{ .name = "token-label", .kind = TAKES_TEXT, .out.text = &(CHOICE)->label }, \
	{ .name = "pin-file", .kind = TAKES_TEXT, .out.text = &(CHOICE)->pin_file }
#define TOKEN_USAGE \
	"Token:\n" \
	"  --token DIR     a development token (SoftHSM); default $REDOUBT_TOKEN, else ~/.config/redoubt/token\n" \
	"  --module FILE   or any PKCS#11 module, with\n" \
	"  --token-label L the label of the token in it, and\n" \
	"  --pin-file FILE its PIN, in a file of mode 0600; else $REDOUBT_PIN; a development token has its own\n"

/* What a token is opened for. Public keys are seen without a PIN. */
enum token_use { TOKEN_LIST, TOKEN_SIGN, TOKEN_MAKE_KEYS };

struct token;

/**
 * token_open - load the module, find the token and, unless only listing, log in.
 *
 * With TOKEN_MAKE_KEYS a development token that is not there is made, with a PIN of its own.
 *
 * @out  close with token_close; written only on TOOL_DONE
 *
 * Returns TOOL_DONE, or after printing why: TOOL_USAGE (options that contradict each other), TOOL_CONFIGURATION (PIN
 * file), TOOL_KEY_NOT_RELEASED (wrong or locked PIN), TOOL_WRONG_STATE (no such token), TOOL_PLATFORM (no such
 * module), TOOL_FAILED.
 */
MUST_CHECK int token_open(const struct token_choice *choice, enum token_use use, struct token **out);
void token_close(struct token *token);

/* token_name - what people call it: the directory, or the label. */
const char *token_name(const struct token *token);

/* A development token's directory as an absolute path, also when it came from a default; NULL for a module's token. */
const char *token_directory(const struct token *token);

/* A key pair. The role is what it was made for: one of ROLE_NAMES, or "-" if something else made the key. */
struct token_key {
	char name[NAME_CHARACTERS_MAX + 1];
	char role[16];
	struct public_key public;
};

#define TOKEN_KEYS_MAX	64

/**
 * token_keys_list - all keys of P-384 in the token whose label is a name (docs/formats.md), sorted by it.
 *
 * @keys  room for TOKEN_KEYS_MAX; a token with more is refused
 */
MUST_CHECK int token_keys_list(struct token *token, struct token_key *keys, size_t *count);

/* token_key_find - the one key of this name. TOOL_WRONG_STATE if there is none, or more than one; TOOL_FAILED. */
MUST_CHECK int token_key_find(struct token *token, const char *name, struct token_key *out);

/* token_key_make - a new key pair that cannot be exported. TOOL_WRONG_STATE if the name is taken; TOOL_FAILED. */
MUST_CHECK int token_key_make(struct token *token, const char *name, const char *role, struct token_key *out);

/**
 * token_sign - ECDSA of a SHA-384 digest. What the token gave is verified with OpenSSL before anybody sees it.
 *
 * @out  r || s, written only on TOOL_DONE
 *
 * Returns TOOL_DONE; TOOL_WRONG_STATE if the private key is not there; TOOL_SIGNATURE if the signature does not hold;
 * TOOL_FAILED. A refusal was printed then.
 */
MUST_CHECK int token_sign(struct token *token, const struct token_key *key, const uint8_t digest[SHA384_BYTES],
			  uint8_t out[SIGNATURE_BYTES]);

#endif
