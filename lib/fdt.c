/*
 * Flattened device trees: decides what a well-formed tree is and walks it within its bounds; writes
 * trees of our own. Knows no binding: what a node means is the caller's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/fdt.h"
#include "lib/memory.h"

/* Devicetree Specification 0.4, "Header" and "Structure block". */
#define HEADER_BYTES		40
#define HEADER_MAGIC		0
#define HEADER_TOTAL_BYTES	4
#define HEADER_STRUCTURE	8
#define HEADER_STRINGS		12
#define HEADER_RESERVED		16
#define HEADER_VERSION		20
#define HEADER_COMPATIBLE	24
#define HEADER_STRINGS_BYTES	32
#define HEADER_STRUCTURE_BYTES	36
#define FDT_VERSION		17
#define RESERVED_MAP_BYTES	16	/* its terminator; we reserve by leaving memory out */

#define TOKEN_NODE		1
#define TOKEN_NODE_END		2
#define TOKEN_PROPERTY		3
#define TOKEN_NOP		4
#define TOKEN_END		9

#define PATH_MAX_BYTES		256

static uint32_t be32_read(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static void be32_write(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 24);
	at[1] = (uint8_t)(value >> 16);
	at[2] = (uint8_t)(value >> 8);
	at[3] = (uint8_t)value;
}

static bool block_is_inside(uint32_t offset, uint32_t bytes, uint32_t total)
{
	return offset >= HEADER_BYTES && offset <= total && bytes <= total - offset;
}

enum status fdt_open(const void *blob, size_t bytes, struct fdt *out)
{
	const uint8_t *header = blob;

	if (bytes < HEADER_BYTES)
		return ERR_TRUNCATED;
	if (be32_read(header + HEADER_MAGIC) != FDT_MAGIC ||
	    be32_read(header + HEADER_VERSION) < FDT_VERSION ||
	    be32_read(header + HEADER_COMPATIBLE) > FDT_VERSION)
		return ERR_ARGS;

	/* Each number is read once: the tree may lie in memory that others write. */
	uint32_t total = be32_read(header + HEADER_TOTAL_BYTES);
	uint32_t structure = be32_read(header + HEADER_STRUCTURE);
	uint32_t structure_bytes = be32_read(header + HEADER_STRUCTURE_BYTES);
	uint32_t strings = be32_read(header + HEADER_STRINGS);
	uint32_t strings_bytes = be32_read(header + HEADER_STRINGS_BYTES);

	if (!is_aligned(structure | structure_bytes, 4))
		return ERR_ARGS;
	if (total > bytes || !block_is_inside(structure, structure_bytes, total) ||
	    !block_is_inside(strings, strings_bytes, total))
		return ERR_TRUNCATED;
	*out = (struct fdt){ header + structure, structure_bytes, (const char *)header + strings,
			     strings_bytes };
	return OK;
}

/*
 * State of a walk. The path holds the open nodes; ends[] is where each of their names starts to be
 * cut off.
 */
struct walk {
	const struct fdt *tree;
	uint32_t at;
	unsigned depth;
	bool root_seen;
	size_t path_bytes;
	size_t ends[FDT_DEPTH_MAX];
	char path[PATH_MAX_BYTES];
	fdt_visit *visit;
	void *context;
	bool stopped;
};

static bool walk_has(const struct walk *w, uint32_t bytes)
{
	return bytes <= w->tree->structure_bytes - w->at;
}

static uint32_t walk_u32(struct walk *w)
{
	uint32_t value = be32_read(w->tree->structure + w->at);

	w->at += 4;
	return value;
}

/* Skip @bytes of payload and its padding to 4; the structure block's size is a multiple of 4. */
static enum status walk_skip(struct walk *w, uint32_t bytes)
{
	if (!walk_has(w, bytes))
		return ERR_TRUNCATED;
	w->at += bytes;
	w->at += (4 - (w->at & 3)) & 3;
	return OK;
}

static const char *walk_path(struct walk *w)
{
	w->path[w->path_bytes] = '\0';
	return w->path_bytes == 0 ? "/" : w->path;
}

static enum status walk_node(struct walk *w)
{
	const char *name = (const char *)w->tree->structure + w->at;
	uint32_t limit = w->tree->structure_bytes - w->at;
	uint32_t length = 0;

	while (length < limit && name[length] != '\0' && name[length] != '/')
		length++;
	if (length == limit)
		return ERR_TRUNCATED;
	if (name[length] == '/' || w->depth == FDT_DEPTH_MAX)
		return ERR_ARGS;
	/* Exactly one root, and only it is nameless. */
	if ((w->depth == 0) != (length == 0) || (w->depth == 0 && w->root_seen))
		return ERR_ARGS;
	if (length + 2 > PATH_MAX_BYTES - w->path_bytes)
		return ERR_ARGS;
	w->ends[w->depth++] = w->path_bytes;
	w->root_seen = true;
	if (length > 0) {
		w->path[w->path_bytes] = '/';
		memcpy(w->path + w->path_bytes + 1, name, length);
		w->path_bytes += length + 1;
	}
	w->stopped = !w->visit(w->context, walk_path(w), NULL);
	return walk_skip(w, length + 1);
}

static enum status walk_property(struct walk *w)
{
	if (!walk_has(w, 8))
		return ERR_TRUNCATED;

	uint32_t bytes = walk_u32(w);
	uint32_t name = walk_u32(w);
	uint32_t end = name;

	if (w->depth == 0)
		return ERR_ARGS;
	while (end < w->tree->strings_bytes && w->tree->strings[end] != '\0')
		end++;
	if (end >= w->tree->strings_bytes || !walk_has(w, bytes))
		return ERR_TRUNCATED;

	struct fdt_property property = { w->tree->strings + name, w->tree->structure + w->at,
					 bytes };

	w->stopped = !w->visit(w->context, walk_path(w), &property);
	return walk_skip(w, bytes);
}

static enum status walk_node_end(struct walk *w)
{
	if (w->depth == 0)
		return ERR_ARGS;
	w->path_bytes = w->ends[--w->depth];
	return OK;
}

static enum status walk_token(struct walk *w, uint32_t token)
{
	switch (token) {
	case TOKEN_NODE:
		return walk_node(w);
	case TOKEN_NODE_END:
		return walk_node_end(w);
	case TOKEN_PROPERTY:
		return walk_property(w);
	case TOKEN_NOP:
		return OK;
	default:
		return ERR_ARGS;
	}
}

enum status fdt_walk(const struct fdt *tree, fdt_visit *visit, void *context)
{
	struct walk w = { .tree = tree, .visit = visit, .context = context };

	/* Each round consumes a token, so the size of the block bounds the loop. */
	while (walk_has(&w, 4)) {
		uint32_t token = walk_u32(&w);

		if (token == TOKEN_END)
			return w.depth == 0 && w.root_seen ? OK : ERR_ARGS;

		enum status status = walk_token(&w, token);

		if (w.stopped || status != OK)
			return status;
	}
	return ERR_TRUNCATED;
}

/*
 * Does @path name the node that @pattern means? A unit address ("@...") may be missing in the
 * pattern.
 */
static bool path_matches(const char *pattern, const char *path)
{
	for (;;) {
		if (*path == '@' && (*pattern == '/' || *pattern == '\0')) {
			while (*path != '/' && *path != '\0')
				path++;
		}
		if (*path != *pattern)
			return false;
		if (*path == '\0')
			return true;
		path++;
		pattern++;
	}
}

struct search {
	const char *path, *name;
	struct fdt_property *out;
	bool inside;
	bool found;
};

static bool search_visit(void *context, const char *path, const struct fdt_property *property)
{
	struct search *search = context;

	if (property == NULL) {
		/* Properties precede children: the next node ends the search in the first match. */
		if (search->inside)
			return false;
		search->inside = path_matches(search->path, path);
		return true;
	}
	if (!search->inside || strcmp(property->name, search->name) != 0)
		return true;
	*search->out = *property;
	search->found = true;
	return false;
}

enum status fdt_find(const struct fdt *tree, const char *path, const char *name,
		     struct fdt_property *out)
{
	struct search search = { .path = path, .name = name, .out = out };
	enum status status = fdt_walk(tree, search_visit, &search);

	if (status != OK)
		return status;
	return search.found ? OK : ERR_NOT_FOUND;
}

uint32_t fdt_cell(const struct fdt_property *property, unsigned index)
{
	return index < property->bytes / 4 ? be32_read(property->data + 4 * (size_t)index) : 0;
}

uint64_t fdt_cells64(const struct fdt_property *property, unsigned index)
{
	return (uint64_t)fdt_cell(property, index) << 32 | fdt_cell(property, index + 1);
}

/* The structure block starts behind header and reserved map; the strings follow it at the end. */
#define FDT_WRITER_START	(HEADER_BYTES + RESERVED_MAP_BYTES)

static void put_bytes(struct fdt_writer *w, const void *data, size_t bytes)
{
	size_t padded = (bytes + 3) & ~(size_t)3;

	if (w->overflow || padded < bytes || padded > w->bytes - w->used) {
		w->overflow = true;
		return;
	}
	memcpy(w->buffer + w->used, data, bytes);
	memset(w->buffer + w->used + bytes, 0, padded - bytes);
	w->used += padded;
}

static void put_u32(struct fdt_writer *w, uint32_t value)
{
	uint8_t cell[4];

	be32_write(cell, value);
	put_bytes(w, cell, sizeof(cell));
}

/* Offset of @name in the string table; it is added when it is new. */
static uint32_t string_offset(struct fdt_writer *w, const char *name)
{
	size_t length = strlen(name) + 1;

	for (size_t at = 0; at < w->strings_used; at += strlen(w->strings + at) + 1) {
		if (strcmp(w->strings + at, name) == 0)
			return (uint32_t)at;
	}
	if (length > sizeof(w->strings) - w->strings_used) {
		w->overflow = true;
		return 0;
	}
	memcpy(w->strings + w->strings_used, name, length);
	w->strings_used += length;
	return (uint32_t)(w->strings_used - length);
}

void fdt_begin(struct fdt_writer *w, void *buffer, size_t bytes)
{
	memset(w, 0, sizeof(*w));
	w->buffer = buffer;
	w->bytes = bytes;
	w->used = FDT_WRITER_START;
	w->overflow = bytes < FDT_WRITER_START || bytes > UINT32_MAX;
}

void fdt_node(struct fdt_writer *w, const char *name)
{
	put_u32(w, TOKEN_NODE);
	put_bytes(w, name, strlen(name) + 1);
	w->depth++;
}

void fdt_node_end(struct fdt_writer *w)
{
	put_u32(w, TOKEN_NODE_END);
	w->depth--;
}

void fdt_bytes(struct fdt_writer *w, const char *name, const void *data, size_t bytes)
{
	put_u32(w, TOKEN_PROPERTY);
	put_u32(w, (uint32_t)bytes);
	put_u32(w, string_offset(w, name));
	put_bytes(w, data, bytes);
}

void fdt_string(struct fdt_writer *w, const char *name, const char *text)
{
	fdt_bytes(w, name, text, strlen(text) + 1);
}

void fdt_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, size_t count)
{
	put_u32(w, TOKEN_PROPERTY);
	put_u32(w, (uint32_t)(4 * count));
	put_u32(w, string_offset(w, name));
	for (size_t i = 0; i < count; i++)
		put_u32(w, cells[i]);
}

void fdt_u32(struct fdt_writer *w, const char *name, uint32_t value)
{
	fdt_cells(w, name, &value, 1);
}

void fdt_u64(struct fdt_writer *w, const char *name, uint64_t value)
{
	uint32_t cells[2] = { (uint32_t)(value >> 32), (uint32_t)value };

	fdt_cells(w, name, cells, 2);
}

void fdt_empty(struct fdt_writer *w, const char *name)
{
	fdt_bytes(w, name, "", 0);
}

void fdt_name(struct fdt_writer *w, const char *name)
{
	(void)string_offset(w, name);
}

size_t fdt_end(struct fdt_writer *w)
{
	put_u32(w, TOKEN_END);

	size_t structure_end = w->used;

	put_bytes(w, w->strings, w->strings_used);
	if (w->overflow || w->depth != 0)
		return 0;

	memset(w->buffer, 0, FDT_WRITER_START);
	be32_write(w->buffer + HEADER_MAGIC, FDT_MAGIC);
	be32_write(w->buffer + HEADER_TOTAL_BYTES, (uint32_t)w->used);
	be32_write(w->buffer + HEADER_STRUCTURE, FDT_WRITER_START);
	be32_write(w->buffer + HEADER_STRINGS, (uint32_t)structure_end);
	be32_write(w->buffer + HEADER_RESERVED, HEADER_BYTES);
	be32_write(w->buffer + HEADER_VERSION, FDT_VERSION);
	be32_write(w->buffer + HEADER_COMPATIBLE, 16);
	be32_write(w->buffer + HEADER_STRINGS_BYTES, (uint32_t)w->strings_used);
	be32_write(w->buffer + HEADER_STRUCTURE_BYTES,
		   (uint32_t)(structure_end - FDT_WRITER_START));
	return w->used;
}
