/*
 * VMs: what each is made of, in which state it is and why, and who may change that. Every VM has a
 * keeper, the one thread that starts and stops it; all others ask the keeper.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_VM_H
#define LWK_VM_H

#include "abi/host.h"
#include "lib/vmconfig.h"
#include "lib/vmplan.h"
#include "lwk/console.h"
#include "lwk/frames.h"
#include "lwk/thread.h"

#define VM_MAX			96
#define VM_NAME_BYTES		32
#define VM_REASON_BYTES		160
#define VM_RUN_MAX		64	/* loader.c says it in words */
#define VM_POOL_MAX		64	/* likewise; 32 GiB confidential: 64 MiB of tables and some */

enum vm_state {
	VM_FREE = 0,		/* slot not in use */
	VM_STOPPED,
	VM_STARTING,
	VM_RUNNING,
	VM_STOPPING,
};

/* What a keeper is asked to do; of two requests the greater counts. */
enum vm_request {
	VM_REQUEST_NONE = 0,
	VM_REQUEST_START,
	VM_REQUEST_RESTART,
	VM_REQUEST_STOP,
	VM_REQUEST_DESTROY,
};

/* A file of the VM, in the loader window. */
struct vm_file {
	const uint8_t *data;	/* NULL: absent */
	size_t bytes;
};

/* Memory taken from frames.c for a VM that is not stopped. */
struct vm_memory {
	uint64_t control;		/* 0: none */
	unsigned control_count;
	struct frames_run box;
	struct frames_run ram[VM_RUN_MAX];
	unsigned ram_count;
	struct frames_run pool[VM_POOL_MAX];
	unsigned pool_count;
	uint64_t scratch;		/* while it is being started */
};

struct vm_vcpu {
	struct vm *vm;
	unsigned index;
	struct thread *thread;
};

struct vm {
	char name[VM_NAME_BYTES];
	struct vm_file config_file, kernel, initrd;
	struct vm_file image;			/* instead of kernel and initrd; config is then only how it is started */
	struct vmconfig config;
	struct thread *keeper;
	atomic_bool quiet;			/* starts and stops are not announced */

	_Atomic enum vm_state state;
	/* Table lock (vm.c). */
	enum vm_request request;
	bool busy;				/* the keeper is at work on a request */
	char request_reason[VM_REASON_BYTES];
	char reason[VM_REASON_BYTES];		/* why it is in its state */
	const struct host_notice *notice;	/* NULL: nobody to wake */

	/* The keeper's. */
	struct vm_memory memory;
	struct vmplan plan;
	uint64_t handle;			/* 0: no pair */
	uint64_t image_handle;			/* the anchor's number of its image, while it is being started */
	uint64_t image_box[4], image_measurement[4];	/* what its image's manifest says of its box and itself */
	struct vm_vcpu vcpus[HOST_VCPU_MAX];
	atomic_uint threads_alive;
	uint64_t nonzero_count;			/* granules that came back not zero, ever */
	uint64_t lost_count;			/* granules that the mediator did not give back, ever */
	uint64_t started;			/* CNTPCT of the last activation */
	unsigned start_count;

	_Atomic uint64_t exits;
	struct console console;
};

extern struct vm vms[VM_MAX];

/* vm_find - the VM with this name, or NULL. */
struct vm *vm_find(const char *name);

/* vm_add - a new stopped VM without files; NULL if all VM_MAX slots are taken. Boot thread only. */
struct vm *vm_add(const char *name);

/* vm_remove - forget a VM that never had a keeper. Boot thread only. */
void vm_remove(struct vm *vm);

/* vm_launch - give a VM its keeper. Returns false if there is no thread left. */
bool vm_launch(struct vm *vm);

/* vm_ask - ask the keeper of @vm; @reason becomes the reason of the new state. Any context. */
void vm_ask(struct vm *vm, enum vm_request request, const char *reason);

/* vm_is_settled - is nothing asked of the keeper, and nothing under way? Any context. */
bool vm_is_settled(struct vm *vm);

/* vm_wait - until that is so. Threads, not the keeper itself. */
void vm_wait(struct vm *vm);

/* vm_stop_all - stop every VM for @reason; returns when all are. Threads, not a keeper. */
void vm_stop_all(const char *reason);

/* vm_state_name, vm_reason - words for people; @out gets a copy of the reason. */
const char *vm_state_name(enum vm_state state);
void vm_reason(struct vm *vm, char *out, size_t bytes);
void vm_set_reason(struct vm *vm, const char *reason);

/* vm_granules - granules that it holds now, tables and records included. */
uint64_t vm_granules(const struct vm *vm);

/* vm_notice - interrupt handler: wake the vCPU threads whose notice bits are set. */
void vm_notice(void);

/* vm_pair_created - the mediator made the pair of @vm, after CNTPCT was @since. Keeper. */
void vm_pair_created(struct vm *vm, uint64_t handle, uint64_t since);

/* vm_pair_name - for lib/record.h: name of the VM whose pair had this index at that time. */
void vm_pair_name(void *context, unsigned pair, uint64_t ticks, char *out, size_t bytes);

/* vcpu_thread - runs box vCPU (struct vm_vcpu *) until its VM stops. In vcpu.c. */
void vcpu_thread(void *vcpu);

#endif
