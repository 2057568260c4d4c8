/*
 * Loads and stores where a domain has no memory: taken apart once, from the syndrome of their abort, and finished in one
 * way, whether EL2 or the box says what is there.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_ACCESS_H
#define MEDIATOR_ACCESS_H

#include "lib/compiler.h"

struct context;

/* One access to an emulated register. */
struct access {
	uint64_t address;	/* within the domain's space, bit 39 masked */
	uint64_t value;		/* what is written, masked to its size; else 0, and then what is read */
	uint8_t bytes;		/* 1, 2, 4 or 8 */
	uint8_t rt;		/* register; 31 is the zero register */
	bool is_write;
	bool sign_extend;
	bool is_64;		/* into a 64-bit register */
};

/**
 * access_decode - take a syndrome apart.
 *
 * @esr      of a data or instruction abort of @context, which is loaded on this CPU
 * @address  that it met, bit 39 masked where halves are alike
 * @out      written in any case
 *
 * Returns true if the syndrome describes the load or store fully, and it is naturally aligned: anything else is never
 * emulated.
 * Source: Arm DDI 0487, "ISS encoding for an exception from a Data Abort".
 */
MUST_CHECK bool access_decode(const struct context *context, uint64_t esr, uint64_t address, struct access *out);

/*
 * access_finish - @context goes on behind its load or store. A load's register gets @access->value, with the width and sign
 * that the load asked for, whoever the value comes from.
 */
void access_finish(struct context *context, const struct access *access);

#endif
