/*
 * Calls that a box or a VM must not have: none of them may be answered by anything but "not supported".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/calls.h"
#include "abi/anchor.h"
#include "abi/host.h"
#include "abi/monitor.h"
#include "abi/rsi.h"
#include "abi/vm.h"
#include "arch/cpu.h"
#include "plat/memory.h"

#define NOT_SUPPORTED	(-1)
#define FAST		0x80000000ull
#define WIDE		0x40000000ull
#define OWNER_SHIFT	24
#define OWNER_ARCH	0
#define OWNER_STANDARD	4
#define OWNER_HYPERVISOR 6

/* Counts answers other than "not supported", of a call with arguments that would do harm. */
static unsigned call_try(uint64_t id, bool by_smc)
{
	struct smc_args args = { .x = { id, PLAT_MONITOR_BASE, PLAT_MEDIATOR_BASE, 0x1000, 0x1000, 0x1000, 0x1000 } };

	if (by_smc)
		smc_call(&args);
	else
		hvc_call(&args);
	return (int64_t)args.x[0] == NOT_SUPPORTED ? 0 : 1;
}

static unsigned range_try(uint64_t first, uint64_t end)
{
	unsigned answered = 0;

	for (uint64_t id = first; id < end; id++)
		answered += call_try(id, true) + call_try(id, false);
	return answered;
}

unsigned calls_host(void)
{
	return range_try(HOST_CALL_BASE, HOST_CALL_END);
}

unsigned calls_firmware(void)
{
	return range_try(ANCHOR_CALL_BASE, ANCHOR_CALL_END) + range_try(ANCHOR_START, ANCHOR_START + 1) +
	       range_try(MONITOR_FAIL, MONITOR_FAIL + 1);
}

unsigned calls_realm(void)
{
	return range_try(RSI_CALL_BASE, RSI_CALL_END);
}

unsigned calls_secret(void)
{
	unsigned answered = 0;

	for (uint64_t version = 0; version < 4; version++) {
		struct smc_args args = { .x = { VM_SECRET, version, 1, 1, 1 } };

		smc_call(&args);
		answered += args.x[0] == VM_OK || (args.x[1] | args.x[2] | args.x[3] | args.x[4]) != 0 ? 1 : 0;
	}
	return answered;
}

/* What is answered lies in three owners' ranges; the rest of those is tried too. */
static uint64_t first_unused(unsigned owner)
{
	if (owner == OWNER_ARCH)
		return 2;
	return owner == OWNER_STANDARD ? 0x100 : owner == OWNER_HYPERVISOR ? 0x400 : 0;
}

unsigned calls_unknown(void)
{
	unsigned answered = 0;

	for (unsigned owner = 0; owner < 64; owner++) {
		uint64_t base = FAST | (uint64_t)owner << OWNER_SHIFT | first_unused(owner);

		answered += range_try(base, base + 8) + range_try(base | WIDE, (base | WIDE) + 8);
		/* Yielding calls. */
		answered += range_try(base & ~FAST, (base & ~FAST) + 2);
	}
	return answered;
}
