/*
 * Exceptions from lower levels. Decides the meaning of a syndrome; who runs next is run.c's.
 * Nothing here may CHECK anything that a lower level decides.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/trap.h"
#include "abi/monitor.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "mediator/calls.h"
#include "mediator/distributor.h"
#include "mediator/fp.h"
#include "mediator/gic.h"
#include "mediator/idreg.h"
#include "mediator/log.h"
#include "mediator/pair.h"
#include "mediator/run.h"
#include "mediator/time.h"
#include "mediator/virq.h"
#include "mediator/vring.h"
#include "mediator/window.h"

static uint64_t register_get(const struct context *context, unsigned rt)
{
	return rt == 31 ? 0 : context->frame.x[rt];
}

static void register_set(struct context *context, unsigned rt, uint64_t value)
{
	if (rt != 31)
		context->frame.x[rt] = value;
}

/* The guest-physical address of the abort in ESR, FAR and HPFAR; bit 39 masked where halves are alike. */
static uint64_t fault_address(void)
{
	return (read_hpfar_el2() & BITS(39, 4)) << 8 | (read_far_el2() & (GRANULE_BYTES - 1));
}

static enum abort_kind abort_kind_of(uint64_t esr)
{
	if ((esr >> ESR_EC_SHIFT & ESR_EC_MASK) == ESR_EC_INSTRUCTION_ABORT_LOWER)
		return ABORT_FETCH;
	/* Cache maintenance reports "write". */
	return (esr & ESR_ABORT_WNR) != 0 ? ABORT_WRITE : ABORT_READ;
}

static struct context *abort_refuse(struct cpu *cpu, struct context *context, uint64_t esr, uint64_t address)
{
	enum host_event event = context->is_outer || context->role == HOST_ROLE_BOX ? HOST_EVENT_FAULT :
										       HOST_EVENT_VM_ABORT;
	uint64_t owner = context->is_outer ? log_owner(pa_make(address)) : 0;

	refusal(cpu, context, event, esr, log_pc(context), address, owner);
	context_inject_abort(context, abort_kind_of(esr), read_far_el2());
	return context;
}

static struct context *redistributor_emulate(struct context *context, struct access *access)
{
	redistributor_access(context, access);
	access_finish(context, access);
	return context;
}

static struct context *abort_outer(struct cpu *cpu, struct context *context, uint64_t esr, uint64_t address)
{
	struct access access;
	bool is_gicd = range_is_inside(address, 1, PLAT_GICD_BASE, PLAT_GICD_BYTES);

	if (!access_decode(context, esr, address, &access) || !(is_gicd || redistributor_is(context, address)))
		return abort_refuse(cpu, context, esr, address);
	if (!is_gicd)
		return redistributor_emulate(context, &access);
	if (!distributor_access(context, &access))
		refusal(cpu, context, HOST_EVENT_REFUSED_INTERRUPT, address, log_pc(context), access.value, 1);
	access_finish(context, &access);
	return context;
}

static struct context *abort_box(struct cpu *cpu, struct context *context, uint64_t esr, uint64_t address)
{
	struct access access;

	if (access_decode(context, esr, address, &access) && redistributor_is(context, address))
		return redistributor_emulate(context, &access);
	if (abort_kind_of(esr) == ABORT_FETCH) {
		/* Its own vectors may be gone as well: it can't go on. */
		refusal(cpu, context, HOST_EVENT_BOX_FAULT, esr, log_pc(context), address, 0);
		return run_to_outer(cpu, HOST_EXIT_FAULT, esr, address);
	}
	return abort_refuse(cpu, context, esr, address);
}

/* The VM waits for its box; only what the access itself says will come back in. */
static struct context *abort_to_box(struct cpu *cpu, struct context *vm)
{
	const struct access *access = &vm->mmio.access;

	vm->mmio.valid = true;
	vm->mmio.is_host_call = false;
	vm->mmio.far = read_far_el2();
	return run_to_box(cpu, BOX_EXIT_MMIO, access->address, access->bytes | (access->is_write ? BOX_ACCESS_WRITE : 0u),
			  access->value);
}

/* A VM of scheme window: its doorbell is here, its virtio registers are read on their way to the box. */
static struct context *abort_to_window(struct cpu *cpu, struct context *vm)
{
	struct access *access = &vm->mmio.access;

	if (range_is_inside(access->address, 1, VIRTIO_MMIO_BASE, VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STRIDE))
		vring_register(cpu, vm, access);
	if (!range_is_inside(access->address, 1, WINDOW_DOORBELL_BASE, GRANULE_BYTES))
		return abort_to_box(cpu, vm);
	/* More to share than one exit may: PC stays, and interrupts come in between. */
	if (window_doorbell(cpu, vm, access)) {
		access->value = 0;
		access_finish(vm, access);
	}
	return vm;
}

static struct context *abort_vm(struct cpu *cpu, struct context *context, uint64_t esr, uint64_t address)
{
	/* A VM that runs waits for no answer. */
	struct access *access = &context->mmio.access;

	address &= ~IPA_HALF;
	bool is_ram_space = address >= context->pair->domains[HOST_ROLE_VM].ram_base;

	if (is_ram_space || !access_decode(context, esr, address, access))
		return abort_refuse(cpu, context, esr, address);
	if (redistributor_is(context, address))
		return redistributor_emulate(context, access);
	return pair_shares_by(context->pair, HOST_OPTION_SHARE_WINDOW) ? abort_to_window(cpu, context) :
									  abort_to_box(cpu, context);
}

static struct context *trap_abort(struct cpu *cpu, struct context *context, uint64_t esr)
{
	uint64_t address = fault_address();

	if (context->is_outer)
		return abort_outer(cpu, context, esr, address);
	return context->role == HOST_ROLE_BOX ? abort_box(cpu, context, esr, address) :
						abort_vm(cpu, context, esr, address);
}

#define ID(op0, op1, crn, crm, op2) ESR_SYSREG_ID(op0, op1, crn, crm, op2)

/* Writes that mean nothing here, and reads of zero: what a kernel does once at boot and never needs. */
static bool sysreg_is_ignored(uint64_t id)
{
	unsigned op0 = (unsigned)bits_get(id, 21, 20), op1 = (unsigned)bits_get(id, 16, 14);

	switch (id) {
	case ID(3, 0, 1, 0, 1):		/* ACTLR_EL1 */
	case ID(3, 0, 12, 11, 6):	/* ICC_ASGI1R_EL1 */
	case ID(3, 0, 12, 11, 7):	/* ICC_SGI0R_EL1 */
	case ID(1, 0, 7, 6, 2):		/* DC ISW, CSW, CISW: set/way maintenance has no meaning in a VM */
	case ID(1, 0, 7, 10, 2):
	case ID(1, 0, 7, 14, 2):
		return true;
	default:
		return op0 == 2 && op1 == 0;	/* debug registers */
	}
}

/* CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0. */
static bool is_physical_timer(uint64_t id)
{
	return id == ID(3, 3, 14, 2, 0) || id == ID(3, 3, 14, 2, 1) || id == ID(3, 3, 14, 2, 2);
}

static struct context *physical_timer(struct cpu *cpu, struct context *context, uint64_t esr)
{
	unsigned rt = (unsigned)bits_get(esr, 9, 5), op2 = (unsigned)bits_get(esr, 19, 17);

	context->frame.pc += 4;
	if ((esr & ESR_SYSREG_READ) != 0) {
		register_set(context, rt, time_physical_read(context, op2));
		return context;
	}
	time_physical_write(context, op2, register_get(context, rt));
	/* Its level or its deadline may be another now. */
	return run_resolve(cpu);
}

static struct context *trap_sysreg(struct cpu *cpu, struct context *context, uint64_t esr)
{
	uint64_t id = esr & ESR_SYSREG_ID_MASK;
	unsigned rt = (unsigned)bits_get(esr, 9, 5), crm = (unsigned)bits_get(esr, 4, 1);
	bool is_read = (esr & ESR_SYSREG_READ) != 0;

	if (is_read && (id & ID(3, 7, 15, 0, 0)) == ID(3, 0, 0, 0, 0) && crm >= 1 && crm <= 7) {
		register_set(context, rt, idreg_read(crm, (unsigned)bits_get(esr, 19, 17)));
	} else if (!is_read && id == ID(3, 0, 12, 11, 5)) {
		virq_generate_sgi(context, register_get(context, rt));
	} else if (is_physical_timer(id)) {
		return physical_timer(cpu, context, esr);
	} else if (sysreg_is_ignored(id)) {
		if (is_read)
			register_set(context, rt, 0);
	} else {
		refusal(cpu, context, HOST_EVENT_REFUSED_SYSREG, esr, log_pc(context), 0, 0);
		context_inject_undefined(context);
		return context;
	}
	context->frame.pc += 4;
	return context;
}

static struct context *trap_wfx(struct cpu *cpu, struct context *context)
{
	context->frame.pc += 4;
	return context->is_outer ? context : run_wait(cpu);
}

/* Apart from the calls, so that those save no registers for it. */
static NOINLINE struct context *trap_other(struct cpu *cpu, struct context *context, uint64_t esr)
{
	switch (esr >> ESR_EC_SHIFT & ESR_EC_MASK) {
	case ESR_EC_SYSREG:
		return trap_sysreg(cpu, context, esr);
	case ESR_EC_WFX:
		return trap_wfx(cpu, context);
	case ESR_EC_DATA_ABORT_LOWER:
	case ESR_EC_INSTRUCTION_ABORT_LOWER:
		return trap_abort(cpu, context, esr);
	case ESR_EC_FP:
		fp_take(cpu, context);
		return context;
	default:
		/* SVE, SME, pointer authentication, AArch32 coprocessors, ...: not there. */
		refusal(cpu, context, HOST_EVENT_REFUSED_SYSREG, esr, log_pc(context), 0, 0);
		context_inject_undefined(context);
		return context;
	}
}

struct context *trap_sync(struct context *context)
{
	struct cpu *cpu = cpu_this();
	uint64_t esr = read_esr_el2();
	uint64_t class = esr >> ESR_EC_SHIFT & ESR_EC_MASK;
	struct context *next;

	if (class == ESR_EC_SMC64) {
		context->frame.pc += 4;
		next = call_smc(cpu, context);
	} else if (class == ESR_EC_HVC64) {
		next = call_hvc(cpu, context);
	} else {
		next = trap_other(cpu, context, esr);
	}
	return cpu->recheck != 0 ? run_recheck(cpu) : next;
}

/* One interrupt an entry: another that is pending comes at once. */
struct context *trap_irq(struct context *context)
{
	struct cpu *cpu = cpu_this();
	uint64_t intid = gic_acknowledge();

	trace(cpu, context, HOST_EVENT_IRQ, intid, log_pc(context), 0, 0);
	switch (intid) {
	case INTID_TIMER:
		/* Whose it is was decided when it was loaded; its EOI deactivates. Nobody else has more reason to run. */
		virq_hold_physical(context, INTID_TIMER);
		virq_refill(context);
		return context;
	case INTID_HYP_TIMER:
		time_arm(cpu, TIME_NEVER);
		gic_deactivate(intid);
		break;
	case INTID_MAINTENANCE:
		/* The refill takes its reason away, then it may end. */
		virq_refill(context);
		gic_deactivate(intid);
		break;
	case INTID_KICK:
		gic_deactivate(intid);
		break;
	default:
		if (intid < ICC_INTID_SPURIOUS)
			virq_hold_physical(cpu->outer, (unsigned)intid);
		break;
	}
	return run_resolve(cpu);
}

struct context *trap_serror(struct context *context)
{
	/* Nobody below can be blamed for sure: it is recorded, and the context goes on. */
	refusal(cpu_this(), context, HOST_EVENT_FAULT, read_esr_el2(), log_pc(context), 0, 0);
	return context;
}

static NORETURN void stop(uint64_t esr, uint64_t pc, uint64_t far, const char *text)
{
	struct smc_args args = { { MONITOR_FAIL, esr, pc, far } };

	/* Sixteen characters say where; the rest is in the registers. */
	memcpy(&args.x[4], text, strlen(text) < 16 ? strlen(text) : 16);
	smc_call(&args);
	for (;;)
		wfi();
}

void trap_own(void)
{
	stop(read_esr_el2(), read_elr_el2(), read_far_el2(), "mediator trap");
}

void check_failed(const char *file, int line)
{
	stop(0, (uint64_t)__builtin_return_address(0), (uint64_t)line, file);
}
