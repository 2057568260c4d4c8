/*
 * The device tree of a VM, for vmplan.c alone.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_VMPLAN_TREE_H
#define LIB_VMPLAN_TREE_H

#include "lib/vmplan.h"

/**
 * vmplan_tree_write - write the tree of a VM whose images are placed.
 *
 * @request  checked by vmplan_make
 * @plan     kernel and initrd placed; only read
 * @dtb      VMPLAN_DTB_MAX bytes, 8-byte aligned: it is as large as that, whatever is in it
 *
 * Returns where its first part ends: zeros follow, at least a granule of them, up to the granule of the command line at
 * VMPLAN_ARGS_AT. That one is a function of the command line alone. 0 if they do not fit.
 * Source: Devicetree Specification 0.4; Linux Documentation/devicetree/bindings (arm,gic-v3, arm,pl011,
 * arm,pl031, arm,arch_timer, psci, cpus, virtio/mmio).
 */
size_t vmplan_tree_write(const struct vmplan_request *request, const struct vmplan *plan, void *dtb);

#endif
