/*
 * The outer OS's accesses to GICD_IPRIORITYR, of any size and place: its own interrupts (INTIDs 33 and 34) get the five
 * bits that count on every CPU, nothing else changes, others' priorities read zero, and the physical distributor, where
 * one priority is everybody's, is not touched. Scaled to 64 SPIs instead of 256 and 2 CPUs instead of 8.
 * Scale: abi/box.h: s/^#define BOX_SPI_END			288/#define BOX_SPI_END 96/
 * Scale: plat/virt/include/plat/memory.h: s/^#define PLAT_CPU_MAX			8/#define PLAT_CPU_MAX 2/
 * Unwind: 9
 * Options: --unwindset priority_access.0:3 --no-array-field-sensitivity
 * Mutant: mediator/distributor.c: s/		if (!is_owned(first + i))/		if (first + i < 32)/
 * Breaks: only its own interrupts have a priority
 * Mutant: mediator/distributor.c: s/				(uint8_t)(access->value >> (8 \* i)) & 0xf8;/				(uint8_t)(access->value >> (8 * i));/
 * Breaks: an own interrupt has the five bits of its byte
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/distributor.c"
#include "tests/proof/machine.h"

static struct boot_info board;
const struct boot_info *const boot_info = &board;
struct context outer_contexts[PLAT_CPU_MAX];

uint64_t fake_mmio_read(uint64_t at, unsigned bytes)
{
	(void)at;
	CLAIM(bytes == 0, "the physical distributor is not read");
	return 0;
}

void fake_mmio_write(uint64_t at, uint64_t value, unsigned bytes)
{
	(void)at;
	(void)value;
	CLAIM(bytes == 0, "the physical distributor is not written");
}

void virq_refill(struct context *context)
{
	(void)context;
}

void proof(void)
{
	uint64_t offset = nondet_u64(), value = nondet_u64();
	struct access access = {
		.address = 0x08000000 + (offset & 0xffff), .value = value, .bytes = nondet_u8(), .is_write = nondet_bool(),
	};
	unsigned spi = nondet_u8(), cpu = nondet_u8(), i = nondet_u8();
	uint8_t priority = nondet_u8();

	board.cpu_count = PLAT_CPU_MAX;
	ASSUME(access.bytes == 1 || access.bytes == 2 || access.bytes == 4 || access.bytes == 8);
	ASSUME(offset >= 0x400 && offset < 0x800 && offset + access.bytes <= 0x400 + BOX_SPI_END &&
	       offset % access.bytes == 0);
	ASSUME(spi < VIRQ_SPI_COUNT && cpu < PLAT_CPU_MAX && i < access.bytes);
	/* As distributor_access does: a read starts from nothing. */
	access.value = access.is_write ? value : 0;
	/* What is written is the same on every CPU, so what is there is too. */
	for (unsigned j = 0; j < PLAT_CPU_MAX; j++)
		outer_contexts[j].virq.spi_priority[spi] = priority;
	priority_access(offset, &access);

	uint64_t at = 0x400 + 32 + spi;
	bool is_named = access.is_write && at >= offset && at - offset < access.bytes;
	bool is_own = spi == 1 || spi == 2;
	uint8_t now = outer_contexts[cpu].virq.spi_priority[spi];

	CLAIM(is_own || now == priority, "only its own interrupts have a priority");
	CLAIM(!is_own || now == (is_named ? (value >> (8 * (at - offset)) & 0xf8) : priority),
	      "an own interrupt has the five bits of its byte");
	CLAIM(!access.is_write || access.value == value, "a write is as it was");
	CLAIM(access.is_write || offset + i == 0x421 || offset + i == 0x422 || (access.value >> (8 * i) & 0xff) == 0,
	      "others' priorities read zero");
	CLAIM(access.is_write || offset + i != at || !is_own || (access.value >> (8 * i) & 0xff) == priority,
	      "an own interrupt's priority is read");
	WITNESS(is_named && is_own && access.bytes == 8 && now == 0xf8 && cpu == 1, "a priority written for every CPU");
	WITNESS(!access.is_write && is_own && access.value == 0x40 && access.bytes == 1, "a priority that is read");
}
