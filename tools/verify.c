/*
 * redoubt verify: holds an attestation token against a reference, offline. Decides what the exit code is: all match,
 * some do not, some are unknown, or the token is refused before anything in it counts.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include "lib/signed.h"
#include "tools/appraisal_print.h"
#include "tools/option.h"
#include "tools/word.h"

#define CAPTURE_BYTES_MAX	(64ull << 20)

static const char usage[] =
	"usage: redoubt verify TOKEN --reference FILE [--log FILE] [--nonce HEX] [--tree | --json]\n"
	"Checks that a token was signed on the device of the reference, for this nonce, and says of each thing in it\n"
	"MATCH, MISMATCH or UNKNOWN. Needs no network and no device. TOKEN is raw (as configfs-tsm's outblob has it),\n"
	"hexadecimal or base64, or what a console showed, where it is the last text between\n"
	"'" ATTESTATION_TEXT_BEGIN "' and '" ATTESTATION_TEXT_END "'.\n"
	"  --reference  what is expected ('redoubt measure FILE.rvm -o FILE' made it)\n"
	"  --log        what 'events NAME' at the control prompt printed: names the parts of a VM\n"
	"  --nonce      the challenge that was asked for, 2 to 128 hexadecimal digits; zeros are added to 64 bytes\n"
	"  --tree       show who vouches for whom\n"
	"  --json       print JSON\n"
	"exit codes: 0 all MATCH, 14 a MISMATCH, 21 no MISMATCH but an UNKNOWN, 22 token refused\n";

static struct request {
	const char *reference, *log, *nonce_text;
	uint8_t nonce[ATTESTATION_CHALLENGE_BYTES];
	bool tree, json, help;
} request;

/* As a VM's kernel does it: a shorter nonce is filled up with zeros. */
static int nonce_take(const char *value)
{
	size_t digits = strlen(value);

	memset(request.nonce, 0, sizeof(request.nonce));
	if (digits < 2 || digits > 2 * sizeof(request.nonce) || digits % 2 != 0 ||
	    strspn(value, "0123456789abcdefABCDEF") != digits)
		return refuse(TOOL_USAGE, &(struct refusal){
			.code = "bad-nonce", .object = "--nonce", .problem = "the value is no nonce",
			.expected = "2 to 128 hexadecimal digits, two for each byte", .found = text("'%.140s'", value),
			.advice = "give the bytes that the VM was asked to attest" });
	for (size_t i = 0; i < digits / 2; i++)
		(void)sscanf(value + 2 * i, "%2hhx", &request.nonce[i]);
	request.nonce_text = value;
	return TOOL_DONE;
}

static int options_parse(int argc, char **argv)
{
	const struct option_entry entries[] = {
		{ .name = "reference", .kind = TAKES_TEXT, .out.text = &request.reference },
		{ .name = "log", .kind = TAKES_TEXT, .out.text = &request.log },
		{ .name = "nonce", .kind = TAKES_EACH, .out.each = nonce_take },
		{ .name = "tree", .kind = TAKES_NOTHING, .out.flag = &request.tree },
		OPTION_JSON(&request.json), OPTION_HELP(&request.help),
	};
	int result = options_take(entries, ARRAY_COUNT(entries), argc, argv);

	if (result != TOOL_DONE || request.help)
		return result;
	if (optind == argc)
		return option_missing("verify", "TOKEN");
	if (request.reference == NULL)
		return option_missing("verify", "--reference");
	return optind + 1 < argc ? option_extra("verify", argv[optind + 1]) : TOOL_DONE;
}

static const char *bytes_text(const uint8_t *bytes, size_t count)
{
	char hex[2 * ATTESTATION_CHALLENGE_BYTES + 1] = "";

	for (size_t i = 0; i < count; i++)
		(void)snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	return text("%s", hex);
}

static const char *found_text(const struct attestation_token *token, const struct attestation_refusal *refusal)
{
	switch (refusal->problem) {
	case ATTESTATION_MALFORMED:
		return refusal->form == SIGNED_OK ? "text that is neither" :
		       text("%s at byte %zu: the token %s", signed_name(refusal->form), refusal->at,
			    signed_text(refusal->form));
	case ATTESTATION_ALGORITHM:
	case ATTESTATION_PROFILE:
	case ATTESTATION_HASH:
	case ATTESTATION_CURVE:
		return text("something else at byte %zu", refusal->at);
	case ATTESTATION_DEVICE:
		return text("instance id %s", bytes_text(token->instance, sizeof(token->instance)));
	case ATTESTATION_IMPLEMENTATION:
		return bytes_text(token->implementation, sizeof(token->implementation));
	case ATTESTATION_LIFECYCLE:
		return text("%s (0x%x)", word_of(word_lifecycles, token->lifecycle), token->lifecycle);
	case ATTESTATION_NONCE:
	case ATTESTATION_NO_NONCE:
		return bytes_text(token->challenge, sizeof(token->challenge));
	case ATTESTATION_BINDING:
		return text("the challenge %s", bytes_text(token->binding, sizeof(token->binding)));
	default:
		return "a signature that does not hold";
	}
}

static const char *advice_text(enum attestation_problem problem)
{
	switch (problem) {
	case ATTESTATION_MALFORMED:
		return "copy the token again, as the VM's outblob has it; if it stays so, do not trust it";
	case ATTESTATION_DEVICE:
		return "use the reference of this device, or do not trust this one";
	case ATTESTATION_LIFECYCLE:
		return "give no secret to a device in development; or, if it may be one, change the reference";
	case ATTESTATION_NONCE:
	case ATTESTATION_NO_NONCE:
		return "ask the VM again with a fresh nonce: an old token may be played back";
	default:
		return "do not trust it: it was altered, or somebody else made it";
	}
}

static int token_refused(const char *path, const struct attestation_token *token, const struct attestation_refusal *refusal)
{
	const char *found = found_text(token, refusal);
	enum attestation_problem problem = refusal->problem;
	const char *expected = problem == ATTESTATION_NONCE || problem == ATTESTATION_NO_NONCE ?
			       bytes_text(request.nonce, sizeof(request.nonce)) : attestation_expected(problem);

	if (request.json && refusal_print_json(refusal, found) != TOOL_DONE)
		return TOOL_FAILED;
	return refuse(TOOL_TOKEN_REFUSED, &(struct refusal){
		.code = attestation_name(problem), .object = path,
		.problem = text("the token %s", attestation_text(problem)),
		.expected = expected, .found = found, .advice = advice_text(problem) });
}

/* All that is no match in one refusal; the first of them in detail. */
static int verdict_refuse(const struct appraisal *appraisal, const char *path)
{
	enum verdict verdict = appraisal_verdict(appraisal, PART_COUNT);
	const struct finding *first = NULL;
	char names[256] = "";
	size_t used = 0;

	for (size_t i = appraisal->count; i-- > 0;) {
		if (appraisal->findings[i].verdict == verdict)
			first = &appraisal->findings[i];
	}
	for (size_t i = 0; i < appraisal->count && used + FINDING_NAME_BYTES + 16 < sizeof(names); i++) {
		const struct finding *finding = &appraisal->findings[i];

		if (finding->verdict == verdict)
			used += (size_t)snprintf(names + used, sizeof(names) - used, " %s/%s", part_name(finding->part),
						 finding->name);
	}
	if (verdict == VERDICT_MATCH || first == NULL)
		return TOOL_DONE;
	return refuse(verdict == VERDICT_MISMATCH ? TOOL_MEASUREMENT : TOOL_UNKNOWN, &(struct refusal){
		.code = verdict == VERDICT_MISMATCH ? "mismatch" : "unknown", .object = path,
		.problem = text("%s:%s", verdict == VERDICT_MISMATCH ? "this is not what the reference says" :
				"nothing says what this must be", names),
		.expected = text("%s/%s %s", part_name(first->part), first->name, first->expected),
		.found = text("%s/%s %s", part_name(first->part), first->name, first->found),
		.advice = verdict == VERDICT_MISMATCH ?
			  "give no secret to this VM; find out what was changed, and by whom" :
			  "name it in the reference, or give no secret to this VM" });
}

static int token_appraise(const struct attestation_token *token, const struct reference *reference, const char *path)
{
	static struct appraisal appraisal;
	static struct event_log log;
	int result = request.log != NULL ? event_log_read(&log, request.log) : TOOL_DONE;

	if (result != TOOL_DONE)
		return result;
	appraise(token, reference, request.log != NULL ? &log : NULL, &appraisal);
	if (request.json)
		result = appraisal_print_json(&appraisal);
	else if (request.tree)
		appraisal_print_tree(&appraisal);
	else
		appraisal_print_table(&appraisal);
	if (request.nonce_text == NULL)
		fprintf(stderr, "redoubt: note: no nonce was given: an old token would do as well (--nonce)\n");
	return result == TOOL_DONE ? verdict_refuse(&appraisal, path) : result;
}

static int token_verify(struct file *file, const struct reference *reference)
{
	struct attestation_trust trust = {
		.device = reference->key, .nonce = request.nonce_text != NULL ? request.nonce : NULL,
		.is_production = reference->lifecycle.kind == REFERENCE_IS &&
				 reference->lifecycle.value == TOKEN_LIFECYCLE_SECURED,
	};
	struct attestation_refusal refusal = { .problem = ATTESTATION_MALFORMED };
	static struct attestation_token token;

	if (!attestation_decode(file) ||
	    attestation_read(file->bytes, file->count, &token, &refusal) != ATTESTATION_OK)
		return token_refused(file->path, &token, &refusal);
	refusal.problem = attestation_check(&token, &trust);
	if (refusal.problem != ATTESTATION_OK)
		return token_refused(file->path, &token, &refusal);
	return token_appraise(&token, reference, file->path);
}

int verb_verify(int argc, char **argv)
{
	static struct reference reference;
	struct file file;
	int result = options_parse(argc, argv);

	if (request.help) {
		fputs(usage, stdout);
		return TOOL_DONE;
	}
	if (result == TOOL_DONE)
		result = reference_read(&reference, request.reference);
	if (result != TOOL_DONE)
		return result;
	if (reference.has_key != REFERENCE_IS)
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "no-attestation-key", .object = request.reference,
			.problem = "the reference does not say whose signature a token must have",
			.expected = "the device's attestation key", .found = "none",
			.advice = "make the reference with --attestation-key ('redoubt provision' writes that file)" });
	result = file_read(&file, argv[optind], CAPTURE_BYTES_MAX);
	if (result == TOOL_DONE) {
		result = token_verify(&file, &reference);
		file_free(&file);
	}
	return result;
}
