/*
 * What of a VM goes to its box with an MMIO exit, and what an access that EL2 emulates does to its context, for any
 * syndrome that access_decode lets pass and any context: address, size, direction and, of a write, the named register
 * masked to the size; of an emulated read, the named register changes, by width and sign, and nothing else.
 * Wraps: the PC, which a guest may have at the end of the address space
 * Unwind: 1
 * Mutant: mediator/access.c: s/is_write && rt != 31 ? context/rt != 31 ? context/
 * Breaks: the box gets the written value, masked to its size, and nothing of a read
 * Mutant: mediator/access.c: s/access->is_64 ? value : (uint32_t)value/value/
 * Breaks: the register that the syndrome names has the value, with its width and sign
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_CHECK_FAILED
#include "mediator/access.c"
#include "mediator/trap.c"
#include "tests/proof/machine.h"

struct context nondet_context(void);

/* The exit that the box gets. */
static struct {
	unsigned count;
	uint64_t reason, address, access, value;
} box_exit;

struct context *run_to_box(struct cpu *cpu, uint64_t reason, uint64_t address, uint64_t access, uint64_t value)
{
	(void)cpu;
	box_exit.count++;
	box_exit.reason = reason;
	box_exit.address = address;
	box_exit.access = access;
	box_exit.value = value;
	return NULL;
}

/* Arm DDI 0487, "ISS encoding for an exception from a Data Abort": fields by their bit numbers. */
static unsigned syndrome_bytes(uint64_t esr)
{
	return 1u << (esr >> 22 & 3);
}

static unsigned syndrome_register(uint64_t esr)
{
	return esr >> 16 & 0x1f;
}

static bool syndrome_bit(uint64_t esr, unsigned bit)
{
	return (esr >> bit & 1) != 0;
}

static uint64_t masked(uint64_t value, unsigned bytes)
{
	return bytes == 8 ? value : value & ((1ull << (8 * bytes)) - 1);
}

static uint64_t register_of(const struct context *context, unsigned number)
{
	return number == 31 ? 0 : context->frame.x[number];
}

static void to_box(uint64_t esr, uint64_t address)
{
	struct context vm = nondet_context(), before = vm;
	bool is_write = syndrome_bit(esr, 6);
	uint64_t i = nondet_u64(), mmio = offsetof(struct context, mmio);
	struct access access;

	ASSUME(access_decode(&vm, esr, address, &vm.mmio.access) && i < sizeof(vm));
	abort_to_box(NULL, &vm);
	CLAIM(box_exit.count == 1 && box_exit.reason == BOX_EXIT_MMIO && box_exit.address == address &&
	      box_exit.access == (syndrome_bytes(esr) | (is_write ? BOX_ACCESS_WRITE : 0u)),
	      "the box gets address, size and direction");
	CLAIM(box_exit.value == (is_write ? masked(register_of(&before, syndrome_register(esr)), syndrome_bytes(esr)) : 0),
	      "the box gets the written value, masked to its size, and nothing of a read");
	access = vm.mmio.access;
	CLAIM(vm.mmio.valid && access.is_write == is_write && access.rt == syndrome_register(esr) &&
	      access.bytes == syndrome_bytes(esr) && access.sign_extend == syndrome_bit(esr, 21) &&
	      access.is_64 == syndrome_bit(esr, 15), "what comes back in is what the access asked for");
	CLAIM((i >= mmio && i < mmio + sizeof(vm.mmio)) || ((const uint8_t *)&vm)[i] == ((const uint8_t *)&before)[i],
	      "an exit to the box changes no register of the VM");
	WITNESS(is_write && syndrome_bytes(esr) == 2 && syndrome_register(esr) == 31, "a store of the zero register");
	WITNESS(!is_write && box_exit.address > BIT(32), "a read far up");
}

static void emulated(uint64_t esr, uint64_t address)
{
	struct context context = nondet_context(), before = context;
	struct access access;
	bool is_emulated = access_decode(&context, esr, address, &access);
	unsigned rt = syndrome_register(esr), bits = 8 * syndrome_bytes(esr);
	uint64_t i = nondet_u64();

	ASSUME(is_emulated && i < sizeof(context));
	CLAIM(access.address == address && access.bytes == syndrome_bytes(esr) &&
	      access.is_write == syndrome_bit(esr, 6) &&
	      access.value == (access.is_write ? masked(register_of(&context, rt), access.bytes) : 0),
	      "an access is decoded as the syndrome says");
	/* The emulated register's value. */
	access.value = nondet_u64();
	access_finish(&context, &access);

	uint64_t value = masked(access.value, syndrome_bytes(esr));
	bool is_read = !access.is_write && rt != 31;

	if (syndrome_bit(esr, 21) && (value >> (bits - 1) & 1) != 0)
		value |= bits == 64 ? 0 : ~0ull << bits;
	if (!syndrome_bit(esr, 15))
		value &= 0xffffffff;
	CLAIM(!is_read || context.frame.x[rt] == value,
	      "the register that the syndrome names has the value, with its width and sign");
	CLAIM(context.frame.pc == before.frame.pc + 4, "the PC is past the instruction");
	CLAIM((i >= FRAME_PC && i < FRAME_PC + 8) || (is_read && i / 8 == rt) ||
	      ((const uint8_t *)&context)[i] == ((const uint8_t *)&before)[i],
	      "an emulated access changes no other byte of the context");
	WITNESS(is_read && bits == 16 && context.frame.x[rt] == 0xffff8000, "a negative half word in 32 bits");
}

void proof(void)
{
	uint64_t esr = nondet_u64(), address = nondet_u64();

	fake_register_write(FAKE_far_el2, nondet_u64());
	if (nondet_bool())
		to_box(esr, address);
	else
		emulated(esr, address);
}
