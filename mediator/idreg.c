/*
 * The register sanitiser. Decides which features a domain sees: only those that need no state and
 * no trap that the mediator does not handle. Everything not listed is hidden, tomorrow's too.
 * Source: Arm DDI 0487, "ID_AA64*_EL1" register descriptions.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/idreg.h"
#include "arch/sysreg.h"

/* A field that is shown up to a highest value. ALL: whatever there is; SIGN: there or not (0xf), nothing more. */
struct id_field {
	uint8_t low;
	uint8_t limit;
};

#define FIELDS_MAX 14

struct id_register {
	uint8_t crm, op2;
	uint64_t (*read)(void);
	struct id_field fields[FIELDS_MAX];	/* ends with limit 0 */
};

#define ALL	0xf
#define SIGN	8

static const struct id_register registers[] = {
	/* PFR0: AArch64 only at EL0 and EL1; no EL2, EL3, RAS, SVE, AMU, MPAM; CSV2 without SCXTNUM. */
	{ 4, 0, read_id_aa64pfr0_el1,
	  { { 0, 1 }, { 4, 1 }, { 16, ALL }, { 20, ALL }, { 24, 1 }, { 48, ALL }, { 56, 1 }, { 60, ALL } } },
	/* PFR1: BT, SSBS. */
	{ 4, 1, read_id_aa64pfr1_el1, { { 0, ALL }, { 4, ALL } } },
	/* DFR0: the architecture requires a debug version and two breakpoints; both are trapped. */
	{ 5, 0, read_id_aa64dfr0_el1, { { 0, 6 }, { 12, 1 }, { 20, 1 }, { 28, 1 } } },
	/* ISAR0: AES SHA1 SHA2 CRC32 Atomic RDM SHA3 SM3 SM4 DP FHM TS TLB RNDR; not TME. */
	{ 6, 0, read_id_aa64isar0_el1,
	  { { 4, ALL }, { 8, ALL }, { 12, ALL }, { 16, ALL }, { 20, ALL }, { 28, ALL }, { 32, ALL }, { 36, ALL },
	    { 40, ALL }, { 44, ALL }, { 48, ALL }, { 52, ALL }, { 56, ALL }, { 60, ALL } } },
	/* ISAR1: DPB JSCVT FCMA LRCPC FRINTTS SB SPECRES BF16 DGH I8MM; no pointer authentication. */
	{ 6, 1, read_id_aa64isar1_el1,
	  { { 0, ALL }, { 12, ALL }, { 16, ALL }, { 20, ALL }, { 32, ALL }, { 36, ALL }, { 40, ALL }, { 44, ALL },
	    { 48, ALL }, { 52, ALL } } },
	/* ISAR2: RPRES MOPS BC CLRBHB CSSC. */
	{ 6, 2, read_id_aa64isar2_el1, { { 4, ALL }, { 16, ALL }, { 20, ALL }, { 28, ALL }, { 52, ALL } } },
	/* MMFR0: 40-bit PA, ASIDBITS, BIGEND, SNSMEM, BIGENDEL0, TGRAN16 TGRAN64 TGRAN4 (not 52-bit); no ECV, FGT. */
	{ 7, 0, read_id_aa64mmfr0_el1,
	  { { 0, 2 }, { 4, ALL }, { 8, ALL }, { 12, ALL }, { 16, ALL }, { 20, 1 }, { 24, SIGN }, { 28, SIGN } } },
	/* MMFR1: HAFDBS HPDS PAN ETS AFP nTLBPA ECBHB; no VH, VMID, LO, XNX, HCX. */
	{ 7, 1, read_id_aa64mmfr1_el1,
	  { { 0, 2 }, { 12, ALL }, { 20, 3 }, { 36, ALL }, { 44, ALL }, { 48, ALL }, { 60, ALL } } },
	/* MMFR2: CnP UAO LSM IESB CCIDX ST AT IDS TTL BBM E0PD; no NV, FWB, EVT, 52-bit addresses (VARange). */
	{ 7, 2, read_id_aa64mmfr2_el1,
	  { { 0, ALL }, { 4, ALL }, { 8, ALL }, { 12, ALL }, { 20, ALL }, { 28, ALL }, { 32, ALL },
	    { 36, ALL }, { 48, ALL }, { 52, ALL }, { 60, ALL } } },
};

/* By CRm - 1 and Op2. Written at boot, read ever after. */
static uint64_t views[7][8];

static uint64_t view_make(const struct id_register *reg)
{
	uint64_t value = reg->read(), view = 0;

	for (unsigned i = 0; i < FIELDS_MAX && reg->fields[i].limit != 0; i++) {
		unsigned low = reg->fields[i].low;
		uint64_t field = value >> low & 0xf;

		if (reg->fields[i].limit == SIGN)
			field = (field & SIGN) != 0 ? field : 0;
		else if (field > reg->fields[i].limit)
			field = reg->fields[i].limit;
		view |= field << low;
	}
	return view;
}

void idreg_init(void)
{
	for (unsigned i = 0; i < ARRAY_COUNT(registers); i++)
		views[registers[i].crm - 1][registers[i].op2] = view_make(&registers[i]);
}

uint64_t idreg_read(unsigned crm, unsigned op2)
{
	return crm >= 1 && crm <= 7 ? views[crm - 1][op2 & 7] : 0;
}
