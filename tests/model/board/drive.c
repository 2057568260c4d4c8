/*
 * One step on the board: whoever runs is told, the model does the same, and both are compared. What the programs of box
 * and VM do to be told and to report are steps too.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "lwk/probe.h"
#include "lwk/timer.h"
#include "tests/model/board/board.h"

#define G		MODEL_GRANULE
/* Only a hang lasts as long. */
#define HANG_MS		120000

enum event { EVENT_OUTER, EVENT_BOX, EVENT_NONE };

static unsigned long long number(uint64_t value)
{
	return value;
}

static struct model_cpu *cpu_of(unsigned cpu)
{
	return &board.m->cpus[cpu];
}

/* --- boxes --- */

/* The vCPU that is, or was, on a CPU. */
static struct board_vcpu *vcpu_of(unsigned cpu)
{
	const struct model_cpu *c = cpu_of(cpu);
	struct board_vcpu *vcpu = &board.vcpus[c->slot][c->vcpu % GUEST_VCPU_MAX];
	uint64_t handle = board.m->pairs[c->slot].handle;

	if (vcpu->handle != handle)
		*vcpu = (struct board_vcpu){ .handle = handle };
	return vcpu;
}

static struct guest_mail *mail_of(unsigned cpu)
{
	const struct model_cpu *c = cpu_of(cpu);
	struct model_granule *page = model_page(board.m, c->slot, HOST_ROLE_BOX, GUEST_OWN + c->vcpu * G);

	return page == NULL ? NULL : (struct guest_mail *)(uintptr_t)model_pa(board.m, page);
}

/* Has it done what it was told? Before it has shared its page nobody can look. */
static bool box_is_done(unsigned cpu)
{
	struct guest_mail *mail = mail_of(cpu);
	uint64_t done;

	return mail != NULL && probe_load64((uintptr_t)&mail->done, &done) && done == vcpu_of(cpu)->posted;
}

static void box_post(unsigned cpu, const struct model_step *step)
{
	struct guest_mail *mail = mail_of(cpu);

	mail->step = (struct guest_step){ .kind = step->kind };
	for (unsigned i = 0; i < GUEST_ARGUMENTS; i++)
		mail->step.a[i] = step->a[i];
	mail->posted = ++vcpu_of(cpu)->posted;
}

/* --- events --- */

/*
 * Until whoever runs on a CPU is back: at the carrier, or at the box's program if that is possible. An interrupt that
 * is none of the driver's is as if it had not been: what it interrupted goes on.
 */
static enum event await(unsigned cpu, bool is_box_possible, bool is_interrupted)
{
	uint64_t end = timer_now() + timer_from_ms(HANG_MS);

	while (timer_now() < end) {
		if (carrier_done(cpu)) {
			if (is_interrupted || !carrier_is_interrupted(cpu))
				return EVENT_OUTER;
			board.late++;
			carrier_again(cpu);
		} else if (is_box_possible && box_is_done(cpu)) {
			return EVENT_BOX;
		}
		cpu_relax();
	}
	board_differ("CPU %u does not come back", cpu);
	return EVENT_NONE;
}

static const struct guest_result *result_of(unsigned cpu, enum event event)
{
	return event == EVENT_BOX ? &mail_of(cpu)->result : carrier_result(cpu);
}

/* --- comparisons --- */

static void who_expect(unsigned cpu, enum event event)
{
	unsigned actor = cpu_of(cpu)->actor;

	if (event != EVENT_NONE && (event == EVENT_OUTER) != (actor == MODEL_OUTER))
		board_differ("the %s runs, the model has the %s", event == EVENT_OUTER ? "outer OS" : "box",
			     actor == MODEL_OUTER ? "outer OS" : actor == MODEL_BOX ? "box" : "VM");
}

static void registers_expect(unsigned cpu, const uint64_t x[7])
{
	const struct model_cpu *expected = cpu_of(cpu);

	for (unsigned i = 0; i < 7; i++) {
		if ((expected->known >> i & 1) != 0 && x[i] != expected->x[i])
			board_differ("x%u is 0x%llx (%lld), the model has 0x%llx (%lld)", i, number(x[i]), (long long)x[i],
				     number(expected->x[i]), (long long)expected->x[i]);
	}
}

static void changes_expect(void)
{
	const struct model *m = board.m;

	look_granules(m->touched_base, m->touched_bytes);
	look_granules(m->touched_source, m->touched_source_bytes);
}

/* What a load or store of memory must come to; before the step changes anything. */
struct access {
	bool is_any, is_refused, is_known;
	uint64_t first, last;
};

static struct access access_of(const struct model_step *step)
{
	struct access access = { .is_any = step->kind == STEP_READ || step->kind == STEP_WRITE || step->kind == STEP_PARAMS };
	unsigned may;
	const struct model_granule *granule = access.is_any ? model_reach(board.m, step->cpu, step->a[0], &may) : NULL;

	if (!access.is_any)
		return access;
	access.is_refused = granule == NULL || (may & (step->kind == STEP_READ ? MODEL_READ : MODEL_WRITE)) == 0;
	access.is_known = !access.is_refused && step->kind == STEP_READ && granule->content != CONTENT_INTERNAL &&
			  granule->state != GRANULE_NOTICE;
	if (access.is_known) {
		access.first = content_word(&board.m->params, granule->content, 0);
		access.last = content_word(&board.m->params, granule->content, CONTENT_WORDS - 1);
	}
	return access;
}

static void access_expect(const struct access *access, const struct guest_result *result)
{
	if (!access->is_any)
		return;
	if ((result->esr != 0) != access->is_refused)
		board_differ("the access is %s (ESR 0x%llx)", result->esr == 0 ? "not refused" : "refused", number(result->esr));
	if (access->is_known && (result->x[0] != access->first || result->x[1] != access->last))
		board_differ("the page begins with 0x%llx, the model has 0x%llx; it ends with 0x%llx, 0x%llx",
			     number(result->x[0]), number(access->first), number(result->x[1]), number(access->last));
}

/* --- the model's half --- */

/* The second half of a step that ended with @event. */
static void model_finish(const struct model_step *step, enum event event, const struct guest_result *result,
			 bool was_outer)
{
	struct model_facts facts = { 0 };
	const uint64_t *x = result->x;

	if (was_outer && step->a[0] == HOST_PAIR_CREATE && x[0] == HOST_OK)
		facts = (struct model_facts){ .handle = x[1], .slot = (unsigned)(x[1] & 0xffffffff) - 1 };
	facts.has_left = event == EVENT_OUTER && !was_outer && x[1] == HOST_EXIT_TERMINATED;
	for (unsigned i = 0; i < 3; i++)
		facts.x[i] = x[i];
	if (!model_end(board.m, step, &facts) && x[0] == HOST_OK)
		board_differ("the answer can't be: x1 0x%llx", number(x[1]));
}

/* A step of a program by which it is told or reports: the model's, for what came of it on the board. */
static void forced(const struct model_step *step, enum event event, const struct guest_result *result)
{
	board.forced++;
	model_begin(board.m, step);
	model_finish(step, event, result, false);
	if (event == EVENT_NONE)
		return;
	who_expect(step->cpu, event);
	registers_expect(step->cpu, result->x);
}

static struct model_step step_of(unsigned cpu, unsigned kind, uint64_t a0, uint64_t a1)
{
	struct model_step step = value_step(kind, a0, a1, 0);

	step.cpu = (uint8_t)cpu;
	return step;
}

/* The box lets its VM go on, which reads @value if it was reading. @is_model_only: on the board it did so already. */
static void answer(unsigned cpu, uint64_t value, bool is_model_only)
{
	struct model_step step = step_of(cpu, STEP_HVC, BOX_VM_RUN, BOX_ANSWER_DONE);

	step.a[2] = value;
	if (!is_model_only)
		box_post(cpu, &step);
	model_begin(board.m, &step);
	(void)model_end(board.m, &step, &(struct model_facts){ 0 });
	board.forced++;
}

/* --- VMs --- */

static unsigned reports_of(const struct model_step *step)
{
	return step->kind <= STEP_SMC ? GUEST_RESULTS : step->kind == STEP_READ ? 3 : 1;
}

static uint64_t word_of(const struct board_vcpu *vcpu, unsigned i)
{
	const struct model_step *step = &vcpu->step;

	if (i != 0)
		return step->a[i - 1];
	return step->kind | (uint64_t)vcpu->count << GUEST_COUNT_SHIFT | (uint64_t)reports_of(step) << GUEST_REPORTS_SHIFT;
}

/* The VM reads its next word; false: and its box has to say something first. */
static bool vm_fetch(unsigned cpu)
{
	struct board_vcpu *vcpu = vcpu_of(cpu);
	struct model_step step = step_of(cpu, STEP_READ, GUEST_FETCH + 8ull * vcpu->next, 0);
	enum event event = await(cpu, true, false);

	forced(&step, event, result_of(cpu, event));
	if (event != EVENT_BOX || vcpu->next == 0)
		return false;
	answer(cpu, word_of(vcpu, vcpu->next), false);
	if (vcpu->next++ == vcpu->count)
		vcpu->phase = BOARD_PERFORM;
	return true;
}

/*
 * What a step came to is reported by writes to a device. The step is not over in the model before all is known: what
 * the box sees and answers meanwhile is kept, and the model does it then.
 */
struct reports {
	unsigned count;
	struct guest_result seen[GUEST_RESULTS], result;
};

static bool reports_take(unsigned cpu, struct reports *reports)
{
	struct model_step done = step_of(cpu, STEP_HVC, BOX_VM_RUN, BOX_ANSWER_DONE);

	for (unsigned i = 0; i < reports->count; i++) {
		struct guest_result *seen = &reports->seen[i];

		if (await(cpu, true, false) != EVENT_BOX)
			return false;
		*seen = mail_of(cpu)->result;
		if (seen->x[1] != BOX_EXIT_MMIO || seen->x[2] != GUEST_REPORT + 8ull * i) {
			board_differ("the VM is at 0x%llx, reason %llu", number(seen->x[2]), number(seen->x[1]));
			return false;
		}
		if (i == 0)
			reports->result.esr = seen->x[4];
		else
			reports->result.x[i - 1] = seen->x[4];
		box_post(cpu, &done);
	}
	return true;
}

static void reports_replay(unsigned cpu, const struct reports *reports)
{
	for (unsigned i = 0; i < reports->count && !board.has_failed; i++) {
		struct model_step write = step_of(cpu, STEP_WRITE, GUEST_REPORT + 8ull * i, reports->seen[i].x[4]);

		forced(&write, EVENT_BOX, &reports->seen[i]);
		answer(cpu, 0, true);
	}
	vcpu_of(cpu)->phase = BOARD_FETCH;
	vcpu_of(cpu)->next = 0;
}

/* The drawn step stayed in the VM. */
static void vm_stayed(unsigned cpu, const struct model_step *step, const struct access *access)
{
	struct reports reports = { .count = reports_of(step) };
	const struct model_cpu *c = cpu_of(cpu);

	if (!reports_take(cpu, &reports)) {
		board_differ("the VM did not stay");
		return;
	}
	model_finish(step, EVENT_BOX, &reports.result, false);
	access_expect(access, &reports.result);
	if (step->kind <= STEP_SMC)
		registers_expect(cpu, reports.result.x);
	else if (step->kind == STEP_READ && (c->known >> 2 & 1) != 0 && reports.result.x[0] != c->x[2])
		board_differ("the VM reads 0x%llx, the model has 0x%llx", number(reports.result.x[0]), number(c->x[2]));
	changes_expect();
	reports_replay(cpu, &reports);
}

static void vm_perform(unsigned cpu)
{
	struct board_vcpu *vcpu = vcpu_of(cpu);
	const struct model_step *step = &vcpu->step;
	struct access access = access_of(step);
	bool is_device = (step->a[0] & (MODEL_HALF - 1)) < MODEL_RAM_BASE;

	access.is_any = access.is_any && !is_device;
	model_begin(board.m, step);
	vcpu->phase = BOARD_REPORT;
	vcpu->is_aborted = false;
	if (cpu_of(cpu)->actor == MODEL_VM) {
		vm_stayed(cpu, step, &access);
		return;
	}
	enum event event = await(cpu, true, false);

	model_finish(step, event, result_of(cpu, event), false);
	who_expect(cpu, event);
	registers_expect(cpu, result_of(cpu, event)->x);
	changes_expect();
}

/* The drawn step left the VM, which goes on now. */
static void vm_report(unsigned cpu)
{
	struct board_vcpu *vcpu = vcpu_of(cpu);
	const struct model_step *step = &vcpu->step;
	struct reports reports = { .count = reports_of(step) };

	if (!reports_take(cpu, &reports)) {
		board_differ("the VM does not go on");
		return;
	}
	if (step->kind == STEP_SMC && reports.result.x[0] != RSI_SUCCESS)
		board_differ("the host call was answered 0x%llx", number(reports.result.x[0]));
	if (step->kind > STEP_SMC && (reports.result.esr != 0) != vcpu->is_aborted)
		board_differ("the box answered by %s, ESR is 0x%llx", vcpu->is_aborted ? "an abort" : "a value",
			     number(reports.result.esr));
	if (step->kind == STEP_READ && !vcpu->is_aborted && reports.result.x[0] != vcpu->expected_read)
		board_differ("the VM reads 0x%llx, the box's answer was 0x%llx", number(reports.result.x[0]),
			     number(vcpu->expected_read));
	reports_replay(cpu, &reports);
}

/* A VM goes on by itself until its program asks its box what to do next. */
static void vm_progress(unsigned cpu)
{
	bool is_going = true;

	while (is_going && cpu_of(cpu)->actor == MODEL_VM && !board.has_failed) {
		switch (vcpu_of(cpu)->phase) {
		case BOARD_FETCH:
			is_going = vm_fetch(cpu);
			break;
		case BOARD_PERFORM:
			vm_perform(cpu);
			break;
		default:
			vm_report(cpu);
			break;
		}
	}
}

/* What a VM is there for: RSI, the doorbell, and the registers of queues. */
static bool is_about_sharing(const struct model_step *step)
{
	bool is_doorbell = (step->a[0] & (MODEL_HALF - 1)) - WINDOW_DOORBELL_BASE < G;

	return step->kind == STEP_REGISTER || (step->kind == STEP_WRITE && is_doorbell) ||
	       (step->kind == STEP_SMC && step->a[0] - RSI_CALL_BASE < RSI_CALL_END - RSI_CALL_BASE);
}

/* A first byte that was announced gets a last one now and then: by chance alone that is too rare. */
static bool vm_announces(unsigned cpu, struct model_step *step)
{
	const struct model_pair *pair = &board.m->pairs[cpu_of(cpu)->slot];
	uint64_t last = pair->announced_first + (1 + below(board.walk, 3)) * G - 1;

	if (pair->announced_first < MODEL_RAM_BASE || !one_in(board.walk, 16))
		return false;
	*step = step_of(cpu, STEP_WRITE, WINDOW_DOORBELL_BASE + WINDOW_DOORBELL_LAST, last);
	return true;
}

static struct model_step vm_draw(unsigned cpu)
{
	struct model_step step;

	do {
		if (vm_announces(cpu, &step))
			return step;
		step = walk_guest(board.walk, board.m, cpu);
		step.cpu = (uint8_t)cpu;
	} while (!fit_step(&step) || (!is_about_sharing(&step) && !one_in(board.walk, 3)));
	/* Nobody can tell when a VM that waits for nothing is interrupted. */
	if (step.kind == STEP_INTERRUPT)
		step.kind = STEP_WAIT;
	return step;
}

/* The box's answer lets its VM go on: to what it is to do next, if its program asked for that. */
static void vm_instruct(struct model_step *step)
{
	struct board_vcpu *vcpu = vcpu_of(step->cpu);

	vcpu->expected_read = step->a[2];
	vcpu->is_aborted = step->a[1] == BOX_ANSWER_ABORT;
	if (vcpu->phase != BOARD_FETCH || vcpu->next != 0 || step->a[1] != BOX_ANSWER_DONE)
		return;
	vcpu->step = vm_draw(step->cpu);
	board.steps++;
	board.seen[MODEL_VM]++;
	for (vcpu->count = GUEST_ARGUMENTS; vcpu->count > 0 && vcpu->step.a[vcpu->count - 1] == 0;)
		vcpu->count--;
	step->a[2] = word_of(vcpu, 0);
	vcpu->next = 1;
	vcpu->phase = vcpu->count == 0 ? BOARD_PERFORM : BOARD_FETCH;
}

/* --- everybody --- */

static void post(const struct model_step *step, unsigned actor)
{
	if (step->kind == STEP_INTERRUPT && actor != MODEL_OUTER)
		carrier_interrupt(step->cpu);
	else if (actor == MODEL_OUTER)
		carrier_post(step->cpu, step);
	else
		box_post(step->cpu, step);
}

/*
 * The outer OS lets a box in: that it is there is seen when it has done something. For the first time it shares its
 * page; where it was told nothing since it was interrupted it is asked for BOX_INFO; else it comes back from what it did
 * last.
 */
static void box_begin(struct model_step *step)
{
	struct board_vcpu *vcpu = vcpu_of(step->cpu);
	uint64_t own = GUEST_OWN + cpu_of(step->cpu)->vcpu * G;
	struct model_step next = step_of(step->cpu, STEP_HVC, BOX_INFO, 0);

	if (vcpu->posted == 0) {
		next = step_of(step->cpu, STEP_HVC, BOX_SHARE, own);
		vcpu->posted = 1;
	} else if (box_is_done(step->cpu)) {
		box_post(step->cpu, &next);
	} else {
		return;
	}
	(void)model_end(board.m, step, &(struct model_facts){ 0 });
	board.forced++;
	model_begin(board.m, &next);
	*step = next;
}

void drive_step(struct model_step *step)
{
	unsigned cpu = step->cpu, actor = cpu_of(cpu)->actor;
	struct access access = access_of(step);

	board.seen[actor]++;
	model_begin(board.m, step);
	if (actor == MODEL_BOX && cpu_of(cpu)->actor == MODEL_VM)
		vm_instruct(step);
	post(step, actor);
	if (actor == MODEL_OUTER && cpu_of(cpu)->actor == MODEL_BOX)
		box_begin(step);
	if (cpu_of(cpu)->actor == MODEL_VM) {
		(void)model_end(board.m, step, &(struct model_facts){ 0 });
		vm_progress(cpu);
		return;
	}
	enum event event = await(cpu, cpu_of(cpu)->actor == MODEL_BOX, step->kind == STEP_INTERRUPT);

	if (event == EVENT_NONE)
		return;
	const struct guest_result *result = result_of(cpu, event);

	if (actor == MODEL_OUTER && step->kind == STEP_HVC && step->a[0] == HOST_RING_READ && result->x[0] == HOST_OK)
		(void)page_write(step->a[4], step->a[5]);
	model_finish(step, event, result, actor == MODEL_OUTER && step->kind == STEP_HVC);
	who_expect(cpu, event);
	access_expect(&access, result);
	registers_expect(cpu, result->x);
	changes_expect();
}

bool drive_vm_asks(unsigned cpu)
{
	const struct model_cpu *c = cpu_of(cpu);

	return c->actor == MODEL_BOX && board.m->pairs[c->slot].vcpus[c->vcpu].waits == MODEL_WAIT_ACCESS &&
	       vcpu_of(cpu)->phase == BOARD_FETCH;
}
