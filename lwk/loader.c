/*
 * Loading a VM: memory, pair, content in ascending address order, activation; and the way back. The
 * mediator checks every step; here the steps only have to be right and their refusals readable.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/loader.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lwk/host.h"
#include "lwk/image.h"
#include "lwk/machine.h"
#include "lwk/terminal.h"

/* Scratch: a bounce buffer (file data is not aligned), the device tree, the parameters of the pair. */
#define SCRATCH_DTB		HOST_POPULATE_MAX
#define SCRATCH_PARAMS		(SCRATCH_DTB + VMPLAN_DTB_MAX)
#define SCRATCH_GRANULES	((SCRATCH_PARAMS + GRANULE_BYTES) / GRANULE_BYTES)

#define POOL_STEP		8
#define ACTIVATE_TRIES		8

/* One domain being filled: where its guest addresses are in memory. */
struct target {
	struct vm *vm;
	uint64_t role;
	const char *name;
	uint64_t base;			/* guest address of the first run */
	const struct frames_run *runs;
	unsigned run_count;
};

static bool fail(struct vm *vm, const char *reason)
{
	vm_set_reason(vm, reason);
	return false;
}

static bool refused(struct vm *vm, const char *what, uint64_t address, int64_t status)
{
	char reason[VM_REASON_BYTES];

	terminal_print("error: VM %s does not start\n"
		       "  where:    %s, 0x%lx\n"
		       "  expected: ok\n"
		       "  found:    %ld (%s)\n"
		       "  do:       `log` shows what the mediator refused\n",
		       vm->name, what, address, status, record_status(status));
	print_string(reason, sizeof(reason), "refused: %s: %s", what, record_status(status));
	return fail(vm, reason);
}

/* Who else holds memory. */
static void print_holders(const struct vm *but)
{
	bool any = false;

	for (unsigned i = 0; i < VM_MAX; i++) {
		uint64_t granules = vm_granules(&vms[i]);

		if (granules == 0 || &vms[i] == but)
			continue;
		terminal_print("  held by:  %s: %lu granules (%lu MiB)\n", vms[i].name, granules,
			       granules / 256);
		any = true;
	}
	if (!any)
		terminal_print("  held by:  no other VM: the machine is too small\n");
}

static bool no_memory(struct vm *vm, const char *what, uint64_t need, uint64_t have)
{
	char reason[VM_REASON_BYTES];

	terminal_print("error: VM %s does not start: too little memory\n"
		       "  for:      %s\n"
		       "  need:     %lu KiB\n"
		       "  have:     %lu KiB (free: %lu granules, %lu MiB in whole 2 MiB blocks)\n",
		       vm->name, what, need / 1024, have / 1024, frames_free_count(),
		       frames_free_block_bytes() >> 20);
	print_holders(vm);
	terminal_print("  do:       stop a VM, lower memory_mib in %s/config, or give the machine more RAM\n",
		       vm->name);
	print_string(reason, sizeof(reason), "too little memory for %s: need %lu KiB, have %lu KiB", what,
		     need / 1024, have / 1024);
	return fail(vm, reason);
}

static void *scratch(const struct vm *vm, uint64_t offset)
{
	return (void *)(uintptr_t)(vm->memory.scratch + offset);
}

static bool plan_make(struct vm *vm)
{
	if (vm->image.data != NULL) {
		vm->image_handle = image_open(vm);
		return vm->image_handle != 0;
	}

	struct vmplan_request request = {
		.ram_bytes = (uint64_t)vm->config.memory_mib << 20,
		.vcpu_count = vm->config.vcpu_count,
		.raw = vm->config.raw,
		.kernel = vm->kernel.data,
		.kernel_bytes = vm->kernel.bytes,
		.initrd_bytes = vm->initrd.bytes,
		.bootargs = vm->config.args,
	};
	enum vmplan_result result = vmplan_make(&request, &vm->plan, scratch(vm, SCRATCH_DTB));
	char text[256];

	if (result == VMPLAN_OK)
		return true;
	vmplan_describe(result, &request, &vm->plan, text, sizeof(text));
	terminal_print("error: VM %s does not start\n  where:    %s/kernel, %s/config\n  what:     %s\n", vm->name,
		       vm->name, vm->name, text);
	return fail(vm, text);
}

/* Room for at most @count tables: whole blocks in one run if it is many, else the largest piece that there is. */
static struct frames_run pool_run_take(uint64_t count)
{
	struct frames_run run;

	if (count >= 512 && frames_take_blocks(align_down(count * GRANULE_BYTES, BLOCK_BYTES), &run, 1) == 1)
		return run;
	for (unsigned piece = count < 512 ? (unsigned)count : 512; piece > 0; piece /= 2) {
		uint64_t pa = frames_take(piece, GRANULE_BYTES);

		if (pa != 0)
			return (struct frames_run){ pa, piece * GRANULE_BYTES };
	}
	return (struct frames_run){ 0 };
}

static bool pool_grow(struct vm *vm, uint64_t count)
{
	struct vm_memory *memory = &vm->memory;
	uint64_t done;

	while (count > 0) {
		bool has_slot = memory->pool_count < VM_POOL_MAX;
		struct frames_run run = has_slot ? pool_run_take(count) : (struct frames_run){ 0 };

		if (run.bytes == 0)
			return no_memory(vm, has_slot ? "translation tables" : "translation tables in at most 64 pieces",
					 count * GRANULE_BYTES, frames_free_count() * GRANULE_BYTES);
		memory->pool[memory->pool_count++] = run;
		int64_t status = host_pool_add(vm->handle, run.pa, run.bytes, &done);

		if (status != HOST_OK)
			return refused(vm, "HOST_POOL_ADD", run.pa + done, status);
		count -= run.bytes / GRANULE_BYTES;
	}
	return true;
}

/* Blocks that a populated piece touches get pages, so a table each. */
static uint64_t tables_of(const struct vmplan_piece *piece)
{
	if (piece->bytes == 0)
		return 0;
	return (piece->address + piece->bytes - 1) / BLOCK_BYTES - piece->address / BLOCK_BYTES + 1;
}

/*
 * What the whole VM needs: one table a GiB begun, one a block with content, two for the box. The window of a
 * confidential VM has tables of its own, one a GiB begun and one a block, whatever is shared. The mediator counts.
 */
static uint64_t tables_guess(const struct vm *vm)
{
	uint64_t ram = (uint64_t)vm->config.memory_mib << 20, gibs = (ram + GIB - 1) / GIB;
	uint64_t window = vm->config.class == HOST_CLASS_CONFIDENTIAL ? gibs + ram / BLOCK_BYTES : 0;
	const struct vmplan_piece tree = { vm->plan.dtb.address, VMPLAN_DTB_MAX };

	return gibs + tables_of(&vm->plan.kernel) + tables_of(&tree) + tables_of(&vm->plan.initrd) + 2 + window;
}

static bool memory_take(struct vm *vm)
{
	struct vm_memory *memory = &vm->memory;
	uint64_t ram = (uint64_t)vm->config.memory_mib << 20;
	unsigned control = HOST_CONTROL_GRANULES(vm->config.vcpu_count);

	memory->control = frames_take(control, 2 * GRANULE_BYTES);
	if (memory->control == 0)
		return no_memory(vm, "vCPU contexts", control * GRANULE_BYTES, frames_free_count() * GRANULE_BYTES);
	memory->control_count = control;
	if (frames_take_blocks(BOX_RAM_BYTES, &memory->box, 1) == 0)
		return no_memory(vm, "the box", BOX_RAM_BYTES, frames_free_block_bytes());
	memory->ram_count = frames_take_blocks(ram, memory->ram, VM_RUN_MAX);
	if (memory->ram_count == 0)
		return no_memory(vm, frames_free_block_bytes() < ram ? "RAM" : "RAM in at most 64 pieces", ram,
				 frames_free_block_bytes());
	return true;
}

static bool threads_check(struct vm *vm)
{
	unsigned have = thread_free_count();

	if (have >= vm->config.vcpu_count)
		return true;
	terminal_print("error: VM %s does not start: too few threads\n"
		       "  need:     %u, one a vCPU\n  have:     %u of %u\n  do:       stop a VM\n",
		       vm->name, vm->config.vcpu_count, have, THREAD_MAX);
	return fail(vm, "too few threads");
}

static bool pair_create(struct vm *vm)
{
	struct host_pair_params *params = scratch(vm, SCRATCH_PARAMS);

	*params = (struct host_pair_params){
		.control_pa = vm->memory.control,
		.vm_ram_bytes = (uint64_t)vm->config.memory_mib << 20,
		.box_ram_bytes = BOX_RAM_BYTES,
		.vm_entry = vm->plan.entry,
		.vm_x0 = vm->plan.x0,
		.vcpu_count = vm->config.vcpu_count,
		.class = vm->config.class,
		.options = vm->config.options,
	};
	uint64_t since = timer_now();
	struct host_result result = host_retry(HOST_PAIR_CREATE, (uintptr_t)params, 0, 0);

	if (result.status != HOST_OK)
		return refused(vm, "HOST_PAIR_CREATE", vm->memory.control, result.status);
	vm_pair_created(vm, result.x[1], since);
	return true;
}

/* Memory behind guest address @address, and how much of it is contiguous. */
static struct frames_run target_at(const struct target *target, uint64_t address)
{
	uint64_t offset = address - target->base;

	for (unsigned i = 0; i < target->run_count; i++) {
		const struct frames_run *run = &target->runs[i];

		if (offset < run->bytes)
			return (struct frames_run){ run->pa + offset, run->bytes - offset };
		offset -= run->bytes;
	}
	return (struct frames_run){ 0 };
}

/* At most @max bytes from @address that are contiguous and stay inside one 2 MiB block. */
static struct frames_run target_step(const struct target *target, uint64_t address, uint64_t max)
{
	struct frames_run step = target_at(target, address);
	uint64_t to_block = BLOCK_BYTES - address % BLOCK_BYTES;

	if (step.bytes > max)
		step.bytes = max;
	if (step.bytes > to_block)
		step.bytes = to_block;
	return step;
}

/* Was the refusal only about tables, and are there more now? */
static bool tables_added(struct vm *vm, int64_t status)
{
	return status == HOST_ERR_NO_MEMORY && vm->memory.pool_count < VM_POOL_MAX && pool_grow(vm, POOL_STEP);
}

/* File data goes through the bounce buffer; an image's is the anchor's to bring. */
static int64_t step_populate(const struct target *target, uint64_t address, uint64_t pa, const uint8_t *data,
			     uint64_t content, uint64_t *done)
{
	uint64_t whole = align_down(content + GRANULE_BYTES - 1, GRANULE_BYTES), problem;
	uint8_t *bounce = scratch(target->vm, 0);

	if (data == NULL) {
		int64_t status = host_populate_image(target->vm->handle, target->vm->image_handle, address, pa, whole, done,
						     &problem);

		if (status == HOST_ERR_MEASUREMENT)
			image_refused(target->vm, problem, address + *done);
		return status;
	}
	memcpy(bounce, data, content);
	memset(bounce + content, 0, whole - content);
	return host_populate(target->vm->handle, target->role, address, pa, (uintptr_t)bounce, whole, done);
}

/* @data is NULL for what an image has. */
static bool piece_populate(const struct target *target, uint64_t address, const uint8_t *data, uint64_t bytes)
{
	char what[64];

	while (bytes > 0) {
		struct frames_run to = target_step(target, address, HOST_POPULATE_MAX);
		uint64_t content = bytes < to.bytes ? bytes : to.bytes;
		uint64_t done;
		int64_t status = step_populate(target, address, to.pa, data, content, &done);

		/* What the anchor refused was said already. */
		if (status == HOST_ERR_MEASUREMENT)
			return false;
		if (status != HOST_OK && !tables_added(target->vm, status)) {
			print_string(what, sizeof(what), "HOST_POPULATE of its %s", target->name);
			return refused(target->vm, what, address + done, status);
		}
		/* Where it stopped for want of tables, the same bytes go on from there. */
		done = done < content ? done : content;
		address += done;
		data = data != NULL ? data + done : NULL;
		bytes -= done;
	}
	return true;
}

static bool range_donate(const struct target *target, uint64_t address, uint64_t end)
{
	char what[64];

	while (address < end) {
		struct frames_run to = target_step(target, address, end - address);
		uint64_t done;
		int64_t status = host_donate(target->vm->handle, target->role, address, to.pa, to.bytes, &done);

		if (status != HOST_OK && !tables_added(target->vm, status)) {
			print_string(what, sizeof(what), "HOST_DONATE to its %s", target->name);
			return refused(target->vm, what, address + done, status);
		}
		address += done;
	}
	return true;
}

/* One sweep in ascending order: what lies before the piece is donated, then the piece is populated. */
static bool target_fill(const struct target *target, uint64_t *at, const struct vmplan_piece *piece,
			const uint8_t *data)
{
	if (piece->bytes == 0)
		return true;
	if (!range_donate(target, *at, piece->address) || !piece_populate(target, piece->address, data, piece->bytes))
		return false;
	*at = piece->address + align_down(piece->bytes + GRANULE_BYTES - 1, GRANULE_BYTES);
	return true;
}

static bool box_fill(struct vm *vm)
{
	struct target target = { vm, HOST_ROLE_BOX, "box", BOX_RAM_BASE, &vm->memory.box, 1 };
	struct vmplan_piece image = { BOX_RAM_BASE, machine.box.bytes };
	uint64_t at = BOX_RAM_BASE;

	if (machine.box.bytes == 0 || machine.box.bytes > BOX_CONSOLE_PAGE - BOX_RAM_BASE) {
		terminal_print("error: VM %s does not start: no usable box image\n"
			       "  where:    device tree, /chosen redoubt,box-start and redoubt,box-end\n"
			       "  expected: 1 .. %u bytes\n"
			       "  found:    %lu bytes\n"
			       "  do:       build the flash image anew\n",
			       vm->name, BOX_CONSOLE_PAGE - BOX_RAM_BASE, machine.box.bytes);
		return fail(vm, "no usable box image");
	}
	return target_fill(&target, &at, &image, (const uint8_t *)(uintptr_t)machine.box.base) &&
	       range_donate(&target, at, BOX_RAM_BASE + BOX_RAM_BYTES);
}

static bool vm_fill(struct vm *vm)
{
	struct target target = { vm, HOST_ROLE_VM, "VM", VM_RAM_BASE, vm->memory.ram, vm->memory.ram_count };
	const uint8_t *tree = vm->image.data == NULL ? scratch(vm, SCRATCH_DTB) : NULL;
	const uint8_t *args = tree != NULL ? tree + VMPLAN_ARGS_AT : NULL;
	uint64_t at = VM_RAM_BASE;

	return target_fill(&target, &at, &vm->plan.kernel, vm->kernel.data) &&
	       target_fill(&target, &at, &vm->plan.dtb, tree) && target_fill(&target, &at, &vm->plan.args, args) &&
	       target_fill(&target, &at, &vm->plan.initrd, vm->initrd.data) &&
	       range_donate(&target, at, VM_RAM_BASE + ((uint64_t)vm->config.memory_mib << 20));
}

static bool measurement_refused(struct vm *vm, const struct host_result *result)
{
	const char *whose = result->x[1] == HOST_ROLE_BOX ? "box" : "VM";
	char reason[VM_REASON_BYTES], digest[RECORD_DIGEST_BYTES];

	if (vm->image.data != NULL && result->x[1] == HOST_ROLE_VM) {
		image_disagrees(vm, &result->x[2], result->x[6]);
		return false;
	}
	record_digest(&result->x[2], digest);
	terminal_print("error: VM %s does not start: the measurement of its %s is not in the verified policy\n"
		       "  where:    HOST_ACTIVATE\n"
		       "  expected: a measurement that the verified policy lists\n"
		       "  found:    %s\n"
		       "  do:       `redoubt measure` the files, list the result, and build the flash image anew\n",
		       vm->name, whose, digest);
	print_string(reason, sizeof(reason), "refused: the measurement of its %s is not in the policy", whose);
	return fail(vm, reason);
}

static bool pair_activate(struct vm *vm)
{
	for (unsigned tries = 0; tries < ACTIVATE_TRIES; tries++) {
		struct host_result result = host_retry(HOST_ACTIVATE, vm->handle, 0, 0);

		if (result.status == HOST_OK)
			return true;
		if (result.status == HOST_ERR_MEASUREMENT)
			return measurement_refused(vm, &result);
		if (result.status != HOST_ERR_NO_MEMORY || result.x[1] <= result.x[2])
			return refused(vm, "HOST_ACTIVATE", vm->handle, result.status);
		if (!pool_grow(vm, result.x[1] - result.x[2]))
			return false;
	}
	return refused(vm, "HOST_ACTIVATE, table pool", vm->handle, HOST_ERR_NO_MEMORY);
}

bool loader_start(struct vm *vm)
{
	vm->memory.scratch = frames_take(SCRATCH_GRANULES, GRANULE_BYTES);
	if (vm->memory.scratch == 0)
		return no_memory(vm, "loading", SCRATCH_GRANULES * GRANULE_BYTES, frames_free_count() * GRANULE_BYTES);
	bool done = threads_check(vm) && plan_make(vm) && memory_take(vm) && pair_create(vm) &&
		    pool_grow(vm, tables_guess(vm)) && box_fill(vm) && vm_fill(vm) && pair_activate(vm);

	frames_give(vm->memory.scratch, SCRATCH_GRANULES * GRANULE_BYTES);
	vm->memory.scratch = 0;
	return done;
}

/* The promise is that what comes back was zeroed: read all of it. */
static uint64_t nonzero_granules(uint64_t pa, uint64_t bytes)
{
	uint64_t count = 0;

	for (uint64_t at = pa; at < pa + bytes; at += GRANULE_BYTES) {
		const uint64_t *words = (const uint64_t *)(uintptr_t)at;
		uint64_t all = 0;

		for (unsigned i = 0; i < GRANULE_BYTES / sizeof(*words); i++)
			all |= words[i];
		count += all != 0 ? 1 : 0;
	}
	return count;
}

static void granules_lost(struct vm *vm, uint64_t pa, int64_t status)
{
	if (vm->lost_count++ == 0)
		terminal_print("error: memory of %s does not come back\n"
			       "  where:    HOST_RECLAIM, 0x%lx\n  found:    %s\n"
			       "  do:       `map` shows the owner; the granule stays out of use\n",
			       vm->name, pa, record_status(status));
}

/* Take back a run that the mediator describes as uniform. */
static void run_reclaim(struct vm *vm, uint64_t pa, uint64_t bytes)
{
	for (uint64_t at = pa; at < pa + bytes;) {
		uint64_t left = pa + bytes - at, step = left < HOST_MOVE_MAX ? left : HOST_MOVE_MAX, done;
		int64_t status = host_reclaim(at, step, &done);

		vm->nonzero_count += nonzero_granules(at, done);
		frames_give(at, done);
		at += done;
		if (status != HOST_OK) {
			granules_lost(vm, at, status);
			at += GRANULE_BYTES;
		}
	}
}

/* A start that failed half-way leaves memory that was never handed over: the mediator knows which. */
static void range_release(struct vm *vm, uint64_t pa, uint64_t bytes)
{
	struct host_granule run;

	for (uint64_t at = pa; at < pa + bytes; at += run.bytes) {
		int64_t status = host_granule(at, &run);

		if (status != HOST_OK || run.bytes < GRANULE_BYTES) {
			granules_lost(vm, at, status);
			run = (struct host_granule){ .bytes = GRANULE_BYTES };
			continue;
		}
		if (run.bytes > pa + bytes - at)
			run.bytes = pa + bytes - at;
		if (run.state == GRANULE_OUTER)
			frames_give(at, run.bytes);
		else
			run_reclaim(vm, at, run.bytes);
	}
}

void loader_release(struct vm *vm)
{
	struct vm_memory *memory = &vm->memory;
	uint64_t descriptor = memory->control + HOST_CONTROL_DESCRIPTOR * GRANULE_BYTES;
	uint64_t nonzero = vm->nonzero_count;

	for (unsigned i = 0; i < memory->ram_count; i++)
		range_release(vm, memory->ram[i].pa, memory->ram[i].bytes);
	range_release(vm, memory->box.pa, memory->box.bytes);
	for (unsigned i = 0; i < memory->pool_count; i++)
		range_release(vm, memory->pool[i].pa, memory->pool[i].bytes);
	if (memory->control != 0) {
		/* The descriptor last: the pair exists until it goes. */
		range_release(vm, memory->control, descriptor - memory->control);
		range_release(vm, descriptor + GRANULE_BYTES,
			      (memory->control_count - HOST_CONTROL_DESCRIPTOR - 1) * GRANULE_BYTES);
		range_release(vm, descriptor, GRANULE_BYTES);
	}
	*memory = (struct vm_memory){ 0 };
	if (vm->nonzero_count != nonzero)
		terminal_print("error: %lu granules of %s came back not zero\n",
			       (vm->nonzero_count - nonzero), vm->name);
}
