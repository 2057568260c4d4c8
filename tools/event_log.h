/*
 * Event logs: what a node says that it measured, as `events` at its control prompt prints it. Nobody vouches for a log;
 * what counts is that it replays to measurements that somebody vouches for.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_EVENT_LOG_H
#define TOOLS_EVENT_LOG_H

#include "abi/anchor.h"
#include "abi/boot.h"
#include "lib/vmimage.h"
#include "tools/verbs.h"

#define EVENT_NAME_BYTES	32
#define EVENT_VMS_MAX		64

/* The measurement log of a boot. */
struct boot_log {
	size_t count;
	struct boot_measurement entries[BOOT_MEASUREMENT_MAX];
};

/* A run of granules; bytes 0: it is not there. */
struct event_piece {
	uint64_t bytes;			/* of the file; those of the run are whole granules */
	struct measurement_run run;
};

/* What one start of a VM measured. */
struct event_vm {
	char name[EVENT_NAME_BYTES];
	unsigned lines;			/* a bit for each kind of line that was there */
	struct measurement_header header;
	struct event_piece pieces[VMIMAGE_PART_END];
	uint8_t measurement[DIGEST_BYTES];	/* as the mediator reported it */
};

struct event_log {
	struct boot_log boot;		/* the last one; count 0: there is none */
	size_t vm_count;		/* complete ones, the last one is the youngest */
	struct event_vm vms[EVENT_VMS_MAX];
};

/**
 * event_log_parse - take the lines of a log out of the @bytes of a console's capture, which has anything else beside them.
 *
 * A later boot part takes the place of an earlier one; of VM parts the last EVENT_VMS_MAX are kept. Parts that are not
 * complete do not count.
 *
 * Returns false if there is no memory, or a boot part has more entries than a boot makes.
 */
MUST_CHECK bool event_log_parse(struct event_log *log, const char *bytes, size_t count);

/**
 * event_log_read - the same of a file.
 *
 * Returns TOOL_DONE; after printing why, TOOL_CONFIGURATION if it has neither a boot part nor one of a VM, or what
 * file_read returns.
 */
MUST_CHECK int event_log_read(struct event_log *log, const char *path);

/* event_vm_replay - the measurement that follows from a part. False if the library fails. */
MUST_CHECK bool event_vm_replay(const struct event_vm *vm, uint8_t out[DIGEST_BYTES]);

/* event_log_choose - the last part that replays to @measurement; else the last one; NULL if there is none. */
const struct event_vm *event_log_choose(const struct event_log *log, const uint8_t measurement[DIGEST_BYTES]);

#endif
