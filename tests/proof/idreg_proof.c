/*
 * The register sanitiser, for all values of all ID registers: what is hidden reads as "not there", and no field says
 * more than the CPU's own. The list of what is hidden is this file's, made from SECURITY.md and the register
 * descriptions of Arm DDI 0487, not from mediator/idreg.c.
 * Unwind: 15
 * Mutant: mediator/idreg.c: s/{ 0, ALL }, { 4, ALL } } },/{ 0, ALL }, { 4, ALL }, { 8, ALL } } },/
 * Breaks: what is hidden is not there
 * Mutant: mediator/idreg.c: s/field > reg->fields\[i\].limit)/field < reg->fields[i].limit)/
 * Breaks: no field says more than the hardware
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/idreg.c"
#include "tests/proof/machine.h"

#define FIELD(low) (0xfull << (low))

/* A register by CRm and Op2: fields that read zero, and signed fields, in which 0xf is the least. */
struct rule {
	uint8_t crm, op2;
	enum fake_register hardware;
	uint64_t hidden;
	uint64_t is_signed;
};

static const struct rule rules[] = {
	/* EL2 EL3 RAS SVE SEL2 MPAM AMU RME */
	{ 4, 0, FAKE_id_aa64pfr0_el1, FIELD(8) | FIELD(12) | FIELD(28) | FIELD(32) | FIELD(36) | FIELD(40) | FIELD(44) |
				      FIELD(52), FIELD(16) | FIELD(20) },
	/* all but BT and SSBS: MTE RAS_frac MPAM_frac SME RNDR_trap CSV2_frac NMI MTE_frac GCS THE MTEX DF2 PFAR */
	{ 4, 1, FAKE_id_aa64pfr1_el1, ~(FIELD(0) | FIELD(4)), 0 },
	/* TraceVer PMUVer PMSS PMSVer DoubleLock TraceFilt TraceBuffer MTPMU BRBE ExtTrcBuff HPMN0 */
	{ 5, 0, FAKE_id_aa64dfr0_el1, FIELD(4) | FIELD(8) | FIELD(16) | FIELD(24) | FIELD(32) | FIELD(36) | FIELD(40) |
				      FIELD(44) | FIELD(48) | FIELD(52) | FIELD(56) | FIELD(60), 0 },
	/* reserved, and TME */
	{ 6, 0, FAKE_id_aa64isar0_el1, FIELD(0) | FIELD(24), 0 },
	/* APA API GPA GPI XS LS64 */
	{ 6, 1, FAKE_id_aa64isar1_el1, FIELD(4) | FIELD(8) | FIELD(24) | FIELD(28) | FIELD(56) | FIELD(60), 0 },
	/* WFxT GPA3 APA3 PAC_frac, SYSREG_128, SYSINSTR_128, PRFMSLC, RPRFM, LUT, ATS1A */
	{ 6, 2, FAKE_id_aa64isar2_el1, FIELD(0) | FIELD(8) | FIELD(12) | FIELD(24) | FIELD(32) | FIELD(36) | FIELD(40) |
				       FIELD(48) | FIELD(56) | FIELD(60), 0 },
	/* TGRAN16_2 TGRAN64_2 TGRAN4_2 ExS, reserved, FGT ECV */
	{ 7, 0, FAKE_id_aa64mmfr0_el1, FIELD(32) | FIELD(36) | FIELD(40) | FIELD(44) | FIELD(48) | FIELD(52) |
				       FIELD(56) | FIELD(60), FIELD(24) | FIELD(28) },
	/* VMIDBits VH LO SpecSEI XNX TWED HCX TIDCP1 CMOW */
	{ 7, 1, FAKE_id_aa64mmfr1_el1, FIELD(4) | FIELD(8) | FIELD(16) | FIELD(24) | FIELD(28) | FIELD(32) | FIELD(40) |
				       FIELD(52) | FIELD(56), 0 },
	/* NV FWB EVT, reserved */
	{ 7, 2, FAKE_id_aa64mmfr2_el1, FIELD(24) | FIELD(40) | FIELD(44) | FIELD(56), 0 },
};

static uint64_t field_of(uint64_t value, unsigned low)
{
	return value >> low & 0xf;
}

/* How much a field says: of a signed one, 0xf (not there) is less than 0. */
static uint64_t rank_of(const struct rule *rule, uint64_t value, unsigned low)
{
	return rule != NULL && (rule->is_signed & FIELD(low)) != 0 ? field_of(value, low) ^ 8 : field_of(value, low);
}

static const struct rule *rule_of(unsigned crm, unsigned op2)
{
	for (unsigned i = 0; i < ARRAY_COUNT(rules); i++) {
		if (rules[i].crm == crm && rules[i].op2 == op2)
			return &rules[i];
	}
	return NULL;
}

/* Fields of which only the first values are shown. */
static void limits_check(void)
{
	uint64_t pfr0 = idreg_read(4, 0), mmfr0 = idreg_read(7, 0);
	uint64_t tgran4 = field_of(mmfr0, 28), tgran16 = field_of(mmfr0, 20), tgran64 = field_of(mmfr0, 24);

	CLAIM(field_of(pfr0, 0) <= 1 && field_of(pfr0, 4) <= 1, "EL0 and EL1 are AArch64 only");
	CLAIM(field_of(pfr0, 56) <= 1, "no SCXTNUM registers");
	CLAIM(field_of(mmfr0, 0) <= 2, "physical addresses have at most 40 bits");
	CLAIM((tgran4 == 0 || tgran4 >= 8) && tgran16 <= 1 && (tgran64 == 0 || tgran64 >= 8) &&
	      field_of(idreg_read(7, 2), 16) == 0, "no 52-bit addresses");
	CLAIM(field_of(idreg_read(5, 0), 0) <= 6, "debug as of Armv8.0");
	WITNESS(tgran4 == 0xf, "a CPU without 4 KiB pages");
}

void proof(void)
{
	unsigned crm = nondet_u8(), op2 = nondet_u8(), low = nondet_u8();

	for (unsigned i = 0; i < ARRAY_COUNT(rules); i++)
		fake_register_write(rules[i].hardware, nondet_u64());
	idreg_init();
	ASSUME(crm < 16 && op2 < 8 && low < 64 && low % 4 == 0);

	const struct rule *rule = rule_of(crm, op2);
	uint64_t view = idreg_read(crm, op2), hardware = rule != NULL ? fake_register_read(rule->hardware) : 0;

	CLAIM((view & (rule != NULL ? rule->hidden : ~0ull)) == 0, "what is hidden is not there");
	CLAIM(rank_of(rule, view, low) <= rank_of(rule, hardware, low), "no field says more than the hardware");
	limits_check();
	WITNESS(rule != NULL && (rule->is_signed & FIELD(low)) != 0 && field_of(view, low) == 0xf, "a signed field");
	WITNESS(rule != NULL && view != 0 && view != hardware, "a register that is shown in part");
	WITNESS(crm == 6 && op2 == 0 && view == (hardware & ~rule->hidden), "a register of which all else is shown");
}
