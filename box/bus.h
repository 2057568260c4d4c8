/*
 * The VM's bus: which device has an address.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_BUS_H
#define BOX_BUS_H

#include "box/hvc.h"

/**
 * bus_access - answer one access of the VM.
 *
 * @exit   as hvc_vm_run returned it; everything in it is the VM's choice
 * @value  receives what a read returns
 *
 * Returns BOX_ANSWER_DONE, or BOX_ANSWER_ABORT where nothing is: that is logged once an address. May wait
 * for the outer OS (bounded) if the console ring is full. No lock may be held.
 */
uint64_t bus_access(const struct hvc_exit *exit, uint64_t *value);

#endif
