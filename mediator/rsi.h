/*
 * The realm services interface: SMCs of a confidential VM of scheme rsi (abi/rsi.h). For everybody else they are not
 * there. Sharing is window.c's; nothing here leaves EL2 but the host call.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_RSI_H
#define MEDIATOR_RSI_H

#include "abi/rsi.h"
#include "mediator/pair.h"

/* rsi_is - is @id a call of this interface that @context may make? */
static inline bool rsi_is(const struct context *context, uint64_t id)
{
	return id - RSI_CALL_BASE < RSI_CALL_END - RSI_CALL_BASE && !context->is_outer &&
	       context->role == HOST_ROLE_VM && pair_shares_by(context->pair, HOST_OPTION_SHARE_RSI);
}

/* rsi_call - the loaded @vm made one, PC is past it. Returns the context to enter. */
struct context *rsi_call(struct cpu *cpu, struct context *vm);

/* rsi_host_call_finish - the box answered @vm's host call with @value: gprs[0]. @vm is loaded. */
void rsi_host_call_finish(struct context *vm, uint64_t value);

#endif
