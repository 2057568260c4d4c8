/*
 * A trapped access to a system register, for any syndrome of that class and any context: exactly one of what is offered
 * happens (an ID register read, an SGI, the physical timer, nothing), or the access is UNDEFINED and changes nothing; a
 * read changes the one register that the syndrome names, a write none; no access reaches a register of the hardware.
 * The list of what is offered is this file's, by name and encoding: Arm DDI 0487, "AArch64 System register encoding".
 * Wraps: the PC, which a guest may have at the end of the address space
 * Unwind: 7
 * Mutant: mediator/trap.c: s/	case ID(3, 0, 1, 0, 1):		\/\* ACTLR_EL1 \*\//	case ID(3, 0, 1, 0, 0):/
 * Breaks: an access is UNDEFINED exactly if it is not in the list
 * Mutant: mediator/trap.c: s/	if (is_read && (id & ID(3, 7, 15, 0, 0))/	if ((id \& ID(3, 7, 15, 0, 0))/
 * Breaks: an access does exactly one thing
 * Mutant: mediator/trap.c: /^static struct context \*trap_sysreg/,/^}/s/(unsigned)bits_get(esr, 9, 5), crm/(unsigned)bits_get(esr, 8, 5), crm/
 * Breaks: a read changes the register that it names, a write none
 * SPDX-License-Identifier: BSD-3-Clause
 */
#define MACHINE_WITHOUT_CHECK_FAILED
#include "mediator/trap.c"
#include "tests/proof/machine.h"

struct context nondet_context(void);

static struct context context, before;
static struct cpu cpu;
static unsigned id_reads, sgis, timer_reads, timer_writes, undefined, refused, resolved;
static unsigned id_crm, id_op2, timer_op2;
static uint64_t answer, written;

uint64_t idreg_read(unsigned crm, unsigned op2)
{
	id_reads++;
	id_crm = crm;
	id_op2 = op2;
	return answer;
}

void virq_generate_sgi(struct context *from, uint64_t sgi1r)
{
	CLAIM(from == &context, "an SGI is the caller's");
	sgis++;
	written = sgi1r;
}

uint64_t time_physical_read(const struct context *of, unsigned op2)
{
	CLAIM(of == &context, "a timer that is read is the caller's");
	timer_reads++;
	timer_op2 = op2;
	return answer;
}

void time_physical_write(struct context *of, unsigned op2, uint64_t value)
{
	CLAIM(of == &context, "a timer that is written is the caller's");
	timer_writes++;
	timer_op2 = op2;
	written = value;
}

struct context *run_resolve(struct cpu *on)
{
	CLAIM(on == &cpu && timer_writes == 1, "who runs is asked anew after the timer changed");
	resolved++;
	return &context;
}

void context_inject_undefined(struct context *to)
{
	CLAIM(to == &context, "the exception is the caller's");
	undefined++;
}

uint64_t log_pc(const struct context *of)
{
	return of->frame.pc;
}

void refusal(struct cpu *on, const struct context *who, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	(void)b;
	CLAIM(on == &cpu && who == &context && event == HOST_EVENT_REFUSED_SYSREG && (a >> 26 & 0x3f) == 0x18 && (c | d) == 0,
	      "a refusal says which access");
	refused++;
}

/* The register that a syndrome names. */
struct named {
	unsigned op0, op1, crn, crm, op2, rt;
	bool is_read;
};

static struct named decode(uint64_t esr)
{
	return (struct named){ esr >> 20 & 3, esr >> 14 & 7, esr >> 10 & 15, esr >> 1 & 15, esr >> 17 & 7, esr >> 5 & 31,
			       (esr & 1) != 0 };
}

/* ID_PFR0_EL1 and all others of that space, CRm 1 to 7: reads of what a CPU has. */
static bool is_id(struct named r)
{
	return r.op0 == 3 && r.op1 == 0 && r.crn == 0 && r.crm >= 1 && r.crm <= 7 && r.is_read;
}

static bool is_sgi1r(struct named r)
{
	return r.op0 == 3 && r.op1 == 0 && r.crn == 12 && r.crm == 11 && r.op2 == 5 && !r.is_read;
}

static bool is_timer(struct named r)
{
	return r.op0 == 3 && r.op1 == 3 && r.crn == 14 && r.crm == 2 && r.op2 <= 2;
}

/* ACTLR_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1, DC ISW, CSW, CISW, and the debug registers (Op0 2, Op1 0). */
static bool is_nothing(struct named r)
{
	bool is_sgi = r.crn == 12 && r.crm == 11 && (r.op2 == 6 || r.op2 == 7);
	bool is_set_way = r.crn == 7 && (r.crm == 6 || r.crm == 10 || r.crm == 14) && r.op2 == 2;

	return r.op1 == 0 && ((r.op0 == 3 && ((r.crn == 1 && r.crm == 0 && r.op2 == 1) || is_sgi)) ||
			      (r.op0 == 1 && is_set_way) || r.op0 == 2);
}

static void effect_check(struct named r, uint64_t given)
{
	bool is_offered = is_id(r) || is_sgi1r(r) || is_timer(r) || is_nothing(r);

	CLAIM(undefined == (is_offered ? 0 : 1) && refused == undefined,
	      "an access is UNDEFINED exactly if it is not in the list");
	CLAIM(id_reads == (is_id(r) ? 1 : 0) && sgis == (is_sgi1r(r) ? 1 : 0) &&
	      timer_reads == (is_timer(r) && r.is_read ? 1 : 0) && timer_writes == (is_timer(r) && !r.is_read ? 1 : 0) &&
	      resolved == timer_writes, "an access does exactly one thing");
	CLAIM(!is_id(r) || (id_crm == r.crm && id_op2 == r.op2), "the ID register that is read is the one named");
	CLAIM(!is_timer(r) || timer_op2 == r.op2, "the timer register is the one named");
	CLAIM(!is_sgi1r(r) || written == given, "an SGI is what was written");
	CLAIM(timer_writes == 0 || written == given, "a timer gets what was written");
	WITNESS(is_id(r) && r.rt == 30, "an ID register into the last register");
	WITNESS(is_timer(r) && !r.is_read && r.rt == 31, "a timer register cleared");
	WITNESS(!is_offered && r.op0 == 3 && r.op1 == 7, "a register of EL1 of nobody");
}

void proof(void)
{
	uint64_t esr = nondet_u64(), i = nondet_u64();
	unsigned hardware = nondet_u8();

	ASSUME((esr >> 26 & 0x3f) == 0x18 && i < sizeof(context) && hardware < FAKE_REGISTER_COUNT);
	uint64_t was = nondet_u64();

	machine_registers[hardware] = was;
	answer = nondet_u64();
	context = before = nondet_context();
	struct named r = decode(esr);
	uint64_t given = r.rt == 31 ? 0 : before.frame.x[r.rt];
	struct context *next = trap_sysreg(&cpu, &context, esr);
	bool is_result = r.is_read && r.rt != 31 && undefined == 0;

	CLAIM(next == &context, "the caller goes on");
	effect_check(r, given);
	CLAIM(!is_result || context.frame.x[r.rt] == (is_nothing(r) ? 0 : answer),
	      "what is read is the answer, or zero where nothing is");
	CLAIM(context.frame.pc == before.frame.pc + (undefined == 0 ? 4 : 0), "the PC is past what was done");
	CLAIM((i >= FRAME_PC && i < FRAME_PC + 8) || (is_result && i / 8 == r.rt) ||
	      ((uint8_t *)&context)[i] == ((uint8_t *)&before)[i], "a read changes the register that it names, a write none");
	CLAIM(machine_registers[hardware] == was, "no register of the hardware is written");
}
