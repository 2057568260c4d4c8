/*
 * fdt_open on any blob of up to 1 MiB, all bytes unknown: it reads nothing outside, and what it accepts are two blocks
 * inside the blob, the structure a multiple of 4.
 * Unwind: 1
 * Mutant: lib/fdt.c: s/offset <= total && bytes <= total - offset/offset <= total \&\& bytes <= total/
 * Breaks: both blocks are inside the blob
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/fdt.c"
#include "tests/proof/proof.h"

void *malloc(size_t bytes);

void proof(void)
{
	uint64_t bytes = nondet_u64();

	ASSUME(bytes <= 1 << 20);
	/* Exactly as large as it is said to be, so that one byte more is outside; its content is unknown. */
	uint8_t *blob = malloc(bytes);

	ASSUME(blob != NULL);
	struct fdt tree = { 0 };
	enum status status = fdt_open(blob, bytes, &tree);

	CLAIM(status == OK || status == ERR_ARGS || status == ERR_TRUNCATED, "a blob is accepted, malformed or truncated");
	if (status == OK) {
		uint64_t structure = (uint64_t)(tree.structure - blob);
		uint64_t strings = (uint64_t)((const uint8_t *)tree.strings - blob);

		CLAIM(structure + tree.structure_bytes <= bytes && strings + tree.strings_bytes <= bytes,
		      "both blocks are inside the blob");
		CLAIM(structure >= 40 && strings >= 40, "both blocks are behind the header");
		CLAIM(tree.structure_bytes % 4 == 0, "the structure block is whole words");
	}
	WITNESS(status == OK && tree.structure_bytes == bytes - 40, "a structure block that fills the blob");
	WITNESS(bytes == 0, "no blob at all");
	WITNESS(status == ERR_TRUNCATED && bytes >= 40, "a header that promises too much");
}
