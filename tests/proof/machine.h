/*
 * The machine below a harness whose product code takes locks or reads registers: arch/fake's headers, with bodies that
 * only remember. One definition a harness: each harness is one translation unit.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_PROOF_MACHINE_H
#define TESTS_PROOF_MACHINE_H

#include "arch/sysreg.h"
#include "lib/check.h"
#include "mediator/cpu.h"
#include "tests/proof/proof.h"

_Thread_local unsigned fake_locks_held;
unsigned (*fake_lock_level)(const void *lock);
_Thread_local unsigned fake_lock_levels;
bool fake_is_threaded;

/* A lock taken twice or given back untaken ends the path in a failed claim. */
void fake_violation(const char *format, ...)
{
	(void)format;
	CLAIM(false, "locks are taken once and given back");
	ASSUME(false);
	for (;;)
		;
}

/* trap.c has its own. */
#ifndef MACHINE_WITHOUT_CHECK_FAILED
void check_failed(const char *file, int line)
{
	(void)file;
	(void)line;
	CLAIM(false, "no CHECK is reached");
	ASSUME(false);
	for (;;)
		;
}
#endif

/* Barriers, cache maintenance and waits: a harness that is about them has its own. */
#ifndef MACHINE_WITHOUT_EVENTS
void fake_event(enum fake_event_kind kind, uint64_t a, uint64_t b)
{
	(void)kind;
	(void)a;
	(void)b;
}
#endif

/* A store to a descriptor, before it takes effect: likewise. */
#ifndef MACHINE_WITHOUT_DESCRIPTORS
void fake_descriptor(const volatile uint64_t *entry, uint64_t descriptor)
{
	(void)entry;
	(void)descriptor;
}
#endif

/* One CPU. A harness gives registers any value where it matters. */
static uint64_t machine_registers[FAKE_REGISTER_COUNT];

uint64_t fake_register_read(unsigned number)
{
	return machine_registers[number];
}

void fake_register_write(unsigned number, uint64_t value)
{
	machine_registers[number] = value;
}

/* What code that asks for its CPU finds: one of any kind. */
static struct cpu machine_cpu;

static inline void machine_cpu_make(void)
{
	machine_cpu.stops_walks = nondet_bool();
	machine_registers[FAKE_tpidr_el2] = (uint64_t)&machine_cpu;
}

#endif
