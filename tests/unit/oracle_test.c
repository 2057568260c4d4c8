/*
 * The oracle: every state of a granule, every call, every actor, and every part of the lives of the pair that has the
 * granule and of the pair that the call names. Answer, results and full state are compared: what a row does not say
 * changes must not have changed.
 * Links: mediator tests/unit/oracle_calls.c tests/unit/oracle_state.c tests/unit/oracle_world.c
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/oracle_calls.h"

static const char *const actor_names[ACTORS] = { "outer OS", "box", "VM" };
static struct oracle_state expected;
static struct oracle_world world;

/* --- every row is there --- */

static void every_call_has_a_row(void **state)
{
	(void)state;
	for (uint64_t id = HOST_CALL_BASE; id < BOX_CALL_END; id = id + 1 == HOST_CALL_END ? BOX_CALL_BASE : id + 1) {
		unsigned rows = 0;

		for (size_t i = 0; i < oracle_row_count; i++)
			rows += oracle_rows[i].id == id ? 1 : 0;
		if (rows == 0)
			fail_msg("no row for call 0x%llx: oracle_calls.c", (unsigned long long)id);
	}
}

static void every_state_of_granules_and_pairs_has_a_case(void **state)
{
	bool granules[GRANULE_STATE_COUNT + 1] = { false }, pairs[HOST_PAIR_STATE_COUNT] = { false };

	(void)state;
	for (unsigned i = 0; i < SUBJECTS; i++)
		granules[oracle_subject_states[i]] = true;
	for (unsigned i = 0; i < LIVES; i++)
		pairs[oracle_life_states[i]] = true;
	for (unsigned i = 0; i <= GRANULE_STATE_COUNT; i++)
		assert_true(granules[i]);
	for (unsigned i = 0; i < HOST_PAIR_STATE_COUNT; i++)
		assert_true(pairs[i]);
}

/* --- one cell --- */

static uint64_t log_head(void)
{
	return cpus[fake_cpu].log.head;
}

/* Malformed, not allowed, wrong moment: these leave a record of who asked for what; a refused chunk, of whose; nothing else. */
static void log_expect(uint64_t before, int64_t answer, uint16_t who, const struct oracle_cell *cell, const char *what)
{
	bool is_chunk = answer == HOST_ERR_MEASUREMENT && cell->args[0] == HOST_POPULATE_IMAGE;
	bool is_logged = is_chunk || answer == HOST_ERR_ARGS || answer == HOST_ERR_DENIED || answer == HOST_ERR_STATE;
	const struct ring *log = &cpus[cell->world->actor == ACTOR_OUTER ? 0 : 1].log;
	const struct host_record *record = &log->records[before & log->mask];

	if (log->head != before + (is_logged ? 1 : 0))
		fail_msg("%s: %llu records in the log", what, (unsigned long long)(log->head - before));
	if (!is_logged)
		return;
	assert_int_equal(record->event, is_chunk ? HOST_EVENT_CHUNK : HOST_EVENT_REFUSED_CALL);
	assert_int_equal(record->who, is_chunk ? who_make((uint32_t)cell->args[1] - 1, HOST_ROLE_VM).who : who);
	assert_hex(record->a, cell->args[is_chunk ? 3 : 0]);
	if (is_chunk)
		return;
	assert_int_equal((int64_t)record->c, answer);
}

/* A call that entered somebody else has no code to return yet. */
static int64_t answer_get(const struct context *caller, struct oracle_cell *cell)
{
	int64_t answer = machine_call(cell->args);

	memcpy(cell->results, machine_x, sizeof(cell->results));
	return machine_is_in(caller) || machine_context()->is_outer ? answer : HOST_OK;
}

/* Was something changed, so that the next cell needs a new world? */
static bool cell_try(const struct oracle_row *row, enum oracle_subject subject)
{
	struct oracle_cell cell = { .world = &world, .subject = subject };
	const struct context *caller = machine_context();
	uint16_t who = caller->who.who;
	char what[200];

	snprintf(what, sizeof(what), "%s calls 0x%llx, %s is %s; owner %s, target %s", actor_names[world.actor],
		 (unsigned long long)row->id, row->role, oracle_subject_names[subject],
		 world.owner_is_caller ? "the caller" : oracle_life_names[world.owner_life],
		 oracle_life_names[world.target_life]);
	cell.pa = oracle_subject_take(&world, subject);
	/* A granule that stays between two owners is no fault here. */
	machine.check_interval = oracle_subject_states[subject] == GRANULE_MOVING ? UINT32_MAX : 0;
	cell.args[0] = row->id;
	row->arguments(&cell);
	int64_t answer = oracle_answer(row, &cell);
	uint64_t log = log_head();

	oracle_capture(&expected);
	oracle_aside(row, &expected, &cell);
	if (answer == HOST_OK && row->effect != NULL)
		row->effect(&expected, &cell);
	if (row->id == BOX_SHARE || row->id == BOX_UNSHARE)
		machine_shared(answer == HOST_OK ? cell.pa : PLAT_RAM_BASE, row->id == BOX_SHARE && answer == HOST_OK);
	int64_t found = answer_get(caller, &cell);

	if (found != answer)
		fail_msg("%s: answer %lld, expected %lld", what, (long long)found, (long long)answer);
	oracle_expect(&expected, what);
	log_expect(log, answer, who, &cell, what);
	if (answer == HOST_OK && row->results != NULL)
		row->results(&expected, &cell);
	oracle_subject_drop(&world, subject);
	return answer == HOST_OK && row->effect != NULL;
}

/* All rows with all granules in one kind of world; the number of cells. */
static unsigned world_try(enum oracle_actor actor, enum oracle_life owner, bool owner_is_caller, enum oracle_life target)
{
	unsigned cells = 0;

	oracle_world_make(&world, actor, owner, owner_is_caller, target);
	for (size_t i = 0; i < oracle_row_count; i++) {
		for (unsigned subject = 0; subject < SUBJECTS; subject++) {
			if (!oracle_is_possible(&world, subject))
				continue;
			cells++;
			if (cell_try(&oracle_rows[i], subject))
				oracle_world_make(&world, actor, owner, owner_is_caller, target);
		}
	}
	return cells;
}

/* --- all of them --- */

static void every_granule_by_every_call_of_every_actor_with_every_owner(void **state)
{
	unsigned cells = 0;

	(void)state;
	for (unsigned actor = 0; actor < ACTORS; actor++) {
		for (unsigned owner = LIFE_NEW; owner < LIVES; owner++)
			cells += world_try(actor, owner, false, LIFE_NEW);
		if (actor != ACTOR_OUTER)
			cells += world_try(actor, LIFE_INSIDE, true, LIFE_NEW);
	}
	print_message("%u cells\n", cells);
}

static void every_granule_by_every_call_for_every_pair(void **state)
{
	unsigned cells = 0;

	(void)state;
	for (unsigned actor = 0; actor < ACTORS; actor++) {
		for (unsigned target = 0; target < LIVES; target++)
			cells += world_try(actor, LIFE_INSIDE, false, target);
	}
	print_message("%u cells\n", cells);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_call_has_a_row),
		TEST(every_state_of_granules_and_pairs_has_a_case),
		TEST(every_granule_by_every_call_of_every_actor_with_every_owner),
		TEST(every_granule_by_every_call_for_every_pair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
