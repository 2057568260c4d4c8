/*
 * One step of a box or VM.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "arch/cpu.h"
#include "tests/attack/attack.h"
#include "tests/model/board/guest.h"
#include "tests/model/model.h"

/* For guest_perform. argument[0] is an address. */
static void page_read(uint64_t *argument)
{
	argument[1] = mmio_read64(argument[0]);
	argument[2] = mmio_read64(argument[0] + MODEL_GRANULE - 8);
}

static void page_write(uint64_t *argument)
{
	for (unsigned i = 0; i < CONTENT_WORDS; i++)
		mmio_write64(argument[0] + 8ull * i, content_word(NULL, argument[1], i));
}

static void device_read(uint64_t *argument)
{
	argument[1] = mmio_read64(argument[0]);
}

static void device_write(uint64_t *argument)
{
	mmio_write64(argument[0], argument[1]);
}

static void register_write(uint64_t *argument)
{
	mmio_write32(argument[0], (uint32_t)argument[1]);
}

static void access_do(const struct guest_step *step, struct guest_result *result, void (*access)(uint64_t *))
{
	uint64_t argument[3] = { step->a[0], step->a[1], 0 };

	result->esr = guard_run(access, argument);
	result->x[0] = argument[1];
	result->x[1] = argument[2];
}

void guest_perform(const struct guest_step *step, bool has_devices, struct guest_result *result)
{
	bool is_device = has_devices && (step->a[0] & (MODEL_HALF - 1)) < MODEL_RAM_BASE;
	uint64_t x[GUEST_REGISTERS];

	result->esr = 0;
	switch (step->kind) {
	case STEP_READ:
		access_do(step, result, is_device ? device_read : page_read);
		return;
	case STEP_WRITE:
		access_do(step, result, is_device ? device_write : page_write);
		return;
	case STEP_REGISTER:
		access_do(step, result, register_write);
		return;
	case STEP_WAIT:
		wfi();
		return;
	default:
		break;
	}
	for (unsigned i = 0; i < GUEST_REGISTERS; i++)
		x[i] = step->a[i];
	if (step->kind == STEP_SMC)
		guest_smc(x);
	else
		guest_hvc(x);
	for (unsigned i = 0; i < GUEST_RESULTS - 1; i++)
		result->x[i] = x[i];
}
