/*
 * Host calls: what the outer OS may ask of the mediator. HVC with the call id in x0 and arguments
 * in x1..x6; x0 returns a HOST_* code, x1..x6 the named results; other registers stay as they are.
 * The order in which each call fails is in docs/abi.md. Safe for C and assembly up to the structs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_HOST_H
#define ABI_HOST_H

#define HOST_ABI_VERSION		2

/* Call ids: vendor-specific hypervisor service, fast SMC64 range. */
#define HOST_CALL_BASE			0xc6000100
/* -> x1 ABI version, x2 pairs max, x3 vCPUs per pair max, x4 granules of RAM, x5 granules of the outer OS */
#define HOST_INFO			0xc6000100
/* x1 pa -> x1 state (GRANULE_*), x2 handle of the owning pair or 0, x3 role (HOST_ROLE_*), x4 bytes of the
 * uniform run that starts there (at most 16 MiB is looked at); of a granule that moves no owner is told */
#define HOST_GRANULE_INFO		0xc6000101
/* x1 pa of a struct host_pair_params in outer memory -> x1 handle */
#define HOST_PAIR_CREATE		0xc6000102
/* x1 handle, x2 pa, x3 bytes -> x1 bytes done (may be fewer: call again) */
#define HOST_POOL_ADD			0xc6000103
/* x1 handle, x2 role, x3 guest address, x4 destination pa, x5 source pa, x6 bytes -> x1 bytes done;
 * on HOST_ERR_NO_MEMORY (here and in HOST_DONATE) x1 table granules needed, x2 in the pool */
#define HOST_POPULATE			0xc6000104
/* x1 handle, x2 role, x3 guest address, x4 pa, x5 bytes -> x1 bytes done */
#define HOST_DONATE			0xc6000105
/* x1 handle; on HOST_ERR_MEASUREMENT x1 is the role that was refused, x2..x5 its measurement, x6 the first word of the box's.
 * The policy lists boxes and VMs; of a VM that was populated from an image, the image's manifest says its measurement */
#define HOST_ACTIVATE			0xc6000106
/* x1 handle, x2 vCPU -> x1 reason (HOST_EXIT_*), x2, x3 its arguments */
#define HOST_RUN			0xc6000107
/* x1 handle: raise the doorbell interrupt (BOX_INTID_DOORBELL) of box vCPU 0 */
#define HOST_NOTIFY			0xc6000108
/* x1 handle */
#define HOST_TERMINATE			0xc6000109
/* x1 pa, x2 bytes -> x1 bytes done; every granule reads zero afterwards */
#define HOST_RECLAIM			0xc600010a
/* x1 index (0 .. pairs max - 1) -> x1 handle, x2 state (HOST_PAIR_*), x3 class, x4 vCPUs, x5 granules held */
#define HOST_PAIR_INFO			0xc600010b
/* x1 handle, x2 role -> x1..x4 measurement (SHA-256, little-endian words); x5 1 if final */
#define HOST_PAIR_MEASUREMENT		0xc600010c
/* x1 index -> x1, x2 name (16 bytes, NUL padded), x3..x6 SHA-256 of a boot stage, from the anchor's log */
#define HOST_BOOT_MEASUREMENT		0xc600010d
/* x1 CPU, x2 ring (HOST_RING_*), x3 first sequence number wanted, x4 pa of an outer granule
 * -> x1 records written there (struct host_record), x2 sequence number of the first, x3 number after the last */
#define HOST_RING_READ			0xc600010e
/* x1 handle, x2 image (ANCHOR_IMAGE_BEGIN), x3 guest address, x4 destination pa, x5 bytes -> x1 bytes done: as HOST_POPULATE
 * of the VM, from the image's next chunks; on HOST_ERR_MEASUREMENT x1 enum signed_problem, 0 for no such image */
#define HOST_POPULATE_IMAGE		0xc600010f
#define HOST_CALL_END			0xc6000110

#define HOST_OK				0
#define HOST_NOT_SUPPORTED		(-1)
#define HOST_ERR_ARGS			(-2)	/* malformed: alignment, overflow, range, unknown value */
#define HOST_ERR_DENIED			(-3)	/* not the caller's, or not allowed for it */
#define HOST_ERR_STATE			(-4)	/* right object, wrong moment */
#define HOST_ERR_NO_MEMORY		(-5)	/* table pool or slots exhausted */
#define HOST_ERR_BUSY			(-6)	/* held by another call or still running: try again */
#define HOST_ERR_NOT_FOUND		(-7)	/* no such handle or index */
#define HOST_ERR_MEASUREMENT		(-8)	/* neither verified policy nor signed image says that this may run */

/* States of a granule, as reported by HOST_GRANULE_INFO. */
#define GRANULE_OUTER			0	/* the outer OS's */
#define GRANULE_CORE			1	/* the mediator's */
#define GRANULE_MOVING			2	/* held by one call */
#define GRANULE_TABLE			3	/* a pair's translation table or table pool */
#define GRANULE_CONTEXT			4	/* a pair's descriptor or vCPU context */
#define GRANULE_NOTICE			5	/* a pair's notice page: the outer OS reads it */
#define GRANULE_DATA			6	/* memory of a box or VM */
#define GRANULE_LOADER			7	/* the loader window: the outer OS's for good */
#define GRANULE_STATE_COUNT		8

#define HOST_ROLE_BOX			0
#define HOST_ROLE_VM			1

/* Protection class of a VM: may its own box reach its memory? */
#define HOST_CLASS_ISOLATED		1	/* all of it, always */
#define HOST_CLASS_CONFIDENTIAL		2	/* only pages that the VM shares */

/* Options of a confidential VM: the one way in which it shares pages. An isolated VM has none (0). */
#define HOST_OPTION_SHARE_RSI		1	/* RSI 1.0 (abi/rsi.h) */
#define HOST_OPTION_SHARE_WINDOW	2	/* doorbell and virtio-mmio registers (abi/window.h) */

#define HOST_PAIR_FREE			0
#define HOST_PAIR_NEW			1	/* created, takes memory */
#define HOST_PAIR_ACTIVE		2	/* runs */
#define HOST_PAIR_DYING			3	/* terminated; some CPU may still be inside */
#define HOST_PAIR_DEAD			4	/* nobody inside: reclaim */
#define HOST_PAIR_STATE_COUNT		5

#define HOST_EXIT_INTERRUPTED		1	/* a physical interrupt is the outer OS's */
#define HOST_EXIT_WAIT			2	/* nothing to run until the notice bit is set or x2 (CNTPCT value, ~0 never) */
#define HOST_EXIT_NOTIFY		3	/* box says x2 */
#define HOST_EXIT_OFF			4	/* box asked for SYSTEM_OFF */
#define HOST_EXIT_RESET			5	/* box asked for SYSTEM_RESET */
#define HOST_EXIT_FAULT			6	/* box can't go on: x2 ESR_EL2, x3 faulting address or PC */
#define HOST_EXIT_TERMINATED		7	/* the pair was terminated */

#define HOST_PAIR_MAX			120
#define HOST_VCPU_MAX			8
#define HOST_POPULATE_MAX		0x10000		/* bytes measured by one call */
#define HOST_MOVE_MAX			0x200000	/* bytes donated or reclaimed by one call */

/* INTID by which the mediator tells an outer-OS CPU that a notice bit was set (a virtual PPI). */
#define HOST_INTID_NOTICE		20

/* Layout of the control area that HOST_PAIR_CREATE takes, in granules from its base (8 KiB aligned):
 * two VM root tables, two box root tables, descriptor, notice page, then two contexts a vCPU. */
#define HOST_CONTROL_VM_ROOT		0
#define HOST_CONTROL_BOX_ROOT		2
#define HOST_CONTROL_DESCRIPTOR		4
#define HOST_CONTROL_NOTICE		5
#define HOST_CONTROL_CONTEXTS		6
#define HOST_CONTROL_GRANULES(vcpus)	(HOST_CONTROL_CONTEXTS + 2 * (vcpus))

#define HOST_RING_TRACE			0	/* every exit and call */
#define HOST_RING_LOG			1	/* refusals and faults */

#define HOST_MEASUREMENT_BYTES		32

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stdint.h>

/* Input of HOST_PAIR_CREATE. Bytes not named are zero. */
struct host_pair_params {
	uint64_t control_pa;		/* 0x00: HOST_CONTROL_GRANULES(vcpu_count) outer granules, 8 KiB aligned */
	uint64_t vm_ram_bytes;		/* 0x08: multiple of 2 MiB; RAM starts at VM_RAM_BASE */
	uint64_t box_ram_bytes;		/* 0x10: multiple of 2 MiB; RAM starts at BOX_RAM_BASE */
	uint64_t vm_entry;		/* 0x18: first PC of VM vCPU 0, inside its RAM */
	uint64_t vm_x0;			/* 0x20: x0 of VM vCPU 0 (device tree) */
	uint32_t vcpu_count;		/* 0x28: 1 .. HOST_VCPU_MAX */
	uint32_t class;			/* 0x2c: HOST_CLASS_*; measured */
	uint64_t options;		/* 0x30: HOST_OPTION_SHARE_* of a confidential VM, else zero; measured */
	uint64_t reserved[9];		/* 0x38 */
};
_Static_assert(sizeof(struct host_pair_params) == 0x80, "host_pair_params layout");

/* The notice page: bit i of word is set while box vCPU i has a reason to be run. Only the mediator writes. */
struct host_notice {
	_Atomic uint64_t vcpus;
	uint64_t reserved[511];
};
_Static_assert(sizeof(struct host_notice) == 4096, "host_notice layout");

/* What a record in a ring says. who: 0 outer OS, else pair index * 2 + 2 + role. */
enum host_event {
	HOST_EVENT_NONE = 0,
	/* Trace ring: who runs, and calls. */
	HOST_EVENT_EXIT,		/* back to the outer OS; a: HOST_EXIT_*, b: PC, c, d: its arguments */
	HOST_EVENT_IRQ,			/* a: INTID */
	HOST_EVENT_CALL,		/* a: id, b: x1, c: x2, d: status */
	HOST_EVENT_ENTER,		/* who is entered; a: PC */
	/* Log ring. */
	HOST_EVENT_FAULT,		/* stage-2 refusal; a: ESR_EL2, b: PC, c: address, d: owner (granule state << 32 | who) */
	HOST_EVENT_REFUSED_CALL,	/* a: id, b: address or argument refused, c: status, d: owner as above */
	HOST_EVENT_REFUSED_SYSREG,	/* a: ESR_EL2, b: PC */
	HOST_EVENT_REFUSED_INTERRUPT,	/* a: GIC frame address, b: PC, c: value, d: 1 write */
	HOST_EVENT_BOX_FAULT,		/* box stopped; a: ESR_EL2, b: PC, c: FAR or IPA */
	HOST_EVENT_VM_ABORT,		/* abort given to the VM; a: ESR_EL2, b: PC, c: IPA */
	HOST_EVENT_MEASUREMENT,		/* activation refused: not in the policy; a..d: the measurement */
	HOST_EVENT_IMAGE,		/* activation refused: the VM's image does not vouch for it; a..d: the measurement */
	HOST_EVENT_CHUNK,		/* a chunk of its image refused; a: address in the VM, b: enum signed_problem, or 0: closed */
};

struct host_record {
	uint64_t ticks;			/* CNTPCT_EL0 */
	uint32_t event;			/* enum host_event */
	uint16_t who;
	uint16_t vcpu;			/* vCPU, or CPU for the outer OS */
	uint64_t a, b, c, d;
};
_Static_assert(sizeof(struct host_record) == 48, "host_record layout");
#endif

#endif
