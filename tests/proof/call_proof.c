/*
 * HVC and SMC with any registers, by any vCPU of any domain: host calls are the outer OS's, box calls a box's, RSI
 * calls those of a VM that has them; to the secure world go TRNG's calls and the outer OS's to the anchor, and whoever
 * calls anything else gets PSCI, SMCCC or "not supported"; of the caller only x0 and the registers that the call names
 * as results change. Arguments of BOX_SPI_SET and _CLEAR and of
 * HOST_RING_READ are what was checked: they name a vCPU of the own VM, an SPI, a CPU and a ring that exist, and a page
 * that is held while it is written. Scaled to runs of 3 granules, 2 vCPUs, 2 CPUs, without room for rings.
 * Scale: mediator/calls.c: s/^#define INFO_RUN_BYTES 0x1000000ull/#define INFO_RUN_BYTES 0x3000ull/
 * Scale: abi/host.h: s/^#define HOST_VCPU_MAX			8/#define HOST_VCPU_MAX 2/
 * Scale: plat/virt/include/plat/memory.h: s/^#define PLAT_CPU_MAX			8/#define PLAT_CPU_MAX 2/
 * Scale: abi/window.h: s/^#define VIRTIO_MMIO_COUNT		32/#define VIRTIO_MMIO_COUNT 1/
 * Scale: mediator/pair.h: s/^#define VRING_MAX	16	/#define VRING_MAX 1	/
 * Wraps: an identifier less the first one of its kind: what is smaller is far too large then
 * Unwind: 7
 * Options: --no-array-field-sensitivity
 * Mutant: mediator/calls.c: s/	if (context->is_outer \&\& id - HOST_CALL_BASE/	if (context->role == HOST_ROLE_BOX \&\& id - HOST_CALL_BASE/
 * Breaks: a host call is the outer OS's
 * Mutant: mediator/calls.c: s/{ memory_pool_add, 1 }/{ memory_pool_add, 2 }/
 * Breaks: only the results that a call names change
 * Mutant: mediator/calls.c: s/	if (call->args\[0\] >= pair->vcpu_count || call->args\[1\] < VIRQ_SPI_BASE ||/	if (call->args[0] >= pair->vcpu_count ||/
 * Breaks: an interrupt that is set is an SPI of a vCPU that exists, with a priority and a kind
 * Mutant: mediator/calls.c: s/	if (status != OK || call->args\[0\] >= cpu_count() ||/	if (status != OK ||/
 * Breaks: a ring that is read exists
 * Mutant: mediator/calls.c: s/(context->is_outer \&\& id >= ANCHOR_OUTER_BASE/(id >= ANCHOR_OUTER_BASE/
 * Breaks: a call to the secure world is one of TRNG, or of the outer OS to the anchor
 * Mutant: mediator/calls.c: s/	if (pair->class == HOST_CLASS_CONFIDENTIAL)/	if (pair->class != 0)/
 * Breaks: whoever gets a secret is a confidential VM
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/calls.c"
#include "tests/proof/machine.h"

struct context nondet_context(void);
struct pair nondet_pair(void);

static struct boot_info board;
const struct boot_info *const boot_info = &board;
struct pair_slot pair_slots[HOST_PAIR_MAX];
struct cpu cpus[PLAT_CPU_MAX];

static struct cpu cpu;
static struct context self, before, vms[HOST_VCPU_MAX];
static struct pair pair;
static struct pair_slot slot;
/* What the call came to: a handler, somebody else's file, or a switch of contexts. */
static unsigned host_handled, box_handled, elsewhere, switched;
static bool is_page_held;

static uint64_t status_any(struct call *call)
{
	for (unsigned i = 0; i < ARRAY_COUNT(call->results); i++)
		call->results[i] = nondet_u64();
	return nondet_u8();
}

/* Any enum status. */
static enum status host_any(struct call *call)
{
	uint64_t any = status_any(call);

	CLAIM(call->context == &self && self.is_outer, "a host call is the outer OS's");
	host_handled++;
	ASSUME(any <= 9);
	return (enum status)-(int)any;
}

enum status memory_create(struct call *call) { return host_any(call); }
enum status memory_pool_add(struct call *call) { return host_any(call); }
enum status memory_populate(struct call *call) { return host_any(call); }
enum status memory_donate(struct call *call) { return host_any(call); }
enum status memory_activate(struct call *call) { return host_any(call); }
enum status memory_reclaim(struct call *call) { return host_any(call); }
enum status memory_populate_image(struct call *call) { return host_any(call); }

static enum status box_any(struct call *call)
{
	uint64_t any = status_any(call);

	CLAIM(call->context == &self && !self.is_outer && self.role == HOST_ROLE_BOX, "a box call is a box's");
	box_handled++;
	ASSUME(any <= 9);
	return (enum status)-(int)any;
}

enum status memory_share(struct call *call) { return box_any(call); }

static void spi_check(const struct context *vm, unsigned intid)
{
	CLAIM(!self.is_outer && self.role == HOST_ROLE_BOX && pair.vcpu_count >= 1 && intid >= 32 && intid < 288 &&
	      vm == &vms[before.frame.x[1] & 1] && before.frame.x[1] < pair.vcpu_count && before.frame.x[2] == intid,
	      "an interrupt is an SPI of a vCPU of the caller's own VM");
	box_handled++;
}

void virq_set_spi(struct context *vm, unsigned intid, uint8_t priority, bool level)
{
	spi_check(vm, intid);
	CLAIM(intid >= 32 && before.frame.x[3] <= 0xff && priority == (before.frame.x[3] & 0xf8) && before.frame.x[4] <= 1 &&
	      level == (before.frame.x[4] == 1),
	      "an interrupt that is set is an SPI of a vCPU that exists, with a priority and a kind");
	WITNESS(intid == 287 && level, "the last SPI set");
}

enum status virq_clear_spi(struct context *vm, unsigned intid, uint64_t *state)
{
	spi_check(vm, intid);
	*state = nondet_u64();
	return nondet_bool() ? OK : ERR_BUSY;
}

void virq_set_private(struct context *context, unsigned intid)
{
	CLAIM(self.is_outer && context == pair.contexts[HOST_ROLE_BOX][0] && intid == BOX_INTID_DOORBELL &&
	      slot.lock.taken != 0,
	      "the outer OS rings the doorbell of a box, and no other interrupt");
}

/* --- what calls look at --- */

uint64_t granule_count(void) { return nondet_u64(); }
uint64_t granule_count_outer(void) { return nondet_u64(); }
bool granule_is_ram(struct pa_range range) { return range.bytes != 0 && nondet_bool(); }
uint64_t log_owner(pa_t pa) { return pa_value(pa); }
uint64_t pair_handle(unsigned index) { return index + 1; }

struct granule granule_get(pa_t pa)
{
	struct granule any = { nondet_u8(), { nondet_u16() } };

	(void)pa;
	ASSUME(any.who.who == 0 || (any.who.who >= 2 && any.who.who < 2 + 2 * HOST_PAIR_MAX));
	return any;
}

struct pair_slot *pair_lookup(uint64_t handle)
{
	(void)handle;
	return nondet_bool() ? &slot : NULL;
}

enum status pair_terminate(uint64_t handle)
{
	CLAIM(self.is_outer && handle == before.frame.x[1], "who terminates is the outer OS");
	return nondet_bool() ? OK : ERR_STATE;
}

enum status anchor_measurement(uint64_t index, struct smc_args *out)
{
	(void)index;
	for (unsigned i = 1; i < 7; i++)
		out->x[i] = nondet_u64();
	return nondet_bool() ? OK : ERR_NOT_FOUND;
}

static bool is_secure_call(uint64_t id)
{
	bool is_trng = (id >= 0x84000050 && id <= 0x84000053) || id == 0xc4000053;

	return is_trng || (self.is_outer && id >= 0xf2000010 && id <= 0xf200001d);
}

void anchor_forward(uint64_t x[ANCHOR_REGISTERS])
{
	const struct context any = nondet_context();

	CLAIM(x == self.frame.x && is_secure_call(before.frame.x[0]),
	      "a call to the secure world is one of TRNG, or of the outer OS to the anchor");
	memcpy(x, any.frame.x, ANCHOR_REGISTERS * sizeof(*x));
	elsewhere++;
	WITNESS(before.frame.x[0] == 0xf200001b, "the outer OS asks for random numbers");
}

enum status anchor_secret(const uint64_t owner[4], uint64_t version, uint32_t counter, uint64_t secret[4])
{
	CLAIM(owner == pair.owner && version == before.frame.x[1] && counter == pair.image_counter &&
	      secret == &self.frame.x[1], "a secret is that of the VM that asks, by its own image's counter");
	CLAIM(!self.is_outer && self.role == HOST_ROLE_VM && pair.class == HOST_CLASS_CONFIDENTIAL,
	      "whoever gets a secret is a confidential VM");
	elsewhere++;
	if (nondet_bool())
		return ERR_DENIED;
	for (unsigned i = 0; i < 4; i++)
		secret[i] = nondet_u64();
	WITNESS(true, "a VM gets its secret");
	return OK;
}

enum status granule_hold(struct pa_range range, uint8_t state, who_t who, pa_t *failed)
{
	CLAIM(self.is_outer && state == GRANULE_OUTER && who.who == 0 && range.bytes == GRANULE_BYTES &&
	      pa_value(range.base) == before.frame.x[4], "a page for records is the outer OS's, and the one that it named");
	*failed = range.base;
	is_page_held = nondet_bool();
	return is_page_held ? OK : ERR_DENIED;
}

void granule_release(struct pa_range range, uint8_t state, who_t who)
{
	CLAIM(is_page_held && pa_value(range.base) == before.frame.x[4] && range.bytes == GRANULE_BYTES &&
	      state == GRANULE_OUTER && who.who == 0, "a page for records goes back as it was");
	is_page_held = false;
}

void *fake_pointer(uint64_t pa)
{
	return (void *)pa;
}

unsigned ring_read(const struct ring *ring, uint64_t from, struct host_record *out, unsigned max, uint64_t *first)
{
	uint64_t index = before.frame.x[1];

	(void)from;
	CLAIM(is_page_held && (uint64_t)out == before.frame.x[4] && max == 85,
	      "records go to the page that is held, and fit it");
	CLAIM(index < board.cpu_count && before.frame.x[2] <= 1 &&
	      ring == (before.frame.x[2] == 0 ? &cpus[index & 1].trace : &cpus[index & 1].log), "a ring that is read exists");
	*first = nondet_u64();
	/* Records are counted; none of the harness log_ring's ever wrap. */
	ASSUME(*first < BIT(62));
	return nondet_bool() ? max : 0;
}

/* --- where a call goes on elsewhere --- */

static struct context *other(void)
{
	switched++;
	return NULL;
}

struct context *run_host(struct cpu *on, uint64_t handle, uint64_t vcpu)
{
	CLAIM(on == &cpu && self.is_outer && handle == before.frame.x[1] && vcpu == before.frame.x[2],
	      "who runs a pair is the outer OS");
	return nondet_bool() ? &self : other();
}

struct context *run_vm(struct cpu *on, uint64_t answer, uint64_t value)
{
	CLAIM(on == &cpu && !self.is_outer && self.role == HOST_ROLE_BOX && answer == before.frame.x[1] &&
	      value == before.frame.x[2], "who runs a VM is its box");
	return nondet_bool() ? &self : other();
}

struct context *run_to_outer(struct cpu *on, uint64_t reason, uint64_t a, uint64_t b)
{
	CLAIM(on == &cpu && !self.is_outer && self.role == HOST_ROLE_BOX && reason == HOST_EXIT_NOTIFY &&
	      a == before.frame.x[1] && b == 0, "a box's message is one word");
	return other();
}

struct context *psci_call(struct cpu *on, struct context *context)
{
	CLAIM(on == &cpu && context == &self && (before.frame.x[0] & ~0x4000001full) == 0x84000000,
	      "a PSCI call is the caller's");
	elsewhere++;
	return nondet_bool() ? &self : other();
}

struct context *rsi_call(struct cpu *on, struct context *vm)
{
	CLAIM(on == &cpu && vm == &self && !self.is_outer && self.role == HOST_ROLE_VM && pair.options == 1 &&
	      before.frame.x[0] >= 0xc4000190 && before.frame.x[0] <= 0xc4000199, "an RSI call is one of a VM that has them");
	elsewhere++;
	WITNESS(before.frame.x[0] == 0xc4000197, "RSI_IPA_STATE_SET");
	return nondet_bool() ? &self : other();
}

void trace(struct cpu *on, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	   uint64_t d)
{
	(void)d;
	CLAIM(on == &cpu && context == &self && event == HOST_EVENT_CALL && a == before.frame.x[0] && b == before.frame.x[1] &&
	      c == before.frame.x[2], "a call leaves a trace of what was asked");
}

void refusal(struct cpu *on, const struct context *context, enum host_event event, uint64_t a, uint64_t b, uint64_t c,
	     uint64_t d)
{
	(void)b;
	(void)d;
	CLAIM(on == &cpu && context == &self && event == HOST_EVENT_REFUSED_CALL && a == before.frame.x[0] &&
	      ((int64_t)c == -2 || (int64_t)c == -3 || (int64_t)c == -4), "a refused call leaves a record");
}

/* Registers from x1 on that are results: abi/host.h, abi/box.h, abi/smccc.h. */
static unsigned results_of(uint64_t id, bool is_hvc)
{
	static const uint8_t host[] = { 5, 4, 1, 1, 2, 2, 6, 3, 0, 0, 1, 5, 5, 6, 3, 2 };
	static const uint8_t box[] = { 5, 4, 0, 1, 0, 0, 0 };

	if (is_hvc && self.is_outer && id >= HOST_CALL_BASE && id < HOST_CALL_END)
		return host[id - HOST_CALL_BASE];
	if (is_hvc && !self.is_outer && self.role == HOST_ROLE_BOX && id >= BOX_CALL_BASE && id < BOX_CALL_END)
		return box[id - BOX_CALL_BASE];
	if (is_secure_call(id))
		return 6;
	if (id == 0xc6000300 && !self.is_outer && self.role == HOST_ROLE_VM)
		return 4;
	return id == 0x8600ff01 ? 3 : id == 0x8600ff03 ? 1 : 0;
}
_Static_assert(HOST_CALL_END - HOST_CALL_BASE == 16 && BOX_CALL_END - BOX_CALL_BASE == 7, "a number for each call");

static void domain_make(void)
{
	self = nondet_context();
	pair = nondet_pair();
	self.pair = &pair;
	slot.pair = &pair;
	slot.state = nondet_u8();
	for (unsigned i = 0; i < HOST_VCPU_MAX; i++)
		pair.contexts[HOST_ROLE_VM][i] = &vms[i];
	pair.contexts[HOST_ROLE_BOX][0] = &self;
	board.cpu_count = nondet_u32();
	ASSUME(pair.vcpu_count >= 1 && pair.vcpu_count <= HOST_VCPU_MAX && self.role <= HOST_ROLE_VM);
	ASSUME(board.cpu_count >= 1 && board.cpu_count <= PLAT_CPU_MAX);
	before = self;
}

void proof(void)
{
	bool is_hvc = nondet_bool();
	uint64_t i = nondet_u64();

	domain_make();
	uint64_t id = before.frame.x[0];
	struct context *next = is_hvc ? call_hvc(&cpu, &self) : call_smc(&cpu, &self);

	ASSUME(i < sizeof(self));
	CLAIM(next == (switched != 0 ? NULL : &self), "the caller goes on, unless another runs");
	CLAIM(i / 8 <= results_of(id, is_hvc) || ((uint8_t *)&self)[i] == ((uint8_t *)&before)[i],
	      "only the results that a call names change");
	CLAIM(is_hvc || host_handled + box_handled == 0, "an SMC is neither a host call nor a box call");
	CLAIM(!is_page_held && slot.lock.taken == 0 && fake_locks_held == 0, "what was held is given back");
	WITNESS(host_handled == 1 && self.frame.x[0] == 0, "a host call that is done");
	WITNESS(box_handled == 1 && (int64_t)self.frame.x[0] == -3, "a box call that is denied");
	WITNESS((int64_t)self.frame.x[0] == -1 && !self.is_outer && id == HOST_PAIR_CREATE && is_hvc,
		"a host call by another");
}
