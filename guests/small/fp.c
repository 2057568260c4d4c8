/*
 * Whose vector registers are these? Filled once, compared for as long as asked, while other contexts run.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/sysreg.h"
#include "guests/small/small.h"

#define CHECKS_PER_SECOND 100

/* arch/arm64/small_fp.S */
void fp_fill(uint64_t seed);
uint64_t fp_check(uint64_t seed);

void command_fp(const struct words *words)
{
	struct cpu *cpu = &small_cpus[cpu_this()];
	uint64_t seed = words->number[1], seconds = words->is_number[2] ? words->number[2] : 1;
	uint64_t period = read_cntfrq_el0() / CHECKS_PER_SECOND;

	fp_fill(seed);
	for (uint64_t check = 0; check < seconds * CHECKS_PER_SECOND; check++) {
		uint32_t before = cpu->timer_count;

		timer_arm(read_cntvct_el0() + period);
		/* By turns asleep and awake: others get the CPU by a wait and by an interrupt. */
		if (check % 2 == 0) {
			cpu_wait(&cpu->timer_count, before);
		} else {
			while (cpu->timer_count == before)
				;
		}
		uint64_t bad = fp_check(seed);

		if (bad != 0) {
			print("fp: leak in %s%u after %lu checks\n", bad == 33 ? "FPSR, not v" : "v",
			      (unsigned)bad - 1, check);
			return;
		}
	}
	print("fp: ok, seed 0x%lx, %lu checks\n", seed, seconds * CHECKS_PER_SECOND);
}
