/*
 * The guest's side of the virtual CPU interface, as the list registers of this CPU make it.
 * Source: Arm IHI 0069, "Virtual interrupt handling and prioritization".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/virq.h"

#define LIST_REGISTERS 4

static uint64_t *list_register(unsigned i)
{
	return &fake_registers[fake_cpu][FAKE_ich_lr0_el2 + i];
}

static uint64_t *vmcr(void)
{
	return &fake_registers[fake_cpu][FAKE_ich_vmcr_el2];
}

void guest_open(void)
{
	*vmcr() = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
}

uint64_t guest_list_register(unsigned intid)
{
	for (unsigned i = 0; i < LIST_REGISTERS; i++) {
		uint64_t lr = *list_register(i);

		if ((lr & ICH_LR_STATE) != 0 && (lr & ICH_LR_VINTID_MASK) == intid)
			return lr;
	}
	return 0;
}

unsigned guest_acknowledge(void)
{
	uint64_t best = *vmcr() >> ICH_VMCR_VPMR_SHIFT & 0xff;
	uint64_t *chosen = NULL;

	if ((*vmcr() & ICH_VMCR_VENG1) == 0)
		return 1023;
	for (unsigned i = 0; i < LIST_REGISTERS; i++) {
		uint64_t lr = *list_register(i), priority = lr >> ICH_LR_PRIORITY_SHIFT & 0xff;

		if ((lr & ICH_LR_STATE) == ICH_LR_STATE_PENDING && priority < best) {
			best = priority;
			chosen = list_register(i);
		}
	}
	if (chosen == NULL)
		return 1023;
	*chosen = (*chosen & ~ICH_LR_STATE) | ICH_LR_STATE_ACTIVE;
	return (unsigned)(*chosen & ICH_LR_VINTID_MASK);
}

void guest_end(unsigned intid)
{
	for (unsigned i = 0; i < LIST_REGISTERS; i++) {
		uint64_t *lr = list_register(i);

		if ((*lr & ICH_LR_STATE_ACTIVE) == 0 || (*lr & ICH_LR_VINTID_MASK) != intid)
			continue;
		*lr &= ~ICH_LR_STATE_ACTIVE;
		if ((*lr & ICH_LR_HW) != 0)
			fake_interrupt_end((unsigned)(*lr >> ICH_LR_PINTID_SHIFT & 0x3ff));
		else if ((*lr & ICH_LR_EOI) != 0 && (*lr & ICH_LR_STATE) == 0)
			machine_irq(INTID_MAINTENANCE);
		return;
	}
}
