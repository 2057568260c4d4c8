/*
 * What a box tries when its VM reads from the trigger page: the VM asks by address, and prints the words.
 * Shared by the attacking box and the attacking VM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_ATTACK_BOX_H
#define TESTS_ATTACK_BOX_H

/* Reading 8 bytes at BOX_ATTACK_TRIGGER + 8 * number makes the box try that. */
#define BOX_ATTACK_TRIGGER	0x0c000000
#define BOX_ATTACK_BYTES	0x1000
/* The answer: what came of it (syndrome, status or count), and this bit if it was not refused. */
#define BOX_ATTACK_BREACH	(1ull << 63)

/* Reading here, in any width, is answered by 64 one bits; writing does nothing. */
#define BOX_ATTACK_ONES		0x0c001000
/* Reading here: the box never answers and never yields. */
#define BOX_ATTACK_SPIN		0x0c002000
/* Reading here: the box branches to where nothing is. */
#define BOX_ATTACK_FALL		0x0c003000
/* Writing here says which address of its 40-bit space the box is to try; reading reads or executes there. */
#define BOX_ATTACK_PROBE	0x0c006000
#define BOX_ATTACK_EXECUTE	0x0c006008

/*
 * A box that looks for a secret (box_seek.c), in accesses of 8 bytes. Four writes from BOX_SEEK on tell it the complement
 * of what to look for, and begin. Reads ask for results: the lower half counts finds.
 */
#define BOX_SEEK		0x0c004000
#define BOX_SEEK_MEMORY		0x20		/* looks now; upper half: granules of the window that can be read */
#define BOX_SEEK_REGISTERS	0x28		/* at all exits since it began; upper half: the first (seek_name) */
#define BOX_SEEK_EXITS		0x40		/* + 8 * BOX_EXIT_*: how many there were */
#define BOX_SEEK_REASONS	8
#define BOX_SEEK_RESULT(upper, found)	((uint64_t)(upper) << 32 | ((found) & 0xffffffff))

#define BOX_ATTACKS(X)										\
	X(READ_PAST_RAM, "read past its RAM, at 0x40400000")					\
	X(WRITE_PAST_RAM, "write past its RAM, at 0x40400000")					\
	X(READ_FLASH, "read of secure flash, at 0x0")						\
	X(READ_GICD, "read of the distributor, at 0x8000000")					\
	X(READ_GICR, "read of another's redistributor, at 0x81a0000")				\
	X(READ_UART, "read of the UART, at 0x9000000")						\
	X(READ_SECURE, "read of secure RAM, at 0xe000000")					\
	X(WRITE_SECURE, "write of secure RAM, at 0xe000000")					\
	X(READ_OUTER, "read of the outer OS, at 0x48000000")					\
	X(WRITE_OUTER, "write of the outer OS, at 0x48000000")					\
	X(READ_PAST_WINDOW, "read past its VM's RAM in the window, at 0x8060000000")		\
	X(WRITE_PAST_WINDOW, "write past its VM's RAM in the window, at 0x8060000000")		\
	X(READ_WINDOW_LOW, "read of devices through the window, at 0x8008000000")		\
	X(SWEEP, "reads in each GiB of its 40-bit space but its own")				\
	X(SHARE_VM, "BOX_SHARE of its VM's memory (0x8040000000)")				\
	X(SHARE_PAST_RAM, "BOX_SHARE past its RAM (0x40400000)")				\
	X(SHARE_UNALIGNED, "BOX_SHARE of half a granule (0x403ff800)")				\
	X(SHARE_WRAP, "BOX_SHARE at the end of 64 bits (0xfffffffffffff000)")			\
	X(UNSHARE_VM, "BOX_UNSHARE of its VM's memory (0x8040000000)")				\
	X(SPI_PPI, "BOX_SPI_SET of the VM's timer interrupt")					\
	X(SPI_PAST, "BOX_SPI_SET of interrupt 288")						\
	X(SPI_SPECIAL, "BOX_SPI_SET of interrupt 1023")						\
	X(SPI_HUGE, "BOX_SPI_SET of interrupt 2^32 + 32")					\
	X(SPI_VCPU, "BOX_SPI_SET for a vCPU that is not there")					\
	X(SPI_PRIORITY, "BOX_SPI_SET with priority 256")					\
	X(SPI_LEVEL, "BOX_SPI_SET with level 2")						\
	X(CLEAR_PPI, "BOX_SPI_CLEAR of the VM's timer interrupt")				\
	X(CLEAR_VCPU, "BOX_SPI_CLEAR for vCPU 2^64 - 1")					\
	X(RUN_NO_ANSWER, "BOX_VM_RUN without the answer that is due")				\
	X(RUN_UNKNOWN, "BOX_VM_RUN with an unknown answer")					\
	X(RUN_TWICE, "BOX_VM_RUN with a second answer to one exit (at the exit before)")	\
	X(HOST_CALLS, "every host call")							\
	X(FIRMWARE, "calls of monitor and trust anchor, by SMC and HVC")			\
	X(UNKNOWN_CALLS, "calls that nobody has, in every owner's range")			\
	X(REALM_CALLS, "every call of the realm services interface, by SMC and HVC")		\
	X(CPU_ON, "CPU_ON of a vCPU that is not there, and of itself")				\
	X(VECTORS, "read of its VM's vector registers")						\
	X(REGISTERS, "system registers of EL2, EL3 and of features that are hidden")		\
	X(SWEEP_PRIVATE, "reads of every page of its VM")					\
	X(READ_PRIVATE, "read of a private page of its VM, at 0x8040200000")			\
	X(WRITE_PRIVATE, "write of a private page of its VM, at 0x8040200000")

enum box_attack {
#define X(name, words) BOX_ATTACK_##name,
	BOX_ATTACKS(X)
#undef X
	BOX_ATTACK_COUNT
};

/* The VM's `fp` before BOX_ATTACK_VECTORS uses it. */
#define BOX_ATTACK_SEED	0x5eedull

#endif
