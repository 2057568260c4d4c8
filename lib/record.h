/*
 * The mediator's records in words: which domain, what it was doing, at which address, whose that is,
 * and what the syndrome says. Pure text; linked into lwk (log, trace, faults) and redoubt.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_RECORD_H
#define LIB_RECORD_H

#include "abi/host.h"
#include "lib/compiler.h"

/* Long enough for every line that record_describe makes. */
#define RECORD_TEXT_BYTES	320

/* What the describer needs to know about the system that made the records. */
struct record_reader {
	/* Writes the name of the VM whose pair had this index at that time, or nothing if it is not known. */
	void (*pair_name)(void *context, unsigned pair, uint64_t ticks, char *out, size_t bytes);
	void *context;
};

/**
 * record_describe - one record as one line without time and newline.
 *
 * @cpu  on which CPU's ring it was found
 * Any record gives a line: an unknown event is shown with its numbers.
 */
void record_describe(const struct host_record *record, unsigned cpu, const struct record_reader *reader, char *out,
		     size_t bytes);

/* record_domain - "outer OS", "box of NAME", "NAME" at the time @ticks; "pair 3" where the name is not known. */
void record_domain(uint16_t who, uint64_t ticks, const struct record_reader *reader, char *out, size_t bytes);

/**
 * record_syndrome - an ESR_ELx in words: "data abort, write of 4 bytes, translation fault, level 3".
 */
void record_syndrome(uint64_t esr, char *out, size_t bytes);

/* record_syndrome_has_address - does FAR or the IPA mean anything for it? */
bool record_syndrome_has_address(uint64_t esr);

/**
 * record_place - what is at @address for domain @who: a board device or memory for the outer OS
 * (physical addresses), the virtual platform for a VM, RAM or window for a box.
 */
void record_place(uint16_t who, uint64_t address, char *out, size_t bytes);

#define RECORD_DIGEST_BYTES	65

/* record_digest - SHA-256 as four little-endian words, as host calls return it, to 64 hex digits and NUL. */
void record_digest(const uint64_t words[4], char out[RECORD_DIGEST_BYTES]);

/* record_call - name of a host, box, PSCI, SMCCC, anchor or monitor call, or "call 0x...". */
void record_call(uint64_t id, char *out, size_t bytes);

/* record_status - name of a HOST_* result, "ok" for 0; record_granule_state - of a GRANULE_* state. */
const char *record_status(int64_t status);
const char *record_granule_state(uint64_t state);

#endif
