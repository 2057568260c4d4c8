/*
 * Empty virtio-mmio transports. Decides what identifies them; no device exists yet.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/virtio_mmio.h"

#define MAGIC_VALUE	0x000
#define VERSION		0x004
#define DEVICE_ID	0x008
#define VENDOR_ID	0x00c

uint32_t virtio_mmio_read(uint64_t offset)
{
	switch (offset) {
	case MAGIC_VALUE:
		return 0x74726976;	/* "virt" */
	case VERSION:
		return 2;
	case DEVICE_ID:
		return 0;		/* a placeholder: drivers leave it alone */
	case VENDOR_ID:
		return 0x54424452;	/* "RDBT" */
	default:
		return 0;
	}
}
