/*
 * endorsement_read over any items: what is accepted has every field in its range.
 * Unwind: 1
 * Mutant: lib/endorsement.c: s/SIGNED_ROLE_END - 1)/SIGNED_ROLE_END)/
 * Breaks: the role is one that there is
 * Mutant: lib/endorsement.c: s/cbor_take_uint(c, 0, out->serial)/cbor_take_uint(c, 0, UINT32_MAX)/
 * Breaks: what is revoked is below the serial
 * Mutant: lib/signed.c: s/c->problem == SIGNED_OK \&\& out\[0\] != POINT_UNCOMPRESSED/false/
 * Breaks: the key has the form of a point
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/endorsement.c"
#include "lib/signed.c"
#include "tests/proof/cbor_stand_in.h"

void proof(void)
{
	struct cbor c = input_open();
	struct endorsement found;
	enum signed_problem problem = endorsement_read(&c, &found);

	CLAIM(problem == c.problem, "the problem is the cursor's");
	if (problem != SIGNED_OK)
		return;
	CLAIM(c.at == c.end, "all of the input is read");
	CLAIM(found.role >= SIGNED_ROLE_FIRMWARE && found.role < SIGNED_ROLE_END, "the role is one that there is");
	CLAIM(found.serial >= 1, "the serial is not zero");
	CLAIM(found.serial_least <= found.serial, "what is revoked is below the serial");
	CLAIM(found.key[0] == 4, "the key has the form of a point");
	CLAIM(found.name[SIGNED_NAME_BYTES - 1] == '\0' && found.name[0] != '\0', "the name is a string, and not empty");
	WITNESS(found.role == SIGNED_ROLE_VM && found.serial == UINT32_MAX, "an endorsement of the largest serial");
}
