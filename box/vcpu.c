/*
 * Decides what follows each exit of the VM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "box/vcpu.h"
#include "abi/box.h"
#include "box/bus.h"
#include "box/console.h"
#include "box/hvc.h"
#include "box/interrupt.h"
#include "box/pl011.h"
#include "box/room.h"

/* No host call is known, whatever its immediate: "not supported", as SMCCC has it. */
#define HOST_CALL_UNKNOWN	(~0ull)

static NORETURN void vm_ended(uint64_t reason)
{
	/* Its last words first. */
	console_notify();
	if (reason == BOX_EXIT_OFF)
		hvc_system_off();
	hvc_system_reset();
}

/* Exits that are no access of the VM's. */
static void other_exit(uint64_t reason)
{
	if (reason == BOX_EXIT_OFF || reason == BOX_EXIT_RESET)
		vm_ended(reason);
	if (reason != BOX_EXIT_INTERRUPTED)
		box_stop("BOX_VM_RUN returned an unknown reason", reason);
	interrupt_take();
}

void vcpu_loop(void)
{
	uint64_t answer = BOX_ANSWER_NONE, value = 0;
	struct hvc_exit exit;

	for (;;) {
		int64_t code = hvc_vm_run(answer, value, &exit);

		if (code == BOX_ERR_BUSY)
			continue;
		if (code != BOX_OK)
			box_stop("BOX_VM_RUN was refused", (uint64_t)code);
		if (exit.reason == BOX_EXIT_MMIO) {
			answer = bus_access(&exit, &value);
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
