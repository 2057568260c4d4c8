/*
 * Appraisals: what a token that holds says, thing by thing, beside what a reference says of it. With an event log the
 * parts of the VM's measurement too, if the log replays to it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_APPRAISAL_H
#define TOOLS_APPRAISAL_H

#include "tools/attestation_token.h"
#include "tools/event_log.h"
#include "tools/reference.h"

/* In ascending order of weight: the heaviest of all findings is that of the appraisal. */
enum verdict {
	VERDICT_MATCH,
	VERDICT_UNKNOWN,	/* the reference says nothing of it, or nothing vouches for it */
	VERDICT_MISMATCH,
};

/* Who vouches for whom, in this order. */
enum appraisal_part { PART_DEVICE, PART_FIRMWARE, PART_MEDIATOR, PART_BOX, PART_VM, PART_LOG, PART_COUNT };

#define FINDING_NAME_BYTES	32
#define FINDING_TEXT_BYTES	160

struct finding {
	enum appraisal_part part;
	enum verdict verdict;
	char name[FINDING_NAME_BYTES];
	char expected[FINDING_TEXT_BYTES], found[FINDING_TEXT_BYTES];
};

/* Entries of token and reference, and some twenty single things. */
#define FINDINGS_MAX	64

struct appraisal {
	size_t count;
	struct finding findings[FINDINGS_MAX];
};

/**
 * appraise - hold a token against a reference.
 *
 * @token  one for which attestation_check said that it holds
 * @log    NULL: there is none
 */
void appraise(const struct attestation_token *token, const struct reference *reference, const struct event_log *log,
	      struct appraisal *out);

/* appraisal_verdict - the heaviest verdict; of one part, or of all with PART_COUNT. */
enum verdict appraisal_verdict(const struct appraisal *appraisal, enum appraisal_part part);

/* verdict_name - "MATCH", "UNKNOWN", "MISMATCH"; part_name - "device", "firmware", "mediator", "box", "vm", "log". */
const char *verdict_name(enum verdict verdict);
const char *part_name(enum appraisal_part part);

#endif
