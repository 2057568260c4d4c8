/*
 * Device trees: what the writer makes libfdt finds well formed and reads alike; what the reader reads is what libfdt
 * wrote; and no broken tree makes the reader leave its bounds. libfdt is the second opinion and no part of the product.
 * Links: -lfdt
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include <libfdt.h>

/* Ours is included, with other names for what libfdt has too. */
#undef FDT_MAGIC
#define fdt_property	redoubt_property
#define fdt_string	redoubt_string
#include "lib/fdt.c"
#undef fdt_property
#undef fdt_string

#define TREE_BYTES 4096

static _Alignas(8) uint8_t blob[TREE_BYTES];

/* --- the writer --- */

static size_t tree_write(size_t room)
{
	static const uint32_t reg[] = { 0, 0x40000000, 0, 0x20000000 };
	struct fdt_writer w;

	fdt_begin(&w, blob, room);
	fdt_node(&w, "");
	fdt_u32(&w, "#address-cells", 2);
	redoubt_string(&w, "model", "a board");
	fdt_node(&w, "memory@40000000");
	redoubt_string(&w, "device_type", "memory");
	fdt_cells(&w, "reg", reg, 4);
	fdt_node_end(&w);
	fdt_node(&w, "chosen");
	fdt_u64(&w, "initrd", 0x123456789abcdef0);
	fdt_empty(&w, "flag");
	fdt_bytes(&w, "odd", "abc", 3);
	fdt_node(&w, "inner");
	redoubt_string(&w, "model", "again");
	fdt_node_end(&w);
	fdt_node_end(&w);
	fdt_node_end(&w);
	return fdt_end(&w);
}

static void libfdt_finds_our_tree_well_formed(void **state)
{
	size_t bytes = tree_write(sizeof(blob));

	(void)state;
	assert_true(bytes > 0 && bytes < sizeof(blob));
	assert_int_equal(fdt_check_full(blob, bytes), 0);
	assert_int_equal(fdt_totalsize(blob), bytes);
}

static void libfdt_reads_what_we_wrote(void **state)
{
	int length, node;
	const void *value;

	(void)state;
	tree_write(sizeof(blob));
	node = fdt_path_offset(blob, "/memory@40000000");
	assert_true(node > 0);
	value = fdt_getprop(blob, node, "reg", &length);
	assert_int_equal(length, 16);
	assert_int_equal(fdt32_to_cpu(((const uint32_t *)value)[1]), 0x40000000);
	node = fdt_path_offset(blob, "/chosen");
	value = fdt_getprop(blob, node, "initrd", &length);
	assert_int_equal(length, 8);
	assert_int_equal(fdt32_to_cpu(((const uint32_t *)value)[0]), 0x12345678);
	assert_non_null(fdt_getprop(blob, node, "flag", &length));
	assert_int_equal(length, 0);
	value = fdt_getprop(blob, node, "odd", &length);
	assert_int_equal(length, 3);
	assert_memory_equal(value, "abc", 3);
	node = fdt_path_offset(blob, "/chosen/inner");
	assert_string_equal(fdt_getprop(blob, node, "model", NULL), "again");
}

/* Every size that is too small is refused; nothing past it is written. */
static void a_buffer_too_small_gives_no_tree_and_no_overflow(void **state)
{
	size_t needed = tree_write(sizeof(blob));

	(void)state;
	for (size_t room = 0; room < needed; room++) {
		memset(blob, 0x5a, sizeof(blob));
		assert_int_equal(tree_write(room), 0);
		for (size_t at = room; at < needed + 16; at++)
			assert_int_equal(blob[at], 0x5a);
	}
	assert_int_equal(tree_write(needed), needed);
}

static void nodes_left_open_give_no_tree(void **state)
{
	struct fdt_writer w;

	(void)state;
	fdt_begin(&w, blob, sizeof(blob));
	fdt_node(&w, "");
	assert_int_equal(fdt_end(&w), 0);
	fdt_begin(&w, blob, sizeof(blob));
	fdt_node(&w, "");
	fdt_node_end(&w);
	fdt_node_end(&w);
	assert_int_equal(fdt_end(&w), 0);
}

static void too_many_names_give_no_tree(void **state)
{
	static _Alignas(8) uint8_t large[65536];
	struct fdt_writer w;
	char name[32];

	(void)state;
	fdt_begin(&w, large, sizeof(large));
	fdt_node(&w, "");
	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "property-number-%u", i);
		fdt_empty(&w, name);
	}
	fdt_node_end(&w);
	assert_int_equal(fdt_end(&w), 0);
}

static void a_name_used_twice_is_stored_once(void **state)
{
	struct fdt_writer w;

	(void)state;
	fdt_begin(&w, blob, sizeof(blob));
	fdt_node(&w, "");
	for (unsigned i = 0; i < 50; i++)
		fdt_u32(&w, "the-same-name", i);
	fdt_node_end(&w);
	size_t bytes = fdt_end(&w);

	assert_int_equal(fdt_size_dt_strings(blob), sizeof("the-same-name"));
	assert_true(bytes > 0);
}

/* --- the reader --- */

static void libfdt_tree(void)
{
	assert_int_equal(fdt_create(blob, sizeof(blob)), 0);
	assert_int_equal(fdt_add_reservemap_entry(blob, 0x1000, 0x2000), 0);
	assert_int_equal(fdt_finish_reservemap(blob), 0);
	assert_int_equal(fdt_begin_node(blob, ""), 0);
	assert_int_equal(fdt_property_u32(blob, "#size-cells", 2), 0);
	assert_int_equal(fdt_begin_node(blob, "cpus"), 0);
	for (unsigned i = 0; i < 3; i++) {
		char name[16];

		snprintf(name, sizeof(name), "cpu@%u", i);
		assert_int_equal(fdt_begin_node(blob, name), 0);
		assert_int_equal(fdt_property_string(blob, "device_type", "cpu"), 0);
		assert_int_equal(fdt_property_u32(blob, "reg", i), 0);
		assert_int_equal(fdt_end_node(blob), 0);
	}
	assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_begin_node(blob, "memory@40000000"), 0);
	assert_int_equal(fdt_property_u64(blob, "reg", 0x40000000), 0);
	assert_int_equal(fdt_property(blob, "empty", NULL, 0), 0);
	assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_end_node(blob), 0);
	assert_int_equal(fdt_finish(blob), 0);
}

static struct fdt tree_open(void)
{
	struct fdt tree;

	assert_int_equal(fdt_open(blob, sizeof(blob), &tree), OK);
	return tree;
}

struct visited {
	unsigned nodes, properties, cpus;
	unsigned stop_after;
};

static bool count_visit(void *context, const char *path, const struct redoubt_property *property)
{
	struct visited *visited = context;

	visited->nodes += property == NULL ? 1 : 0;
	visited->properties += property != NULL ? 1 : 0;
	if (property == NULL && strncmp(path, "/cpus/cpu@", 10) == 0)
		visited->cpus++;
	return visited->nodes + visited->properties != visited->stop_after;
}

static void every_node_and_property_is_visited_in_order(void **state)
{
	struct visited visited = { 0 };

	(void)state;
	libfdt_tree();
	struct fdt tree = tree_open();

	assert_int_equal(fdt_walk(&tree, count_visit, &visited), OK);
	assert_int_equal(visited.nodes, 6);
	assert_int_equal(visited.properties, 9);
	assert_int_equal(visited.cpus, 3);
}

static void a_visit_can_stop_the_walk(void **state)
{
	(void)state;
	libfdt_tree();
	struct fdt tree = tree_open();

	for (unsigned stop = 1; stop < 15; stop++) {
		struct visited visited = { .stop_after = stop };

		assert_int_equal(fdt_walk(&tree, count_visit, &visited), OK);
		assert_int_equal(visited.nodes + visited.properties, stop);
	}
}

static void properties_are_found_by_path(void **state)
{
	struct redoubt_property property;

	(void)state;
	libfdt_tree();
	struct fdt tree = tree_open();

	assert_int_equal(fdt_find(&tree, "/memory@40000000", "reg", &property), OK);
	assert_hex(fdt_cells64(&property, 0), 0x40000000);
	assert_int_equal(fdt_find(&tree, "/memory", "reg", &property), OK);
	assert_int_equal(property.bytes, 8);
	assert_int_equal(fdt_find(&tree, "/cpus/cpu@2", "reg", &property), OK);
	assert_int_equal(fdt_cell(&property, 0), 2);
	/* The first that matches without its unit address. */
	assert_int_equal(fdt_find(&tree, "/cpus/cpu", "reg", &property), OK);
	assert_int_equal(fdt_cell(&property, 0), 0);
	assert_int_equal(fdt_find(&tree, "/", "#size-cells", &property), OK);
	assert_int_equal(fdt_find(&tree, "/memory", "empty", &property), OK);
	assert_int_equal(property.bytes, 0);
}

static void what_is_not_there_is_not_found(void **state)
{
	static const char *const names[][2] = {
		{ "/memory", "device_type" }, { "/mem", "reg" }, { "/cpus/cpu@3", "reg" }, { "/cpus/cpu@", "reg" },
		{ "/", "reg" }, { "memory", "reg" }, { "/memory/", "reg" }, { "/cpus", "reg" },
	};
	struct redoubt_property property;

	(void)state;
	libfdt_tree();
	struct fdt tree = tree_open();

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_int_equal(fdt_find(&tree, names[i][0], names[i][1], &property), ERR_NOT_FOUND);
}

static void cells_past_the_end_are_zero(void **state)
{
	static const uint8_t data[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct redoubt_property property = { "x", data, sizeof(data) };

	(void)state;
	assert_hex(fdt_cell(&property, 0), 0x01020304);
	assert_hex(fdt_cell(&property, 1), 0);
	assert_hex(fdt_cell(&property, ~0u), 0);
	assert_hex(fdt_cells64(&property, 0), 0x0102030400000000);
}

/* --- broken trees, in memory of exactly their size --- */

static bool any_visit(void *context, const char *path, const struct redoubt_property *property)
{
	size_t *touched = context;

	*touched += strlen(path);
	if (property != NULL) {
		*touched += strlen(property->name);
		for (uint32_t i = 0; i < property->bytes; i++)
			*touched += property->data[i];
	}
	return true;
}

/* Read all of it; the sanitiser finds a byte too far. */
static enum status tree_try(const uint8_t *bytes, size_t count)
{
	uint8_t *copy = malloc(count == 0 ? 1 : count);
	struct fdt tree;
	size_t touched = 0;

	assert_non_null(copy);
	memcpy(copy, bytes, count);
	enum status status = fdt_open(copy, count, &tree);

	if (status == OK) {
		struct redoubt_property property;

		status = fdt_walk(&tree, any_visit, &touched);
		if (fdt_find(&tree, "/memory", "reg", &property) == OK)
			touched += fdt_cells64(&property, 0);
	}
	free(copy);
	return status;
}

static void a_tree_that_ends_early_is_refused_at_every_length(void **state)
{
	(void)state;
	libfdt_tree();
	size_t bytes = fdt_totalsize(blob);

	for (size_t count = 0; count < bytes; count++)
		assert_int_equal(tree_try(blob, count), ERR_TRUNCATED);
	assert_int_equal(tree_try(blob, bytes), OK);
}

static void a_bad_header_is_refused(void **state)
{
	/* magic, totalsize, structure, strings, version, compatible, strings bytes, structure bytes */
	static const struct {
		unsigned offset;
		uint32_t value;
		enum status expected;
	} bad[] = {
		{ 0, 0xd00dfeec, ERR_ARGS },
		{ 4, 0, ERR_TRUNCATED },
		{ 4, 0xffffffff, ERR_TRUNCATED },
		{ 8, 0, ERR_TRUNCATED },
		{ 8, 36, ERR_TRUNCATED },
		{ 8, 57, ERR_ARGS },
		{ 8, 0xfffffffc, ERR_TRUNCATED },
		{ 12, 0, ERR_TRUNCATED },
		{ 12, 0xffffffff, ERR_TRUNCATED },
		{ 20, 16, ERR_ARGS },
		{ 20, 0, ERR_ARGS },
		{ 24, 18, ERR_ARGS },
		{ 32, 0xffffffff, ERR_TRUNCATED },
		{ 36, 0xfffffffc, ERR_TRUNCATED },
		{ 36, 6, ERR_ARGS },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		libfdt_tree();
		size_t bytes = fdt_totalsize(blob);
		uint32_t value = cpu_to_fdt32(bad[i].value);

		memcpy(blob + bad[i].offset, &value, 4);
		assert_int_equal(tree_try(blob, bytes), bad[i].expected);
	}
}

/* Every byte of a tree, every bit: refused or read, never past the end. */
static void no_flipped_bit_leads_the_reader_astray(void **state)
{
	unsigned refused = 0;

	(void)state;
	libfdt_tree();
	size_t bytes = fdt_totalsize(blob);

	for (size_t at = 0; at < bytes; at++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			blob[at] ^= (uint8_t)(1u << bit);
			refused += tree_try(blob, bytes) != OK ? 1 : 0;
			blob[at] ^= (uint8_t)(1u << bit);
		}
	}
	assert_true(refused > 100);
	assert_int_equal(tree_try(blob, bytes), OK);
}

static void no_random_structure_leads_the_reader_astray(void **state)
{
	uint64_t random = 0x9e3779b97f4a7c15ull;

	(void)state;
	for (unsigned round = 0; round < 5000; round++) {
		libfdt_tree();
		size_t bytes = fdt_totalsize(blob);
		uint32_t start = fdt_off_dt_struct(blob);

		for (unsigned i = 0; i < 6; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			/* A token, a size or a string offset somewhere. */
			uint32_t value = cpu_to_fdt32((uint32_t)(random >> 40) % ((random & 1) != 0 ? 10 : 0xffffffff));
			size_t at = start + (random >> 8) % ((bytes - start) / 4) * 4;

			memcpy(blob + at, &value, 4);
		}
		tree_try(blob, bytes);
	}
}

static void nesting_too_deep_is_refused(void **state)
{
	struct fdt_writer w;

	(void)state;
	for (unsigned depth = FDT_DEPTH_MAX - 1; depth <= FDT_DEPTH_MAX + 1; depth++) {
		fdt_begin(&w, blob, sizeof(blob));
		for (unsigned i = 0; i < depth; i++)
			fdt_node(&w, i == 0 ? "" : "n");
		for (unsigned i = 0; i < depth; i++)
			fdt_node_end(&w);
		size_t bytes = fdt_end(&w);

		assert_int_equal(tree_try(blob, bytes), depth <= FDT_DEPTH_MAX ? OK : ERR_ARGS);
	}
}

static void names_too_long_or_with_slashes_are_refused(void **state)
{
	char name[300];
	struct fdt_writer w;

	(void)state;
	for (size_t length = 250; length < 260; length++) {
		memset(name, 'n', sizeof(name));
		name[length] = '\0';
		fdt_begin(&w, blob, sizeof(blob));
		fdt_node(&w, "");
		fdt_node(&w, name);
		fdt_node_end(&w);
		fdt_node_end(&w);
		/* The path has a slash before it; 255 characters are allowed. */
		assert_int_equal(tree_try(blob, fdt_end(&w)), length + 1 <= 255 ? OK : ERR_ARGS);
	}
	fdt_begin(&w, blob, sizeof(blob));
	fdt_node(&w, "");
	fdt_node(&w, "a/b");
	fdt_node_end(&w);
	fdt_node_end(&w);
	assert_int_equal(tree_try(blob, fdt_end(&w)), ERR_ARGS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(libfdt_finds_our_tree_well_formed),
		TEST(libfdt_reads_what_we_wrote),
		TEST(a_buffer_too_small_gives_no_tree_and_no_overflow),
		TEST(nodes_left_open_give_no_tree),
		TEST(too_many_names_give_no_tree),
		TEST(a_name_used_twice_is_stored_once),
		TEST(every_node_and_property_is_visited_in_order),
		TEST(a_visit_can_stop_the_walk),
		TEST(properties_are_found_by_path),
		TEST(what_is_not_there_is_not_found),
		TEST(cells_past_the_end_are_zero),
		TEST(a_tree_that_ends_early_is_refused_at_every_length),
		TEST(a_bad_header_is_refused),
		TEST(no_flipped_bit_leads_the_reader_astray),
		TEST(no_random_structure_leads_the_reader_astray),
		TEST(nesting_too_deep_is_refused),
		TEST(names_too_long_or_with_slashes_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
