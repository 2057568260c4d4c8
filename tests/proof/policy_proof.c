/*
 * policy_read over any items: what is accepted has every field in its range, and no list is longer than its room.
 * Scale: lib/policy.h: s/^#define POLICY_OWNER_MAX	8/#define POLICY_OWNER_MAX 2/
 * Scale: lib/policy.h: s/^#define POLICY_ALLOWED_MAX	24/#define POLICY_ALLOWED_MAX 3/
 * Unwind: 5
 * Mutant: lib/policy.c: s/cbor_take_array(c, 0, POLICY_OWNER_MAX)/cbor_take_array(c, 0, POLICY_OWNER_MAX + 1)/
 * Breaks: the owners have room
 * Mutant: lib/policy.c: s/cbor_take_uint(c, HOST_ROLE_BOX, HOST_ROLE_VM)/cbor_take_uint(c, HOST_ROLE_BOX, HOST_ROLE_VM + 1)/
 * Breaks: an entry's role is one that there is
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/host.h"
#include "lib/policy.c"
#include "lib/signed.c"
#include "tests/proof/cbor_stand_in.h"

void proof(void)
{
	struct cbor c = input_open();
	static struct policy found;
	enum signed_problem problem = policy_read(&c, &found);
	unsigned i = nondet_u8();

	CLAIM(problem == c.problem, "the problem is the cursor's");
	if (problem != SIGNED_OK)
		return;
	CLAIM(c.at == c.end, "all of the input is read");
	CLAIM(found.version >= 1 && found.counter >= 1, "version and counter are not zero");
	CLAIM(found.owner_count <= POLICY_OWNER_MAX, "the owners have room");
	CLAIM(found.allowed_count <= POLICY_ALLOWED_MAX, "the measurements have room");
	if (i < found.allowed_count) {
		CLAIM(found.allowed[i].role <= HOST_ROLE_VM, "an entry's role is one that there is");
		CLAIM(found.allowed[i].name[POLICY_LABEL_BYTES - 1] == '\0', "an entry's name is a string");
	}
	if (i < found.owner_count)
		CLAIM(found.owners[i].name[SIGNED_NAME_BYTES - 1] == '\0', "an owner's name is a string");
	WITNESS(found.allowed_count == POLICY_ALLOWED_MAX, "a full list of measurements");
}
