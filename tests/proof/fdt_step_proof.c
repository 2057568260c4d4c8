/*
 * One token of fdt_walk from every state that the walk can be in: any depth, any open path, any place in a structure
 * block of up to 20 unknown bytes with up to 3 unknown bytes of strings. No access outside, every step goes forward,
 * the visitor sees only terminated names and data inside, and the state after it is again such a state: by induction
 * this holds for any number of tokens. Scaled to 4 open nodes instead of 16 and paths of 16 bytes instead of 256.
 * Scale: lib/fdt.h: s/^#define FDT_DEPTH_MAX		16/#define FDT_DEPTH_MAX 4/
 * Scale: lib/fdt.c: s/^#define PATH_MAX_BYTES		256/#define PATH_MAX_BYTES 16/
 * Unwind: 21
 * Mutant: lib/fdt.c: s/	if (length + 2 > PATH_MAX_BYTES - w->path_bytes)/	if (length > PATH_MAX_BYTES - w->path_bytes)/
 * Breaks: after a token the walk is in such a state again
 * Mutant: lib/fdt.c: s/	if (end >= w->tree->strings_bytes || !walk_has(w, bytes))/	if (end >= w->tree->strings_bytes)/
 * Breaks: a property's data is inside the structure block
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/fdt.c"
#include "tests/proof/proof.h"

#define STRUCTURE_MAX	20
#define STRINGS_MAX	3

/* Each block ends where its array ends: one byte more is outside. */
static uint8_t structure[STRUCTURE_MAX];
static char strings[STRINGS_MAX];

static struct fdt tree;
static struct walk w;
static unsigned visited;

/* As C defines it; CBMC's own is made for whole objects. */
void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
	return to;
}

/* What holds between two tokens. */
static bool is_walk_state(void)
{
	if (w.depth > FDT_DEPTH_MAX)
		return false;
	for (unsigned i = 0; i < FDT_DEPTH_MAX; i++) {
		/* Paths of nodes inside each other, each the start of the next. */
		if (i < w.depth && w.ends[i] > (i + 1 < w.depth ? w.ends[i + 1] : w.path_bytes))
			return false;
	}
	return w.at <= tree.structure_bytes && w.at % 4 == 0 && w.path_bytes < PATH_MAX_BYTES &&
	       (w.path_bytes == 0 || w.path[0] == '/') && (w.depth == 0 || w.root_seen);
}

static bool visit(void *context, const char *path, const struct fdt_property *property)
{
	(void)context;
	visited++;
	CLAIM(path[0] == '/', "a path starts at the root");
	CLAIM(w.path[w.path_bytes] == '\0', "a path is terminated");
	if (property != NULL) {
		uint64_t at = (uint64_t)(property->data - tree.structure);
		uint64_t name = (uint64_t)(property->name - tree.strings);

		CLAIM(at <= tree.structure_bytes && property->bytes <= tree.structure_bytes - at,
		      "a property's data is inside the structure block");
		bool is_terminated = false;

		for (unsigned j = 0; j < STRINGS_MAX; j++)
			is_terminated |= j >= name && j < tree.strings_bytes && tree.strings[j] == '\0';
		CLAIM(is_terminated, "a property's name ends inside the strings");
		WITNESS(property->bytes == 8 && name == 1, "a property of two words");
	}
	return nondet_bool();
}

static void tree_make(void)
{
	uint32_t structure_bytes = nondet_u32(), strings_bytes = nondet_u32();

	ASSUME(structure_bytes <= STRUCTURE_MAX && structure_bytes % 4 == 0 && strings_bytes <= STRINGS_MAX);
	for (unsigned i = 0; i < STRUCTURE_MAX; i++)
		structure[i] = nondet_u8();
	for (unsigned i = 0; i < STRINGS_MAX; i++)
		strings[i] = (char)nondet_u8();
	tree = (struct fdt){ structure + STRUCTURE_MAX - structure_bytes, structure_bytes,
			     strings + STRINGS_MAX - strings_bytes, strings_bytes };
}

static void walk_make(void)
{
	w.at = nondet_u32();
	w.depth = nondet_u32();
	w.root_seen = nondet_bool();
	w.path_bytes = nondet_u64();
	for (unsigned i = 0; i < FDT_DEPTH_MAX; i++)
		w.ends[i] = nondet_u64();
	for (unsigned i = 0; i < PATH_MAX_BYTES; i++)
		w.path[i] = (char)nondet_u8();
	ASSUME(is_walk_state());
}

void proof(void)
{
	tree_make();
	w = (struct walk){ .tree = &tree, .visit = visit };
	CLAIM(is_walk_state(), "a walk starts in such a state");
	walk_make();

	uint32_t at = w.at;
	unsigned depth = w.depth;

	/* As fdt_walk does. */
	if (!walk_has(&w, 4))
		return;
	uint32_t token = walk_u32(&w);
	enum status status = token == TOKEN_END ? OK : walk_token(&w, token);

	CLAIM(w.at > at && w.at <= tree.structure_bytes, "every token goes forward, inside the structure block");
	CLAIM(status != OK || is_walk_state(), "after a token the walk is in such a state again");
	CLAIM(status == OK || status == ERR_ARGS || status == ERR_TRUNCATED, "a token is fine, malformed or truncated");
	WITNESS(status == OK && token == TOKEN_NODE && depth == FDT_DEPTH_MAX - 1, "the deepest node");
	WITNESS(status == OK && token == TOKEN_NODE && w.path_bytes == PATH_MAX_BYTES - 2, "a path of almost all space");
	WITNESS(status == OK && token == TOKEN_NODE_END && w.depth == 0, "the end of the root");
	WITNESS(status == ERR_ARGS && token == TOKEN_NODE && depth == FDT_DEPTH_MAX, "a node that is too deep");
	CLAIM(visited == 0 || status == OK, "what is visited is whole");
	WITNESS(status == ERR_TRUNCATED && token == TOKEN_NODE, "a name that does not end");
}
