/*
 * Commands that try something and say what came of it: memory, calls, registers.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"

static bool width_take(const struct words *words, unsigned index, uint64_t *bytes)
{
	*bytes = 4;
	if (index >= words->count)
		return true;
	*bytes = words->number[index];
	if (*bytes == 1 || *bytes == 2 || *bytes == 4 || *bytes == 8)
		return true;
	print("%s: width is '%s', expected 1, 2, 4 or 8\n", words->word[0], words->word[index]);
	return false;
}

static void fault_print(const char *what, uint64_t at, const struct probe *probe)
{
	print("%s 0x%lx: abort ESR 0x%lx FAR 0x%lx\n", what, at, probe->esr, probe->far);
}

void command_peek(const struct words *words)
{
	uint64_t address = words->number[1], bytes;
	struct probe probe = { .esr = 0 };

	if (!width_take(words, 2, &bytes))
		return;
	probe_load(&probe, address, bytes);
	if (probe.esr != 0)
		fault_print("peek", address, &probe);
	else
		print("peek 0x%lx: 0x%lx\n", address, probe.value[0]);
}

void command_poke(const struct words *words)
{
	uint64_t address = words->number[1], bytes;
	struct probe probe = { .esr = 0 };

	if (!width_take(words, 3, &bytes))
		return;
	probe_store(&probe, address, bytes, words->number[2]);
	if (probe.esr != 0)
		fault_print("poke", address, &probe);
	else
		print("poke 0x%lx: done\n", address);
}

static void call(const struct words *words, void (*conduit)(struct probe *out, const uint64_t args[8]))
{
	uint64_t args[8] = { 0 };
	struct probe probe = { .esr = 0 };

	for (unsigned i = 1; i < words->count && i <= 8; i++)
		args[i - 1] = words->number[i];
	conduit(&probe, args);
	if (probe.esr != 0)
		print("%s 0x%lx: undefined, ESR 0x%lx\n", words->word[0], args[0], probe.esr);
	else
		print("%s 0x%lx: x0 0x%lx x1 0x%lx x2 0x%lx x3 0x%lx\n", words->word[0], args[0], probe.value[0],
		      probe.value[1], probe.value[2], probe.value[3]);
}

void command_smc(const struct words *words)
{
	call(words, probe_smc);
}

void command_hvc(const struct words *words)
{
	call(words, probe_hvc);
}

void command_mark(const struct words *words)
{
	volatile uint64_t *at = (volatile uint64_t *)SMALL_MARK_BASE;

	for (uint64_t i = 0; i < SMALL_MARK_BYTES / sizeof(*at); i++)
		at[i] = words->number[1];
	dsb_sy();
	print("mark: 0x%lx in 0x%x bytes at 0x%x\n", words->number[1], SMALL_MARK_BYTES, SMALL_MARK_BASE);
}

void command_regs(const struct words *words)
{
	const struct frame *boot = &small_boot_frame;

	(void)words;
	print("at the first instruction: PC 0x%lx SP 0x%lx DAIF 0x%lx\n", boot->pc, boot->sp, boot->pstate);
	for (unsigned i = 0; i < ARRAY_COUNT(boot->x); i++) {
		if (boot->x[i] != 0)
			print("  x%u 0x%lx\n", i, boot->x[i]);
	}
	print("  all other of x0..x30 zero\n");
	print("now: CurrentEL %lu MPIDR_EL1 0x%lx SCTLR_EL1 0x%lx TCR_EL1 0x%lx VBAR_EL1 0x%lx\n",
	      read_currentel() >> 2, read_mpidr_el1(), read_sctlr_el1(), read_tcr_el1(), read_vbar_el1());
	print("     CNTFRQ_EL0 %lu CNTVCT_EL0 %lu DAIF 0x%lx\n", read_cntfrq_el0(), read_cntvct_el0(), read_daif());
}

#define ID_REGISTERS(R)										\
	R(midr_el1) R(mpidr_el1) R(ctr_el0) R(dczid_el0) R(id_aa64pfr0_el1) R(id_aa64pfr1_el1)	\
	R(id_aa64dfr0_el1) R(id_aa64isar0_el1) R(id_aa64isar1_el1) R(id_aa64isar2_el1)		\
	R(id_aa64mmfr0_el1) R(id_aa64mmfr1_el1) R(id_aa64mmfr2_el1) R(id_aa64mmfr3_el1) R(id_aa64mmfr4_el1)

void command_idregs(const struct words *words)
{
	(void)words;
#define R(name) print("%-17s 0x%016lx\n", #name, read_##name());
	ID_REGISTERS(R)
#undef R
}
