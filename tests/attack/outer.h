/*
 * The outer OS as an attacker: commands added to the control prompt of a test build of the lightweight
 * kernel. Each group of attempts is one file.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_OUTER_H
#define TESTS_ATTACK_OUTER_H

#include "lwk/host.h"
#include "lwk/vm.h"
#include "tests/attack/attack.h"

/* attack_end for an attempt that the mediator must have written to its log: if it has not, that counts as a breach. */
PRINTF(2, 3) void attack_end_logged(bool refused, const char *format, ...);

/* outer_number - a number in small hexadecimal digits, after 0x, as the harness writes it. */
uint64_t outer_number(const char *text);

/* outer_call - a host call with all its arguments: x[0] the id .. x[6]; results replace them. Returns the status. */
int64_t outer_call(uint64_t x[8]);

/* outer_refused - attempt this host call; it must return @expected. */
#define outer_refused(expected, what, ...) \
	outer_refused_args(expected, what, (uint64_t[8]){ __VA_ARGS__ })
void outer_refused_args(int64_t expected, const char *what, uint64_t x[8]);

/* outer_access - read, write, execute and read with the MMU off at @pa: all of them must be aborted. */
void outer_access(const char *what, uint64_t pa);

/* outer_sweep - read one word in every granule of a range: all of them must be aborted. */
void outer_sweep(const char *what, uint64_t base, uint64_t bytes);

/* outer_read - one read. Returns ESR_EL1, 0 if it succeeded. */
uint64_t outer_read(uint64_t pa, uint64_t *value);

/* A pair of the attacker's own, with some memory: what it may do with it is what is tried. */
struct outer_pair {
	uint64_t control, pool, block, params;
	uint64_t handle;
};

#define OUTER_PAIR_RAM		0x400000
#define OUTER_POOL_GRANULES	8

/* outer_pair_make - a pair that takes memory, one vCPU, 4 MiB, and a free block of 2 MiB. False if there is no memory. */
MUST_CHECK bool outer_pair_make(struct outer_pair *pair);
/* outer_pair_end - terminate it and take all of it back, however far it came. Returns granules that came back not zero. */
uint64_t outer_pair_end(struct outer_pair *pair);

/* The groups. */
void outer_memory(struct vm *victim);
void outer_calls(struct vm *victim);
void outer_interrupts(struct vm *victim);
void outer_registers(struct vm *victim);
void outer_race(struct vm *victim);
void outer_inside(struct vm *victim);
void outer_leaving(struct vm *victim);
void outer_secret(struct vm *victim);

#endif
