/*
 * HOST_POOL_ADD, HOST_POPULATE and HOST_DONATE: what they move, how far one call gets, in which order a granule changes
 * hands, and each reason to refuse, with nothing changed.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"

#define BOX	HOST_ROLE_BOX
#define VM	HOST_ROLE_VM
#define RAM	PLAT_RAM_BASE
#define G	GRANULE_BYTES

#define expect_refused(code, ...)				\
	do {							\
		machine_snapshot();				\
		assert_int_equal(call(__VA_ARGS__), code);	\
		machine_expect_unchanged();			\
	} while (0)

static uint8_t state_of(uint64_t pa)
{
	return granule_get(pa_make(pa)).state;
}

/* --- pool --- */

static void pool_granules_become_tables_out_of_reach(void **state)
{
	struct fixture *f = *state;
	uint64_t pool = machine_take(3 * G, G), before = fixture_pair(f)->pool.count;

	assert_int_equal(call(HOST_POOL_ADD, f->handle, pool, 3 * G), HOST_OK);
	assert_hex(machine_x[1], 3 * G);
	assert_int_equal(fixture_pair(f)->pool.count, before + 3);
	for (uint64_t at = 0; at < 3 * G; at += G) {
		assert_int_equal(state_of(pool + at), GRANULE_TABLE);
		assert_false(machine_outer_leaf(pool + at).valid);
		/* Empty but for the link in its first word. */
		for (uint64_t word = 8; word < G; word += 8)
			assert_hex(*machine_at(pool + at + word), 0);
	}
}

static void a_pool_is_refused_in_order(void **state)
{
	struct fixture *f = *state;
	uint64_t pool = machine_take(2 * G, G);

	expect_refused(HOST_ERR_ARGS, HOST_POOL_ADD, 0, pool + 1, G);
	expect_refused(HOST_ERR_ARGS, HOST_POOL_ADD, f->handle, pool, 0);
	expect_refused(HOST_ERR_ARGS, HOST_POOL_ADD, f->handle, pool, G + 8);
	expect_refused(HOST_ERR_ARGS, HOST_POOL_ADD, f->handle, ~0xfffull, 2 * G);
	expect_refused(HOST_ERR_NOT_FOUND, HOST_POOL_ADD, 0, pool, G);
	expect_refused(HOST_ERR_NOT_FOUND, HOST_POOL_ADD, f->handle + 1, PLAT_MEDIATOR_BASE, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, PLAT_MEDIATOR_BASE, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, MACHINE_LOADER, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, f->control, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, f->pool, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, MACHINE_RAM_END, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, f->control - 2 * G, 4 * G);
}

static void an_active_pair_takes_no_memory(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G);

	expect_refused(HOST_ERR_STATE, HOST_POOL_ADD, f->handle, pa, G);
	expect_refused(HOST_ERR_STATE, HOST_DONATE, f->handle, VM, RAM + 2 * MIB, pa, G);
	expect_refused(HOST_ERR_STATE, HOST_POPULATE, f->handle, VM, RAM + 2 * MIB, pa, pa + G, G);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_DONATE, f->handle, VM, RAM + 2 * MIB, pa, G);
}

/* --- donate --- */

static void donated_memory_is_zero_and_the_domain_s_alone(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(4 * G, G);

	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 3 * G, pa, 4 * G), HOST_OK);
	assert_hex(machine_x[1], 4 * G);
	assert_hex(machine_x[2], 0);
	for (uint64_t at = 0; at < 4 * G; at += G) {
		struct granule granule = granule_get(pa_make(pa + at));

		assert_int_equal(granule.state, GRANULE_DATA);
		assert_int_equal(granule.who.who, 3);
		assert_true(machine_is_zero(pa + at));
		assert_false(machine_outer_leaf(pa + at).valid);
		assert_hex(machine_leaf(f->handle, VM, RAM + 3 * G + at).pa, pa + at);
		assert_false(machine_leaf(f->handle, BOX, RAM + 3 * G + at).valid);
	}
	assert_false(machine_leaf(f->handle, VM, RAM + 2 * G).valid);
	assert_false(machine_leaf(f->handle, VM, RAM + 7 * G).valid);
}

static void each_role_gets_its_own_memory(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G);

	assert_int_equal(call(HOST_DONATE, f->handle, BOX, RAM, pa, G), HOST_OK);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa + G, G), HOST_OK);
	assert_int_equal(granule_get(pa_make(pa)).who.who, 2);
	assert_int_equal(granule_get(pa_make(pa + G)).who.who, 3);
	assert_hex(machine_leaf(f->handle, BOX, RAM).pa, pa);
	assert_hex(machine_leaf(f->handle, VM, RAM).pa, pa + G);
}

static void aligned_memory_is_donated_as_a_block(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * MIB, 2 * MIB);

	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 2 * MIB, pa, 2 * MIB), HOST_OK);
	assert_hex(machine_x[1], 2 * MIB);
	assert_hex(machine_leaf(f->handle, VM, RAM + 2 * MIB).bytes, 2 * MIB);
}

static void one_donate_stops_at_two_mib_and_at_the_guest_s_boundary(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(4 * MIB, 2 * MIB);

	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 2 * MIB - 2 * G, pa, 4 * MIB), HOST_OK);
	assert_hex(machine_x[1], 2 * G);
	assert_int_equal(state_of(pa + 2 * G), GRANULE_OUTER);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 2 * MIB, pa + 2 * G, 4 * MIB - 2 * G), HOST_OK);
	assert_hex(machine_x[1], 2 * MIB);
	assert_int_equal(state_of(pa + 2 * G + 2 * MIB), GRANULE_OUTER);
}

static void a_donate_that_would_end_past_the_ram_is_taken_by_pieces_until_it_does(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G);

	/* The first piece lies inside; what is past the end is refused when it comes to it. */
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, f->handle, VM, RAM + 8 * MIB, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, f->handle, BOX, RAM + 2 * MIB, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, f->handle, VM, RAM - G, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, f->handle, VM, 0, pa, G);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 8 * MIB - G, pa, 2 * G), HOST_OK);
	assert_hex(machine_x[1], G);
}

static void a_donate_is_refused_in_order(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(4 * G, G), core = PLAT_MEDIATOR_BASE;

	/* Malformed, before the handle is looked at. */
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, 0, VM, RAM + 1, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, 0, VM, RAM, pa + 1, G);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, 0, VM, RAM, pa, 0);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, 0, VM, RAM, pa, G + 1);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, 0, 2, RAM, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, 0, ~0ull, RAM, pa, G);
	expect_refused(HOST_ERR_NOT_FOUND, HOST_DONATE, 0, VM, RAM, core, G);
	/* Outside the domain's RAM, before what is mapped there; that before tables; those before the owner. */
	expect_refused(HOST_ERR_ARGS, HOST_DONATE, f->handle, VM, RAM - G, core, G);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa, G), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_DONATE, f->handle, VM, RAM, core, G);
	expect_refused(HOST_ERR_STATE, HOST_DONATE, f->handle, VM, RAM, pa + G, G);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM + G, core, G);
}

static void numbers_that_overflow_are_refused(void **state)
{
	static const uint64_t huge[] = { ~0ull, ~0xfffull, BIT(63), BIT(52), BIT(48), BIT(48) - GRANULE_BYTES, BIT(40),
					 0ull - BIT(39) };
	struct fixture *f = *state;
	uint64_t pa = machine_take(G, G);

	for (size_t i = 0; i < ARRAY_COUNT(huge); i++) {
		for (unsigned role = 0; role < 2; role++) {
			machine_snapshot();
			assert_true(call(HOST_DONATE, f->handle, role, huge[i], pa, G) < 0);
			assert_true(call(HOST_DONATE, f->handle, role, RAM, huge[i], G) < 0);
			assert_true(call(HOST_DONATE, f->handle, role, RAM, pa, huge[i]) < 0);
			assert_true(call(HOST_DONATE, f->handle, role, huge[i], pa, 0ull - huge[i]) < 0);
			assert_true(call(HOST_POPULATE, f->handle, role, huge[i], pa, pa, G) < 0);
			assert_true(call(HOST_POPULATE, f->handle, role, RAM, pa, huge[i], G) < 0);
			assert_true(call(HOST_POPULATE, f->handle, role, RAM, pa, pa, huge[i]) < 0);
			machine_expect_unchanged();
		}
	}
}

static void memory_that_is_mapped_already_is_not_replaced(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * MIB, 2 * MIB);

	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 2 * MIB + 5 * G, pa + 5 * G, G), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_DONATE, f->handle, VM, RAM + 2 * MIB + 4 * G, pa, 3 * G);
	expect_refused(HOST_ERR_STATE, HOST_DONATE, f->handle, VM, RAM + 2 * MIB, pa, 2 * MIB);
}

static void the_same_memory_is_not_given_twice(void **state)
{
	struct fixture *f = *state;
	struct fixture other;
	uint64_t pa = machine_take(2 * G, G);

	fixture_create(&other, 1);
	fixture_pool(&other);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa, G), HOST_OK);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM + G, pa, G);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, BOX, RAM, pa, G);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, other.handle, VM, RAM, pa, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, other.handle, VM, RAM, pa, pa + G, G);
	/* Nor read through another domain's populate. */
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, other.handle, VM, RAM, pa + G, pa, G);
	expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, other.handle, pa, G);
	assert_int_equal(call(HOST_DONATE, other.handle, VM, RAM, pa + G, G), HOST_OK);
}

/* A range whose first granule is legal and another is not: nothing moves. */
static void one_foreign_granule_refuses_all(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(8 * G, G);

	for (uint64_t foreign = 0; foreign < 8; foreign++) {
		assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + 7 * MIB + foreign * G, pa + foreign * G, G),
				 HOST_OK);
		expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM, pa, 8 * G);
		expect_refused(HOST_ERR_DENIED, HOST_POOL_ADD, f->handle, pa, 8 * G);
		expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_LOADER, 8 * G);
		uint64_t free = machine_take(8 * G, G);

		expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, free, pa, 8 * G);
		pa = machine_take(8 * G, G);
	}
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM, MACHINE_RAM_END - 4 * G, 8 * G);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM, PLAT_MEDIATOR_BASE - 4 * G, 8 * G);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM, MACHINE_LOADER - 4 * G, 8 * G);
	expect_refused(HOST_ERR_DENIED, HOST_DONATE, f->handle, VM, RAM, PLAT_RAM_BASE - 4 * G, 8 * G);
}

static void missing_tables_are_counted(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G);

	expect_refused(HOST_ERR_NO_MEMORY, HOST_DONATE, f->handle, VM, RAM, pa, G);
	assert_int_equal(machine_x[1], 2);
	assert_int_equal(machine_x[2], 0);
	expect_refused(HOST_ERR_NO_MEMORY, HOST_POPULATE, f->handle, VM, RAM, pa, pa + G, G);
	assert_int_equal(machine_x[1], 2);
	uint64_t pool = machine_take(2 * G, G);

	assert_int_equal(call(HOST_POOL_ADD, f->handle, pool, G), HOST_OK);
	expect_refused(HOST_ERR_NO_MEMORY, HOST_DONATE, f->handle, VM, RAM, pa, G);
	assert_int_equal(machine_x[1], 2);
	assert_int_equal(machine_x[2], 1);
	assert_int_equal(call(HOST_POOL_ADD, f->handle, pool + G, G), HOST_OK);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa, G), HOST_OK);
}

/* --- populate --- */

static void populated_memory_is_a_copy_and_measured(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G), source = machine_take(2 * G, G);
	uint64_t chain[4] = { 0 };

	for (uint64_t at = 0; at < 2 * G; at += G) {
		uint64_t address = RAM + 4 * G + at;

		machine_mix(chain, &address, sizeof(address));
		machine_mix(chain, machine_at(source + at), G);
	}
	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM + 4 * G, pa, source, 2 * G), HOST_OK);
	assert_hex(machine_x[1], 2 * G);
	assert_memory_equal(machine_at(pa), machine_at(source), 2 * G);
	assert_memory_equal(fixture_pair(f)->domains[VM].run.digest, chain, sizeof(chain));
	assert_hex(machine_leaf(f->handle, VM, RAM + 4 * G).pa, pa);
	assert_int_equal(state_of(pa), GRANULE_DATA);
	/* The source stays the outer OS's. */
	assert_int_equal(state_of(source), GRANULE_OUTER);
	assert_hex(*machine_at(source), machine_pattern(source));
	assert_true(machine_outer_leaf(source).valid);
}

static void populated_memory_is_clean_before_it_is_measured(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G);
	unsigned cleaned = 0, measured = 0;

	fake_events_clear();
	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_LOADER, 2 * G), HOST_OK);
	for (unsigned i = 0; i < fake_events[0].count; i++) {
		const struct fake_event *event = &fake_events[0].list[i];

		if (event->kind == FAKE_CLEAN && event->a == pa && event->b == 2 * G)
			cleaned++;
		if (event->kind == FAKE_SMC && event->a == ANCHOR_HASH_EXTEND) {
			assert_int_equal(cleaned, 1);
			measured++;
		}
	}
	assert_int_equal(measured, 2);
}

static void one_populate_stops_at_its_limit_and_at_the_boundary(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(MIB, G);

	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_LOADER, MIB), HOST_OK);
	assert_hex(machine_x[1], HOST_POPULATE_MAX);
	assert_int_equal(state_of(pa + HOST_POPULATE_MAX), GRANULE_OUTER);
	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM + 2 * MIB - G, pa + HOST_POPULATE_MAX, MACHINE_LOADER,
			      HOST_POPULATE_MAX), HOST_OK);
	assert_hex(machine_x[1], G);
}

static void populating_goes_upwards_only(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(8 * G, G);

	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM + 4 * G, pa, MACHINE_LOADER, 2 * G), HOST_OK);
	pa += 2 * G;
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_LOADER, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, f->handle, VM, RAM + 4 * G, pa, MACHINE_LOADER, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, f->handle, VM, RAM + 5 * G, pa, MACHINE_LOADER, G);
	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM + 6 * G, pa, MACHINE_LOADER, G), HOST_OK);
	/* The other domain of the pair has an order of its own; donating has none. */
	assert_int_equal(call(HOST_POPULATE, f->handle, BOX, RAM, pa + G, MACHINE_LOADER, G), HOST_OK);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa + 2 * G, G), HOST_OK);
}

static void a_populate_is_refused_in_order(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(4 * G, G), core = PLAT_MEDIATOR_BASE;

	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, VM, RAM + 8, pa, pa + G, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, VM, RAM, pa + 8, pa + G, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, VM, RAM, pa, pa + 8, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, VM, RAM, pa, pa + G, 8);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, 2, RAM, pa, pa + G, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, VM, RAM, core, core, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, 0, VM, RAM, pa, pa + G, 2 * G);
	expect_refused(HOST_ERR_NOT_FOUND, HOST_POPULATE, 0, VM, RAM, core, core + G, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE, f->handle, VM, RAM - G, core, core + G, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, core, core + G, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, pa, core, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, MACHINE_LOADER, pa, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, pa, PLAT_UART0_BASE, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_RAM_END, G);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa, G), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_POPULATE, f->handle, VM, RAM, core, core + G, G);
}

static void a_source_half_in_the_loader_window_is_refused(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(2 * G, G);

	/* One range, two states: it is not the caller's as a whole. */
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_LOADER - G, 2 * G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE, f->handle, VM, RAM, pa,
		       MACHINE_LOADER + MACHINE_LOADER_BYTES - G, 2 * G);
}

static void a_destination_can_t_be_its_own_source(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(3 * G, G);

	machine_snapshot();
	assert_true(call(HOST_POPULATE, f->handle, VM, RAM, pa, pa, G) < 0);
	assert_true(call(HOST_POPULATE, f->handle, VM, RAM, pa, pa + G, 2 * G) < 0);
	assert_true(call(HOST_POPULATE, f->handle, VM, RAM, pa + G, pa, 2 * G) < 0);
	machine_expect_unchanged();
}

/* --- the order in which a granule changes hands --- */

static uint64_t watched;
static char steps[64];

static void step(char c)
{
	size_t used = strlen(steps);

	if (used + 1 < sizeof(steps))
		steps[used] = c;
}

/* What is true of the watched granule when something happens: u unmapped, h held, m mapped by its domain. */
static void order_hook(const struct fake_event *event)
{
	bool is_unmapped = !machine_outer_leaf(watched).valid;
	bool is_held = state_of(watched) == GRANULE_MOVING;

	/* What unmaps and maps it is seen by its effect. */
	if (event->kind == FAKE_DESCRIPTOR || event->kind == FAKE_BARRIER || event->kind == FAKE_VTTBR)
		return;
	if (!is_unmapped || !is_held)
		step('!');
	if (event->kind == FAKE_TLB_VMID || event->kind == FAKE_TLB_IPA)
		step(event->a == 0 ? 'i' : '?');
	if (event->kind == FAKE_ZERO && event->a == watched)
		step('z');
	if (event->kind == FAKE_CLEAN && event->a == watched)
		step('c');
	if (event->kind == FAKE_SMC && event->b == watched)
		step('h');
}

static void order_watch(uint64_t pa)
{
	watched = pa;
	memset(steps, 0, sizeof(steps));
	machine.watch = order_hook;
}

static void donated_memory_is_unmapped_invalidated_zeroed_recorded_mapped(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(G, G);

	order_watch(pa);
	call(HOST_DONATE, f->handle, VM, RAM, pa, G);
	assert_string_equal(steps, "iz");
}

static void populated_memory_is_unmapped_invalidated_filled_measured_mapped(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(G, G);

	order_watch(pa);
	call(HOST_POPULATE, f->handle, VM, RAM, pa, MACHINE_LOADER, G);
	assert_string_equal(steps, "ich");
}

static void pool_memory_is_unmapped_invalidated_zeroed(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(G, G);

	order_watch(pa);
	call(HOST_POOL_ADD, f->handle, pa, G);
	assert_string_equal(steps, "iz");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(fixture_new_1, pool_granules_become_tables_out_of_reach),
		TEST_FROM(fixture_new_1, a_pool_is_refused_in_order),
		TEST_FROM(fixture_active_1, an_active_pair_takes_no_memory),
		TEST_FROM(fixture_new_1, donated_memory_is_zero_and_the_domain_s_alone),
		TEST_FROM(fixture_new_1, each_role_gets_its_own_memory),
		TEST_FROM(fixture_new_1, aligned_memory_is_donated_as_a_block),
		TEST_FROM(fixture_new_1, one_donate_stops_at_two_mib_and_at_the_guest_s_boundary),
		TEST_FROM(fixture_new_1, a_donate_that_would_end_past_the_ram_is_taken_by_pieces_until_it_does),
		TEST_FROM(fixture_new_1, a_donate_is_refused_in_order),
		TEST_FROM(fixture_new_1, numbers_that_overflow_are_refused),
		TEST_FROM(fixture_new_1, memory_that_is_mapped_already_is_not_replaced),
		TEST_FROM(fixture_new_1, the_same_memory_is_not_given_twice),
		TEST_FROM(fixture_new_1, one_foreign_granule_refuses_all),
		TEST_FROM(fixture_bare_1, missing_tables_are_counted),
		TEST_FROM(fixture_new_1, populated_memory_is_a_copy_and_measured),
		TEST_FROM(fixture_new_1, populated_memory_is_clean_before_it_is_measured),
		TEST_FROM(fixture_new_1, one_populate_stops_at_its_limit_and_at_the_boundary),
		TEST_FROM(fixture_new_1, populating_goes_upwards_only),
		TEST_FROM(fixture_new_1, a_populate_is_refused_in_order),
		TEST_FROM(fixture_new_1, a_source_half_in_the_loader_window_is_refused),
		TEST_FROM(fixture_new_1, a_destination_can_t_be_its_own_source),
		TEST_FROM(fixture_new_1, donated_memory_is_unmapped_invalidated_zeroed_recorded_mapped),
		TEST_FROM(fixture_new_1, populated_memory_is_unmapped_invalidated_filled_measured_mapped),
		TEST_FROM(fixture_new_1, pool_memory_is_unmapped_invalidated_zeroed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
