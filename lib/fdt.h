/*
 * Flattened device trees: a bounded reader for trees that others wrote, and a writer for our own.
 * Neither allocates nor recurses. Source: Devicetree Specification 0.4, "Flattened Devicetree (DTB) Format".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_FDT_H
#define LIB_FDT_H

#include "lib/compiler.h"
#include "lib/status.h"

#define FDT_MAGIC		0xd00dfeed
#define FDT_DEPTH_MAX		16

/* A tree in memory, header checked; everything later stays within these bounds. */
struct fdt {
	const uint8_t *structure;
	uint32_t structure_bytes;
	const char *strings;
	uint32_t strings_bytes;
};

/* One property met on the walk. Name and data point into the tree. */
struct fdt_property {
	const char *name;
	const uint8_t *data;
	uint32_t bytes;
};

/**
 * fdt_open - check the header of a tree of at most @bytes at @blob, and the bounds that it names.
 *
 * Returns OK; ERR_TRUNCATED if blocks reach past @bytes or the header's own total; ERR_ARGS if magic,
 * version or alignment are wrong. The blob may be hostile: no later call reads outside it.
 */
MUST_CHECK enum status fdt_open(const void *blob, size_t bytes, struct fdt *out);

/* Called for each node on entry (property NULL) and each of its properties; path is "/a/b@0". False stops the walk. */
typedef bool fdt_visit(void *context, const char *path, const struct fdt_property *property);

/**
 * fdt_walk - visit nodes and properties in file order.
 *
 * Returns OK at the end or when @visit stopped it; ERR_ARGS for a bad token, name or depth over
 * FDT_DEPTH_MAX or a path over 255 characters; ERR_TRUNCATED if the structure ends early.
 */
MUST_CHECK enum status fdt_walk(const struct fdt *tree, fdt_visit *visit, void *context);

/**
 * fdt_find - the property @name of the node at @path; the first node whose path matches, unit addresses
 * may be left out of @path ("/memory" matches "/memory@40000000").
 *
 * Returns OK; ERR_NOT_FOUND; or what fdt_walk returns.
 */
MUST_CHECK enum status fdt_find(const struct fdt *tree, const char *path, const char *name,
				struct fdt_property *out);

/* fdt_cell - cell @index (big-endian u32) of a property; 0 if it has fewer. */
uint32_t fdt_cell(const struct fdt_property *property, unsigned index);
/* fdt_cells64 - cells @index and @index + 1 as one number. */
uint64_t fdt_cells64(const struct fdt_property *property, unsigned index);

/* A tree being written into a caller's buffer. An overflow is remembered, not written. */
struct fdt_writer {
	uint8_t *buffer;
	size_t bytes;
	size_t used;			/* structure block so far, from FDT_WRITER_START */
	char strings[1024];
	size_t strings_used;
	int depth;
	bool overflow;
};

/**
 * fdt_begin - start a tree in @buffer (8-byte aligned, @bytes long). Nodes are opened and closed in
 * order; the root is fdt_node(w, ""). fdt_end closes the tree.
 */
void fdt_begin(struct fdt_writer *w, void *buffer, size_t bytes);
void fdt_node(struct fdt_writer *w, const char *name);
void fdt_node_end(struct fdt_writer *w);
void fdt_bytes(struct fdt_writer *w, const char *name, const void *data, size_t bytes);
void fdt_string(struct fdt_writer *w, const char *name, const char *text);
void fdt_cells(struct fdt_writer *w, const char *name, const uint32_t *cells, size_t count);
void fdt_u32(struct fdt_writer *w, const char *name, uint32_t value);
void fdt_u64(struct fdt_writer *w, const char *name, uint64_t value);
void fdt_empty(struct fdt_writer *w, const char *name);

/* fdt_name - put @name into the string table, whether or not a property has it. */
void fdt_name(struct fdt_writer *w, const char *name);

/**
 * fdt_end - write header and strings. Returns the size of the whole tree in bytes, or 0 if the
 * buffer or the string table was too small, or nodes were left open.
 */
size_t fdt_end(struct fdt_writer *w);

#endif
