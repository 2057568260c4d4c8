/*
 * A box as an attacker: what it reaches, what it may call, and what of its VM it sees. The result of each
 * attempt goes back to the VM that asked for it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/box_attack.h"
#include "abi/box.h"
#include "abi/console.h"
#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/sysreg_fields.h"
#include "box/console.h"
#include "box/hvc.h"
#include "lib/addr.h"
#include "lib/vmplan.h"
#include "tests/attack/attack.h"
#include "tests/attack/box.h"
#include "tests/attack/calls.h"
#include "tests/attack/vectors.h"

/* Where the attacker's map shows its guest-physical space, a GiB an entry: lower half, then the window. */
#define ENTRY_LOWER	256
#define ENTRY_WINDOW	384
#define ENTRY_END	512

/* The first instruction of the small guest. */
#define PRIVATE_PAGE	(BOX_WINDOW | (VM_RAM_BASE + 0x200000))

extern uint64_t box_level1[];

static struct {
	bool is_mapped;
	unsigned breached;		/* by attack_end */
	bool asked;			/* answer again at the next exit that is no access */
	uint64_t answered;		/* what came of it; 0 not tried yet */
} state;

static void map(void)
{
	uint64_t attributes = (uint64_t)MAIR_DEVICE << DESC_S1_ATTR_SHIFT | DESC_AF | DESC_S1_PXN | DESC_S1_UXN;

	for (uint64_t i = ENTRY_LOWER; i < ENTRY_END; i++) {
		uint64_t base = i < ENTRY_WINDOW ? (i - ENTRY_LOWER) * GIB : BOX_WINDOW + (i - ENTRY_WINDOW) * GIB;

		box_level1[i] = base | attributes | DESC_BLOCK;
	}
	dsb_ishst();
	isb();
	state.is_mapped = true;
}

uintptr_t box_attack_address(uint64_t ipa)
{
	if (!state.is_mapped)
		map();
	if ((ipa & BOX_WINDOW) != 0)
		return ENTRY_WINDOW * GIB + (ipa & ~(uint64_t)BOX_WINDOW);
	return ENTRY_LOWER * GIB + ipa;
}

/* An abort is what is wanted. */
static uint64_t access_result(uint64_t esr)
{
	return guard_is_abort(esr) ? esr : esr | BOX_ATTACK_BREACH;
}

static uint64_t read_try(uint64_t ipa)
{
	uint64_t argument[2] = { box_attack_address(ipa), 0 };

	return access_result(guard_run(guard_load, argument));
}

static uint64_t write_try(uint64_t ipa)
{
	uint64_t argument[2] = { box_attack_address(ipa), 0x6272656163686564 };

	return access_result(guard_run(guard_store, argument));
}

/* One word in each GiB of both halves as far as the map goes, but for those where its own memory is. */
static uint64_t sweep(void)
{
	uint64_t refused = 0, breached = 0;

	for (uint64_t i = 0; i < ENTRY_END - ENTRY_LOWER; i++) {
		uint64_t ipa = i < 128 ? i * GIB : BOX_WINDOW + (i - 128) * GIB;

		if ((ipa & ~(uint64_t)BOX_WINDOW) == VM_RAM_BASE)
			continue;
		if ((read_try(ipa) & BOX_ATTACK_BREACH) != 0)
			breached++;
		else
			refused++;
	}
	return breached == 0 ? refused : breached | BOX_ATTACK_BREACH;
}

/* A confidential VM that shares nothing: no granule of the window can be read. */
static uint64_t private_sweep(void)
{
	uint64_t refused = 0, breached = 0;
	struct hvc_info info;

	hvc_info(&info);
	for (uint64_t done = 0; done < info.vm_ram_bytes; done += GRANULE_BYTES) {
		if ((read_try(BOX_WINDOW | (VM_RAM_BASE + done)) & BOX_ATTACK_BREACH) != 0)
			breached++;
		else
			refused++;
	}
	return breached == 0 ? refused : breached | BOX_ATTACK_BREACH;
}

uint64_t box_attack_probe(const struct hvc_exit *exit)
{
	static uint64_t argument[2];

	if ((exit->access & BOX_ACCESS_WRITE) != 0) {
		argument[0] = exit->value;
		return 0;
	}
	if (exit->address == BOX_ATTACK_PROBE)
		return read_try(argument[0]);
	/* If it is not refused, it comes back. */
	return access_result(guard_run(guard_execute, argument));
}

/* A box call that must be refused with this code. */
static uint64_t call_try(int64_t expected, uint64_t id, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct smc_args args = { .x = { id, a, b, c, d } };

	hvc_call(&args);
	return (args.x[0] & ~BOX_ATTACK_BREACH) | ((int64_t)args.x[0] == expected ? 0 : BOX_ATTACK_BREACH);
}

static uint64_t count_result(unsigned answered)
{
	return answered | (answered == 0 ? 0 : BOX_ATTACK_BREACH);
}

static uint64_t cpu_on_try(void)
{
	unsigned answered = 0;

	answered += hvc_cpu_on(VMPLAN_VCPU_MAX, BOX_RAM_BASE, 0) != PSCI_INVALID_PARAMETERS;
	answered += hvc_cpu_on(1u << 16, BOX_RAM_BASE, 0) != PSCI_INVALID_PARAMETERS;
	answered += hvc_cpu_on(0, BOX_RAM_BASE, 0) != PSCI_ALREADY_ON;
	return count_result(answered);
}

static uint64_t vectors_try(void)
{
	uint64_t halves[64];

	if (guard_run(guard_vectors_read, halves) != 0)
		return 0;
	return count_result(vectors_known(halves, BOX_ATTACK_SEED));
}

void attack_begin(const char *format, ...)
{
	(void)format;
}

void attack_end(bool refused, const char *format, ...)
{
	(void)format;
	state.breached += refused ? 0 : 1;
}

static uint64_t registers_try(void)
{
	state.breached = 0;
	attack_registers();
	return count_result(state.breached);
}

/* The VM runs on with its answer; the second one follows at an exit that the box's own alarm makes. */
static uint64_t answer_ask(void)
{
	uint64_t result = state.answered;

	state.asked = true;
	console_alarm();
	return result;
}

void box_attack_answer_again(void)
{
	struct hvc_exit exit;

	if (!state.asked)
		return;
	state.asked = false;
	int64_t code = hvc_vm_run(BOX_ANSWER_DONE, ~0ull, &exit);

	state.answered = code == BOX_ERR_STATE ? (uint32_t)code : BOX_ATTACK_BREACH | 1;
}

static uint64_t memory_attack(unsigned number)
{
	switch (number) {
	case BOX_ATTACK_READ_PAST_RAM:
		return read_try(BOX_RAM_BASE + BOX_RAM_BYTES);
	case BOX_ATTACK_WRITE_PAST_RAM:
		return write_try(BOX_RAM_BASE + BOX_RAM_BYTES);
	case BOX_ATTACK_READ_FLASH:
		return read_try(0);
	case BOX_ATTACK_READ_GICD:
		return read_try(VM_GICD_BASE);
	case BOX_ATTACK_READ_GICR:
		return read_try(VM_GICR_BASE + VMPLAN_VCPU_MAX * VM_GICR_STRIDE);
	case BOX_ATTACK_READ_UART:
		return read_try(VM_UART_BASE);
	case BOX_ATTACK_READ_SECURE:
		return read_try(0x0e000000);
	case BOX_ATTACK_WRITE_SECURE:
		return write_try(0x0e000000);
	case BOX_ATTACK_READ_OUTER:
		return read_try(0x48000000);
	case BOX_ATTACK_WRITE_OUTER:
		return write_try(0x48000000);
	case BOX_ATTACK_READ_PAST_WINDOW:
		return read_try(BOX_WINDOW | 0x60000000);
	case BOX_ATTACK_WRITE_PAST_WINDOW:
		return write_try(BOX_WINDOW | 0x60000000);
	case BOX_ATTACK_READ_WINDOW_LOW:
		return read_try(BOX_WINDOW | VM_GICD_BASE);
	default:
		return sweep();
	}
}

/* What each refused box call gets; the words are in box.h. */
static const struct {
	int64_t expected;
	uint64_t id, x[4];
} calls[] = {
	[BOX_ATTACK_SHARE_VM] = { BOX_ERR_ARGS, BOX_SHARE, { BOX_WINDOW | VM_RAM_BASE } },
	[BOX_ATTACK_SHARE_PAST_RAM] = { BOX_ERR_DENIED, BOX_SHARE, { BOX_RAM_BASE + BOX_RAM_BYTES } },
	[BOX_ATTACK_SHARE_UNALIGNED] = { BOX_ERR_ARGS, BOX_SHARE, { BOX_RAM_BASE + BOX_RAM_BYTES - 0x800 } },
	[BOX_ATTACK_SHARE_WRAP] = { BOX_ERR_ARGS, BOX_SHARE, { 0xfffffffffffff000 } },
	[BOX_ATTACK_UNSHARE_VM] = { BOX_ERR_ARGS, BOX_UNSHARE, { BOX_WINDOW | VM_RAM_BASE } },
	[BOX_ATTACK_SPI_PPI] = { BOX_ERR_ARGS, BOX_SPI_SET, { 0, VM_TIMER_INTID, 0, 0 } },
	[BOX_ATTACK_SPI_PAST] = { BOX_ERR_ARGS, BOX_SPI_SET, { 0, BOX_SPI_END, 0, 0 } },
	[BOX_ATTACK_SPI_SPECIAL] = { BOX_ERR_ARGS, BOX_SPI_SET, { 0, 1023, 0, 0 } },
	[BOX_ATTACK_SPI_HUGE] = { BOX_ERR_ARGS, BOX_SPI_SET, { 0, (1ull << 32) + 32, 0, 0 } },
	[BOX_ATTACK_SPI_VCPU] = { BOX_ERR_ARGS, BOX_SPI_SET, { VMPLAN_VCPU_MAX, 40, 0, 0 } },
	[BOX_ATTACK_SPI_PRIORITY] = { BOX_ERR_ARGS, BOX_SPI_SET, { 0, 40, 256, 0 } },
	[BOX_ATTACK_SPI_LEVEL] = { BOX_ERR_ARGS, BOX_SPI_SET, { 0, 40, 0, 2 } },
	[BOX_ATTACK_CLEAR_PPI] = { BOX_ERR_ARGS, BOX_SPI_CLEAR, { 0, VM_TIMER_INTID } },
	[BOX_ATTACK_CLEAR_VCPU] = { BOX_ERR_ARGS, BOX_SPI_CLEAR, { ~0ull, 40 } },
	[BOX_ATTACK_RUN_NO_ANSWER] = { BOX_ERR_STATE, BOX_VM_RUN, { BOX_ANSWER_NONE } },
	[BOX_ATTACK_RUN_UNKNOWN] = { BOX_ERR_ARGS, BOX_VM_RUN, { BOX_ANSWER_ABORT + 1 } },
};

uint64_t box_attack(unsigned number)
{
	if (number <= BOX_ATTACK_SWEEP)
		return memory_attack(number);
	if (number <= BOX_ATTACK_RUN_UNKNOWN)
		return call_try(calls[number].expected, calls[number].id, calls[number].x[0], calls[number].x[1],
				calls[number].x[2], calls[number].x[3]);
	switch (number) {
	case BOX_ATTACK_RUN_TWICE:
		return answer_ask();
	case BOX_ATTACK_HOST_CALLS:
		return count_result(calls_host());
	case BOX_ATTACK_FIRMWARE:
		return count_result(calls_firmware());
	case BOX_ATTACK_UNKNOWN_CALLS:
		return count_result(calls_unknown());
	case BOX_ATTACK_REALM_CALLS:
		return count_result(calls_realm());
	case BOX_ATTACK_CPU_ON:
		return cpu_on_try();
	case BOX_ATTACK_VECTORS:
		return vectors_try();
	case BOX_ATTACK_REGISTERS:
		return registers_try();
	case BOX_ATTACK_READ_PRIVATE:
		return read_try(PRIVATE_PAGE);
	case BOX_ATTACK_WRITE_PRIVATE:
		return write_try(PRIVATE_PAGE);
	case BOX_ATTACK_SWEEP_PRIVATE:
		return private_sweep();
	default:
		return BOX_ATTACK_BREACH;
	}
}
