/*
 * The VM's disk: a part of the box's own RAM, zero when the VM starts, gone when it ends. IN, OUT, FLUSH and GET_ID.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "Block Device".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VIRTIO_BLOCK_H
#define BOX_VIRTIO_BLOCK_H

#include "box/virtio.h"

extern const struct virtio_kind virtio_block;

/* virtio_block_init - the disk is the BOX_DISK_BYTES at @content. */
void virtio_block_init(uint8_t *content);

#endif
