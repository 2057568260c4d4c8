/*
 * A box that looks for its VM's secret, in what each exit leaves in its registers and in all memory that it reaches.
 * Its own VM tells it what to look for, and asks what came of it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_BOX_SEEK_H
#define TESTS_ATTACK_BOX_SEEK_H

#include "box/hvc.h"

/* box_seek_run - hvc_vm_run, and a look at every register at the exit once there is something to look for. */
int64_t box_seek_run(uint64_t answer, uint64_t value, struct hvc_exit *exit);

/* box_seek_access - an access of the VM to BOX_SEEK; returns the answer to a read. */
uint64_t box_seek_access(const struct hvc_exit *exit);

/* box_observe - look at a page that the VM shares and takes back (observer.h), until the VM ends it. In box_observe.c. */
void box_observe(void);

#endif
