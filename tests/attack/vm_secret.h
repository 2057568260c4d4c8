/*
 * The secret of an attacked VM. It is told the complement, so that nobody else has ever held the secret itself.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_VM_SECRET_H
#define TESTS_ATTACK_VM_SECRET_H

#include "lib/compiler.h"
#include "tests/attack/seek.h"

/* vm_secret_word - word @index of the secret; words repeat. */
uint64_t vm_secret_word(uint64_t index);

/* vm_secret_fill - write it over @count words. */
void vm_secret_fill(volatile uint64_t *at, uint64_t count);

/*
 * One exit with the secret in every register but x0 and x1 = argument[4], argument[5]: general and vector registers hold
 * the complements of argument[0 .. 3]. In vm_secret_exit.S. Interrupts are masked.
 */
void vm_exit_read(const uint64_t *argument);		/* 8 bytes at x0, into a register that holds a secret */
void vm_exit_write_byte(const uint64_t *argument);	/* 1 and 2 bytes of one, at x0 */
void vm_exit_write_half(const uint64_t *argument);
void vm_exit_write_all(const uint64_t *argument);	/* all of one: this tells it */
void vm_exit_wait(const uint64_t *argument);
void vm_exit_smc(const uint64_t *argument);
void vm_exit_hvc(const uint64_t *argument);
void vm_exit_spin(const uint64_t *argument);		/* x0 rounds: whoever interrupts ends them */

#endif
