/*
 * What the host calls that move memory, and sealing, cost, in counter ticks: one instruction each where the counter runs
 * at 1 GHz under `-icount shift=0`. Linked into the bench build of the lightweight kernel only, as the command `bench`.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "abi/seal.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "lib/record.h"
#include "lwk/frames.h"
#include "lwk/host.h"
#include "lwk/machine.h"
#include "lwk/shell.h"
#include "lwk/terminal.h"

#define SAMPLE_MAX	512
#define MIB		0x100000ul
/* One vCPU; tables for the windows of the largest VM below, its own, and the box's. */
#define POOL_GRANULES	384
#define RUN_MAX		8
#define SEAL_ROUNDS	9

/* A pair that is made only to be measured. */
static struct {
	uint64_t control, pool, params, handle;
	struct frames_run runs[RUN_MAX];
	unsigned run_count;
} pair;

static struct {
	uint64_t ticks[SAMPLE_MAX];
	unsigned count;
} samples;

/* One call by itself; what it costs is kept. */
static int64_t sample(uint64_t x[8])
{
	struct smc_args args;

	for (unsigned i = 0; i < 8; i++)
		args.x[i] = x[i];
	isb();
	uint64_t begin = read_cntpct_el0();

	isb();
	hvc_call(&args);
	isb();
	uint64_t ticks = read_cntpct_el0() - begin;

	if (samples.count < SAMPLE_MAX)
		samples.ticks[samples.count++] = ticks;
	for (unsigned i = 0; i < 8; i++)
		x[i] = args.x[i];
	return (int64_t)args.x[0];
}

static void samples_sort(void)
{
	uint64_t *at = samples.ticks;

	for (unsigned i = 1; i < samples.count; i++) {
		uint64_t value = at[i];
		unsigned to = i;

		for (; to > 0 && at[to - 1] > value; to--)
			at[to] = at[to - 1];
		at[to] = value;
	}
}

static uint64_t samples_median(void)
{
	return samples.ticks[samples.count / 2];
}

static void samples_print(const char *name)
{
	samples_sort();
	terminal_print("bench %s %lu %lu\n", name, samples_median(), samples.ticks[samples.count * 9 / 10]);
}

static bool refused(const char *what, int64_t status)
{
	if (status == HOST_OK)
		return false;
	terminal_print("error: bench: %s: %s\n", what, record_status(status));
	return true;
}

static bool pair_make(uint64_t ram_bytes)
{
	unsigned control = HOST_CONTROL_GRANULES(1);

	pair.control = frames_take(control, 2 * GRANULE_BYTES);
	pair.pool = frames_take(POOL_GRANULES, GRANULE_BYTES);
	pair.params = frames_take(1, GRANULE_BYTES);
	pair.run_count = frames_take_blocks(ram_bytes, pair.runs, RUN_MAX);
	if (pair.control == 0 || pair.pool == 0 || pair.params == 0 || pair.run_count == 0) {
		terminal_print("error: bench: too little memory for %lu MiB\n", ram_bytes / MIB);
		return false;
	}
	*(struct host_pair_params *)(uintptr_t)pair.params = (struct host_pair_params){
		.control_pa = pair.control, .vm_ram_bytes = ram_bytes, .box_ram_bytes = BLOCK_BYTES,
		.vm_entry = 0x40000000, .vcpu_count = 1, .class = HOST_CLASS_CONFIDENTIAL,
		.options = HOST_OPTION_SHARE_RSI,
	};
	uint64_t create[8] = { HOST_PAIR_CREATE, pair.params };

	if (refused("HOST_PAIR_CREATE", sample(create)))
		return false;
	pair.handle = create[1];
	uint64_t add[8] = { HOST_POOL_ADD, pair.handle, pair.pool, POOL_GRANULES * GRANULE_BYTES };

	/* The pool may cross a boundary at which a call stops. */
	while (add[3] > 0) {
		uint64_t pa = add[2], bytes = add[3];

		if (refused("HOST_POOL_ADD", sample(add)))
			return false;
		uint64_t done = add[1];

		add[0] = HOST_POOL_ADD;
		add[1] = pair.handle;
		add[2] = pa + done;
		add[3] = bytes - done;
	}
	return true;
}

/* All of the RAM, 2 MiB a call. */
static bool pair_donate(void)
{
	uint64_t ipa = 0x40000000;

	for (unsigned i = 0; i < pair.run_count; i++) {
		for (uint64_t at = 0; at < pair.runs[i].bytes; at += BLOCK_BYTES, ipa += BLOCK_BYTES) {
			uint64_t donate[8] = { HOST_DONATE, pair.handle, HOST_ROLE_VM, ipa, pair.runs[i].pa + at,
					       BLOCK_BYTES };

			if (refused("HOST_DONATE", sample(donate)))
				return false;
		}
	}
	return true;
}

static bool range_reclaim(uint64_t pa, uint64_t bytes, uint64_t step)
{
	for (uint64_t end = pa + bytes; pa < end;) {
		uint64_t reclaim[8] = { HOST_RECLAIM, pa, step < end - pa ? step : end - pa };

		if (refused("HOST_RECLAIM", sample(reclaim)))
			return false;
		pa += reclaim[1];
	}
	return true;
}

/* @step: bytes a call of the RAM. */
static bool pair_end(uint64_t step)
{
	uint64_t terminate[8] = { HOST_TERMINATE, pair.handle };
	uint64_t descriptor = pair.control + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES;
	uint64_t control_end = pair.control + HOST_CONTROL_GRANULES(1) * GRANULE_BYTES;

	if (refused("HOST_TERMINATE", sample(terminate)))
		return false;
	samples.count = 0;
	for (unsigned i = 0; i < pair.run_count; i++) {
		struct host_granule granule;

		if (host_granule(pair.runs[i].pa, &granule) == HOST_OK && granule.state == GRANULE_DATA &&
		    !range_reclaim(pair.runs[i].pa, pair.runs[i].bytes, step))
			return false;
	}
	static uint64_t taken[SAMPLE_MAX];
	unsigned count = samples.count;

	for (unsigned i = 0; i < count; i++)
		taken[i] = samples.ticks[i];
	bool done = range_reclaim(pair.pool, POOL_GRANULES * GRANULE_BYTES, HOST_MOVE_MAX) &&
		    range_reclaim(pair.control, descriptor - pair.control, HOST_MOVE_MAX) &&
		    range_reclaim(descriptor + GRANULE_BYTES, control_end - descriptor - GRANULE_BYTES, HOST_MOVE_MAX) &&
		    range_reclaim(descriptor, GRANULE_BYTES, HOST_MOVE_MAX);

	for (unsigned i = 0; i < count; i++)
		samples.ticks[i] = taken[i];
	samples.count = count;
	for (unsigned i = 0; i < pair.run_count; i++)
		frames_give(pair.runs[i].pa, pair.runs[i].bytes);
	frames_give(pair.pool, POOL_GRANULES * GRANULE_BYTES);
	frames_give(pair.control, control_end - pair.control);
	frames_give(pair.params, GRANULE_BYTES);
	return done;
}

/* Instructions a MiB of a confidential VM from its first host call to the last of its memory, windows included. */
static bool create_measure(uint64_t mib)
{
	uint64_t sum = 0;

	samples.count = 0;
	if (!pair_make(mib * MIB) || !pair_donate())
		return false;
	for (unsigned i = 0; i < samples.count; i++)
		sum += samples.ticks[i];
	terminal_print("bench vm_create_%lum %lu %lu\n", mib, sum / mib, sum / mib);
	return pair_end(BLOCK_BYTES);
}

/* Exactly sealed, with a counter: the longest way. Sealed and opened in turn; @counted is the one that is sampled. */
static bool seal_sample(const char *name, uint64_t counted, uint32_t bytes)
{
	static const uint64_t calls[] = { ANCHOR_SEAL, ANCHOR_UNSEAL };

	*(struct anchor_seal *)(uintptr_t)machine.anchor_page = (struct anchor_seal){
		.magic = SEAL_MAGIC, .version = SEAL_VERSION, .mode = SEAL_MODE_EXACT, .bytes = bytes,
		.counter_value = host_call(ANCHOR_COUNTER_READ, 0, 0, 0).x[1],
	};
	samples.count = 0;
	for (unsigned i = 0; i < 2 * SEAL_ROUNDS; i++) {
		uint64_t call[8] = { calls[i % 2], machine.anchor_page };

		if (refused(name, sample(call)))
			return false;
		if (calls[i % 2] != counted)
			samples.count--;
	}
	samples_sort();
	return true;
}

static bool seal_measure(const char *name, uint64_t counted, uint32_t bytes)
{
	if (!seal_sample(name, counted, bytes))
		return false;
	samples_print(name);
	return true;
}

static bool seals_measure(void)
{
	return seal_measure("seal_1k", ANCHOR_SEAL, 1024) && seal_measure("unseal_1k", ANCHOR_UNSEAL, 1024) &&
	       seal_measure("seal_2k", ANCHOR_SEAL, SEAL_DATA_MAX) &&
	       seal_measure("unseal_2k", ANCHOR_UNSEAL, SEAL_DATA_MAX);
}

/* All that images had opened into VMs: in the place of lwk's function, which does the call. */
static struct {
	uint64_t ticks, bytes;
} image;

int64_t __real_host_populate_image(uint64_t handle, uint64_t number, uint64_t address, uint64_t pa, uint64_t bytes,
				   uint64_t *done, uint64_t *problem);
int64_t __wrap_host_populate_image(uint64_t handle, uint64_t number, uint64_t address, uint64_t pa, uint64_t bytes,
				   uint64_t *done, uint64_t *problem);

int64_t __wrap_host_populate_image(uint64_t handle, uint64_t number, uint64_t address, uint64_t pa, uint64_t bytes,
				   uint64_t *done, uint64_t *problem)
{
	uint64_t begin = read_cntpct_el0();
	int64_t status = __real_host_populate_image(handle, number, address, pa, bytes, done, problem);

	image.ticks += read_cntpct_el0() - begin;
	image.bytes += *done;
	return status;
}

/* Instructions a byte, rounded up. */
static void per_byte_print(const char *name, uint64_t ticks, uint64_t bytes)
{
	uint64_t result = (ticks + bytes - 1) / bytes;

	terminal_print("bench %s %lu %lu\n", name, result, result);
}

/* The median of unsealing more bytes, less that of fewer: what the cipher takes, its copies included, and nothing else. */
static bool images_measure(void)
{
	uint64_t half, whole;

	if (!seal_sample("unseal_1k", ANCHOR_UNSEAL, SEAL_DATA_MAX / 2))
		return false;
	half = samples_median();
	if (!seal_sample("unseal_2k", ANCHOR_UNSEAL, SEAL_DATA_MAX))
		return false;
	whole = samples_median();
	per_byte_print("image_gcm", whole - half, SEAL_DATA_MAX / 2);
	if (image.bytes > 0)
		per_byte_print("image_load", image.ticks, image.bytes);
	return true;
}

static void command_bench(const struct shell_arguments *arguments)
{
	(void)arguments;
	if (!seals_measure() || !images_measure() || !pair_make(32 * MIB))
		return;
	samples.count = 0;
	if (!pair_donate())
		return;
	samples_print("donate_2m");
	if (!pair_end(BLOCK_BYTES) || !pair_make(2 * MIB) || !pair_donate() || !pair_end(GRANULE_BYTES))
		return;
	samples_print("reclaim_4k");
	(void)(create_measure(128) && create_measure(256) && create_measure(512));
}

SHELL_COMMAND(bench, "", "instructions, or ticks, of calls that move memory, of sealing, of images", 0, 0, command_bench);
