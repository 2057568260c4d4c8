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

/* Who signs an object, and whose word says that he may. */
struct signer {
	struct token *token;
	struct token_key key;
	struct endorsement_file endorsement;
};

/**
 * signer_open - open the token, find the key, read its endorsement and check that the two belong together.
 *
 * @endorsement_path  NULL: NAME.endorsement in the directory of a development token
 *
 * Returns TOOL_DONE; TOOL_SIGNATURE if the endorsement is another key's or for another role; what token_open,
 * token_key_find and endorsement_file_read return. A refusal was printed then. Close it in any case.
 */
MUST_CHECK int signer_open(struct signer *signer, const struct token_choice *choice, const char *key_name,
			   const char *endorsement_path, enum signed_role role);
void signer_close(struct signer *signer);

/* signer_chain_write - sign a payload and write its chain. As signed_object_write. */
MUST_CHECK int signer_chain_write(const struct signer *signer, const struct cbor_writer *payload,
				  struct cbor_writer *out);

#endif
