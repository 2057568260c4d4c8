/*
 * HOST_ACTIVATE. Decides what a measurement covers beside memory, which boxes and VMs may run, and where they start.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "lib/memory.h"
#include "mediator/anchor.h"
#include "mediator/log.h"
#include "mediator/memory.h"
#include "mediator/policy.h"

/* A VM by its image's manifest, if it has an image; all others by the policy. */
static bool may_run(struct pair *pair, uint64_t handle, unsigned role, const uint64_t measurement[PAIR_CHAIN_WORDS])
{
	if (role == HOST_ROLE_VM && pair->image != 0)
		return anchor_image_check(pair->image, handle, measurement, pair->owner, &pair->image_counter);
	return policy_allows(role, measurement);
}

static void measure_final(const struct pair *pair, unsigned role, const uint64_t box[PAIR_CHAIN_WORDS],
			  uint64_t out[PAIR_CHAIN_WORDS])
{
	const struct domain *domain = &pair->domains[role];
	bool is_vm = role == HOST_ROLE_VM;
	struct measurement_header header = {
		.role = role,
		.class = is_vm ? pair->class : 0,
		.options = is_vm ? pair->options : 0,
		.vcpu_count = is_vm ? pair->vcpu_count : 0,
		.ram_base = domain->ram_base,
		.ram_bytes = domain->ram_bytes,
		.entry = is_vm ? pair->vm_entry : BOX_RAM_BASE,
		.x0 = is_vm ? pair->vm_x0 : 0,
	};

	if (is_vm)
		memcpy(header.box, box, sizeof(header.box));
	memcpy(out, domain->chain, HOST_MEASUREMENT_BYTES);
	memory_run_end(&domain->run, out);
	anchor_hash_final(&header, sizeof(header), out);
}

static void activate_commit(struct pair_slot *slot, uint64_t measurements[2][PAIR_CHAIN_WORDS])
{
	struct pair *pair = slot->pair;
	struct context *box = pair->contexts[HOST_ROLE_BOX][0];
	struct context *vm = pair->contexts[HOST_ROLE_VM][0];
	struct stage2 *vm_stage2 = &pair->domains[HOST_ROLE_VM].stage2;
	uint64_t now = read_cntpct_el0();

	for (unsigned role = 0; role < 2; role++) {
		memcpy(pair->domains[role].chain, measurements[role], HOST_MEASUREMENT_BYTES);
		pair->domains[role].is_final = true;
		/* Virtual time of both starts at activation. */
		for (unsigned i = 0; i < pair->vcpu_count; i++)
			pair->contexts[role][i]->timer.offset = now;
	}
	stage2_show(vm_stage2, vm_stage2);
	if (pair->class == HOST_CLASS_ISOLATED)
		stage2_show(&pair->domains[HOST_ROLE_BOX].stage2, vm_stage2);
	cache_invalidate_instructions();
	box->start_pc = BOX_RAM_BASE;
	vm->start_pc = pair->vm_entry;
	vm->start_x0 = pair->vm_x0;
	atomic_store(&box->power, POWER_ON_PENDING);
	atomic_store(&vm->power, POWER_ON_PENDING);
	spin_lock(&slot->lock);
	/* A terminate that came meanwhile wins. */
	if (!atomic_load(&slot->mark))
		atomic_store(&slot->state, HOST_PAIR_ACTIVE);
	spin_unlock(&slot->lock);
}

enum status memory_activate(struct call *call)
{
	uint64_t measurements[2][PAIR_CHAIN_WORDS];
	struct pair_slot *slot;
	enum status status = pair_begin(call->args[0], BIT(HOST_PAIR_NEW), &slot);

	if (status != OK)
		return status;
	measure_final(slot->pair, HOST_ROLE_BOX, NULL, measurements[HOST_ROLE_BOX]);
	measure_final(slot->pair, HOST_ROLE_VM, measurements[HOST_ROLE_BOX], measurements[HOST_ROLE_VM]);
	for (unsigned role = 0; role < 2 && status == OK; role++) {
		if (may_run(slot->pair, call->args[0], role, measurements[role]))
			continue;
		const uint64_t *m = measurements[role];
		bool is_image = role == HOST_ROLE_VM && slot->pair->image != 0;

		status = ERR_AUTH;
		call->results[0] = role;
		memcpy(&call->results[1], m, HOST_MEASUREMENT_BYTES);
		call->results[5] = measurements[HOST_ROLE_BOX][0];
		refusal(call->cpu, slot->pair->contexts[role][0], is_image ? HOST_EVENT_IMAGE : HOST_EVENT_MEASUREMENT, m[0],
			m[1], m[2], m[3]);
	}
	if (status == OK)
		activate_commit(slot, measurements);
	pair_end(slot);
	return status;
}
