/*
 * A VM as an attacker: addresses that are not its own, calls that are not its own, registers, interrupts, and
 * its box as an accomplice. Added to the small guest's commands in a test build.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "abi/window.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/vmplan.h"
#include "tests/attack/attack.h"
#include "tests/attack/box.h"
#include "tests/attack/calls.h"
#include "tests/attack/vm_share.h"

#define UPPER		(1ull << 39)
#define PATTERN		0x6272656163686564ull

static struct {
	unsigned refused, breached;
} count;

static void put(void *context, char c)
{
	(void)context;
	console_put(c);
}

static void print_args(const char *format, va_list list)
{
	static const struct print_sink sink = { put };

	print_to(&sink, NULL, format, list);
}

static char words[160];

static void words_put(void *context, char c)
{
	size_t *used = context;

	if (*used + 1 < sizeof(words))
		words[(*used)++] = c;
	words[*used] = '\0';
}

void attack_begin(const char *format, ...)
{
	static const struct print_sink sink = { words_put };
	size_t used = 0;
	va_list list;

	va_start(list, format);
	print_to(&sink, &used, format, list);
	va_end(list);
}

void attack_end(bool refused, const char *format, ...)
{
	va_list list;

	print("[%s] VM: %s: ", refused ? "REFUSED" : "BREACH", words);
	va_start(list, format);
	print_args(format, list);
	va_end(list);
	print("\n");
	count.refused += refused ? 1 : 0;
	count.breached += refused ? 0 : 1;
}

static void abort_judge(uint64_t esr)
{
	if (guard_is_abort(esr))
		attack_end(true, "aborted, ESR 0x%lx", esr);
	else
		attack_end(false, esr == 0 ? "it succeeded" : "another exception, ESR 0x%lx", esr);
}

static void access_attack(const char *what, uint64_t address)
{
	uint64_t argument[2] = { address, 0 };

	attack_begin("read of %s at 0x%lx", what, address);
	abort_judge(guard_run(guard_load, argument));
	argument[1] = PATTERN;
	attack_begin("write of %s at 0x%lx", what, address);
	abort_judge(guard_run(guard_store, argument));
	attack_begin("execution of %s at 0x%lx", what, address);
	abort_judge(guard_run(guard_execute, argument));
}

/* Places that are not this VM's; the doorbell is an isolated one's neither. */
static const struct {
	const char *what;
	uint64_t address;
} places[] = {
	{ "the doorbell", WINDOW_DOORBELL_BASE },
	{ "secure flash", 0x0 },
	{ "second flash", 0x04000000 },
	{ "the interrupt translation service", 0x08080000 },
	{ "a redistributor past its vCPUs", 0x080a0000 + VMPLAN_VCPU_MAX * 0x20000 },
	{ "fw_cfg", 0x09020000 },
	{ "the secure UART", 0x09040000 },
	{ "the SMMU", 0x09050000 },
	{ "the secure GPIO", 0x090b0000 },
	{ "secure RAM", 0x0e000000 },
	{ "the monitor", 0x0e100000 },
	{ "PCI configuration space", 0x4010000000 },
	{ "the address behind its RAM", VM_RAM_BASE + VM_ATTACK_RAM_BYTES },
	{ "the outer OS's address", 0x48000000 },
	{ "the address behind its RAM, upper half", UPPER | (VM_RAM_BASE + VM_ATTACK_RAM_BYTES) },
	{ "secure RAM, upper half", UPPER | 0x0e000000 },
	{ "the end of 40 bits", 0xfffffff000 },
};

/* A word in each GiB of 40 bits, but for its own. */
static void sweep_attack(void)
{
	uint64_t succeeded = 0;

	attack_begin("reads in each GiB of 40 bits but its own");
	for (uint64_t address = 0; address < 2 * UPPER; address += GIB) {
		uint64_t argument[2] = { address, 0 };

		if ((address & ~UPPER) != VM_RAM_BASE && !guard_is_abort(guard_run(guard_load, argument)))
			succeeded++;
	}
	attack_end(succeeded == 0, "%lu succeeded", succeeded);
}

/* Instructions that no syndrome describes: never emulated, whatever device they name. */
static void load_pair(uint64_t *a) { __asm__ volatile("ldp x2, x3, [%0]" : : "r"(a[0]) : "x2", "x3", "memory"); }
static void load_exclusive(uint64_t *a) { __asm__ volatile("ldxr x2, [%0]" : : "r"(a[0]) : "x2", "memory"); }
static void load_index(uint64_t *a) { __asm__ volatile("ldr x2, [%0], #8" : "+r"(a[0]) : : "x2", "memory"); }
static void store_pair(uint64_t *a) { __asm__ volatile("stp xzr, xzr, [%0]" : : "r"(a[0]) : "memory"); }
static void zero_block(uint64_t *a) { __asm__ volatile("dc zva, %0" : : "r"(a[0]) : "memory"); }

static const struct {
	const char *what;
	void (*run)(uint64_t *);
} forms[] = {
	{ "load of a pair", load_pair },   { "exclusive load", load_exclusive }, { "load with write-back", load_index },
	{ "store of a pair", store_pair }, { "DC ZVA", zero_block },
};

static void forms_attack(void)
{
	static const uint64_t devices[] = { VM_UART_BASE, VM_GICD_BASE, VM_GICR_BASE, 0x0a000000 };

	for (size_t i = 0; i < ARRAY_COUNT(forms); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(devices); j++) {
			uint64_t argument[1] = { devices[j] };

			attack_begin("%s at device address 0x%lx", forms[i].what, devices[j]);
			abort_judge(guard_run(forms[i].run, argument));
		}
	}
}

static void memory_group(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(places); i++)
		access_attack(places[i].what, places[i].address);
}

static void count_judge(unsigned answered)
{
	attack_end(answered == 0, "%u were answered", answered);
}

static void calls_group(void)
{
	attack_begin("every host call, by SMC and HVC");
	count_judge(calls_host());
	attack_begin("calls of monitor and trust anchor, by SMC and HVC");
	count_judge(calls_firmware());
	attack_begin("every call of the realm services interface, as an isolated VM");
	count_judge(calls_realm());
	attack_begin("the secret of a VM, as an isolated one");
	count_judge(calls_secret());
	attack_begin("calls that nobody has, in every owner's range");
	count_judge(calls_unknown());
	attack_begin("CPU_ON of a vCPU that is not there");
	int64_t code = psci_call(PSCI_CPU_ON_64, VMPLAN_VCPU_MAX, VM_RAM_BASE, 0);

	attack_end(code == PSCI_INVALID_PARAMETERS, "answer %ld", (long)code);
	attack_begin("CPU_ON of a vCPU of another VM's affinity");
	code = psci_call(PSCI_CPU_ON_64, 1ull << 32, VM_RAM_BASE, 0);
	attack_end(code == PSCI_INVALID_PARAMETERS, "answer %ld", (long)code);
	attack_begin("CPU_ON of itself");
	code = psci_call(PSCI_CPU_ON_64, 0, VM_RAM_BASE, 0);
	attack_end(code == PSCI_ALREADY_ON, "answer %ld", (long)code);
}

static void sleep_ms(uint64_t ms)
{
	struct cpu *cpu = &small_cpus[cpu_this()];
	uint32_t before = cpu->timer_count;

	timer_arm(read_cntvct_el0() + read_cntfrq_el0() / 1000 * ms);
	cpu_wait(&cpu->timer_count, before);
}

static void interrupts_group(void)
{
	struct cpu *cpu = &small_cpus[cpu_this()];
	uint32_t timers = cpu->timer_count, sgis = cpu->sgi_count;

	attack_begin("end and deactivation of 2050 interrupts that it does not have");
	for (uint64_t intid = 0; intid < 2050; intid++) {
		irq_disable();
		write_icc_eoir1_el1(intid < 2049 ? intid : 0xffffff);
		write_icc_dir_el1(intid < 2049 ? intid : 0xffffff);
		irq_enable();
	}
	sleep_ms(5);
	attack_end(cpu->timer_count == timers + 1, "its own timer arrives afterwards, %u time",
		   cpu->timer_count - timers);
	attack_begin("SGIs to CPUs that are not its own, and to all others");
	for (uint64_t affinity = 1; affinity < 256; affinity <<= 1)
		write_icc_sgi1r_el1(affinity << 16 | affinity << 32 | affinity << 48 | (uint64_t)SGI_TEST << 24 | 0xffff);
	write_icc_sgi1r_el1(1ull << 40 | (uint64_t)SGI_TEST << 24);
	sleep_ms(5);
	attack_end(cpu->sgi_count == sgis, "%u arrive here", cpu->sgi_count - sgis);
}

/* @form: how to show what came of it: a syndrome, a result of a call, or a count. */
static void box_result(const char *what, uint64_t answer, const char *form)
{
	bool refused = (answer & BOX_ATTACK_BREACH) == 0;
	long detail = (long)(answer << 1) >> 1;

	print("[%s] box: %s: %s %s%lx\n", refused ? "REFUSED" : "BREACH", what, form, detail < 0 ? "-" : "0x",
	      (unsigned long)(detail < 0 ? -detail : detail));
	count.refused += refused ? 1 : 0;
	count.breached += refused ? 0 : 1;
}

static const char *const box_words[] = {
#define X(name, words_) [BOX_ATTACK_##name] = words_,
	BOX_ATTACKS(X)
#undef X
};

static const char *box_form(unsigned number)
{
	if (number < BOX_ATTACK_SWEEP || number == BOX_ATTACK_READ_PRIVATE || number == BOX_ATTACK_WRITE_PRIVATE)
		return "aborted, ESR";
	return number > BOX_ATTACK_SWEEP && number < BOX_ATTACK_RUN_TWICE ? "answer" : "count";
}

static void box_group(unsigned first, unsigned end)
{
	for (unsigned i = first; i < end; i++) {
		uint64_t answer = mmio_read64(BOX_ATTACK_TRIGGER + 8 * i);

		/* The second answer is given while this VM sleeps; the next reading tells what came of it. */
		for (unsigned tries = 0; i == BOX_ATTACK_RUN_TWICE && answer == 0 && tries < 100; tries++) {
			sleep_ms(5);
			answer = mmio_read64(BOX_ATTACK_TRIGGER + 8 * i);
		}
		if (i == BOX_ATTACK_RUN_TWICE && answer == 0)
			answer = BOX_ATTACK_BREACH;
		box_result(box_words[i], answer, box_form(i));
	}
}

/* The box answers reads with more than was asked for: only the register, in its width, may change. */
static void width_group(void)
{
	static const struct {
		uint8_t bytes;
		uint64_t expected;
	} widths[] = { { 1, 0xff }, { 2, 0xffff }, { 4, 0xffffffff }, { 8, ~0ull } };

	for (size_t i = 0; i < ARRAY_COUNT(widths); i++) {
		struct probe probe = { .esr = 0 };

		probe_load(&probe, BOX_ATTACK_ONES, widths[i].bytes);
		box_result("64 bits as the answer to a read of one, two, four, eight bytes",
			   probe.esr == 0 && probe.value[0] == widths[i].expected ? widths[i].bytes
										    : BOX_ATTACK_BREACH | widths[i].bytes,
			   "bytes that changed");
	}
}

static void command_attack(const struct words *arguments)
{
	const char *group = arguments->count > 1 ? arguments->word[1] : "";

	count.refused = count.breached = 0;
	if (strcmp(group, "memory") == 0)
		memory_group();
	else if (strcmp(group, "sweep") == 0)
		sweep_attack();
	else if (strcmp(group, "forms") == 0)
		forms_attack();
	else if (strcmp(group, "calls") == 0)
		calls_group();
	else if (strcmp(group, "interrupts") == 0)
		interrupts_group();
	else if (strcmp(group, "registers") == 0)
		attack_registers();
	else if (strcmp(group, "box-memory") == 0)
		box_group(0, BOX_ATTACK_SWEEP);
	else if (strcmp(group, "box-sweep") == 0)
		box_group(BOX_ATTACK_SWEEP, BOX_ATTACK_SHARE_VM);
	else if (strcmp(group, "box-calls") == 0)
		box_group(BOX_ATTACK_SHARE_VM, BOX_ATTACK_VECTORS);
	else if (strcmp(group, "box-registers") == 0)
		box_group(BOX_ATTACK_VECTORS, BOX_ATTACK_SWEEP_PRIVATE);
	else if (strcmp(group, "box-private") == 0)
		box_group(BOX_ATTACK_SWEEP_PRIVATE, BOX_ATTACK_COUNT);
	else if (strcmp(group, "sharing") == 0)
		vm_sharing_attack();
	else if (strcmp(group, "box-width") == 0)
		width_group();
	else
		print("attack: no group '%s'\n", group);
	print("attack: %u refused, %u breached\n", count.refused, count.breached);
}

/* How much of the RAM holds a value that this VM never wrote: it is told the complement, which it keeps. */
static void command_find(const struct words *arguments)
{
	const volatile uint64_t *at = (const volatile uint64_t *)SMALL_RAM_BASE;
	uint64_t found = 0;

	for (uint64_t i = 0; i < VM_ATTACK_RAM_BYTES / sizeof(*at); i++)
		found += at[i] == ~arguments->number[1];
	print("find: %lu words\n", found);
}

/* One exit to the box after the other, for ever. */
static void command_exits(const struct words *arguments)
{
	(void)arguments;
	print("exits: never ends\n");
	irq_disable();
	for (;;)
		(void)mmio_read32(VM_RTC_BASE);
}

SMALL_COMMANDS(attack_commands) = {
	{ "exits", command_exits, 0, "read the clock for ever" },
	{ "attack", command_attack, 0,
	  "GROUP: memory sweep forms calls interrupts registers sharing box-memory box-sweep box-calls box-registers "
	  "box-private box-width" },
	{ "find", command_find, 1, "NUMBER: count its complement in RAM" },
};
