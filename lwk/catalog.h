/*
 * Which VMs there are: reads the initial ramdisk.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_CATALOG_H
#define LWK_CATALOG_H

#include <stddef.h>
#include <stdint.h>

/**
 * catalog_read - define a VM for each directory NAME of the ramdisk with NAME/config and NAME/kernel.
 *
 * Whatever is wrong is printed and left out; the rest goes on. Context: boot thread.
 */
void catalog_read(void);

/* catalog_file - a file of the ramdisk outside all VMs' directories, and its @bytes; NULL if there is none. */
const uint8_t *catalog_file(const char *name, size_t *bytes);

#endif
