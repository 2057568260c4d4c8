/*
 * HOST_POPULATE_IMAGE, and HOST_ACTIVATE of a VM that was populated by it: whose chunks go where, what a refusal leaves to
 * whom, and that an image's VM runs whole or not at all.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/fixture.h"
#include "lib/signed.h"

#define BOX	HOST_ROLE_BOX
#define VM	HOST_ROLE_VM
#define RAM	PLAT_RAM_BASE
#define G	GRANULE_BYTES
#define IMAGE	77
#define CHUNKS	4u

#define expect_refused(code, ...)				\
	do {							\
		machine_snapshot();				\
		assert_int_equal(call(__VA_ARGS__), code);	\
		machine_expect_unchanged();			\
	} while (0)

static const struct host_record *last_refusal(void)
{
	const struct ring *log = &cpus[0].log;

	return &log->records[(log->head - 1) & log->mask];
}

static uint8_t state_of(uint64_t pa)
{
	return granule_get(pa_make(pa)).state;
}

/* An image of CHUNKS chunks from the VM's address RAM on, of which @good are; memory for it, and a granule more. */
static uint64_t image_make(uint32_t good)
{
	machine.image = (struct machine_image){ .handle = IMAGE, .address = RAM, .good = good, .count = CHUNKS };
	return machine_take((CHUNKS + 1) * G, G);
}

/* Chunks @from and on, @count of them, from the memory that image_make() gave. */
static int64_t populate(const struct fixture *f, uint64_t pa, uint64_t from, uint64_t count)
{
	return call(HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + from * G, pa + from * G, count * G);
}

/* --- what is populated --- */

static void chunks_become_memory_that_is_measured(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS), chain[4] = { 0 }, had = fixture_pair(f)->granule_count;

	assert_int_equal(populate(f, pa, 0, CHUNKS), HOST_OK);
	assert_hex(machine_x[1], CHUNKS * G);
	assert_hex(machine_x[2], 0);
	for (uint32_t i = 0; i < CHUNKS; i++) {
		uint64_t address = RAM + i * G;

		for (uint64_t at = 0; at < G; at += 8)
			assert_hex(*machine_at(pa + i * G + at), machine_image_word(i));
		assert_hex(machine_leaf(f->handle, VM, address).pa, pa + i * G);
		assert_int_equal(state_of(pa + i * G), GRANULE_DATA);
		assert_int_equal(granule_get(pa_make(pa + i * G)).who.who, 3);
		assert_false(machine_outer_leaf(pa + i * G).valid);
		machine_mix(chain, &address, sizeof(address));
		machine_mix(chain, machine_at(pa + i * G), G);
	}
	assert_memory_equal(fixture_pair(f)->domains[VM].run.digest, chain, sizeof(chain));
	assert_hex(fixture_pair(f)->domains[VM].run.bytes, CHUNKS * G);
	assert_hex(fixture_pair(f)->granule_count, had + CHUNKS);
	assert_hex(machine.image.pair, f->handle);
	assert_int_equal(state_of(pa + CHUNKS * G), GRANULE_OUTER);
}

/* A call that the anchor does not finish is made again, with the same arguments, until it does. */
static void a_chunk_that_takes_several_calls_is_gone_on_with(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);
	unsigned asked = 0;

	fake_events_clear();
	assert_int_equal(populate(f, pa, 0, 2), HOST_OK);
	for (unsigned i = 0; i < fake_events[0].count; i++) {
		const struct fake_event *event = &fake_events[0].list[i];

		asked += event->kind == FAKE_SMC && event->a == ANCHOR_IMAGE_CHUNK && event->b == IMAGE ? 1 : 0;
	}
	assert_int_equal(asked, 4);
	assert_int_equal(machine.image.index, 2);
}

static void one_call_stops_at_its_limit_and_at_the_boundary(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = machine_take(MIB, G);

	machine.image = (struct machine_image){ .handle = IMAGE, .good = 256, .count = 256 };
	assert_int_equal(call(HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, pa, MIB), HOST_OK);
	assert_hex(machine_x[1], HOST_POPULATE_MAX);
	assert_int_equal(state_of(pa + HOST_POPULATE_MAX), GRANULE_OUTER);
	assert_int_equal(call(HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + 2 * MIB - G, pa + HOST_POPULATE_MAX,
			      HOST_POPULATE_MAX), HOST_OK);
	assert_hex(machine_x[1], G);
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

/* i invalidated, o opened into, z zeroed, c cleaned, h hashed; ! while the outer OS reaches it or others may hold it. */
static void order_hook(const struct fake_event *event)
{
	if (event->kind == FAKE_DESCRIPTOR || event->kind == FAKE_BARRIER || event->kind == FAKE_VTTBR)
		return;
	if (machine_outer_leaf(watched).valid || state_of(watched) != GRANULE_MOVING)
		step('!');
	if (event->kind == FAKE_TLB_VMID || event->kind == FAKE_TLB_IPA)
		step(event->a == 0 ? 'i' : '?');
	if (event->kind == FAKE_SMC && event->a == ANCHOR_IMAGE_CHUNK)
		step('o');
	if (event->kind == FAKE_ZERO && event->a == watched)
		step('z');
	if (event->kind == FAKE_CLEAN && event->a == watched)
		step('c');
	if (event->kind == FAKE_SMC && event->a == ANCHOR_HASH_EXTEND && event->b == watched)
		step('h');
}

static void order_watch(uint64_t pa)
{
	watched = pa;
	memset(steps, 0, sizeof(steps));
	machine.watch = order_hook;
}

static void memory_is_unmapped_invalidated_opened_into_cleaned_measured_mapped(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	order_watch(pa);
	populate(f, pa, 0, 1);
	assert_string_equal(steps, "iooch");
}

static void memory_is_zeroed_before_it_goes_back(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(0);

	order_watch(pa);
	populate(f, pa, 0, 1);
	assert_string_equal(steps, "iooz");
}

/* --- what is refused --- */

static void the_rules_of_all_memory_hold(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, 0, IMAGE, RAM + 1, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, 0, IMAGE, RAM, pa + 8, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, 0, IMAGE, RAM, pa, 0);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, 0, IMAGE, RAM, pa, G + 8);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, 0, IMAGE, ~0xfffull, pa, 2 * G);
	expect_refused(HOST_ERR_NOT_FOUND, HOST_POPULATE_IMAGE, f->handle + 1, IMAGE, RAM - G, pa, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM - G, PLAT_MEDIATOR_BASE, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + 8 * MIB, pa, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, PLAT_MEDIATOR_BASE, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, MACHINE_LOADER, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, PLAT_UART0_BASE, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, f->pool, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, f->control - G, 2 * G);
	assert_int_equal(machine.image.index, 0);
	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM, pa, G), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, pa + G, G);
}

static void no_address_and_no_granule_is_populated_twice(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	assert_int_equal(populate(f, pa, 0, 2), HOST_OK);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, pa + 2 * G, G);
	expect_refused(HOST_ERR_ARGS, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + G, pa + 2 * G, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + 2 * G, pa + G, G);
	expect_refused(HOST_ERR_DENIED, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + 2 * G, pa, 2 * G);
	assert_int_equal(machine.image.index, 2);
	assert_int_equal(populate(f, pa, 2, 2), HOST_OK);
}

static void a_pair_that_runs_or_ended_takes_no_chunk(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	expect_refused(HOST_ERR_STATE, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + 2 * MIB, pa, G);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	expect_refused(HOST_ERR_STATE, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM + 2 * MIB, pa, G);
}

static void missing_tables_are_counted_before_a_chunk_is_opened(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	expect_refused(HOST_ERR_NO_MEMORY, HOST_POPULATE_IMAGE, f->handle, IMAGE, RAM, pa, G);
	assert_int_equal(machine_x[1], 2);
	assert_int_equal(machine_x[2], 0);
	assert_int_equal(machine.image.index, 0);
}

/* The granule is the outer OS's again, and zero; nothing else in the machine is another than before. */
static void expect_given_back(const struct fixture *f, uint64_t pa, uint64_t address, uint64_t problem)
{
	uint64_t granules = fixture_pair(f)->granule_count, outer = granule_count_outer();
	struct measurement_run run = fixture_pair(f)->domains[VM].run;

	memset(machine_at(pa), 0, G);
	machine_snapshot();
	*machine_at(pa + 8) = machine_pattern(pa);
	assert_int_equal(call(HOST_POPULATE_IMAGE, f->handle, IMAGE, address, pa, G), HOST_ERR_MEASUREMENT);
	assert_hex(machine_x[1], problem);
	assert_int_equal(last_refusal()->event, HOST_EVENT_CHUNK);
	assert_int_equal(last_refusal()->who, 3);
	assert_hex(last_refusal()->a, address);
	assert_hex(last_refusal()->b, problem);
	assert_true(machine_is_zero(pa));
	assert_int_equal(state_of(pa), GRANULE_OUTER);
	struct walk_leaf leaf = machine_outer_leaf(pa);

	assert_true(leaf.valid && leaf.write && leaf.execute);
	assert_false(machine_leaf(f->handle, VM, address).valid);
	assert_hex(fixture_pair(f)->granule_count, granules);
	assert_hex(granule_count_outer(), outer);
	assert_memory_equal(&fixture_pair(f)->domains[VM].run, &run, sizeof(run));
	machine_expect_unchanged();
}

/* What came before it stays. */
static void a_chunk_that_is_refused_goes_back_as_zeros(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(2);

	assert_int_equal(populate(f, pa, 0, CHUNKS), HOST_OK);
	assert_hex(machine_x[1], 2 * G);
	for (uint64_t at = 2 * G; at < 4 * G; at += G) {
		assert_int_equal(state_of(pa + at), GRANULE_OUTER);
		assert_true(machine_outer_leaf(pa + at).valid);
		assert_false(machine_leaf(f->handle, VM, RAM + at).valid);
	}
	assert_true(machine_is_zero(pa + 2 * G));
	assert_hex(*machine_at(pa + 3 * G), machine_pattern(pa + 3 * G));
	expect_given_back(f, pa + 2 * G, RAM + 2 * G, SIGNED_CHUNK);
}

/* Whoever opens more images than there are places for closes one that is being loaded: half a chunk is in memory. */
static void half_a_chunk_goes_back_as_zeros(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	machine.image.closed_in = 2;
	assert_int_equal(populate(f, pa, 0, CHUNKS), HOST_OK);
	assert_hex(machine_x[1], G);
	assert_int_equal(state_of(pa + G), GRANULE_OUTER);
	assert_true(machine_is_zero(pa + G));
	assert_hex(*machine_at(pa + 2 * G), machine_pattern(pa + 2 * G));
	expect_given_back(f, pa + G, RAM + G, 0);
}

static void an_image_that_there_is_not_gives_zeros(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	machine.image.handle = IMAGE + 1;
	expect_given_back(f, pa, RAM, 0);
	assert_hex(fixture_pair(f)->image, 0);
}

static void another_pairs_image_gives_zeros(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	machine.image.pair = f->handle + 1;
	expect_given_back(f, pa, RAM, 0);
	assert_hex(machine.image.pair, f->handle + 1);
}

static void a_vm_is_of_one_image(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	assert_int_equal(populate(f, pa, 0, 1), HOST_OK);
	machine.image.handle = IMAGE + 1;
	machine.image.pair = 0;
	expect_refused(HOST_ERR_STATE, HOST_POPULATE_IMAGE, f->handle, IMAGE + 1, RAM + G, pa + G, G);
}

/* Whatever lies between: a chunk goes where it was packed for, after the one before it, or the image is of no use any more. */
static void a_gap_ends_the_image(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	assert_int_equal(populate(f, pa, 0, 1), HOST_OK);
	expect_given_back(f, pa + 2 * G, RAM + 2 * G, SIGNED_CHUNK);
	expect_given_back(f, pa + G, RAM + G, SIGNED_CHUNK);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
}

/* --- who may run --- */

/* The box that fixture_fill() makes, allowed by the policy, and an image whose manifest says what its VM measures. */
static uint64_t vm_prepare(struct fixture *f, unsigned chunks)
{
	uint64_t pa, measurement[4], source = machine_take(G, G), box = machine_take(G, G);
	struct boot_policy_entry *entry = &machine_boot_info.policy[0];

	memset(machine_at(source), 0xb0, G);
	machine_boot_info.policy_count = 0;
	assert_int_equal(call(HOST_POPULATE, f->handle, BOX, RAM, box, source, G), HOST_OK);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_hex(machine_x[1], BOX);
	*entry = (struct boot_policy_entry){ .role = BOX };
	memcpy(entry->sha256, &machine_x[2], sizeof(entry->sha256));
	machine_boot_info.policy_count = 1;
	pa = image_make(CHUNKS);
	assert_int_equal(populate(f, pa, 0, chunks), HOST_OK);
	assert_hex(machine_x[1], chunks * G);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_hex(machine_x[1], VM);
	memcpy(measurement, &machine_x[2], sizeof(measurement));
	memcpy(machine.image.measurement, measurement, sizeof(measurement));
	return pa;
}

static void expect_not_activated(const struct fixture *f, unsigned role)
{
	machine_snapshot();
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
	assert_hex(machine_x[1], role);
	assert_memory_equal(&machine_x[6], machine_boot_info.policy[0].sha256, sizeof(machine_x[6]));
	machine_expect_unchanged();
	assert_int_equal(last_refusal()->event, role == BOX ? HOST_EVENT_MEASUREMENT : HOST_EVENT_IMAGE);
	assert_int_equal(call(HOST_RUN, f->handle, 0), HOST_ERR_STATE);
}

static void a_whole_image_of_the_measurement_it_says_runs(void **state)
{
	struct fixture *f = *state;

	vm_prepare(f, CHUNKS);
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
	assert_int_equal(call(HOST_PAIR_MEASUREMENT, f->handle, VM), HOST_OK);
	assert_memory_equal(&machine_x[1], machine.image.measurement, 32);
	assert_int_equal(machine_x[5], 1);
	fixture_run(f, 0);
	fixture_run_vm();
}

static void without_all_of_its_chunks_it_does_not_run(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = vm_prepare(f, CHUNKS - 1);

	/* The manifest says this very measurement, and still a chunk is missing. */
	expect_not_activated(f, VM);
	assert_int_equal(populate(f, pa, CHUNKS - 1, 1), HOST_OK);
	/* Now it measures something else. */
	expect_not_activated(f, VM);
}

static void every_bit_of_the_manifests_measurement_counts(void **state)
{
	struct fixture *f = *state;

	vm_prepare(f, CHUNKS);
	for (unsigned bit = 0; bit < 256; bit += 5) {
		machine.image.measurement[bit / 64] ^= BIT(bit % 64);
		assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_ERR_MEASUREMENT);
		machine.image.measurement[bit / 64] ^= BIT(bit % 64);
	}
	assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
}

/* Who owns the image decides about its VM, not who runs the machine. */
static void the_policy_cannot_say_that_an_images_vm_may_run(void **state)
{
	struct fixture *f = *state;
	struct boot_policy_entry *entry = &machine_boot_info.policy[1];

	vm_prepare(f, CHUNKS);
	*entry = (struct boot_policy_entry){ .role = VM };
	memcpy(entry->sha256, machine.image.measurement, sizeof(entry->sha256));
	machine_boot_info.policy_count = 2;
	machine.image.measurement[3]++;
	expect_not_activated(f, VM);
	machine.image.handle = 0;
	expect_not_activated(f, VM);
}

static void its_box_is_still_the_policys(void **state)
{
	struct fixture *f = *state;

	vm_prepare(f, CHUNKS);
	machine_boot_info.policy_count = 0;
	expect_not_activated(f, BOX);
}

/* What the outer OS adds is in the measurement; what it donates is zero. */
static void content_beside_an_images_chunks_is_another_vm(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = vm_prepare(f, CHUNKS), more = machine_take(2 * G, G);

	assert_int_equal(call(HOST_DONATE, f->handle, VM, RAM + CHUNKS * G, more, G), HOST_OK);
	assert_int_equal(call(HOST_POPULATE, f->handle, VM, RAM + (CHUNKS + 1) * G, more + G, pa + CHUNKS * G, G), HOST_OK);
	expect_not_activated(f, VM);
}

/* The same content in a pair that is one thing different. */
static void an_image_in_another_kind_of_pair_does_not_run(void **state)
{
	static const struct { uint32_t class; uint64_t options; } kinds[] = {
		{ HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI },
		{ HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_WINDOW },
		{ HOST_CLASS_ISOLATED, 0 },
	};
	struct fixture *f = *state;
	uint64_t measurement[4];

	vm_prepare(f, CHUNKS);
	memcpy(measurement, machine.image.measurement, sizeof(measurement));
	for (unsigned i = 0; i < ARRAY_COUNT(kinds); i++) {
		fixture_class(kinds[i].class, kinds[i].options);
		fixture_create(f, 2);
		fixture_pool(f);
		vm_prepare(f, CHUNKS);
		memcpy(machine.image.measurement, measurement, sizeof(measurement));
		if (kinds[i].class == HOST_CLASS_ISOLATED)
			assert_int_equal(call(HOST_ACTIVATE, f->handle), HOST_OK);
		else
			expect_not_activated(f, VM);
	}
}

/* --- and what is left of it --- */

static void its_memory_comes_back_as_zeros(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS - 1);

	assert_int_equal(populate(f, pa, 0, CHUNKS), HOST_OK);
	assert_hex(machine_x[1], (CHUNKS - 1) * G);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	assert_int_equal(call(HOST_RECLAIM, pa, (CHUNKS - 1) * G), HOST_OK);
	for (uint64_t at = 0; at < CHUNKS * G; at += G) {
		assert_int_equal(state_of(pa + at), GRANULE_OUTER);
		assert_true(machine_is_zero(pa + at));
		assert_true(machine_outer_leaf(pa + at).valid);
	}
}

/* It was loaded, and never ran: its key is not kept until others are opened. */
static void the_anchor_closes_the_image_of_a_pair_that_ended(void **state)
{
	struct fixture *f = *state;
	uint64_t pa = image_make(CHUNKS);

	assert_int_equal(populate(f, pa, 0, CHUNKS), HOST_OK);
	assert_int_equal(call(HOST_TERMINATE, f->handle), HOST_OK);
	assert_int_equal(machine.image.closed, 0);
	assert_int_equal(call(HOST_RECLAIM, pa, G), HOST_OK);
	assert_int_equal(machine.image.closed, 1);
	/* Once: the next one of this number is another's. */
	assert_int_equal(call(HOST_RECLAIM, pa + G, (CHUNKS - 1) * G), HOST_OK);
	assert_int_equal(machine.image.closed, 1);
}

/* The window of a confidential VM is closed from the first chunk on. */
static void its_box_sees_none_of_a_confidential_vm(void **state)
{
	struct fixture *f = *state;

	fixture_class(HOST_CLASS_CONFIDENTIAL, HOST_OPTION_SHARE_RSI);
	fixture_create(f, 2);
	fixture_pool(f);
	uint64_t pa = image_make(CHUNKS);

	assert_int_equal(populate(f, pa, 0, CHUNKS), HOST_OK);
	for (uint64_t at = 0; at < CHUNKS * G; at += G) {
		assert_true(machine_leaf(f->handle, VM, RAM + at).valid);
		assert_false(machine_leaf(f->handle, BOX, BOX_WINDOW | (RAM + at)).valid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(fixture_new_1, chunks_become_memory_that_is_measured),
		TEST_FROM(fixture_new_1, a_chunk_that_takes_several_calls_is_gone_on_with),
		TEST_FROM(fixture_new_1, one_call_stops_at_its_limit_and_at_the_boundary),
		TEST_FROM(fixture_new_1, memory_is_unmapped_invalidated_opened_into_cleaned_measured_mapped),
		TEST_FROM(fixture_new_1, memory_is_zeroed_before_it_goes_back),
		TEST_FROM(fixture_new_1, the_rules_of_all_memory_hold),
		TEST_FROM(fixture_new_1, no_address_and_no_granule_is_populated_twice),
		TEST_FROM(fixture_active_1, a_pair_that_runs_or_ended_takes_no_chunk),
		TEST_FROM(fixture_bare_1, missing_tables_are_counted_before_a_chunk_is_opened),
		TEST_FROM(fixture_new_1, a_chunk_that_is_refused_goes_back_as_zeros),
		TEST_FROM(fixture_new_1, half_a_chunk_goes_back_as_zeros),
		TEST_FROM(fixture_new_1, an_image_that_there_is_not_gives_zeros),
		TEST_FROM(fixture_new_1, another_pairs_image_gives_zeros),
		TEST_FROM(fixture_new_1, a_vm_is_of_one_image),
		TEST_FROM(fixture_new_1, a_gap_ends_the_image),
		TEST_FROM(fixture_new_1, a_whole_image_of_the_measurement_it_says_runs),
		TEST_FROM(fixture_new_1, without_all_of_its_chunks_it_does_not_run),
		TEST_FROM(fixture_new_1, every_bit_of_the_manifests_measurement_counts),
		TEST_FROM(fixture_new_1, the_policy_cannot_say_that_an_images_vm_may_run),
		TEST_FROM(fixture_new_1, its_box_is_still_the_policys),
		TEST_FROM(fixture_new_1, content_beside_an_images_chunks_is_another_vm),
		TEST_FROM(fixture_new_1, an_image_in_another_kind_of_pair_does_not_run),
		TEST_FROM(fixture_new_1, its_memory_comes_back_as_zeros),
		TEST_FROM(fixture_new_1, the_anchor_closes_the_image_of_a_pair_that_ended),
		TEST_FROM(fixture_new_1, its_box_sees_none_of_a_confidential_vm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
