/*
 * Between the model's files: ranges, owners, pages and tables.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_MODEL_STATE_H
#define TESTS_MODEL_STATE_H

#include "tests/model/model.h"

/* A range as an argument: whole granules, not empty, not past @end. */
bool state_is_range(uint64_t base, uint64_t bytes, uint64_t end);

/* state_claim - may a call take all of it from the outer OS? HOST_OK, or what is in the way of the first that it can't. */
int64_t state_claim(struct model *m, uint64_t pa, uint64_t bytes, uint8_t state);
/* state_hold - it becomes MOVING. @is_open: the outer OS keeps its access. */
void state_hold(struct model *m, uint64_t pa, uint64_t bytes, bool is_open);
/* state_give - it becomes (@state, @pair, @role), with @content; not on anybody's map. */
void state_give(struct model *m, uint64_t pa, uint64_t bytes, uint8_t state, const struct model_pair *pair,
		unsigned role, uint64_t content);
/* state_map - a DATA granule becomes a page of its owner's at @ipa; state_unmap - no longer. */
void state_map(struct model *m, struct model_granule *granule, uint64_t ipa);
void state_unmap(struct model *m, struct model_granule *granule);
/* state_is_mapped - is there any page in the range? */
bool state_is_mapped(const struct model *m, const struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t bytes);

/* state_window_touch - likewise for a VM's pages in its box's window. */
void state_window_touch(struct model *m, const struct model_pair *pair, uint64_t ipa, uint64_t bytes);

/* Tables that mapping the range (within 2 MiB) would take; and taking them. */
unsigned state_tables_needed(const struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t pa, uint64_t bytes);
void state_tables_take(struct model_pair *pair, unsigned role, uint64_t ipa, uint64_t pa, uint64_t bytes);
/* Pages that have become one aligned block of 2 MiB give their table back. */
void state_tables_fold(struct model *m, struct model_pair *pair, unsigned role, uint64_t ipa);

/* image_vouches - may the pair's VM run, by its image? If so the image is closed. */
bool image_vouches(struct model *m, const struct model_pair *pair, struct model_digest measurement);

/* state_touch - what the comparison after this step looks at. */
void state_touch(struct model *m, uint64_t pa, uint64_t bytes);

/* Results: x0, and x1.. as many as are named. */
void state_answer(struct model_cpu *cpu, int64_t code);
void state_result(struct model_cpu *cpu, unsigned i, uint64_t value);

/* Calls by id; each file's own. */
void move_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7]);
bool move_end(struct model *m, struct model_cpu *cpu, const struct model_facts *facts);
void look_call(struct model *m, struct model_cpu *cpu, const uint64_t x[7]);
void nest_call(struct model *m, struct model_cpu *cpu, const uint64_t x[7]);
void nest_power(struct model *m, struct model_cpu *cpu, const uint64_t x[7]);
void share_call(struct model *m, struct model_cpu *cpu, const uint64_t x[7]);
/* Is this SMC one of the realm services that the caller has? */
bool realm_has(const struct model *m, const struct model_cpu *cpu, uint64_t id);
void realm_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7]);
bool realm_end(struct model *m, struct model_cpu *cpu, const struct model_facts *facts);
/* A VM of scheme window stores to the doorbell; true if that was it. */
bool doorbell_access(struct model *m, struct model_cpu *cpu, const struct model_step *step);
/* Or 32 bits to a register of a virtio transport. */
void queue_register(struct model *m, struct model_cpu *cpu, uint64_t address, uint32_t value);
/* Who runs leaves for the outer OS; a VM leaves for its box. */
void nest_leave(struct model *m, struct model_cpu *cpu, uint64_t reason, uint64_t a, uint64_t b);
void nest_to_box(struct model *m, struct model_cpu *cpu, uint64_t reason, uint64_t a, uint64_t b, uint64_t c);
/* Where a box or VM would go on or change places: if its pair is terminated, it leaves instead. */
void nest_marked(struct model *m, struct model_cpu *cpu);
void nest_access(struct model *m, struct model_cpu *cpu, const struct model_step *step);
void nest_wait(struct model *m, struct model_cpu *cpu);

#endif
