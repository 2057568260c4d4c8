/*
 * Signing with a token: a payload becomes a COSE_Sign1, an endorsement a file, an endorsement and an object a chain
 * (docs/formats.md).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_SIGNED_OBJECT_H
#define TOOLS_SIGNED_OBJECT_H

#include "lib/endorsement.h"
#include "lib/cbor_writer.h"
#include "tools/token.h"

/* Room for a signed object with the largest payload, and for a chain of two. */
#define SIGNED_OBJECT_BYTES_MAX	(SIGNED_PAYLOAD_MAX + 128)
#define CHAIN_BYTES_MAX		(2 * SIGNED_OBJECT_BYTES_MAX + SIGNED_KEY_BYTES + 16)

/* role_parse - "firmware", "policy" or "vm"; false for another word. role_name - the reverse, "?" for no role. */
MUST_CHECK bool role_parse(const char *word, enum signed_role *out);
const char *role_name(enum signed_role role);

/**
 * signed_object_write - sign a payload.
 *
 * Returns TOOL_DONE; TOOL_NO_RESOURCES if @payload is larger than a reader takes, or @out has no room; what token_sign
 * does. A refusal was printed then.
 */
MUST_CHECK int signed_object_write(struct token *token, const struct token_key *key, const struct cbor_writer *payload,
				   struct cbor_writer *out);

/* An endorsement as a file has it. */
struct endorsement_file {
	struct public_key root;
	struct endorsement endorsement;
	uint8_t bytes[SIGNED_OBJECT_BYTES_MAX];		/* the signed object */
	size_t count;
};

/**
 * endorsement_file_read - read a file, check that the root key in it signed the endorsement.
 *
 * Returns TOOL_DONE; TOOL_CONFIGURATION if it is no such file; TOOL_SIGNATURE; TOOL_FAILED. A refusal was printed then.
 */
MUST_CHECK int endorsement_file_read(struct endorsement_file *file, const char *path);

/*
 * endorsement_file_write - sign an endorsement with the root key and write its file. As above, and what token_sign
 * returns.
 */
MUST_CHECK int endorsement_file_write(struct token *token, const struct token_key *root,
				      const struct endorsement *endorsement, const char *path);

/* What verbs ask for that make a signed object: what it is called, who signs it, where it goes. */
struct object_request {
	struct token_choice choice;
	const char *name, *key, *endorsement, *output;
	uint32_t version, counter;
	bool json, help;
};

#define OBJECT_ENTRIES(REQUEST) \
	{ .name = "name", .kind = TAKES_NAME, .out.text = &(REQUEST)->name, .max = NAME_CHARACTERS_MAX }, \
	{ .name = "version", .kind = TAKES_NUMBER32, .out.number32 = &(REQUEST)->version, .min = 1, .max = UINT32_MAX }, \
	{ .name = "counter", .kind = TAKES_NUMBER32, .out.number32 = &(REQUEST)->counter, .min = 1, .max = UINT32_MAX }, \
	{ .name = "key", .kind = TAKES_NAME, .out.text = &(REQUEST)->key, .max = NAME_CHARACTERS_MAX }, \
	{ .name = "endorsement", .kind = TAKES_TEXT, .out.text = &(REQUEST)->endorsement }, \
	OPTION_JSON(&(REQUEST)->json), OPTION_OUTPUT(&(REQUEST)->output), OPTION_HELP(&(REQUEST)->help), \
	TOKEN_ENTRIES(&(REQUEST)->choice)

/* object_request_check - is all there that @verb needs? TOOL_DONE, or TOOL_USAGE after printing what is missing. */
MUST_CHECK int object_request_check(const struct object_request *request, const char *verb);

/* Who signs an object, and whose word says that he may. */
struct signer {
	struct token *token;
	struct token_key key;
	struct endorsement_file endorsement;
};

/**
 * signer_open - open the token, find the key, read its endorsement and check that the two belong together.
 *
 * @request  endorsement NULL: NAME.endorsement in the directory of a development token
 *
 * Returns TOOL_DONE; TOOL_SIGNATURE if the endorsement is another key's or for another role; what token_open,
 * token_key_find and endorsement_file_read return. A refusal was printed then. Close it in any case.
 */
MUST_CHECK int signer_open(struct signer *signer, const struct object_request *request, enum signed_role role);
void signer_close(struct signer *signer);

/* signer_chain_write - sign a payload and write its chain. As signed_object_write. */
MUST_CHECK int signer_chain_write(const struct signer *signer, const struct cbor_writer *payload,
				  struct cbor_writer *out);

#endif
