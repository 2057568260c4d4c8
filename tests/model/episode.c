/*
 * Episodes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/model/episode.h"
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "arch/fake.h"
#include "tests/model/subject.h"
#include "tests/model/walk.h"

/* Nothing that the mediator does takes so long: an endless loop ends here. */
#define HANG_SECONDS 600

static struct model model;
static struct walk walk;
static struct episode_shared *shared;
static const struct episode_plan *plan;

/* The call that is inside: its events so far, and at which one the next step is due. */
static unsigned events, due;
static unsigned outer_cpu;
/* Replay: the next step of the list. */
static unsigned next;
/* Handles by the number of the step that created them: in a shorter list they are others. */
static uint64_t handles[EPISODE_STEPS_MAX + 1];

/* --- steps --- */

static void count(const struct model_step *step)
{
	int row = step->kind <= STEP_SMC ? episode_call_row(step->a[0]) : -1;
	int64_t code = (int64_t)model.cpus[step->cpu].x[0];

	if (row < 0)
		return;
	/* A realm's codes are positive. */
	if (code > 0 && code <= RSI_ERROR_UNKNOWN)
		code = -code;
	if ((model.cpus[step->cpu].known & 1) == 0 || code > 0 || code < -8)
		code = -9;
	shared->seen[row][-code]++;
}

static void step_print(const struct model_step *step, const char *text)
{
	const struct model_cpu *cpu = &model.cpus[step->cpu];

	printf("%s%s", step->inside != 0 ? "    in the middle of it, " : "", text);
	if ((cpu->known & 1) != 0)
		printf(" -> %lld", (long long)cpu->x[0]);
	for (unsigned i = 1; i < 7 && step->kind <= STEP_SMC; i++) {
		if ((cpu->known >> i & 1) != 0)
			printf(" x%u=0x%llx", i, (unsigned long long)cpu->x[i]);
	}
	printf("\n");
}

static void inside(void);

static bool names_a_pair(const struct model_step *step)
{
	switch (step->kind == STEP_HVC ? step->a[0] : 0) {
	case HOST_POOL_ADD:
	case HOST_POPULATE:
	case HOST_POPULATE_IMAGE:
	case HOST_DONATE:
	case HOST_ACTIVATE:
	case HOST_RUN:
	case HOST_NOTIFY:
	case HOST_TERMINATE:
	case HOST_PAIR_MEASUREMENT:
		return true;
	default:
		return false;
	}
}

static void step_do(struct model_step *step)
{
	struct model_facts facts = { 0 };
	char text[256];

	if (step->creation != 0)
		step->a[1] = handles[step->creation];
	if (plan->is_printed)
		episode_text(&model, step, text, sizeof(text));
	model_begin(&model, step);
	subject_step(&model, step, inside, &facts);
	/* What the mediator said wrong is better known than what follows from it. */
	bool is_possible = model_end(&model, step, &facts);

	handles[step->number] = facts.handle;
	if (plan->is_printed)
		step_print(step, text);
	if (subject_result(step->cpu, 0) == 0 && !is_possible)
		fake_violation("the answer can't be: handle 0x%llx, x1 0x%llx", (unsigned long long)facts.handle,
			       (unsigned long long)facts.x[1]);
	subject_expect_step(&model, step);
	count(step);
	shared->total++;
}

/* The newest creation of this handle; 0 if there is none. */
static uint32_t creation_of(uint64_t handle)
{
	for (uint32_t i = shared->count; handle != 0 && i > 0; i--) {
		if (handles[i] == handle)
			return i;
	}
	return 0;
}

static void step_record(struct model_step *step)
{
	step->creation = names_a_pair(step) ? creation_of(step->a[1]) : 0;
	step->number = shared->count + 1;
	shared->steps[shared->count++] = *step;
	if (step->kind == STEP_PARAMS)
		memcpy(shared->params.words[step->a[1]], model.params.words[step->a[1]],
		       sizeof(shared->params.words[0]));
	shared->params.count = model.params.count;
}

/* --- walks --- */

/* Somebody steps in, if it is time: a step of the walk, or the next of the list. */
static void inside(void)
{
	struct model_step step;

	if (++events != due)
		return;
	if (plan->is_replay) {
		step = shared->steps[next++];
		shared->reached = next;
	} else {
		step = walk_step_inside(&walk, &model, outer_cpu);
		step.inside = (uint8_t)due;
		step_record(&step);
	}
	shared->insides++;
	step_do(&step);
	due = 0;
	if (plan->is_replay && next < shared->count && shared->steps[next].inside > events &&
	    shared->steps[next].cpu != outer_cpu)
		due = shared->steps[next].inside;
}

static void outer_begin(unsigned cpu, unsigned at)
{
	outer_cpu = cpu;
	events = 0;
	/* The rules of TLBs know no CPU that is in the middle of a call. */
	due = plan->is_strict ? 0 : at;
}

/* The machine that the process before left booted, once; then another. */
static bool is_booted;

static void boot(void)
{
	if (!is_booted)
		subject_boot(&model, plan->is_strict);
	is_booted = false;
	memset(handles, 0, sizeof(handles));
}

static void episode_walk(uint64_t episode)
{
	boot();
	walk_init(&walk, plan->seed, episode, model.shape.ram + model.shape.ram_bytes - MODEL_BLOCK);
	shared->count = 0;
	shared->episode = episode;
	for (unsigned i = 0; i < plan->steps && shared->count + 2 < EPISODE_STEPS_MAX; i++) {
		struct model_step step = walk_step(&walk, &model, MODEL_CPU_MAX);

		step_record(&step);
		outer_begin(step.cpu, walk_inside(&walk, step.a[5] < HOST_MOVE_MAX ? step.a[5] : 0));
		step_do(&step);
		if (i % plan->check_interval == plan->check_interval - 1) {
			alarm(HANG_SECONDS);
			subject_expect_all(&model);
			fake_events_clear();
		}
	}
	subject_expect_all(&model);
	for (size_t i = 0; i < sizeof(model.counts) / sizeof(uint64_t); i++)
		((uint64_t *)&shared->counts)[i] += ((const uint64_t *)&model.counts)[i];
}

static void episode_replay(void)
{
	boot();
	model.params.count = shared->params.count;
	memcpy(model.params.words, shared->params.words, shared->params.count * sizeof(shared->params.words[0]));
	shared->reached = 0;
	for (next = 0; next < shared->count;) {
		struct model_step *step = &shared->steps[next++];
		bool is_next_inside = next < shared->count && shared->steps[next].inside != 0 &&
				      shared->steps[next].cpu != step->cpu;

		outer_begin(step->cpu, is_next_inside ? shared->steps[next].inside : 0);
		shared->reached = next;
		step_do(step);
		if (next >= plan->check_from || next % plan->check_interval == 0) {
			alarm(HANG_SECONDS);
			subject_expect_all(&model);
			fake_events_clear();
		}
	}
	subject_expect_all(&model);
}

/* --- processes --- */

static void the_mediator_does_what_the_model_says(void **state)
{
	(void)state;
	alarm(HANG_SECONDS);
	if (plan->is_replay) {
		episode_replay();
		return;
	}
	for (uint64_t i = 0; i < plan->episodes; i++)
		episode_walk(plan->first + i);
}

struct episode_shared *episode_open(void)
{
	void *memory = mmap(NULL, sizeof(struct episode_shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED) {
		perror("model: no shared memory");
		exit(2);
	}
	return memory;
}

static int child(int out)
{
	const struct CMUnitTest tests[] = { TEST(the_mediator_does_what_the_model_says) };
	int failed;

	if (!plan->is_printed)
		dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	fflush(NULL);
	return failed;
}

/* The last that fits. */
static void message_read(int file, char *message)
{
	off_t size = lseek(file, 0, SEEK_END);
	off_t from = size < EPISODE_MESSAGE ? 0 : size - EPISODE_MESSAGE + 1;
	ssize_t got = pread(file, message, EPISODE_MESSAGE - 1, from);

	message[got < 0 ? 0 : got] = 0;
}

bool episode_run(struct episode_shared *memory, const struct episode_plan *what, char *message)
{
	int out = memfd_create("model", 0), status = 0;

	shared = memory;
	plan = what;
	if (!is_booted)
		subject_boot(&model, plan->is_strict);
	is_booted = true;
	fflush(NULL);
	pid_t pid = fork();

	if (out < 0 || pid < 0) {
		perror("model: no process");
		exit(2);
	}
	if (pid == 0)
		_exit(child(out) == 0 ? 0 : 1);
	waitpid(pid, &status, 0);
	message_read(out, message);
	close(out);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}
