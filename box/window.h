/*
 * Memory of the VM, as the devices reach it: bytes are copied in or out, and a copy may fail.
 *
 * All of it is the VM's choice and changes while it is looked at, so nothing in it is read twice and nothing there is
 * used in place. Of a confidential VM the box sees shared pages alone, and any of them may be taken back between two
 * instructions. Bit 39 of a VM address is ignored: a confidential VM names shared memory by it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_WINDOW_H
#define BOX_WINDOW_H

#include "lib/compiler.h"

/* window_init - the VM has @ram_bytes of RAM. */
void window_init(uint64_t ram_bytes);

/* window_is_ram - is [@address, @address + @bytes) inside the VM's RAM, shared or not? No sum overflows. */
bool window_is_ram(uint64_t address, uint64_t bytes);

/**
 * window_read / window_write - copy @bytes from or to the VM's memory at @address.
 *
 * Aligned 2, 4 or 8 bytes are copied by one access. Returns false if the range is not in its RAM (nothing was copied),
 * or is not shared with the box (a first part may have been copied). No order against other accesses: fence.
 */
MUST_CHECK bool window_read(uint64_t address, void *to, size_t bytes);
MUST_CHECK bool window_write(uint64_t address, const void *from, size_t bytes);

/* window_copy - as memcpy, but false when an access was answered by an external abort. In arch/arm64/box_window.S. */
MUST_CHECK bool window_copy(void *to, const void *from, size_t bytes);

#endif
