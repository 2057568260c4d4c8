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
 * @plan     initrd placed; only read
 * @dtb      VMPLAN_DTB_MAX bytes, 8-byte aligned
 *
 * Returns its size in bytes; 0 if it does not fit.
 * Source: Devicetree Specification 0.4; Linux Documentation/devicetree/bindings (arm,gic-v3, arm,pl011,
 * arm,pl031, arm,arch_timer, psci, cpus, virtio/mmio).
 */
size_t vmplan_tree_write(const struct vmplan_request *request, const struct vmplan *plan, void *dtb);

#endif
