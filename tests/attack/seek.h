/*
 * Looking for a secret in memory, and in the registers that an exit of somebody else leaves behind. The seeker is told
 * the complement and keeps that, so that nothing of its own is a find.
 * Linked into test builds only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_SEEK_H
#define TESTS_ATTACK_SEEK_H

#include "lib/compiler.h"

/* A secret is so many words; each of them alone is a find. */
#define SEEK_WORDS	4

/* x0 .. x30, as seek_call leaves them. */
#define SEEK_GENERAL	31

/* seek_for - look for the words of which these are the complements, from now on. */
void seek_for(const uint64_t inverse[SEEK_WORDS]);

/* seek_is_on - was seek_for called? */
bool seek_is_on(void);

/* seek_page - how many words of the granule at @at are one. False if a read aborted; @found counts those before it. */
MUST_CHECK bool seek_page(uintptr_t at, uint64_t *found);

/* seek_call - HVC with x0 .. x2 = frame[0 .. 2]; every general register as it comes back goes to @frame. */
void seek_call(uint64_t frame[SEEK_GENERAL]);

/**
 * seek_registers - how many registers of this CPU hold one of the words: @general, the vector registers, and the system
 * registers that EL1 has.
 *
 * @first  the first of them, for seek_name; unchanged if there is none
 * Context: as soon after seek_call as can be, interrupts masked.
 */
uint64_t seek_registers(const uint64_t general[SEEK_GENERAL], unsigned *first);

/* seek_name - the name of a register that seek_registers found. */
void seek_name(unsigned number, char *out, size_t bytes);

#endif
