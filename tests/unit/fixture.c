/*
 * Pairs for tests.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "mediator/virq.h"

#define IMAGE_MARK 0x1ca6e

static struct fixture shared_fixture;
/* Class and options of pairs that are created. */
static uint32_t made_class = HOST_CLASS_ISOLATED;
static uint64_t made_options;

void fixture_class(uint32_t class, uint64_t options)
{
	made_class = class;
	made_options = options;
}

struct host_pair_params *fixture_params(uint64_t pa, uint64_t control, unsigned vcpu_count)
{
	struct host_pair_params *params = fake_pointer(pa);

	*params = (struct host_pair_params){
		.control_pa = control, .vm_ram_bytes = 8 * MIB, .box_ram_bytes = 2 * MIB,
		.vm_entry = FIXTURE_VM_ENTRY, .vm_x0 = FIXTURE_VM_X0, .vcpu_count = vcpu_count,
		.class = made_class, .options = made_options,
	};
	return params;
}

void fixture_create(struct fixture *f, unsigned vcpu_count)
{
	*f = (struct fixture){ .vcpu_count = vcpu_count };
	f->params = machine_take(GRANULE_BYTES, GRANULE_BYTES);
	f->control = machine_take(HOST_CONTROL_GRANULES(vcpu_count) * GRANULE_BYTES, 2 * GRANULE_BYTES);
	fixture_params(f->params, f->control, vcpu_count);
	assert_int_equal(call(HOST_PAIR_CREATE, f->params), HOST_OK);
	f->handle = machine_x[1];
	assert_true(f->handle != 0);
}

void fixture_pool(struct fixture *f)
{
	f->pool = machine_take(FIXTURE_POOL, GRANULE_BYTES);
	assert_int_equal(call(HOST_POOL_ADD, f->handle, f->pool, FIXTURE_POOL), HOST_OK);
	assert_hex(machine_x[1], FIXTURE_POOL);
}

static uint64_t image_make(unsigned role)
{
	uint64_t source = machine_take(GRANULE_BYTES, GRANULE_BYTES);

	for (uint64_t at = 0; at < GRANULE_BYTES; at += 8)
		*machine_at(source + at) = IMAGE_MARK * (role + 1) + at;
	return source;
}

static void domain_fill(const struct fixture *f, unsigned role, uint64_t base, uint64_t *image, uint64_t *ram,
			uint64_t donated)
{
	uint64_t source = image_make(role);

	*image = machine_take(GRANULE_BYTES, GRANULE_BYTES);
	*ram = machine_take(donated, GRANULE_BYTES);
	assert_int_equal(call(HOST_POPULATE, f->handle, role, base, *image, source, GRANULE_BYTES), HOST_OK);
	assert_hex(machine_x[1], GRANULE_BYTES);
	assert_int_equal(call(HOST_DONATE, f->handle, role, base + GRANULE_BYTES, *ram, donated), HOST_OK);
	assert_hex(machine_x[1], donated);
}

void fixture_fill(struct fixture *f)
{
	domain_fill(f, HOST_ROLE_BOX, BOX_RAM_BASE, &f->box_image, &f->box_ram, FIXTURE_BOX_DONATED);
	domain_fill(f, HOST_ROLE_VM, PLAT_RAM_BASE, &f->vm_image, &f->vm_ram, FIXTURE_VM_DONATED);
}

static void populated_mix(uint64_t chain[4], unsigned role, uint64_t address)
{
	uint64_t content[GRANULE_BYTES / 8];

	for (unsigned i = 0; i < ARRAY_COUNT(content); i++)
		content[i] = IMAGE_MARK * (role + 1) + 8ull * i;
	machine_mix(chain, &address, sizeof(address));
	machine_mix(chain, content, sizeof(content));
}

void fixture_measurement(const struct fixture *f, unsigned role, uint64_t out[4])
{
	bool is_vm = role == HOST_ROLE_VM;
	struct measurement_header header = {
		.role = role, .class = is_vm ? made_class : 0, .options = is_vm ? made_options : 0,
		.vcpu_count = is_vm ? f->vcpu_count : 0,
		.ram_base = 0x40000000, .ram_bytes = is_vm ? 8 * MIB : 2 * MIB,
		.entry = is_vm ? FIXTURE_VM_ENTRY : 0x40000000, .x0 = is_vm ? FIXTURE_VM_X0 : 0,
	};
	struct measurement_run run = { .base = 0x40000000, .bytes = GRANULE_BYTES };
	uint64_t box[4];

	if (is_vm) {
		fixture_measurement(f, HOST_ROLE_BOX, box);
		memcpy(header.box, box, sizeof(header.box));
	}
	memset(out, 0, 32);
	machine_mix(out, is_vm ? "vm" : "box", 2);
	populated_mix(run.digest, role, 0x40000000);
	machine_mix(out, &run, sizeof(run));
	machine_mix(out, &header, sizeof(header));
}

static void policy_add(unsigned role, const uint64_t measurement[4])
{
	struct boot_policy_entry *entry = &machine_boot_info.policy[machine_boot_info.policy_count++];

	*entry = (struct boot_policy_entry){ .role = role };
	memcpy(entry->sha256, measurement, sizeof(entry->sha256));
}

void fixture_allow(const struct fixture *f)
{
	uint64_t measurement[4];

	for (unsigned role = 0; role < 2; role++) {
		fixture_measurement(f, role, measurement);
		policy_add(role, measurement);
	}
}

void fixture_activate(struct fixture *f, unsigned vcpu_count)
{
	fixture_create(f, vcpu_count);
	fixture_pool(f);
	fixture_fill(f);
	fixture_allow(f);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
}

struct pair *fixture_pair(const struct fixture *f)
{
	return pair_lookup(f->handle)->pair;
}

struct context *fixture_context(const struct fixture *f, unsigned role, unsigned vcpu)
{
	return fixture_pair(f)->contexts[role][vcpu];
}

struct context *fixture_run(const struct fixture *f, unsigned vcpu)
{
	struct context *box = fixture_context(f, HOST_ROLE_BOX, vcpu);

	call(HOST_RUN, f->handle, vcpu);
	assert_true(machine_is_in(box));
	return box;
}

struct context *fixture_run_vm(void)
{
	struct context *vm = machine_context()->vcpu->vm;

	call(BOX_VM_RUN, BOX_ANSWER_NONE);
	assert_true(machine_is_in(vm));
	return vm;
}

void fixture_leave(void)
{
	struct context *outer = machine_cpu()->outer;

	/* A disabled or masked interrupt is no reason to leave. */
	outer->virq.vmcr = ICH_VMCR_VENG1 | 0xffull << ICH_VMCR_VPMR_SHIFT;
	outer->virq.private_enabled |= (uint32_t)BIT(HOST_INTID_NOTICE);
	virq_set_private(outer, HOST_INTID_NOTICE);
	machine_irq(INTID_KICK);
	assert_true(machine_is_in(outer));
	assert_int_equal(machine_context()->frame.x[1], HOST_EXIT_INTERRUPTED);
	assert_int_equal(guest_acknowledge(), HOST_INTID_NOTICE);
	guest_end(HOST_INTID_NOTICE);
}

int fixture_bare_1(void **state)
{
	machine_boot(1);
	fixture_class(HOST_CLASS_ISOLATED, 0);
	fixture_create(&shared_fixture, 2);
	*state = &shared_fixture;
	return 0;
}

int fixture_new_1(void **state)
{
	fixture_bare_1(state);
	fixture_pool(&shared_fixture);
	return 0;
}

int fixture_filled_1(void **state)
{
	fixture_new_1(state);
	fixture_fill(&shared_fixture);
	return 0;
}

static int active(void **state, unsigned cpu_count, uint32_t class, uint64_t options)
{
	machine_boot(cpu_count);
	fixture_class(class, options);
	fixture_activate(&shared_fixture, 2);
	*state = &shared_fixture;
	return 0;
}

int fixture_active_1(void **state)
{
	return active(state, 1, HOST_CLASS_ISOLATED, 0);
}

int fixture_active_2(void **state)
{
	return active(state, 2, HOST_CLASS_ISOLATED, 0);
}

int fixture_rsi_2(void **state)
{
	return active(state, 2, HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI);
}

int fixture_window_2(void **state)
{
	return active(state, 2, HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_WINDOW);
}
