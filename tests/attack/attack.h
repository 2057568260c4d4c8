/*
 * Attacks: what all three attackers (outer OS, box, VM) share. An attempt is announced in words, made
 * under guard_run, and judged; how it is reported is each attacker's (attack_begin, attack_end).
 * Linked into test builds only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_H
#define TESTS_ATTACK_H

#include "lib/compiler.h"

/**
 * guard_run - call @function(@argument) with interrupts masked; whatever exception it raises ends it.
 *
 * Returns 0, or ESR_EL1 of the exception. SCTLR_EL1, VBAR_EL1 and the stack are as before in any case, so
 * @function may turn the MMU off. Uses TPIDR_EL0 and TPIDRRO_EL0. Not to be nested.
 */
uint64_t guard_run(void (*function)(uint64_t *argument), uint64_t *argument);

/* For guard_run. argument[0] is an address. */
void guard_load(uint64_t *argument);		/* argument[1] = 64 bits from there */
void guard_store(uint64_t *argument);		/* writes argument[1] there */
void guard_load_plain(uint64_t *argument);	/* as guard_load, with the MMU off */
void guard_execute(uint64_t *argument);		/* MMU off, branch there: an abort says that nothing was fetched */

void guard_vectors_read(uint64_t *argument);	/* argument[0 .. 63] = halves of v0 .. v31 */
void guard_call_marked(uint64_t *argument);	/* HVC with x0 .. x2 = argument[0 .. 2]; [0], [1] = x0, x1 of the
						 * answer, [3] = how many of x4 .. x28 it changed */

/* attack_begin - an attempt, in words; attack_end - what came of it, in words. One at a time. */
PRINTF(1, 2) void attack_begin(const char *format, ...);
PRINTF(2, 3) void attack_end(bool refused, const char *format, ...);

/* guard_is_abort - does this ESR say that a load, store or fetch was aborted? */
static inline bool guard_is_abort(uint64_t esr)
{
	uint64_t class = esr >> 26;

	return class == 0x21 || class == 0x25;
}

/* attack_registers - all system registers that nobody at EL1 may have (registers.c). */
void attack_registers(void);

#endif
