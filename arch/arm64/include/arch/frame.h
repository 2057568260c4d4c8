/*
 * What assembly and C share about an interrupted context: general registers, return address, PSTATE.
 * Rooms embed struct frame as the first member of their own contexts; offsets are asserted here.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_FRAME_H
#define ARCH_FRAME_H

#define FRAME_X(n)		(8 * (n))
#define FRAME_PC		248
#define FRAME_PSTATE		256
#define FRAME_SP		264
#define FRAME_BYTES		272

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct frame {
	uint64_t x[31];
	uint64_t pc;
	uint64_t pstate;
	uint64_t sp;		/* of the interrupted level, where an entry saves it; else zero */
};
_Static_assert(offsetof(struct frame, pc) == FRAME_PC, "frame layout");
_Static_assert(offsetof(struct frame, pstate) == FRAME_PSTATE, "frame layout");
_Static_assert(offsetof(struct frame, sp) == FRAME_SP, "frame layout");
_Static_assert(sizeof(struct frame) == FRAME_BYTES, "frame layout");
#endif

#endif
