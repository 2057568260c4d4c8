/*
 * The outer OS programs interrupts that are not its own: the distributor is a filter, and what it lets
 * through can be read back.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lwk/cpu.h"
#include "plat/gic.h"
#include "plat/memory.h"
#include "tests/attack/outer.h"

#define GICD_SETSPI_NSR		0x0040
#define GICD_ISENABLER		0x0100
#define GICD_ISPENDR		0x0200
#define GICD_ISACTIVER		0x0300
#define GICD_ICFGR		0x0c00
#define GICD_IROUTER		0x6000
#define GICR_CTLR		0x0000
#define GICR_PROPBASER		0x0070

/* The secure world's UART, a device that nobody has, and the SMMU's. */
static const unsigned foreign[] = { 40, 48, 74, 200, 255, 287 };

static void store32(uint64_t *argument)
{
	mmio_write32(argument[0], (uint32_t)argument[1]);
}

static void load32(uint64_t *argument)
{
	argument[1] = mmio_read32(argument[0]);
}

static void store64(uint64_t *argument)
{
	mmio_write64(argument[0], argument[1]);
}

/* A write that must leave nothing in the bits of @mask, and be in the log. */
static void register_attack(const char *what, unsigned intid, uint64_t address, uint32_t value, uint32_t mask)
{
	uint64_t argument[2] = { address, value };

	attack_begin("%s of interrupt %u at 0x%llx", what, intid, (unsigned long long)address);
	uint64_t esr = guard_run(store32, argument);
	uint64_t esr_back = guard_run(load32, argument);

	attack_end_logged(esr != 0 || esr_back != 0 || (argument[1] & mask) == 0, "it reads 0x%llx afterwards",
			  (unsigned long long)argument[1]);
}

static void interrupt_attack(unsigned intid)
{
	uint64_t word = 4 * (intid / 32);
	uint32_t bit = 1u << (intid % 32);
	uint64_t route[2] = { PLAT_GICD_BASE + GICD_IROUTER + 8 * intid, 0 };

	register_attack("enabling", intid, PLAT_GICD_BASE + GICD_ISENABLER + word, bit, bit);
	register_attack("pending", intid, PLAT_GICD_BASE + GICD_ISPENDR + word, bit, bit);
	register_attack("activating", intid, PLAT_GICD_BASE + GICD_ISACTIVER + word, bit, bit);
	attack_begin("routing of interrupt %u to this CPU at 0x%llx", intid, (unsigned long long)route[0]);
	uint64_t esr = guard_run(store64, route);

	attack_end_logged(true, "%s", esr != 0 ? "aborted" : "ignored");
}

/* Registers that would change everybody's interrupts: what they read is what they read before. */
static void kept_attack(const char *what, uint64_t address, uint32_t value)
{
	uint64_t before[2] = { address }, after[2] = { address }, argument[2] = { address, value };

	attack_begin("%s at 0x%llx", what, (unsigned long long)address);
	uint64_t esr = guard_run(load32, before) | guard_run(store32, argument) | guard_run(load32, after);

	attack_end(esr != 0 || before[1] == after[1], "%s 0x%llx", esr != 0 ? "aborted, ESR" : "it reads on",
		   (unsigned long long)(esr != 0 ? esr : after[1]));
}

void outer_interrupts(struct vm *victim)
{
	uint64_t frame = PLAT_GICR_BASE;

	(void)victim;
	for (size_t i = 0; i < ARRAY_COUNT(foreign); i++)
		interrupt_attack(foreign[i]);
	kept_attack("turning the distributor off", PLAT_GICD_BASE + GICD_CTLR, 0);
	kept_attack("turning group 0 on", PLAT_GICD_BASE + GICD_CTLR, 0x37);
	kept_attack("a message-based interrupt", PLAT_GICD_BASE + GICD_SETSPI_NSR, 40);
	kept_attack("priority of another's interrupt", PLAT_GICD_BASE + GICD_IPRIORITYR + 40, 0);
	kept_attack("trigger of another's interrupt", PLAT_GICD_BASE + GICD_ICFGR + 12, ~0u);
	kept_attack("group of another's interrupt", PLAT_GICD_BASE + GICD_IGROUPR + 4, 0);
	kept_attack("group modifier of another's interrupt", PLAT_GICD_BASE + GICD_IGRPMODR + 4, ~0u);
	kept_attack("LPIs", frame + GICR_CTLR, 1);
	kept_attack("a table of LPIs in the mediator", frame + GICR_PROPBASER, PLAT_MEDIATOR_BASE | 0x1f);
	kept_attack("non-secure access to secure PPIs", frame + GICR_NSACR, ~0u);
	outer_access("redistributor of a CPU that is not there", frame + cpu_count * PLAT_GICR_STRIDE);
}
