/*
 * In place of box/vcpu.c: the loop of a box vCPU that attacks when its VM reads from the trigger page, and
 * serves everything else as always.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/vcpu.h"
#include "abi/box.h"
#include "arch/cpu.h"
#include "box/bus.h"
#include "box/console.h"
#include "box/hvc.h"
#include "box/interrupt.h"
#include "box/mmu.h"
#include "box/pl011.h"
#include "box/room.h"
#include "tests/attack/box.h"
#include "tests/attack/box_attack.h"
#include "tests/attack/box_seek.h"
#include "tests/attack/observer.h"

#define HOST_CALL_UNKNOWN	(~0ull)

static NORETURN void vm_ended(uint64_t reason)
{
	console_notify();
	if (reason == BOX_EXIT_OFF)
		hvc_system_off();
	hvc_system_reset();
}

static void other_exit(uint64_t reason)
{
	if (reason == BOX_EXIT_OFF || reason == BOX_EXIT_RESET)
		vm_ended(reason);
	if (reason != BOX_EXIT_INTERRUPTED)
		box_stop("BOX_VM_RUN returned an unknown reason", reason);
	interrupt_take();
	/* No access waits for an answer now. */
	box_attack_answer_again();
}

static uint64_t access_answer(const struct hvc_exit *exit, uint64_t *value)
{
	uint64_t address = exit->address;

	if (address - BOX_ATTACK_TRIGGER < BOX_ATTACK_BYTES) {
		*value = box_attack((unsigned)(address - BOX_ATTACK_TRIGGER) / 8);
		return BOX_ANSWER_DONE;
	}
	if (address - BOX_SEEK < BOX_ATTACK_BYTES) {
		*value = box_seek_access(exit);
		return BOX_ANSWER_DONE;
	}
	if (address - BOX_ATTACK_PROBE < BOX_ATTACK_BYTES) {
		*value = box_attack_probe(exit);
		return BOX_ANSWER_DONE;
	}
	if (address == BOX_OBSERVE) {
		box_observe();
		return BOX_ANSWER_DONE;
	}
	if (address - BOX_ATTACK_ONES < BOX_ATTACK_BYTES) {
		*value = ~0ull;
		return BOX_ANSWER_DONE;
	}
	if (address == BOX_ATTACK_SPIN) {
		/* What the VM said before is not held back by this. */
		console_notify();
		for (;;)
			cpu_relax();
	}
	if (address == BOX_ATTACK_FALL)
		((void (*)(void))MMU_NOTHING)();
	return bus_access(exit, value);
}

void vcpu_loop(void)
{
	uint64_t answer = BOX_ANSWER_NONE, value = 0;
	struct hvc_exit exit;

	for (;;) {
		int64_t code = box_seek_run(answer, value, &exit);

		if (code == BOX_ERR_BUSY)
			continue;
		if (code != BOX_OK)
			box_stop("BOX_VM_RUN was refused", (uint64_t)code);
		if (exit.reason == BOX_EXIT_MMIO) {
			answer = access_answer(&exit, &value);
		} else if (exit.reason == BOX_EXIT_HOST_CALL) {
			answer = BOX_ANSWER_DONE;
			value = HOST_CALL_UNKNOWN;
		} else {
			other_exit(exit.reason);
			answer = BOX_ANSWER_NONE;
		}
		if (console_is_due()) {
			console_notify();
			pl011_room_made();
		}
	}
}
