/*
 * Making a VM out of memory and files, and taking it apart again.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_LOADER_H
#define LWK_LOADER_H

#include "lwk/vm.h"

/**
 * loader_start - plan, take memory, create the pair, fill box and VM, activate.
 *
 * Returns true when the pair is active. Else it printed what is wrong, set the VM's reason, and left
 * what was taken in vm->memory for loader_release. Context: the VM's keeper.
 */
MUST_CHECK bool loader_start(struct vm *vm);

/**
 * loader_release - reclaim all memory of @vm, check that it reads zero, give it back to frames.c.
 *
 * The pair was terminated and no vCPU thread runs. Granules that the mediator keeps are counted
 * (lost_count) and named; they stay out of use. Context: the VM's keeper.
 */
void loader_release(struct vm *vm);

#endif
