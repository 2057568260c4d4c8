/*
 * The programs that run in a box and in its VM while the model looks on: each does one step after the other, as it is
 * told, and says what came of it. The box is told through a page that it shares with the outer OS; the VM by its box,
 * as answers to reads of a device, and it reports by writes to another.
 * Safe for C and assembly.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_BOARD_GUEST_H
#define TESTS_MODEL_BOARD_GUEST_H

#include "abi/box.h"

/* Where a domain has its program, and a page for each vCPU behind it: the box's mail, and the stack's end. */
#define GUEST_BASE		BOX_RAM_BASE
#define GUEST_IMAGE_PAGES	2
#define GUEST_VCPU_MAX		2
#define GUEST_PAGE_BYTES	0x1000
#define GUEST_OWN		(GUEST_BASE + GUEST_IMAGE_PAGES * GUEST_PAGE_BYTES)
#define GUEST_KEPT_BYTES	((GUEST_IMAGE_PAGES + GUEST_VCPU_MAX) * GUEST_PAGE_BYTES)

/* Devices of the VM. Word 0: the kind of step, how many words it takes from word 1 on, how many it reports. */
#define GUEST_FETCH		0x0c000000
#define GUEST_REPORT		0x0c001000
#define GUEST_COUNT_SHIFT	8
#define GUEST_REPORTS_SHIFT	16

#ifndef __ASSEMBLER__
#include "lib/compiler.h"

/* Arguments of a step: x0 .. x10 of a call; what is behind those that the model has is zero. */
#define GUEST_ARGUMENTS		7
#define GUEST_REGISTERS		11

struct guest_step {
	uint64_t kind;			/* enum model_kind */
	uint64_t a[GUEST_REGISTERS];
};

/* ESR of the exception that a load or store took, 0: none; and x0 .. x6, or the first and last word that were read. */
#define GUEST_RESULTS		8
struct guest_result {
	uint64_t esr;
	uint64_t x[GUEST_RESULTS - 1];
};

/* In the box's page of a vCPU. The outer OS writes @step, then @posted; the box @result, then @done. */
struct guest_mail {
	_Atomic uint64_t posted, done;
	struct guest_step step;
	struct guest_result result;
};

/* guest_perform - one step; devices: accesses below RAM are single ones. */
void guest_perform(const struct guest_step *step, bool has_devices, struct guest_result *result);

/* guest_call - HVC or SMC with x0 .. x10 = @x; x0 .. x10 of the answer take their place. */
void guest_hvc(uint64_t *x);
void guest_smc(uint64_t *x);

/* The program of a vCPU, from guest_start. */
NORETURN void guest_main(uint64_t vcpu);
#endif

#endif
