/*
 * What every proof harness has: unknown values, assumptions, claims and witnesses. A harness is a function proof()
 * that CBMC runs for all unknown values at once; tests/proof/run says how it is run and what counts as proved.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_PROOF_H
#define TESTS_PROOF_H

#include "lib/compiler.h"

/* CBMC: a function of this prefix without a body returns any value. */
uint64_t nondet_u64(void);
uint32_t nondet_u32(void);
uint16_t nondet_u16(void);
uint8_t nondet_u8(void);
bool nondet_bool(void);

/* Only states that satisfy @e are looked at. What is assumed must be what callers guarantee. */
#define ASSUME(e)	__CPROVER_assume(e)

/* Holds in every state that is looked at. Texts are unique in a harness. */
#define CLAIM(e, text)	__CPROVER_assert(e, text)

/*
 * Some state that is looked at satisfies @e: what was assumed leaves the case over. Asserted the wrong way round, so
 * that CBMC has to find it; the runner expects it to be found.
 */
#define WITNESS(e, text) __CPROVER_assert(!(e), "witness: " text)

/* The entrance. */
void proof(void);

#endif
