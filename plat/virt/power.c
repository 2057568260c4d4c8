/*
 * Power off and reset by the pins of the secure PL061.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "plat/power.h"
#include "arch/cpu.h"
#include "plat/memory.h"

#define PIN_POWER_OFF	0
#define PIN_RESET	1

/* The data register is masked by address bits 9:2, so that one pin changes alone. */
#define GPIO_DATA(pin)	(PLAT_SECURE_GPIO_BASE + (4ul << (pin)))
#define GPIO_DIRECTION	(PLAT_SECURE_GPIO_BASE + 0x400)

NORETURN static void pin_raise(unsigned pin)
{
	/* What was written to memory before (a crash record) is there first. */
	dsb_sy();
	mmio_write32(GPIO_DIRECTION, 1u << pin);
	mmio_write32(GPIO_DATA(pin), 1u << pin);
	for (;;)
		wfi();
}

void power_off(void)
{
	pin_raise(PIN_POWER_OFF);
}

void power_reset(void)
{
	pin_raise(PIN_RESET);
}
