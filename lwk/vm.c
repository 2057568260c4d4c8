/*
 * The table of VMs and their keepers: requests, states, reasons, wake-ups. How a VM is made is
 * loader.c's, how its vCPUs run vcpu.c's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/vm.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "lwk/host.h"
#include "lwk/loader.h"
#include "lwk/terminal.h"

struct vm vms[VM_MAX];

static struct spinlock table;

/* Which VM had which pair since when: the mediator's records name pairs by index, and indices are used again. */
#define PAIR_NAMES	64
static struct pair_name {
	unsigned pair;
	uint64_t since;
	char name[VM_NAME_BYTES];
} pair_names[PAIR_NAMES];
static unsigned pair_name_count;

struct vm *vm_find(const char *name)
{
	for (unsigned i = 0; i < VM_MAX; i++) {
		if (atomic_load(&vms[i].state) != VM_FREE && strcmp(vms[i].name, name) == 0)
			return &vms[i];
	}
	return NULL;
}

struct vm *vm_add(const char *name)
{
	for (unsigned i = 0; i < VM_MAX; i++) {
		struct vm *vm = &vms[i];

		if (atomic_load(&vm->state) != VM_FREE)
			continue;
		print_string(vm->name, sizeof(vm->name), "%s", name);
		vm_set_reason(vm, "never started");
		atomic_store(&vm->state, VM_STOPPED);
		return vm;
	}
	return NULL;
}

void vm_remove(struct vm *vm)
{
	/* First, so that nobody finds a VM that is half gone. */
	atomic_store(&vm->state, VM_FREE);
	memset(vm, 0, sizeof(*vm));
}

const char *vm_state_name(enum vm_state state)
{
	static const char *const names[] = {
		[VM_FREE] = "gone",	    [VM_STOPPED] = "stopped",	[VM_STARTING] = "starting",
		[VM_RUNNING] = "running",   [VM_STOPPING] = "stopping",
	};

	return names[state];
}

void vm_reason(struct vm *vm, char *out, size_t bytes)
{
	uint64_t mask = lock_take(&table);

	print_string(out, bytes, "%s", vm->reason);
	lock_drop(&table, mask);
}

void vm_set_reason(struct vm *vm, const char *reason)
{
	uint64_t mask = lock_take(&table);

	print_string(vm->reason, sizeof(vm->reason), "%s", reason);
	lock_drop(&table, mask);
}

uint64_t vm_granules(const struct vm *vm)
{
	uint64_t bytes = vm->memory.control_count * 4096ull + vm->memory.box.bytes;

	for (unsigned i = 0; i < vm->memory.ram_count; i++)
		bytes += vm->memory.ram[i].bytes;
	for (unsigned i = 0; i < vm->memory.pool_count; i++)
		bytes += vm->memory.pool[i].bytes;
	return bytes / 4096;
}

void vm_ask(struct vm *vm, enum vm_request request, const char *reason)
{
	uint64_t mask = lock_take(&table);

	if (request > vm->request) {
		vm->request = request;
		print_string(vm->request_reason, sizeof(vm->request_reason), "%s", reason);
	}
	lock_drop(&table, mask);
	thread_unpark(vm->keeper);
}

bool vm_is_settled(struct vm *vm)
{
	uint64_t mask = lock_take(&table);
	bool settled = vm->request == VM_REQUEST_NONE && !vm->busy;

	lock_drop(&table, mask);
	return settled;
}

void vm_wait(struct vm *vm)
{
	while (!vm_is_settled(vm))
		thread_sleep_ms(2);
}

static enum vm_request request_take(struct vm *vm, char *reason, size_t bytes)
{
	uint64_t mask = lock_take(&table);
	enum vm_request request = vm->request;

	vm->request = VM_REQUEST_NONE;
	vm->busy = request != VM_REQUEST_NONE;
	print_string(reason, bytes, "%s", vm->request_reason);
	lock_drop(&table, mask);
	return request;
}

static void notice_set(struct vm *vm, const struct host_notice *notice)
{
	uint64_t mask = lock_take(&table);

	vm->notice = notice;
	lock_drop(&table, mask);
}

static void vcpu_start(struct vm *vm, unsigned index)
{
	struct vm_vcpu *vcpu = &vm->vcpus[index];
	char name[THREAD_NAME_BYTES];

	print_string(name, sizeof(name), "%.20s/%u", vm->name, index);
	vcpu->vm = vm;
	vcpu->index = index;
	atomic_fetch_add(&vm->threads_alive, 1);
	/* loader_start saw that there are threads for all; another keeper may have been faster. */
	vcpu->thread = thread_create(name, vcpu_thread, vcpu, false);
	if (vcpu->thread == NULL) {
		atomic_fetch_sub(&vm->threads_alive, 1);
		vm_ask(vm, VM_REQUEST_STOP, "no thread left for one of its vCPUs");
	}
}

static void announce(struct vm *vm)
{
	char reason[VM_REASON_BYTES];

	if (atomic_load(&vm->quiet))
		return;
	vm_reason(vm, reason, sizeof(reason));
	terminal_print("%s: %s (%s)\n", vm->name, vm_state_name(atomic_load(&vm->state)), reason);
}

/* Every CPU that is inside leaves when an interrupt comes; then its thread sees the mark and ends. */
static void vcpus_drain(struct vm *vm)
{
	while (atomic_load(&vm->threads_alive) > 0) {
		cpu_kick_others();
		for (unsigned i = 0; i < vm->config.vcpu_count; i++) {
			if (vm->vcpus[i].thread != NULL)
				thread_unpark(vm->vcpus[i].thread);
		}
		thread_sleep_ms(2);
	}
	memset(vm->vcpus, 0, sizeof(vm->vcpus));
}

static void vm_end(struct vm *vm, const char *reason)
{
	atomic_store(&vm->state, VM_STOPPING);
	vm_set_reason(vm, reason);
	if (vm->handle != 0) {
		struct host_result result = host_retry(HOST_TERMINATE, vm->handle, 0, 0);

		if (result.status != HOST_OK)
			terminal_print("error: the mediator does not terminate %s (%ld)\n", vm->name,
				       result.status);
		/* First: the handler must not look at threads and a page that go away. */
		notice_set(vm, NULL);
		vcpus_drain(vm);
		console_close(vm);
	}
	loader_release(vm);
	vm->handle = 0;
	atomic_store(&vm->state, VM_STOPPED);
}

/* The latest name that index @pair got not after @ticks. */
static const struct pair_name *pair_name_at(unsigned pair, uint64_t ticks) HOLDS(&table)
{
	unsigned kept = pair_name_count < PAIR_NAMES ? pair_name_count : PAIR_NAMES;

	for (unsigned i = 1; i <= kept; i++) {
		const struct pair_name *name = &pair_names[(pair_name_count - i) % PAIR_NAMES];

		if (name->pair == pair && name->since <= ticks)
			return name;
	}
	return NULL;
}

static void pair_name_add(unsigned pair, const char *name, uint64_t since)
{
	uint64_t mask = lock_take(&table);
	const struct pair_name *known = pair_name_at(pair, TIMER_NEVER);

	if (known == NULL || strcmp(known->name, name) != 0) {
		struct pair_name *slot = &pair_names[pair_name_count++ % PAIR_NAMES];

		slot->pair = pair;
		slot->since = since;
		print_string(slot->name, sizeof(slot->name), "%s", name);
	}
	lock_drop(&table, mask);
}

void vm_pair_created(struct vm *vm, uint64_t handle, uint64_t since)
{
	vm->handle = handle;
	for (unsigned i = 0; i < HOST_PAIR_MAX; i++) {
		struct host_result info = host_call(HOST_PAIR_INFO, i, 0, 0);

		if (info.status == HOST_OK && info.x[1] == handle && info.x[2] != HOST_PAIR_FREE)
			pair_name_add(i, vm->name, since);
	}
}

void vm_pair_name(void *context, unsigned pair, uint64_t ticks, char *out, size_t bytes)
{
	uint64_t mask = lock_take(&table);
	const struct pair_name *known = pair_name_at(pair, ticks);

	(void)context;
	print_string(out, bytes, "%s", known != NULL ? known->name : "");
	lock_drop(&table, mask);
}

static void vm_begin(struct vm *vm)
{
	char reason[VM_REASON_BYTES];

	atomic_store(&vm->state, VM_STARTING);
	vm_set_reason(vm, "being loaded");
	if (!loader_start(vm)) {
		vm_reason(vm, reason, sizeof(reason));
		vm_end(vm, reason);
		return;
	}
	notice_set(vm, (const void *)(uintptr_t)(vm->memory.control + HOST_CONTROL_NOTICE * 4096));
	vm->started = timer_now();
	vm->start_count++;
	vm_set_reason(vm, "active");
	atomic_store(&vm->state, VM_RUNNING);
	for (unsigned i = 0; i < vm->config.vcpu_count; i++)
		vcpu_start(vm, i);
}

static void request_handle(struct vm *vm, enum vm_request request, const char *reason)
{
	bool is_running = atomic_load(&vm->state) == VM_RUNNING;

	if (request == VM_REQUEST_START && !is_running) {
		vm_begin(vm);
	} else if (request == VM_REQUEST_RESTART && is_running) {
		vm_end(vm, reason);
		vm_begin(vm);
	} else if (request >= VM_REQUEST_STOP && is_running) {
		vm_end(vm, reason);
	} else {
		return;
	}
	announce(vm);
}

static void keeper_thread(void *argument)
{
	struct vm *vm = argument;
	char reason[VM_REASON_BYTES];
	enum vm_request request;

	do {
		request = request_take(vm, reason, sizeof(reason));
		if (request != VM_REQUEST_NONE) {
			request_handle(vm, request, reason);
			continue;
		}
		/* Settled only now: the console leaves a VM that has ended. */
		console_wake();
		thread_park(TIMER_NEVER);
	} while (request != VM_REQUEST_DESTROY);
	console_forget(vm);
	vm_remove(vm);
}

bool vm_launch(struct vm *vm)
{
	char name[THREAD_NAME_BYTES];

	print_string(name, sizeof(name), "%.16s/keeper", vm->name);
	/* Only this keeper writes to the VM's record from now on; it does nothing before it is asked. */
	vm->keeper = thread_create(name, keeper_thread, vm, false);
	return vm->keeper != NULL;
}

void vm_notice(void)
{
	uint64_t mask = lock_take(&table);

	for (unsigned i = 0; i < VM_MAX; i++) {
		const volatile struct host_notice *notice = vms[i].notice;
		uint64_t bits = notice != NULL ? notice->vcpus : 0;

		for (unsigned v = 0; v < HOST_VCPU_MAX; v++) {
			if ((bits & BIT(v)) != 0 && vms[i].vcpus[v].thread != NULL)
				thread_unpark(vms[i].vcpus[v].thread);
		}
	}
	lock_drop(&table, mask);
}

/* All at once, then wait for each: keepers work on different CPUs. */
void vm_stop_all(const char *reason)
{
	for (unsigned i = 0; i < VM_MAX; i++) {
		if (atomic_load(&vms[i].state) != VM_FREE)
			vm_ask(&vms[i], VM_REQUEST_STOP, reason);
	}
	for (unsigned i = 0; i < VM_MAX; i++) {
		if (atomic_load(&vms[i].state) != VM_FREE)
			vm_wait(&vms[i]);
	}
}
