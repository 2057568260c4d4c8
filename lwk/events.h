/*
 * The event log: what was measured of this boot and of a VM, in lines that `redoubt verify --log` reads. Nobody has to
 * believe it: whoever has a token replays it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_EVENTS_H
#define LWK_EVENTS_H

#include "lwk/vm.h"

/* events_print_boot - the anchor's log. Threads. */
void events_print_boot(void);

/**
 * events_print_vm - what the measurement of a VM that runs was made of. An image's manifest says it; the files of another
 * VM are hashed, which takes a while. Context: the shell thread.
 */
void events_print_vm(struct vm *vm);

#endif
