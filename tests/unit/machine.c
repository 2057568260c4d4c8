/*
 * The simulated machine: boot and steps. What main.c does at boot is done here with the same calls in the same order.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "arch/cpu.h"
#include "arch/linear.h"
#include "mediator/fp.h"
#include "mediator/gic.h"
#include "mediator/idreg.h"
#include "mediator/log.h"
#include "mediator/main.h"
#include "mediator/run.h"
#include "mediator/time.h"
#include "mediator/trap.h"
#include "mediator/virq.h"
#include "mediator/walks.h"

struct machine machine;
_Thread_local uint64_t machine_x[8];
struct boot_info machine_boot_info;
const struct boot_info *const boot_info = &machine_boot_info;
struct cpu cpus[PLAT_CPU_MAX];
struct context outer_contexts[PLAT_CPU_MAX];
static struct vcpu outer_vcpus[PLAT_CPU_MAX];

/* The vector registers of each CPU. */
static struct fp_state fp_registers[PLAT_CPU_MAX];

void fake_violation(const char *format, ...)
{
	char text[256];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (fake_is_threaded) {
		/* cmocka's way out belongs to the first thread. */
		fprintf(stderr, "CPU %u: %s\n", fake_cpu, text);
		abort();
	}
	fail_msg("%s", text);
	abort();
}

uint64_t main_secondary_entry(void)
{
	return PLAT_MEDIATOR_BASE;
}

static void fp_expect_open(void)
{
	if ((fake_registers[fake_cpu][FAKE_cptr_el2] & CPTR_EL2_TFP) != 0)
		fake_violation("vector registers are touched while they trap");
}

void fp_save(struct fp_state *state)
{
	fp_expect_open();
	*state = fp_registers[fake_cpu];
}

void fp_load(const struct fp_state *state)
{
	fp_expect_open();
	fp_registers[fake_cpu] = *state;
}

uint64_t machine_use_fp(uint64_t value)
{
	uint64_t old;

	if ((fake_registers[fake_cpu][FAKE_cptr_el2] & CPTR_EL2_TFP) != 0)
		machine_trap(ESR_EC_FP << ESR_EC_SHIFT | ESR_IL, 0, 0);
	fp_expect_open();
	memcpy(&old, fp_registers[fake_cpu].v[31], sizeof(old));
	memcpy(fp_registers[fake_cpu].v[31], &value, sizeof(value));
	return old;
}

/* --- boot --- */

uint64_t machine_pattern(uint64_t pa)
{
	return 0xa5a5000000000000ull ^ pa ^ pa << 20;
}

static void pattern_fill(struct boot_range range)
{
	uint64_t *words = machine_at(range.base);

	for (uint64_t at = 0; at < range.bytes; at += 8)
		words[at / 8] = machine_pattern(range.base + at);
}

/* ID registers of a cortex-a72, more or less; idreg_test.c has others. */
static void id_registers_set(void)
{
	static const struct {
		enum fake_register number;
		uint64_t value;
	} values[] = {
		{ FAKE_midr_el1, 0x410fd083 }, { FAKE_ctr_el0, 0x84448004 }, { FAKE_dczid_el0, 4 },
		{ FAKE_id_aa64pfr0_el1, 0x1002222 }, { FAKE_id_aa64pfr1_el1, 0 },
		{ FAKE_id_aa64dfr0_el1, 0x10305106 }, { FAKE_id_aa64isar0_el1, 0x11120 },
		{ FAKE_id_aa64isar1_el1, 0 }, { FAKE_id_aa64isar2_el1, 0 }, { FAKE_id_aa64mmfr0_el1, 0x1124 },
		{ FAKE_id_aa64mmfr1_el1, 0 }, { FAKE_id_aa64mmfr2_el1, 0 }, { FAKE_id_aa64mmfr3_el1, 0 },
		{ FAKE_id_aa64mmfr4_el1, 0 }, { FAKE_ich_vtr_el2, 0x90080003 }, { FAKE_cntfrq_el0, 62500000 },
		{ FAKE_hcr_el2, 0 },
	};

	for (unsigned cpu = 0; cpu < FAKE_CPU_MAX; cpu++) {
		for (size_t i = 0; i < ARRAY_COUNT(values); i++)
			fake_registers[cpu][values[i].number] = values[i].value;
		fake_registers[cpu][FAKE_tpidr_el2] = (uintptr_t)&cpus[cpu];
		fake_registers[cpu][FAKE_mpidr_el1] = BIT(31) | cpu;
	}
}

static void boot_info_set(uint64_t ram_bytes, unsigned cpu_count, struct boot_range loader)
{
	memset(&machine_boot_info, 0, sizeof(machine_boot_info));
	machine_boot_info = (struct boot_info){
		.magic = BOOT_INFO_MAGIC, .version = BOOT_INFO_VERSION, .cpu_count = cpu_count,
		.ram = { PLAT_RAM_BASE, ram_bytes }, .loader = loader,
		.carveout = { PLAT_MEDIATOR_BASE, plat_carveout_bytes(ram_bytes) },
	};
}

static void memory_prepare(void)
{
	static const uint64_t devices[] = { PLAT_UART0_BASE, PLAT_RTC_BASE };
	uint64_t records = PLAT_MEDIATOR_BASE + PLAT_MEDIATOR_IMAGE_BYTES;
	uint64_t tables = records + machine.ram.bytes / GRANULE_BYTES * 4;

	granule_init(linear_pointer(records), machine.ram, machine.carveout, machine.loader);
	tables = (tables + STAGE2_ROOT_BYTES - 1) & ~(STAGE2_ROOT_BYTES - 1);
	stage2_outer_init(linear_pointer(tables), machine.ram, devices, ARRAY_COUNT(devices));
}

static void cpu_prepare(unsigned index)
{
	struct cpu *cpu = &cpus[index];

	fake_cpu = index;
	cpu->index = (uint8_t)index;
	cpu->hyp_deadline = TIME_NEVER;
	cpu->stops_walks = walks_is_affected(read_midr_el1());
	cpu->outer = &outer_contexts[index];
	outer_vcpus[index].cpu = (uint8_t)index;
	outer_vcpus[index].last_cpu = (uint8_t)index;
	log_init(cpu);
	context_init(cpu->outer, &outer_vcpus[index], NULL, stage2_outer(), WHO_OUTER, 0, index);
	write_vtcr_el2(STAGE2_VTCR);
	write_cnthp_ctl_el2(0);
	write_cntv_ctl_el0(0);
	write_vttbr_el2(stage2_vttbr(stage2_outer()));
	gic_init_cpu(cpu);
	fp_guard(cpu, NULL);
	cpu->outer->start_pc = PLAT_OUTER_BASE;
	run_first(cpu);
}

/* ARCHITECTURE.md, "Locks of the mediator", by where a lock lies. */
static unsigned lock_level(const void *lock)
{
	uintptr_t at = (uintptr_t)lock;

	if (at - (uintptr_t)pair_slots < sizeof(pair_slots))
		return 1;
	if (at - (uintptr_t)outer_vcpus < sizeof(outer_vcpus))
		return 4;
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		if (pair_slots[i].pair != NULL && lock == &pair_slots[i].pair->vring_lock)
			return 2;
	}
	/* What is left lies behind a box's context. */
	return 3;
}

static void product_reset(void)
{
	memset(pair_slots, 0, sizeof(pair_slots));
	memset(cpus, 0, sizeof(cpus));
	memset(outer_contexts, 0, sizeof(outer_contexts));
	memset(outer_vcpus, 0, sizeof(outer_vcpus));
	memset(fp_registers, 0, sizeof(fp_registers));
}

void machine_boot_with(uint64_t ram_bytes, unsigned cpu_count, struct boot_range loader)
{
	fake_reset(PLAT_RAM_BASE, ram_bytes);
	product_reset();
	boot_info_set(ram_bytes, cpu_count, loader);
	memset(&machine, 0, sizeof(machine));
	machine.ram = machine_boot_info.ram;
	machine.carveout = machine_boot_info.carveout;
	machine.loader = loader;
	machine.is_strict = true;
	machine.free = loader.base + loader.bytes;
	fake_smc = machine_secure;
	id_registers_set();
	/* The ROM's work: the carve-out is zero. */
	memset(fake_pointer(machine.carveout.base), 0, machine.carveout.bytes);
	memory_prepare();
	idreg_init();
	gic_init_distributor();
	for (unsigned i = cpu_count; i-- > 0;)
		cpu_prepare(i);
	machine_rules_reset();
	fake_speculates = true;
	fake_lock_level = lock_level;
}

void machine_boot(unsigned cpu_count)
{
	machine_boot_with(MACHINE_RAM_BYTES, cpu_count,
			  (struct boot_range){ MACHINE_LOADER, MACHINE_LOADER_BYTES });
	pattern_fill((struct boot_range){ PLAT_RAM_BASE, PLAT_MEDIATOR_BASE - PLAT_RAM_BASE });
	uint64_t carveout_end = machine.carveout.base + machine.carveout.bytes;

	pattern_fill((struct boot_range){ carveout_end, MACHINE_RAM_END - carveout_end });
	machine_check();
}

int machine_boot_1(void **state)
{
	(void)state;
	machine_boot(1);
	return 0;
}

int machine_boot_2(void **state)
{
	(void)state;
	machine_boot(2);
	return 0;
}

/* --- steps --- */

struct cpu *machine_cpu(void)
{
	return &cpus[fake_cpu];
}

struct context *machine_context(void)
{
	return machine_cpu()->current;
}

bool machine_is_in(const struct context *context)
{
	return machine_context() == context;
}

static void step_end(const struct context *next)
{
	machine_rules_entered(next);
	uint64_t steps = atomic_fetch_add(&machine.steps, 1);

	if (machine.check_interval == 0 || steps % machine.check_interval == 0)
		machine_check();
}

struct context *machine_trap(uint64_t esr, uint64_t far, uint64_t ipa)
{
	uint64_t *registers = fake_registers[fake_cpu];

	registers[FAKE_esr_el2] = esr;
	registers[FAKE_far_el2] = far;
	registers[FAKE_hpfar_el2] = ipa >> 12 << 4;
	step_end(trap_sync(machine_context()));
	return machine_context();
}

struct context *machine_irq(unsigned intid)
{
	fake_interrupt(intid);
	while (fake_interrupt_waits())
		step_end(trap_irq(machine_context()));
	return machine_context();
}

static void arguments_set(const uint64_t args[7])
{
	memcpy(machine_context()->frame.x, args, 7 * sizeof(args[0]));
}

static int64_t results_get(const struct context *context)
{
	memcpy(machine_x, context->frame.x, sizeof(machine_x));
	return (int64_t)context->frame.x[0];
}

/* Registers beyond the results are the caller's and come back as they were; one call of all has more than six. */
static void expect_untouched(const struct frame *before, const struct frame *after)
{
	unsigned first = before->x[0] == RSI_MEASUREMENT_READ ? 9 : 7;

	assert_memory_equal(&before->x[first], &after->x[first], (31 - first) * sizeof(before->x[0]));
	assert_hex(after->pstate, before->pstate);
	assert_hex(after->sp, before->sp);
}

static int64_t call_by(const uint64_t args[7], uint64_t class)
{
	struct context *caller = machine_context();

	arguments_set(args);
	struct frame before = caller->frame;
	struct context *next = machine_trap(class << ESR_EC_SHIFT | ESR_IL, 0, 0);

	expect_untouched(&before, &caller->frame);
	return results_get(next);
}

int64_t machine_call(const uint64_t args[7])
{
	return call_by(args, ESR_EC_HVC64);
}

int64_t machine_smc(const uint64_t args[7])
{
	return call_by(args, ESR_EC_SMC64);
}

/* --- memory --- */

uint64_t *machine_at(uint64_t pa)
{
	return fake_pointer(pa);
}

uint64_t machine_take(uint64_t bytes, uint64_t align)
{
	uint64_t base = (machine.free + align - 1) & ~(align - 1);

	if (base + bytes > machine.ram.base + machine.ram.bytes)
		fake_violation("the test needs more memory than the simulated machine has");
	machine.free = base + bytes;
	return base;
}

bool machine_is_zero(uint64_t pa)
{
	for (uint64_t at = 0; at < GRANULE_BYTES; at += 8) {
		if (*machine_at(pa + at) != 0)
			return false;
	}
	return true;
}

struct walk_leaf machine_outer_leaf(uint64_t pa)
{
	return walk_lookup(fake_registers[fake_cpu][FAKE_vtcr_el2], stage2_vttbr(stage2_outer()), pa);
}

struct walk_leaf machine_leaf(uint64_t handle, unsigned role, uint64_t ipa)
{
	struct pair_slot *slot = pair_lookup(handle);

	if (slot == NULL)
		fake_violation("handle 0x%llx names no pair", (unsigned long long)handle);
	return walk_lookup(fake_registers[fake_cpu][FAKE_vtcr_el2], stage2_vttbr(&slot->pair->domains[role].stage2),
			   ipa);
}
