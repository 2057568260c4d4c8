/*
 * Steps as text.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include <stdarg.h>
#include <stdio.h>
#include "abi/psci.h"
#include "tests/model/episode.h"

struct call_text {
	uint64_t id;
	const char *name;
	const char *arguments[6];
};

static const struct call_text calls[] = {
	{ HOST_INFO, "HOST_INFO", { NULL } },
	{ HOST_GRANULE_INFO, "HOST_GRANULE_INFO", { "pa" } },
	{ HOST_PAIR_CREATE, "HOST_PAIR_CREATE", { "parameters" } },
	{ HOST_POOL_ADD, "HOST_POOL_ADD", { "handle", "pa", "bytes" } },
	{ HOST_POPULATE, "HOST_POPULATE", { "handle", "role", "address", "pa", "source", "bytes" } },
	{ HOST_POPULATE_IMAGE, "HOST_POPULATE_IMAGE", { "handle", "image", "address", "pa", "bytes" } },
	{ HOST_DONATE, "HOST_DONATE", { "handle", "role", "address", "pa", "bytes" } },
	{ HOST_ACTIVATE, "HOST_ACTIVATE", { "handle" } },
	{ HOST_RUN, "HOST_RUN", { "handle", "vcpu" } },
	{ HOST_NOTIFY, "HOST_NOTIFY", { "handle" } },
	{ HOST_TERMINATE, "HOST_TERMINATE", { "handle" } },
	{ HOST_RECLAIM, "HOST_RECLAIM", { "pa", "bytes" } },
	{ HOST_PAIR_INFO, "HOST_PAIR_INFO", { "index" } },
	{ HOST_PAIR_MEASUREMENT, "HOST_PAIR_MEASUREMENT", { "handle", "role" } },
	{ HOST_BOOT_MEASUREMENT, "HOST_BOOT_MEASUREMENT", { "index" } },
	{ HOST_RING_READ, "HOST_RING_READ", { "cpu", "ring", "from", "pa", "then writes" } },
	{ BOX_INFO, "BOX_INFO", { NULL } },
	{ BOX_VM_RUN, "BOX_VM_RUN", { "answer", "value" } },
	{ BOX_SPI_SET, "BOX_SPI_SET", { "vcpu", "intid", "priority", "level" } },
	{ BOX_SPI_CLEAR, "BOX_SPI_CLEAR", { "vcpu", "intid" } },
	{ BOX_SHARE, "BOX_SHARE", { "address" } },
	{ BOX_UNSHARE, "BOX_UNSHARE", { "address" } },
	{ BOX_NOTIFY, "BOX_NOTIFY", { "message" } },
	{ PSCI_CPU_ON_64, "PSCI_CPU_ON", { "target", "entry" } },
	{ RSI_VERSION, "RSI_VERSION", { "version" } },
	{ RSI_FEATURES, "RSI_FEATURES", { "index" } },
	{ RSI_MEASUREMENT_READ, "RSI_MEASUREMENT_READ", { "index" } },
	{ RSI_MEASUREMENT_EXTEND, "RSI_MEASUREMENT_EXTEND", { "index", "bytes" } },
	{ RSI_ATTESTATION_TOKEN_INIT, "RSI_ATTESTATION_TOKEN_INIT", { NULL } },
	{ RSI_ATTESTATION_TOKEN_CONTINUE, "RSI_ATTESTATION_TOKEN_CONTINUE", { "address", "offset", "bytes" } },
	{ RSI_REALM_CONFIG, "RSI_REALM_CONFIG", { "address" } },
	{ RSI_IPA_STATE_SET, "RSI_IPA_STATE_SET", { "base", "top", "state", "flags" } },
	{ RSI_IPA_STATE_GET, "RSI_IPA_STATE_GET", { "base", "top" } },
	{ RSI_HOST_CALL, "RSI_HOST_CALL", { "address" } },
};
#define CALLS (int)(sizeof(calls) / sizeof(calls[0]))
_Static_assert(CALLS <= EPISODE_CALLS, "a row for each call");
/* Names above, ids here: a call that is added without a name is found when its row is looked for. */
_Static_assert(CALLS == HOST_CALL_END - HOST_CALL_BASE + BOX_CALL_END - BOX_CALL_BASE + RSI_CALL_END - RSI_CALL_BASE + 1,
	       "a name for each call");

int episode_call_row(uint64_t id)
{
	for (int i = 0; i < CALLS; i++) {
		if (calls[i].id == id)
			return i;
	}
	return -1;
}

const char *episode_call_name(int row)
{
	return row < CALLS ? calls[row].name : NULL;
}

/* Appends as printf does, as far as there is room. */
__attribute__((format(printf, 3, 4))) static void add(char *text, size_t bytes, const char *format, ...)
{
	size_t used = 0;
	va_list args;

	while (used < bytes && text[used] != 0)
		used++;
	va_start(args, format);
	vsnprintf(text + used, bytes - used, format, args);
	va_end(args);
}

static void call_text(const struct model_step *step, char *text, size_t bytes)
{
	int row = episode_call_row(step->a[0]);

	if (step->kind == STEP_SMC)
		add(text, bytes, "smc ");
	if (row < 0) {
		add(text, bytes, "0x%llx(0x%llx, 0x%llx)", (unsigned long long)step->a[0],
		    (unsigned long long)step->a[1], (unsigned long long)step->a[2]);
		return;
	}
	add(text, bytes, "%s(", calls[row].name);
	for (unsigned i = 0; i < 6 && calls[row].arguments[i] != NULL; i++)
		add(text, bytes, "%s%s 0x%llx", i == 0 ? "" : ", ", calls[row].arguments[i],
		    (unsigned long long)step->a[1 + i]);
	add(text, bytes, ")");
}

static void params_text(const struct model *m, const struct model_step *step, char *text, size_t bytes)
{
	const uint64_t *words = m->params.words[step->a[1]];

	add(text, bytes, "writes parameters at 0x%llx: control 0x%llx, VM 0x%llx bytes, box 0x%llx bytes, entry 0x%llx, "
	    "x0 0x%llx, %u vCPUs, class %u, options 0x%llx", (unsigned long long)step->a[0], (unsigned long long)words[0],
	    (unsigned long long)words[1], (unsigned long long)words[2], (unsigned long long)words[3],
	    (unsigned long long)words[4], (unsigned)words[5], (unsigned)(words[5] >> 32), (unsigned long long)words[6]);
}

void episode_text(struct model *m, const struct model_step *step, char *text, size_t bytes)
{
	static const char *const actors[] = { "outer OS", "box", "VM" };
	const struct model_cpu *cpu = &m->cpus[step->cpu];

	text[0] = 0;
	add(text, bytes, "cpu %u, %s", step->cpu, actors[cpu->actor]);
	if (cpu->actor != MODEL_OUTER)
		add(text, bytes, " %u.%u", cpu->slot, cpu->vcpu);
	add(text, bytes, ": ");
	switch (step->kind) {
	case STEP_HVC:
	case STEP_SMC:
		call_text(step, text, bytes);
		return;
	case STEP_PARAMS:
		params_text(m, step, text, bytes);
		return;
	case STEP_WRITE:
	case STEP_READ:
		add(text, bytes, "%s 0x%llx", step->kind == STEP_WRITE ? "writes" : "reads", (unsigned long long)step->a[0]);
		if (step->kind == STEP_WRITE)
			add(text, bytes, ", content 0x%llx", (unsigned long long)step->a[1]);
		return;
	case STEP_REGISTER:
		add(text, bytes, "stores 0x%x to the register at 0x%llx", (unsigned)step->a[1],
		    (unsigned long long)step->a[0]);
		return;
	case STEP_INTERRUPT:
		add(text, bytes, "an interrupt of the outer OS");
		return;
	default:
		add(text, bytes, "waits for an interrupt");
		return;
	}
}
