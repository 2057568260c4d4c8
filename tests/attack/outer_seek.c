/*
 * The outer OS looks for a VM's secret: `seek` says which, `sweep` reads all of RAM, and from then on each exit of a VM
 * is looked at. The `secret` group does both while the VM runs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "lib/addr.h"
#include "lwk/machine.h"
#include "lwk/mmu.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"
#include "plat/memory.h"
#include "tests/attack/outer.h"
#include "tests/attack/seek.h"

#define REASONS		(HOST_EXIT_TERMINATED + 1)
#define RUNS_LEAST	50
#define WAITS_MAX	60000

static struct {
	_Atomic uint64_t runs[REASONS];
	_Atomic uint64_t found;
	_Atomic unsigned first;		/* register */
} state;

/* In place of host_call in all other files (the linker's --wrap). */
struct host_result __real_host_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c);
struct host_result __wrap_host_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c);

struct host_result __wrap_host_call(uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t frame[SEEK_GENERAL] = { id, a, b };
	unsigned first;

	if (id != HOST_RUN || !seek_is_on())
		return __real_host_call(id, a, b, c);
	seek_call(frame);
	uint64_t found = seek_registers(frame, &first);

	if (found != 0) {
		atomic_store(&state.first, first);
		atomic_fetch_add(&state.found, found);
	}
	if (frame[0] == HOST_OK && frame[1] < REASONS)
		atomic_fetch_add(&state.runs[frame[1]], 1);
	return (struct host_result){ (int64_t)frame[0], { 0, frame[1], frame[2], frame[3] } };
}

static void sweep(uint64_t *readable, uint64_t *total, uint64_t *found)
{
	uint64_t here, end = machine_ram_end();

	*readable = *found = 0;
	*total = (end - PLAT_RAM_BASE) / GRANULE_BYTES;
	for (uint64_t pa = PLAT_RAM_BASE; pa < end; pa += GRANULE_BYTES) {
		uint64_t mask = read_daif();

		irq_disable();
		*readable += seek_page(mmu_window(pa, false), &here) ? 1 : 0;
		*found += here;
		write_daif(mask);
	}
}

static uint64_t runs_all(void)
{
	uint64_t runs = 0;

	for (unsigned i = 0; i < REASONS; i++)
		runs += atomic_load(&state.runs[i]);
	return runs;
}

/* Exits of both kinds that a VM makes by itself: taken away by an interrupt, and waiting. */
static bool has_seen_enough(void)
{
	return runs_all() >= RUNS_LEAST && atomic_load(&state.runs[HOST_EXIT_INTERRUPTED]) != 0 &&
	       atomic_load(&state.runs[HOST_EXIT_WAIT]) != 0;
}

void outer_secret(struct vm *victim)
{
	uint64_t readable, total, found;
	char name[16] = "";

	attack_begin("finding a secret of %s in RAM", victim->name);
	sweep(&readable, &total, &found);
	attack_end(found == 0, "%llu of %llu granules can be read, %llu words of it are there",
		   (unsigned long long)readable, (unsigned long long)total, (unsigned long long)found);
	attack_begin("finding a secret of %s in registers after HOST_RUN", victim->name);
	for (unsigned i = 0; i < WAITS_MAX && !has_seen_enough(); i++)
		thread_sleep_ms(1);
	seek_name(atomic_load(&state.first), name, sizeof(name));
	if (!has_seen_enough())
		attack_end(false, "only %llu exits: the attack could not be made", (unsigned long long)runs_all());
	else
		attack_end(atomic_load(&state.found) == 0, "%llu exits, %llu finds%s%s", (unsigned long long)runs_all(),
			   (unsigned long long)atomic_load(&state.found),
			   atomic_load(&state.found) != 0 ? ", the last in " : "", atomic_load(&state.found) != 0 ? name : "");
}

static void command_seek(const struct shell_arguments *arguments)
{
	uint64_t inverse[SEEK_WORDS];

	for (unsigned i = 0; i < SEEK_WORDS; i++)
		inverse[i] = outer_number(arguments->text[i]);
	atomic_store(&state.found, 0);
	for (unsigned i = 0; i < REASONS; i++)
		atomic_store(&state.runs[i], 0);
	seek_for(inverse);
	terminal_print("seek: from now on\n");
}

static void command_sweep(const struct shell_arguments *arguments)
{
	uint64_t readable, total, found;

	(void)arguments;
	sweep(&readable, &total, &found);
	terminal_print("sweep: %llu of %llu granules can be read, %llu words found\n", (unsigned long long)readable,
		       (unsigned long long)total, (unsigned long long)found);
}

SHELL_COMMAND(seek, "0x... 0x... 0x... 0x...", "look for the words of which these are the complements", SEEK_WORDS,
	      SEEK_WORDS, command_seek);
SHELL_COMMAND(sweep, "", "look for them in all of RAM", 0, 0, command_sweep);
