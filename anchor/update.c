/*
 * Taking a package into the other slot, and going back to the one before: decides what is looked at, erased, written and
 * recorded when. Both are a row of phases, of which a revert has those that only read. A package is looked at as a whole
 * before anything is erased for it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/update.h"
#include "abi/anchor.h"
#include "abi/identity.h"
#include "anchor/image.h"
#include "anchor/slot.h"
#include "anchor/state.h"
#include "anchor/trial.h"
#include "crypto/package.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "plat/flash.h"
#include "plat/memory.h"

#define PAGE_BYTES	FIRMWARE_PAGE_BYTES
#define PART_HEAD	FIRMWARE_PART_COUNT	/* as results name it */

enum job { JOB_NONE, JOB_UPDATE, JOB_REVERT };

/* What is under way. All that the outer OS or flash says is looked at in these copies. */
static struct {
	enum job job;
	uint32_t phase;			/* ANCHOR_PHASE_* */
	const uint8_t *file;		/* in the loader window; of an update */
	uint64_t bytes;			/* of the file; of a revert: of the slot */
	uint64_t slot;			/* offset in flash of the other slot */
	uint64_t done;			/* bytes of the phase */
	uint64_t total;			/* bytes of the package, by its head */
	unsigned part;			/* whose digest is being made */
	struct hash_run digest;
	struct trust trust;
	struct cbor c;
	struct chain_check chain;
	struct package package;
} update;

static struct boot_range window;
static struct state next;
/* Whole words, as flash has them. */
static uint8_t head[PAGE_BYTES] ALIGNED(8), page[PAGE_BYTES] ALIGNED(8);
static uint8_t policy[FIRMWARE_POLICY_MAX];

void update_open(const struct boot_info *boot_info)
{
	window = boot_info->loader;
	flash_read(PLAT_FLASH_IDENTITY + offsetof(struct identity_page, root_sha256), update.trust.root_sha256,
		   sizeof(update.trust.root_sha256));
}

/* How far the phase is. */
static int64_t go_on(struct call *call, uint64_t all)
{
	call->x[1] = update.phase;
	call->x[2] = update.done;
	call->x[3] = all;
	return ANCHOR_INCOMPLETE;
}

static int64_t phase_begin(struct call *call, uint32_t phase, uint64_t all)
{
	update.phase = phase;
	update.done = 0;
	update.part = 0;
	return go_on(call, all);
}

static int64_t end(int64_t code)
{
	update.job = JOB_NONE;
	return code;
}

static int64_t refuse(struct call *call, enum signed_problem problem, uint64_t byte, unsigned part)
{
	call->x[1] = problem;
	call->x[2] = byte;
	call->x[3] = part;
	return end(ANCHOR_ERR_REFUSED);
}

void update_forget(void)
{
	update.job = JOB_NONE;
}

/* The head is in its copy: what follows is the check of its chain. */
static void begin(enum job job, size_t head_bytes)
{
	const struct state *state = state_get();

	image_forget();
	update.job = job;
	update.phase = ANCHOR_PHASE_HEAD;
	update.slot = slot_offset(slot_other(state->slot));
	update.done = 0;
	for (unsigned role = 0; role < SIGNED_ROLE_END; role++) {
		update.trust.least[role].serial = state->least[role].serial;
		update.trust.least[role].counter = state->least[role].counter;
	}
	update.c = cbor_open(head, head_bytes);
	chain_begin(&update.chain, &update.c, &update.trust, SIGNED_ROLE_FIRMWARE, &update.package.firmware_signer, true);
}

int64_t update_begin(struct call *call)
{
	uint64_t pa = call->x[1], bytes = call->x[2];

	if (bytes == 0 || bytes > PLAT_FLASH_SLOT_BYTES || !range_is_inside(pa, bytes, window.base, window.bytes))
		return ANCHOR_ERR_ARGS;
	/* The other slot may be what runs: a try, or what the ROM chose because the active one fails. It is needed. */
	if (!trial_is_active())
		return ANCHOR_ERR_STATE;
	update.file = (const uint8_t *)(uintptr_t)pa;
	update.bytes = bytes;
	memset(head, 0, sizeof(head));
	memcpy(head, update.file, bytes < PAGE_BYTES ? bytes : PAGE_BYTES);
	begin(JOB_UPDATE, bytes < PAGE_BYTES ? bytes : PAGE_BYTES);
	return ANCHOR_OK;
}

/* The size of the file, or of the slot, against what the head says. */
static int64_t size_check(struct call *call)
{
	const struct firmware *firmware = &update.package.firmware;

	update.total = firmware_part_offset(firmware, FIRMWARE_PART_COUNT);
	if (update.bytes < update.total)
		return refuse(call, SIGNED_TRUNCATED, update.bytes, PART_HEAD);
	if (update.job == JOB_UPDATE && update.bytes > update.total)
		return refuse(call, SIGNED_TRAILING, update.total, PART_HEAD);
	/* The copy in which its signatures are checked. */
	if (firmware->components[FIRMWARE_POLICY].bytes > sizeof(policy))
		return refuse(call, SIGNED_RANGE, firmware_part_offset(firmware, FIRMWARE_POLICY), FIRMWARE_POLICY);
	(void)phase_begin(call, ANCHOR_PHASE_CHECK, update.total);
	update.done = PAGE_BYTES;
	return go_on(call, update.total);
}

static int64_t head_step(struct call *call)
{
	if (chain_step(&update.chain))
		return go_on(call, PAGE_BYTES);
	if (firmware_take(&update.chain, &update.package.firmware) != SIGNED_OK)
		return refuse(call, update.c.problem, (uint64_t)(update.c.at - head), PART_HEAD);
	return size_check(call);
}

static int64_t policy_begin(struct call *call)
{
	size_t bytes = update.package.firmware.components[FIRMWARE_POLICY].bytes;

	update.c = cbor_open(policy, bytes);
	chain_begin(&update.chain, &update.c, &update.trust, SIGNED_ROLE_POLICY, &update.package.policy_signer, true);
	return phase_begin(call, ANCHOR_PHASE_POLICY, bytes);
}

static int64_t finish(void)
{
	next = *state_get();
	if (update.job == JOB_REVERT) {
		slot_swap(&next, STATE_REASON_REVERTED);
	} else {
		next.other = STATE_OTHER_STAGED;
		next.other_version = update.package.firmware.version;
	}
	return end(state_put(&next) == OK ? ANCHOR_OK : ANCHOR_ERR_FLASH);
}

/* The next page, from where the package is now. */
static void page_read(void)
{
	if (update.job == JOB_UPDATE && update.phase == ANCHOR_PHASE_CHECK)
		memcpy(page, update.file + update.done, PAGE_BYTES);
	else
		flash_read(update.slot + update.done, page, PAGE_BYTES);
}

/* A page of a component, and with its last one whether its digest is what the head says. */
static int64_t component_step(struct call *call)
{
	const struct firmware_component *component = &update.package.firmware.components[update.part];
	uint64_t start = firmware_part_offset(&update.package.firmware, (enum firmware_part)update.part);
	uint64_t at = update.done - start;
	bool is_check = update.phase == ANCHOR_PHASE_CHECK;
	uint8_t sha256[HASH_BYTES];
	enum status status = at == 0 ? hash_run_begin(&update.digest) : OK;

	page_read();
	if (status == OK)
		status = hash_run_add(&update.digest, page, PAGE_BYTES);
	if (is_check && update.part == FIRMWARE_POLICY)
		memcpy(policy + at, page, PAGE_BYTES);
	update.done += PAGE_BYTES;
	if (status == OK && at + PAGE_BYTES < component->bytes)
		return go_on(call, update.total);
	if (status != OK || hash_run_end(&update.digest, sha256) != OK || !hash_is_equal(sha256, component->sha256))
		return refuse(call, SIGNED_DIGEST, start, update.part);
	if (++update.part < FIRMWARE_PART_COUNT)
		return go_on(call, update.total);
	return is_check ? policy_begin(call) : finish();
}

static int64_t policy_step(struct call *call)
{
	uint64_t start = firmware_part_offset(&update.package.firmware, FIRMWARE_POLICY);

	if (chain_step(&update.chain))
		return go_on(call, update.package.firmware.components[FIRMWARE_POLICY].bytes);
	if (policy_take(&update.chain, &update.package.policy) != SIGNED_OK)
		return refuse(call, update.c.problem, start + (uint64_t)(update.c.at - policy), FIRMWARE_POLICY);
	return update.job == JOB_REVERT ? finish() : phase_begin(call, ANCHOR_PHASE_ERASE, update.total);
}

/* The first block has the head: what was there is no package from then on. */
static int64_t erase_step(struct call *call)
{
	if (state_get()->other != STATE_OTHER_EMPTY) {
		next = *state_get();
		next.other = STATE_OTHER_EMPTY;
		next.other_version = 0;
		next.failure = 0;
		return state_put(&next) == OK ? go_on(call, update.total) : end(ANCHOR_ERR_FLASH);
	}
	if (flash_erase(update.slot + update.done) != OK)
		return end(ANCHOR_ERR_FLASH);
	update.done += PLAT_FLASH_BLOCK_BYTES;
	if (update.done < update.total)
		return go_on(call, update.total);
	return phase_begin(call, ANCHOR_PHASE_WRITE, update.total);
}

/* Components first; the head is the last page, and is that which was verified. */
static int64_t write_step(struct call *call)
{
	uint64_t at = update.done + PAGE_BYTES;
	bool is_last = at == update.total;

	if (is_last)
		at = 0;
	memcpy(page, is_last ? head : update.file + at, PAGE_BYTES);
	if (flash_program(update.slot + at, page, PAGE_BYTES) != OK)
		return end(ANCHOR_ERR_FLASH);
	update.done += PAGE_BYTES;
	return is_last ? phase_begin(call, ANCHOR_PHASE_VERIFY, update.total) : go_on(call, update.total);
}

/* All of it again, as flash has it now: the outer OS may have changed the file since it was looked at. */
static int64_t verify_step(struct call *call)
{
	if (update.done > 0)
		return component_step(call);
	flash_read(update.slot, page, PAGE_BYTES);
	if (memcmp(page, head, PAGE_BYTES) != 0)
		return end(ANCHOR_ERR_FLASH);
	update.done = PAGE_BYTES;
	return go_on(call, update.total);
}

static int64_t step(struct call *call)
{
	switch (update.phase) {
	case ANCHOR_PHASE_HEAD:
		return head_step(call);
	case ANCHOR_PHASE_CHECK:
		return component_step(call);
	case ANCHOR_PHASE_POLICY:
		return policy_step(call);
	case ANCHOR_PHASE_ERASE:
		return erase_step(call);
	case ANCHOR_PHASE_WRITE:
		return write_step(call);
	default:
		return verify_step(call);
	}
}

int64_t update_step(struct call *call)
{
	return update.job == JOB_UPDATE ? step(call) : ANCHOR_ERR_STATE;
}

int64_t update_revert(struct call *call)
{
	if (trial_is_running() || state_get()->other != STATE_OTHER_PREVIOUS)
		return ANCHOR_ERR_STATE;
	if (update.job == JOB_REVERT)
		return step(call);
	update.bytes = PLAT_FLASH_SLOT_BYTES;
	flash_read(slot_offset(slot_other(state_get()->slot)), head, PAGE_BYTES);
	begin(JOB_REVERT, PAGE_BYTES);
	return go_on(call, PAGE_BYTES);
}
