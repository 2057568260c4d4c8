/*
 * A new device: decides what its identity page and the first snapshot of its state say.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/device.h"
#include <string.h>
#include "crypto/state.h"
#include "tools/random.h"

int identity_make(struct identity_page *page, const char *lifecycle, const uint8_t root_sha256[DIGEST_BYTES])
{
	bool is_production = strcmp(lifecycle, "production") == 0;

	if (!is_production && strcmp(lifecycle, "development") != 0)
		return refuse(TOOL_USAGE, &(struct refusal){
			.code = "not-a-word", .object = "--lifecycle",
			.problem = "the value is none of the words that there are",
			.expected = "development or production", .found = text("'%s'", lifecycle) });
	*page = (struct identity_page){
		.magic = IDENTITY_MAGIC, .version = IDENTITY_VERSION,
		.lifecycle = is_production ? IDENTITY_PRODUCTION : IDENTITY_DEVELOPMENT,
	};
	memcpy(page->root_sha256, root_sha256, sizeof(page->root_sha256));
	return TOOL_DONE;
}

int identity_complete(struct identity_page *page, uint32_t failures_max)
{
	int result = random_make(page->secret, sizeof(page->secret));

	page->failures_max = failures_max;
	return result == TOOL_DONE ? digest_make(page, offsetof(struct identity_page, sha256), page->sha256) : result;
}

int device_state_make(struct state *state, const struct package *package)
{
	*state = (struct state){
		.slot = STATE_SLOT_A, .sequence = 1, .other = STATE_OTHER_EMPTY, .reason = STATE_REASON_PROVISIONED,
		.least = {
			[SIGNED_ROLE_FIRMWARE] = { package->firmware_signer.serial_least, package->firmware.counter },
			[SIGNED_ROLE_POLICY] = { package->policy_signer.serial_least, package->policy.counter },
		},
	};

	int result = random_make(state->seed, sizeof(state->seed));

	if (result == TOOL_DONE && state_seal(state) != OK)
		result = refuse(TOOL_FAILED, &(struct refusal){
			.code = "no-digest", .object = "the state", .problem = "it cannot be hashed" });
	return result;
}
