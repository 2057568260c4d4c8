/*
 * The outer OS calls the mediator with hostile arguments: memory that is not its own, ranges that wrap or
 * end elsewhere than they begin, objects that are not there, calls that are not its own.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "abi/box.h"
#include "abi/monitor.h"
#include "abi/psci.h"
#include "abi/rsi.h"
#include "arch/cpu.h"
#include "lib/addr.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/frames.h"
#include "lwk/machine.h"
#include "tests/attack/outer.h"

#define NEVER	0xffffffffffffffffull
#define TOP	0xfffffffffffff000ull


/* Ranges that no call may take, whoever owns what. */
static void ranges_attack(const struct outer_pair *pair)
{
	uint64_t h = pair->handle, pa = pair->block;

	outer_refused(HOST_ERR_ARGS, "donate of nothing", HOST_DONATE, h, HOST_ROLE_VM, PLAT_RAM_BASE, pa, 0);
	outer_refused(HOST_ERR_ARGS, "donate of half a granule", HOST_DONATE, h, HOST_ROLE_VM, PLAT_RAM_BASE, pa, 0x800);
	outer_refused(HOST_ERR_ARGS, "donate from the middle of a granule", HOST_DONATE, h, HOST_ROLE_VM,
		      PLAT_RAM_BASE, pa + 8, GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "donate of a range that wraps", HOST_DONATE, h, HOST_ROLE_VM, PLAT_RAM_BASE, TOP,
		      2 * GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "donate of 2^63 bytes", HOST_DONATE, h, HOST_ROLE_VM, PLAT_RAM_BASE, pa, 1ull << 63);
	outer_refused(HOST_ERR_ARGS, "donate to a guest address that wraps", HOST_DONATE, h, HOST_ROLE_VM, TOP, pa,
		      2 * GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "donate past the VM's RAM", HOST_DONATE, h, HOST_ROLE_VM,
		      PLAT_RAM_BASE + OUTER_PAIR_RAM, pa, GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "donate below the VM's RAM", HOST_DONATE, h, HOST_ROLE_VM, 0x08000000, pa,
		      GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "donate into the upper half", HOST_DONATE, h, HOST_ROLE_VM,
		      BOX_WINDOW | PLAT_RAM_BASE, pa, GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "donate to a role that does not exist", HOST_DONATE, h, 2, PLAT_RAM_BASE, pa,
		      GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "reclaim of a range that wraps", HOST_RECLAIM, TOP, 2 * GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "pool of a range that wraps", HOST_POOL_ADD, h, TOP, 2 * GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "look at a granule past 2^48", HOST_GRANULE_INFO, 1ull << 50);
}

/* Memory that is not the outer OS's to give. */
static void foreign_attack(const struct outer_pair *pair, const struct vm *victim)
{
	const struct vm_memory *v = &victim->memory;
	const struct {
		const char *what;
		uint64_t pa;
	} foreign[] = {
		{ "mediator code", PLAT_MEDIATOR_BASE },
		{ "ownership records", PLAT_MEDIATOR_BASE + PLAT_MEDIATOR_IMAGE_BYTES },
		{ "secure RAM", PLAT_MONITOR_BASE },
		{ "a device", PLAT_UART0_BASE },
		{ "VM memory", v->ram[0].pa },
		{ "box memory", v->box.pa },
		{ "the box's shared page", v->box.pa + v->box.bytes - GRANULE_BYTES },
		{ "a translation table", v->control },
		{ "a pair's descriptor", v->control + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES },
		{ "a notice page", v->control + HOST_CONTROL_NOTICE * GRANULE_BYTES },
		{ "a VM's registers", v->control + (HOST_CONTROL_CONTEXTS + 1) * GRANULE_BYTES },
		{ "a table pool", v->pool[0].pa },
		{ "own table pool, given already", pair->pool },
		{ "own control area, given already", pair->control },
		{ "the loader window", machine.initrd.base },
	};
	char what[96];

	for (size_t i = 0; i < ARRAY_COUNT(foreign); i++) {
		uint64_t pa = foreign[i].pa;

		print_string(what, sizeof(what), "donate of %s", foreign[i].what);
		outer_refused(HOST_ERR_DENIED, what, HOST_DONATE, pair->handle, HOST_ROLE_VM, PLAT_RAM_BASE, pa,
			      GRANULE_BYTES);
		print_string(what, sizeof(what), "populate onto %s", foreign[i].what);
		outer_refused(HOST_ERR_DENIED, what, HOST_POPULATE, pair->handle, HOST_ROLE_VM, PLAT_RAM_BASE, pa,
			      pair->params, GRANULE_BYTES);
		print_string(what, sizeof(what), "pool of %s", foreign[i].what);
		outer_refused(HOST_ERR_DENIED, what, HOST_POOL_ADD, pair->handle, pa, GRANULE_BYTES);
		print_string(what, sizeof(what), "log records into %s", foreign[i].what);
		outer_refused(HOST_ERR_DENIED, what, HOST_RING_READ, 0, HOST_RING_LOG, 0, pa);
		/* Its content is nobody's secret: it may be a source. */
		if (pa == machine.initrd.base)
			continue;
		print_string(what, sizeof(what), "populate from %s", foreign[i].what);
		outer_refused(HOST_ERR_DENIED, what, HOST_POPULATE, pair->handle, HOST_ROLE_VM, PLAT_RAM_BASE,
			      pair->block, pa, GRANULE_BYTES);
		print_string(what, sizeof(what), "parameters from %s", foreign[i].what);
		outer_refused(HOST_ERR_DENIED, what, HOST_PAIR_CREATE, pa);
	}
}

/* The first granule is legal, the last is not: nothing may change. */
static void straddle_attack(const struct outer_pair *pair)
{
	uint64_t last_own = PLAT_MEDIATOR_BASE - GRANULE_BYTES;
	struct host_granule granule;

	outer_refused(HOST_ERR_DENIED, "donate of own memory and the mediator's behind it", HOST_DONATE, pair->handle,
		      HOST_ROLE_VM, PLAT_RAM_BASE, last_own, 2 * GRANULE_BYTES);
	attack_begin("finding the first half of it moved");
	bool kept = host_granule(last_own, &granule) == HOST_OK && granule.state == GRANULE_OUTER;
	uint64_t value;

	attack_end(kept && outer_read(last_own, &value) == 0, "it is the outer OS's still, and mapped");
	outer_refused(HOST_ERR_DENIED, "donate past the end of RAM", HOST_DONATE, pair->handle, HOST_ROLE_VM,
		      PLAT_RAM_BASE, machine_ram_end() - GRANULE_BYTES, 2 * GRANULE_BYTES);
}

/* One granule, two takers. */
static void double_attack(const struct outer_pair *first, const struct outer_pair *second)
{
	uint64_t pa = first->block;
	uint64_t donate[8] = { HOST_DONATE, first->handle, HOST_ROLE_VM, PLAT_RAM_BASE, pa, GRANULE_BYTES };
	uint64_t value;

	if (outer_call(donate) != HOST_OK) {
		attack_begin("donate of own memory");
		attack_end(false, "%s: the attack cannot be made", record_status((int64_t)donate[0]));
		return;
	}
	outer_refused(HOST_ERR_DENIED, "donate of a granule that another pair has", HOST_DONATE, second->handle,
		      HOST_ROLE_VM, PLAT_RAM_BASE, pa, GRANULE_BYTES);
	outer_refused(HOST_ERR_DENIED, "donate of a granule to the same VM at a second address", HOST_DONATE,
		      first->handle, HOST_ROLE_VM, PLAT_RAM_BASE + GRANULE_BYTES, pa, GRANULE_BYTES);
	outer_refused(HOST_ERR_DENIED, "donate of a granule to the VM's own box", HOST_DONATE, first->handle,
		      HOST_ROLE_BOX, BOX_RAM_BASE, pa, GRANULE_BYTES);
	outer_refused(HOST_ERR_STATE, "donate to a guest address that has memory", HOST_DONATE, first->handle,
		      HOST_ROLE_VM, PLAT_RAM_BASE, pa + GRANULE_BYTES, GRANULE_BYTES);
	outer_refused(HOST_ERR_STATE, "populate of a guest address that has memory", HOST_POPULATE, first->handle,
		      HOST_ROLE_VM, PLAT_RAM_BASE, pa + GRANULE_BYTES, first->params, GRANULE_BYTES);
	outer_refused(HOST_ERR_ARGS, "populate of a granule from itself", HOST_POPULATE, first->handle, HOST_ROLE_VM,
		      PLAT_RAM_BASE + GRANULE_BYTES, pa + GRANULE_BYTES, pa + GRANULE_BYTES, GRANULE_BYTES);
	outer_refused(HOST_ERR_STATE, "reclaim from a pair that lives", HOST_RECLAIM, pa, GRANULE_BYTES);
	attack_begin("read of a donated granule at 0x%llx", (unsigned long long)pa);
	attack_end_logged(guard_is_abort(outer_read(pa, &value)), "aborted");
}

/* Each parameter out of its range. */
static void params_attack(struct outer_pair *pair)
{
	struct host_pair_params *params = (void *)(uintptr_t)pair->params;
	const struct host_pair_params good = {
		.control_pa = pair->block, .vm_ram_bytes = OUTER_PAIR_RAM, .box_ram_bytes = BLOCK_BYTES,
		.vm_entry = PLAT_RAM_BASE, .vcpu_count = 1, .class = HOST_CLASS_ISOLATED,
	};
#define TRY(status, what, field, value)							\
	do {										\
		*params = good;								\
		params->field = value;							\
		outer_refused(status, "create with " what, HOST_PAIR_CREATE, pair->params);	\
	} while (0)
	TRY(HOST_ERR_ARGS, "no vCPU", vcpu_count, 0);
	TRY(HOST_ERR_ARGS, "one vCPU too many", vcpu_count, HOST_VCPU_MAX + 1);
	TRY(HOST_ERR_ARGS, "2^32 - 1 vCPUs", vcpu_count, 0xffffffff);
	TRY(HOST_ERR_ARGS, "an unknown class", class, 7);
	TRY(HOST_ERR_ARGS, "unknown options", options, 1);
	TRY(HOST_ERR_ARGS, "a reserved field set", reserved[8], 1);
	TRY(HOST_ERR_ARGS, "no RAM", vm_ram_bytes, 0);
	TRY(HOST_ERR_ARGS, "RAM that wraps", vm_ram_bytes, 0xffffffffffe00000ull);
	TRY(HOST_ERR_ARGS, "RAM of a granule", vm_ram_bytes, GRANULE_BYTES);
	TRY(HOST_ERR_ARGS, "box RAM past 40 bits", box_ram_bytes, 1ull << 40);
	TRY(HOST_ERR_ARGS, "an entry outside the VM", vm_entry, 0x1000);
	TRY(HOST_ERR_ARGS, "an entry at the end of the VM", vm_entry, PLAT_RAM_BASE + OUTER_PAIR_RAM);
	TRY(HOST_ERR_ARGS, "a control area that is not aligned", control_pa, pair->block + GRANULE_BYTES);
	TRY(HOST_ERR_DENIED, "a control area in the mediator", control_pa, PLAT_MEDIATOR_BASE);
	TRY(HOST_ERR_DENIED, "a control area in secure RAM", control_pa, PLAT_MONITOR_BASE);
	TRY(HOST_ERR_DENIED, "a control area of its own", control_pa, pair->control);
#undef TRY
	outer_refused(HOST_ERR_ARGS, "create from the middle of a granule", HOST_PAIR_CREATE, pair->params + 8);
}

/* Handles: none, stale, too large, not yet ready. */
static void handles_attack(const struct outer_pair *pair, const struct vm *victim)
{
	const uint64_t bad[] = { 0, NEVER, HOST_PAIR_MAX + 1, pair->handle ^ 1ull << 32, 1ull << 63 | 1 };
	const uint64_t ids[] = { HOST_POOL_ADD, HOST_ACTIVATE, HOST_RUN, HOST_NOTIFY, HOST_TERMINATE };
	char what[64];

	for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
		for (size_t j = 0; j < ARRAY_COUNT(ids); j++) {
			uint64_t a = ids[j] == HOST_POOL_ADD ? pair->block : 0;
			uint64_t b = ids[j] == HOST_POOL_ADD ? GRANULE_BYTES : 0;

			print_string(what, sizeof(what), "handle 0x%llx", (unsigned long long)bad[i]);
			outer_refused(HOST_ERR_NOT_FOUND, what, ids[j], bad[i], a, b);
		}
	}
	outer_refused(HOST_ERR_STATE, "run of a pair that is not active", HOST_RUN, pair->handle, 0);
	outer_refused(HOST_ERR_STATE, "notice to a pair that is not active", HOST_NOTIFY, pair->handle);
	outer_refused(HOST_ERR_ARGS, "run of a vCPU that is not there", HOST_RUN, victim->handle, HOST_VCPU_MAX);
	outer_refused(HOST_ERR_ARGS, "run of vCPU 2^64 - 1", HOST_RUN, victim->handle, NEVER);
	outer_refused(HOST_ERR_STATE, "donate to a VM that runs", HOST_DONATE, victim->handle, HOST_ROLE_VM,
		      PLAT_RAM_BASE, pair->block, GRANULE_BYTES);
	outer_refused(HOST_ERR_STATE, "more tables for a VM that runs", HOST_POOL_ADD, victim->handle, pair->block,
		      GRANULE_BYTES);
	outer_refused(HOST_ERR_STATE, "second activation", HOST_ACTIVATE, victim->handle);
	outer_refused(HOST_ERR_STATE, "reclaim of a VM that runs", HOST_RECLAIM, victim->memory.ram[0].pa, GRANULE_BYTES);
	outer_refused(HOST_ERR_STATE, "reclaim of a descriptor that is in use", HOST_RECLAIM,
		      victim->memory.control + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES, GRANULE_BYTES);
	outer_refused(HOST_ERR_DENIED, "reclaim of the mediator", HOST_RECLAIM, PLAT_MEDIATOR_BASE, GRANULE_BYTES);
	outer_refused(HOST_ERR_DENIED, "reclaim of what was never given", HOST_RECLAIM, pair->params, GRANULE_BYTES);
	outer_refused(HOST_ERR_MEASUREMENT, "activation of an empty VM", HOST_ACTIVATE, pair->handle);
	outer_refused(HOST_ERR_ARGS, "log of a CPU that is not there", HOST_RING_READ, PLAT_CPU_MAX, 0, 0, pair->params);
	outer_refused(HOST_ERR_ARGS, "a ring that is not there", HOST_RING_READ, 0, 2, 0, pair->params);
	outer_refused(HOST_ERR_ARGS, "a pair that is not there", HOST_PAIR_INFO, HOST_PAIR_MAX);
	outer_refused(HOST_ERR_ARGS, "measurement of an unknown role", HOST_PAIR_MEASUREMENT, victim->handle, 2);
	outer_refused(HOST_ERR_NOT_FOUND, "a boot measurement that is not there", HOST_BOOT_MEASUREMENT, NEVER);
}

/* After its end a pair's handle means nothing, and its memory is zero. */
static void ended_attack(void)
{
	struct outer_pair pair;

	if (!outer_pair_make(&pair))
		return;
	uint64_t handle = pair.handle;
	uint64_t donate[8] = { HOST_DONATE, handle, HOST_ROLE_VM, PLAT_RAM_BASE, pair.block, BLOCK_BYTES };

	(void)outer_call(donate);
	uint64_t nonzero = outer_pair_end(&pair);

	attack_begin("finding content in what came back");
	attack_end(nonzero == 0, "%llu granules were not zero", (unsigned long long)nonzero);
	outer_refused(HOST_ERR_NOT_FOUND, "a handle whose pair is gone", HOST_TERMINATE, handle);
	outer_refused(HOST_ERR_NOT_FOUND, "a handle whose pair is gone", HOST_RUN, handle, 0);
}

/* Calls that are not the outer OS's, and firmware that must not be reached past the mediator. */
static void smc_attack(const struct vm *victim)
{
	const struct {
		const char *what;
		uint64_t x[4];
		int64_t expected;
	} tries[] = {
		{ "hash chain of the trust anchor", { ANCHOR_HASH_INIT }, -1 },
		{ "the trust anchor hashes secure RAM", { ANCHOR_HASH_EXTEND, PLAT_MONITOR_BASE }, -1 },
		{ "start of the trust anchor", { ANCHOR_START, PLAT_RAM_BASE }, -1 },
		{ "stop of the machine by the monitor", { MONITOR_FAIL }, -1 },
		{ "a box call", { BOX_VM_RUN }, -1 },
		{ "an unknown host call", { HOST_CALL_END }, -1 },
		{ "version of the realm services", { RSI_VERSION, RSI_VERSION_1_0 }, -1 },
		{ "sharing of a VM's page", { RSI_IPA_STATE_SET, PLAT_RAM_BASE, PLAT_RAM_BASE + GRANULE_BYTES }, -1 },
		{ "extension of a measurement", { RSI_MEASUREMENT_EXTEND, 1, 8 }, -1 },
		{ "a realm's configuration", { RSI_REALM_CONFIG, victim->memory.ram[0].pa }, -1 },
		{ "a realm's host call", { RSI_HOST_CALL, victim->memory.ram[0].pa }, -1 },
		{ "CPU_ON in the mediator", { PSCI_CPU_ON_64, 1, PLAT_MEDIATOR_BASE }, PSCI_INVALID_ADDRESS },
		{ "CPU_ON in the monitor", { PSCI_CPU_ON_64, 1, PLAT_MONITOR_BASE }, PSCI_INVALID_ADDRESS },
		{ "CPU_ON in VM memory", { PSCI_CPU_ON_64, 1, victim->memory.ram[0].pa }, PSCI_INVALID_ADDRESS },
		{ "CPU_ON of a CPU that is not there", { PSCI_CPU_ON_64, 99, PLAT_OUTER_BASE }, PSCI_INVALID_PARAMETERS },
		{ "CPU_ON of the CPU that asks", { PSCI_CPU_ON_64, 0, PLAT_OUTER_BASE }, PSCI_ALREADY_ON },
		{ "AFFINITY_INFO of a cluster", { PSCI_AFFINITY_INFO_64, 0, 1 }, PSCI_INVALID_PARAMETERS },
		{ "SYSTEM_RESET2, vendor type", { 0xc4000012, 1ull << 31 }, PSCI_NOT_SUPPORTED },
		{ "a trusted-OS call", { 0x32000000 }, -1 },
		{ "a silicon-provider call", { 0x82000000 }, -1 },
	};

	for (size_t i = 0; i < 2 * ARRAY_COUNT(tries); i++) {
		struct smc_args args = { .x = { 0 } };
		bool by_smc = i % 2 == 0;

		for (unsigned j = 0; j < 4; j++)
			args.x[j] = tries[i / 2].x[j];
		attack_begin("%s by %s (0x%llx)", tries[i / 2].what, by_smc ? "SMC" : "HVC", (unsigned long long)args.x[0]);
		if (by_smc)
			smc_call(&args);
		else
			hvc_call(&args);
		attack_end((int64_t)args.x[0] == tries[i / 2].expected, "answer %lld", (long long)args.x[0]);
	}
}

void outer_calls(struct vm *victim)
{
	struct outer_pair first, second;

	if (!outer_pair_make(&first) || !outer_pair_make(&second)) {
		attack_begin("making pairs");
		attack_end(false, "the attacks cannot be made");
		return;
	}
	ranges_attack(&first);
	foreign_attack(&first, victim);
	straddle_attack(&first);
	params_attack(&second);
	handles_attack(&first, victim);
	double_attack(&first, &second);
	(void)outer_pair_end(&first);
	(void)outer_pair_end(&second);
	ended_attack();
	smc_attack(victim);
}
