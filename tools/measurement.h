/*
 * Measurements of boxes and VMs, computed from files as the anchor computes them from memory
 * (abi/anchor.h).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_MEASUREMENT_H
#define TOOLS_MEASUREMENT_H

#include "abi/anchor.h"
#include "tools/verbs.h"

/* A measurement that grows by what is populated, in ascending address order. */
struct measurement {
	uint8_t chain[DIGEST_BYTES];		/* of the runs that have ended */
	struct measurement_run run;		/* the one that grows; after measurement_end the last one */
	uint64_t granule_count;
};

/* measurement_begin - @tag is ANCHOR_CHAIN_TAG_BOX or _VM. Like all below: TOOL_DONE, or TOOL_FAILED after printing. */
MUST_CHECK int measurement_begin(struct measurement *measurement, const char *tag);

/*
 * measurement_extend - @bytes of content at guest address @address (granule aligned), zeros to the next granule. Where it
 * does not follow what was there before, a run ends and one begins; measurement->run.digest is its digest so far.
 */
MUST_CHECK int measurement_extend(struct measurement *measurement, uint64_t address, const uint8_t *content,
				  uint64_t bytes);

/* measurement_end - close run and chain with the header; @out is what the mediator compares with its policy. */
MUST_CHECK int measurement_end(struct measurement *measurement, const struct measurement_header *header,
			       uint8_t out[DIGEST_BYTES]);

/* measurement_box - of a box image, whole. */
MUST_CHECK int measurement_box(const struct file *box, struct measurement *measurement, uint8_t out[DIGEST_BYTES]);

#endif
