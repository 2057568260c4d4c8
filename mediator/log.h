/*
 * The rings that the outer OS reads: what happened (trace) and what was refused (log). Fixed
 * records, the oldest are overwritten; writing never blocks and never fails.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_LOG_H
#define MEDIATOR_LOG_H

#include "mediator/cpu.h"

/* log_init - place this CPU's rings. */
void log_init(struct cpu *cpu);

/* trace - one step of @context. */
void trace(struct cpu *cpu, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	   uint64_t d);

/* refusal - something @context was not allowed to do. */
void refusal(struct cpu *cpu, const struct context *context, enum host_event event, uint64_t a, uint64_t b,
	     uint64_t c, uint64_t d);

/* log_pc - where @context is, for a record; 0 for a confidential VM, whose registers are nobody's business. */
uint64_t log_pc(const struct context *context);

/* log_owner - the owner of an address as HOST_EVENT_FAULT's d holds it. */
uint64_t log_owner(pa_t pa);

/**
 * ring_read - copy records from @from on into @out, at most @max.
 *
 * @first  sequence number of the first one copied (later than @from if older ones are gone)
 * Returns the number copied. A record that was overwritten during the copy is left out.
 */
unsigned ring_read(const struct ring *ring, uint64_t from, struct host_record *out, unsigned max, uint64_t *first);

#endif
