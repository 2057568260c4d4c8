/*
 * Writes the inputs that fuzzing starts from, good ones and some that are almost, below FOLDER, which has a folder for
 * each target.
 * usage: seeds FOLDER
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/state.h"
#include "tests/unit/attestation_draft.h"
#include "tests/unit/sample_image.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void seed_write(const char *folder, const char *name, const struct written *bytes)
{
	char path[4096];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(bytes->bytes, 1, bytes->count, file) != bytes->count || fclose(file) != 0) {
		fprintf(stderr, "seeds: '%s' cannot be written\n", path);
		exit(1);
	}
}

static void payloads_write(const char *folder)
{
	static struct written bytes;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();
	struct endorsement endorsement = sample_endorsement(SIGNED_ROLE_POLICY);

	sample_write_firmware(&bytes, &firmware);
	seed_write(folder, "firmware/good", &bytes);
	bytes.count = 0;
	sample_write_policy(&bytes, &policy);
	seed_write(folder, "policy/good", &bytes);
	bytes.count = 0;
	sample_write_endorsement(&bytes, &endorsement);
	seed_write(folder, "policy/endorsement", &bytes);
	policy.owner_count = policy.allowed_count = 0;
	bytes.count = 0;
	sample_write_policy(&bytes, &policy);
	seed_write(folder, "policy/empty", &bytes);
}

static void images_write(const char *folder)
{
	static struct written bytes, head;
	struct vmimage image = sample_image();

	sample_write_image(&bytes, &image);
	seed_write(folder, "vmimage/manifest", &bytes);
	sample_write_image_head(&head, &bytes, KEY_VM);
	seed_write(folder, "vmimage/head", &head);
	image.piece_count = 3;
	image.recipient_count = 1;
	bytes.count = 0;
	sample_write_image(&bytes, &image);
	seed_write(folder, "vmimage/small", &bytes);
}

static void chains_write(const char *folder)
{
	static struct written bytes;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	/* The smallest package that there is. */
	for (unsigned part = 0; part < FIRMWARE_PART_COUNT; part++)
		firmware.components[part].bytes = 4096;
	policy.allowed_count = 1;
	sample_write_package(&bytes, &firmware, &policy);
	seed_write(folder, "package/whole", &bytes);
	bytes.count = 0;
	sample_write_firmware_chain(&bytes, &firmware);
	seed_write(folder, "package/firmware", &bytes);
	bytes.count = 0;
	sample_write_policy_chain(&bytes, &policy);
	seed_write(folder, "package/policy", &bytes);
}

/* Older than what package_fuzz.c trusts, or longer: a fuzzer that changes digits at random meets these late. */
static void refused_write(const char *folder)
{
	static struct written bytes;
	struct firmware firmware = sample_firmware();
	struct policy policy = sample_policy();

	sample_write_package(&bytes, &firmware, &policy);
	write_raw(&bytes, "", 1);
	seed_write(folder, "package/trailing", &bytes);
	firmware.counter = 1;
	bytes.count = 0;
	sample_write_firmware_chain(&bytes, &firmware);
	seed_write(folder, "package/firmware-rolled-back", &bytes);
	policy.counter = 1;
	bytes.count = 0;
	sample_write_policy_chain(&bytes, &policy);
	seed_write(folder, "package/policy-rolled-back", &bytes);
}

/* A log of two places (tests/fuzz/state_fuzz.c): magic and digest of both are the target's to make. */
static void state_write(const char *folder)
{
	static struct written bytes;
	const struct state states[] = {
		{ .slot = STATE_SLOT_A, .sequence = 7, .other = STATE_OTHER_FAILED, .other_version = 2, .failure = 3,
		  .reason = STATE_REASON_PROVISIONED },
		{ .slot = STATE_SLOT_B, .sequence = 8, .other = STATE_OTHER_EMPTY, .reason = STATE_REASON_CONFIRMED },
	};

	bytes.bytes[0] = bytes.bytes[1] = 3;
	memcpy(bytes.bytes + 2, states, sizeof(states));
	bytes.count = 2 + sizeof(states);
	seed_write(folder, "state/good", &bytes);
}

static void text_write(const char *folder, const char *name, const char *text)
{
	static struct written bytes;

	bytes.count = 0;
	write_raw(&bytes, text, strlen(text));
	seed_write(folder, name, &bytes);
}

static void hex_write(const char *folder, const char *name, const struct written *token)
{
	static char digits[2 * sizeof(token->bytes) + 1];

	for (size_t i = 0; i < token->count; i++)
		snprintf(digits + 2 * i, 3, "%02x", token->bytes[i]);
	text_write(folder, name, digits);
}

/* Good tokens, and some that only a well-meant change of several bytes would make. */
static void tokens_write(const char *folder)
{
	static const uint8_t nonce[64];
	static struct written token;
	struct draft draft = draft_make();

	draft_write(&token, &draft);
	seed_write(folder, "attestation/good", &token);
	hex_write(folder, "attestation/hex", &token);
	text_write(folder, "attestation/base64", "2QGPohkKyg__8=\n");
	draft_set(draft.realm, 10, draft_bytes(nonce, sizeof(nonce)));
	draft_write(&token, &draft);
	seed_write(folder, "attestation/no-nonce", &token);
	draft.realm_key = DRAFT_STRANGER;
	draft_write(&token, &draft);
	seed_write(folder, "attestation/realm", &token);
	draft.realm_key = DRAFT_REALM;
	draft_set(draft.platform, 2396, draft_bytes(nonce, 32));
	draft_write(&token, &draft);
	seed_write(folder, "attestation/implementation", &token);
	draft.is_unbound = true;
	draft_set(draft.platform, 10, draft_bytes(nonce, 32));
	draft_write(&token, &draft);
	seed_write(folder, "attestation/binding", &token);
	draft_drop(draft.realm, -70003);
	draft_drop(draft.realm, -70004);
	draft.platform_key = DRAFT_STRANGER;
	draft_write(&token, &draft);
	seed_write(folder, "attestation/plain", &token);
	draft.algorithm = -7;
	draft_write(&token, &draft);
	seed_write(folder, "attestation/algorithm", &token);
	draft_free(&draft);
}

#define DIGEST	"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n"

static void texts_write(const char *folder)
{
	text_write(folder, "eventlog/good", "  measured     rom        " DIGEST "measured mediator " DIGEST
		   "redoubt> events web\r\n  event        vm web\n  event        machine class 2 options 1 vcpus 2 ram-base "
		   "0x40000000 ram 0x4000000 entry 0x40080000 x0 0x42000000\nevent box " DIGEST
		   "event kernel 0x40080000 30000 " DIGEST "event device-tree 0x42000000 1900 " DIGEST
		   "event command-line 0x42003000 4096 " DIGEST "event initrd 0x42200000 5000 " DIGEST "event measurement " DIGEST);
	text_write(folder, "imageconf/good", "# a VM\nname = \"web\";\nversion = 3;\ncounter = 4000000000L;\n"
		   "kernel = \"k\";\ninitrd = \"k\";\nargs = \"console=ttyAMA0 quiet\";\nmemory = 64;\nvcpus = 2;\nclass = \"confidential\";\n"
		   "share = \"rsi\"; /* realm */\nraw = true;\nbox = \"k\";\n");
	text_write(folder, "imageconf/bad", "nmae = \"web\";\nversion = 0;\ncounter = 4294967296;\nkernel = \"e\";\nmemory = 63;\n"
		   "vcpus = 9;\nclass = \"confidential\";\nraw = 1;\nargs = 7.5;\nbox = \".\";\ninitrd = \"none\";\nx = [1];\n");
	text_write(folder, "imageconf/include", "@include \"other\"\n");
	text_write(folder, "imageconf/syntax", "name web\n");
	text_write(folder, "imageconf/measured", "name = \"web\";\nversion = 1;\ncounter = 1;\nkernel = \"k\";\nmemory = 64;\n"
		   "box = \"00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\";\n");
	text_write(folder, "imageconf/silent", "name = \"web\";\nversion = 1;\ncounter = 1;\nkernel = \"k\";\nmemory = 64;\n"
		   "box = \"k\"; raw = true; args = \"quiet\";\n");
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: seeds FOLDER\n");
		return 2;
	}
	payloads_write(argv[1]);
	images_write(argv[1]);
	chains_write(argv[1]);
	refused_write(argv[1]);
	state_write(argv[1]);
	tokens_write(argv[1]);
	texts_write(argv[1]);
	return 0;
}
