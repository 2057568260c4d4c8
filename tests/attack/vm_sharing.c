/*
 * A VM that shares what is not its own: each attempt must be refused, and the box, which would gain by it, is asked
 * whether it sees anything.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/box.h"
#include "abi/rsi.h"
#include "abi/window.h"
#include "arch/cpu.h"
#include "guests/small/layout.h"
#include "lib/addr.h"
#include "lib/vmplan.h"
#include "tests/attack/attack.h"
#include "tests/attack/box.h"
#include "tests/attack/vm_share.h"

#define RAM_END		(VM_RAM_BASE + VM_ATTACK_RAM_BYTES)
#define OWN_PAGE	SMALL_MARK_BASE
#define SECURE_RAM	0x0e000000ull
#define OUTER_OS	0x48000000ull

/* What a VM must not be able to share. The first two and the last two are no ranges of granules. */
static const struct range {
	const char *what;
	uint64_t base, end;
} not_own[] = {
	{ "half a page", OWN_PAGE + 0x800, OWN_PAGE + GRANULE_BYTES },
	{ "a page and a half", OWN_PAGE, OWN_PAGE + 0x1800 },
	{ "the UART", VM_UART_BASE, VM_UART_BASE + GRANULE_BYTES },
	{ "the mediator's redistributors", VM_GICR_BASE, VM_GICR_BASE + GRANULE_BYTES },
	{ "secure RAM", SECURE_RAM, SECURE_RAM + GRANULE_BYTES },
	{ "what is behind its RAM", RAM_END, RAM_END + GRANULE_BYTES },
	{ "the outer OS's address", OUTER_OS, OUTER_OS + GRANULE_BYTES },
	{ "a page by its address in the upper half", IPA_HALF | OWN_PAGE, (IPA_HALF | OWN_PAGE) + GRANULE_BYTES },
	{ "a range that ends before it begins", OWN_PAGE + GRANULE_BYTES, OWN_PAGE },
	{ "a range that wraps", 0xfffffffffffff000, 0x1000 },
};

/* The box must not reach the page at @address in the window. */
static bool is_hidden(uint64_t address)
{
	mmio_write64(BOX_ATTACK_PROBE, BOX_WINDOW | (align_down(address, GRANULE_BYTES) & (IPA_HALF - 1)));
	return (mmio_read64(BOX_ATTACK_PROBE) & BOX_ATTACK_BREACH) == 0;
}

static void rsi_refused(const char *what, const char *call, uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t results[2];

	attack_begin("%s %s (0x%lx)", call, what, a);
	uint64_t status = vm_rsi(id, a, b, c, results);
	bool is_rejected = id == RSI_IPA_STATE_SET && status == RSI_SUCCESS && results[0] == a &&
			   results[1] == RSI_REJECT;

	attack_end((status == RSI_ERROR_INPUT || is_rejected) && is_hidden(a), "%s",
		   is_rejected ? "rejected" : status == RSI_ERROR_INPUT ? "RSI_ERROR_INPUT" : "it was not refused");
}

/* What begins in the VM's RAM and goes on behind it ends with it. */
static void rsi_straddle(void)
{
	uint64_t base = RAM_END - GRANULE_BYTES, results[2];

	attack_begin("RSI_IPA_STATE_SET to EMPTY of its last page and all behind it (0x%lx)", base);
	uint64_t status = vm_rsi(RSI_IPA_STATE_SET, base, IPA_HALF, RSI_RIPAS_EMPTY, results);

	attack_end(status == RSI_SUCCESS && results[0] == RAM_END && is_hidden(RAM_END), "it ends at 0x%lx",
		   results[0]);
	(void)vm_rsi(RSI_IPA_STATE_SET, base, RAM_END, RSI_RIPAS_RAM, results);
}

static void rsi_attack(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(not_own); i++) {
		const struct range *range = &not_own[i];

		rsi_refused(range->what, "RSI_IPA_STATE_SET to EMPTY of", RSI_IPA_STATE_SET, range->base, range->end,
			    RSI_RIPAS_EMPTY);
		/* Taking back is no way to get memory either. */
		rsi_refused(range->what, "RSI_IPA_STATE_SET to RAM of", RSI_IPA_STATE_SET, range->base, range->end,
			    RSI_RIPAS_RAM);
	}
	rsi_straddle();
	/* Calls that name one page. */
	for (size_t i = 2; i < ARRAY_COUNT(not_own) - 2; i++) {
		const struct range *range = &not_own[i];

		rsi_refused(range->what, "RSI_REALM_CONFIG into", RSI_REALM_CONFIG, range->base, 0, 0);
		rsi_refused(range->what, "RSI_ATTESTATION_TOKEN_CONTINUE into", RSI_ATTESTATION_TOKEN_CONTINUE, range->base, 0,
			    GRANULE_BYTES);
		rsi_refused(range->what, "RSI_HOST_CALL with its structure in", RSI_HOST_CALL, range->base, 0, 0);
	}
	rsi_refused("the initial measurement", "RSI_MEASUREMENT_EXTEND of", RSI_MEASUREMENT_EXTEND, 0, 8, 0);
	rsi_refused("a measurement that is not there", "RSI_MEASUREMENT_READ of", RSI_MEASUREMENT_READ, RSI_MEASUREMENT_COUNT, 0,
		    0);
}

static void doorbell_attack(const char *what, uint64_t first, uint64_t last)
{
	attack_begin("announcement of %s at the doorbell (0x%lx)", what, last);
	bool is_taken = vm_doorbell(WINDOW_DOORBELL_FIRST, first) && vm_doorbell(WINDOW_DOORBELL_LAST, last);

	attack_end(is_taken && is_hidden(first) && is_hidden(last), "ignored, the box sees nothing there");
}

static void ring_attack(const char *what, uint64_t descriptors, uint64_t driver, uint64_t device, uint32_t entries)
{
	attack_begin("a ring with %s (0x%lx, 0x%lx, 0x%lx, %u entries)", what, descriptors, driver, device, entries);
	vm_ring(descriptors, driver, device, entries);
	bool hidden = is_hidden(descriptors) && is_hidden(driver) && is_hidden(device);

	vm_ring_end();
	attack_end(hidden, "its pages stay closed");
}

static void window_attack(void)
{
	for (size_t i = 0; i < ARRAY_COUNT(not_own); i++)
		doorbell_attack(not_own[i].what, not_own[i].base, not_own[i].end - 1);
	doorbell_attack("its last page and one behind it", RAM_END - GRANULE_BYTES, RAM_END + GRANULE_BYTES - 1);
	ring_attack("no entries", OWN_PAGE, OWN_PAGE, OWN_PAGE, 0);
	ring_attack("more entries than may be", OWN_PAGE, OWN_PAGE, OWN_PAGE, VIRTIO_QUEUE_NUM_MAX + 1);
	ring_attack("descriptors behind its RAM", RAM_END, OWN_PAGE, OWN_PAGE, 8);
	ring_attack("a driver area that reaches behind its RAM", OWN_PAGE, RAM_END - 2, OWN_PAGE, 8);
	ring_attack("a device area of a device", OWN_PAGE, OWN_PAGE, VM_UART_BASE, 8);
	ring_attack("descriptors in the upper half", IPA_HALF | OWN_PAGE, OWN_PAGE, OWN_PAGE, 8);
	ring_attack("a device area that wraps", OWN_PAGE, OWN_PAGE, 0xfffffffffffffff8, 8);
}

void vm_sharing_attack(void)
{
	if (vm_scheme() == VM_SHARES_BY_RSI)
		rsi_attack();
	else
		window_attack();
}
