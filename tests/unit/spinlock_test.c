/*
 * lib/spinlock.h itself, which the mediator's tests replace by one that counts: threads keep each other out.
 * Links:
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <pthread.h>
#include "tests/unit/test.h"
#include "../../lib/spinlock.h"

#define THREADS	3
#define ROUNDS	20000

static struct spinlock lock;
static uint64_t first, second;

static void *worker(void *unused)
{
	(void)unused;
	for (unsigned i = 0; i < ROUNDS; i++) {
		spin_lock(&lock);
		first++;
		second++;
		spin_unlock(&lock);
	}
	return NULL;
}

static void counts_under_the_lock_are_exact(void **state)
{
	pthread_t threads[THREADS];

	(void)state;
	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, worker, NULL), 0);
	for (unsigned i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(first, THREADS * ROUNDS);
	assert_int_equal(second, THREADS * ROUNDS);
}

static void a_taken_lock_is_not_taken_by_trying(void **state)
{
	struct spinlock one = { 0 };

	(void)state;
	assert_true(spin_try_lock(&one));
	assert_false(spin_try_lock(&one));
	spin_unlock(&one);
	assert_true(spin_try_lock(&one));
	spin_unlock(&one);
	spin_lock(&one);
	assert_false(spin_try_lock(&one));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(counts_under_the_lock_are_exact),
		TEST(a_taken_lock_is_not_taken_by_trying),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
