/*
 * Storms: many random steps by hostile domains, the rules checked after each; and the same from several CPUs at once.
 * Links: mediator tests/unit/storm.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <pthread.h>
#include "tests/unit/storm.h"

#define G		GRANULE_BYTES
#define RAM_BYTES	(12 * MIB)
#define STEPS		150000
#define THREADS		4
#define THREAD_STEPS	25000
/* Where a marker lies in a granule: past what a call of the outer OS writes there. */
#define MARK_AT		0xff8

/* Which pair's marker a granule has, by handle: a granule may change hands twice between two looks. */
static uint64_t marked_by[RAM_BYTES / G];
static bool was_open[RAM_BYTES / G];

static uint64_t marker(uint64_t pa)
{
	return 0x5ec3e70000000000 ^ pa << 1;
}

/* A page that a realm shares is zeroed when its window opens, and not before. */
static bool is_realm_s(struct granule granule)
{
	return granule.state == GRANULE_DATA && granule.who.who % 2 == HOST_ROLE_VM &&
	       pair_slots[granule.who.who / 2u - 1].pair->options == HOST_OPTION_SHARE_RSI;
}

static void share_check(struct granule granule, uint64_t pa, uint64_t word)
{
	bool *was = &was_open[(pa - machine.ram.base) / G];
	bool is_open = machine_window_is_open(pa);

	if (is_open && !*was && is_realm_s(granule) && word == marker(pa))
		fail_msg("0x%llx was shared with its content", (unsigned long long)pa);
	*was = is_open;
}

/* Each private granule gets a marker from its owner: there until the granule is given back, and gone then. */
static void secrets_check(void)
{
	for (uint64_t pa = machine.ram.base; pa < machine.ram.base + RAM_BYTES; pa += G) {
		uint64_t *marked = &marked_by[(pa - machine.ram.base) / G];
		struct granule granule = granule_get(pa_make(pa));
		uint64_t owner = granule.state == GRANULE_DATA ? pair_handle(granule.who.who / 2u - 1) : 0;

		if (granule.state == GRANULE_CORE)
			continue;
		uint64_t *word = machine_at(pa + MARK_AT);

		share_check(granule, pa, *word);
		if (owner != 0 && *marked == owner && *word != marker(pa) && (*word != 0 || !is_realm_s(granule)))
			fail_msg("0x%llx lost its content", (unsigned long long)pa);
		if (*marked != owner && *word == marker(pa))
			fail_msg("0x%llx changed hands with its content", (unsigned long long)pa);
		if (owner != 0)
			*word = marker(pa);
		*marked = owner;
	}
}

static void boot(unsigned cpu_count)
{
	machine_boot_with(RAM_BYTES, cpu_count, (struct boot_range){ PLAT_RAM_BASE + 6 * MIB, 256 * KIB });
	memset(marked_by, 0, sizeof(marked_by));
	memset(was_open, 0, sizeof(was_open));
	machine.is_strict = false;
	machine.monitor_result = -3;
}

static void no_step_of_anybody_breaks_a_rule(void **state)
{
	struct storm storm = { .random = 0x2545f4914f6cdd1d, .may_share = true };

	(void)state;
	boot(2);
	for (unsigned step = 0; step < STEPS; step++) {
		/* A CPU has some steps of its own before the other goes on. */
		fake_cpu = step / 7 % 2;
		machine.is_strict = step % 512 == 0;
		storm_step(&storm);
		if (step % 32 == 0)
			secrets_check();
		if (step % 1024 == 0)
			fake_events_clear();
	}
	machine_check_pairs();
	print_message(
		"%u created, %u pooled, %u moved, %u from images, %u activated, %u runs, %u VM runs, %u shared, %u SPIs, "
		"%u terminated, %u reclaimed, %u freed, %u refused\n",
		storm.created, storm.pooled, storm.moved, storm.image_moved, storm.activated, storm.runs, storm.vm_runs,
		storm.shared, storm.spis, storm.terminated, storm.reclaimed, storm.freed, storm.refused);
	/* The storm was one: every kind of step came through often. */
	assert_true(storm.created > 50 && storm.pooled > 50 && storm.moved > 200 && storm.activated > 20);
	assert_true(storm.image_moved > 20);
	assert_true(storm.runs > 500 && storm.vm_runs > 200 && storm.shared > 50 && storm.spis > 100);
	assert_true(storm.terminated > 20 && storm.reclaimed > 200 && storm.freed > 2 && storm.refused > 1000);
}

static struct storm storms[THREADS];

static void *cpu_thread(void *argument)
{
	struct storm *storm = argument;

	fake_cpu = (unsigned)(storm - storms);
	for (unsigned step = 0; step < THREAD_STEPS; step++)
		storm_step(storm);
	return NULL;
}

/* All CPUs at once on the same pairs: no CHECK, no rule of entry broken, and everything agrees when they stopped. */
static void cpus_that_race_leave_everything_in_order(void **state)
{
	pthread_t threads[THREADS];
	unsigned created = 0, runs = 0, freed = 0;

	(void)state;
	boot(THREADS);
	fake_hook = NULL;
	fake_is_threaded = true;
	for (unsigned i = 0; i < THREADS; i++) {
		storms[i] = (struct storm){ .random = 0x9e3779b97f4a7c15 + i * 0x1234567 };
		/* All know the same pairs. */
		for (unsigned h = 0; h < STORM_HANDLES; h++)
			storms[i].handles[h] = h + 1;
	}
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, cpu_thread, &storms[i]), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		created += storms[i].created;
		runs += storms[i].runs;
		freed += storms[i].freed;
	}
	fake_is_threaded = false;
	fake_cpu = 0;
	machine_check();
	machine_check_pairs();
	print_message("%u created, %u runs, %u freed\n", created, runs, freed);
	assert_true(created > 50 && runs > 100 && freed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_step_of_anybody_breaks_a_rule),
		TEST(cpus_that_race_leave_everything_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
