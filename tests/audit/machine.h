/*
 * The audited machine while it stands still: its CPUs' registers and its RAM. What an audit starts from.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_MACHINE_H
#define TESTS_AUDIT_MACHINE_H

#include "tests/audit/memory.h"
#include "tests/audit/remote.h"

/* As Arm DDI 0487 names them. */
#define MACHINE_REGISTERS(R)								\
	R(cpsr, "cpsr") R(scr_el3, "SCR_EL3") R(hcr_el2, "HCR_EL2") R(sctlr_el2, "SCTLR_EL2")	\
	R(tcr_el2, "TCR_EL2") R(ttbr0_el2, "TTBR0_EL2") R(vtcr_el2, "VTCR_EL2") R(vttbr_el2, "VTTBR_EL2")

/* x0 .. x30, then both halves of v0 .. v31. */
#define MACHINE_GENERAL		31
#define MACHINE_DATA_WORDS	(MACHINE_GENERAL + 2 * 32)

struct cpu_registers {
#define R(field, name) uint64_t field;
	MACHINE_REGISTERS(R)
#undef R
	uint64_t data[MACHINE_DATA_WORDS];
};

struct machine {
	struct memory memory;
	unsigned cpu_count;
	struct cpu_registers cpus[REMOTE_CPU_MAX];
};

/* machine_read - the registers of all CPUs; false with remote->problem set. The machine must stand still. */
bool machine_read(struct machine *machine, struct remote *remote);

/* machine_is_mediated - has the mediator turned on EL2's MMU on this CPU? Before, EL2 registers mean nothing. */
static inline bool machine_is_mediated(const struct cpu_registers *cpu)
{
	return (cpu->sctlr_el2 & 1) != 0;
}

/* machine_is_below_el2 - does this CPU run non-secure EL1 or EL0, that is, an untrusted domain? */
static inline bool machine_is_below_el2(const struct cpu_registers *cpu)
{
	return (cpu->scr_el3 & 1) != 0 && (cpu->cpsr & 0x1f) < 8;
}

/* machine_is_in_el2 - did this CPU stop inside the mediator, in the middle of whatever it does? */
static inline bool machine_is_in_el2(const struct cpu_registers *cpu)
{
	return machine_is_mediated(cpu) && (cpu->cpsr & 0x1e) == 8;
}

/* machine_is_normal - is this CPU in the normal world: in the mediator, or below it? */
static inline bool machine_is_normal(const struct cpu_registers *cpu)
{
	return (cpu->scr_el3 & 1) != 0 && (cpu->cpsr & 0x1f) < 0xc;
}

/* machine_read_data - after machine_read: what CPUs in the normal world have in general and vector registers; likewise. */
bool machine_read_data(struct machine *machine, struct remote *remote);

#endif
