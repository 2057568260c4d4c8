/*
 * The program of a box: it shares the page of its vCPU with the outer OS, and does what it finds there.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "tests/model/board/guest.h"

void guest_main(uint64_t vcpu)
{
	struct guest_mail *mail = (void *)(uintptr_t)(GUEST_OWN + vcpu * GUEST_PAGE_BYTES);
	uint64_t share[GUEST_REGISTERS] = { BOX_SHARE, (uintptr_t)mail };

	guest_hvc(share);
	mail->result.x[0] = share[0];
	/* That was the first; a page that nobody wrote to asks for none. */
	for (uint64_t done = 1;; done++) {
		mail->done = done;
		while (mail->posted <= done)
			cpu_relax();
		guest_perform(&mail->step, false, &mail->result);
	}
}
