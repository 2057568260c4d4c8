/*
 * Registers of all CPUs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/machine.h"
#include <stdio.h>

bool machine_read(struct machine *machine, struct remote *remote)
{
	machine->cpu_count = remote->cpu_count;
	for (unsigned i = 0; i < remote->cpu_count; i++) {
		struct cpu_registers *cpu = &machine->cpus[i];

#define R(field, name)							\
		if (!remote_read(remote, i, name, &cpu->field))		\
			return false;
		MACHINE_REGISTERS(R)
#undef R
	}
	return true;
}

static bool data_read(struct cpu_registers *cpu, struct remote *remote, unsigned number)
{
	char name[8];

	for (unsigned i = 0; i < MACHINE_GENERAL; i++) {
		snprintf(name, sizeof(name), "x%u", i);
		if (!remote_read(remote, number, name, &cpu->data[i]))
			return false;
	}
	for (unsigned i = 0; i < 32; i++) {
		/* Where the CPU has SVE, the low part of z0 is v0. */
		snprintf(name, sizeof(name), remote_has(remote, "v0") ? "v%u" : "z%u", i);
		if (!remote_read_start(remote, number, name, &cpu->data[MACHINE_GENERAL + 2 * i], 16))
			return false;
	}
	return true;
}

bool machine_read_data(struct machine *machine, struct remote *remote)
{
	for (unsigned i = 0; i < machine->cpu_count; i++) {
		if (machine_is_normal(&machine->cpus[i]) && !data_read(&machine->cpus[i], remote, i))
			return false;
	}
	return true;
}
