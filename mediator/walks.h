/*
 * Stage-1 walks by speculation. Some CPUs may walk EL1's tables while EL2 has one half of another context loaded, and keep
 * the mixture in the TLB. There, walks are stopped around every change of VTTBR_EL2: TCR_EL1.EPD0 and EPD1 stop them if
 * SCTLR_EL1.M is set, so both are set, in this order, and undone in the opposite one.
 * Source: Arm errata notices, Cortex-A55 1530923, A57 1319537, A72 1319367, A76 1165522 ("speculative AT instruction").
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_WALKS_H
#define MEDIATOR_WALKS_H

#include "arch/cpu.h"
#include "mediator/cpu.h"

/* EL1's own values while walks are stopped. */
struct walks {
	uint64_t tcr, sctlr;
};

/* walks_is_affected - is this CPU one of those? By MIDR_EL1. */
static inline bool walks_is_affected(uint64_t midr)
{
	uint64_t part = bits_get(midr, 15, 4);

	return bits_get(midr, 31, 24) == 0x41 && (part == 0xd05 || part == 0xd07 || part == 0xd08 || part == 0xd0b);
}

/* walks_stop - no walk for EL1 and EL0 begins from here on, on CPUs where it matters; what was loaded. */
static inline struct walks walks_stop(void)
{
	if (!cpu_this()->stops_walks)
		return (struct walks){ 0 };
	struct walks walks = { read_tcr_el1(), read_sctlr_el1() };

	write_tcr_el1(walks.tcr | TCR_EPD0 | TCR_EPD1);
	isb();
	write_sctlr_el1(walks.sctlr | SCTLR_M);
	isb();
	return walks;
}

/* walks_resume - @walks: what is loaded when it returns. Everything else of the context is loaded already. */
static inline void walks_resume(const struct walks *walks)
{
	if (!cpu_this()->stops_walks)
		return;
	isb();
	write_sctlr_el1(walks->sctlr);
	isb();
	write_tcr_el1(walks->tcr);
	isb();
}

#endif
