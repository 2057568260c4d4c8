/*
 * The program of a VM: it reads each step from a device that its box is, and writes what came of it to another. An
 * access that the box answers by an abort is made again, or is over.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/attack.h"
#include "tests/model/board/guest.h"

static uint64_t fetch(unsigned i)
{
	uint64_t argument[2] = { GUEST_FETCH + 8ull * i, 0 };

	while (guard_run(guard_load, argument) != 0)
		;
	return argument[1];
}

static void report(unsigned i, uint64_t value)
{
	uint64_t argument[2] = { GUEST_REPORT + 8ull * i, value };

	(void)guard_run(guard_store, argument);
}

void guest_main(uint64_t vcpu)
{
	(void)vcpu;
	for (;;) {
		uint64_t head = fetch(0);
		unsigned count = head >> GUEST_COUNT_SHIFT & 0xff, reports = head >> GUEST_REPORTS_SHIFT & 0xff;
		struct guest_step step = { .kind = head & 0xff };
		struct guest_result result = { 0 };

		for (unsigned i = 0; i < count; i++)
			step.a[i] = fetch(1 + i);
		guest_perform(&step, true, &result);
		for (unsigned i = 0; i < reports; i++)
			report(i, i == 0 ? result.esr : result.x[i - 1]);
	}
}
