/*
 * Registers: those that EL1 must not have, those that the mediator does not name in an exit, and the
 * vector registers that the VM before had.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/record.h"
#include "tests/attack/outer.h"
#include "tests/attack/vectors.h"

#define LOOKS		100
#define MARKED_TRIES	1000
/* What the harness lets the victim fill its vector registers with: `fp 0x5eed`. */
#define SEED		0x5eedull

static void vectors_attack(void)
{
	uint64_t halves[64];
	unsigned known = 0;

	attack_begin("read of the VM's vector registers, %u times while it uses them", LOOKS);
	for (unsigned i = 0; i < LOOKS && known == 0; i++) {
		thread_sleep_ms(5);
		if (guard_run(guard_vectors_read, halves) == 0)
			known = vectors_known(halves, SEED);
	}
	attack_end(known == 0, "%u halves hold the VM's values", known);
}

/* The VM's general registers at an exit: only what the exit names may be in ours. */
static void exit_attack(const struct vm *victim)
{
	uint64_t argument[4] = { 0 };
	unsigned tries = 0;

	attack_begin("finding a VM's registers in x4 .. x28 after HOST_RUN");
	do {
		argument[0] = HOST_RUN;
		argument[1] = victim->handle;
		argument[2] = 0;
		if (guard_run(guard_call_marked, argument) != 0)
			break;
		/* Its own thread runs it meanwhile. */
		if (argument[0] != HOST_OK)
			thread_sleep_ms(1);
	} while (argument[0] != HOST_OK && ++tries < MARKED_TRIES);
	if (argument[0] != HOST_OK)
		attack_end(false, "the attack could not be made: %s", record_status((int64_t)argument[0]));
	else
		attack_end(argument[3] == 0, "after exit %llu, %llu of them changed", (unsigned long long)argument[1],
			   (unsigned long long)argument[3]);
}

void outer_registers(struct vm *victim)
{
	vectors_attack();
	exit_attack(victim);
	attack_registers();
}
