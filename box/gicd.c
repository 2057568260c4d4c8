/*
 * State of the VM's SPIs. Decides when an SPI is given to a vCPU (the mediator delivers it) and when it
 * is taken back.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/gicd.h"
#include "abi/box.h"
#include "box/gicd_registers.h"
#include "box/hvc.h"
#include "lib/memory.h"
#include "lib/spinlock.h"

#define INTID_FIRST	32
#define SPI_COUNT	(BOX_SPI_END - INTID_FIRST)
#define WORD_COUNT	(SPI_COUNT / 32)

/* Affinity fields of IROUTER; bit 31 (1 of N) is not supported (GICD_TYPER.No1N). */
#define IROUTER_MASK	0xff00ffffffull
/* As many priority bits as a list register has. */
#define PRIORITY_MASK	0xf8u

/* What the mediator holds of an SPI. */
enum delivery { DELIVERY_NONE, DELIVERY_LEVEL, DELIVERY_EDGE };

struct spi {
	uint8_t priority;
	uint8_t delivery;		/* enum delivery */
	uint8_t sent_vcpu;		/* with which arguments it was given */
	uint8_t sent_priority;
	bool was_sent;			/* ever: it may be active */
	uint64_t route;
};

/* Bit n of word w is INTID 32 + 32 w + n, in every bitmap. */
static struct {
	struct spinlock lock;		/* everything below */
	unsigned vcpu_count;
	uint32_t ctlr;
	uint32_t group[WORD_COUNT];
	uint32_t enabled[WORD_COUNT];
	uint32_t latched[WORD_COUNT];	/* pending, and not at the mediator */
	uint32_t line[WORD_COUNT];
	uint32_t edge[WORD_COUNT];
	struct spi spis[SPI_COUNT];
} gicd;

static bool bit_get(const uint32_t *words, unsigned spi)
{
	return (words[spi / 32] >> (spi % 32) & 1) != 0;
}

static void bit_set(uint32_t *words, unsigned spi, bool value)
{
	uint32_t bit = 1u << (spi % 32);

	words[spi / 32] = value ? words[spi / 32] | bit : words[spi / 32] & ~bit;
}

static bool is_level_high(unsigned spi)
{
	return bit_get(gicd.line, spi) && !bit_get(gicd.edge, spi);
}

/* Pending, and nothing in the distributor holds it back. An affinity that no vCPU has holds it back. */
static bool is_wanted(unsigned spi)
{
	return (gicd.ctlr & GICD_CTLR_GROUP1) != 0 && bit_get(gicd.enabled, spi) && bit_get(gicd.group, spi) &&
	       gicd.spis[spi].route < gicd.vcpu_count && (is_level_high(spi) || bit_get(gicd.latched, spi));
}

/* Back from the mediator; an edge that no vCPU took yet is pending here again. Returns HVC_SPI_*. */
static unsigned spi_withdraw(unsigned spi)
{
	struct spi *s = &gicd.spis[spi];
	unsigned state = hvc_spi_clear(s->sent_vcpu, spi + INTID_FIRST);

	if (s->delivery == DELIVERY_EDGE && (state & HVC_SPI_PENDING) != 0)
		bit_set(gicd.latched, spi, true);
	s->delivery = DELIVERY_NONE;
	return state;
}

static void spi_send(unsigned spi)
{
	struct spi *s = &gicd.spis[spi];
	bool level = is_level_high(spi);

	s->sent_vcpu = (uint8_t)s->route;
	s->sent_priority = s->priority;
	s->delivery = level ? DELIVERY_LEVEL : DELIVERY_EDGE;
	s->was_sent = true;
	bit_set(gicd.latched, spi, false);
	hvc_spi_set(s->sent_vcpu, spi + INTID_FIRST, s->sent_priority, level);
}

/* Make what the mediator holds agree with the registers. Called after every change. */
static void spi_update(unsigned spi)
{
	struct spi *s = &gicd.spis[spi];
	bool wanted = is_wanted(spi);
	bool same = s->sent_vcpu == s->route && s->sent_priority == s->priority;

	if (s->delivery == DELIVERY_LEVEL) {
		if (wanted && same && is_level_high(spi))
			return;
		(void)spi_withdraw(spi);
	} else if (s->delivery == DELIVERY_EDGE) {
		bool held_back = (gicd.ctlr & GICD_CTLR_GROUP1) == 0 || !bit_get(gicd.enabled, spi) ||
				 !bit_get(gicd.group, spi) || !same;

		if (held_back) {
			(void)spi_withdraw(spi);
			wanted = is_wanted(spi);
		}
	}
	if (wanted)
		spi_send(spi);
}

static void all_update(void)
{
	for (unsigned spi = 0; spi < SPI_COUNT; spi++)
		spi_update(spi);
}

static void word_update(unsigned word, uint32_t changed)
{
	for (; changed != 0; changed &= changed - 1)
		spi_update(word * 32 + (unsigned)__builtin_ctz(changed));
}

/* Pending and active bits of a word: those ever sent have theirs at the mediator, which is asked. */
static uint32_t state_word(unsigned word, unsigned which)
{
	uint32_t result = which == HVC_SPI_PENDING ? gicd.latched[word] | (gicd.line[word] & ~gicd.edge[word]) : 0;

	for (unsigned spi = word * 32; spi < word * 32 + 32; spi++) {
		if (!gicd.spis[spi].was_sent)
			continue;
		/* Asking takes it back; it is given again at once. */
		if ((spi_withdraw(spi) & which) != 0)
			result |= 1u << (spi % 32);
		spi_update(spi);
	}
	return result;
}

static void pending_clear(unsigned word, uint32_t mask)
{
	for (uint32_t rest = mask; rest != 0; rest &= rest - 1) {
		unsigned spi = word * 32 + (unsigned)__builtin_ctz(rest);

		if (gicd.spis[spi].delivery == DELIVERY_EDGE)
			(void)spi_withdraw(spi);
	}
	gicd.latched[word] &= ~mask;
	word_update(word, mask);
}

/* Registers of one bit an interrupt: GICD_IGROUPR .. GICD_ICACTIVER, 0x80 bytes each. Word 0 is not ours. */
static uint32_t bitmap_read(uint64_t offset)
{
	unsigned word = (unsigned)(offset & 0x7f) / 4 - 1;

	if (word >= WORD_COUNT)
		return 0;
	switch (offset & ~0x7full) {
	case GICD_IGROUPR:
		return gicd.group[word];
	case GICD_ISENABLER:
	case GICD_ICENABLER:
		return gicd.enabled[word];
	case GICD_ISPENDR:
	case GICD_ICPENDR:
		return state_word(word, HVC_SPI_PENDING);
	case GICD_ISACTIVER:
	case GICD_ICACTIVER:
		return state_word(word, HVC_SPI_ACTIVE);
	default:
		return 0;
	}
}

static void bitmap_write(uint64_t offset, uint32_t value)
{
	unsigned word = (unsigned)(offset & 0x7f) / 4 - 1;

	if (word >= WORD_COUNT)
		return;
	switch (offset & ~0x7full) {
	case GICD_IGROUPR:
		gicd.group[word] = value;
		word_update(word, ~0u);
		break;
	case GICD_ISENABLER:
		gicd.enabled[word] |= value;
		word_update(word, value);
		break;
	case GICD_ICENABLER:
		gicd.enabled[word] &= ~value;
		word_update(word, value);
		break;
	case GICD_ISPENDR:
		gicd.latched[word] |= value;
		word_update(word, value);
		break;
	case GICD_ICPENDR:
		pending_clear(word, value);
		break;
	default:
		break;
	}
}

static uint32_t priorities_read(unsigned intid, unsigned bytes)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < bytes; i++) {
		if (intid + i >= INTID_FIRST && intid + i < BOX_SPI_END)
			value |= (uint32_t)gicd.spis[intid + i - INTID_FIRST].priority << (8 * i);
	}
	return value;
}

static void priorities_write(unsigned intid, unsigned bytes, uint32_t value)
{
	for (unsigned i = 0; i < bytes; i++) {
		if (intid + i < INTID_FIRST || intid + i >= BOX_SPI_END)
			continue;
		gicd.spis[intid + i - INTID_FIRST].priority = (uint8_t)(value >> (8 * i) & PRIORITY_MASK);
		spi_update(intid + i - INTID_FIRST);
	}
}

/* Two bits an interrupt, of which the upper one says edge. */
static uint32_t config_read(unsigned first)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < 16; i++) {
		if (first + i >= INTID_FIRST && first + i < BOX_SPI_END && bit_get(gicd.edge, first + i - INTID_FIRST))
			value |= 2u << (2 * i);
	}
	return value;
}

static void config_write(unsigned first, uint32_t value)
{
	for (unsigned i = 0; i < 16; i++) {
		if (first + i < INTID_FIRST || first + i >= BOX_SPI_END)
			continue;
		bit_set(gicd.edge, first + i - INTID_FIRST, (value >> (2 * i) & 2) != 0);
		spi_update(first + i - INTID_FIRST);
	}
}

/* GICD_IROUTER in halves: offset 8 x INTID, INTIDs below 32 have none. */
static uint32_t route_read(uint64_t offset)
{
	uint64_t intid = (offset - GICD_IROUTER) / 8;

	if (intid < INTID_FIRST || intid >= BOX_SPI_END)
		return 0;
	return (uint32_t)(gicd.spis[intid - INTID_FIRST].route >> (8 * (offset & 4)));
}

static void route_write(uint64_t offset, uint32_t value)
{
	uint64_t intid = (offset - GICD_IROUTER) / 8;
	unsigned shift = 8 * (offset & 4);

	if (intid < INTID_FIRST || intid >= BOX_SPI_END)
		return;
	struct spi *s = &gicd.spis[intid - INTID_FIRST];

	s->route = ((s->route & ~(0xffffffffull << shift)) | (uint64_t)value << shift) & IROUTER_MASK;
	spi_update((unsigned)intid - INTID_FIRST);
}

static uint32_t identity_read(uint64_t offset)
{
	static const uint8_t ids[] = {
		/* PIDR4 .. 7, PIDR0 .. 3 (PIDR2: GICv3), CIDR0 .. 3. */
		0x44, 0x00, 0x00, 0x00, 0x92, 0xb4, 0x3b, 0x00, 0x0d, 0xf0, 0x05, 0xb1,
	};

	return ids[(offset - GICD_IDREGS) / 4];
}

/* An aligned 32-bit register; unknown ones read as zero. */
static uint32_t word_read(uint64_t offset)
{
	if (offset == GICD_CTLR)
		return gicd.ctlr | GICD_CTLR_ARE | GICD_CTLR_DS;
	if (offset == GICD_TYPER)
		return GICD_TYPER_NO1N | GICD_TYPER_ID_BITS(10) | (gicd.vcpu_count - 1) << GICD_TYPER_CPU_SHIFT |
		       (BOX_SPI_END / 32 - 1);
	if (offset == GICD_IIDR)
		return GICD_IIDR_VALUE;
	if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR)
		return bitmap_read(offset);
	if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR_END)
		return priorities_read((unsigned)(offset - GICD_IPRIORITYR), 4);
	if (offset >= GICD_ICFGR && offset < GICD_ICFGR_END)
		return config_read((unsigned)(offset - GICD_ICFGR) * 4);
	if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END)
		return route_read(offset);
	if (offset >= GICD_IDREGS)
		return identity_read(offset);
	return 0;
}

static void word_write(uint64_t offset, uint32_t value)
{
	if (offset == GICD_CTLR) {
		gicd.ctlr = value & (GICD_CTLR_GROUP0 | GICD_CTLR_GROUP1);
		all_update();
	} else if (offset >= GICD_IGROUPR && offset < GICD_IPRIORITYR) {
		bitmap_write(offset, value);
	} else if (offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR_END) {
		priorities_write((unsigned)(offset - GICD_IPRIORITYR), 4, value);
	} else if (offset >= GICD_ICFGR && offset < GICD_ICFGR_END) {
		config_write((unsigned)(offset - GICD_ICFGR) * 4, value);
	} else if (offset >= GICD_IROUTER && offset < GICD_IROUTER_END) {
		route_write(offset, value);
	}
}

static bool is_priority_byte(uint64_t offset, unsigned bytes)
{
	return bytes == 1 && offset >= GICD_IPRIORITYR && offset < GICD_IPRIORITYR_END;
}

uint64_t gicd_read(uint64_t offset, unsigned bytes)
{
	uint64_t value = 0;

	if (!is_aligned(offset, bytes))
		return 0;
	spin_lock(&gicd.lock);
	if (bytes >= 4)
		value = word_read(offset);
	if (bytes == 8)
		value |= (uint64_t)word_read(offset + 4) << 32;
	if (is_priority_byte(offset, bytes))
		value = priorities_read((unsigned)(offset - GICD_IPRIORITYR), 1);
	spin_unlock(&gicd.lock);
	return value;
}

void gicd_write(uint64_t offset, unsigned bytes, uint64_t value)
{
	if (!is_aligned(offset, bytes))
		return;
	spin_lock(&gicd.lock);
	if (bytes >= 4)
		word_write(offset, (uint32_t)value);
	if (bytes == 8)
		word_write(offset + 4, (uint32_t)(value >> 32));
	if (is_priority_byte(offset, bytes))
		priorities_write((unsigned)(offset - GICD_IPRIORITYR), 1, (uint32_t)value);
	spin_unlock(&gicd.lock);
}

void gicd_line_set(unsigned intid, bool high)
{
	unsigned spi = intid - INTID_FIRST;

	spin_lock(&gicd.lock);
	if (bit_get(gicd.line, spi) != high) {
		bit_set(gicd.line, spi, high);
		if (high && bit_get(gicd.edge, spi))
			bit_set(gicd.latched, spi, true);
		spi_update(spi);
	}
	spin_unlock(&gicd.lock);
}

void gicd_init(unsigned vcpu_count)
{
	memset(&gicd, 0, sizeof(gicd));
	gicd.vcpu_count = vcpu_count;
	/* Group 1 from reset, as virtual GICs have it: a VM that never looks at groups gets IRQs. */
	memset(gicd.group, 0xff, sizeof(gicd.group));
}
