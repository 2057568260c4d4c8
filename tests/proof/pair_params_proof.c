/*
 * params_check of HOST_PAIR_CREATE, for any content of the caller's page: what it accepts, in 128-bit arithmetic.
 * Unwind: 10
 * Mutant: mediator/memory.c: s/	    params->vcpu_count > HOST_VCPU_MAX)/	    params->vcpu_count > HOST_VCPU_MAX + 1)/
 * Breaks: parameters are accepted exactly if every field is in its range
 * Mutant: mediator/memory.c: s/range_is_inside(params->vm_entry, 4, PLAT_RAM_BASE, params->vm_ram_bytes)/(params->vm_entry >= PLAT_RAM_BASE)/
 * Breaks: parameters are accepted exactly if every field is in its range
 * Mutant: mediator/memory.c: s/	return class == HOST_CLASS_ISOLATED && options == 0;/	return class == HOST_CLASS_ISOLATED;/
 * Breaks: parameters are accepted exactly if every field is in its range
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/memory.c"
#include "tests/proof/machine.h"

struct host_pair_params nondet_params(void);

typedef unsigned __int128 wide_t;

/* A domain's RAM: whole blocks from 1 GiB on, inside the lower half of 2^40. */
static bool is_ram(uint64_t bytes)
{
	return bytes != 0 && bytes % 0x200000 == 0 && (wide_t)0x40000000 + bytes <= (wide_t)1 << 39;
}

void proof(void)
{
	struct host_pair_params params = nondet_params();
	struct pa_range control = { { nondet_u64() }, nondet_u64() }, before = control;
	uint64_t others = 0;

	for (unsigned i = 0; i < ARRAY_COUNT(params.reserved); i++)
		others |= params.reserved[i];
	wide_t bytes = (wide_t)(6 + 2 * (wide_t)params.vcpu_count) * 4096;
	bool is_class = params.class == HOST_CLASS_ISOLATED ? params.options == 0 :
			params.class == HOST_CLASS_CONFIDENTIAL && (params.options == 1 || params.options == 2);
	bool is_fine = others == 0 && is_class && params.vcpu_count >= 1 &&
		       params.vcpu_count <= 8 && is_ram(params.vm_ram_bytes) && is_ram(params.box_ram_bytes) &&
		       params.vm_entry >= 0x40000000 &&
		       (wide_t)params.vm_entry + 4 <= (wide_t)0x40000000 + params.vm_ram_bytes &&
		       params.control_pa % 8192 == 0 && params.control_pa + bytes <= (wide_t)1 << 48;
	enum status status = params_check(&params, &control);

	CLAIM((status == OK) == is_fine, "parameters are accepted exactly if every field is in its range");
	CLAIM(status == OK || status == ERR_ARGS, "parameters are refused as malformed");
	CLAIM(status != OK || (pa_value(control.base) == params.control_pa && control.bytes == bytes),
	      "the control area is what was named, as large as the vCPUs need");
	CLAIM(status == OK || (pa_value(control.base) == pa_value(before.base) && control.bytes == before.bytes),
	      "a refusal makes no range");
	WITNESS(status == OK && params.vcpu_count == 8 && params.vm_ram_bytes == (1ull << 39) - 0x40000000,
		"the largest pair");
	WITNESS(status == OK && params.class == HOST_CLASS_CONFIDENTIAL && params.options == 2, "a confidential pair");
	WITNESS(status != OK && is_class && others == 0 && is_ram(params.vm_ram_bytes) && is_ram(params.box_ram_bytes) &&
		params.vcpu_count == 1, "parameters refused for their addresses");
}
