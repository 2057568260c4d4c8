/*
 * The two worlds: decides what the normal world may use of this CPU, and switches to the anchor and
 * back so that neither world sees a register of the other but arguments and results.
 * Source: Arm DDI 0487, "SCR_EL3", "MDCR_EL3", "CPTR_EL3".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/check.h"
#include "lib/memory.h"
#include "lib/spinlock.h"

/*
 * Secure: AArch64, no secure fetch from non-secure memory; S-EL2 off, so HCR_EL2 and CPTR_EL2 of the
 * normal world do not act. An external abort of the anchor comes to EL3, and so does group 0: the watchdog
 * watches the anchor too.
 */
#define SCR_SECURE	(SCR_EL3_RES1 | SCR_EL3_FIQ | SCR_EL3_EA | SCR_EL3_SIF | SCR_EL3_RW)
/* Normal: group 0 (FIQ) comes to EL3 from anywhere, everything else stays below. */
#define SCR_NORMAL \
	(SCR_EL3_NS | SCR_EL3_RES1 | SCR_EL3_FIQ | SCR_EL3_HCE | SCR_EL3_SIF | SCR_EL3_RW)

/*
 * MDCR_EL3: no secure debug, trace, profiling or cycle counting, also not by an external debugger.
 */
#define MDCR_SPD32_OFF	(UL(2) << 14)
#define MDCR_SDD	(UL(1) << 16)
#define MDCR_EDAD	(UL(1) << 20)
#define MDCR_EPMAD	(UL(1) << 21)
#define MDCR_SCCD	(UL(1) << 23)
#define MDCR_NORMAL	(MDCR_SPD32_OFF | MDCR_SDD | MDCR_EDAD | MDCR_EPMAD | MDCR_SCCD)

#define TCR_EL1_EPD	(UL(1) << 7 | UL(1) << 23)
#define CPACR_FPEN	(UL(3) << 20)

/* What the anchor or the switch changes of EL1. */
struct world_registers {
	uint64_t sctlr, ttbr0, tcr, mair, vbar, cpacr, sp_el1, elr, spsr, esr, far;
};

static struct spinlock anchor_lock;
static struct world_registers anchor GUARDED_BY(anchor_lock);
static uint64_t anchor_entry GUARDED_BY(anchor_lock);
static uint8_t normal_fp[MONITOR_FP_BYTES] ALIGNED(16) GUARDED_BY(anchor_lock);
static const uint8_t fp_zero[MONITOR_FP_BYTES] ALIGNED(16);

static void registers_save(struct world_registers *r)
{
	*r = (struct world_registers){
		.sctlr = read_sctlr_el1(),
		.ttbr0 = read_ttbr0_el1(),
		.tcr = read_tcr_el1(),
		.mair = read_mair_el1(),
		.vbar = read_vbar_el1(),
		.cpacr = read_cpacr_el1(),
		.sp_el1 = read_sp_el1(),
		.elr = read_elr_el1(),
		.spsr = read_spsr_el1(),
		.esr = read_esr_el1(),
		.far = read_far_el1(),
	};
}

/* Change to the other world's registers under @scr. */
static void registers_load(const struct world_registers *r, uint64_t scr)
{
	/* No walk may start with one world's table base and the other's controls. */
	write_tcr_el1(TCR_EL1_EPD);
	isb();
	write_ttbr0_el1(r->ttbr0);
	write_mair_el1(r->mair);
	write_vbar_el1(r->vbar);
	write_cpacr_el1(r->cpacr);
	write_sp_el1(r->sp_el1);
	write_elr_el1(r->elr);
	write_spsr_el1(r->spsr);
	write_esr_el1(r->esr);
	write_far_el1(r->far);
	write_scr_el3(scr);
	isb();
	write_sctlr_el1(r->sctlr);
	write_tcr_el1(r->tcr);
	isb();
}

/*
 * When another CPU ends the run, nobody begins a call of the anchor, which is wiped, or waits for one that
 * never ends.
 */
static void anchor_take(void) TAKES(&anchor_lock) NO_LOCK_CHECK
{
	while (!spin_try_lock(&anchor_lock))
		stop_check();
	stop_check();
}

/*
 * Run the anchor from anchor_entry until it ends its call; ELR, SPSR and SCR of the caller are
 * kept.
 */
static void anchor_run(uint64_t args[7]) HOLDS(&anchor_lock)
{
	uint64_t elr = read_elr_el3(), spsr = read_spsr_el3(), scr = read_scr_el3();
	struct world_registers normal;
	uint64_t open;

	watchdog_anchor_call();
	/* In the secure world an interrupt of the normal one is an FIQ as well; it waits. */
	open = gic_close_normal();
	registers_save(&normal);
	monitor_fp_save(normal_fp);
	registers_load(&anchor, SCR_SECURE);
	write_elr_el3(anchor_entry);
	write_spsr_el3(SPSR_EL1H | SPSR_DAIF);
	monitor_anchor_enter(args);
	registers_save(&anchor);
	registers_load(&normal, scr);
	/* All of v0..v31, FPCR and FPSR: nothing of the anchor's stays. */
	monitor_fp_load(normal_fp);
	write_elr_el3(elr);
	write_spsr_el3(spsr);
	gic_open_normal(open);
}

void world_call_anchor(uint64_t args[7])
{
	uint32_t id = (uint32_t)args[0];

	anchor_take();
	anchor_run(args);
	spin_unlock(&anchor_lock);
	watchdog_anchor_answer(id, args);
}

void world_start_anchor(void)
{
	uint64_t args[7] = { ANCHOR_START, PLAT_BOOT_INFO };

	anchor_take();
	write_mdcr_el3(MDCR_NORMAL);
	anchor.sctlr = SCTLR_EL1_RES1;
	anchor.cpacr = CPACR_FPEN;
	anchor_entry = PLAT_ANCHOR_BASE;
	write_scr_el3(SCR_NORMAL);
	anchor_run(args);
	if (args[0] != ANCHOR_OK)
		crash_stop(CRASH_ANCHOR, 0, 0, args[0], "anchor: does not start");
	/* Later calls enter where it says, with MMU and stack as it left them. */
	anchor_entry = args[1];
	spin_unlock(&anchor_lock);
}

/* What EL2 may use without a trap to EL3, where the CPU has it. */
static uint64_t scr_features(void)
{
	uint64_t scr = 0;
	uint64_t mmfr0 = read_id_aa64mmfr0_el1(), mmfr1 = read_id_aa64mmfr1_el1();
	/*
	 * Pointer authentication: any algorithm in APA, API, GPA, GPI of ISAR1, or APA3, GPA3 of
	 * ISAR2.
	 */
	uint64_t pauth = (read_id_aa64isar1_el1() & (BITS(11, 4) | BITS(31, 24))) |
			 (read_id_aa64isar2_el1() & BITS(15, 8));

	if (pauth != 0)
		scr |= SCR_EL3_APK | SCR_EL3_API;
	if (bits_get(mmfr0, 59, 56) != 0)
		scr |= SCR_EL3_FGTEN;
	if (bits_get(mmfr1, 43, 40) != 0)
		scr |= SCR_EL3_HXEN;
	return scr;
}

/* EL2 state that has no architectural reset value and would act before the mediator sets it. */
static void el2_init(void)
{
	write_hcr_el2(HCR_EL2_RW);
	write_sctlr_el2(SCTLR_EL2_RES1);
	write_cptr_el2(CPTR_EL2_RES1);
	write_mdcr_el2(0);
	write_hstr_el2(0);
	write_cnthctl_el2(CNTHCTL_EL2_EL1PCTEN | CNTHCTL_EL2_EL1PCEN);
	write_cntvoff_el2(0);
	write_vttbr_el2(0);
	write_vpidr_el2(read_midr_el1());
	write_vmpidr_el2(read_mpidr_el1());
	write_icc_sre_el2(ICC_SRE_SRE | ICC_SRE_DFB | ICC_SRE_DIB | ICC_SRE_ENABLE);
}

void world_enter_normal(uint64_t entry, uint64_t x0)
{
	write_mdcr_el3(MDCR_NORMAL);
	write_scr_el3(SCR_NORMAL | scr_features());
	isb();
	el2_init();
	write_elr_el3(entry);
	write_spsr_el3(SPSR_EL2H | SPSR_DAIF);
	isb();
	watchdog_start();
	monitor_fp_load(fp_zero);
	monitor_eret_normal(x0);
}

void world_forget_vectors(void)
{
	monitor_fp_load(fp_zero);
}
