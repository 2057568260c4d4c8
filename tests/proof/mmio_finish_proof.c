/*
 * What a box's answer does to its VM, for any answer, any register, width and sign that an access may have asked for:
 * the named register gets the value as the access says, the PC is past the instruction, and not one other byte of the
 * context changes.
 * Wraps: the PC, which a guest may have at the end of the address space
 * Unwind: 1
 * Mutant: mediator/access.c: s/access->is_64 ? value : (uint32_t)value/value/
 * Breaks: the register that the access named has the value, with the width and sign of the access
 * Mutant: mediator/access.c: s/	if (access->is_write || access->rt == 31)/	if (access->rt == 31)/
 * Breaks: no other byte of the VM's context changes
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/access.c"
#include "mediator/run.c"
#include "tests/proof/machine.h"

struct context nondet_context(void);

/* A load's result by the architecture: @bits of @value, extended to @wide ? 64 : 32 bits, then with zeros. */
static uint64_t extended(uint64_t value, unsigned bits, bool sign, bool wide)
{
	uint64_t mask = bits == 64 ? ~0ull : (1ull << bits) - 1;
	bool is_negative = sign && (value >> (bits - 1) & 1) != 0;
	uint64_t all = is_negative ? value | ~mask : value & mask;

	return wide ? all : all & 0xffffffff;
}

void proof(void)
{
	struct context vm = nondet_context(), before = vm;
	const struct access *mmio = &before.mmio.access;
	uint64_t value = nondet_u64(), i = nondet_u64();

	/* What abort_to_box wrote: see the harness mmio_exit. */
	ASSUME(mmio->rt <= 31 && (mmio->bytes == 1 || mmio->bytes == 2 || mmio->bytes == 4 || mmio->bytes == 8));
	bool is_read = !mmio->is_write && mmio->rt != 31;

	mmio_finish(&vm, value);
	CLAIM(vm.frame.pc == before.frame.pc + 4, "the PC is past the instruction");
	CLAIM(!is_read || vm.frame.x[mmio->rt] == extended(value, 8u * mmio->bytes, mmio->sign_extend, mmio->is_64),
	      "the register that the access named has the value, with the width and sign of the access");
	ASSUME(i < sizeof(vm));
	bool is_pc = i >= FRAME_PC && i < FRAME_PC + 8;
	bool is_result = is_read && i / 8 == mmio->rt;

	/* The answer's value stays where it was taken from; nobody looks at it again. */
	ASSUME(i - ((const uint8_t *)&before.mmio.access.value - (const uint8_t *)&before) >= 8);
	CLAIM(is_pc || is_result || ((const uint8_t *)&vm)[i] == ((const uint8_t *)&before)[i],
	      "no other byte of the VM's context changes");
	WITNESS(is_read && mmio->bytes == 1 && mmio->sign_extend && mmio->is_64 && vm.frame.x[30] == ~0ull,
		"a negative byte in the last register");
	WITNESS(!mmio->is_write && mmio->rt == 31, "a read into the zero register");
	WITNESS(mmio->is_write, "a write");
}
