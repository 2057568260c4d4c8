/*
 * BOX_SHARE and BOX_UNSHARE with any argument: the outer OS's leaf of one granule is written, that to which the box's
 * own tables map the argument, and only if the argument is a granule of the box's RAM; a call that is refused writes
 * nothing.
 * Unwind: 1
 * Mutant: mediator/memory.c: /^enum status memory_share/,/^}/s/domains\[HOST_ROLE_BOX\]/domains[HOST_ROLE_VM]/
 * Breaks: what is shared is looked up in the box's own tables
 * Mutant: mediator/memory.c: /^enum status memory_share/,/^}/s/ipa_range_make(call->args\[0\], GRANULE_BYTES, GRANULE_BYTES, &range)/ipa_range_make(align_down(call->args[0], GRANULE_BYTES), GRANULE_BYTES, GRANULE_BYTES, \&range)/
 * Breaks: a call is done exactly if it names a granule of the box's own RAM
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/memory.c"
#include "tests/proof/machine.h"

static struct pair pair;
/* What stage2_lookup says of the one address that is asked for. */
static struct pa_result found;
static unsigned looked, opened, closed;
static struct pa_range changed;

struct pa_result stage2_lookup(const struct stage2 *stage2, ipa_t ipa)
{
	CLAIM(stage2 == &pair.domains[HOST_ROLE_BOX].stage2, "what is shared is looked up in the box's own tables");
	looked++;
	/* A table maps whole granules of DRAM: see the harness stage2_map. */
	ASSUME(pa_value(found.pa) % 4096 == ipa_value(ipa) % 4096 && pa_value(found.pa) < BIT(47));
	return found;
}

void stage2_outer_open(struct pa_range range, enum stage2_access access)
{
	CLAIM(access == STAGE2_READ_WRITE, "what is shared can be read and written");
	opened++;
	changed = range;
}

void stage2_outer_close(struct pa_range range)
{
	closed++;
	changed = range;
}

void proof(void)
{
	struct context box = { .pair = &pair, .role = HOST_ROLE_BOX };
	struct call call = { .context = &box };
	uint64_t address = nondet_u64();
	bool is_share = nondet_bool();

	call.args[0] = address;
	found.status = nondet_bool() ? OK : ERR_NOT_FOUND;
	found.pa = pa_make(nondet_u64());
	call.id = is_share ? BOX_SHARE : BOX_UNSHARE;
	enum status status = memory_share(&call);
	bool is_own = address % 4096 == 0 && address < 1ull << 39 && found.status == OK;

	CLAIM((status == OK) == is_own, "a call is done exactly if it names a granule of the box's own RAM");
	CLAIM(opened == (is_own && is_share ? 1 : 0) && closed == (is_own && !is_share ? 1 : 0),
	      "a share opens and an unshare closes, once, and a refused call does neither");
	CLAIM(status != OK || (pa_value(changed.base) == pa_value(found.pa) && changed.bytes == 4096),
	      "the leaf is that of the granule that the box named, and of no other");
	CLAIM(status == OK || status == (address % 4096 != 0 || address >= 1ull << 39 ? ERR_ARGS : ERR_DENIED),
	      "an argument that is no granule is malformed, one that is not the box's is denied");
	CLAIM(fake_locks_held == 0, "locks are given back");
	WITNESS(opened == 1 && address == (1ull << 39) - 4096, "the last granule of the lower half shared");
	WITNESS(closed == 1, "a granule no longer shared");
	WITNESS(status == ERR_DENIED && looked == 1, "a granule that is not the box's");
}
