/*
 * `model SEED STEPS`: episodes of random steps; `model 0 0`: what the policy must list for them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/cpu.h"
#include "lwk/frames.h"
#include "lwk/host.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "tests/model/board/board.h"

#define G			MODEL_GRANULE
#define EPISODE_STEPS		10000
#define CHECK_INTERVAL		2000
/* So many steps are shown when one differs. */
#define SHOWN			16
#define CPACR_FPEN		(3ull << 20)

_Static_assert(sizeof(struct model) + sizeof(struct walk) <= 2 * BLOCK_BYTES, "a place for the model");

struct board board;

static struct model_step shown[SHOWN];
static uint8_t shown_actor[SHOWN];
static uint64_t shown_count;

/* --- reports --- */

static void step_print(const struct model_step *step, unsigned actor)
{
	static const char *const actors[] = { "outer OS", "box", "VM" };
	static const char *const kinds[] = { "hvc", "smc", "parameters", "write", "read", "register", "interrupt", "wait" };
	char call[48] = "";

	if (step->kind <= STEP_SMC)
		record_call(step->a[0], call, sizeof(call));
	terminal_print("  CPU %u, %s: %s %s", step->cpu, actors[actor], kinds[step->kind], call);
	for (unsigned i = step->kind <= STEP_SMC ? 1 : 0; i < 7; i++)
		terminal_print(" 0x%llx", (unsigned long long)step->a[i]);
	terminal_print("\n");
}

struct text {
	size_t used;
	char words[256];
};

static void text_put(void *context, char c)
{
	struct text *text = context;

	if (text->used + 1 < sizeof(text->words))
		text->words[text->used++] = c;
}

void board_differ(const char *format, ...)
{
	static const struct print_sink sink = { text_put };
	struct text out = { .used = 0 };
	va_list list;

	if (board.has_failed)
		return;
	board.has_failed = true;
	va_start(list, format);
	print_to(&sink, &out, format, list);
	va_end(list);
	for (uint64_t i = shown_count < SHOWN ? 0 : shown_count - SHOWN; i < shown_count; i++)
		step_print(&shown[i % SHOWN], shown_actor[i % SHOWN]);
	for (unsigned cpu = 0; cpu < board.m->shape.cpu_count; cpu++) {
		const struct board_vcpu *vcpu = &board.vcpus[board.m->cpus[cpu].slot][0];

		if (board.m->cpus[cpu].actor != MODEL_OUTER && vcpu->handle != 0)
			step_print(&vcpu->step, MODEL_VM);
	}
	terminal_print("model: differs at step %llu: %s\n", (unsigned long long)board.steps, out.words);
}

/* --- the board --- */

static bool memory_take(void)
{
	struct frames_run model, ram;

	if (frames_take_blocks(2 * BLOCK_BYTES, &model, 1) != 1)
		return false;
	if (frames_take_blocks(BOARD_RAM_BYTES, &ram, 1) != 1) {
		frames_give(model.pa, model.bytes);
		return false;
	}
	board.m = (struct model *)(uintptr_t)model.pa;
	board.walk = (struct walk *)(uintptr_t)(model.pa + sizeof(struct model));
	board.m->shape.ram = ram.pa;
	return true;
}

static void memory_give(void)
{
	uint64_t ram = board.m->shape.ram;

	frames_give((uintptr_t)board.m, 2 * BLOCK_BYTES);
	frames_give(ram, BOARD_RAM_BYTES);
}

/* The end of the loader window: no file is there. */
static uint64_t loader_end(void)
{
	struct host_granule granule = { 0 };
	uint64_t at = PLAT_LOADER_BASE;

	while (host_granule(at, &granule) == HOST_OK && granule.state == GRANULE_LOADER)
		at += granule.bytes;
	return at;
}

static unsigned boot_measurements(void)
{
	unsigned count = 0;

	while (host_call(HOST_BOOT_MEASUREMENT, count, 0, 0).status == HOST_OK)
		count++;
	return count;
}

/* A model of the board as it is: all of the outer OS's memory holds something else. */
static void episode_begin(uint64_t seed, uint64_t episode)
{
	struct host_result info = host_call(HOST_INFO, 0, 0, 0);
	struct model_shape shape = {
		.ram = board.m->shape.ram, .ram_bytes = BOARD_RAM_BYTES, .carveout = PLAT_MEDIATOR_BASE,
		.carveout_bytes = plat_carveout_bytes(info.x[4] * G), .loader = loader_end() - BOARD_LOADER_BYTES,
		.loader_bytes = BOARD_LOADER_BYTES, .dram = PLAT_RAM_BASE, .dram_bytes = info.x[4] * G,
		.cpu_count = cpu_count - 2 < MODEL_CPU_MAX ? cpu_count - 2 : MODEL_CPU_MAX,
		.board_cpu_count = cpu_count, .boot_measurements = boot_measurements(),
	};

	model_init(board.m, &shape);
	board.m->params.images = guest_images;
	board.m->shape.outer_elsewhere = info.x[5] - board.m->outer_count;
	for (unsigned i = 0; i < board.m->granule_count; i++) {
		const struct model_granule *granule = &board.m->granules[i];

		if (granule->content != CONTENT_INTERNAL)
			(void)page_write(model_pa(board.m, granule), granule->content);
	}
	walk_init(board.walk, seed, episode, shape.ram + shape.ram_bytes - MODEL_BLOCK);
	nurse_reset();
}

/* --- steps --- */

static void step_do(struct model_step *step)
{
	shown[shown_count % SHOWN] = *step;
	shown_actor[shown_count++ % SHOWN] = board.m->cpus[step->cpu].actor;
	drive_step(step);
}

static bool is_about_guests(const struct model_step *step)
{
	return step->kind == STEP_HVC && step->a[0] == HOST_RUN;
}

/*
 * A step of the walk, or of the nurse. Boxes and VMs come to their turn more often than the walk would let them: what
 * the outer OS tries alone was mostly tried on the host.
 */
static struct model_step step_draw(bool *is_nursed)
{
	struct model_step step;
	bool is_fit;

	do {
		step = walk_step(board.walk, board.m, MODEL_CPU_MAX);
		uint8_t cpu = step.cpu;

		*is_nursed = board.m->cpus[cpu].actor == MODEL_OUTER && nurse_step(&step);
		if (drive_vm_asks(cpu) && !one_in(board.walk, 4))
			step = value_step(STEP_HVC, BOX_VM_RUN, BOX_ANSWER_DONE, 0);
		step.cpu = cpu;
		is_fit = fit_step(&step) && (board.m->cpus[cpu].actor != MODEL_OUTER || is_about_guests(&step) ||
					     one_in(board.walk, 3));
	} while (!*is_nursed && !is_fit);
	return step;
}

static void step_random(void)
{
	bool is_nursed;
	struct model_step step = step_draw(&is_nursed);

	board.steps++;
	step_do(&step);
	if (is_nursed && !board.has_failed)
		nurse_saw(carrier_result(step.cpu));
}

static void outer_do(uint64_t id, uint64_t a, uint64_t b)
{
	struct model_step step = value_step(STEP_HVC, id, a, b);

	if (!board.has_failed)
		step_do(&step);
}

/* All boxes leave, all pairs die, all memory comes back: steps like the others. */
static void episode_end(void)
{
	struct model *m = board.m;

	for (unsigned cpu = 0; cpu < m->shape.cpu_count; cpu++) {
		struct model_step step = value_step(STEP_HVC, BOX_NOTIFY, 0, 0);

		step.cpu = (uint8_t)cpu;
		if (m->cpus[cpu].actor == MODEL_BOX && !board.has_failed)
			step_do(&step);
	}
	for (unsigned slot = 0; slot < HOST_PAIR_MAX; slot++) {
		if (m->pairs[slot].state == HOST_PAIR_NEW || m->pairs[slot].state == HOST_PAIR_ACTIVE)
			outer_do(HOST_TERMINATE, m->pairs[slot].handle, 0);
	}
	for (unsigned i = 0; i < m->granule_count; i++) {
		const struct model_granule *granule = &m->granules[i];
		uint64_t pa = model_pa(m, granule);

		if (granule->pair != 0 &&
		    pa != m->pairs[granule->pair - 1].params.control_pa + HOST_CONTROL_DESCRIPTOR * G)
			outer_do(HOST_RECLAIM, pa, HOST_MOVE_MAX);
	}
	for (unsigned i = 0; i < m->granule_count; i++) {
		if (m->granules[i].pair != 0)
			outer_do(HOST_RECLAIM, model_pa(m, &m->granules[i]), G);
	}
	if (!board.has_failed)
		look_all();
}

/* What came about in all episodes. */
static struct model_counts counts;

static void counts_add(void)
{
	for (size_t i = 0; i < sizeof(counts) / sizeof(uint64_t); i++)
		((uint64_t *)&counts)[i] += ((const uint64_t *)&board.m->counts)[i];
}

static void run(uint64_t seed, uint64_t steps)
{
	for (uint64_t episode = 0; board.steps < steps && !board.has_failed; episode++) {
		uint64_t end = board.steps + EPISODE_STEPS < steps ? board.steps + EPISODE_STEPS : steps;

		if (episode != 0)
			episode_begin(seed, episode);
		for (uint64_t i = 1; board.steps < end && !board.has_failed; i++) {
			step_random();
			if (i % CHECK_INTERVAL == 0)
				look_all();
		}
		episode_end();
		counts_add();
	}
}

static void report(unsigned seed)
{
	const struct {
		const char *name;
		uint64_t count;
	} events[] = {
		{ "pairs died", counts.deaths }, { "blocks", counts.blocks }, { "blocks from pages", counts.folds },
		{ "accesses through a window", counts.window_accesses }, { "pages shared", counts.pages_shared },
		{ "pages taken back", counts.pages_taken_back }, { "pages announced", counts.pages_announced },
		{ "rings begun", counts.rings }, { "rings ended", counts.rings_ended },
		{ "rings refused", counts.rings_refused }, { "host calls", counts.host_calls },
	};

	for (size_t i = 0; i < ARRAY_COUNT(events); i++)
		terminal_print("model: %s: %llu\n", events[i].name, (unsigned long long)events[i].count);

	terminal_print("model: seed %u, %u CPUs: %llu steps (outer OS %llu, boxes %llu, VMs %llu) and %llu of programs, ",
		       seed, board.m->shape.cpu_count, (unsigned long long)board.steps,
		       (unsigned long long)board.seen[MODEL_OUTER], (unsigned long long)board.seen[MODEL_BOX],
		       (unsigned long long)board.seen[MODEL_VM], (unsigned long long)board.forced);
	terminal_print("%u differences, %llu late interrupts\n", board.has_failed ? 1 : 0, (unsigned long long)board.late);
}

static void command_model(const struct shell_arguments *arguments)
{
	unsigned seed, steps;

	if (!shell_number("model, SEED", arguments->text[0], 0, &seed) ||
	    !shell_number("model, STEPS", arguments->text[1], 0, &steps))
		return;
	if (cpu_count < 3) {
		terminal_print("error: model: it needs three CPUs\n  do: give the board more\n");
		return;
	}
	board = (struct board){ .m = NULL };
	counts = (struct model_counts){ 0 };
	if (!memory_take()) {
		terminal_print("error: model: no memory for it\n");
		return;
	}
	write_cpacr_el1(read_cpacr_el1() | CPACR_FPEN);
	isb();
	episode_begin(seed, 0);
	nurse_list(steps == 0);
	if (steps == 0) {
		memory_give();
		return;
	}
	if (!carrier_start(board.m->shape.cpu_count)) {
		terminal_print("error: model: no CPU for each thread\n");
		return;
	}
	run(seed, steps);
	report(seed);
	/* After a difference somebody may be anywhere: the board is of no use any more. */
	if (board.has_failed)
		return;
	carrier_end();
	memory_give();
}

SHELL_COMMAND(model, "SEED STEPS", "random steps beside the model of ownership; 0 steps: what the policy must list",
	      2, 2, command_model);
