/*
 * Pairs whose box and VM run the programs of guest.h: raised step by step among the random steps of the walk.
 * Everything of them but what is measured is random.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/addr.h"
#include "lwk/terminal.h"
#include "tests/model/board/board.h"

#define G		MODEL_GRANULE
#define POOL_BYTES	(16 * G)
/* Two for each page of the programs: it is written, and populated. */
#define POPULATE_STEPS	(2u * 2 * GUEST_IMAGE_PAGES)
#define OWN_STEPS	2u
#define MORE_STEPS	6u
/* So many run at a time, and as many are raised as there are fewer. */
#define PAIRS_AT_ONCE	4

static const struct kind {
	const char *name;
	uint32_t class;
	uint64_t options;
	uint32_t vcpus;
} kinds[] = {
	{ "isolated1", HOST_CLASS_ISOLATED, 0, 1 },
	{ "isolated2", HOST_CLASS_ISOLATED, 0, 2 },
	{ "rsi1", HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI, 1 },
	{ "rsi2", HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI, 2 },
	{ "window1", HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_WINDOW, 1 },
	{ "window2", HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_WINDOW, 2 },
};

enum stage { STAGE_PARAMS, STAGE_CREATE, STAGE_POOL, STAGE_POPULATE, STAGE_OWN, STAGE_MORE, STAGE_ACTIVATE };

static struct {
	enum stage stage;
	unsigned done;			/* steps of this stage */
	unsigned kind;
	uint64_t handle;
	uint64_t page;			/* where parameters or content are */
	struct model_step step;		/* under way */
} nurse;

static struct host_pair_params params_of(const struct kind *kind, uint64_t control)
{
	return (struct host_pair_params){
		.control_pa = control, .vm_ram_bytes = 2 * MODEL_BLOCK, .box_ram_bytes = 2 * MODEL_BLOCK,
		.vm_entry = GUEST_BASE, .vcpu_count = kind->vcpus, .class = kind->class, .options = kind->options,
	};
}

/* --- measurements --- */

static void measurement_print(const char *role, const char *name, const struct model_digest *measurement)
{
	terminal_print("allow %s:%s=", role, name);
	for (unsigned i = 0; i < sizeof(*measurement); i++)
		terminal_print("%02x", (unsigned)(measurement->words[i / 8] >> i % 8 * 8 & 0xff));
	terminal_print("\n");
}

void nurse_list(bool is_printed)
{
	static struct model_pair pair;
	struct model_digest box;

	for (unsigned role = 0; role < 2; role++) {
		pair.chain[role] = anchor_first(role);
		pair.run_base[role] = GUEST_BASE;
		pair.populate_next[role] = GUEST_BASE + GUEST_IMAGE_PAGES * G;
		pair.run[role] = (struct model_digest){ { 0 } };
		for (unsigned i = 0; i < GUEST_IMAGE_PAGES; i++)
			pair.run[role] = anchor_extend(pair.run[role], GUEST_BASE + i * G, &board.m->params,
						       CONTENT_IMAGE + role * GUEST_IMAGE_PAGES + i);
	}
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		pair.params = params_of(&kinds[i], 0);
		box = model_measure(&pair, HOST_ROLE_BOX, (struct model_digest){ { 0 } });
		struct model_digest vm = model_measure(&pair, HOST_ROLE_VM, box);

		anchor_allow(HOST_ROLE_BOX, box);
		anchor_allow(HOST_ROLE_VM, vm);
		if (is_printed && i == 0)
			measurement_print("box", "model", &box);
		if (is_printed)
			measurement_print("vm", kinds[i].name, &vm);
	}
}

/* --- steps --- */

static uint64_t below_one(uint64_t bound)
{
	return below(board.walk, bound);
}

static struct model_step params_step(void)
{
	struct model *m = board.m;
	uint64_t slot = m->params.count++;
	union {
		uint64_t words[CONTENT_PARAMS_WORDS];
		struct host_pair_params params;
	} u;

	nurse.kind = (unsigned)below_one(ARRAY_COUNT(kinds));
	nurse.page = value_granule_in(board.walk, m, GRANULE_OUTER);
	u.params = params_of(&kinds[nurse.kind],
			     value_run_outer(board.walk, m, HOST_CONTROL_GRANULES(kinds[nurse.kind].vcpus) * G, 2 * G));
	for (unsigned i = 0; i < CONTENT_PARAMS_WORDS; i++)
		m->params.words[slot][i] = u.words[i];
	return value_step(STEP_PARAMS, nurse.page, slot, 0);
}

static struct model_step place_step(uint64_t id, unsigned role, uint64_t ipa, uint64_t bytes)
{
	struct model_step step = value_step(STEP_HVC, id, nurse.handle, role);

	step.a[3] = ipa;
	step.a[4] = value_run_outer(board.walk, board.m, bytes, G);
	step.a[5] = id == HOST_POPULATE ? nurse.page : bytes;
	step.a[6] = id == HOST_POPULATE ? bytes : 0;
	return step;
}

static struct model_step populate_step(void)
{
	uint64_t image = nurse.done / 2;

	if (nurse.done % 2 == 0) {
		nurse.page = below_one(2) == 0 ? value_granule_in(board.walk, board.m, GRANULE_OUTER) :
						 board.m->shape.loader + below_one(BOARD_LOADER_BYTES / G) * G;
		return value_step(STEP_WRITE, nurse.page, CONTENT_IMAGE + image, 0);
	}
	return place_step(HOST_POPULATE, (unsigned)(image / GUEST_IMAGE_PAGES), GUEST_BASE + image % GUEST_IMAGE_PAGES * G, G);
}

static struct model_step more_step(void)
{
	uint64_t ipa = GUEST_BASE + GUEST_KEPT_BYTES + below_one(24) * G;

	return place_step(HOST_DONATE, nurse.done % 2, ipa, (1 + below_one(4)) * G);
}

static struct model_step step_make(void)
{
	struct model_step step;

	switch (nurse.stage) {
	case STAGE_PARAMS:
		return params_step();
	case STAGE_CREATE:
		return value_step(STEP_HVC, HOST_PAIR_CREATE, nurse.page, 0);
	case STAGE_POOL:
		step = value_step(STEP_HVC, HOST_POOL_ADD, nurse.handle, value_run_outer(board.walk, board.m, POOL_BYTES, G));
		step.a[3] = POOL_BYTES;
		return step;
	case STAGE_POPULATE:
		return populate_step();
	case STAGE_OWN:
		return place_step(HOST_DONATE, nurse.done, GUEST_OWN, GUEST_VCPU_MAX * G);
	case STAGE_MORE:
		return more_step();
	default:
		return value_step(STEP_HVC, HOST_ACTIVATE, nurse.handle, 0);
	}
}

static unsigned active_count(void)
{
	unsigned count = 0;

	for (unsigned i = 0; i < HOST_PAIR_MAX; i++)
		count += board.m->pairs[i].state == HOST_PAIR_ACTIVE ? 1 : 0;
	return count;
}

bool nurse_step(struct model_step *step)
{
	if (nurse.stage == STAGE_PARAMS && (active_count() >= PAIRS_AT_ONCE || board.m->params.count >= CONTENT_PARAMS_MAX))
		return false;
	if (!one_in(board.walk, 2))
		return false;
	*step = nurse.step = step_make();
	return true;
}

/* What the programs have for themselves is not the model's: it changes without a step. */
static void own_forget(void)
{
	for (uint64_t at = 0; at < GUEST_VCPU_MAX * G; at += G)
		model_granule(board.m, nurse.step.a[4] + at)->content = CONTENT_INTERNAL;
}

void nurse_saw(const struct guest_result *result)
{
	static const unsigned steps[] = { 1, 1, 1, POPULATE_STEPS, OWN_STEPS, MORE_STEPS, 1 };
	bool is_call = nurse.step.kind == STEP_HVC, is_good = is_call ? result->x[0] == HOST_OK : result->esr == 0;

	if (is_call && nurse.step.a[0] == HOST_DONATE)
		is_good = is_good && (nurse.stage == STAGE_MORE || result->x[1] == nurse.step.a[5]);
	if (is_good && nurse.stage == STAGE_CREATE)
		nurse.handle = result->x[1];
	if (is_good && nurse.stage == STAGE_OWN)
		own_forget();
	/* It goes the way of all that are not activated; where memory was taken already, one goes without. */
	if (!is_good && nurse.stage != STAGE_MORE) {
		nurse_reset();
		return;
	}
	if (++nurse.done < steps[nurse.stage])
		return;
	nurse.done = 0;
	if (nurse.stage == STAGE_ACTIVATE)
		nurse_reset();
	else
		nurse.stage++;
}

void nurse_reset(void)
{
	nurse.stage = STAGE_PARAMS;
	nurse.done = 0;
	nurse.handle = 0;
}

uint64_t nurse_handle(void)
{
	return nurse.handle;
}
