/*
 * The simulated GICv3: bit registers that set and clear, active state, a queue of pending interrupts a CPU.
 * Anything else that is accessed as a device is a violation.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/fake/interrupt.h"
#include <string.h>
#include "arch/fake.h"
#include "arch/sysreg_fields.h"
#include "lib/addr.h"
#include "plat/memory.h"

#define BANK_ENABLE	0x100
#define BANK_PENDING	0x200
#define BANK_ACTIVE	0x300
#define BANK_BYTES	0x80
#define BANKS_END	0x400
#define TYPER		0x0004
#define TYPER_VALUE	0x037a0608	/* QEMU's `virt`: INTIDs to 287 */
#define SGI_PAGE	0x10000
#define QUEUE_MAX	32

/* A distributor, or the SGI page of a redistributor. */
struct bank {
	uint32_t words[0x10000 / 4];
};

static struct bank distributor;
static struct bank private_banks[FAKE_CPU_MAX];
static struct {
	unsigned count;
	unsigned intids[QUEUE_MAX];
} queues[FAKE_CPU_MAX];

void fake_interrupts_reset(void)
{
	memset(&distributor, 0, sizeof(distributor));
	memset(private_banks, 0, sizeof(private_banks));
	memset(queues, 0, sizeof(queues));
	distributor.words[TYPER / 4] = TYPER_VALUE;
	/* Hostile: interrupts are enabled, pending and of all priorities before anybody configured them. */
	for (unsigned i = BANK_ENABLE; i < 0x500; i += 4)
		distributor.words[i / 4] = 0xdeadbeef;
}

/* The clear register of a set register names the same state. */
static uint64_t state_offset(uint64_t offset)
{
	return offset >= BANK_ENABLE && offset < BANKS_END ? offset & ~(uint64_t)BANK_BYTES : offset;
}

static struct bank *bank_of(uint64_t at, uint64_t *offset)
{
	if (range_is_inside(at, 1, PLAT_GICD_BASE, PLAT_GICD_BYTES)) {
		*offset = at - PLAT_GICD_BASE;
		return &distributor;
	}
	if (!range_is_inside(at, 1, PLAT_GICR_BASE, (uint64_t)FAKE_CPU_MAX * PLAT_GICR_STRIDE))
		fake_violation("device access at 0x%llx", (unsigned long long)at);
	*offset = (at - PLAT_GICR_BASE) % PLAT_GICR_STRIDE;
	if (*offset < SGI_PAGE)
		fake_violation("redistributor control access at 0x%llx", (unsigned long long)at);
	*offset -= SGI_PAGE;
	return &private_banks[(at - PLAT_GICR_BASE) / PLAT_GICR_STRIDE];
}

uint64_t fake_mmio_read(uint64_t at, unsigned bytes)
{
	uint64_t offset;
	const struct bank *bank = bank_of(at, &offset);

	if (!is_aligned(offset, bytes) || bytes < 4)
		fake_violation("read of %u bytes at 0x%llx", bytes, (unsigned long long)at);
	uint64_t value = bank->words[state_offset(offset) / 4];

	return bytes == 8 ? value | (uint64_t)bank->words[offset / 4 + 1] << 32 : value;
}

void fake_mmio_write(uint64_t at, uint64_t value, unsigned bytes)
{
	uint64_t offset;
	struct bank *bank = bank_of(at, &offset);

	if (!is_aligned(offset, bytes) || bytes < 4)
		fake_violation("write of %u bytes at 0x%llx", bytes, (unsigned long long)at);
	fake_event(FAKE_MMIO_WRITE, at, value);
	uint32_t *word = &bank->words[state_offset(offset) / 4];

	if (offset < BANK_ENABLE || offset >= BANKS_END)
		*word = (uint32_t)value;
	else if ((offset & BANK_BYTES) == 0)
		*word |= (uint32_t)value;
	else
		*word &= ~(uint32_t)value;
	if (bytes == 8)
		bank->words[offset / 4 + 1] = (uint32_t)(value >> 32);
}

bool fake_distributor_bit(uint64_t bank, unsigned intid)
{
	return (distributor.words[(bank + 4 * (intid / 32)) / 4] >> (intid % 32) & 1) != 0;
}

uint32_t fake_distributor_word(uint64_t offset)
{
	return distributor.words[state_offset(offset) / 4];
}

void fake_distributor_set(uint64_t offset, uint32_t value)
{
	distributor.words[state_offset(offset) / 4] = value;
}

static uint32_t *active_word(unsigned cpu, unsigned intid)
{
	struct bank *bank = intid < 32 ? &private_banks[cpu] : &distributor;

	return &bank->words[(BANK_ACTIVE + 4 * (intid / 32)) / 4];
}

void fake_interrupt(unsigned intid)
{
	if (queues[fake_cpu].count == QUEUE_MAX)
		fake_violation("more interrupts than the simulated GIC holds");
	queues[fake_cpu].intids[queues[fake_cpu].count++] = intid;
}

bool fake_interrupt_waits(void)
{
	return queues[fake_cpu].count != 0;
}

uint64_t fake_interrupt_take(void)
{
	if (queues[fake_cpu].count == 0)
		return 1023;
	unsigned intid = queues[fake_cpu].intids[0];

	queues[fake_cpu].count--;
	memmove(&queues[fake_cpu].intids[0], &queues[fake_cpu].intids[1],
		queues[fake_cpu].count * sizeof(queues[fake_cpu].intids[0]));
	*active_word(fake_cpu, intid) |= 1u << (intid % 32);
	return intid;
}

void fake_interrupt_end(unsigned intid)
{
	if (intid < 1020)
		*active_word(fake_cpu, intid) &= ~(1u << (intid % 32));
}

bool fake_interrupt_is_active(unsigned cpu, unsigned intid)
{
	return (*active_word(cpu, intid) >> (intid % 32) & 1) != 0;
}

uint64_t fake_timer_control(uint64_t control, uint64_t compare, uint64_t count)
{
	bool is_due = (control & CNT_CTL_ENABLE) != 0 && count >= compare;

	return (control & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) | (is_due ? CNT_CTL_ISTATUS : 0);
}
