/*
 * A context: one vCPU of the outer OS, a box or a VM, as the mediator keeps it while it is not on a
 * CPU; and struct vcpu, what the box's and the VM's context with the same index have in common.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_CONTEXT_H
#define MEDIATOR_CONTEXT_H

#include <stdatomic.h>
#include "abi/box.h"
#include "abi/token.h"
#include "arch/frame.h"
#include "lib/spinlock.h"
#include "mediator/access.h"
#include "mediator/stage2.h"

/* EL1 and EL0 registers that an EL1 context owns: those that decide whether stage-1 tables are walked (walks.h), ... */
#define EL1_WALK_REGISTERS(R) R(sctlr_el1, tcr_el1)
/* ... and the others, in the order in which they are saved: two at a time, for one instruction stores two. */
#define EL1_REGISTERS(R)						\
	R(actlr_el1, cpacr_el1) R(ttbr0_el1, ttbr1_el1) R(esr_el1, afsr0_el1)			\
	R(afsr1_el1, far_el1) R(mair_el1, amair_el1) R(vbar_el1, contextidr_el1)		\
	R(tpidr_el0, tpidrro_el0) R(tpidr_el1, sp_el0) R(sp_el1, elr_el1)			\
	R(spsr_el1, par_el1) R(csselr_el1, cntkctl_el1)

struct el1_state {
#define R(a, b) uint64_t a, b;
	EL1_WALK_REGISTERS(R)
	EL1_REGISTERS(R)
#undef R
};

struct fp_state {
	ALIGNED(16) uint8_t v[32][16];
	uint64_t fpcr, fpsr;
};

/* Virtual timer while not loaded (CNTVOFF is the domain's); physical timer always, in software. */
struct timer_state {
	uint64_t ctl, cval, offset;
	uint64_t physical_ctl, physical_cval;
};

#define VIRQ_SPI_BASE	32
#define VIRQ_SPI_END	BOX_SPI_END
#define VIRQ_SPI_COUNT	(VIRQ_SPI_END - VIRQ_SPI_BASE)
#define VIRQ_SPI_WORDS	(VIRQ_SPI_COUNT / 64)
#define VIRQ_LR_COUNT	4

/*
 * Interrupts of one vCPU. All but the list registers' live copy is guarded by vcpu->lock.
 * A pending interrupt is in a list register or in a bitmap, never in both (a level that stays high counts again
 * when it was deactivated).
 */
struct virq {
	/* What a vCPU that is turned on finds as after reset. */
	uint32_t private_enabled;	/* INTIDs 0 .. 31 */
	uint32_t private_pending;
	uint8_t private_priority[32];
	uint64_t lr[VIRQ_LR_COUNT];
	uint64_t vmcr, ap1r0;
	uint8_t used;			/* which of lr[] are not zero; a guest can only empty them */
	bool asleep;			/* GICR_WAKER.ProcessorSleep */
	/* SPIs stay. */
	uint64_t spi_pending[VIRQ_SPI_WORDS];	/* edges that wait */
	uint64_t spi_level[VIRQ_SPI_WORDS];	/* lines that are high */
	uint64_t spi_enabled[VIRQ_SPI_WORDS];	/* outer OS only; a box keeps its VM's */
	uint64_t spi_drop[VIRQ_SPI_WORDS];	/* the box takes them back: into no list register */
	uint8_t spi_priority[VIRQ_SPI_COUNT];
	uint8_t waiting;		/* which bitmaps are not empty: bit 0 private, bit 1 + i word i of the SPIs */
	bool is_live;			/* the truth about lr, vmcr and ap1r0 is in this CPU's registers */
};

enum power_state { POWER_OFF, POWER_ON_PENDING, POWER_ON };

struct context;
struct pair;

/* A VM access or host call that its box is answering. */
struct mmio_wait {
	bool valid;
	bool is_host_call;	/* far: guest-physical address of its struct; the rest is zero */
	struct access access;
	uint64_t far;
};

/* The attestation token that a VM's vCPU has begun: what it says is settled then. */
struct token_wait {
	struct token_request request;	/* for the anchor */
	uint64_t count;			/* bytes that the VM has already */
	bool is_begun;
};

struct context {
	struct frame frame;		/* first: assembly addresses it through SP_EL2 */
	struct vcpu *vcpu;
	struct pair *pair;		/* NULL: outer OS */
	const struct stage2 *stage2;
	who_t who;
	uint8_t role;			/* HOST_ROLE_*; meaningless for the outer OS */
	bool is_outer;
	uint8_t index;			/* of the vCPU */
	_Atomic uint8_t power;		/* enum power_state, changed under vcpu->lock */
	uint64_t start_pc, start_x0;	/* where it starts when ON_PENDING becomes ON */
	struct el1_state el1;
	struct timer_state timer;
	struct virq virq;
	struct mmio_wait mmio;		/* VM only */
	struct token_wait token;	/* VM only */
	struct fp_state fp;
};
_Static_assert(offsetof(struct context, frame) == 0, "assembly finds the frame at the context");
_Static_assert(sizeof(struct context) + 64 <= GRANULE_BYTES, "a context and its vcpu fit a granule");

#define NO_CPU 0xff

/* Box vCPU i and VM vCPU i, which run on one CPU after the other; for the outer OS, one a CPU. */
struct vcpu {
	struct spinlock lock;		/* level 3: both contexts' virq and power, cpu, last_cpu */
	uint8_t cpu;			/* where it is loaded, or NO_CPU */
	uint8_t last_cpu;		/* whom to tell that it has a reason to run */
	bool in_vm;			/* the box is inside BOX_VM_RUN */
	struct context *box, *vm;	/* NULL for the outer OS */
};

/**
 * context_init - a vCPU that is off: identity, tables and lock set, registers and interrupts as after reset.
 *
 * @context  zero
 */
void context_init(struct context *context, struct vcpu *vcpu, struct pair *pair, const struct stage2 *stage2,
		  who_t who, unsigned role, unsigned index);

/* context_start - registers as after reset, MMU off, EL1h, interrupts masked, at start_pc with start_x0: POWER_ON. */
void context_start(struct context *context);

/**
 * context_inject - give the loaded @context a synchronous exception at EL1.
 *
 * @esr  value for ESR_EL1; @far for FAR_EL1
 * Context: @context's EL1 registers are on this CPU; its frame is saved.
 * Source: Arm DDI 0487, "AArch64.TakeException" pseudocode.
 */
void context_inject(struct context *context, uint64_t esr, uint64_t far);

/* context_inject_undefined - an UNDEFINED instruction. */
void context_inject_undefined(struct context *context);

/* context_answer - x0 of the loaded @context's call; returns @context. */
static inline struct context *context_answer(struct context *context, int64_t result)
{
	context->frame.x[0] = (uint64_t)result;
	return context;
}

enum abort_kind { ABORT_READ, ABORT_WRITE, ABORT_FETCH };

/* context_inject_abort - a synchronous external abort at virtual address @far. */
void context_inject_abort(struct context *context, enum abort_kind kind, uint64_t far);

#endif
