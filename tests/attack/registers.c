/*
 * System registers that no domain may use: those of EL2 and EL3, and those at EL1 that the mediator does
 * not offer. Which of them trap to the mediator and which the CPU refuses itself is not decided here.
 * Source: Arm DDI 0487, "AArch64 System register descriptions".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/attack.h"
#include "arch/sysreg.h"

/* A pattern that is not zero in any field. */
#define PATTERN 0x5a5a5a5a5a5a5a5aull

/* Refused: undefined, or it reads zero and keeps nothing of what is written. */
#define REGISTERS(R)											\
	R(HCR_EL2, s3_4_c1_c1_0) R(SCTLR_EL2, s3_4_c1_c0_0) R(TTBR0_EL2, s3_4_c2_c0_0)			\
	R(VTTBR_EL2, s3_4_c2_c1_0) R(VTCR_EL2, s3_4_c2_c1_2) R(VBAR_EL2, s3_4_c12_c0_0)			\
	R(CPTR_EL2, s3_4_c1_c1_2) R(MDCR_EL2, s3_4_c1_c1_1) R(ELR_EL2, s3_4_c4_c0_1)			\
	R(TPIDR_EL2, s3_4_c13_c0_2) R(CNTHCTL_EL2, s3_4_c14_c1_0) R(CNTVOFF_EL2, s3_4_c14_c0_3)		\
	R(CNTHP_CTL_EL2, s3_4_c14_c2_1) R(ICH_HCR_EL2, s3_4_c12_c11_0) R(ICH_LR0_EL2, s3_4_c12_c12_0)	\
	R(SCR_EL3, s3_6_c1_c1_0) R(SCTLR_EL3, s3_6_c1_c0_0) R(VBAR_EL3, s3_6_c12_c0_0)			\
	R(TTBR0_EL3, s3_6_c2_c0_0) R(CNTPS_CTL_EL1, s3_7_c14_c2_1)					\
	R(MDSCR_EL1, s2_0_c0_c2_2) R(DBGBVR0_EL1, s2_0_c0_c0_4) R(DBGBCR0_EL1, s2_0_c0_c0_5)		\
	R(DBGWVR0_EL1, s2_0_c0_c0_6) R(DBGWCR0_EL1, s2_0_c0_c0_7) R(OSECCR_EL1, s2_0_c0_c6_2)		\
	R(PMCR_EL0, s3_3_c9_c12_0) R(PMCCNTR_EL0, s3_3_c9_c13_0) R(PMUSERENR_EL0, s3_3_c9_c14_0)	\
	R(PMEVCNTR0_EL0, s3_3_c14_c8_0) R(PMSCR_EL1, s3_0_c9_c9_0) R(PMBLIMITR_EL1, s3_0_c9_c10_0)	\
	R(TRBLIMITR_EL1, s3_0_c9_c11_0) R(TRFCR_EL1, s3_0_c1_c2_1) R(TRCPRGCTLR, s2_1_c0_c1_0)		\
	R(ZCR_EL1, s3_0_c1_c2_0) R(SMCR_EL1, s3_0_c1_c2_6) R(AMCR_EL0, s3_3_c13_c2_0)			\
	R(APIAKEYLO_EL1, s3_0_c2_c1_0) R(GCR_EL1, s3_0_c1_c0_6) R(RGSR_EL1, s3_0_c1_c0_5)		\
	R(TFSR_EL1, s3_0_c5_c6_0) R(LORC_EL1, s3_0_c10_c4_3) R(LORSA_EL1, s3_0_c10_c4_0)		\
	R(ERRSELR_EL1, s3_0_c5_c3_1) R(ERXCTLR_EL1, s3_0_c5_c4_1) R(MPAM1_EL1, s3_0_c10_c5_0)		\
	R(ACTLR_EL1, s3_0_c1_c0_1)									\
	R(IMPLEMENTATION_0, s3_0_c15_c0_0) R(IMPLEMENTATION_1, s3_1_c15_c2_0) R(IMPLEMENTATION_3, s3_3_c11_c0_0)

#define R(name, encoding)										\
	static void read_##name(uint64_t *value) { __asm__ volatile("mrs %0, " #encoding : "=r"(*value)); }	\
	static void write_##name(uint64_t *value)							\
	{												\
		__asm__ volatile("msr " #encoding ", %0; isb" : : "r"(*value));				\
	}
REGISTERS(R)
#undef R

static const struct attack_register {
	const char *name, *encoding;
	void (*read)(uint64_t *), (*write)(uint64_t *);
} registers[] = {
#define R(name, encoding) { #name, #encoding, read_##name, write_##name },
	REGISTERS(R)
#undef R
};

/* Undefined, or reads zero. */
static bool read_try(const struct attack_register *reg, uint64_t *value, uint64_t *esr)
{
	*value = 0;
	*esr = guard_run(reg->read, value);
	return *esr != 0 || *value == 0;
}

static void register_attack(const struct attack_register *reg)
{
	uint64_t esr_read, esr_write, before, after, pattern = PATTERN;

	attack_begin("read and write of system register %s (%s)", reg->name, reg->encoding);
	bool refused = read_try(reg, &before, &esr_read);

	after = before;
	esr_write = guard_run(reg->write, &pattern);
	if (esr_read == 0)
		refused = read_try(reg, &after, &esr_read) && refused;
	/* Nothing of a write that was let through may stay behind. */
	pattern = 0;
	if (esr_write == 0)
		(void)guard_run(reg->write, &pattern);
	if (esr_read != 0 && esr_write != 0)
		attack_end(refused, "undefined");
	else
		attack_end(refused, "reads 0x%llx, after a write 0x%llx", (unsigned long long)before,
			   (unsigned long long)after);
}

/* Set/way maintenance has no meaning below a hypervisor: invalidating must not lose what was written. */
static void set_way(uint64_t *set)
{
	__asm__ volatile("dc isw, %0; dc cisw, %0; dsb sy" : : "r"(*set) : "memory");
}

static void set_way_attack(void)
{
	static volatile uint64_t canary;
	uint64_t esr = 0;

	attack_begin("invalidation of caches by set and way, 1024 sets");
	for (uint64_t set = 0; set < 1024 && esr == 0; set++) {
		uint64_t argument = set << 6;

		canary = PATTERN + set;
		esr = guard_run(set_way, &argument);
		if (canary != PATTERN + set) {
			attack_end(false, "it took effect: what was written is lost");
			return;
		}
	}
	attack_end(true, esr != 0 ? "undefined" : "ignored");
}

/* Fields of ID registers behind which a feature needs help of EL2 or EL3 that nobody gives. */
static const struct hidden {
	const char *feature;
	uint64_t (*read)(void);
	unsigned low;
} hidden[] = {
	{ "EL2", read_id_aa64pfr0_el1, 8 },	{ "EL3", read_id_aa64pfr0_el1, 12 },
	{ "RAS", read_id_aa64pfr0_el1, 28 },	{ "SVE", read_id_aa64pfr0_el1, 32 },
	{ "SEL2", read_id_aa64pfr0_el1, 36 },	{ "MPAM", read_id_aa64pfr0_el1, 40 },
	{ "AMU", read_id_aa64pfr0_el1, 44 },	{ "RME", read_id_aa64pfr0_el1, 52 },
	{ "MTE", read_id_aa64pfr1_el1, 8 },	{ "SME", read_id_aa64pfr1_el1, 24 },
	{ "trace", read_id_aa64dfr0_el1, 4 },	{ "PMU", read_id_aa64dfr0_el1, 8 },
	{ "SPE", read_id_aa64dfr0_el1, 32 },	{ "trace buffer", read_id_aa64dfr0_el1, 44 },
	{ "APA", read_id_aa64isar1_el1, 4 },	{ "API", read_id_aa64isar1_el1, 8 },
	{ "FGT", read_id_aa64mmfr0_el1, 56 },	{ "ECV", read_id_aa64mmfr0_el1, 60 },
	{ "VHE", read_id_aa64mmfr1_el1, 8 },	{ "NV", read_id_aa64mmfr2_el1, 24 },
};

static void hidden_attack(const struct hidden *field)
{
	uint64_t value = field->read() >> field->low & 0xf;

	attack_begin("use of %s", field->feature);
	attack_end(value == 0, "the ID register's field reads %llu", (unsigned long long)value);
}

void attack_registers(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++)
		register_attack(&registers[i]);
	for (size_t i = 0; i < ARRAY_COUNT(hidden); i++)
		hidden_attack(&hidden[i]);
	set_way_attack();
}
