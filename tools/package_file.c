/*
 * What the verifier says, in words: which file, where in it, what was expected and found.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/package_file.h"
#include <stdio.h>
#include <string.h>
#include "lib/chain.h"
#include "tools/signed_object.h"

int signed_problem_exit(enum signed_problem problem)
{
	switch (problem) {
	case SIGNED_ROOT_KEY:
	case SIGNED_ALGORITHM:
	case SIGNED_SIGNATURE:
	case SIGNED_TYPE:
	case SIGNED_ROLE:
	case SIGNED_REVOKED:
	case SIGNED_DIGEST:
		return TOOL_SIGNATURE;
	case SIGNED_ROLLED_BACK:
		return TOOL_ROLLBACK;
	default:
		return TOOL_CONFIGURATION;
	}
}

/* What to do about a problem; the rest of a refusal is the verifier's. */
static const char *problem_advice(enum signed_problem problem)
{
	switch (problem) {
	case SIGNED_ROOT_KEY:
		return "name the root key of the device with --root, or use a package for this device";
	case SIGNED_ROLE:
		return "sign each object with a key that is endorsed for its role";
	case SIGNED_REVOKED:
		return "sign it again with a key of a newer serial";
	case SIGNED_ROLLED_BACK:
		return "use a newer package: a device never goes back";
	case SIGNED_TRUNCATED:
		return "fetch the file again: a part of it is missing";
	default:
		return "fetch the file again; if it stays so, do not use it";
	}
}

static const char *digest_text(const uint8_t digest[DIGEST_BYTES])
{
	char hex[DIGEST_TEXT_BYTES];

	digest_print(digest, hex);
	return text("sha256 %s", hex);
}

/* Which part of a package an offset is in. The sizes of parts are known once the first page holds. */
static enum firmware_part part_at(const struct firmware *firmware, size_t offset)
{
	unsigned part = 0;

	while (part < FIRMWARE_PART_COUNT && offset >= firmware_part_offset(firmware, (enum firmware_part)(part + 1)))
		part++;
	return (enum firmware_part)part;
}

static const char *place_text(const struct firmware *firmware, size_t offset)
{
	enum firmware_part part;

	if (firmware == NULL || offset < FIRMWARE_PAGE_BYTES)
		return text("byte %zu, in the signed head", offset);
	part = part_at(firmware, offset);
	if (part == FIRMWARE_PART_COUNT)
		return text("byte %zu, after the last component", offset);
	return text("byte %zu, in the component %s", offset, firmware_part_name(part));
}

static struct cbor first_page(const struct file *file)
{
	return cbor_open(file->bytes, file->count < FIRMWARE_PAGE_BYTES ? file->count : FIRMWARE_PAGE_BYTES);
}

static void root_lines(struct refusal *refusal, const struct file *file, const struct trust *trust)
{
	struct cbor c = first_page(file);
	struct chain chain;
	uint8_t digest[DIGEST_BYTES];

	if (chain_split(&c, &chain) != SIGNED_OK || digest_make(chain.root.data, chain.root.count, digest) != TOOL_DONE)
		return;
	refusal->expected = text("root key %s", digest_text(trust->root_sha256));
	refusal->found = text("root key %s", digest_text(digest));
}

static void digest_lines(struct refusal *refusal, const struct file *file, const struct firmware *firmware,
			 size_t offset)
{
	enum firmware_part part = part_at(firmware, offset);
	uint8_t digest[DIGEST_BYTES];

	if (part == FIRMWARE_PART_COUNT ||
	    digest_make(file->bytes + firmware_part_offset(firmware, part), firmware->components[part].bytes, digest) !=
		    TOOL_DONE)
		return;
	refusal->expected = text("%s %s", firmware_part_name(part), digest_text(firmware->components[part].sha256));
	refusal->found = text("%s %s", firmware_part_name(part), digest_text(digest));
}

/* What is in the way of a revoked or rolled-back object: the device's number, and the object's. */
static void least_lines(struct refusal *refusal, enum signed_problem problem, const struct trust *trust,
			enum signed_role role, uint32_t serial, uint32_t counter)
{
	bool is_revoked = problem == SIGNED_REVOKED;
	const char *what = is_revoked ? "a serial of the key" : "a security counter";

	refusal->expected = text("%s of at least %u", what,
				 is_revoked ? trust->least[role].serial : trust->least[role].counter);
	refusal->found = text("%u, of the %s", is_revoked ? serial : counter, role_name(role));
}

/* Numbers of a policy that is refused for them alone; @relaxed is the trust without them. */
static void policy_least_lines(struct refusal *refusal, const struct cbor *c, const struct file *file,
			       const struct trust *trust, const struct trust *relaxed, size_t begin)
{
	static struct policy policy;
	struct cbor again = cbor_open(file->bytes + begin, file->count - begin);
	struct endorsement signer;

	if (policy_verify(&again, relaxed, &signer, &policy) == SIGNED_OK)
		least_lines(refusal, c->problem, trust, SIGNED_ROLE_POLICY, signer.serial, policy.counter);
}

static int problem_refuse(const struct file *file, const struct cbor *c, const struct trust *trust, bool is_package)
{
	size_t offset = (size_t)(c->at - file->bytes);
	struct refusal refusal = {
		.code = signed_name(c->problem), .object = file->path,
		.problem = text("the file %s", signed_text(c->problem)),
		.expected = signed_expected(c->problem), .advice = problem_advice(c->problem),
	};
	struct trust relaxed = { 0 };
	static struct firmware firmware;
	struct endorsement signer;
	/* Once more as far as the first page goes: it knows where the parts are. */
	struct cbor head = first_page(file);
	bool is_least = c->problem == SIGNED_REVOKED || c->problem == SIGNED_ROLLED_BACK;

	memcpy(relaxed.root_sha256, trust->root_sha256, sizeof(relaxed.root_sha256));

	bool has_head = is_package && firmware_verify(&head, &relaxed, &signer, &firmware) == SIGNED_OK;

	refusal.found = place_text(has_head ? &firmware : NULL, offset);
	if (c->problem == SIGNED_ROOT_KEY)
		root_lines(&refusal, file, trust);
	if (c->problem == SIGNED_DIGEST && has_head)
		digest_lines(&refusal, file, &firmware, offset);
	if (is_least && has_head && offset < FIRMWARE_PAGE_BYTES)
		least_lines(&refusal, c->problem, trust, SIGNED_ROLE_FIRMWARE, signer.serial, firmware.counter);
	else if (is_least)
		policy_least_lines(&refusal, c, file, trust, &relaxed,
				   has_head ? firmware_part_offset(&firmware, FIRMWARE_POLICY) : 0);
	return refuse(signed_problem_exit(c->problem), &refusal);
}

int package_file_check(const struct file *file, const struct trust *trust, struct package *out)
{
	struct cbor c = cbor_open(file->bytes, file->count);

	return package_verify(&c, trust, out) == SIGNED_OK ? TOOL_DONE : problem_refuse(file, &c, trust, true);
}

int policy_file_check(const struct file *file, const struct trust *trust, struct policy *out)
{
	struct cbor c = cbor_open(file->bytes, file->count);
	struct endorsement signer;

	return policy_verify(&c, trust, &signer, out) == SIGNED_OK ? TOOL_DONE : problem_refuse(file, &c, trust, false);
}

int trust_take_root(struct trust *trust, const char *file_or_digest)
{
	struct public_key key;
	int result;

	if (digest_parse(file_or_digest, trust->root_sha256))
		return TOOL_DONE;
	result = public_key_read(&key, file_or_digest);
	return result == TOOL_DONE ? public_key_digest(&key, trust->root_sha256) : result;
}
