/*
 * The VM's virtio console: one port, whose output goes where the UART's goes. Input is the console's once its driver
 * has given it a buffer, unless the VM also lets the UART interrupt it for input: then it is the UART's.
 * Source: Virtual I/O Device (VIRTIO) 1.2, "Console Device".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_VIRTIO_CONSOLE_H
#define BOX_VIRTIO_CONSOLE_H

#include "box/virtio.h"

extern const struct virtio_kind virtio_console;

/* virtio_console_is_listening - is input the console's? After its receive queue was served. Its lock is held. */
bool virtio_console_is_listening(const struct virtio_device *device);

#endif
