/*
 * The mediator as the model's subject: its code on the simulated machine of tests/unit, four CPUs in one thread. A step is
 * carried out as hardware would deliver it; in the middle of a call others may step in.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_SUBJECT_H
#define TESTS_MODEL_SUBJECT_H

#include "tests/model/model.h"

/* subject_boot - a machine, and @m as it is then. @is_strict: the machine's own rules of TLBs and windows hold as well. */
void subject_boot(struct model *m, bool is_strict);

/**
 * subject_step - carry out @step, for which model_begin() was called; what was found out goes to @facts.
 *
 * @inside  called at each event of a memory call at which others may step in: nothing is locked, its granules are MOVING;
 *          not while it is called already
 */
void subject_step(struct model *m, const struct model_step *step, void (*inside)(void), struct model_facts *facts);

/* subject_expect_step - after model_end(): registers, who runs, and the granules that were touched. */
void subject_expect_step(struct model *m, const struct model_step *step);
/* subject_expect_all - everything. Nobody is inside. */
void subject_expect_all(struct model *m);
/* subject_result - x0..x6 of who runs on a CPU. */
uint64_t subject_result(unsigned cpu, unsigned i);

/* --- between the subject's files --- */

struct smc_args;
struct fake_event;

/* The anchor and what the policy lists: as the model expects them. */
void subject_anchor(struct smc_args *args);
void subject_policy(void);
/* No chunk of any image was opened yet. */
void subject_images_reset(void);

/* Pages that the step of a CPU may close; and whether what it closed is out of every TLB. */
void subject_tlb_reset(void);
void subject_tlb_clear(unsigned cpu);
void subject_tlb_watch_outer(unsigned cpu, uint64_t pa, uint64_t bytes);
void subject_tlb_watch_window(struct model *m, unsigned cpu, unsigned slot, uint64_t ipa, uint64_t bytes);
void subject_tlb_event(struct model *m, const struct fake_event *event);
void subject_expect_flushed(unsigned cpu);

#endif
