/*
 * What the watchdog concludes from one look at a CPU: pure decisions, no hardware.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MONITOR_WATCH_H
#define MONITOR_WATCH_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Looks in a row, MONITOR_WATCH_MS from one to the next, that find a CPU in the same stay in a trusted
 * room: five seconds. A stay is a call, which is bounded.
 */
#define WATCH_LOOKS_MAX		20
/* From a CPU's start until the mediator reports there. Generous: emulation on a loaded host is slow. */
#define WATCH_BOOT_MS		30000
/* From the start of a try until it is confirmed. */
#define WATCH_TRIAL_MS		120000

/* Where a look finds a CPU. */
enum watch_place {
	WATCH_BELOW,		/* outer OS, box or VM: they may do what they like with their time */
	WATCH_MEDIATOR,
	WATCH_ANCHOR,
};

/* What is kept of the looks before, for one CPU; all zero at first. */
struct watch {
	enum watch_place place;	/* of the last look */
	uint64_t stays;		/* the room's count of stays, then */
	unsigned looks;		/* in a row that found this stay, but for the first */
};

/**
 * watch_is_hung - one look at a CPU.
 *
 * @stays  a number that changes at each entry into the room at @place, on this CPU
 *
 * Returns true if this and WATCH_LOOKS_MAX looks before found one and the same stay in a trusted room. A
 * room that is left and entered again between two looks is never hung, however often it is found.
 */
bool watch_is_hung(struct watch *watch, enum watch_place place, uint64_t stays);

/* watch_is_past - are @ms over since @started, in ticks of a counter that runs at @hertz, 1 kHz at least? */
bool watch_is_past(uint64_t started, uint64_t now, uint64_t ms, uint64_t hertz);

#endif
