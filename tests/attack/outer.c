/*
 * The `attack` command, how its attempts are reported, and what the groups share. A refusal is shown with
 * the mediator's own record of it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/outer.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/cpu.h"
#include "lwk/frames.h"
#include "lwk/mmu.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"

/* The attempt under way. */
static struct {
	char words[160];
	uint64_t log_next[PLAT_CPU_MAX];
	uint64_t page;			/* for reading the log */
	unsigned refused, breached;
} attempt;

struct text {
	char *out;
	size_t used, bytes;
};

static void text_put(void *context, char c)
{
	struct text *text = context;

	if (text->used + 1 < text->bytes)
		text->out[text->used++] = c;
	text->out[text->used] = '\0';
}

static void text_format(char *out, size_t bytes, const char *format, va_list list)
{
	static const struct print_sink sink = { text_put };
	struct text text = { out, 0, bytes };

	out[0] = '\0';
	print_to(&sink, &text, format, list);
}

static void log_read(unsigned cpu, struct smc_args *args)
{
	*args = (struct smc_args){ .x = { HOST_RING_READ, cpu, HOST_RING_LOG, attempt.log_next[cpu], attempt.page } };
	hvc_call(args);
	attempt.log_next[cpu] = args->x[3];
}

void attack_begin(const char *format, ...)
{
	struct smc_args args;
	va_list list;

	va_start(list, format);
	text_format(attempt.words, sizeof(attempt.words), format, list);
	va_end(list);
	/* To the end of each ring: what comes after is this attempt's. */
	for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
		do
			log_read(cpu, &args);
		while (args.x[1] != 0);
	}
}

/* The last record about the outer OS since attack_begin, in words; false if there is none. */
static bool record_find(char *out, size_t bytes)
{
	static const struct record_reader reader = { vm_pair_name, NULL };
	const struct host_record *records = (const void *)(uintptr_t)attempt.page;
	struct smc_args args;
	bool found = false;

	for (unsigned cpu = 0; cpu < cpu_count; cpu++) {
		for (log_read(cpu, &args); args.x[1] != 0; log_read(cpu, &args)) {
			const struct host_record *last = &records[args.x[1] - 1];

			if (last->who == 0) {
				record_describe(last, cpu, &reader, out, bytes);
				found = true;
			}
		}
	}
	return found;
}

static void report(bool refused, bool must_be_logged, const char *format, va_list list)
{
	char how[160], text[RECORD_TEXT_BYTES];
	bool logged = record_find(text, sizeof(text));

	text_format(how, sizeof(how), format, list);
	if (refused && must_be_logged && !logged) {
		refused = false;
		print_string(how, sizeof(how), "refused, but the mediator's log does not say so");
	}
	terminal_print("[%s] outer OS: %s: %s\n", refused ? "REFUSED" : "BREACH", attempt.words, how);
	if (logged)
		terminal_print("    mediator: %s\n", text);
	if (refused)
		attempt.refused++;
	else
		attempt.breached++;
}

void attack_end(bool refused, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	report(refused, false, format, list);
	va_end(list);
}

void attack_end_logged(bool refused, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	report(refused, true, format, list);
	va_end(list);
}

uint64_t outer_number(const char *text)
{
	uint64_t value = 0;

	for (text += 2; *text != '\0'; text++)
		value = value << 4 | (uint64_t)(*text <= '9' ? *text - '0' : *text - 'a' + 10);
	return value;
}

int64_t outer_call(uint64_t x[8])
{
	struct smc_args args;

	memcpy(args.x, x, sizeof(args.x));
	hvc_call(&args);
	memcpy(x, args.x, sizeof(args.x));
	return (int64_t)x[0];
}

void outer_refused_args(int64_t expected, const char *what, uint64_t x[8])
{
	/* A run is refused before it is a call like others: it has no record. */
	bool is_logged = x[0] != HOST_RUN && (expected == HOST_ERR_DENIED || expected == HOST_ERR_ARGS ||
					      expected == HOST_ERR_STATE);
	char call[48];

	record_call(x[0], call, sizeof(call));
	attack_begin("%s (%s)", what, call);
	int64_t status = outer_call(x);

	if (status == expected && is_logged)
		attack_end_logged(true, "%s", record_status(status));
	else if (status == expected)
		attack_end(true, "%s", record_status(status));
	else
		attack_end(false, "%s, expected %s", record_status(status), record_status(expected));
}

/* One access through this CPU's window; the address stays mapped while interrupts are masked. */
static uint64_t access_try(uint64_t pa, void (*access)(uint64_t *), uint64_t *value)
{
	uint64_t mask = read_daif();
	uint64_t argument[2];

	irq_disable();
	argument[0] = mmu_window(pa, false);
	argument[1] = *value;
	uint64_t esr = guard_run(access, argument);

	write_daif(mask);
	*value = argument[1];
	return esr;
}

uint64_t outer_read(uint64_t pa, uint64_t *value)
{
	*value = 0;
	return access_try(pa, guard_load, value);
}

static void access_judge(uint64_t esr)
{
	char text[128];

	record_syndrome(esr, text, sizeof(text));
	if (guard_is_abort(esr))
		attack_end_logged(true, "aborted");
	else
		attack_end(false, "%s", esr == 0 ? "it succeeded" : text);
}

void outer_access(const char *what, uint64_t pa)
{
	uint64_t value, plain[2] = { pa, 0 };

	attack_begin("read of %s at 0x%llx", what, (unsigned long long)pa);
	access_judge(outer_read(pa, &value));
	value = 0x6272656163686564;
	attack_begin("write of %s at 0x%llx", what, (unsigned long long)pa);
	access_judge(access_try(pa, guard_store, &value));
	attack_begin("read without MMU of %s at 0x%llx", what, (unsigned long long)pa);
	access_judge(guard_run(guard_load_plain, plain));
	attack_begin("execution of %s at 0x%llx", what, (unsigned long long)pa);
	access_judge(guard_run(guard_execute, plain));
}

void outer_sweep(const char *what, uint64_t base, uint64_t bytes)
{
	uint64_t succeeded = 0, first = 0, value;

	attack_begin("read of all %llu granules of %s, 0x%llx .. 0x%llx", (unsigned long long)(bytes / GRANULE_BYTES),
		     what, (unsigned long long)base, (unsigned long long)(base + bytes - 1));
	for (uint64_t pa = base; pa < base + bytes; pa += GRANULE_BYTES) {
		if (guard_is_abort(outer_read(pa, &value)))
			continue;
		first = succeeded++ == 0 ? pa : first;
	}
	if (succeeded == 0)
		attack_end_logged(true, "each is aborted; the last record:");
	else
		attack_end(false, "%llu succeeded, the first at 0x%llx", (unsigned long long)succeeded,
			   (unsigned long long)first);
}

bool outer_pair_make(struct outer_pair *pair)
{
	struct frames_run block = { 0 };

	*pair = (struct outer_pair){ .control = frames_take(HOST_CONTROL_GRANULES(1), 2 * GRANULE_BYTES),
				     .pool = frames_take(OUTER_POOL_GRANULES, GRANULE_BYTES),
				     .params = frames_take(1, GRANULE_BYTES) };
	if (pair->control == 0 || pair->pool == 0 || pair->params == 0 ||
	    frames_take_blocks(BLOCK_BYTES, &block, 1) != 1) {
		terminal_print("error: no memory for a pair of the attacker's\n");
		return false;
	}
	pair->block = block.pa;
	struct host_pair_params *params = (void *)(uintptr_t)pair->params;

	*params = (struct host_pair_params){
		.control_pa = pair->control, .vm_ram_bytes = OUTER_PAIR_RAM, .box_ram_bytes = BLOCK_BYTES,
		.vm_entry = PLAT_RAM_BASE, .vcpu_count = 1, .class = HOST_CLASS_ISOLATED,
	};
	uint64_t create[8] = { HOST_PAIR_CREATE, pair->params };
	int64_t status = outer_call(create);

	pair->handle = create[1];
	if (status == HOST_OK) {
		uint64_t pool[8] = { HOST_POOL_ADD, pair->handle, pair->pool, OUTER_POOL_GRANULES * GRANULE_BYTES };

		status = outer_call(pool);
	}
	if (status != HOST_OK)
		terminal_print("error: the attacker's pair is refused: %s\n", record_status(status));
	return status == HOST_OK;
}

/* What is the pair's goes back to the outer OS; what never left stays. Returns granules that are not zero. */
static uint64_t range_take_back(uint64_t pa, uint64_t bytes)
{
	uint64_t nonzero = 0;

	for (uint64_t at = pa; at < pa + bytes; at += GRANULE_BYTES) {
		struct host_granule granule;
		uint64_t done;

		if (host_granule(at, &granule) != HOST_OK || granule.state == GRANULE_OUTER)
			continue;
		if (host_reclaim(at, GRANULE_BYTES, &done) != HOST_OK) {
			terminal_print("error: 0x%llx does not come back\n", (unsigned long long)at);
			continue;
		}
		const uint64_t *words = (const uint64_t *)(uintptr_t)at;
		uint64_t any = 0;

		for (unsigned i = 0; i < GRANULE_BYTES / sizeof(*words); i++)
			any |= words[i];
		nonzero += any != 0;
	}
	return nonzero;
}

uint64_t outer_pair_end(struct outer_pair *pair)
{
	uint64_t descriptor = pair->control + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES;
	uint64_t control_bytes = HOST_CONTROL_GRANULES(1) * GRANULE_BYTES;
	uint64_t terminate[8] = { HOST_TERMINATE, pair->handle };
	uint64_t nonzero;

	(void)outer_call(terminate);
	nonzero = range_take_back(pair->block, BLOCK_BYTES) +
		  range_take_back(pair->pool, OUTER_POOL_GRANULES * GRANULE_BYTES) +
		  range_take_back(pair->control, descriptor - pair->control) +
		  range_take_back(descriptor + GRANULE_BYTES, pair->control + control_bytes - descriptor - GRANULE_BYTES) +
		  range_take_back(descriptor, GRANULE_BYTES);
	frames_give(pair->block, BLOCK_BYTES);
	frames_give(pair->pool, OUTER_POOL_GRANULES * GRANULE_BYTES);
	frames_give(pair->control, control_bytes);
	frames_give(pair->params, GRANULE_BYTES);
	return nonzero;
}

static const struct {
	const char *name;
	void (*run)(struct vm *victim);
} groups[] = {
	{ "memory", outer_memory },	   { "calls", outer_calls }, { "interrupts", outer_interrupts },
	{ "registers", outer_registers },  { "race", outer_race },   { "inside", outer_inside },
	{ "leaving", outer_leaving },	   { "secret", outer_secret },
};

static void group_run(void (*run)(struct vm *victim), struct vm *victim)
{
	uint64_t free_count = frames_free_count();

	attempt.refused = attempt.breached = 0;
	run(victim);
	if (frames_free_count() != free_count) {
		attack_begin("keeping memory");
		attack_end(false, "%llu granules were free before, %llu are now", (unsigned long long)free_count,
			   (unsigned long long)frames_free_count());
	}
	terminal_print("attack: %u refused, %u breached\n", attempt.refused, attempt.breached);
}

static void command_attack(const struct shell_arguments *arguments)
{
	struct vm *victim = vm_find(arguments->text[1]);
	bool found = false;

	if (victim == NULL || atomic_load(&victim->state) != VM_RUNNING) {
		terminal_print("error: attack: %s is not a running VM\n", arguments->text[1]);
		return;
	}
	if (attempt.page == 0)
		attempt.page = frames_take(1, GRANULE_BYTES);
	for (size_t i = 0; i < ARRAY_COUNT(groups); i++) {
		if (strcmp(groups[i].name, arguments->text[0]) != 0)
			continue;
		found = true;
		group_run(groups[i].run, victim);
	}
	if (!found)
		terminal_print("error: attack: there is no group %s\n", arguments->text[0]);
}

SHELL_COMMAND(attack, "GROUP VM", "try what must be refused: memory calls interrupts registers race inside leaving secret", 2, 2,
	      command_attack);
