/*
 * A session with a PKCS#11 token: which module, which token in it, who logs in.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/token.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "tools/token_session.h"

#define SLOTS_MAX	256
#define LABEL_BYTES	32	/* of a token: blanks after it, no NUL */

static int choice_check(const struct token_choice *choice)
{
	const char *problem = NULL;

	if (choice->directory != NULL && (choice->module != NULL || choice->label != NULL))
		problem = "a development token is chosen by its directory alone";
	else if ((choice->module == NULL) != (choice->label == NULL))
		problem = "a token in a module needs both --module and --token-label";
	else if (choice->label != NULL && (choice->label[0] == '\0' || strlen(choice->label) > LABEL_BYTES))
		problem = "a token's label has 1 to 32 characters";
	if (problem == NULL)
		return TOOL_DONE;
	return refuse(TOOL_USAGE, &(struct refusal){
		.code = "bad-token", .object = "--token, --module, --token-label", .problem = problem,
		.expected = "--token DIR, or --module FILE --token-label LABEL" });
}

int token_failed(const struct token *token, const char *call, CK_RV rv)
{
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "token-failed", .object = token->name, .problem = text("%s failed", call),
		.expected = "CKR_OK", .found = text("0x%lx: %s", rv, p11_kit_strerror(rv)),
		.advice = "see whether the token is there and has room" });
}

static int module_missing(const char *path, const char *found)
{
	return refuse(TOOL_PLATFORM, &(struct refusal){
		.code = "module-missing", .object = path, .problem = "the PKCS#11 module cannot be loaded",
		.expected = "a shared library with C_GetFunctionList", .found = found,
		.advice = strstr(path, "softhsm") != NULL ? "run setup/install; it installs Debian's libsofthsm2"
							  : "install it, or name the right file with --module" });
}

static int module_load(struct token *token, const char *path)
{
	char absolute[PATH_MAX];

	if (path == NULL)
		return module_missing("libsofthsm2.so (softhsm)", "it is in none of the usual places");
	/* p11-kit looks for a relative path in its own folder; a person means the one where he stands. */
	if (realpath(path, absolute) == NULL)
		return module_missing(path, "no such file");
	token->functions = p11_kit_module_load(absolute, P11_KIT_MODULE_UNMANAGED);
	if (token->functions == NULL)
		return module_missing(path, text("%s", p11_kit_message() != NULL ? p11_kit_message() : "?"));

	CK_RV rv = p11_kit_module_initialize(token->functions);

	if (rv != CKR_OK)
		return token_failed(token, "C_Initialize", rv);
	token->initialized = true;
	return TOOL_DONE;
}

static bool label_is(const CK_TOKEN_INFO *info, const char *label)
{
	size_t length = strlen(label);

	for (size_t i = 0; i < LABEL_BYTES; i++) {
		if (info->label[i] != (i < length ? (unsigned char)label[i] : ' '))
			return false;
	}
	return (info->flags & CKF_TOKEN_INITIALIZED) != 0;
}

/* How many initialized tokens have the label; the last of them, and a slot whose token is not initialized. */
struct search {
	unsigned count;
	CK_SLOT_ID slot, blank;
	bool has_blank;
	CK_FLAGS flags;
};

static int slots_search(const struct token *token, const char *label, struct search *search)
{
	CK_SLOT_ID slots[SLOTS_MAX];
	CK_ULONG count = ARRAY_COUNT(slots);
	CK_RV rv = token->functions->C_GetSlotList(CK_TRUE, slots, &count);

	*search = (struct search){ .count = 0 };
	if (rv != CKR_OK)
		return token_failed(token, "C_GetSlotList", rv);
	for (CK_ULONG i = 0; i < count; i++) {
		CK_TOKEN_INFO info;

		rv = token->functions->C_GetTokenInfo(slots[i], &info);
		if (rv != CKR_OK)
			continue;
		if (label_is(&info, label)) {
			search->count++;
			search->slot = slots[i];
			search->flags = info.flags;
		} else if ((info.flags & CKF_TOKEN_INITIALIZED) == 0) {
			search->has_blank = true;
			search->blank = slots[i];
		}
	}
	return TOOL_DONE;
}

static int token_absent(const struct token *token, const char *label, unsigned count)
{
	return refuse(TOOL_WRONG_STATE, &(struct refusal){
		.code = count == 0 ? "token-missing" : "token-ambiguous", .object = token->name,
		.problem = count == 0 ? "there is no token of this label" : "several tokens have this label",
		.expected = text("one token '%s'", label), .found = text("%u", count),
		.advice = token->directory != NULL ? text("'redoubt keys init --token %s' makes one", token->directory)
						   : "name another with --token-label, or initialize it" });
}

/* The user's PIN is set by the security officer, whose PIN is the same in a development token. */
static int user_pin_set(struct token *token, CK_SLOT_ID slot, char *pin)
{
	CK_UTF8CHAR *pin_bytes = (CK_UTF8CHAR *)pin;
	CK_SESSION_HANDLE session;
	CK_RV rv = token->functions->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);

	if (rv != CKR_OK)
		return token_failed(token, "C_OpenSession", rv);
	rv = token->functions->C_Login(session, CKU_SO, pin_bytes, strlen(pin));
	if (rv == CKR_OK)
		rv = token->functions->C_InitPIN(session, pin_bytes, strlen(pin));
	(void)token->functions->C_CloseSession(session);
	return rv == CKR_OK ? TOOL_DONE : token_failed(token, "C_InitPIN", rv);
}

/* Makes the token in a directory that has none, and goes on where an earlier run was stopped. */
static int token_make(struct token *token, struct search *search, char *pin)
{
	CK_UTF8CHAR label[LABEL_BYTES];
	int result = TOOL_DONE;

	if (search->count == 0) {
		memset(label, ' ', sizeof(label));
		memcpy(label, TOKEN_DIRECTORY_LABEL, strlen(TOKEN_DIRECTORY_LABEL));
		if (!search->has_blank)
			return token_absent(token, TOKEN_DIRECTORY_LABEL, 0);

		CK_RV rv = token->functions->C_InitToken(search->blank, (CK_UTF8CHAR *)pin, strlen(pin), label);

		if (rv != CKR_OK)
			return token_failed(token, "C_InitToken", rv);
		result = slots_search(token, TOKEN_DIRECTORY_LABEL, search);
	}
	if (result == TOOL_DONE && search->count == 1 && (search->flags & CKF_USER_PIN_INITIALIZED) == 0)
		result = user_pin_set(token, search->slot, pin);
	return result;
}

static int login_refused(const struct token *token, CK_RV rv)
{
	bool is_locked = rv == CKR_PIN_LOCKED;

	if (!is_locked && rv != CKR_PIN_INCORRECT && rv != CKR_PIN_INVALID && rv != CKR_PIN_LEN_RANGE)
		return token_failed(token, "C_Login", rv);
	return refuse(TOOL_KEY_NOT_RELEASED, &(struct refusal){
		.code = is_locked ? "pin-locked" : "wrong-pin", .object = token->name,
		.problem = is_locked ? "the token is locked" : "the token refuses the PIN",
		.expected = is_locked ? "a token that takes a PIN" : "the user's PIN of this token",
		.found = text("0x%lx: %s", rv, p11_kit_strerror(rv)),
		.advice = is_locked ? "have its security officer set a new PIN"
				    : "correct the PIN file; most tokens lock themselves after a few wrong ones" });
}

static int session_open(struct token *token, CK_SLOT_ID slot, enum token_use use, const char *pin)
{
	CK_FLAGS flags = CKF_SERIAL_SESSION | (use == TOKEN_MAKE_KEYS ? CKF_RW_SESSION : 0);
	CK_UTF8CHAR copy[PIN_BYTES_MAX];
	CK_RV rv = token->functions->C_OpenSession(slot, flags, NULL, NULL, &token->session);

	if (rv != CKR_OK)
		return token_failed(token, "C_OpenSession", rv);
	token->in_session = true;
	if (use == TOKEN_LIST)
		return TOOL_DONE;
	memcpy(copy, pin, sizeof(copy));
	rv = token->functions->C_Login(token->session, CKU_USER, copy, strlen(pin));
	explicit_bzero(copy, sizeof(copy));
	return rv == CKR_OK ? TOOL_DONE : login_refused(token, rv);
}

static int choice_open(struct token *token, const struct token_choice *choice, enum token_use use, char *pin)
{
	bool make = use == TOKEN_MAKE_KEYS;
	char *directory = NULL;
	int result = TOOL_DONE;

	if (choice->module == NULL) {
		result = token_directory_open(choice->directory, make, &directory, &token->lock);
		token->directory = directory;
		if (directory != NULL)
			token->name = directory;
	}
	if (result == TOOL_DONE && use != TOKEN_LIST)
		result = token_pin_read(choice, directory, pin);
	if (result == TOOL_DONE)
		result = module_load(token, choice->module != NULL ? choice->module : token_module_default());
	if (result != TOOL_DONE)
		return result;

	const char *label = directory != NULL ? TOKEN_DIRECTORY_LABEL : choice->label;
	struct search search;

	result = slots_search(token, label, &search);
	if (result == TOOL_DONE && make && directory != NULL && search.count < 2)
		result = token_make(token, &search, pin);
	if (result == TOOL_DONE && search.count != 1)
		result = token_absent(token, label, search.count);
	return result == TOOL_DONE ? session_open(token, search.slot, use, pin) : result;
}

int token_open(const struct token_choice *choice, enum token_use use, struct token **out)
{
	char pin[PIN_BYTES_MAX] = "";
	int result = choice_check(choice);
	struct token *token = result == TOOL_DONE ? calloc(1, sizeof(*token)) : NULL;

	if (result != TOOL_DONE)
		return result;
	if (token == NULL)
		return refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-memory", .object = "token", .problem = "there is no memory for it" });
	token->lock = -1;
	token->name = choice->label != NULL ? choice->label : "development token";
	result = choice_open(token, choice, use, pin);
	explicit_bzero(pin, sizeof(pin));
	if (result == TOOL_DONE)
		*out = token;
	else
		token_close(token);
	return result;
}

void token_close(struct token *token)
{
	if (token == NULL)
		return;
	if (token->in_session)
		(void)token->functions->C_CloseSession(token->session);
	if (token->initialized)
		(void)p11_kit_module_finalize(token->functions);
	if (token->functions != NULL)
		p11_kit_module_release(token->functions);
	if (token->lock >= 0)
		(void)close(token->lock);
	free(token->directory);
	free(token);
}

const char *token_name(const struct token *token)
{
	return token->name;
}

const char *token_directory(const struct token *token)
{
	return token->directory;
}
