/*
 * Monitor calls beyond PSCI and SMCCC: SiP service range, SMC from EL2 only.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_MONITOR_H
#define ABI_MONITOR_H

/* x1 ESR_EL2 or 0, x2 PC, x3 FAR or line, x4, x5 16 bytes of text. Does not return: the monitor writes
 * the crash record, prints it and stops the machine. */
#define MONITOR_FAIL			0xc2000000

/* x1 pa of a 64-bit word in the mediator's image range, multiple of 8: this CPU adds to it at each entry to EL2. The
 * watchdog reads it from now on. Once a CPU's start; -> MONITOR_OK, or MONITOR_ERR_ARGS. */
#define MONITOR_WATCH			0xc2000001
/* How often the watchdog looks at each CPU, and makes one call of ANCHOR_RECHECK there. */
#define MONITOR_WATCH_MS		250

#define MONITOR_OK			0
#define MONITOR_ERR_ARGS		(-2)

#endif
