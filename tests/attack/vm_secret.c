/*
 * A VM with a secret: in memory, and in all its registers at every exit that it makes.
 *
 * `secret` is told the complements of its words and fills memory with it; `seek` only lets the box look for it (a VM
 * beside the one that has it). `hold` exits in every way with the secret in every register, until a key is typed.
 * `tell` gives it away, which the searches must notice. `found` asks the box what it found.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/vm_secret.h"
#include "abi/box.h"
#include "abi/rsi.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/addr.h"
#include "lib/vmplan.h"
#include "tests/attack/box.h"
#include "tests/attack/vm_share.h"

#define UARTFR		(VM_UART_BASE + 0x18)
#define UARTFR_RXFE	BIT(4)
/* Standard fast call that nobody has. */
#define CALL_UNKNOWN	0x84001234
/* About as long as the outer OS lets one thread run while another is ready. */
#define SPIN_ROUNDS	3000000
#define WAIT_PER_SECOND	1000

static uint64_t inverse[SEEK_WORDS];

uint64_t vm_secret_word(uint64_t index)
{
	return ~inverse[index % SEEK_WORDS];
}

void vm_secret_fill(volatile uint64_t *at, uint64_t count)
{
	for (uint64_t i = 0; i < count; i++)
		at[i] = vm_secret_word(i);
	dsb_sy();
}

static void secret_take(const struct words *words)
{
	for (unsigned i = 0; i < SEEK_WORDS; i++) {
		inverse[i] = words->number[1 + i];
		mmio_write64(BOX_SEEK + 8 * i, inverse[i]);
	}
}

static void command_seek(const struct words *words)
{
	secret_take(words);
	print("seek: the box looks for it\n");
}

static void command_hide(const struct words *words)
{
	secret_take(words);
	vm_secret_fill((volatile uint64_t *)SMALL_MARK_BASE, SMALL_MARK_BYTES / sizeof(uint64_t));
	print("secret: in 0x%x bytes at 0x%x\n", SMALL_MARK_BYTES, SMALL_MARK_BASE);
}

/* System registers that keep what is written to them and mean nothing while interrupts are masked. */
#define FREE_REGISTERS(R)									\
	R(sp_el0) R(tpidr_el0) R(tpidrro_el0) R(tpidr_el1) R(ttbr1_el1) R(esr_el1) R(far_el1)	\
	R(afsr0_el1) R(afsr1_el1) R(elr_el1) R(spsr_el1) R(par_el1) R(contextidr_el1) R(amair_el1)

static void system_fill(void)
{
	uint64_t index = 0;

#define R(name) write_##name(vm_secret_word(index++));
	FREE_REGISTERS(R)
#undef R
	isb();
}

static unsigned system_count(void)
{
	uint64_t index = 0;
	unsigned count = 0;

#define R(name) count += read_##name() == vm_secret_word(index++) ? 1 : 0;
	FREE_REGISTERS(R)
#undef R
	return count;
}

static void exit_make(void (*make)(const uint64_t *), uint64_t x0, uint64_t x1)
{
	const uint64_t argument[SEEK_WORDS + 2] = { inverse[0], inverse[1], inverse[2], inverse[3], x0, x1 };
	uint64_t mask = read_daif(), tpidr = read_tpidr_el1();

	irq_disable();
	system_fill();
	make(argument);
	write_tpidr_el1(tpidr);
	write_daif(mask);
}

/* What the box is not told of a host call is a secret too. */
static uint64_t host_call_make(void)
{
	static ALIGNED(256) struct rsi_host_call call;

	call.immediate = 7;
	call.gprs[0] = 1;
	call.gprs[1] = 2;
	vm_secret_fill(&call.gprs[2], ARRAY_COUNT(call.gprs) - 2);
	return (uintptr_t)&call;
}

static void exits_make(void)
{
	exit_make(vm_exit_read, BOX_ATTACK_ONES, 0);
	exit_make(vm_exit_write_byte, BOX_ATTACK_ONES, 0);
	exit_make(vm_exit_write_half, BOX_ATTACK_ONES, 0);
	exit_make(vm_exit_smc, CALL_UNKNOWN, 0);
	exit_make(vm_exit_hvc, CALL_UNKNOWN, 0);
	exit_make(vm_exit_smc, RSI_HOST_CALL, host_call_make());
	/* Masked before it is armed: a timer that is taken before the WFI wakes nobody. */
	irq_disable();
	timer_arm(read_cntvct_el0() + read_cntfrq_el0() / WAIT_PER_SECOND);
	exit_make(vm_exit_wait, 0, 0);
	irq_enable();
	isb();
	/* The timer is off: what it would wait for can be a secret. */
	write_cntv_cval_el0(vm_secret_word(0));
	exit_make(vm_exit_spin, SPIN_ROUNDS, 0);
}

static void command_hold(const struct words *words)
{
	uint64_t mask = read_daif(), tpidr = read_tpidr_el1(), rounds = 0;

	(void)words;
	irq_disable();
	system_fill();
	unsigned count = system_count();

	write_tpidr_el1(tpidr);
	write_daif(mask);
	print("hold: %u system registers keep it; any key ends\n", count);
	for (; (mmio_read32(UARTFR) & UARTFR_RXFE) != 0; rounds++)
		exits_make();
	print("hold: %lu rounds\n", rounds);
}

/* Of an isolated VM the box sees all memory anyway. */
static void command_tell(const struct words *words)
{
	static ALIGNED(4096) volatile uint64_t page[GRANULE_BYTES / sizeof(uint64_t)];
	bool is_shared = vm_share((uintptr_t)page);

	(void)words;
	vm_secret_fill(page, ARRAY_COUNT(page));
	exit_make(vm_exit_write_all, BOX_ATTACK_ONES, 0);
	print("tell: one word by a write, %u by a shared page\n", is_shared ? (unsigned)ARRAY_COUNT(page) : 0);
}

static void command_found(const struct words *words)
{
	uint64_t memory = mmio_read64(BOX_SEEK + BOX_SEEK_MEMORY);
	uint64_t registers = mmio_read64(BOX_SEEK + BOX_SEEK_REGISTERS);
	char name[16] = "";

	(void)words;
	print("found: %lu words in memory, %lu granules of the window can be read\n", memory & 0xffffffff, memory >> 32);
	if ((registers & 0xffffffff) != 0)
		seek_name((unsigned)(registers >> 32), name, sizeof(name));
	print("found: %lu times in registers %s\n", registers & 0xffffffff, name);
	print("found: after %lu interrupts, %lu accesses, %lu host calls\n",
	      mmio_read64(BOX_SEEK + BOX_SEEK_EXITS + 8 * BOX_EXIT_INTERRUPTED),
	      mmio_read64(BOX_SEEK + BOX_SEEK_EXITS + 8 * BOX_EXIT_MMIO),
	      mmio_read64(BOX_SEEK + BOX_SEEK_EXITS + 8 * BOX_EXIT_HOST_CALL));
}

SMALL_COMMANDS(secret_commands) = {
	{ "hide", command_hide, SEEK_WORDS, "WORDS: fill memory with their complements" },
	{ "seek", command_seek, SEEK_WORDS, "WORDS: let the box look for their complements" },
	{ "hold", command_hold, 0, "exit in every way with the secret in all registers, until a key is typed" },
	{ "tell", command_tell, 0, "tell the box, by a write and by a shared page" },
	{ "found", command_found, 0, "what the box found" },
};
