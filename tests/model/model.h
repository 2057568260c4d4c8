/*
 * The model of ownership: who has each granule, what it holds, what is mapped where for whom, and the lives of pairs; and
 * what each call must answer. Written from docs/abi.md and the abi/ headers, not from the mediator: where the two differ,
 * one is wrong.
 *
 * A call that moves memory has two halves: model_begin() decides and holds, model_end() is done. In between others may
 * call, and find granules MOVING and pairs busy. No C library, no allocation.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_MODEL_H
#define TESTS_MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/anchor.h"
#include "abi/box.h"
#include "abi/host.h"
#include "abi/rsi.h"
#include "abi/window.h"
#include "tests/model/content.h"

#define MODEL_GRANULE		4096ull
#define MODEL_BLOCK		0x200000ull
#define MODEL_GIB		0x40000000ull
#define MODEL_RAM_BASE		0x40000000ull	/* of every domain */
#define MODEL_HALF		(1ull << 39)	/* of a guest's addresses */
#define MODEL_ADDRESS_END	(1ull << 48)

#define MODEL_GRANULES_MAX	8192
#define MODEL_ZONES		3
#define MODEL_CPU_MAX		4
#define MODEL_TABLE_MAX		128
#define MODEL_RETIRED_MAX	4096
#define MODEL_IMAGES		1024	/* that the anchor may have open, numbered from 1 */
#define MODEL_PROBLEM_CHUNK	18	/* enum signed_problem: a chunk is refused */

/* What the board and the ROM decide. */
struct model_shape {
	/* What the model has records of: one range of DRAM; carve-out and loader window lie in it, or elsewhere. */
	uint64_t ram, ram_bytes;
	uint64_t carveout, carveout_bytes;
	uint64_t loader, loader_bytes;
	/* The rest of DRAM is nobody's business: no step names it. But how much there is, and how much is the outer OS's. */
	uint64_t dram, dram_bytes;
	uint64_t outer_elsewhere;
	unsigned cpu_count;		/* that make steps */
	unsigned board_cpu_count;	/* that there are */
	unsigned boot_measurements;	/* in the anchor's log */
};

/* A measurement, or one that is on its way: SHA-256 as four words, or what stands in for it. Zero: nothing yet. */
struct model_digest {
	uint64_t words[4];
};

struct model_span {
	uint64_t base, bytes;
};

enum model_actor { MODEL_OUTER, MODEL_BOX, MODEL_VM };

#define MODEL_READ	4
#define MODEL_WRITE	2
#define MODEL_EXECUTE	1
#define MODEL_ALL	7

struct model_granule {
	uint8_t state;			/* GRANULE_* */
	uint8_t role;			/* of its owner, HOST_ROLE_* */
	uint16_t pair;			/* slot + 1 of its owner; 0: nobody's pair */
	uint16_t next;			/* DATA: index + 1 of another page of the same domain */
	bool is_shared;			/* a box's: the outer OS reaches it; a realm's: its box does */
	bool is_announced;		/* named by the doorbell: its box reaches it for good */
	bool is_open;			/* MOVING, but the outer OS still reaches it: content is taken from there */
	uint64_t ipa;			/* DATA: where its domain has it */
	uint64_t content;
};

/* A table below a domain's root; role MODEL_WINDOW: of a confidential VM's window, by the VM's addresses. */
#define MODEL_WINDOW 2
struct model_table {
	uint8_t role, level;		/* 2: of 1 GiB, 3: of 2 MiB */
	uint64_t base;			/* first address that it maps */
};

/* A virtqueue: as its registers say so far, or as it is shared. */
#define MODEL_PARTS	3		/* descriptor, driver and device area */
#define MODEL_RINGS	16
struct model_ring {
	bool is_ready;
	uint32_t device, queue, entries;
	uint64_t parts[MODEL_PARTS];
};

enum model_power { MODEL_OFF, MODEL_PENDING, MODEL_ON };
enum model_wait { MODEL_WAIT_NONE, MODEL_WAIT_ACCESS, MODEL_WAIT_HOST_CALL };

struct model_vcpu {
	uint8_t cpu;			/* CPU + 1 that is inside */
	uint8_t power[2];		/* enum model_power, by role */
	bool in_vm;			/* the box waits for its VM */
	uint8_t waits;			/* enum model_wait: the VM for its box's answer */
	uint64_t host_call;		/* where its struct is */
	bool has_token;			/* RSI_ATTESTATION_TOKEN_INIT was called, and it has not all of it yet */
	uint64_t token_bytes;		/* that it has */
};

/* A VM image, as far as its chunks are. */
struct model_image {
	uint64_t pair;			/* handle of the one whose it has become; 0: nobody's */
	uint32_t next;			/* the chunk that is due */
	bool is_refused, is_closed;
};

struct model_pair {
	uint8_t state;			/* HOST_PAIR_* */
	bool is_taken;			/* FREE, but a create is inside */
	bool is_busy;			/* a memory call is inside */
	uint64_t handle;
	struct host_pair_params params;
	uint64_t granules, pool;
	uint16_t first[2];		/* a page of each domain, index + 1 */
	uint64_t populate_next[2];
	uint64_t run_base[2];		/* of the granules without a gap that end at populate_next */
	struct model_digest run[2], chain[2];
	uint64_t image;			/* from which its VM was populated; 0: none */
	bool is_final;
	unsigned table_count;
	struct model_table tables[MODEL_TABLE_MAX];
	struct model_vcpu vcpus[HOST_VCPU_MAX];
	/* A confidential VM. */
	struct model_digest extensible[RSI_MEASUREMENT_COUNT - 1];
	bool was_shared;		/* some page, at some time */
	uint64_t announced_first;	/* what the doorbell was told */
	struct model_ring selected[VIRTIO_MMIO_COUNT];	/* by device */
	struct model_ring rings[MODEL_RINGS];
};

/* A memory call that is inside. */
struct model_move {
	uint64_t id;			/* 0: none */
	unsigned slot, role;
	uint64_t ipa, pa, source, bytes;
	bool holds_source, is_copied;	/* HOST_POPULATE: the source is free again when it was copied; likewise the rest below */
	uint64_t contents[HOST_POPULATE_MAX / MODEL_GRANULE];
	struct model_digest measured[2];	/* HOST_ACTIVATE */
	/* HOST_POPULATE_IMAGE: bytes that are open; half of the next chunk is; no more will be, and why: enum signed_problem. */
	uint64_t image, opened, problem;
	bool is_half, is_over;
};

struct model_cpu {
	uint8_t actor;			/* enum model_actor: who runs */
	uint8_t vcpu;
	uint16_t slot;			/* of the pair that is inside */
	struct model_move move;
	uint64_t realm[7];		/* a realm's call whose answer is the mediator's choice, within limits; [0] 0: none */
	/* Registers of whoever runs now, as the last step must have left them; known: which of them are said. */
	uint64_t x[7];
	uint8_t known;
	bool may_leave;			/* the pair is terminated, and this was an exit */
};

/* How often something came about, so that a walk that is too tame is found out. */
struct model_counts {
	uint64_t blocks, folds, deaths, window_accesses, pages_shared, pages_taken_back, pages_announced, rings,
		 rings_ended, rings_refused, host_calls, found_moving, found_busy, chunks, chunks_refused, images_not_there,
		 images_run;
};

struct model {
	struct model_shape shape;
	struct model_counts counts;
	uint64_t outer_count;
	/* The granules, one zone behind the other. */
	unsigned zone_count, granule_count;
	struct model_span zones[MODEL_ZONES];
	struct model_granule granules[MODEL_GRANULES_MAX];
	struct model_pair pairs[HOST_PAIR_MAX];
	struct model_cpu cpus[MODEL_CPU_MAX];
	struct content_params params;
	struct model_image images[MODEL_IMAGES];
	/* Handles of pairs that are gone: they stay stale. */
	unsigned retired_count;
	uint64_t retired[MODEL_RETIRED_MAX];
	/* Granules that the last half of a step named or changed. */
	uint64_t touched_base, touched_bytes;
	uint64_t touched_source, touched_source_bytes;
	/* Pages of a VM, by its addresses, whose place in the window is looked at as well. */
	unsigned window_slot, window_count;
	struct model_span window[MODEL_PARTS * MODEL_RINGS];
};

/* --- steps --- */

enum model_kind {
	STEP_HVC,		/* whoever runs calls: a[0..6] are x0..x6 */
	STEP_SMC,
	STEP_PARAMS,		/* the outer OS writes struct host_pair_params at a[0]: parameters number a[1] */
	STEP_WRITE,		/* whoever runs writes content a[1] to the page at a[0], or a word of it to a device */
	STEP_READ,		/* and reads */
	STEP_REGISTER,		/* a VM stores 32 bits, a[1], to the device register at a[0] */
	STEP_INTERRUPT,		/* the outer OS gets an interrupt */
	STEP_WAIT,		/* WFI */
	STEP_KINDS,
};

struct model_step {
	uint8_t kind, cpu;
	uint8_t inside;		/* 0: after the step before; else in the middle of it, at its so-manieth event */
	uint32_t number;	/* in the list as it was found, from 1 */
	uint32_t creation;	/* a[1] is the handle of the pair that this step created; 0: it is what it is */
	uint64_t a[7];
};

/*
 * What only the mediator decides: the name of a new pair; at which exit a vCPU of a terminated one leaves; how far a
 * realm's call came.
 */
struct model_facts {
	uint64_t handle;
	unsigned slot;
	bool has_left;
	uint64_t x[3];			/* of a realm's call: x0..x2 */
};

void model_init(struct model *m, const struct model_shape *shape);

/* model_begin - the first half of a step by whoever runs on step->cpu. Refused calls are over here. */
void model_begin(struct model *m, const struct model_step *step);
/* model_is_inside - is a memory call of @cpu between its halves? */
bool model_is_inside(const struct model *m, unsigned cpu);
/*
 * model_copied - a HOST_POPULATE of @cpu that is inside has read its source; a HOST_POPULATE_IMAGE has given back what was
 * not opened. At the latest model_end() says so.
 */
void model_copied(struct model *m, unsigned cpu);
/* model_chunk - the anchor is asked for a chunk, or to go on with one. At the latest model_end() says so for all. */
void model_chunk(struct model *m, unsigned cpu);
/* model_end - the second half: who runs on @cpu, and its registers, are final. False: a fact can't be one. */
bool model_end(struct model *m, const struct model_step *step, const struct model_facts *facts);

/* --- questions --- */

/* The record of an address; NULL if there is none: it is no DRAM, or somewhere else. */
struct model_granule *model_granule(struct model *m, uint64_t pa);
uint64_t model_pa(const struct model *m, const struct model_granule *granule);
/* What the outer OS may do with it. */
unsigned model_outer_access(const struct model_granule *granule);
/* The pair of a handle, or NULL. */
struct model_pair *model_pair(struct model *m, uint64_t handle);
unsigned model_slot(const struct model *m, const struct model_pair *pair);
/* The page that a domain has at an address (any offset in it) of its own half; NULL: none. */
struct model_granule *model_page(struct model *m, unsigned slot, unsigned role, uint64_t ipa);
/* What whoever runs on @cpu reaches at an address, with *access; NULL: nothing. */
struct model_granule *model_reach(struct model *m, unsigned cpu, uint64_t address, unsigned *access);
/* May the box of this pair reach its VM's page through its window? */
bool model_is_in_window(const struct model_pair *pair, const struct model_granule *page);
/* And what it may do there. */
unsigned model_window_access(const struct model_pair *pair);
/* Is any CPU or call inside the pair? */
bool model_is_inhabited(const struct model_pair *pair);

/* model_measure - what a pair's domain will be activated as. @box: the measurement of its box, for a VM. */
struct model_digest model_measure(const struct model_pair *pair, unsigned role, struct model_digest box);

/* --- the anchor and the policy that the model expects: whoever runs the model brings them --- */

/* The first value of a chain; one more granule of this content; the end; bytes that a realm adds to a measurement. */
struct model_digest anchor_first(unsigned role);
struct model_digest anchor_extend(struct model_digest chain, uint64_t ipa, const struct content_params *params,
				  uint64_t content);
struct model_digest anchor_final(struct model_digest chain, const struct measurement_header *header);
struct model_digest anchor_bytes(struct model_digest measurement, const uint8_t *bytes, uint64_t count);
bool anchor_lists(unsigned role, struct model_digest measurement);
/* What an image's manifest says, and what is in its file. */
struct model_manifest {
	uint32_t chunks;		/* 0: there is no such image */
	uint32_t bad;			/* the chunk that does not hold, counted from 1; 0: all hold */
	bool closes;			/* it holds, but the image is closed in the midst of it */
	uint64_t address;		/* of the first chunk, the others follow; 0: wherever they are asked for */
	uint64_t content;		/* of the first chunk, the others have the next numbers */
};
struct model_manifest anchor_manifest(uint64_t image);
/* May a VM of this measurement run, by the manifest? */
bool anchor_vouches(uint64_t image, struct model_digest measurement);

#endif
