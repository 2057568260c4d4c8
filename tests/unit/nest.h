/*
 * For tests about a pair that runs: who is who, and how CPU 0 gets there. Included by one test each.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_NEST_H
#define TESTS_UNIT_NEST_H

#include "tests/unit/fixture.h"
#include "mediator/virq.h"

static struct fixture *pair;

/* Two CPUs in the outer OS, an active pair of two vCPUs. */
static inline int outer_runs(void **state)
{
	fixture_active_2(state);
	pair = *state;
	return 0;
}

/* The box of vCPU 0 runs on CPU 0, its interrupts open. */
static inline int box_runs(void **state)
{
	outer_runs(state);
	fixture_run(pair, 0);
	guest_open();
	return 0;
}

/* Its VM runs, its interrupts open. */
static inline int vm_runs(void **state)
{
	box_runs(state);
	fixture_run_vm();
	guest_open();
	return 0;
}

static inline struct context *vm(void)
{
	return fixture_context(pair, HOST_ROLE_VM, 0);
}

static inline struct context *box(void)
{
	return fixture_context(pair, HOST_ROLE_BOX, 0);
}

static inline struct context *outer(void)
{
	return &outer_contexts[fake_cpu];
}

/* A general register of whoever runs. */
static inline uint64_t *x(unsigned n)
{
	return &machine_context()->frame.x[n];
}

static inline int64_t run(void)
{
	return call(HOST_RUN, pair->handle, 0);
}

static inline void expect_outer(uint64_t reason)
{
	assert_true(machine_is_in(outer()));
	assert_int_equal(*x(0), HOST_OK);
	assert_int_equal(*x(1), reason);
}

static inline void expect_box(uint64_t reason)
{
	assert_true(machine_is_in(box()));
	assert_int_equal(*x(0), BOX_OK);
	assert_int_equal(*x(1), reason);
}

/* Device accesses of the VM, and WFI. */
#define DEVICE		0x9000000ull
#define DATA		((uint64_t)ESR_EC_DATA_ABORT_LOWER << ESR_EC_SHIFT | ESR_IL | ESR_ABORT_ISV | 7)
#define SIZE(n)		((uint64_t)(n) << ESR_ABORT_SAS_SHIFT)
#define REG(n)		((uint64_t)(n) << ESR_ABORT_SRT_SHIFT)
#define WFI		((uint64_t)ESR_EC_WFX << ESR_EC_SHIFT | ESR_IL)

/* The timer of a context that is not loaded, and of the one that is: it expires at @deadline. */
static inline void arm_timer(struct context *context, uint64_t deadline)
{
	context->timer.ctl = CNT_CTL_ENABLE;
	context->timer.cval = deadline - context->timer.offset;
}

static inline void arm_timer_live(uint64_t deadline)
{
	fake_registers[fake_cpu][FAKE_cntv_ctl_el0] = CNT_CTL_ENABLE;
	fake_registers[fake_cpu][FAKE_cntv_cval_el0] = deadline - machine_context()->timer.offset;
}

static inline void enable_private(struct context *context, unsigned intid, uint8_t priority)
{
	context->virq.private_enabled |= (uint32_t)BIT(intid);
	context->virq.private_priority[intid] = priority;
}

#define SPI_A 33
#define SPI_B 40
#define SPI_C 97

/* The box sets an SPI of the running VM, which looks at it. */
static inline void set_and_refill(unsigned intid, uint8_t priority, bool level)
{
	virq_set_spi(vm(), intid, priority, level);
	machine_irq(INTID_KICK);
}

#endif
