/*
 * The rings: order, overwriting, reading from anywhere, and a reader beside a writer that never stops.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <pthread.h>
#include "tests/unit/machine.h"
#include "mediator/log.h"

#define ROOM 85		/* records in a granule, as HOST_RING_READ has */

static struct host_record out[ROOM];

static void put(uint64_t n)
{
	refusal(&cpus[0], &outer_contexts[0], HOST_EVENT_FAULT, n, n, n, n);
}

/* Records @first .. of the log ring, each holding its own sequence number. */
static void expect_records(uint64_t from, uint64_t first, unsigned count, unsigned max)
{
	uint64_t found;

	assert_int_equal(ring_read(&cpus[0].log, from, out, max, &found), count);
	assert_int_equal(found, first);
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(out[i].a, first + i);
}

static int setup(void **state)
{
	machine_boot_1(state);
	log_init(&cpus[0]);
	return 0;
}

static void an_empty_ring_gives_nothing(void **state)
{
	(void)state;
	expect_records(0, 0, 0, ROOM);
	expect_records(5, 0, 0, ROOM);
	expect_records(~0ull, 0, 0, ROOM);
}

static void records_come_back_in_order(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < 10; i++)
		put(i);
	expect_records(0, 0, 10, ROOM);
	expect_records(4, 4, 6, ROOM);
	expect_records(4, 4, 3, 3);
	expect_records(10, 10, 0, ROOM);
	expect_records(11, 10, 0, ROOM);
	expect_records(~0ull, 10, 0, ROOM);
	expect_records(0, 0, 0, 0);
}

static void the_oldest_are_overwritten(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < CPU_LOG_COUNT + 10; i++)
		put(i);
	expect_records(0, 10, CPU_LOG_COUNT, ROOM);
	expect_records(12, 12, CPU_LOG_COUNT - 2, ROOM);
	expect_records(CPU_LOG_COUNT + 9, CPU_LOG_COUNT + 9, 1, ROOM);
}

static void a_record_says_who_when_and_what(void **state)
{
	uint64_t first;

	(void)state;
	fake_time = 4242;
	trace(&cpus[0], &outer_contexts[0], HOST_EVENT_CALL, 1, 2, 3, 4);
	assert_int_equal(ring_read(&cpus[0].trace, 0, out, 1, &first), 1);
	assert_int_equal(out[0].ticks, 4242);
	assert_int_equal(out[0].event, HOST_EVENT_CALL);
	assert_int_equal(out[0].who, 0);
	assert_int_equal(out[0].vcpu, 0);
	assert_int_equal(out[0].a * 1000 + out[0].b * 100 + out[0].c * 10 + out[0].d, 1234);
	/* The rings are apart. */
	assert_int_equal(ring_read(&cpus[0].log, 0, out, 1, &first), 0);
}

static void an_owner_is_state_and_domain(void **state)
{
	(void)state;
	assert_hex(log_owner(pa_make(PLAT_MEDIATOR_BASE)), (uint64_t)GRANULE_CORE << 32);
	assert_hex(log_owner(pa_make(MACHINE_LOADER)), (uint64_t)GRANULE_LOADER << 32);
	assert_hex(log_owner(pa_make(~0ull)), (uint64_t)GRANULE_CORE << 32);
}

/* The writer reads the time after it began and before it fills the record: the moment that a reader must survive. */
static void half_written(void)
{
	fake_time_hook = NULL;
	/* The newest is not there yet, and the oldest, whose place it takes, is not there any more. */
	expect_records(0, 11, CPU_LOG_COUNT - 1, ROOM);
	expect_records(CPU_LOG_COUNT + 9, CPU_LOG_COUNT + 9, 1, ROOM);
	expect_records(CPU_LOG_COUNT + 10, CPU_LOG_COUNT + 10, 0, ROOM);
}

static void a_record_that_is_being_written_is_not_read(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < CPU_LOG_COUNT + 10; i++)
		put(i);
	fake_time_hook = half_written;
	put(CPU_LOG_COUNT + 10);
	assert_null(fake_time_hook);
	expect_records(0, 11, CPU_LOG_COUNT, ROOM);
}

#define STORM_RECORDS 300000

static _Atomic bool writer_is_done;

static void *writer(void *unused)
{
	(void)unused;
	for (uint64_t i = 0; i < STORM_RECORDS; i++)
		put(i);
	writer_is_done = true;
	return NULL;
}

/* Whatever is handed out is whole and is the record that its number says. */
static void a_reader_beside_a_writer_sees_whole_records_only(void **state)
{
	pthread_t thread;
	uint64_t next = 0, seen = 0;
	bool is_last;

	(void)state;
	fake_is_threaded = true;
	writer_is_done = false;
	assert_int_equal(pthread_create(&thread, NULL, writer, NULL), 0);
	do {
		uint64_t first;

		is_last = writer_is_done;
		unsigned count = ring_read(&cpus[0].log, next, out, ROOM, &first);

		assert_true(first >= next);
		for (unsigned i = 0; i < count; i++) {
			assert_int_equal(out[i].a, first + i);
			assert_int_equal(out[i].b, first + i);
			assert_int_equal(out[i].c, first + i);
			assert_int_equal(out[i].d, first + i);
		}
		seen += count;
		next = first + count;
	} while (!is_last);
	pthread_join(thread, NULL);
	fake_is_threaded = false;
	/* What it read last are the newest. */
	assert_int_equal(next, STORM_RECORDS);
	assert_true(seen >= CPU_LOG_COUNT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(setup, an_empty_ring_gives_nothing),
		TEST_FROM(setup, records_come_back_in_order),
		TEST_FROM(setup, the_oldest_are_overwritten),
		TEST_FROM(setup, a_record_says_who_when_and_what),
		TEST_FROM(setup, an_owner_is_state_and_domain),
		TEST_FROM(setup, a_record_that_is_being_written_is_not_read),
		TEST_FROM(setup, a_reader_beside_a_writer_sees_whole_records_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
