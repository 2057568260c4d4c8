/*
 * The mediator, the clock and the outer OS as the box's devices see them, for unit tests: what the box
 * asked for is kept here and asserted. Included by one test each.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_BOX_FAKE_H
#define TESTS_UNIT_BOX_FAKE_H

#include "tests/unit/test.h"
#include "abi/box.h"
#include "box/clock.h"
#include "box/console.h"
#include "box/hvc.h"
#include "box/interrupt.h"
#include "lib/spinlock.h"

#define FAKE_VCPUS 8

/* What arch/fake's spinlock counts and reports. */
_Thread_local unsigned fake_locks_held;
unsigned (*fake_lock_level)(const void *lock);
_Thread_local unsigned fake_lock_levels;
bool fake_is_threaded;

void fake_violation(const char *format, ...)
{
	fail_msg("%s", format);
	abort();
}

/* SPIs as the mediator holds them. */
static struct {
	bool level[FAKE_VCPUS][BOX_SPI_END];
	bool edge[FAKE_VCPUS][BOX_SPI_END];
	bool active[FAKE_VCPUS][BOX_SPI_END];
	unsigned priority[BOX_SPI_END];
	unsigned calls;
	unsigned notifications;
	uint64_t now, alarm;		/* alarm 0: none */
	unsigned waits;
	void (*on_wait)(void);		/* what the outer OS does while the box sleeps */
	void (*on_notify)(void);
	struct console_page page;
} fake;

void hvc_spi_set(unsigned vcpu, unsigned intid, unsigned priority, bool level)
{
	assert_true(vcpu < FAKE_VCPUS && intid >= 32 && intid < BOX_SPI_END && priority < 256);
	*(level ? &fake.level[vcpu][intid] : &fake.edge[vcpu][intid]) = true;
	fake.priority[intid] = priority;
	fake.calls++;
}

unsigned hvc_spi_clear(unsigned vcpu, unsigned intid)
{
	assert_true(vcpu < FAKE_VCPUS && intid >= 32 && intid < BOX_SPI_END);
	unsigned state = (fake.level[vcpu][intid] || fake.edge[vcpu][intid] ? HVC_SPI_PENDING : 0) |
			 (fake.active[vcpu][intid] ? HVC_SPI_ACTIVE : 0);

	fake.level[vcpu][intid] = false;
	fake.edge[vcpu][intid] = false;
	fake.calls++;
	return state;
}

void hvc_notify(void)
{
	/* It may be long until the outer OS runs this vCPU again. */
	assert_int_equal(fake_locks_held, 0);
	fake.notifications++;
	if (fake.on_notify != NULL)
		fake.on_notify();
}

uint64_t clock_ticks(void)
{
	return fake.now;
}

uint64_t clock_hz(void)
{
	return 1000;
}

void clock_alarm(uint64_t ticks)
{
	if (fake.alarm == 0 || fake.alarm > fake.now + ticks)
		fake.alarm = fake.now + ticks;
}

void clock_alarm_stop(void)
{
	fake.alarm = 0;
}

void clock_wait(void)
{
	assert_int_equal(fake_locks_held, 0);
	fake.waits++;
	if (fake.alarm > fake.now)
		fake.now = fake.alarm;
	if (fake.on_wait != NULL)
		fake.on_wait();
}

void interrupt_take(void)
{
	fake.alarm = 0;
}

/* Is the SPI pending anywhere, and where? -1: nowhere. */
static inline int fake_vcpu_of(unsigned intid)
{
	for (int vcpu = 0; vcpu < FAKE_VCPUS; vcpu++) {
		if (fake.level[vcpu][intid] || fake.edge[vcpu][intid])
			return vcpu;
	}
	return -1;
}

#endif
