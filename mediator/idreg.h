/*
 * ID registers as every domain sees them: what the CPU has, less what the mediator hides.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_IDREG_H
#define MEDIATOR_IDREG_H

#include "mediator/room.h"

/* idreg_init - compute the views once. Boot CPU. */
void idreg_init(void);

/**
 * idreg_read - value of a trapped ID register (Op0 3, Op1 0, CRn 0, CRm 1 .. 7).
 *
 * @crm, @op2  from the syndrome, 0 .. 15 and 0 .. 7
 * A register that is not listed reads as zero: the feature is absent.
 */
uint64_t idreg_read(unsigned crm, unsigned op2);

#endif
