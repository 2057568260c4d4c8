/*
 * Vector registers: one owner a CPU. Every other context runs with CPTR_EL2.TFP set and becomes the
 * owner at its first use.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_FP_H
#define MEDIATOR_FP_H

#include "mediator/cpu.h"

/* fp_take - @context, loaded and trapped, becomes the owner: the owner's registers are saved, its own loaded. */
void fp_take(struct cpu *cpu, struct context *context);

/* fp_flush - the owner's registers go to its context and nobody owns them. Before the outer OS runs again. */
void fp_flush(struct cpu *cpu);

/* fp_guard - trap @context's first use unless it is the owner. */
void fp_guard(struct cpu *cpu, const struct context *context);

/* In arch/arm64/mediator_entry.S: all 32 vector registers, FPCR, FPSR. */
void fp_save(struct fp_state *state);
void fp_load(const struct fp_state *state);

#endif
