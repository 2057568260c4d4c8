/*
 * COSE_Sign1 (RFC 9052, section 4.2) with a key in a token, and chains.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/signed_object.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include "crypto/signature.h"
#include "lib/cose.h"
#include "tools/object_writer.h"

#define COSE_ALGORITHM		1	/* header: alg */
#define COSE_ES384		(-35)
#define COSE_SIGN1_TAG		18

static const char *const roles[SIGNED_ROLE_END] = {
	[SIGNED_ROLE_FIRMWARE] = "firmware", [SIGNED_ROLE_POLICY] = "policy", [SIGNED_ROLE_VM] = "vm",
};

bool role_parse(const char *word, enum signed_role *out)
{
	for (unsigned i = SIGNED_ROLE_FIRMWARE; i < SIGNED_ROLE_END; i++) {
		if (strcmp(word, roles[i]) == 0) {
			*out = (enum signed_role)i;
			return true;
		}
	}
	return false;
}

const char *role_name(enum signed_role role)
{
	return role >= SIGNED_ROLE_FIRMWARE && role < SIGNED_ROLE_END ? roles[role] : "?";
}

static int too_large(size_t bytes, size_t bytes_max)
{
	return refuse(TOOL_NO_RESOURCES, &(struct refusal){
		.code = "object-too-large", .object = "signed object", .problem = "it is larger than a reader takes",
		.expected = text("at most %zu bytes", bytes_max), .found = text("%zu bytes", bytes),
		.advice = "leave some of its entries out" });
}

/* SHA-384 of Sig_structure (RFC 9052, section 4.4): what is signed. */
static int sig_structure_digest(const struct cbor_writer *protected, const struct cbor_writer *payload,
				uint8_t out[SHA384_BYTES])
{
	static uint8_t bytes[SIGNED_OBJECT_BYTES_MAX];
	struct cbor_writer writer = { .bytes = bytes, .capacity = sizeof(bytes) };

	cbor_array(&writer, 4);
	cbor_text(&writer, "Signature1");
	cbor_bytes(&writer, protected->bytes, protected->count);
	cbor_bytes(&writer, NULL, 0);
	cbor_bytes(&writer, payload->bytes, payload->count);
	return cbor_is_whole(&writer) ? sha384_make(bytes, writer.count, out) : too_large(writer.count, sizeof(bytes));
}

int signed_object_write(struct token *token, const struct token_key *key, const struct cbor_writer *payload,
			struct cbor_writer *out)
{
	uint8_t header[8], digest[SHA384_BYTES], signature[SIGNATURE_BYTES];
	struct cbor_writer protected = { .bytes = header, .capacity = sizeof(header) };
	int result;

	if (!cbor_is_whole(payload) || payload->count > SIGNED_PAYLOAD_MAX)
		return too_large(payload->count, SIGNED_PAYLOAD_MAX);
	cbor_map(&protected, 1);
	cbor_uint(&protected, COSE_ALGORITHM);
	cbor_negative(&protected, COSE_ES384);
	result = sig_structure_digest(&protected, payload, digest);
	if (result == TOOL_DONE)
		result = token_sign(token, key, digest, signature);
	if (result != TOOL_DONE)
		return result;
	cbor_tag(out, COSE_SIGN1_TAG);
	cbor_array(out, 4);
	cbor_bytes(out, header, protected.count);
	cbor_map(out, 0);
	cbor_bytes(out, payload->bytes, payload->count);
	cbor_bytes(out, signature, sizeof(signature));
	return cbor_is_whole(out) ? TOOL_DONE : too_large(out->count, out->capacity);
}

static int endorsement_refused(const char *path, enum signed_problem problem, size_t offset)
{
	bool is_signature = problem == SIGNED_SIGNATURE || problem == SIGNED_ALGORITHM;

	return refuse(is_signature ? TOOL_SIGNATURE : TOOL_CONFIGURATION, &(struct refusal){
		.code = signed_name(problem), .object = path, .problem = text("the file %s", signed_text(problem)),
		.expected = "an endorsement that 'redoubt endorse' or 'redoubt keys init' wrote",
		.found = text("something else at byte %zu", offset),
		.advice = "make it again with 'redoubt endorse'" });
}

/* The endorsement inside the signed object; its signature must be the root key's. */
static enum signed_problem endorsement_take(struct endorsement_file *file, const uint8_t **at)
{
	struct cbor object = cbor_open(file->bytes, file->count), payload;
	struct cose cose;
	enum signed_problem problem;

	cose_take(&object, &cose);
	problem = cbor_end(&object);
	if (problem == SIGNED_OK) {
		cose_check_algorithm(&object, &cose);
		problem = object.problem;
	}
	*at = object.at;
	if (problem != SIGNED_OK)
		return problem;

	struct hash_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES }, { cose.signed_rest.data, cose.signed_rest.count },
	};

	*at = cose.signature.data;
	if (signature_verify(file->root.point, pieces, ARRAY_COUNT(pieces), cose.signature.data) != OK)
		return SIGNED_SIGNATURE;
	payload = cbor_open(cose.payload.data, cose.payload.count);
	problem = endorsement_read(&payload, &file->endorsement);
	*at = payload.at;
	return problem;
}

int endorsement_file_read(struct endorsement_file *file, const char *path)
{
	struct file whole;
	int result = file_read(&whole, path, CHAIN_BYTES_MAX);

	if (result != TOOL_DONE)
		return result;
	file->count = 0;

	struct cbor c = cbor_open(whole.bytes, whole.count);

	(void)cbor_take_array(&c, 2, 2);
	signed_take_public_key(&c, file->root.point);

	struct cbor_bytes object = cbor_take_bytes(&c, 1, sizeof(file->bytes));
	enum signed_problem problem = cbor_end(&c);
	size_t offset = (size_t)(c.at - whole.bytes);

	if (problem == SIGNED_OK) {
		const uint8_t *at;

		memcpy(file->bytes, object.data, object.count);
		file->count = object.count;
		problem = endorsement_take(file, &at);
		offset = (size_t)(object.data - whole.bytes) + (size_t)(at - file->bytes);
	}
	file_free(&whole);
	return problem == SIGNED_OK ? TOOL_DONE : endorsement_refused(path, problem, offset);
}

int endorsement_file_write(struct token *token, const struct token_key *root, const struct endorsement *endorsement,
			   const char *path)
{
	uint8_t payload_bytes[512], object_bytes[1024], file_bytes[1280];
	struct cbor_writer payload = { .bytes = payload_bytes, .capacity = sizeof(payload_bytes) };
	struct cbor_writer object = { .bytes = object_bytes, .capacity = sizeof(object_bytes) };
	struct cbor_writer file = { .bytes = file_bytes, .capacity = sizeof(file_bytes) };
	int result;

	endorsement_write(&payload, endorsement);
	result = signed_object_write(token, root, &payload, &object);
	if (result != TOOL_DONE)
		return result;
	cbor_array(&file, 2);
	cbor_bytes(&file, root->public.point, sizeof(root->public.point));
	cbor_bytes(&file, object_bytes, object.count);
	return cbor_is_whole(&file) ? file_write(path, file_bytes, file.count, FILE_MODE_PUBLIC) :
	       too_large(file.count, file.capacity);
}

static int signer_check(const struct signer *signer, enum signed_role role, const char *path)
{
	const struct endorsement *endorsement = &signer->endorsement.endorsement;
	bool is_other_key = memcmp(endorsement->key, signer->key.public.point, POINT_BYTES) != 0;

	if (!is_other_key && endorsement->role == role)
		return TOOL_DONE;
	return refuse(TOOL_SIGNATURE, &(struct refusal){
		.code = is_other_key ? "key" : "role", .object = path,
		.problem = is_other_key ? "the endorsement is another key's" : "the endorsement is for another role",
		.expected = is_other_key ? text("the key '%s' of %s", signer->key.name, token_name(signer->token))
					 : role_name(role),
		.found = is_other_key ? text("the key '%s'", endorsement->name) : role_name(endorsement->role),
		.advice = "name the key with --key and its endorsement with --endorsement" });
}

int object_request_check(const struct object_request *request, const char *verb)
{
	const char *missing = request->name == NULL ? "--name" : request->version == 0 ? "--version" :
			      request->counter == 0 ? "--counter" : request->output == NULL ? "-o" : NULL;

	return missing != NULL ? option_missing(verb, missing) : TOOL_DONE;
}

int signer_open(struct signer *signer, const struct object_request *request, enum signed_role role)
{
	const char *endorsement_path = request->endorsement;
	char path[PATH_MAX + NAME_CHARACTERS_MAX + sizeof("/.endorsement")];
	int result = token_open(&request->choice, TOKEN_SIGN, &signer->token);

	if (result == TOOL_DONE)
		result = token_key_find(signer->token, request->key, &signer->key);
	if (result != TOOL_DONE)
		return result;
	if (endorsement_path == NULL && token_directory(signer->token) != NULL) {
		(void)snprintf(path, sizeof(path), "%s/%s.endorsement", token_directory(signer->token), request->key);
		endorsement_path = path;
	}
	if (endorsement_path == NULL)
		return option_missing(role == SIGNED_ROLE_POLICY ? "pack-policy" : "pack-firmware", "--endorsement");
	result = endorsement_file_read(&signer->endorsement, endorsement_path);
	if (result == TOOL_DONE)
		result = signer_check(signer, role, endorsement_path);
	return result;
}

void signer_close(struct signer *signer)
{
	token_close(signer->token);
	signer->token = NULL;
}

int signer_chain_write(const struct signer *signer, const struct cbor_writer *payload, struct cbor_writer *out)
{
	static uint8_t bytes[SIGNED_OBJECT_BYTES_MAX];
	struct cbor_writer object = { .bytes = bytes, .capacity = sizeof(bytes) };
	int result = signed_object_write(signer->token, &signer->key, payload, &object);

	if (result != TOOL_DONE)
		return result;
	cbor_array(out, 3);
	cbor_bytes(out, signer->endorsement.root.point, POINT_BYTES);
	cbor_bytes(out, signer->endorsement.bytes, signer->endorsement.count);
	cbor_bytes(out, bytes, object.count);
	return cbor_is_whole(out) ? TOOL_DONE : too_large(out->count, out->capacity);
}
