/*
 * A PSCI call with any registers by any vCPU of any domain: whom CPU_ON and AFFINITY_INFO name, which entry point the
 * outer OS may give, and what changes: of the caller x0, of the target its start and its power, under its lock. What
 * goes to the monitor is made by the mediator; of the caller it holds no value.
 * Unwind: 14
 * Mutant: mediator/psci.c: s/	if (!is_entry_allowed(context, entry))/	if (context->is_outer \&\& entry == 0)/
 * Breaks: the outer OS starts a CPU in its own memory only
 * Mutant: mediator/psci.c: s/	return affinity < HOST_VCPU_MAX ? context_sibling(context, affinity)/	return affinity != 255 ? context_sibling(context, (uint8_t)affinity)/
 * Breaks: a target is named by its whole affinity
 * Mutant: mediator/psci.c: s/	if (power != POWER_OFF) {/	if (power == POWER_ON) {/
 * Breaks: a vCPU is turned on exactly if it was off
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_EVENTS
#include "mediator/psci.c"
#include "tests/proof/machine.h"

/* Arm DEN0022, "PSCI function prototypes", in the harness's own numbers. */
#define CPU_ON_64		0xc4000003u
#define CPU_ON_32		0x84000003u
#define AFFINITY_INFO_64	0xc4000004u
#define AFFINITY_INFO_32	0x84000004u

struct context nondet_context(void);

static struct boot_info board;
const struct boot_info *const boot_info = &board;
static struct cpu cpu;
static struct pair pair;

/* The caller and one other of its domain; every target is the one or the other. */
static struct context self, other, self_before, other_before;
static struct vcpu self_vcpu, other_vcpu;

/* What was asked of others. */
static unsigned woken, monitor_calls, left;
static int64_t monitor_answer;
static uint8_t entry_state;

static unsigned sibling_count(void)
{
	return self.is_outer ? board.cpu_count : pair.vcpu_count;
}

struct context *context_sibling(const struct context *context, uint64_t index)
{
	CLAIM(context == &self, "a target is looked for in the caller's own domain");
	if (index >= sibling_count())
		return NULL;
	other.index = index == self.index ? other.index : (uint8_t)index;
	return index == self.index ? &self : &other;
}

struct granule granule_get(pa_t pa)
{
	(void)pa;
	return (struct granule){ entry_state, WHO_OUTER };
}

uint64_t main_secondary_entry(void)
{
	return 0x40201000;
}

void smc_call(struct smc_args *args)
{
	uint64_t id = args->x[0];

	monitor_calls++;
	CLAIM(fake_locks_held == 0 && self_vcpu.lock.taken == 0 && other_vcpu.lock.taken == 0,
	      "the monitor is called without a lock");
	CLAIM(self.is_outer && (id == CPU_ON_64 || id == PSCI_CPU_OFF || id == PSCI_SYSTEM_OFF || id == PSCI_SYSTEM_RESET),
	      "only the outer OS's power is the monitor's");
	CLAIM(id != CPU_ON_64 || (args->x[1] < sibling_count() && args->x[2] == main_secondary_entry() &&
				  args->x[3] == args->x[1]), "a CPU that is turned on enters the mediator");
	for (unsigned i = 1; i < 8; i++)
		CLAIM(args->x[i] == 0 || (id == CPU_ON_64 && i <= 3), "nothing else goes to the monitor");
	args->x[0] = (uint64_t)monitor_answer;
}

void virq_wake(struct vcpu *vcpu)
{
	CLAIM(vcpu->lock.taken != 0, "who is woken is locked");
	woken++;
}

/* Another context may be loaded after these: what they do is run.c's. */
static struct context *leave(void)
{
	left++;
	return nondet_bool() ? &self : NULL;
}

struct context *run_to_outer(struct cpu *on, uint64_t reason, uint64_t a, uint64_t b)
{
	(void)on;
	CLAIM(self.role == HOST_ROLE_BOX && (reason == HOST_EXIT_OFF || reason == HOST_EXIT_RESET) && a == 0 && b == 0,
	      "a box's end goes to the outer OS");
	return leave();
}

struct context *run_to_box(struct cpu *on, uint64_t reason, uint64_t address, uint64_t access, uint64_t value)
{
	(void)on;
	CLAIM(self.role != HOST_ROLE_BOX && (reason == BOX_EXIT_OFF || reason == BOX_EXIT_RESET) &&
	      (address | access | value) == 0, "a VM's end goes to its box");
	return leave();
}

struct context *run_wait(struct cpu *on)
{
	(void)on;
	CLAIM(!self.is_outer, "only boxes and VMs leave the CPU to wait");
	return leave();
}

struct context *run_off(struct cpu *on)
{
	(void)on;
	CLAIM(!self.is_outer, "only boxes and VMs are turned off by the mediator");
	return leave();
}

void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	(void)a;
	(void)b;
	CLAIM(kind == FAKE_BARRIER || (kind == FAKE_WAIT && self.is_outer), "only the outer OS waits on the CPU itself");
}

static bool is_in(uint64_t i, uint64_t at, uint64_t bytes)
{
	return i >= at && i - at < bytes;
}

/* May byte @i of a target's context change? */
static bool is_power(uint64_t i)
{
	return is_in(i, offsetof(struct context, power), 1) || is_in(i, offsetof(struct context, start_pc), 16);
}

static void domain_make(void)
{
	self = nondet_context();
	other = nondet_context();
	self.pair = &pair;
	self.vcpu = &self_vcpu;
	other.vcpu = &other_vcpu;
	pair.vcpu_count = nondet_u32();
	board.cpu_count = nondet_u32();
	ASSUME(pair.vcpu_count >= 1 && pair.vcpu_count <= HOST_VCPU_MAX);
	ASSUME(board.cpu_count >= 1 && board.cpu_count <= PLAT_CPU_MAX && self.index < sibling_count());
	ASSUME(self.power == POWER_ON && other.power <= POWER_ON);
	monitor_answer = (int64_t)nondet_u64();
	entry_state = nondet_u8();
}

/* The named target, or NULL; what its power was. */
static const struct context *named(uint64_t affinity)
{
	return affinity >= sibling_count() ? NULL : affinity == self_before.index ? &self : &other;
}

static void cpu_on_check(uint64_t affinity, uint64_t entry, uint64_t argument)
{
	const struct context *target = named(affinity);
	uint8_t was = target == &self ? self_before.power : other_before.power;
	int64_t result = (int64_t)self.frame.x[0];
	bool is_own = !self.is_outer || entry_state == GRANULE_OUTER || entry_state == GRANULE_LOADER;
	bool is_on = target != NULL && is_own && was == POWER_OFF;

	CLAIM((result == PSCI_INVALID_PARAMETERS) == (target == NULL) || monitor_calls == 1,
	      "a target is named by its whole affinity");
	CLAIM(target == NULL || is_own || result == PSCI_INVALID_ADDRESS, "the outer OS starts a CPU in its own memory only");
	CLAIM(monitor_calls == (is_on && self.is_outer ? 1 : 0) && woken == (is_on && !self.is_outer ? 1 : 0),
	      "a vCPU is turned on exactly if it was off");
	CLAIM(target == NULL || is_on || !is_own || result == (was == POWER_ON ? PSCI_ALREADY_ON : PSCI_ON_PENDING),
	      "a vCPU that is not off says so");
	CLAIM(!is_on || (other.start_pc == entry && other.start_x0 == argument), "a vCPU starts where it was told");
	CLAIM(!is_on || other.power == (self.is_outer && monitor_answer != 0 ? POWER_OFF : POWER_ON_PENDING),
	      "a vCPU that was turned on is pending, unless the monitor refused");
	CLAIM(!is_on || result == (self.is_outer ? monitor_answer : 0), "the caller is told what the monitor said");
	CLAIM(is_on || other.power == other_before.power, "a refused call turns nothing on");
	WITNESS(is_on && self.is_outer && affinity == 7, "the outer OS's last CPU");
	WITNESS(is_on && !self.is_outer && self.role == HOST_ROLE_VM, "a VM's vCPU");
	WITNESS(target == NULL && (uint8_t)affinity < sibling_count(), "a target whose low byte would be one");
}

void proof(void)
{
	domain_make();
	uint32_t id = (uint32_t)self.frame.x[0];
	uint64_t i = nondet_u64(), x1 = self.frame.x[1], x2 = self.frame.x[2], x3 = self.frame.x[3];
	bool is_64 = id == CPU_ON_64 || id == AFFINITY_INFO_64;

	ASSUME(self.frame.x[0] >> 32 == 0 && i < sizeof(struct context));
	self_before = self;
	other_before = other;
	struct context *next = psci_call(&cpu, &self);

	CLAIM(left == 1 || (left == 0 && next == &self), "the caller goes on, unless it left the CPU");
	CLAIM(i < 8 || is_power(i) || ((uint8_t *)&self)[i] == ((uint8_t *)&self_before)[i], "of the caller x0 changes alone");
	CLAIM(is_power(i) || i == offsetof(struct context, index) ||
	      ((uint8_t *)&other)[i] == ((uint8_t *)&other_before)[i], "of a sibling its start and power change alone");
	CLAIM(self_vcpu.lock.taken == 0 && other_vcpu.lock.taken == 0, "locks are given back");
	uint64_t affinity = is_64 ? x1 : (uint32_t)x1;

	if (id == CPU_ON_64 || id == CPU_ON_32) {
		cpu_on_check(affinity, is_64 ? x2 : (uint32_t)x2, is_64 ? x3 : (uint32_t)x3);
	} else {
		CLAIM(other.power == other_before.power && other.start_pc == other_before.start_pc && self.power == POWER_ON,
		      "no other call changes power, and who goes on is on");
	}
	if (id == AFFINITY_INFO_64 || id == AFFINITY_INFO_32) {
		const struct context *target = named(affinity);
		uint64_t level = is_64 ? x2 : (uint32_t)x2;

		CLAIM((int64_t)self.frame.x[0] == (target == NULL || level != 0 ? PSCI_INVALID_PARAMETERS :
		      target->power == POWER_ON ? 0 : target->power == POWER_OFF ? 1 : 2), "a vCPU's power is told");
		WITNESS(self.frame.x[0] == 1, "a vCPU that is off");
	}
}
