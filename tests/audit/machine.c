/*
 * Registers of all CPUs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/machine.h"

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
