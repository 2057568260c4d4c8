/*
 * The filter of the physical distributor, for any access by the outer OS that can be emulated but one of priorities
 * (distributor_priority has those), on any state of the distributor: of interrupts that are not its own (all but INTIDs
 * 33 and 34) it reads zero and writes nothing; of registers that are not banked by interrupt it writes none; a route
 * names a CPU that exists. 2 CPUs instead of 8.
 * Scale: plat/virt/include/plat/memory.h: s/^#define PLAT_CPU_MAX			8/#define PLAT_CPU_MAX 2/
 * Unwind: 17
 * Options: --unwindset priority_access.1:1,enable_write.0:3 --no-array-field-sensitivity
 * Mutant: mediator/distributor.c: /^static bool bits_access/,/^}/s/		mmio_write32(PLAT_GICD_BASE + bank + 4 \* word, value & owned);/		mmio_write32(PLAT_GICD_BASE + bank + 4 * word, value);/
 * Breaks: a set or clear register is written for its own interrupts only
 * Mutant: mediator/distributor.c: s/access->bytes == 8 && access->value < cpu_count()/access->bytes == 8/
 * Breaks: a route names a CPU that exists
 * Mutant: mediator/distributor.c: s/	if (!is_owned(intid))/	if (intid >= VIRQ_SPI_END)/
 * Breaks: only its own interrupts are routed
 * Mutant: mediator/distributor.c: s/mmio_read32(at) & ~mask) | ((uint32_t)access->value & mask)/mmio_read32(at)) | (uint32_t)access->value/
 * Breaks: only its own interrupts are configured
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/distributor.c"
#include "tests/proof/machine.h"

/* INTIDs 33 and 34: UART0 and the RTC. */
#define OWN_BITS	0x6u	/* in word 1 of a register of one bit an interrupt */
#define OWN_CONFIG	0x3cu	/* in word 2 of GICD_ICFGR, two bits an interrupt */

static struct boot_info board;
const struct boot_info *const boot_info = &board;
struct context outer_contexts[PLAT_CPU_MAX];
static struct vcpu vcpus[PLAT_CPU_MAX];

/* The access, and the one write of the physical distributor that it may make. */
static struct access access;
static uint64_t read_value, read_offset, written_offset, written_value;
static unsigned read_count, written_count, written_bytes, refilled;

uint64_t fake_mmio_read(uint64_t at, unsigned bytes)
{
	CLAIM(at >= 0x08000000 && at < 0x08010000 && at % bytes == 0, "what is read is the distributor");
	read_count++;
	read_offset = at - 0x08000000;
	return bytes == 8 ? read_value : (uint32_t)read_value;
}

void fake_mmio_write(uint64_t at, uint64_t value, unsigned bytes)
{
	CLAIM(at >= 0x08000000 && at < 0x08010000 && at % bytes == 0, "what is written is the distributor");
	written_count++;
	written_offset = at - 0x08000000;
	written_value = value;
	written_bytes = bytes;
}

void virq_refill(struct context *context)
{
	CLAIM(context == &outer_contexts[0], "list registers are refilled of who asked");
	refilled++;
}

/* One write of the physical distributor at most, and of its own interrupts' bits alone. Arm IHI 0069, GICD map. */
static void written_check(void)
{
	uint64_t at = written_offset;

	CLAIM(written_count == 0 || access.is_write, "a read writes nothing");
	CLAIM(written_count <= 1, "a write is one write");
	if (written_count == 0)
		return;
	if (at >= 0x100 && at < 0x400) {
		CLAIM(at % 0x80 == 4 && written_bytes == 4 && (written_value & ~(uint64_t)OWN_BITS) == 0,
		      "a set or clear register is written for its own interrupts only");
		CLAIM(written_value == (access.value & OWN_BITS) && at == access.address - 0x08000000,
		      "what was asked for is what is written");
		WITNESS(at == 0x104 && written_value == 4, "the RTC's interrupt enabled");
	} else if (at >= 0xc00 && at < 0xd00) {
		CLAIM(at == 0xc08 || written_value == (uint32_t)read_value, "only its own interrupts are configured");
		CLAIM(written_bytes == 4 && (((uint32_t)read_value ^ written_value) & ~(uint64_t)OWN_CONFIG) == 0 &&
		      read_count == 1 && read_offset == at, "others keep the configuration that they had");
		WITNESS(at == 0xc08 && written_value != (uint32_t)read_value, "an own interrupt configured");
	} else {
		CLAIM(at == 0x6000 + 8 * 33 || at == 0x6000 + 8 * 34, "only its own interrupts are routed");
		CLAIM(written_bytes == 8 && written_value < board.cpu_count, "a route names a CPU that exists");
		WITNESS(written_value == 1, "an interrupt routed to the last CPU");
	}
}

/* Of other interrupts nothing is told. What is told of all are the distributor's own properties. */
static void read_check(void)
{
	uint64_t at = access.address - 0x08000000;

	if (at >= 0x80 && at < 0x400)
		CLAIM((access.value & ~(at % 0x80 == 4 ? (uint64_t)OWN_BITS : 0)) == 0, "others' bits read zero");
	else if (at >= 0xc00 && at < 0xd00)
		CLAIM((access.value & ~(at == 0xc08 ? (uint64_t)OWN_CONFIG : 0)) == 0, "others' configuration reads zero");
	else if (at >= 0x6000 && at < 0x8000)
		CLAIM(access.value == 0 || (at & ~7ull) == 0x6000 + 8 * 33 || (at & ~7ull) == 0x6000 + 8 * 34,
		      "others' routes read zero");
	else
		CLAIM(access.value == 0 || at == 0 || at == 4 || at == 8 || at == 0xffe8, "what is not there reads zero");
	WITNESS(at == 0x104 && access.value == OWN_BITS, "both of its interrupts enabled");
}

void proof(void)
{
	unsigned cpu = nondet_u8();

	board.cpu_count = nondet_u32();
	ASSUME(board.cpu_count >= 1 && board.cpu_count <= PLAT_CPU_MAX && cpu < PLAT_CPU_MAX);
	for (unsigned i = 0; i < PLAT_CPU_MAX; i++)
		outer_contexts[i].vcpu = &vcpus[i];
	read_value = nondet_u64();
	access = (struct access){ .address = nondet_u64(), .value = nondet_u64(), .bytes = nondet_u8(),
				  .is_write = nondet_bool() };
	/* What trap.c lets pass. */
	ASSUME(access.bytes == 1 || access.bytes == 2 || access.bytes == 4 || access.bytes == 8);
	ASSUME(is_aligned(access.address, access.bytes) && access.address >= 0x08000000 && access.address < 0x08010000);
	ASSUME(access.address < 0x08000400 || access.address >= 0x08000800);
	struct access before = access;
	bool is_fine = distributor_access(&outer_contexts[0], &access);

	CLAIM(access.address == before.address && access.bytes == before.bytes && access.is_write == before.is_write &&
	      (!access.is_write || access.value == before.value), "an access changes but for the value that is read");
	CLAIM(is_fine || (access.is_write && access.address >= 0x08000100), "only a write is refused");
	written_check();
	if (!access.is_write)
		read_check();
	CLAIM((outer_contexts[cpu].virq.spi_enabled[0] & ~(uint64_t)OWN_BITS) == 0,
	      "only its own interrupts are enabled for it");
	for (unsigned i = 0; i < PLAT_CPU_MAX; i++)
		CLAIM(vcpus[i].lock.taken == 0, "locks are given back");
	WITNESS(!is_fine && written_count == 1, "an own interrupt and another's at once");
	WITNESS(!is_fine && written_count == 0, "another's interrupt");
}
