/*
 * The run nest: which context is on a CPU, and how one CPU moves outer OS -> box -> VM and back.
 *
 * Every function that may switch returns the context to enter; trap.c passes it to assembly.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_RUN_H
#define MEDIATOR_RUN_H

#include "mediator/cpu.h"

/* run_first - load the outer OS's context on a CPU that holds none. Boot of each CPU. */
struct context *run_first(struct cpu *cpu);

/**
 * run_host - HOST_RUN by the outer OS.
 *
 * x0 of the outer OS gets the status at once if refused; otherwise when a later exit returns to it.
 */
struct context *run_host(struct cpu *cpu, uint64_t handle, uint64_t vcpu);

/* run_vm - BOX_VM_RUN by the loaded box. */
struct context *run_vm(struct cpu *cpu, uint64_t answer, uint64_t value);

/* run_to_outer - leave the nest: HOST_RUN returns HOST_OK with reason, @a, @b. */
struct context *run_to_outer(struct cpu *cpu, uint64_t reason, uint64_t a, uint64_t b);

/* run_to_box - leave the loaded VM: BOX_VM_RUN returns BOX_OK with reason and three values. */
struct context *run_to_box(struct cpu *cpu, uint64_t reason, uint64_t address, uint64_t access, uint64_t value);

/* run_wait - the loaded box or VM waits for an interrupt (WFI); PC is past the instruction. */
struct context *run_wait(struct cpu *cpu);

/* run_off - the loaded box or VM turned its vCPU off. */
struct context *run_off(struct cpu *cpu);

/**
 * run_resolve - after something changed that may decide who runs: the mark, pending interrupts, deadlines.
 *
 * Returns the loaded context with its list registers refilled, or the one that must run instead.
 */
struct context *run_resolve(struct cpu *cpu);

/* run_recheck - what cpu->recheck (not 0) asks for: only its list registers where nobody else has more reason to run. */
struct context *run_recheck(struct cpu *cpu);

#endif
