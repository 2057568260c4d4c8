/*
 * The stub that stands before the kernel of a VM with a secret: 4 KiB of code that begin as an arm64 Image, then a page
 * into which it puts the VM's secrets, then the kernel, 2 MiB aligned. `redoubt pack` puts them together; the device tree
 * keeps the page from Linux (/reserved-memory, compatible "redoubt,secret", no-map). Numbers only; safe for C and assembly.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_KEYED_H
#define ABI_KEYED_H

#define KEYED_TEXT_OFFSET	0x1fe000	/* of the stub: the kernel behind it is at a multiple of 2 MiB */
#define KEYED_PAGE		0x1000		/* from the stub's start */
#define KEYED_BYTES		0x2000

/* In the stub, behind the Image header. */
#define KEYED_MAGIC_AT		64
#define KEYED_MAGIC		0x31444559454b4452 /* "RDKEYED1" */
#define KEYED_COUNTER_AT	72		/* 32 bits, 0 in the stub: security counter of the image */
#define KEYED_HEAD_BYTES	80

/* The page: secret of version counter, counter - 1, ..., as many as there are; then zeros. Without a secret it is all zero. */
#define KEYED_SECRETS_MAX	8

#endif
