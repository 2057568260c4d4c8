/*
 * virtio-mmio transports without a device behind them: a driver that looks finds "nobody here".
 * Source: Virtual I/O Device (VIRTIO) Version 1.2, "MMIO Device Register Layout".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VIRTIO_MMIO_H
#define BOX_VIRTIO_MMIO_H

#include <stdint.h>

/* virtio_mmio_read - register at @offset within a transport; writes have no effect on an empty one. */
uint32_t virtio_mmio_read(uint64_t offset);

#endif
