/*
 * The outer OS's GICD. Decides which SPIs it owns; physical priority stays the mediator's, so that
 * what the outer OS writes there orders its own interrupts only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/distributor.h"
#include "arch/cpu.h"
#include "mediator/gic.h"
#include "mediator/virq.h"

/* SPIs of devices that the outer OS's map has: UART0 and the RTC. Bit 0 is INTID 32. */
#define GICD_BASE_VA ((uintptr_t)PLAT_GICD_BASE)
#define OWNED_WORD0	(BIT(PLAT_UART0_INTID - 32) | BIT(34 - 32))

static uint32_t owned_bits(unsigned word)
{
	return word == 1 ? (uint32_t)OWNED_WORD0 : 0;
}

static bool is_owned(uint64_t intid)
{
	return intid < VIRQ_SPI_END && (owned_bits((unsigned)(intid / 32)) >> (intid % 32) & 1) != 0;
}

/* Physical enable follows the virtual one; the list register's choice needs both. */
static void enable_write(struct context *outer, unsigned word, uint32_t bits, bool on)
{
	uint64_t shifted = (uint64_t)bits << (word % 2 == 0 ? 32 : 0);
	/* SPIs are routed to one CPU at a time; every CPU's context knows what is enabled. */
	for (unsigned i = 0; i < cpu_count(); i++) {
		struct context *context = &outer_contexts[i];
		uint64_t *enabled = &context->virq.spi_enabled[(word - 1) / 2];

		spin_lock(&context->vcpu->lock);
		*enabled = on ? *enabled | shifted : *enabled & ~shifted;
		spin_unlock(&context->vcpu->lock);
	}
	mmio_write32((on ? GICD_BASE_VA + GICD_ISENABLER : GICD_BASE_VA + GICD_ICENABLER) + 4 * word, bits);
	virq_refill(outer);
}

/* One of the bit-per-interrupt registers, word by word. */
static bool bits_access(struct context *outer, uint64_t offset, struct access *access)
{
	uint64_t bank = offset & ~0x7full;
	unsigned word = (unsigned)(offset & 0x7f) / 4;
	uint32_t owned = owned_bits(word);
	uint32_t value = (uint32_t)access->value;

	if (!access->is_write) {
		access->value = mmio_read32(PLAT_GICD_BASE + bank + 4 * word) & owned;
		return true;
	}
	if (bank == GICD_IGROUPR || owned == 0)
		return bank == GICD_IGROUPR || bank == GICD_ICENABLER || bank == GICD_ICPENDR ||
		       bank == GICD_ICACTIVER || word == 0 || value == 0;
	if (bank == GICD_ISENABLER || bank == GICD_ICENABLER)
		enable_write(outer, word, value & owned, bank == GICD_ISENABLER);
	else
		mmio_write32(PLAT_GICD_BASE + bank + 4 * word, value & owned);
	return (value & ~owned) == 0 || bank == GICD_ICENABLER || bank == GICD_ICPENDR || bank == GICD_ICACTIVER;
}

static void priority_access(uint64_t offset, struct access *access)
{
	uint64_t first = offset - GICD_IPRIORITYR;

	for (unsigned i = 0; i < access->bytes; i++) {
		if (!is_owned(first + i))
			continue;
		for (unsigned cpu = 0; cpu < cpu_count() && access->is_write; cpu++)
			outer_contexts[cpu].virq.spi_priority[first + i - VIRQ_SPI_BASE] =
				(uint8_t)(access->value >> (8 * i)) & 0xf8;
		if (!access->is_write)
			access->value |= (uint64_t)outer_contexts[0].virq.spi_priority[first + i - VIRQ_SPI_BASE]
					 << (8 * i);
	}
}

/* Two bits an interrupt: level or edge. Words only: part of one would name its neighbours' bits. */
static void config_access(uint64_t offset, struct access *access)
{
	unsigned first = (unsigned)(offset - GICD_ICFGR) * 4;
	uintptr_t at = PLAT_GICD_BASE + (uintptr_t)offset;
	uint32_t mask = 0;

	if (access->bytes != 4)
		return;
	for (unsigned i = 0; i < 16; i++)
		mask |= is_owned(first + i) ? 3u << (2 * i) : 0;
	if (access->is_write)
		mmio_write32(at, (mmio_read32(at) & ~mask) | ((uint32_t)access->value & mask));
	else
		access->value = mmio_read32(at) & mask;
}

static bool route_access(uint64_t offset, struct access *access)
{
	uint64_t intid = (offset - GICD_IROUTER) / 8;

	if (!is_owned(intid))
		return !access->is_write;
	/* A route names a CPU that exists; "any CPU" (bit 31) and far affinities are not offered. */
	if (access->is_write && access->bytes == 8 && access->value < cpu_count())
		mmio_write64(PLAT_GICD_BASE + offset, access->value);
	else if (!access->is_write)
		access->value = mmio_read64(PLAT_GICD_BASE + align_down(offset, 8)) >> (8 * (offset & 4));
	return true;
}

/* Affinity routing for non-secure is on for good; message-based SPIs, LPIs and security are not offered. */
static uint64_t identity_read(uint64_t offset)
{
	switch (offset) {
	case GICD_CTLR:
		return GICD_CTLR_ARE_NS | GICD_CTLR_ENABLE_GRP1;
	case GICD_TYPER:
		return mmio_read32(PLAT_GICD_BASE + GICD_TYPER) & 0x00f8001f;
	case GICD_IIDR:
	case GICD_PIDR2:
		return mmio_read32(PLAT_GICD_BASE + offset);
	default:
		return 0;
	}
}

bool distributor_access(struct context *outer, struct access *access)
{
	uint64_t offset = access->address - PLAT_GICD_BASE;

	if (!access->is_write)
		access->value = 0;
	if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR)
		return access->bytes != 4 || bits_access(outer, offset, access);
	if (range_is_inside(offset, access->bytes, GICD_IPRIORITYR, VIRQ_SPI_END))
		priority_access(offset, access);
	else if (offset >= GICD_ICFGR && offset < GICD_IGRPMODR)
		config_access(offset, access);
	else if (range_is_inside(offset, access->bytes, GICD_IROUTER + 8 * 32, 8 * VIRQ_SPI_COUNT))
		return route_access(offset, access);
	else if (!access->is_write && access->bytes == 4)
		access->value = identity_read(offset);
	return true;
}
