/*
 * The box's calls to the mediator: packs arguments, unpacks results, decides nothing.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/hvc.h"
#include "abi/box.h"
#include "abi/console.h"
#include "abi/psci.h"
#include "arch/cpu.h"

/* Each try kicks the other CPU; it answers within one exit unless it waits for a lock of ours. */
#define SPI_CLEAR_TRIES 64

void hvc_info(struct hvc_info *out)
{
	struct smc_args args = { .x = { BOX_INFO } };

	hvc_call(&args);
	*out = (struct hvc_info){ .version = args.x[1], .vcpu_count = args.x[2], .vm_ram_bytes = args.x[3] };
}

void hvc_spi_set(unsigned vcpu, unsigned intid, unsigned priority, bool level)
{
	struct smc_args args = { .x = { BOX_SPI_SET, vcpu, intid, priority, level ? 1 : 0 } };

	hvc_call(&args);
}

unsigned hvc_spi_clear(unsigned vcpu, unsigned intid)
{
	for (unsigned tries = 0; tries < SPI_CLEAR_TRIES; tries++) {
		struct smc_args args = { .x = { BOX_SPI_CLEAR, vcpu, intid } };

		hvc_call(&args);
		if (args.x[0] == BOX_OK)
			return (unsigned)args.x[1] & (HVC_SPI_PENDING | HVC_SPI_ACTIVE);
		cpu_relax();
	}
	return 0;
}

bool hvc_share(uint64_t address)
{
	struct smc_args args = { .x = { BOX_SHARE, address } };

	hvc_call(&args);
	return args.x[0] == BOX_OK;
}

void hvc_notify(void)
{
	struct smc_args args = { .x = { BOX_NOTIFY, BOX_MESSAGE_CONSOLE } };

	hvc_call(&args);
}

int64_t hvc_cpu_on(unsigned vcpu, uint64_t entry, uint64_t context)
{
	struct smc_args args = { .x = { PSCI_CPU_ON_64, vcpu, entry, context } };

	hvc_call(&args);
	return (int64_t)args.x[0];
}

void hvc_system_off(void)
{
	struct smc_args args = { .x = { PSCI_SYSTEM_OFF } };

	hvc_call(&args);
	for (;;)
		wfi();
}

void hvc_system_reset(void)
{
	struct smc_args args = { .x = { PSCI_SYSTEM_RESET } };

	hvc_call(&args);
	for (;;)
		wfi();
}
