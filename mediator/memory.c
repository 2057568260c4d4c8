/*
 * Memory of pairs. Decides which ranges a call may take and in which order a granule changes hands;
 * records are granule.c's, entries stage2.c's.
 *
 * Everywhere: unmap and invalidate (stage2_outer_close) -> zero or fill -> record (granule_release) -> map. What goes back to
 * the outer OS is mapped before its record says so: after that another call may have taken it.
 * Between hold and release no lock is held: state MOVING protects the granules.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/memory.h"
#include "arch/linear.h"
#include "arch/tlb.h"
#include "lib/memory.h"
#include "mediator/anchor.h"
#include "mediator/granule.h"
#include "mediator/log.h"
#include "mediator/pair.h"

#define IN_NEW		BIT(HOST_PAIR_NEW)

static void *pointer_to(pa_t pa)
{
	return linear_pointer(pa_value(pa));
}

static void zero_range(struct pa_range range)
{
	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		zero_granule(pointer_to(pa_add(range.base, done)));
}

/* granule_hold for a call: the granule in the way is what the refusal names. */
MUST_CHECK static enum status hold(struct call *call, struct pa_range range, uint8_t state, who_t who)
{
	pa_t failed;
	enum status status = granule_hold(range, state, who, &failed);

	if (status != OK)
		call->refused = pa_value(failed);
	return status;
}

static bool is_loader(struct pa_range range)
{
	return range_is_inside(pa_value(range.base), range.bytes, boot_info->loader.base, boot_info->loader.bytes);
}

/* Memory of the outer OS that a call reads: held, so that it can't become another domain's meanwhile. */
MUST_CHECK static enum status source_hold(struct call *call, struct pa_range range)
{
	return is_loader(range) ? OK : hold(call, range, GRANULE_OUTER, WHO_OUTER);
}

static void source_release(struct pa_range range)
{
	if (!is_loader(range))
		granule_release(range, GRANULE_OUTER, WHO_OUTER);
}

/* --- create --- */

static bool is_class(uint32_t class, uint64_t options)
{
	if (class == HOST_CLASS_CONFIDENTIAL)
		return options == HOST_OPTION_SHARE_RSI || options == HOST_OPTION_SHARE_WINDOW;
	return class == HOST_CLASS_ISOLATED && options == 0;
}

MUST_CHECK static enum status params_check(const struct host_pair_params *params, struct pa_range *control)
{
	uint64_t rest = 0;

	for (unsigned i = 0; i < ARRAY_COUNT(params->reserved); i++)
		rest |= params->reserved[i];
	if (rest != 0 || !is_class(params->class, params->options) || params->vcpu_count == 0 ||
	    params->vcpu_count > HOST_VCPU_MAX)
		return ERR_ARGS;
	struct ipa_range ram;

	if (ipa_range_make(PLAT_RAM_BASE, params->vm_ram_bytes, BLOCK_BYTES, &ram) != OK ||
	    !range_is_inside(params->vm_entry, 4, PLAT_RAM_BASE, params->vm_ram_bytes) ||
	    ipa_range_make(BOX_RAM_BASE, params->box_ram_bytes, BLOCK_BYTES, &ram) != OK)
		return ERR_ARGS;
	if (!is_aligned(params->control_pa, STAGE2_ROOT_BYTES))
		return ERR_ARGS;
	return pa_range_make(params->control_pa, HOST_CONTROL_GRANULES(params->vcpu_count) * GRANULE_BYTES,
			     GRANULE_BYTES, control);
}

static void domain_init(struct pair *pair, unsigned role, uint64_t ram_base, uint64_t ram_bytes)
{
	unsigned root = role == HOST_ROLE_BOX ? HOST_CONTROL_BOX_ROOT : HOST_CONTROL_VM_ROOT;

	pair->domains[role] = (struct domain){
		.stage2 = { pair_control(pair, root), who_make(pair->index, role).who },
		.ram_base = ram_base,
		.ram_bytes = ram_bytes,
		.run = { .base = ram_base },
	};
	pair->audit.domains[role].root = pa_value(pair->domains[role].stage2.root);
	pair->audit.domains[role].vmid = pair->domains[role].stage2.vmid;
	anchor_hash_init(role == HOST_ROLE_BOX ? ANCHOR_CHAIN_BOX : ANCHOR_CHAIN_VM, pair->domains[role].chain);
}

/* Two context granules a vCPU; struct vcpu lies behind the box's context. */
static void vcpu_init(struct pair *pair, unsigned index)
{
	uint8_t *box_granule = pointer_to(pair_control(pair, HOST_CONTROL_CONTEXTS + 2 * index));
	struct context *box = (void *)box_granule;
	struct context *vm = pointer_to(pair_control(pair, HOST_CONTROL_CONTEXTS + 2 * index + 1));
	struct vcpu *vcpu = (void *)(box_granule + GRANULE_BYTES - 64);

	vcpu->cpu = NO_CPU;
	vcpu->box = box;
	vcpu->vm = vm;
	pair->contexts[HOST_ROLE_BOX][index] = box;
	pair->contexts[HOST_ROLE_VM][index] = vm;
	context_init(box, vcpu, pair, &pair->domains[HOST_ROLE_BOX].stage2, who_make(pair->index, HOST_ROLE_BOX),
		     HOST_ROLE_BOX, index);
	context_init(vm, vcpu, pair, &pair->domains[HOST_ROLE_VM].stage2, who_make(pair->index, HOST_ROLE_VM),
		     HOST_ROLE_VM, index);
}
_Static_assert(sizeof(struct vcpu) <= 64, "vcpu behind a context");

static struct pair *pair_init(unsigned index, const struct host_pair_params *params)
{
	pa_t control = pa_make(params->control_pa);
	struct pair *pair = pointer_to(pa_add(control, HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES));

	pair->audit.magic = AUDIT_PAIR_MAGIC;
	pair->audit.vcpu_count = params->vcpu_count;
	pair->index = (uint16_t)index;
	pair->vcpu_count = params->vcpu_count;
	pair->class = params->class;
	pair->options = params->options;
	pair->vm_entry = params->vm_entry;
	pair->vm_x0 = params->vm_x0;
	pair->control = control;
	pair->notice = pointer_to(pair_control(pair, HOST_CONTROL_NOTICE));
	pair->granule_count = HOST_CONTROL_GRANULES(params->vcpu_count);
	domain_init(pair, HOST_ROLE_BOX, BOX_RAM_BASE, params->box_ram_bytes);
	domain_init(pair, HOST_ROLE_VM, PLAT_RAM_BASE, params->vm_ram_bytes);
	for (unsigned i = 0; i < params->vcpu_count; i++)
		vcpu_init(pair, i);
	return pair;
}

static void control_release(pa_t control, unsigned first, unsigned count, uint8_t state, who_t who)
{
	struct pa_range range = { pa_add(control, first * GRANULE_BYTES), count * GRANULE_BYTES };

	granule_release(range, state, who);
	if (state == GRANULE_NOTICE)
		stage2_outer_open(range, STAGE2_READ_ONLY);
}

static void create_commit(unsigned index, const struct host_pair_params *params, struct pa_range control)
{
	who_t who = who_make(index, HOST_ROLE_BOX);

	stage2_outer_close(control);
	zero_range(control);
	struct pair *pair = pair_init(index, params);

	control_release(control.base, HOST_CONTROL_VM_ROOT, 4, GRANULE_TABLE, who);
	control_release(control.base, HOST_CONTROL_DESCRIPTOR, 1, GRANULE_CONTEXT, who);
	control_release(control.base, HOST_CONTROL_NOTICE, 1, GRANULE_NOTICE, who);
	control_release(control.base, HOST_CONTROL_CONTEXTS, 2 * params->vcpu_count, GRANULE_CONTEXT, who);
	pair_publish(index, pair);
}

/* The caller's page is read once, into @out. */
MUST_CHECK static enum status params_copy(struct call *call, struct host_pair_params *out)
{
	struct pa_range page;
	enum status status = pa_range_make(call->args[0], GRANULE_BYTES, GRANULE_BYTES, &page);

	if (status == OK)
		status = source_hold(call, page);
	if (status != OK)
		return status;
	memcpy(out, pointer_to(page.base), sizeof(*out));
	source_release(page);
	return OK;
}

enum status memory_create(struct call *call)
{
	struct host_pair_params params;
	struct pa_range control;
	unsigned index;
	enum status status = params_copy(call, &params);

	if (status == OK)
		status = params_check(&params, &control);
	if (status == OK)
		status = pair_slot_take(&index);
	if (status != OK)
		return status;
	status = hold(call, control, GRANULE_OUTER, WHO_OUTER);
	if (status != OK) {
		pair_slot_drop(index);
		return status;
	}
	create_commit(index, &params, control);
	call->results[0] = pair_handle(index);
	return OK;
}

/* --- pool --- */

/* Work of one call: at most HOST_MOVE_MAX, and not past the next 2 MiB boundary of @address. */
static uint64_t chunk_bytes(uint64_t address, uint64_t bytes, uint64_t limit)
{
	uint64_t to_boundary = BLOCK_BYTES - (address & (BLOCK_BYTES - 1));
	uint64_t chunk = bytes < limit ? bytes : limit;

	return chunk < to_boundary ? chunk : to_boundary;
}

static void pool_commit(struct pair *pair, struct pa_range range)
{
	stage2_outer_close(range);
	zero_range(range);
	granule_release(range, GRANULE_TABLE, who_make(pair->index, HOST_ROLE_BOX));
	for (uint64_t done = 0; done < range.bytes; done += GRANULE_BYTES)
		pool_add(&pair->pool, pa_add(range.base, done));
	pair->granule_count += range.bytes >> GRANULE_SHIFT;
}

enum status memory_pool_add(struct call *call)
{
	struct pair_slot *slot;
	struct pa_range range;
	enum status status = pa_range_make(call->args[1], call->args[2], GRANULE_BYTES, &range);

	if (status == OK)
		status = pair_begin(call->args[0], IN_NEW, &slot);
	if (status != OK)
		return status;
	range.bytes = chunk_bytes(pa_value(range.base), range.bytes, HOST_MOVE_MAX);
	status = hold(call, range, GRANULE_OUTER, WHO_OUTER);
	if (status == OK) {
		pool_commit(slot->pair, range);
		call->results[0] = range.bytes;
	}
	pair_end(slot);
	return status;
}

/* --- donate and populate --- */

struct move {
	uint64_t role;
	struct ipa_range to;
	pa_t pa;
};

MUST_CHECK static enum status move_decode(uint64_t role, uint64_t ipa, uint64_t pa, uint64_t bytes, struct move *move)
{
	struct pa_range range;
	enum status status = ipa_range_make(ipa, bytes, GRANULE_BYTES, &move->to);

	if (status == OK)
		status = pa_range_make(pa, bytes, GRANULE_BYTES, &range);
	if (status != OK || role > HOST_ROLE_VM)
		return ERR_ARGS;
	move->role = role;
	move->pa = range.base;
	return OK;
}

/* Memory of a confidential VM gets tables of the box's window with it, all closed. */
static bool has_own_window(const struct pair *pair, const struct move *move)
{
	return pair->class == HOST_CLASS_CONFIDENTIAL && move->role == HOST_ROLE_VM;
}

/* Is the destination inside the domain's RAM, free, and are there tables for it? */
MUST_CHECK static enum status move_check(struct call *call, struct pair *pair, const struct move *move)
{
	const struct domain *domain = &pair->domains[move->role];

	call->refused = ipa_value(move->to.base);
	if (!range_is_inside(ipa_value(move->to.base), move->to.bytes, domain->ram_base, domain->ram_bytes))
		return ERR_ARGS;
	if (!stage2_is_clear(&domain->stage2, move->to))
		return ERR_STATE;
	uint64_t needed = stage2_tables_needed(&domain->stage2, move->to, move->pa);

	if (has_own_window(pair, move))
		needed += stage2_window_tables_needed(&pair->domains[HOST_ROLE_BOX].stage2, move->to);
	if (needed > pair->pool.count) {
		call->results[0] = needed;
		call->results[1] = pair->pool.count;
		return ERR_NO_MEMORY;
	}
	return OK;
}

static struct pa_range move_range(const struct move *move)
{
	return (struct pa_range){ move->pa, move->to.bytes };
}

/* Held, closed and filled memory becomes the domain's. */
static void move_finish(struct pair *pair, const struct move *move)
{
	granule_release(move_range(move), GRANULE_DATA, who_make(pair->index, (unsigned)move->role));
	/* First the window, for which tables were counted before folding gives some back. */
	if (has_own_window(pair, move))
		stage2_window_prepare(&pair->domains[HOST_ROLE_BOX].stage2, &pair->pool, move->to);
	stage2_map(&pair->domains[move->role].stage2, &pair->pool, move->to, move->pa);
	pair->granule_count += move->to.bytes >> GRANULE_SHIFT;
}

enum status memory_donate(struct call *call)
{
	struct pair_slot *slot;
	struct move move;
	enum status status = move_decode(call->args[1], call->args[2], call->args[3], call->args[4], &move);

	if (status == OK)
		status = pair_begin(call->args[0], IN_NEW, &slot);
	if (status != OK)
		return status;
	move.to.bytes = chunk_bytes(ipa_value(move.to.base), move.to.bytes, HOST_MOVE_MAX);
	status = move_check(call, slot->pair, &move);
	if (status == OK)
		status = hold(call, move_range(&move), GRANULE_OUTER, WHO_OUTER);
	if (status == OK) {
		stage2_outer_close(move_range(&move));
		zero_range(move_range(&move));
		move_finish(slot->pair, &move);
		call->results[0] = move.to.bytes;
	}
	pair_end(slot);
	return status;
}

void memory_run_end(const struct measurement_run *run, uint64_t chain[PAIR_CHAIN_WORDS])
{
	if (run->bytes != 0)
		anchor_hash_final(run, sizeof(*run), chain);
}

/* Content that is in place goes into the measurement. */
static void measure(struct domain *domain, const struct move *move)
{
	struct measurement_run *run = &domain->run;
	uint64_t base = ipa_value(move->to.base);

	if (base != run->base + run->bytes) {
		memory_run_end(run, domain->chain);
		*run = (struct measurement_run){ .base = base };
	}
	for (uint64_t done = 0; done < move->to.bytes; done += GRANULE_BYTES)
		anchor_hash_extend(pa_add(move->pa, done), base + done, run->digest);
	run->bytes += move->to.bytes;
}

static void populate_commit(struct pair *pair, const struct move *move, struct pa_range source)
{
	struct pa_range range = move_range(move);

	stage2_outer_close(range);
	memcpy(pointer_to(range.base), pointer_to(source.base), range.bytes);
	source_release(source);
	/* What is measured is what runs: at the point of coherency, where a VM without caches reads. */
	cache_clean_invalidate(pointer_to(range.base), range.bytes);
	measure(&pair->domains[move->role], move);
	move_finish(pair, move);
}

/* Destination and source are held, or nothing is. */
MUST_CHECK static enum status populate_hold(struct call *call, const struct move *move, struct pa_range source)
{
	enum status status = hold(call, move_range(move), GRANULE_OUTER, WHO_OUTER);

	if (status != OK)
		return status;
	status = source_hold(call, source);
	if (status != OK)
		granule_release(move_range(move), GRANULE_OUTER, WHO_OUTER);
	return status;
}

/* Ascending addresses: one content, one measurement. */
MUST_CHECK static enum status populate_check(struct call *call, struct pair *pair, const struct move *move)
{
	const struct measurement_run *run = &pair->domains[move->role].run;

	return ipa_value(move->to.base) < run->base + run->bytes ? ERR_ARGS : move_check(call, pair, move);
}

enum status memory_populate(struct call *call)
{
	struct pair_slot *slot;
	struct move move;
	struct pa_range source;
	enum status status = move_decode(call->args[1], call->args[2], call->args[3], call->args[5], &move);

	if (status == OK)
		status = pa_range_make(call->args[4], call->args[5], GRANULE_BYTES, &source);
	if (status == OK && range_overlaps(pa_value(move.pa), move.to.bytes, pa_value(source.base), source.bytes))
		status = ERR_ARGS;
	if (status == OK)
		status = pair_begin(call->args[0], IN_NEW, &slot);
	if (status != OK)
		return status;
	move.to.bytes = chunk_bytes(ipa_value(move.to.base), move.to.bytes, HOST_POPULATE_MAX);
	source.bytes = move.to.bytes;
	status = populate_check(call, slot->pair, &move);
	if (status == OK)
		status = populate_hold(call, &move, source);
	if (status == OK) {
		populate_commit(slot->pair, &move, source);
		call->results[0] = move.to.bytes;
	}
	pair_end(slot);
	return status;
}

/*
 * The anchor opens chunks into granules that are held and closed. From the first one on that it does not open, they go back:
 * that one zero in memory and in caches, for half of a chunk may be in it, the others as they were.
 */
MUST_CHECK static enum status image_commit(struct call *call, struct pair *pair, struct move *move)
{
	struct pa_range rest = move_range(move);
	uint64_t done = 0;
	enum status status = OK;

	stage2_outer_close(rest);
	for (; done < move->to.bytes && status == OK; done += status == OK ? GRANULE_BYTES : 0)
		status = anchor_image_chunk(call->args[1], call->args[0], pa_add(move->pa, done),
					    ipa_value(move->to.base) + done, &call->results[0]);
	if (status != OK) {
		zero_granule(pointer_to(pa_add(move->pa, done)));
		refusal(call->cpu, pair->contexts[HOST_ROLE_VM][0], HOST_EVENT_CHUNK, ipa_value(move->to.base) + done,
			call->results[0], 0, 0);
	}
	rest = (struct pa_range){ pa_add(move->pa, done), move->to.bytes - done };
	stage2_outer_open(rest, STAGE2_READ_WRITE);
	granule_release(rest, GRANULE_OUTER, WHO_OUTER);
	if (done == 0)
		return status;
	move->to.bytes = done;
	cache_clean_invalidate(pointer_to(move->pa), done);
	measure(&pair->domains[HOST_ROLE_VM], move);
	move_finish(pair, move);
	pair->image = call->args[1];
	call->results[0] = done;
	return OK;
}

enum status memory_populate_image(struct call *call)
{
	struct pair_slot *slot;
	struct move move;
	enum status status = move_decode(HOST_ROLE_VM, call->args[2], call->args[3], call->args[4], &move);

	if (status == OK)
		status = pair_begin(call->args[0], IN_NEW, &slot);
	if (status != OK)
		return status;
	move.to.bytes = chunk_bytes(ipa_value(move.to.base), move.to.bytes, HOST_POPULATE_MAX);
	if (slot->pair->image != 0 && slot->pair->image != call->args[1])
		status = ERR_STATE;
	if (status == OK)
		status = populate_check(call, slot->pair, &move);
	if (status == OK)
		status = hold(call, move_range(&move), GRANULE_OUTER, WHO_OUTER);
	if (status == OK)
		status = image_commit(call, slot->pair, &move);
	pair_end(slot);
	return status;
}

/* --- reclaim --- */

static bool is_reclaimable(uint8_t state)
{
	return state == GRANULE_TABLE || state == GRANULE_CONTEXT || state == GRANULE_NOTICE || state == GRANULE_DATA;
}

static pa_t descriptor_of(const struct pair *pair)
{
	return pair_control(pair, HOST_CONTROL_DESCRIPTOR);
}

/* Granules of one dead pair from @range's start on, held: how many bytes? At most HOST_MOVE_MAX. */
static uint64_t reclaim_hold(const struct pair *pair, struct pa_range range)
{
	uint64_t done = 0;

	for (; done < range.bytes && done < HOST_MOVE_MAX; done += GRANULE_BYTES) {
		struct pa_range one = { pa_add(range.base, done), GRANULE_BYTES };
		struct granule granule = granule_get(one.base);
		pa_t failed;

		if (!is_reclaimable(granule.state) || granule.who.who == 0 ||
		    (granule.who.who - 2u) / 2 != pair->index ||
		    pa_value(one.base) == pa_value(descriptor_of(pair)) ||
		    granule_hold(one, granule.state, granule.who, &failed) != OK)
			break;
	}
	return done;
}

/* Held granules of a dead pair go back: unreachable, zero, then the outer OS's. */
static void reclaim_commit(struct pa_range range)
{
	stage2_outer_close(range);
	zero_range(range);
	stage2_outer_open(range, STAGE2_READ_WRITE);
	granule_release(range, GRANULE_OUTER, WHO_OUTER);
}

/* The descriptor is the last granule of its pair: with it goes the slot. */
MUST_CHECK static enum status reclaim_descriptor(struct pair_slot *slot, struct pa_range one)
{
	pa_t failed;

	if (slot->pair->granule_count != 1)
		return ERR_STATE;
	enum status status = granule_hold(one, GRANULE_CONTEXT, who_make(slot->pair->index, HOST_ROLE_BOX), &failed);

	if (status != OK)
		return status;
	pair_free((unsigned)(slot - pair_slots));
	reclaim_commit(one);
	return OK;
}

/* pair_begin is held: the pair is dead and this call alone works on it. */
static enum status reclaim_from(struct call *call, struct pair_slot *slot, struct pa_range range)
{
	struct pair *pair = slot->pair;

	/* It may never have been activated: then the anchor has its image open. */
	if (pair->image != 0)
		anchor_image_close(pair->image, pair_handle(pair->index));
	pair->image = 0;
	if (pa_value(range.base) == pa_value(descriptor_of(pair))) {
		struct pa_range one = { range.base, GRANULE_BYTES };
		enum status status = reclaim_descriptor(slot, one);

		if (status != OK)
			pair_end(slot);
		call->results[0] = status == OK ? GRANULE_BYTES : 0;
		return status;
	}
	range.bytes = reclaim_hold(pair, range);
	if (range.bytes != 0) {
		reclaim_commit(range);
		pair->granule_count -= range.bytes >> GRANULE_SHIFT;
	}
	pair_end(slot);
	call->results[0] = range.bytes;
	return range.bytes != 0 ? OK : ERR_BUSY;
}

enum status memory_reclaim(struct call *call)
{
	struct pair_slot *slot;
	struct pa_range range;
	enum status status = pa_range_make(call->args[0], call->args[1], GRANULE_BYTES, &range);

	if (status != OK)
		return status;
	struct granule granule = granule_get(range.base);

	call->refused = pa_value(range.base);
	if (granule.state == GRANULE_MOVING)
		return ERR_BUSY;
	if (!is_reclaimable(granule.state) || granule.who.who < 2)
		return ERR_DENIED;
	unsigned index = (granule.who.who - 2u) / 2;

	if (!pair_reap(index))
		return atomic_load(&pair_slots[index].state) == HOST_PAIR_DYING ? ERR_BUSY : ERR_STATE;
	status = pair_begin(pair_handle(index), BIT(HOST_PAIR_DEAD), &slot);
	return status == OK ? reclaim_from(call, slot, range) : status;
}

/* --- share --- */

/* One granule of the box's own RAM: the pair runs, so nothing of it can be reclaimed while the leaf is written. */
enum status memory_share(struct call *call)
{
	const struct domain *domain = &call->context->pair->domains[HOST_ROLE_BOX];
	struct ipa_range range;
	enum status status = ipa_range_make(call->args[0], GRANULE_BYTES, GRANULE_BYTES, &range);

	if (status != OK)
		return status;
	struct pa_result found = stage2_lookup(&domain->stage2, range.base);

	if (found.status != OK)
		return ERR_DENIED;
	struct pa_range granule = { found.pa, GRANULE_BYTES };

	if (call->id == BOX_SHARE)
		stage2_outer_open(granule, STAGE2_READ_WRITE);
	else
		stage2_outer_close(granule);
	return OK;
}
