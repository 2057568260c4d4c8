/*
 * Fields of system registers and exception syndromes, named as in the Arm manual. Safe for C and
 * assembly (no suffixes on constants that assembly uses).
 * Source: Arm DDI 0487, "AArch64 System register descriptions"; Arm IHI 0069 for ICC and ICH.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_SYSREG_FIELDS_H
#define ARCH_SYSREG_FIELDS_H

/* Every field is 64 bits wide in C, so that ~FIELD never clears the upper half of a register. */
#ifdef __ASSEMBLER__
#define UL(n) n
#else
#define UL(n) n##ull
#endif

/* PSTATE / SPSR. */
#define SPSR_EL0			UL(0x0)
#define SPSR_EL1T			UL(0x4)
#define SPSR_EL1H			UL(0x5)
#define SPSR_EL2T			UL(0x8)
#define SPSR_EL2H			UL(0x9)
#define SPSR_EL3H			UL(0xd)
#define SPSR_MODE_MASK			UL(0x1f)
#define SPSR_AARCH32			UL(0x10)
#define SPSR_F				(UL(1) << 6)
#define SPSR_I				(UL(1) << 7)
#define SPSR_A				(UL(1) << 8)
#define SPSR_D				(UL(1) << 9)
#define SPSR_DAIF			UL(0x3c0)

/* SCTLR of any level. */
#define SCTLR_M				(UL(1) << 0)
#define SCTLR_A				(UL(1) << 1)
#define SCTLR_C				(UL(1) << 2)
#define SCTLR_SA			(UL(1) << 3)
#define SCTLR_I				(UL(1) << 12)
#define SCTLR_WXN			(UL(1) << 19)
/* Bits that are one in every implementation without the feature that redefines them. */
#define SCTLR_EL1_RES1			UL(0x30d00800)
#define SCTLR_EL2_RES1			UL(0x30c50830)
#define SCTLR_EL3_RES1			UL(0x30c50830)

/* TCR_EL1: no walk on a miss of TTBR0, TTBR1. */
#define TCR_EPD0			(UL(1) << 7)
#define TCR_EPD1			(UL(1) << 23)

/* HCR_EL2. */
#define HCR_EL2_VM			(UL(1) << 0)
#define HCR_EL2_SWIO			(UL(1) << 1)
#define HCR_EL2_PTW			(UL(1) << 2)
#define HCR_EL2_FMO			(UL(1) << 3)
#define HCR_EL2_IMO			(UL(1) << 4)
#define HCR_EL2_AMO			(UL(1) << 5)
#define HCR_EL2_FB			(UL(1) << 9)
#define HCR_EL2_BSU_IS			(UL(1) << 10)
#define HCR_EL2_TWI			(UL(1) << 13)
#define HCR_EL2_TWE			(UL(1) << 14)
#define HCR_EL2_TID0			(UL(1) << 15)
#define HCR_EL2_TID1			(UL(1) << 16)
#define HCR_EL2_TID2			(UL(1) << 17)
#define HCR_EL2_TID3			(UL(1) << 18)
#define HCR_EL2_TSC			(UL(1) << 19)
#define HCR_EL2_TIDCP			(UL(1) << 20)
#define HCR_EL2_TACR			(UL(1) << 21)
#define HCR_EL2_TSW			(UL(1) << 22)
#define HCR_EL2_HCD			(UL(1) << 29)
#define HCR_EL2_RW			(UL(1) << 31)
#define HCR_EL2_TLOR			(UL(1) << 35)
#define HCR_EL2_TERR			(UL(1) << 36)
#define HCR_EL2_TEA			(UL(1) << 37)
#define HCR_EL2_APK			(UL(1) << 40)
#define HCR_EL2_API			(UL(1) << 41)
#define HCR_EL2_TID4			(UL(1) << 49)
#define HCR_EL2_TID5			(UL(1) << 58)

#define HCRX_EL2_MSCEN			(UL(1) << 11)

/* CPTR_EL2 with HCR_EL2.E2H = 0. */
#define CPTR_EL2_RES1			UL(0x33ff)
#define CPTR_EL2_TFP			(UL(1) << 10)
#define CPTR_EL2_TSM			(UL(1) << 12)
#define CPTR_EL2_TZ			(UL(1) << 8)
#define CPTR_EL2_TTA			(UL(1) << 20)
#define CPTR_EL2_TAM			(UL(1) << 30)

/* MDCR_EL2. */
#define MDCR_EL2_TPMCR			(UL(1) << 5)
#define MDCR_EL2_TPM			(UL(1) << 6)
#define MDCR_EL2_TDE			(UL(1) << 8)
#define MDCR_EL2_TDA			(UL(1) << 9)
#define MDCR_EL2_TDOSA			(UL(1) << 10)
#define MDCR_EL2_TDRA			(UL(1) << 11)
#define MDCR_EL2_TPMS			(UL(1) << 14)
#define MDCR_EL2_TTRF			(UL(1) << 19)
#define MDCR_EL2_TDCC			(UL(1) << 27)

/* CNTHCTL_EL2 with HCR_EL2.E2H = 0. */
#define CNTHCTL_EL2_EL1PCTEN		(UL(1) << 0)
#define CNTHCTL_EL2_EL1PCEN		(UL(1) << 1)

#define CNT_CTL_ENABLE			(UL(1) << 0)
#define CNT_CTL_IMASK			(UL(1) << 1)
#define CNT_CTL_ISTATUS			(UL(1) << 2)

/* SCR_EL3. */
#define SCR_EL3_NS			(UL(1) << 0)
#define SCR_EL3_IRQ			(UL(1) << 1)
#define SCR_EL3_FIQ			(UL(1) << 2)
#define SCR_EL3_EA			(UL(1) << 3)
#define SCR_EL3_RES1			(UL(3) << 4)
#define SCR_EL3_SMD			(UL(1) << 7)
#define SCR_EL3_HCE			(UL(1) << 8)
#define SCR_EL3_SIF			(UL(1) << 9)
#define SCR_EL3_RW			(UL(1) << 10)
#define SCR_EL3_ST			(UL(1) << 11)
#define SCR_EL3_APK			(UL(1) << 16)
#define SCR_EL3_API			(UL(1) << 17)
#define SCR_EL3_EEL2			(UL(1) << 18)
#define SCR_EL3_FGTEN			(UL(1) << 27)
#define SCR_EL3_HXEN			(UL(1) << 38)

/* ESR: exception class and the syndromes that are decoded. */
#define ESR_EC_SHIFT			26
#define ESR_EC_MASK			UL(0x3f)
#define ESR_IL				(UL(1) << 25)
#define ESR_ISS_MASK			UL(0x1ffffff)
#define ESR_EC_UNKNOWN			UL(0x00)
#define ESR_EC_WFX			UL(0x01)
#define ESR_EC_FP			UL(0x07)
#define ESR_EC_PAUTH			UL(0x09)
#define ESR_EC_ILLEGAL			UL(0x0e)
#define ESR_EC_SVC64			UL(0x15)
#define ESR_EC_HVC64			UL(0x16)
#define ESR_EC_SMC64			UL(0x17)
#define ESR_EC_SYSREG			UL(0x18)
#define ESR_EC_SVE			UL(0x19)
#define ESR_EC_INSTRUCTION_ABORT_LOWER	UL(0x20)
#define ESR_EC_INSTRUCTION_ABORT_SAME	UL(0x21)
#define ESR_EC_PC_ALIGNMENT		UL(0x22)
#define ESR_EC_DATA_ABORT_LOWER		UL(0x24)
#define ESR_EC_DATA_ABORT_SAME		UL(0x25)
#define ESR_EC_SP_ALIGNMENT		UL(0x26)
#define ESR_EC_SERROR			UL(0x2f)
#define ESR_EC_BRK64			UL(0x3c)

#define ESR_ABORT_ISV			(UL(1) << 24)
#define ESR_ABORT_SAS_SHIFT		22
#define ESR_ABORT_SSE			(UL(1) << 21)
#define ESR_ABORT_SRT_SHIFT		16
#define ESR_ABORT_SF			(UL(1) << 15)
#define ESR_ABORT_FNV			(UL(1) << 10)
#define ESR_ABORT_EA			(UL(1) << 9)
#define ESR_ABORT_CM			(UL(1) << 8)
#define ESR_ABORT_S1PTW			(UL(1) << 7)
#define ESR_ABORT_WNR			(UL(1) << 6)
#define ESR_ABORT_FSC_MASK		UL(0x3f)
#define ESR_ABORT_FSC_EXTERNAL		UL(0x10)
#define ESR_ABORT_FSC_TRANSLATION	UL(0x04)	/* plus the level */
#define ESR_ABORT_FSC_ACCESS		UL(0x08)
#define ESR_ABORT_FSC_PERMISSION	UL(0x0c)

/* ESR of a trapped MSR/MRS: Op0[21:20] Op2[19:17] Op1[16:14] CRn[13:10] Rt[9:5] CRm[4:1] Direction[0]. */
#define ESR_SYSREG_READ			UL(1)
#define ESR_SYSREG_RT_SHIFT		5
#define ESR_SYSREG_ID_MASK		UL(0x3ffc1e)
#define ESR_SYSREG_ID(op0, op1, crn, crm, op2)				\
	(((op0) << 20) | ((op2) << 17) | ((op1) << 14) | ((crn) << 10) | ((crm) << 1))

/* ICH list registers. */
#define ICH_LR_STATE_PENDING		(UL(1) << 62)
#define ICH_LR_STATE_ACTIVE		(UL(1) << 63)
#define ICH_LR_STATE			(UL(3) << 62)
#define ICH_LR_HW			(UL(1) << 61)
#define ICH_LR_GROUP1			(UL(1) << 60)
#define ICH_LR_PRIORITY_SHIFT		48
#define ICH_LR_PINTID_SHIFT		32
#define ICH_LR_EOI			(UL(1) << 41)
#define ICH_LR_VINTID_MASK		UL(0xffffffff)

#define ICH_HCR_EN			(UL(1) << 0)
#define ICH_HCR_UIE			(UL(1) << 1)
#define ICH_HCR_NPIE			(UL(1) << 3)
#define ICH_HCR_TC			(UL(1) << 10)

#define ICH_VMCR_VENG1			(UL(1) << 1)
#define ICH_VMCR_VPMR_SHIFT		24

#define ICC_SRE_SRE			(UL(1) << 0)
#define ICC_SRE_DFB			(UL(1) << 1)
#define ICC_SRE_DIB			(UL(1) << 2)
#define ICC_SRE_ENABLE			(UL(1) << 3)
#define ICC_CTLR_EOIMODE		(UL(1) << 1)
#define ICC_INTID_SPURIOUS		UL(1020)	/* and above: nothing to acknowledge */

/* Translation descriptors, both stages. */
#define DESC_VALID			(UL(1) << 0)
#define DESC_TABLE			(UL(3) << 0)	/* at levels 0..2 */
#define DESC_BLOCK			(UL(1) << 0)	/* at levels 1..2 */
#define DESC_PAGE			(UL(3) << 0)	/* at level 3 */
#define DESC_ADDRESS_MASK		UL(0x0000fffffffff000)
#define DESC_AF				(UL(1) << 10)
#define DESC_SH_INNER			(UL(3) << 8)
#define DESC_NG				(UL(1) << 11)
/* Stage 1. */
#define DESC_S1_ATTR_SHIFT		2
#define DESC_S1_NS			(UL(1) << 5)
#define DESC_S1_AP_EL0			(UL(1) << 6)
#define DESC_S1_AP_RO			(UL(1) << 7)
#define DESC_S1_PXN			(UL(1) << 53)
#define DESC_S1_UXN			(UL(1) << 54)	/* XN at EL2 and EL3 */
/* Stage 2: MemAttr[5:2], S2AP[7:6], XN[54:53]. */
#define DESC_S2_MEM_NORMAL		(UL(0xf) << 2)
#define DESC_S2_MEM_DEVICE		(UL(0x1) << 2)	/* Device-nGnRE */
#define DESC_S2_READ			(UL(1) << 6)
#define DESC_S2_WRITE			(UL(2) << 6)
#define DESC_S2_XN			(UL(2) << 53)

/* MAIR attributes used by every room: index 0 Device-nGnRE, 1 Normal write-back. */
#define MAIR_VALUE			UL(0xff04)
#define MAIR_DEVICE			0
#define MAIR_NORMAL			1

#endif
