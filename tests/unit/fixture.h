/*
 * Pairs for tests: made by the host calls that an outer OS would make.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include "tests/unit/machine.h"

#define FIXTURE_POOL		(12 * GRANULE_BYTES)
#define FIXTURE_VM_ENTRY	(PLAT_RAM_BASE + 0x1000)
#define FIXTURE_VM_X0		0x4321

struct fixture {
	uint64_t handle;
	unsigned vcpu_count;
	uint64_t params, control, pool;		/* physical */
	uint64_t box_image, box_ram;		/* one populated granule, then FIXTURE_BOX_DONATED donated */
	uint64_t vm_image, vm_ram;		/* likewise, from the start of RAM */
};

#define FIXTURE_BOX_DONATED	(3 * GRANULE_BYTES)
#define FIXTURE_VM_DONATED	(7 * GRANULE_BYTES)

/* fixture_class - of pairs created from now on; the setup functions below set it themselves. */
void fixture_class(uint32_t class, uint64_t options);

/* fixture_params - the page at @pa becomes what HOST_PAIR_CREATE accepts, for a control area at @control. */
struct host_pair_params *fixture_params(uint64_t pa, uint64_t control, unsigned vcpu_count);

/* fixture_create - a NEW pair with nothing in it. */
void fixture_create(struct fixture *f, unsigned vcpu_count);
/* fixture_pool - and its table pool. */
void fixture_pool(struct fixture *f);
/* fixture_fill - and a little memory: one populated granule for each domain, and donated ones behind it. */
void fixture_fill(struct fixture *f);
/* fixture_allow - the policy lists what the pair measures now. */
void fixture_allow(const struct fixture *f);
/* fixture_activate - all of the above, and ACTIVE. */
void fixture_activate(struct fixture *f, unsigned vcpu_count);

/* fixture_run - HOST_RUN of vCPU @vcpu on this CPU; the box must be what runs then. */
struct context *fixture_run(const struct fixture *f, unsigned vcpu);
/* fixture_run_vm - BOX_VM_RUN by the running box; the VM must be what runs then. */
struct context *fixture_run_vm(void);
/* fixture_leave - a physical interrupt of the outer OS takes this CPU back to it. */
void fixture_leave(void);

struct pair *fixture_pair(const struct fixture *f);
struct context *fixture_context(const struct fixture *f, unsigned role, unsigned vcpu);

/* fixture_measurement - what the anchor would say of a domain as fixture_fill() leaves it; made from contents. */
void fixture_measurement(const struct fixture *f, unsigned role, uint64_t out[4]);

/* Setup functions: CPUs as the number says, one pair of two vCPUs (bare: without a table pool), in *state. */
int fixture_bare_1(void **state);
int fixture_new_1(void **state);
int fixture_filled_1(void **state);
int fixture_active_1(void **state);
int fixture_active_2(void **state);
/* The same with two CPUs and a confidential VM of scheme rsi, or window. */
int fixture_rsi_2(void **state);
int fixture_window_2(void **state);

#endif
