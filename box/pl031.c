/*
 * State of the VM's clock. Decides what time it is and when the match interrupt comes.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/pl031.h"
#include <stdatomic.h>
#include "box/clock.h"
#include "box/console.h"
#include "box/gicd.h"
#include "lib/memory.h"
#include "lib/spinlock.h"
#include "lib/vmplan.h"

#define RTCDR	0x000
#define RTCMR	0x004
#define RTCLR	0x008
#define RTCCR	0x00c
#define RTCIMSC	0x010
#define RTCRIS	0x014
#define RTCMIS	0x018
#define RTCICR	0x01c
#define RTCIDS	0xfe0

static struct {
	struct spinlock lock;		/* everything below but offset */
	uint32_t match, load, mask, raw;
	bool is_armed;			/* a match is still to come, at counter value due */
	uint64_t due;
	_Atomic uint32_t offset;	/* what the VM's RTCLR added, modulo 2^32 */
} rtc;

/* Seconds and, of the second that runs, ticks. Time runs modulo 2^32, as the register does. */
static uint32_t now(uint64_t *fraction)
{
	uint64_t seconds, epoch, hz = clock_hz();

	console_epoch(&seconds, &epoch);
	uint64_t ticks = clock_ticks() - epoch;

	*fraction = ticks % hz;
	return (uint32_t)(seconds + ticks / hz) + atomic_load_explicit(&rtc.offset, memory_order_relaxed);
}

static void line_update(void)
{
	gicd_line_set(VM_RTC_INTID, (rtc.raw & rtc.mask) != 0);
}

/* The match comes when the counter gets there; behind it means after a whole turn of 2^32 s. */
static void match_arm(void)
{
	uint64_t fraction;
	uint32_t left = rtc.match - now(&fraction);

	rtc.is_armed = left != 0;
	if (left == 0) {
		rtc.raw = 1;
	} else {
		uint64_t ticks = left * clock_hz() - fraction;

		rtc.due = clock_ticks() + ticks;
		clock_alarm(ticks);
	}
}

static void registers_write(uint64_t offset, uint32_t value)
{
	uint64_t fraction;

	switch (offset) {
	case RTCMR:
		rtc.match = value;
		match_arm();
		break;
	case RTCLR:
		rtc.load = value;
		atomic_fetch_add_explicit(&rtc.offset, value - now(&fraction), memory_order_relaxed);
		match_arm();
		break;
	case RTCIMSC:
		rtc.mask = value & 1;
		break;
	case RTCICR:
		rtc.raw &= ~value;
		break;
	default:
		break;
	}
}

static uint32_t id_read(uint64_t offset)
{
	static const uint8_t ids[] = { 0x31, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	return ids[(offset - RTCIDS) / 4];
}

static uint32_t registers_read(uint64_t offset)
{
	switch (offset) {
	case RTCMR:
		return rtc.match;
	case RTCLR:
		return rtc.load;
	case RTCCR:
		return 1;	/* it cannot be stopped */
	case RTCIMSC:
		return rtc.mask;
	case RTCRIS:
		return rtc.raw;
	case RTCMIS:
		return rtc.raw & rtc.mask;
	default:
		return offset >= RTCIDS ? id_read(offset) : 0;
	}
}

uint32_t pl031_read(uint64_t offset)
{
	uint64_t fraction;

	/* The time itself needs no lock: the one read that a VM makes often. */
	if (offset == RTCDR)
		return now(&fraction);
	spin_lock(&rtc.lock);
	uint32_t value = registers_read(offset);

	spin_unlock(&rtc.lock);
	return value;
}

void pl031_write(uint64_t offset, uint32_t value)
{
	spin_lock(&rtc.lock);
	registers_write(offset, value);
	line_update();
	spin_unlock(&rtc.lock);
}

void pl031_poll(void)
{
	spin_lock(&rtc.lock);
	if (rtc.is_armed) {
		uint64_t ticks = clock_ticks();

		rtc.is_armed = ticks < rtc.due;
		if (rtc.is_armed)
			clock_alarm(rtc.due - ticks);
		else
			rtc.raw = 1;
		line_update();
	}
	spin_unlock(&rtc.lock);
}

void pl031_init(void)
{
	memset(&rtc, 0, sizeof(rtc));
}
