/*
 * The realm services interface: every call with what it takes and what it refuses, and what the box meets in its window.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/nest.h"
#include "abi/rsi.h"

#define G GRANULE_BYTES
#define RAM PLAT_RAM_BASE
#define RAM_END (RAM + 8 * MIB)
/* The VM's memory in the fixture: one populated granule, then seven donated ones, then nothing. */
#define PAGE (RAM + 2 * G)
#define PAGE_PA (pair->vm_ram + G)
#define HOLE (RAM + G + FIXTURE_VM_DONATED)

/* The VM of vCPU 0 runs on CPU 0. */
static int realm_runs(void **state)
{
	fixture_rsi_2(state);
	pair = *state;
	fixture_run(pair, 0);
	guest_open();
	fixture_run_vm();
	guest_open();
	return 0;
}

static struct walk_leaf window(uint64_t ipa)
{
	return machine_leaf(pair->handle, HOST_ROLE_BOX, ipa | BOX_WINDOW);
}

/* Refused: the code, and nothing but registers has changed. */
#define expect_error(code, ...)					\
	do {							\
		machine_snapshot();				\
		assert_int_equal(smc(__VA_ARGS__), code);	\
		machine_expect_unchanged();			\
	} while (0)


static uint64_t state_set(uint64_t base, uint64_t top, uint64_t state)
{
	assert_int_equal(smc(RSI_IPA_STATE_SET, base, top, state, 1), RSI_SUCCESS);
	return machine_x[1];
}

/* --- who may call --- */

static void an_isolated_vm_finds_no_realm_services(void **state)
{
	(void)state;
	for (uint64_t id = RSI_CALL_BASE; id < RSI_CALL_END; id++)
		assert_int_equal(smc(id, RSI_VERSION_1_0), -1);
}

static void nobody_but_a_vm_of_scheme_rsi_is_a_realm(void **state)
{
	fixture_window_2(state);
	pair = *state;
	assert_int_equal(smc(RSI_VERSION, RSI_VERSION_1_0), -1);
	fixture_run(pair, 0);
	assert_int_equal(smc(RSI_VERSION, RSI_VERSION_1_0), -1);
	fixture_run_vm();
	assert_int_equal(smc(RSI_VERSION, RSI_VERSION_1_0), -1);
}

static void the_interface_is_there_by_smc_only(void **state)
{
	(void)state;
	assert_int_equal(call(RSI_VERSION, RSI_VERSION_1_0), -1);
	assert_int_equal(smc(RSI_CALL_BASE - 1), -1);
	assert_int_equal(smc(RSI_CALL_END), -1);
	assert_int_equal(smc(RSI_VERSION | BIT(32), RSI_VERSION_1_0), -1);
}

static void version_1_0_is_the_only_one(void **state)
{
	static const uint64_t others[] = { 0, 0x10001, 0x20000, ~0ull };

	(void)state;
	assert_int_equal(smc(RSI_VERSION, RSI_VERSION_1_0), RSI_SUCCESS);
	assert_hex(machine_x[1], RSI_VERSION_1_0);
	assert_hex(machine_x[2], RSI_VERSION_1_0);
	for (unsigned i = 0; i < ARRAY_COUNT(others); i++) {
		assert_int_equal(smc(RSI_VERSION, others[i]), RSI_ERROR_INPUT);
		assert_hex(machine_x[1], RSI_VERSION_1_0);
		assert_hex(machine_x[2], RSI_VERSION_1_0);
	}
	assert_int_equal(smc(RSI_FEATURES, 0), RSI_SUCCESS);
	assert_hex(machine_x[1], 0);
	assert_int_equal(smc(RSI_FEATURES, ~0ull), RSI_SUCCESS);
	assert_hex(machine_x[1], 0);
}

/* --- configuration and measurements --- */

static void the_configuration_fills_a_private_page(void **state)
{
	const uint8_t *bytes = (const uint8_t *)machine_at(PAGE_PA);

	(void)state;
	memset(machine_at(PAGE_PA), 0xee, G);
	assert_int_equal(smc(RSI_REALM_CONFIG, PAGE), RSI_SUCCESS);
	assert_hex(*machine_at(PAGE_PA), 40);
	assert_hex(*machine_at(PAGE_PA + 8), RSI_HASH_SHA_256);
	for (unsigned i = 16; i < G; i++)
		assert_int_equal(bytes[i], 0);
}

static void the_configuration_goes_nowhere_else(void **state)
{
	static const uint64_t bad[] = { PAGE + 8, 0, RAM - G, HOLE, RAM_END, PAGE | BIT(39), BIT(39) - G, ~0xfffull,
					PLAT_MEDIATOR_BASE, PLAT_UART0_BASE };

	(void)state;
	state_set(PAGE + G, PAGE + 2 * G, RSI_RIPAS_EMPTY);
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++)
		expect_error(RSI_ERROR_INPUT, RSI_REALM_CONFIG, bad[i]);
	/* A page that the box can read. */
	expect_error(RSI_ERROR_INPUT, RSI_REALM_CONFIG, PAGE + G);
}

static void the_initial_measurement_is_what_was_activated(void **state)
{
	uint64_t expected[4];

	(void)state;
	fixture_measurement(pair, HOST_ROLE_VM, expected);
	vm()->frame.x[7] = vm()->frame.x[8] = 0x77;
	assert_int_equal(smc(RSI_MEASUREMENT_READ, 0), RSI_SUCCESS);
	for (unsigned i = 0; i < 4; i++)
		assert_hex(vm()->frame.x[1 + i], expected[i]);
	for (unsigned i = 4; i < 8; i++)
		assert_hex(vm()->frame.x[1 + i], 0);
	expect_error(RSI_ERROR_INPUT, RSI_MEASUREMENT_READ, RSI_MEASUREMENT_COUNT);
	expect_error(RSI_ERROR_INPUT, RSI_MEASUREMENT_READ, ~0ull);
}

static void an_extension_chains_the_value_to_what_was_there(void **state)
{
	uint64_t chain[4] = { 0 }, value[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };

	(void)state;
	for (unsigned round = 0; round < 2; round++) {
		uint64_t bytes = round == 0 ? 13 : RSI_MEASUREMENT_VALUE_MAX;

		memcpy(&vm()->frame.x[7], &value[4], 4 * sizeof(value[0]));
		assert_int_equal(smc(RSI_MEASUREMENT_EXTEND, 2, bytes, value[0], value[1], value[2], value[3]),
				 RSI_SUCCESS);
		machine_mix(chain, value, bytes);
		assert_int_equal(smc(RSI_MEASUREMENT_READ, 2), RSI_SUCCESS);
		for (unsigned i = 0; i < 4; i++)
			assert_hex(vm()->frame.x[1 + i], chain[i]);
	}
	assert_int_equal(smc(RSI_MEASUREMENT_EXTEND, 2, 0), RSI_SUCCESS);
	/* The others are untouched. */
	for (unsigned index = 1; index < RSI_MEASUREMENT_COUNT; index += 2) {
		assert_int_equal(smc(RSI_MEASUREMENT_READ, index), RSI_SUCCESS);
		assert_hex(machine_x[1] | machine_x[2] | machine_x[3] | machine_x[4], 0);
	}
}

static void an_extension_is_refused_outside_its_limits(void **state)
{
	(void)state;
	expect_error(RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, 0, 8);
	expect_error(RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, RSI_MEASUREMENT_COUNT, 8);
	expect_error(RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, 1, RSI_MEASUREMENT_VALUE_MAX + 1);
	expect_error(RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, 1, ~0ull);
}

/* What another vCPU does while the anchor hashes. */
static void extend_meanwhile(const struct fake_event *event)
{
	if (event->kind != FAKE_SMC || event->a != ANCHOR_HASH_FINAL)
		return;
	machine.watch = NULL;
	fixture_pair(pair)->extensible[0][0] ^= 1;
}

static void an_extension_that_another_vcpu_overtook_is_made_again(void **state)
{
	(void)state;
	uint64_t pc = vm()->frame.pc;

	machine.watch = extend_meanwhile;
	assert_int_equal(smc(RSI_MEASUREMENT_EXTEND, 1, 8, 9), RSI_MEASUREMENT_EXTEND);
	/* The SMC itself is next, with the arguments it had. */
	assert_hex(vm()->frame.pc, pc);
	assert_hex(machine_x[1], 1);
	assert_hex(machine_x[2], 8);
	assert_hex(machine_x[3], 9);
	assert_int_equal(smc(RSI_MEASUREMENT_EXTEND, 1, 8, 9), RSI_SUCCESS);
	assert_hex(vm()->frame.pc, pc + 4);
}

/* --- tokens --- */

static void begin(uint64_t challenge)
{
	for (unsigned i = 7; i <= 8; i++)
		vm()->frame.x[i] = challenge + i;
	assert_int_equal(smc(RSI_ATTESTATION_TOKEN_INIT, challenge + 1, challenge + 2, challenge + 3, challenge + 4,
			     challenge + 5, challenge + 6), RSI_SUCCESS);
	assert_int_equal(machine_x[1], RSI_TOKEN_BYTES_MAX);
}

static int64_t token_to(uint64_t page, uint64_t offset, uint64_t bytes)
{
	return smc(RSI_ATTESTATION_TOKEN_CONTINUE, page, offset, bytes);
}

static void a_token_is_begun_before_it_goes_on(void **state)
{
	(void)state;
	machine.token.bytes = 700;
	expect_error(RSI_ERROR_STATE, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, 0, G);
	begin(0);
	assert_int_equal(token_to(PAGE, 0, G), RSI_SUCCESS);
	assert_int_equal(machine_x[1], 700);
	/* It has all of it. */
	expect_error(RSI_ERROR_STATE, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, 0, G);
}

static void a_token_goes_into_one_private_page_and_not_past_its_end(void **state)
{
	static const uint64_t bad[] = { PAGE + 1, PAGE + 8, 0, RAM - G, HOLE, RAM_END, PAGE | BIT(39), BIT(39) - G,
					PLAT_MEDIATOR_BASE, PLAT_UART0_BASE };

	(void)state;
	machine.token.bytes = 700;
	begin(0);
	state_set(PAGE + G, PAGE + 2 * G, RSI_RIPAS_EMPTY);
	for (unsigned i = 0; i < ARRAY_COUNT(bad); i++)
		expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, bad[i], 0, 8);
	/* A page that the box can read. */
	expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE + G, 0, 8);
	expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, 1, G);
	expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, 0, G + 1);
	expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, G, 0);
	expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, ~0ull, 2);
	expect_error(RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, 1, ~0ull);
	/* What is refused ends nothing. */
	assert_int_equal(token_to(PAGE, G - 1, 1), RSI_INCOMPLETE);
	assert_int_equal(machine_x[1], 1);
}

/* Each call is one call of the anchor's: whatever waits for this CPU is taken in between. */
static void a_token_that_is_not_made_yet_is_asked_for_again(void **state)
{
	(void)state;
	machine.token = (struct machine_token){ .bytes = 700, .steps = 3 };
	memset(machine_at(PAGE_PA), 0xee, G);
	begin(0);
	for (unsigned i = 0; i < 3; i++) {
		unsigned calls = machine.anchor_calls;

		assert_int_equal(token_to(PAGE, 0, G), RSI_INCOMPLETE);
		assert_int_equal(machine_x[1], 0);
		assert_int_equal(machine.anchor_calls, calls + 1);
		assert_int_equal(*(const uint8_t *)machine_at(PAGE_PA), 0xee);
	}
	assert_int_equal(token_to(PAGE, 0, G), RSI_SUCCESS);
	assert_int_equal(machine_x[1], 700);
}

static void a_token_comes_in_pieces(void **state)
{
	const uint8_t *page = (const uint8_t *)machine_at(PAGE_PA);
	uint64_t count = 0;

	(void)state;
	machine.token.bytes = 1000;
	memset(machine_at(PAGE_PA), 0xee, G);
	begin(0);
	for (unsigned bytes = 1; count < 1000; bytes *= 3) {
		uint64_t expected = bytes < 1000 - count ? bytes : 1000 - count;

		fake_events_clear();
		assert_int_equal(token_to(PAGE, 8 + count, bytes), count + expected < 1000 ? RSI_INCOMPLETE : RSI_SUCCESS);
		assert_int_equal(machine_x[1], expected);
		assert_int_equal(fake_events[0].by_kind[FAKE_CLEAN], 1);
		count += expected;
		assert_int_equal(page[8 + count], 0xee);
	}
	assert_int_equal(page[7], 0xee);
	for (uint64_t i = 0; i < 1000; i++)
		assert_int_equal(page[8 + i], machine_token_byte(&machine.token.request, i));
}

static void a_token_says_who_the_vm_is(void **state)
{
	const struct token_request *request = &machine.token.request;
	struct pair *own = fixture_pair(pair);
	uint64_t words[4];

	(void)state;
	machine.token.bytes = 700;
	for (unsigned i = 0; i < 4; i++)
		own->owner[i] = 0x0e0e + i;
	own->image_counter = 77;
	assert_int_equal(smc(RSI_MEASUREMENT_EXTEND, 3, 8, 5), RSI_SUCCESS);
	begin(0x1000);
	assert_int_equal(token_to(PAGE, 0, G), RSI_SUCCESS);
	for (unsigned i = 0; i < 8; i++)
		assert_hex(((const uint64_t *)request->challenge)[i], 0x1001 + i);
	fixture_measurement(pair, HOST_ROLE_VM, words);
	assert_memory_equal(request->measurement, words, sizeof(words));
	fixture_measurement(pair, HOST_ROLE_BOX, words);
	assert_memory_equal(request->box, words, sizeof(words));
	assert_memory_equal(request->owner, own->owner, sizeof(own->owner));
	assert_int_equal(request->counter, 77);
	assert_int_equal(request->class, HOST_CLASS_CONFIDENTIAL);
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++)
		assert_memory_equal(request->extensible[i], own->extensible[i], sizeof(own->extensible[i]));
	assert_int_not_equal(own->extensible[2][0], 0);
	assert_int_equal(machine.token.place, own->index * HOST_VCPU_MAX);
}

/* Else its pieces could be of two. */
static void what_a_token_says_is_settled_when_it_is_begun(void **state)
{
	struct token_request first;

	(void)state;
	machine.token.bytes = 700;
	begin(0);
	assert_int_equal(token_to(PAGE, 0, 8), RSI_INCOMPLETE);
	first = machine.token.request;
	assert_int_equal(smc(RSI_MEASUREMENT_EXTEND, 1, 8, 5), RSI_SUCCESS);
	assert_int_equal(token_to(PAGE, 8, 8), RSI_INCOMPLETE);
	assert_memory_equal(&machine.token.request, &first, sizeof(first));
	/* The next one says it, and starts at its first byte. */
	begin(0);
	assert_int_equal(token_to(PAGE, 0, G), RSI_SUCCESS);
	assert_int_equal(machine_x[1], 700);
	assert_memory_not_equal(machine.token.request.extensible[0], first.extensible[0], 32);
}

static void a_token_that_cannot_be_made_is_not_known(void **state)
{
	(void)state;
	machine.token.fails = true;
	begin(0);
	assert_int_equal(token_to(PAGE, 0, G), RSI_ERROR_UNKNOWN);
	assert_int_equal(machine_x[1], 0);
	machine.token = (struct machine_token){ .bytes = 700 };
	expect_error(RSI_ERROR_STATE, RSI_ATTESTATION_TOKEN_CONTINUE, PAGE, 0, G);
	begin(0);
	assert_int_equal(token_to(PAGE, 0, G), RSI_SUCCESS);
}

/* Each has a token of its own, and a place of its own with the anchor. */
static void vcpus_do_not_share_a_token(void **state)
{
	uint64_t place;

	(void)state;
	machine.token.bytes = 700;
	begin(0);
	assert_int_equal(token_to(PAGE, 0, 8), RSI_INCOMPLETE);
	place = machine.token.place;
	for (unsigned role = 0; role < 2; role++)
		fixture_context(pair, role, 1)->power = POWER_ON_PENDING;
	fake_cpu = 1;
	fixture_run(pair, 1);
	fixture_run_vm();
	assert_int_equal(token_to(PAGE, 0, G), RSI_ERROR_STATE);
	begin(0);
	assert_int_equal(token_to(PAGE, 0, G), RSI_SUCCESS);
	assert_int_equal(machine_x[1], 700);
	assert_int_equal(machine.token.place, place + 1);
	fake_cpu = 0;
	assert_int_equal(token_to(PAGE, 8, G - 8), RSI_SUCCESS);
	assert_int_equal(machine_x[1], 692);
}

/* --- sharing --- */

static void nothing_is_shared_at_the_start(void **state)
{
	(void)state;
	for (uint64_t ipa = RAM; ipa < RAM_END; ipa += G)
		assert_false(window(ipa).valid);
	assert_int_equal(smc(RSI_IPA_STATE_GET, RAM, HOLE), RSI_SUCCESS);
	assert_hex(machine_x[1], HOLE);
	assert_int_equal(machine_x[2], RSI_RIPAS_RAM);
}

static void a_shared_page_is_zero_and_the_box_s_to_read_and_write(void **state)
{
	(void)state;
	*machine_at(PAGE_PA) = 0x5ec3e7;
	*machine_at(PAGE_PA + G) = 0x5ec3e7;
	assert_hex(state_set(PAGE, PAGE + G, RSI_RIPAS_EMPTY), PAGE + G);
	assert_int_equal(machine_x[2], RSI_ACCEPT);
	struct walk_leaf leaf = window(PAGE);

	assert_true(leaf.valid && leaf.read && leaf.write && !leaf.execute && !leaf.is_device);
	assert_hex(leaf.pa, PAGE_PA);
	assert_hex(leaf.bytes, G);
	assert_true(machine_is_zero(PAGE_PA));
	/* The VM has it in both halves, as before; its neighbours are private still. */
	assert_hex(machine_leaf(pair->handle, HOST_ROLE_VM, PAGE).pa, PAGE_PA);
	assert_hex(machine_leaf(pair->handle, HOST_ROLE_VM, PAGE | BIT(39)).pa, PAGE_PA);
	assert_false(window(PAGE - G).valid);
	assert_false(window(PAGE + G).valid);
	assert_hex(*machine_at(PAGE_PA + G), 0x5ec3e7);
}

static void sharing_again_keeps_what_both_wrote(void **state)
{
	(void)state;
	state_set(PAGE, PAGE + G, RSI_RIPAS_EMPTY);
	*machine_at(PAGE_PA) = 0x1234;
	state_set(PAGE, PAGE + G, RSI_RIPAS_EMPTY);
	assert_hex(*machine_at(PAGE_PA), 0x1234);
}

/* That the box's TLB forgets is a rule of the machine (machine_window.c). */
static void a_page_taken_back_keeps_its_content_and_is_out_of_reach(void **state)
{
	(void)state;
	state_set(PAGE, PAGE + 3 * G, RSI_RIPAS_EMPTY);
	*machine_at(PAGE_PA) = 0x1234;
	assert_hex(state_set(PAGE, PAGE + G, RSI_RIPAS_RAM), PAGE + G);
	assert_false(window(PAGE).valid);
	assert_true(window(PAGE + G).valid);
	assert_hex(*machine_at(PAGE_PA), 0x1234);
	/* The VM goes on under its own tables. */
	assert_hex(fake_registers[0][FAKE_vttbr_el2] >> 48, 3);
	assert_hex(state_set(PAGE, PAGE + 3 * G, RSI_RIPAS_RAM), PAGE + 3 * G);
	assert_false(window(PAGE + G).valid);
	assert_false(window(PAGE + 2 * G).valid);
}

static void taking_back_what_another_vcpu_closed_flushes_all_the_same(void **state)
{
	(void)state;
	state_set(PAGE, PAGE + G, RSI_RIPAS_EMPTY);
	state_set(PAGE, PAGE + G, RSI_RIPAS_RAM);
	fake_events_clear();
	state_set(PAGE, PAGE + G, RSI_RIPAS_RAM);
	assert_int_equal(fake_events[0].by_kind[FAKE_TLB_IPA], 1);
}

static void a_call_works_on_two_mib_at_most(void **state)
{
	uint64_t top = RAM_END;

	(void)state;
	/* Nothing was shared yet: all is private, at once. */
	assert_hex(state_set(RAM, top, RSI_RIPAS_RAM), top);
	assert_hex(state_set(RAM, RAM + G, RSI_RIPAS_EMPTY), RAM + G);
	assert_hex(state_set(RAM, top, RSI_RIPAS_RAM), RAM + RSI_IPA_STATE_MAX);
	assert_hex(state_set(RAM + G, top, RSI_RIPAS_RAM), RAM + G + RSI_IPA_STATE_MAX);
}

static void sharing_stops_where_nothing_is_mapped_and_at_the_end_of_ram(void **state)
{
	(void)state;
	assert_hex(state_set(PAGE, RAM_END, RSI_RIPAS_EMPTY), HOLE);
	assert_int_equal(machine_x[2], RSI_ACCEPT);
	assert_hex(state_set(HOLE, RAM_END, RSI_RIPAS_EMPTY), HOLE);
	assert_int_equal(machine_x[2], RSI_REJECT);
	assert_hex(state_set(RAM_END - G, RAM_END + G, RSI_RIPAS_RAM), RAM_END);
	assert_hex(state_set(RAM_END, RAM_END + G, RSI_RIPAS_RAM), RAM_END);
	assert_int_equal(machine_x[2], RSI_REJECT);
	assert_hex(state_set(PLAT_UART0_BASE, PLAT_UART0_BASE + G, RSI_RIPAS_EMPTY), PLAT_UART0_BASE);
	assert_int_equal(machine_x[2], RSI_REJECT);
	assert_false(window(HOLE).valid);
}

static void states_are_set_for_granules_of_the_protected_half_only(void **state)
{
	(void)state;
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE + 8, PAGE + G, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE, PAGE + 8, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE, PAGE, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE + G, PAGE, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE | BIT(39), (PAGE | BIT(39)) + G, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE, BIT(39) + G, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE, ~0xfffull, RSI_RIPAS_EMPTY);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE, PAGE + G, RSI_RIPAS_DESTROYED);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_SET, PAGE, PAGE + G, ~0ull);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_GET, PAGE, PAGE);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_GET, PAGE + 8, PAGE + G);
	expect_error(RSI_ERROR_INPUT, RSI_IPA_STATE_GET, PAGE, BIT(39) + G);
}

static void expect_state(uint64_t base, uint64_t top, uint64_t end, uint64_t state)
{
	assert_int_equal(smc(RSI_IPA_STATE_GET, base, top), RSI_SUCCESS);
	assert_hex(machine_x[1], end);
	assert_int_equal(machine_x[2], state);
}

static void states_tell_shared_private_and_who_emulates(void **state)
{
	uint64_t frames_end = PLAT_GICR_BASE + 2 * PLAT_GICR_STRIDE;

	(void)state;
	state_set(PAGE, PAGE + 2 * G, RSI_RIPAS_EMPTY);
	expect_state(RAM, RAM_END, PAGE, RSI_RIPAS_RAM);
	expect_state(PAGE, RAM_END, PAGE + 2 * G, RSI_RIPAS_EMPTY);
	expect_state(PAGE + G, PAGE + 2 * G, PAGE + 2 * G, RSI_RIPAS_EMPTY);
	expect_state(PAGE + 2 * G, RAM_END, HOLE, RSI_RIPAS_RAM);
	/* One call looks at two MiB. */
	expect_state(HOLE, RAM_END, HOLE + RSI_IPA_STATE_MAX, RSI_RIPAS_EMPTY);
	expect_state(PLAT_GICD_BASE, PLAT_GICD_BASE + PLAT_GICD_BYTES, PLAT_GICD_BASE + PLAT_GICD_BYTES,
		     RSI_RIPAS_EMPTY);
	expect_state(PLAT_GICR_BASE, PLAT_UART0_BASE, frames_end, RSI_RIPAS_DEV);
	expect_state(PLAT_GICR_BASE - G, PLAT_UART0_BASE, PLAT_GICR_BASE, RSI_RIPAS_EMPTY);
	expect_state(PLAT_UART0_BASE, PLAT_UART0_BASE + G, PLAT_UART0_BASE + G, RSI_RIPAS_EMPTY);
	expect_state(RAM_END, BIT(39), BIT(39), RSI_RIPAS_EMPTY);
}

/* --- the box and its VM --- */

static void the_box_of_a_confidential_vm_finds_an_empty_window(void **state)
{
	(void)state;
	for (uint64_t ipa = RAM; ipa < HOLE; ipa += G)
		assert_false(window(ipa).valid);
	/* It takes the fault itself and goes on. */
	machine_trap(DATA | SIZE(2) | ESR_ABORT_FSC_TRANSLATION, DEVICE, DEVICE);
	expect_box(BOX_EXIT_MMIO);
	machine_trap(DATA | SIZE(3) | ESR_ABORT_FSC_TRANSLATION, PAGE, PAGE | BOX_WINDOW);
	assert_hex(fake_registers[0][FAKE_esr_el1] & ESR_ABORT_FSC_MASK, ESR_ABORT_FSC_EXTERNAL);
}

static void a_host_call_takes_three_values_out_and_one_in(void **state)
{
	(void)state;
	for (uint64_t at = 0; at < 256; at += 8)
		*machine_at(PAGE_PA + 256 + at) = 0x1000 + at;
	assert_int_equal(smc(RSI_HOST_CALL, PAGE + 256), BOX_OK);
	expect_box(BOX_EXIT_HOST_CALL);
	assert_hex(machine_x[2], 0x1000);
	assert_hex(machine_x[3], 0x1008);
	assert_hex(machine_x[4], 0x1010);
	/* No other answer fits. */
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_NONE), BOX_ERR_STATE);
	assert_int_equal(call(BOX_VM_RUN, BOX_ANSWER_ABORT), BOX_ERR_STATE);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x77);
	assert_true(machine_is_in(vm()));
	assert_int_equal(*x(0), RSI_SUCCESS);
	assert_hex(*x(1), PAGE + 256);
	assert_hex(*machine_at(PAGE_PA + 256), 0x1000);
	assert_hex(*machine_at(PAGE_PA + 264), 0x77);
	for (uint64_t at = 16; at < 256; at += 8)
		assert_hex(*machine_at(PAGE_PA + 256 + at), 0x1000 + at);
	/* It is over: an access is answered as one. */
	machine_trap(DATA | SIZE(2) | ESR_ABORT_FSC_TRANSLATION, DEVICE, DEVICE);
	expect_box(BOX_EXIT_MMIO);
	call(BOX_VM_RUN, BOX_ANSWER_DONE, 0x55);
	assert_true(machine_is_in(vm()));
	assert_hex(*machine_at(PAGE_PA + 264), 0x77);
}

static void a_host_call_needs_ram_for_its_struct(void **state)
{
	(void)state;
	expect_error(RSI_ERROR_INPUT, RSI_HOST_CALL, PAGE + 8);
	expect_error(RSI_ERROR_INPUT, RSI_HOST_CALL, HOLE);
	expect_error(RSI_ERROR_INPUT, RSI_HOST_CALL, RAM_END);
	expect_error(RSI_ERROR_INPUT, RSI_HOST_CALL, RAM - 256);
	expect_error(RSI_ERROR_INPUT, RSI_HOST_CALL, PAGE | BIT(39));
	expect_error(RSI_ERROR_INPUT, RSI_HOST_CALL, ~0xffull);
}

/* --- what the outer OS can read --- */

static const struct host_record *newest(const struct ring *ring)
{
	return &ring->records[(ring->head - 1) & ring->mask];
}

static void records_tell_where_an_isolated_vm_is(void **state)
{
	(void)state;
	vm()->frame.pc = 0x1234560;
	machine_irq(INTID_KICK);
	assert_int_equal(newest(&cpus[0].trace)->event, HOST_EVENT_IRQ);
	assert_hex(newest(&cpus[0].trace)->b, 0x1234560);
}

static void records_do_not_tell_where_a_confidential_vm_is(void **state)
{
	(void)state;
	vm()->frame.pc = 0x1234560;
	machine_irq(INTID_KICK);
	assert_int_equal(newest(&cpus[0].trace)->event, HOST_EVENT_IRQ);
	assert_hex(newest(&cpus[0].trace)->b, 0);
	/* An abort that it is given. */
	machine_trap(DATA | SIZE(3) | ESR_ABORT_FSC_TRANSLATION, RAM_END, RAM_END);
	assert_int_equal(newest(&cpus[0].log)->event, HOST_EVENT_VM_ABORT);
	assert_hex(newest(&cpus[0].log)->b, 0);
	vm()->frame.pc = 0x1234560;
	fixture_leave();
	for (uint64_t i = 0; i < cpus[0].trace.head; i++) {
		const struct host_record *record = &cpus[0].trace.records[i & cpus[0].trace.mask];

		assert_true(record->a != 0x1234560 && record->b != 0x1234560);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(vm_runs, an_isolated_vm_finds_no_realm_services),
		TEST(nobody_but_a_vm_of_scheme_rsi_is_a_realm),
		TEST_FROM(realm_runs, the_interface_is_there_by_smc_only),
		TEST_FROM(realm_runs, version_1_0_is_the_only_one),
		TEST_FROM(realm_runs, the_configuration_fills_a_private_page),
		TEST_FROM(realm_runs, the_configuration_goes_nowhere_else),
		TEST_FROM(realm_runs, the_initial_measurement_is_what_was_activated),
		TEST_FROM(realm_runs, an_extension_chains_the_value_to_what_was_there),
		TEST_FROM(realm_runs, an_extension_is_refused_outside_its_limits),
		TEST_FROM(realm_runs, an_extension_that_another_vcpu_overtook_is_made_again),
		TEST_FROM(realm_runs, a_token_is_begun_before_it_goes_on),
		TEST_FROM(realm_runs, a_token_goes_into_one_private_page_and_not_past_its_end),
		TEST_FROM(realm_runs, a_token_that_is_not_made_yet_is_asked_for_again),
		TEST_FROM(realm_runs, a_token_comes_in_pieces),
		TEST_FROM(realm_runs, a_token_says_who_the_vm_is),
		TEST_FROM(realm_runs, what_a_token_says_is_settled_when_it_is_begun),
		TEST_FROM(realm_runs, a_token_that_cannot_be_made_is_not_known),
		TEST_FROM(realm_runs, vcpus_do_not_share_a_token),
		TEST_FROM(realm_runs, nothing_is_shared_at_the_start),
		TEST_FROM(realm_runs, a_shared_page_is_zero_and_the_box_s_to_read_and_write),
		TEST_FROM(realm_runs, sharing_again_keeps_what_both_wrote),
		TEST_FROM(realm_runs, a_page_taken_back_keeps_its_content_and_is_out_of_reach),
		TEST_FROM(realm_runs, taking_back_what_another_vcpu_closed_flushes_all_the_same),
		TEST_FROM(realm_runs, a_call_works_on_two_mib_at_most),
		TEST_FROM(realm_runs, sharing_stops_where_nothing_is_mapped_and_at_the_end_of_ram),
		TEST_FROM(realm_runs, states_are_set_for_granules_of_the_protected_half_only),
		TEST_FROM(realm_runs, states_tell_shared_private_and_who_emulates),
		TEST_FROM(realm_runs, the_box_of_a_confidential_vm_finds_an_empty_window),
		TEST_FROM(realm_runs, a_host_call_takes_three_values_out_and_one_in),
		TEST_FROM(realm_runs, a_host_call_needs_ram_for_its_struct),
		TEST_FROM(vm_runs, records_tell_where_an_isolated_vm_is),
		TEST_FROM(realm_runs, records_do_not_tell_where_a_confidential_vm_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
