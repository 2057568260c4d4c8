/*
 * How a CPU that waits in the ROM is woken: by this SGI, group 0, which needs GICD_CTLR.EnableGrp0.
 * Both are hardware state that reset clears, so nothing left over in memory can release a CPU. It
 * then enters the monitor at PLAT_MONITOR_BASE with x0 = 0 (CPU 0 comes with x0 = struct
 * boot_info).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_PARKING_H
#define ABI_PARKING_H

#define PARKING_SGI		15

#endif
