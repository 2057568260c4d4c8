/*
 * How a vCPU begins, and how it gets an exception from the mediator, for any content of its context and any EL1
 * registers: nothing that it held before is left where it begins, and it begins at EL1 with its MMU off; an exception
 * is taken to EL1 at a vector of its own table, never to a higher level, and changes no register but those that an
 * exception changes. Source: Arm DDI 0487, "AArch64.TakeException" pseudocode, "SPSR_EL1", "ISS encodings".
 * Wraps: the vector base, which a guest may have at the end of the address space
 * Unwind: 1
 * Mutant: mediator/context.c: s/	memset(&context->fp, 0, sizeof(context->fp));/	;/
 * Breaks: what a vCPU held before it was off is gone
 * Mutant: mediator/context.c: s/	if ((pstate \& SPSR_MODE_MASK) == SPSR_EL0)/	if ((pstate \& 0xf) == SPSR_EL1T)/
 * Breaks: an exception is taken at the vector of where it came from
 * Mutant: mediator/context.c: s/	uint64_t next = SPSR_EL1H | SPSR_DAIF | (pstate/	uint64_t next = SPSR_EL1H | (pstate/
 * Breaks: an exception is taken to EL1, interrupts masked
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/context.c"
#include "mediator/pair.h"
#include "tests/proof/machine.h"

struct context nondet_context(void);

static struct context context, before;
static unsigned reset_count;

void virq_start(struct virq *virq)
{
	CLAIM(virq == &context.virq, "interrupts that start are the vCPU's own");
	reset_count++;
}

void virq_reset(struct virq *virq)
{
	CLAIM(virq == &context.virq, "interrupts that are reset are the vCPU's own");
	reset_count++;
}

/* As C defines it, for objects of whole words. */
void *memset(void *to, int byte, size_t bytes)
{
	CLAIM(byte == 0 && bytes % 8 == 0, "what is set is zeroed");
	if (bytes == sizeof(struct frame))
		*(struct frame *)to = (struct frame){ 0 };
	else if (bytes == sizeof(struct el1_state))
		*(struct el1_state *)to = (struct el1_state){ 0 };
	else if (bytes == sizeof(struct fp_state))
		*(struct fp_state *)to = (struct fp_state){ 0 };
	else
		CLAIM(false, "what is zeroed is known");
	return to;
}

static bool is_in(uint64_t i, uint64_t at, uint64_t bytes)
{
	return i >= at && i - at < bytes;
}

static void start(void)
{
	uint64_t i = nondet_u64(), el1 = offsetof(struct context, el1), fp = offsetof(struct context, fp);
	uint64_t mmio = offsetof(struct context, mmio), timer = offsetof(struct context, timer);

	context_start(&context);
	CLAIM(context.frame.pc == before.start_pc && context.frame.x[0] == before.start_x0, "a vCPU begins where it was told");
	CLAIM(context.frame.pstate == 0x3c5, "a vCPU begins at EL1, interrupts masked");
	CLAIM((context.el1.sctlr_el1 & 0x1005) == 0, "a vCPU begins with MMU and caches off");
	CLAIM(context.power == POWER_ON && !context.mmio.valid && reset_count == 1,
	      "a vCPU that began is on, and waits for nothing");
	CLAIM(context.timer.offset == before.timer.offset && context.timer.ctl == 0 && context.timer.physical_ctl == 0,
	      "a vCPU begins with its timers off, in its domain's time");
	ASSUME(i < sizeof(context));
	bool is_register = (is_in(i, 8, FRAME_BYTES - 8) && !is_in(i, FRAME_PC, 16)) ||
			   (is_in(i, el1, sizeof(context.el1)) && !is_in(i, el1 + offsetof(struct el1_state, sctlr_el1), 8)) ||
			   is_in(i, fp, sizeof(context.fp));

	CLAIM(!is_register || ((uint8_t *)&context)[i] == 0, "what a vCPU held before it was off is gone");
	CLAIM(is_in(i, 0, FRAME_BYTES) || is_in(i, el1, sizeof(context.el1)) || is_in(i, fp, sizeof(context.fp)) ||
	      is_in(i, mmio, sizeof(context.mmio)) || is_in(i, timer, sizeof(context.timer)) ||
	      i == offsetof(struct context, power) || ((uint8_t *)&context)[i] == ((uint8_t *)&before)[i],
	      "who a vCPU is stays as it was");
	WITNESS(is_in(i, fp, 512) && ((uint8_t *)&before)[i] != 0, "a vector register that held something");
}

/* The vector's offset, from where the exception came: Arm DDI 0487, "Exception vectors". */
static uint64_t offset_from(uint64_t pstate)
{
	if ((pstate >> 4 & 1) != 0)
		return 0x600;
	return (pstate & 0xf) == 0 ? 0x400 : (pstate & 0xf) == 4 ? 0 : 0x200;
}

static void inject(void)
{
	uint64_t i = nondet_u64(), far = nondet_u64(), vbar = read_vbar_el1(), pstate = before.frame.pstate,
		 pc = before.frame.pc;
	bool is_abort = nondet_bool(), is_lower = (pstate >> 4 & 1) != 0 || (pstate & 0x1f) == 0;
	uint8_t kind = nondet_u8();
	unsigned other = nondet_u8();

	/* What EL1 and EL0 can be interrupted in: M[4:0] of AArch64 EL0, EL1t, EL1h, or AArch32 EL0. */
	ASSUME((pstate & 0x1f) == 0 || (pstate & 0x1f) == 4 || (pstate & 0x1f) == 5 || (pstate & 0x1f) == 0x10);
	ASSUME(kind <= ABORT_FETCH && i < sizeof(context) && other < FAKE_REGISTER_COUNT);
	uint64_t was = machine_registers[other];

	if (is_abort)
		context_inject_abort(&context, (enum abort_kind)kind, far);
	else
		context_inject_undefined(&context);
	uint64_t esr = read_esr_el1(), class = esr >> 26;

	CLAIM((context.frame.pstate & 0x1f) == 5 && (context.frame.pstate & 0x3c0) == 0x3c0,
	      "an exception is taken to EL1, interrupts masked");
	/* NZCV, DIT, PAN and SSBS may be set; SS, IL and all else are clear. */
	CLAIM((context.frame.pstate & ~(0xfull << 28 | 1ull << 24 | 1ull << 22 | 1ull << 12 | 0x3c5)) == 0,
	      "no other state is carried over");
	CLAIM(context.frame.pc == vbar + offset_from(pstate), "an exception is taken at the vector of where it came from");
	CLAIM(read_elr_el1() == pc && read_spsr_el1() == pstate, "where it came from is kept");
	CLAIM(is_abort ? class == (kind == ABORT_FETCH ? 0x20u : 0x24u) + (is_lower ? 0u : 1u) && (esr & 0x3f) == 0x10 &&
			 (esr >> 6 & 1) == (kind == ABORT_WRITE ? 1u : 0u) && read_far_el1() == far : class == 0,
	      "an abort says what was tried and where, an UNDEFINED instruction nothing");
	CLAIM((esr >> 25 & 1) == 1 && esr >> 32 == 0, "the instruction was 32 bits long");
	CLAIM(is_in(i, FRAME_PC, 16) || ((uint8_t *)&context)[i] == ((uint8_t *)&before)[i],
	      "an exception changes no other byte of the context");
	CLAIM(other == FAKE_esr_el1 || other == FAKE_far_el1 || other == FAKE_elr_el1 || other == FAKE_spsr_el1 ||
	      machine_registers[other] == was, "an exception changes no other register");
	WITNESS(is_abort && kind == ABORT_WRITE && !is_lower, "a write of EL1");
	WITNESS((pstate >> 4 & 1) != 0 && !is_abort, "an instruction of AArch32");
}

static void init(void)
{
	static struct vcpu vcpu;
	static struct pair pair;
	static struct stage2 stage2;
	who_t who = { nondet_u16() };
	bool is_outer = nondet_bool();

	context_init(&context, &vcpu, is_outer ? NULL : &pair, &stage2, who, HOST_ROLE_VM, 3);
	CLAIM(context.vcpu == &vcpu && context.stage2 == &stage2 && context.who.who == who.who && context.index == 3 &&
	      context.role == HOST_ROLE_VM && context.is_outer == is_outer && context.pair == (is_outer ? NULL : &pair) &&
	      context.power == POWER_OFF && reset_count == 1, "a new vCPU is off, and knows who it is");
}

void proof(void)
{
	uint8_t what = nondet_u8();

	context = before = nondet_context();
	fake_register_write(FAKE_vbar_el1, nondet_u64());
	fake_register_write(FAKE_sctlr_el1, nondet_u64());
	fake_register_write(FAKE_far_el1, nondet_u64());
	fake_register_write(FAKE_id_aa64mmfr1_el1, nondet_u64());
	if (what == 0)
		start();
	else if (what == 1)
		inject();
	else
		init();
}
