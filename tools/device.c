/*
 * A new device: decides what its identity page and the first snapshot of its state say.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/device.h"
#include <string.h>
#include <sys/stat.h>
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

/* What stands in the file that keeps a secret, which nobody else may have been able to read. */
static int secret_read(struct identity_page *page, const char *path, const struct stat *info)
{
	struct file file;

	if ((info->st_mode & 077) != 0)
		return refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "secret-open", .object = path, .problem = "others may read or write a device's secret",
			.expected = "a file that is its owner's alone, mode 600",
			.found = text("mode %03o", (unsigned)info->st_mode & 0777),
			.advice = "take another file, or 'chmod 600' it if nobody has read it" });

	int result = file_read(&file, path, sizeof(page->secret));

	if (result != TOOL_DONE)
		return result;
	if (file.count == sizeof(page->secret))
		memcpy(page->secret, file.bytes, sizeof(page->secret));
	else
		result = refuse(TOOL_CONFIGURATION, &(struct refusal){
			.code = "not-a-secret", .object = path, .problem = "the file is not a device's secret",
			.expected = text("%zu bytes", sizeof(page->secret)), .found = text("%zu bytes", file.count),
			.advice = "name a file that is not there: it is made" });
	explicit_bzero(file.bytes, file.count);
	file_free(&file);
	return result;
}

static int secret_provide(struct identity_page *page, const char *path)
{
	struct stat info;

	if (path != NULL && stat(path, &info) == 0)
		return secret_read(page, path, &info);

	int result = random_make(page->secret, sizeof(page->secret));

	if (result == TOOL_DONE && path != NULL)
		result = file_write(path, page->secret, sizeof(page->secret), FILE_MODE_PRIVATE);
	return result;
}

int identity_complete(struct identity_page *page, uint32_t failures_max, const char *secret_path)
{
	int result = secret_provide(page, secret_path);

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
