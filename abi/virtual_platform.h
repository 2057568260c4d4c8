/*
 * What a VM finds where: QEMU's `virt`, the parts that exist. virtio-mmio and doorbell are in abi/window.h. Numbers only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_VIRTUAL_PLATFORM_H
#define ABI_VIRTUAL_PLATFORM_H

#define VM_GICD_BASE		0x08000000
#define VM_GICD_BYTES		0x00010000
#define VM_GICR_BASE		0x080a0000
#define VM_GICR_STRIDE		0x00020000
#define VM_UART_BASE		0x09000000
#define VM_UART_INTID		33
#define VM_RTC_BASE		0x09010000
#define VM_RTC_INTID		34
#define VM_RAM_BASE		0x40000000
#define VM_TIMER_INTID		27

#endif
