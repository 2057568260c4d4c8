/*
 * A monitor that takes its run for a try of the other slot.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"

void __real_tree_write(void);
void __wrap_tree_write(void);

void __wrap_tree_write(void)
{
	boot_info.is_trial = 1;
	__real_tree_write();
}
