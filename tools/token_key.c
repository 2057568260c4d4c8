/*
 * Key pairs in a token: found by their label, made so that they cannot leave, used for one thing: ECDSA over SHA-384.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tools/token_session.h"

/* secp384r1 (RFC 5480, section 2.1.1.1), as DER: 1.3.132.0.34. */
static CK_BYTE curve[] = { 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22 };
/* A point in CKA_EC_POINT is an OCTET STRING of 97 bytes; some tokens leave its two bytes of head out. */
static const CK_BYTE octet_string[] = { 0x04, POINT_BYTES };

#define ID_BYTES_MAX	64	/* CKA_ID of our keys: "role/name" */
#define VALUE_BYTES_MAX	128

#define ATTRIBUTE(type, value)	{ type, &(value), sizeof(value) }

/* One attribute of at most VALUE_BYTES_MAX bytes; false if the object has none, or a longer one. */
static bool attribute_read(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
			   CK_BYTE value[VALUE_BYTES_MAX], size_t *count)
{
	CK_ATTRIBUTE attribute = { type, value, VALUE_BYTES_MAX };
	CK_RV rv = token->functions->C_GetAttributeValue(token->session, object, &attribute, 1);

	*count = attribute.ulValueLen;
	return rv == CKR_OK && attribute.ulValueLen <= VALUE_BYTES_MAX;
}

static bool point_read(struct token *token, CK_OBJECT_HANDLE object, struct public_key *out)
{
	CK_BYTE value[VALUE_BYTES_MAX];
	size_t count, head = sizeof(octet_string);

	if (!attribute_read(token, object, CKA_EC_POINT, value, &count))
		return false;
	if (count == POINT_BYTES)
		head = 0;
	else if (count != POINT_BYTES + head || memcmp(value, octet_string, head) != 0)
		return false;
	memcpy(out->point, value + head, POINT_BYTES);
	return public_key_is_valid(out);
}

/* The text of an attribute without its NUL; false if it does not fit or has a NUL inside. */
static bool text_read(struct token *token, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type, char *out, size_t bytes)
{
	CK_BYTE value[VALUE_BYTES_MAX];
	size_t count;

	if (!attribute_read(token, object, type, value, &count) || count >= bytes || memchr(value, '\0', count) != NULL)
		return false;
	memcpy(out, value, count);
	out[count] = '\0';
	return true;
}

/* False for keys of other kinds, and for those that no name can mean. */
static bool key_read(struct token *token, CK_OBJECT_HANDLE object, struct token_key *key)
{
	char id[ID_BYTES_MAX] = "";
	size_t length;

	*key = (struct token_key){ .role = "-" };
	if (!text_read(token, object, CKA_LABEL, key->name, sizeof(key->name)) || key->name[0] == '\0' ||
	    !point_read(token, object, &key->public))
		return false;
	length = text_read(token, object, CKA_ID, id, sizeof(id)) ? strcspn(id, "/") : 0;
	if (length > 0 && length < sizeof(key->role) && strcmp(id + length + (id[length] == '/'), key->name) == 0) {
		memcpy(key->role, id, length);
		key->role[length] = '\0';
	}
	return true;
}

/* Handles of all objects of a class, with @name as label unless it is NULL. */
static int objects_find(struct token *token, CK_OBJECT_CLASS class, const char *name, CK_OBJECT_HANDLE *objects,
			CK_ULONG max, CK_ULONG *count)
{
	char label[NAME_CHARACTERS_MAX + 1] = "";
	CK_KEY_TYPE type = CKK_EC;
	CK_BBOOL yes = CK_TRUE;

	if (name != NULL)
		(void)snprintf(label, sizeof(label), "%s", name);

	CK_ATTRIBUTE wanted[] = {
		ATTRIBUTE(CKA_CLASS, class), ATTRIBUTE(CKA_KEY_TYPE, type), ATTRIBUTE(CKA_TOKEN, yes),
		{ CKA_LABEL, label, strlen(label) },
	};
	CK_RV rv = token->functions->C_FindObjectsInit(token->session, wanted, name != NULL ? 4 : 3);
	if (rv != CKR_OK)
		return token_failed(token, "C_FindObjectsInit", rv);
	*count = 0;
	/* A module may give fewer than asked for; only none is the end. */
	for (CK_ULONG more = 1; rv == CKR_OK && more > 0 && *count < max; *count += more) {
		more = 0;
		rv = token->functions->C_FindObjects(token->session, objects + *count, max - *count, &more);
	}
	(void)token->functions->C_FindObjectsFinal(token->session);
	return rv == CKR_OK ? TOOL_DONE : token_failed(token, "C_FindObjects", rv);
}

static int key_order(const void *a, const void *b)
{
	const struct token_key *first = a, *second = b;

	return strcmp(first->name, second->name);
}

int token_keys_list(struct token *token, struct token_key *keys, size_t *count)
{
	CK_OBJECT_HANDLE objects[TOKEN_KEYS_MAX + 1];
	CK_ULONG object_count;
	int result = objects_find(token, CKO_PUBLIC_KEY, NULL, objects, ARRAY_COUNT(objects), &object_count);

	if (result != TOOL_DONE)
		return result;
	if (object_count > TOKEN_KEYS_MAX)
		return refuse(TOOL_NO_RESOURCES, &(struct refusal){
			.code = "too-many-keys", .object = token->name,
			.problem = "the token has more keys than are looked at",
			.expected = text("at most %d public keys", TOKEN_KEYS_MAX), .found = "more",
			.advice = "keep the keys of Redoubt in a token of their own" });
	*count = 0;
	for (CK_ULONG i = 0; i < object_count; i++)
		*count += key_read(token, objects[i], &keys[*count]);
	qsort(keys, *count, sizeof(*keys), key_order);
	return TOOL_DONE;
}

static int key_refused(const struct token *token, const char *name, CK_ULONG count)
{
	return refuse(TOOL_WRONG_STATE, &(struct refusal){
		.code = count == 0 ? "key-missing" : "key-ambiguous", .object = name,
		.problem = count == 0 ? "the token has no such key" : "the token has several keys of this name",
		.expected = text("one key pair of P-384 with this label in %s", token->name),
		.found = text("%lu", count),
		.advice = count == 0 ? "'redoubt keys list' shows what there is, 'redoubt keys init' makes keys"
				     : "rename or remove what is there twice with the tools of the token" });
}

int token_key_find(struct token *token, const char *name, struct token_key *out)
{
	CK_OBJECT_HANDLE objects[2];
	CK_ULONG count;
	int result = objects_find(token, CKO_PUBLIC_KEY, name, objects, ARRAY_COUNT(objects), &count);

	if (result != TOOL_DONE)
		return result;
	if (count == 1 && key_read(token, objects[0], out))
		return TOOL_DONE;
	return key_refused(token, name, count == 1 ? 0 : count);
}

/* Is the name free for a new pair? A lone half of a pair takes it too. */
static int name_check(struct token *token, const char *name)
{
	CK_OBJECT_HANDLE object;
	CK_ULONG public_count, private_count = 0;
	int result = objects_find(token, CKO_PUBLIC_KEY, name, &object, 1, &public_count);

	if (result == TOOL_DONE)
		result = objects_find(token, CKO_PRIVATE_KEY, name, &object, 1, &private_count);
	if (result != TOOL_DONE || public_count + private_count == 0)
		return result;
	return refuse(TOOL_WRONG_STATE, &(struct refusal){
		.code = "key-exists", .object = name, .problem = "the token has a key of this name; it is not replaced",
		.expected = text("no key '%s' in %s", name, token->name), .found = "one",
		.advice = "choose another name, or '--if-missing' to make only the keys that are not there" });
}

int token_key_make(struct token *token, const char *name, const char *role, struct token_key *out)
{
	char label[NAME_CHARACTERS_MAX + 1], id[ID_BYTES_MAX];
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_MECHANISM mechanism = { CKM_EC_KEY_PAIR_GEN, NULL, 0 };
	CK_OBJECT_HANDLE public, private;
	int result = name_check(token, name);

	if (result != TOOL_DONE)
		return result;
	(void)snprintf(label, sizeof(label), "%s", name);
	(void)snprintf(id, sizeof(id), "%s/%s", role, name);

	CK_ATTRIBUTE of_public[] = {
		ATTRIBUTE(CKA_TOKEN, yes), ATTRIBUTE(CKA_VERIFY, yes), ATTRIBUTE(CKA_EC_PARAMS, curve),
		{ CKA_LABEL, label, strlen(label) }, { CKA_ID, id, strlen(id) },
	};
	CK_ATTRIBUTE of_private[] = {
		ATTRIBUTE(CKA_TOKEN, yes), ATTRIBUTE(CKA_PRIVATE, yes), ATTRIBUTE(CKA_SENSITIVE, yes),
		ATTRIBUTE(CKA_EXTRACTABLE, no), ATTRIBUTE(CKA_SIGN, yes),
		{ CKA_LABEL, label, strlen(label) }, { CKA_ID, id, strlen(id) },
	};
	CK_RV rv = token->functions->C_GenerateKeyPair(token->session, &mechanism, of_public, ARRAY_COUNT(of_public),
						       of_private, ARRAY_COUNT(of_private), &public, &private);

	if (rv != CKR_OK)
		return token_failed(token, "C_GenerateKeyPair", rv);
	return token_key_find(token, name, out);
}

static int signature_wrong(const struct token *token, const char *name, const char *found)
{
	return refuse(TOOL_SIGNATURE, &(struct refusal){
		.code = "signature-wrong", .object = name,
		.problem = "what the token signed does not verify; nothing was written",
		.expected = "96 bytes, r and s, that hold for the token's own public key", .found = found,
		.advice = text("do not use the token %s before it is repaired", token->name) });
}

int token_sign(struct token *token, const struct token_key *key, const uint8_t digest[SHA384_BYTES],
	       uint8_t out[SIGNATURE_BYTES])
{
	CK_MECHANISM mechanism = { CKM_ECDSA, NULL, 0 };
	CK_BYTE data[SHA384_BYTES], signature[2 * SIGNATURE_BYTES];
	CK_ULONG signature_bytes = sizeof(signature), count;
	CK_OBJECT_HANDLE objects[2];
	int result = objects_find(token, CKO_PRIVATE_KEY, key->name, objects, ARRAY_COUNT(objects), &count);
	CK_RV rv;

	if (result != TOOL_DONE)
		return result;
	if (count != 1)
		return key_refused(token, key->name, count);
	memcpy(data, digest, sizeof(data));
	rv = token->functions->C_SignInit(token->session, &mechanism, objects[0]);
	if (rv != CKR_OK)
		return token_failed(token, "C_SignInit", rv);
	rv = token->functions->C_Sign(token->session, data, sizeof(data), signature, &signature_bytes);
	if (rv != CKR_OK)
		return token_failed(token, "C_Sign", rv);
	if (signature_bytes != SIGNATURE_BYTES)
		return signature_wrong(token, key->name, text("%lu bytes", signature_bytes));
	if (!public_key_verify(&key->public, digest, signature))
		return signature_wrong(token, key->name, "a signature of something else, or by another key");
	memcpy(out, signature, SIGNATURE_BYTES);
	return TOOL_DONE;
}
