/*
 * Consoles: the bytes between each VM, its history and the terminal. One thread moves them all.
 * The page that a box shares is hostile: counts are masked, accesses may abort (probe.h).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_CONSOLE_H
#define LWK_CONSOLE_H

#include "abi/console.h"
#include "lib/compiler.h"
#include "lwk/lock.h"

#define CONSOLE_HISTORY_BYTES	16384
#define CONSOLE_LINE_BYTES	160
#define CONSOLE_LEAVE_KEY	0x1d	/* Ctrl-] */

struct vm;

/* A line of a VM or its box that is not complete yet. */
struct console_line {
	char text[CONSOLE_LINE_BYTES];
	unsigned used;
};

struct console {
	struct mutex lock;		/* page, counts */
	uintptr_t page;			/* 0: not shared (yet) */
	bool complained;		/* said once that what was shared is no console page */
	uint32_t out_tail, log_tail, in_head;
	/* The rest is the console thread's; others only read the counts. */
	uint8_t history[CONSOLE_HISTORY_BYTES];
	_Atomic uint64_t history_head;	/* bytes ever kept; index = count mod size */
	_Atomic uint64_t printed;	/* bytes ever printed by the VM itself */
	struct console_line line, log_line;
};

/* console_start - create the console thread. Once. */
void console_start(void);

/* console_wake - something to do: input, output, room in the serial ring. Any context. */
void console_wake(void);

/**
 * console_open - the box of a VM says that it shared its console page.
 *
 * @pa  the granule that was donated for it
 * Writes the time of day; starts reading. Repeated calls only wake the console thread.
 */
void console_open(struct vm *vm, uint64_t pa);

/* console_close - the page is about to be reclaimed: take what is left in it, then forget it. */
void console_close(struct vm *vm);

/* console_forget - @vm goes away for good: disconnect the keyboard from it. */
void console_forget(struct vm *vm);

/* console_attach - replay the history of @vm on the terminal, then connect the keyboard to it. */
void console_attach(struct vm *vm);

/* console_attached - whom the keyboard is connected to, or NULL. */
struct vm *console_attached(void);

/* console_follow - whether VMs that are not attached are printed line by line, labelled. */
void console_follow(bool on);

/* console_read - wait for the next byte typed to the control prompt. Shell thread only. */
char console_read(void);

#endif
