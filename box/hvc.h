/*
 * What the box asks of the mediator, one function a call (abi/box.h, abi/psci.h). The devices see
 * nothing else of the world outside, so tests replace this file.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef BOX_HVC_H
#define BOX_HVC_H

#include "lib/compiler.h"

struct hvc_info {
	uint64_t version;
	uint64_t vcpu_count;
	uint64_t vm_ram_bytes;
};

void hvc_info(struct hvc_info *out);

/* Why the VM stopped; fields as BOX_VM_RUN returns them. Assembly stores it. */
struct hvc_exit {
	uint64_t reason;	/* BOX_EXIT_* */
	uint64_t address;
	uint64_t access;	/* bytes | BOX_ACCESS_WRITE */
	uint64_t value;
};
_Static_assert(sizeof(struct hvc_exit) == 32, "assembly's view of struct hvc_exit");

/**
 * hvc_vm_run - run this vCPU's VM vCPU until the box has something to do.
 *
 * @answer, @value  to the last exit: BOX_ANSWER_*, and what a read returns
 * Returns a BOX_* code; @out is written always and means something on BOX_OK. In arch/arm64/box_call.S.
 */
int64_t hvc_vm_run(uint64_t answer, uint64_t value, struct hvc_exit *out);

/* hvc_spi_set - make an SPI pending on a VM vCPU; @level: it stays so until hvc_spi_clear. */
void hvc_spi_set(unsigned vcpu, unsigned intid, unsigned priority, bool level);

#define HVC_SPI_PENDING	1u
#define HVC_SPI_ACTIVE	2u

/**
 * hvc_spi_clear - take an SPI back. Returns HVC_SPI_* as they were.
 *
 * The vCPU may be running elsewhere: the mediator fetches the state first, and this asks again a bounded
 * number of times. After that the SPI is still taken back, at that vCPU's next exit, but the result is 0.
 */
unsigned hvc_spi_clear(unsigned vcpu, unsigned intid);

/* hvc_share - let the outer OS read and write one granule of the box. True if it may now. */
MUST_CHECK bool hvc_share(uint64_t address);

/* hvc_notify - leave for the outer OS, which looks at the console page. No lock may be held. */
void hvc_notify(void);

/* hvc_cpu_on - start box vCPU @vcpu at @entry with @context in x0. Returns a PSCI code. */
MUST_CHECK int64_t hvc_cpu_on(unsigned vcpu, uint64_t entry, uint64_t context);

NORETURN void hvc_system_off(void);
NORETURN void hvc_system_reset(void);

#endif
