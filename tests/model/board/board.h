/*
 * The model of ownership beside the real mediator, in a test build of the lightweight kernel: steps of the outer OS, of
 * boxes and of VMs on up to four CPUs, one at a time, and after each what it answered and what it changed is compared.
 *
 * One CPU drives: it has the model, draws the steps, tells who is to do them, and looks. On each of the others a thread
 * (carrier) does the outer OS's steps; in HOST_RUN it becomes a box's vCPU, whose program (guest.h) is told by the
 * driver through its page. One more CPU is left for the rest of the kernel.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_BOARD_BOARD_H
#define TESTS_MODEL_BOARD_BOARD_H

#include "lib/compiler.h"
#include "tests/model/board/guest.h"
#include "tests/model/values.h"

#define BOARD_RAM_BYTES		(10ull << 20)
#define BOARD_LOADER_BYTES	(256ull << 10)

/* What the program of a VM's vCPU is about. */
enum board_phase { BOARD_FETCH, BOARD_PERFORM, BOARD_REPORT };

/* A vCPU of a pair, box and VM. */
struct board_vcpu {
	uint64_t handle;		/* of its pair; of another: never run yet */
	uint64_t posted;		/* steps that its box was given */
	/* Its VM. */
	enum board_phase phase;
	unsigned next;			/* the word that it fetches */
	unsigned count;			/* of its step: words */
	struct model_step step;
	uint64_t expected_read;		/* what it reads from a device */
	bool is_aborted;		/* its access to a device was */
};

struct board {
	struct model *m;
	struct walk *walk;
	uint64_t steps;			/* that were drawn */
	uint64_t forced;		/* that follow from them, by which programs are told and report */
	uint64_t seen[3];		/* drawn, by actor */
	uint64_t late;			/* interrupts that nobody sent */
	bool has_failed;
	struct board_vcpu vcpus[HOST_PAIR_MAX][GUEST_VCPU_MAX];
};

extern struct board board;

/* The programs, box first. */
extern const uint64_t guest_images[2 * GUEST_IMAGE_PAGES][CONTENT_WORDS];

/* board_differ - the first difference, in words. Nothing is compared after it. */
PRINTF(1, 2) void board_differ(const char *format, ...);

/* --- drive.c --- */

/* drive_step - let a step be done, and all that follows by itself. */
void drive_step(struct model_step *step);
/* drive_vm_asks - does a VM's program wait for its box to say what is next? */
bool drive_vm_asks(unsigned cpu);

/* --- carrier.c --- */

/* carrier_start - a thread on each of @count CPUs; false if they could not be placed. carrier_end - they are gone. */
MUST_CHECK bool carrier_start(unsigned count);
void carrier_end(void);
/* carrier_post - do this step of the outer OS; carrier_done - was it done? carrier_result - what came of it. */
void carrier_post(unsigned cpu, const struct model_step *step);
bool carrier_done(unsigned cpu);
const struct guest_result *carrier_result(unsigned cpu);
/* carrier_is_interrupted - was it a run, and did an interrupt end it? */
bool carrier_is_interrupted(unsigned cpu);
/* carrier_again - the step that it did last. carrier_interrupt - an interrupt for the outer OS there. */
void carrier_again(unsigned cpu);
void carrier_interrupt(unsigned cpu);

/* page_write - make a page of the outer OS's hold it. False: it is out of reach. */
bool page_write(uint64_t pa, uint64_t content);

/* --- look.c --- */

/* look_granules - state, owner, content and access of a range; look_all - of all granules, and pairs. */
void look_granules(uint64_t pa, uint64_t bytes);
void look_all(void);

/* --- anchor.c --- */

/* anchor_allow - from now on the policy lists it. */
void anchor_allow(unsigned role, struct model_digest measurement);

/* --- nurse.c: pairs with the programs in them --- */

/* nurse_list - measure them; @is_printed: for the policy. */
void nurse_list(bool is_printed);
void nurse_reset(void);
/* nurse_step - what the pair that is raised needs next; false: nothing now. nurse_saw - what came of it. */
bool nurse_step(struct model_step *step);
void nurse_saw(const struct guest_result *result);
uint64_t nurse_handle(void);

/* --- fit.c --- */

/* fit_step - may it be done? It names no memory that the model knows nothing of, and leaves the programs alone. */
bool fit_step(const struct model_step *step);

#endif
