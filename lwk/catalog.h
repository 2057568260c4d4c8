/*
 * Which VMs there are: reads the initial ramdisk.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_CATALOG_H
#define LWK_CATALOG_H

/**
 * catalog_read - define a VM for each directory NAME of the ramdisk with NAME/config and NAME/kernel.
 *
 * Whatever is wrong is printed and left out; the rest goes on. Context: boot thread.
 */
void catalog_read(void);

#endif
