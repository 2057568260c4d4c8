/*
 * Decides which memory is the VM's, and where the box finds it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/window.h"
#include "box/mmu.h"
#include "lib/addr.h"
#include "lib/vmplan.h"

static uint64_t window_ram_bytes;

void window_init(uint64_t ram_bytes)
{
	uint64_t mapped = MMU_WINDOW_BYTES - VM_RAM_BASE;

	window_ram_bytes = ram_bytes < mapped ? ram_bytes : mapped;
}

static uint64_t low_half(uint64_t address)
{
	return address & ~(uint64_t)BOX_WINDOW;
}

bool window_is_ram(uint64_t address, uint64_t bytes)
{
	return range_is_inside(low_half(address), bytes, VM_RAM_BASE, window_ram_bytes);
}

static void *window_pointer(uint64_t address)
{
	return (void *)(uintptr_t)(MMU_WINDOW + low_half(address));
}

bool window_read(uint64_t address, void *to, size_t bytes)
{
	return window_is_ram(address, bytes) && window_copy(to, window_pointer(address), bytes);
}

bool window_write(uint64_t address, const void *from, size_t bytes)
{
	return window_is_ram(address, bytes) && window_copy(window_pointer(address), from, bytes);
}
