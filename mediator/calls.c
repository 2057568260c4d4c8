/*
 * The tables of calls. Decides who may make a call and how a status looks from outside; what a call
 * does is its handler's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/calls.h"
#include "abi/psci.h"
#include "abi/smccc.h"
#include "abi/vm.h"
#include "arch/linear.h"
#include "lib/memory.h"
#include "mediator/anchor.h"
#include "mediator/granule.h"
#include "mediator/log.h"
#include "mediator/memory.h"
#include "mediator/pair.h"
#include "mediator/psci.h"
#include "mediator/rsi.h"
#include "mediator/run.h"
#include "mediator/virq.h"

/* --- host calls that only look, or touch no memory --- */

static enum status results(struct call *call, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
	memcpy(call->results, (const uint64_t[]){ a, b, c, d, e }, 5 * sizeof(a));
	return OK;
}

static enum status host_info(struct call *call)
{
	return results(call, HOST_ABI_VERSION, HOST_PAIR_MAX, HOST_VCPU_MAX, granule_count(), granule_count_outer());
}

static uint64_t handle_of(struct granule granule)
{
	return granule.who.who < 2 ? 0 : pair_handle((granule.who.who - 2u) / 2);
}

#define INFO_RUN_BYTES 0x1000000ull

static enum status host_granule_info(struct call *call)
{
	struct pa_range range;
	enum status status = pa_range_make(call->args[0], GRANULE_BYTES, GRANULE_BYTES, &range);

	if (status != OK || !granule_is_ram(range))
		return ERR_ARGS;
	struct granule first = granule_get(range.base);
	uint64_t bytes = GRANULE_BYTES;

	for (; bytes < INFO_RUN_BYTES; bytes += GRANULE_BYTES) {
		struct pa_range next = { pa_add(range.base, bytes), GRANULE_BYTES };
		struct granule granule = granule_get(next.base);

		if (!granule_is_ram(next) || granule.state != first.state || granule.who.who != first.who.who)
			break;
	}
	/* Of the last granule that a pair gives back, the slot may be another pair's already. */
	if (first.state == GRANULE_MOVING)
		return results(call, first.state, 0, 0, bytes, 0);
	return results(call, first.state, handle_of(first), first.who.who & 1, bytes, 0);
}

static enum status host_notify(struct call *call)
{
	struct pair_slot *slot = pair_lookup(call->args[0]);
	enum status status = ERR_STATE;

	if (slot == NULL)
		return ERR_NOT_FOUND;
	/* The slot's lock keeps the descriptor and its contexts in place. */
	spin_lock(&slot->lock);
	if (pair_lookup(call->args[0]) == slot && atomic_load(&slot->state) == HOST_PAIR_ACTIVE) {
		virq_set_private(slot->pair->contexts[HOST_ROLE_BOX][0], BOX_INTID_DOORBELL);
		status = OK;
	}
	spin_unlock(&slot->lock);
	return status;
}

static enum status host_terminate(struct call *call)
{
	return pair_terminate(call->args[0]);
}

static enum status host_pair_info(struct call *call)
{
	if (call->args[0] >= HOST_PAIR_MAX)
		return ERR_ARGS;
	unsigned index = (unsigned)call->args[0];
	struct pair_slot *slot = &pair_slots[index];

	spin_lock(&slot->lock);
	uint64_t handle = pair_handle(index);

	if (pair_lookup(handle) == slot)
		results(call, handle, atomic_load(&slot->state), slot->pair->class, slot->pair->vcpu_count,
			slot->pair->granule_count);
	spin_unlock(&slot->lock);
	return OK;
}

static enum status host_pair_measurement(struct call *call)
{
	struct pair_slot *slot = pair_lookup(call->args[0]);
	enum status status = ERR_NOT_FOUND;

	if (call->args[1] > HOST_ROLE_VM)
		return ERR_ARGS;
	if (slot == NULL)
		return ERR_NOT_FOUND;
	spin_lock(&slot->lock);
	if (pair_lookup(call->args[0]) == slot) {
		const struct domain *domain = &slot->pair->domains[call->args[1]];

		memcpy(call->results, domain->chain, HOST_MEASUREMENT_BYTES);
		call->results[4] = domain->is_final ? 1 : 0;
		status = OK;
	}
	spin_unlock(&slot->lock);
	return status;
}

static enum status host_boot_measurement(struct call *call)
{
	struct smc_args answer;
	enum status status = anchor_measurement(call->args[0], &answer);

	if (status == OK)
		memcpy(call->results, &answer.x[1], sizeof(call->results));
	return status;
}

static enum status host_ring_read(struct call *call)
{
	struct pa_range page;
	pa_t failed;
	enum status status = pa_range_make(call->args[3], GRANULE_BYTES, GRANULE_BYTES, &page);

	if (status != OK || call->args[0] >= cpu_count() || call->args[1] > HOST_RING_LOG)
		return ERR_ARGS;
	status = granule_hold(page, GRANULE_OUTER, WHO_OUTER, &failed);
	if (status != OK) {
		call->refused = pa_value(failed);
		return status;
	}
	const struct cpu *cpu = &cpus[call->args[0]];
	const struct ring *ring = call->args[1] == HOST_RING_TRACE ? &cpu->trace : &cpu->log;
	uint64_t first;
	unsigned count = ring_read(ring, call->args[2], linear_pointer(pa_value(page.base)),
				   GRANULE_BYTES / sizeof(struct host_record), &first);

	granule_release(page, GRANULE_OUTER, WHO_OUTER);
	return results(call, count, first, first + count, 0, 0);
}

/* --- box calls --- */

static enum status box_info(struct call *call)
{
	const struct pair *pair = call->context->pair;

	return results(call, BOX_ABI_VERSION, pair->vcpu_count, pair->domains[HOST_ROLE_VM].ram_bytes, pair->class,
		       call->context->index);
}

/* The VM's vCPU and SPI that two arguments name, or NULL. */
static struct context *spi_target(const struct call *call)
{
	const struct pair *pair = call->context->pair;

	if (call->args[0] >= pair->vcpu_count || call->args[1] < VIRQ_SPI_BASE || call->args[1] >= VIRQ_SPI_END)
		return NULL;
	return pair->contexts[HOST_ROLE_VM][call->args[0]];
}

static enum status box_spi_set(struct call *call)
{
	struct context *vm = spi_target(call);

	if (vm == NULL || call->args[2] > 0xff || call->args[3] > 1)
		return ERR_ARGS;
	virq_set_spi(vm, (unsigned)call->args[1], (uint8_t)call->args[2] & 0xf8, call->args[3] == 1);
	return OK;
}

static enum status box_spi_clear(struct call *call)
{
	struct context *vm = spi_target(call);

	return vm == NULL ? ERR_ARGS : virq_clear_spi(vm, (unsigned)call->args[1], &call->results[0]);
}

/* --- tables and dispatch --- */

struct call_row {
	enum status (*handler)(struct call *call);	/* NULL: switches context, dispatched by hand */
	uint8_t results;				/* registers x1.. that it may write */
};

static const struct call_row host_rows[] = {
	[HOST_INFO - HOST_CALL_BASE] = { host_info, 5 },
	[HOST_GRANULE_INFO - HOST_CALL_BASE] = { host_granule_info, 4 },
	[HOST_PAIR_CREATE - HOST_CALL_BASE] = { memory_create, 1 },
	[HOST_POOL_ADD - HOST_CALL_BASE] = { memory_pool_add, 1 },
	[HOST_POPULATE - HOST_CALL_BASE] = { memory_populate, 2 },
	[HOST_DONATE - HOST_CALL_BASE] = { memory_donate, 2 },
	[HOST_ACTIVATE - HOST_CALL_BASE] = { memory_activate, 6 },
	[HOST_RUN - HOST_CALL_BASE] = { NULL, 3 },
	[HOST_NOTIFY - HOST_CALL_BASE] = { host_notify, 0 },
	[HOST_TERMINATE - HOST_CALL_BASE] = { host_terminate, 0 },
	[HOST_RECLAIM - HOST_CALL_BASE] = { memory_reclaim, 1 },
	[HOST_PAIR_INFO - HOST_CALL_BASE] = { host_pair_info, 5 },
	[HOST_PAIR_MEASUREMENT - HOST_CALL_BASE] = { host_pair_measurement, 5 },
	[HOST_BOOT_MEASUREMENT - HOST_CALL_BASE] = { host_boot_measurement, 6 },
	[HOST_RING_READ - HOST_CALL_BASE] = { host_ring_read, 3 },
	[HOST_POPULATE_IMAGE - HOST_CALL_BASE] = { memory_populate_image, 2 },
};
_Static_assert(ARRAY_COUNT(host_rows) == HOST_CALL_END - HOST_CALL_BASE, "a row for each host call");

static const struct call_row box_rows[] = {
	[BOX_INFO - BOX_CALL_BASE] = { box_info, 5 },
	[BOX_VM_RUN - BOX_CALL_BASE] = { NULL, 4 },
	[BOX_SPI_SET - BOX_CALL_BASE] = { box_spi_set, 0 },
	[BOX_SPI_CLEAR - BOX_CALL_BASE] = { box_spi_clear, 1 },
	[BOX_SHARE - BOX_CALL_BASE] = { memory_share, 0 },
	[BOX_UNSHARE - BOX_CALL_BASE] = { memory_share, 0 },
	[BOX_NOTIFY - BOX_CALL_BASE] = { NULL, 0 },
};
_Static_assert(ARRAY_COUNT(box_rows) == BOX_CALL_END - BOX_CALL_BASE, "a row for each box call");

int64_t call_code(enum status status)
{
	/* By -status; what no handler returns is malformed. */
	static const int8_t codes[] = {
		[-OK] = HOST_OK, [-ERR_ARGS] = HOST_ERR_ARGS, [-ERR_DENIED] = HOST_ERR_DENIED,
		[-ERR_STATE] = HOST_ERR_STATE, [-ERR_NO_MEMORY] = HOST_ERR_NO_MEMORY, [-ERR_BUSY] = HOST_ERR_BUSY,
		[-ERR_NOT_FOUND] = HOST_ERR_NOT_FOUND, [-ERR_AUTH] = HOST_ERR_MEASUREMENT,
		[-ERR_UNSUPPORTED] = HOST_NOT_SUPPORTED, [-ERR_TRUNCATED] = HOST_ERR_ARGS,
	};

	return codes[-status];
}
_Static_assert(BOX_ERR_ARGS == HOST_ERR_ARGS && BOX_ERR_DENIED == HOST_ERR_DENIED &&
	       BOX_ERR_STATE == HOST_ERR_STATE && BOX_ERR_BUSY == HOST_ERR_BUSY, "one mapping for both ABIs");

/* What was malformed, not allowed or at the wrong moment leaves a record. @refused: the address or argument meant. */
static void refusal_note(struct cpu *cpu, const struct context *context, uint64_t id, uint64_t refused, int64_t code)
{
	if (code == HOST_ERR_DENIED || code == HOST_ERR_ARGS || code == HOST_ERR_STATE)
		refusal(cpu, context, HOST_EVENT_REFUSED_CALL, id, refused, (uint64_t)code,
			log_owner(pa_make(refused)));
}

static struct context *row_call(struct cpu *cpu, struct context *context, const struct call_row *row)
{
	struct call call = { .cpu = cpu, .context = context, .id = context->frame.x[0] };

	memcpy(call.args, &context->frame.x[1], sizeof(call.args));
	call.refused = call.args[0];
	enum status status = row->handler(&call);

	context->frame.x[0] = (uint64_t)call_code(status);
	for (unsigned i = 0; i < row->results; i++)
		context->frame.x[1 + i] = call.results[i];
	trace(cpu, context, HOST_EVENT_CALL, call.id, call.args[0], call.args[1], (uint64_t)call_code(status));
	refusal_note(cpu, context, call.id, call.refused, call_code(status));
	return context;
}

/* What the secure world answers: random numbers for everybody, and what the anchor has for the outer OS. */
static bool is_forwarded(const struct context *context, uint64_t id)
{
	return (id >= TRNG_VERSION && id <= TRNG_RND32) || id == TRNG_RND64 ||
	       (context->is_outer && id >= ANCHOR_OUTER_BASE && id < ANCHOR_OUTER_END);
}

static bool is_secret(const struct context *context, uint64_t id)
{
	return id == VM_SECRET && !context->is_outer && context->role == HOST_ROLE_VM;
}

/* For a VM alone with its memory. One of no image has counter 0, which no version is below. */
static struct context *call_secret(struct cpu *cpu, struct context *vm)
{
	uint64_t *x = vm->frame.x, version = x[1];
	const struct pair *pair = vm->pair;
	enum status status = ERR_DENIED;

	memset(&x[1], 0, VM_SECRET_BYTES);
	if (pair->class == HOST_CLASS_CONFIDENTIAL)
		status = anchor_secret(pair->owner, version, pair->image_counter, &x[1]);
	context_answer(vm, call_code(status));
	if (status != OK)
		refusal(cpu, vm, HOST_EVENT_REFUSED_CALL, VM_SECRET, version, x[0], 0);
	return vm;
}

static NOINLINE struct context *call_query(struct cpu *cpu, struct context *context)
{
	static const uint64_t uid[] = { REDOUBT_UID_W0, REDOUBT_UID_W1, REDOUBT_UID_W2, REDOUBT_UID_W3 };
	uint64_t *x = context->frame.x;

	if (is_forwarded(context, x[0]))
		anchor_forward(x);
	else if (is_secret(context, x[0]))
		return call_secret(cpu, context);
	else if (x[0] == SMCCC_ARCH_FEATURES && x[1] == SMCCC_VERSION)
		x[0] = SMCCC_SUCCESS;
	else if (x[0] == SMCCC_VENDOR_HYP_UID)
		memcpy(x, uid, sizeof(uid));
	else if (x[0] == SMCCC_VENDOR_HYP_REVISION)
		memcpy(x, (const uint64_t[]){ SMCCC_SUCCESS, HOST_ABI_VERSION }, 2 * sizeof(*x));
	else
		x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
	return context;
}

/* SMCCC and PSCI: the same for every domain, by SMC and by HVC. */
static struct context *call_common(struct cpu *cpu, struct context *context)
{
	uint64_t id = context->frame.x[0];

	if (id == SMCCC_VERSION)
		return context_answer(context, SMCCC_VERSION_1_2);
	return psci_is(id) ? psci_call(cpu, context) : call_query(cpu, context);
}

struct context *call_smc(struct cpu *cpu, struct context *context)
{
	if (rsi_is(context, context->frame.x[0]))
		return rsi_call(cpu, context);
	return call_common(cpu, context);
}

static struct context *call_host(struct cpu *cpu, struct context *context, uint64_t row)
{
	if (host_rows[row].handler != NULL)
		return row_call(cpu, context, &host_rows[row]);
	uint64_t handle = context->frame.x[1];
	struct context *next = run_host(cpu, handle, context->frame.x[2]);

	/* Refused, or back already. */
	if (next == context)
		refusal_note(cpu, context, HOST_RUN, handle, (int64_t)context->frame.x[0]);
	return next;
}

static struct context *call_box(struct cpu *cpu, struct context *context, uint64_t row)
{
	if (box_rows[row].handler != NULL)
		return row_call(cpu, context, &box_rows[row]);
	uint64_t argument = context->frame.x[1];

	if (row == BOX_NOTIFY - BOX_CALL_BASE) {
		context_answer(context, BOX_OK);
		return run_to_outer(cpu, HOST_EXIT_NOTIFY, argument, 0);
	}
	struct context *next = run_vm(cpu, argument, context->frame.x[2]);

	if (next == context)
		refusal_note(cpu, context, BOX_VM_RUN, argument, (int64_t)context->frame.x[0]);
	return next;
}

struct context *call_hvc(struct cpu *cpu, struct context *context)
{
	uint64_t id = context->frame.x[0];

	if (context->is_outer && id - HOST_CALL_BASE < ARRAY_COUNT(host_rows))
		return call_host(cpu, context, id - HOST_CALL_BASE);
	if (!context->is_outer && context->role == HOST_ROLE_BOX && id - BOX_CALL_BASE < ARRAY_COUNT(box_rows))
		return call_box(cpu, context, id - BOX_CALL_BASE);
	return call_common(cpu, context);
}
