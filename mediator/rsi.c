/*
 * Decides what each call of the realm services interface checks and answers.
 * Source: Arm DEN0137 1.0, "RSI commands".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/rsi.h"
#include "arch/cpu.h"
#include "lib/memory.h"
#include "mediator/anchor.h"
#include "mediator/log.h"
#include "mediator/redistributor.h"
#include "mediator/run.h"
#include "mediator/window.h"

_Static_assert(HOST_PAIR_MAX * HOST_VCPU_MAX <= ANCHOR_TOKEN_PLACES, "each vCPU has a place of its own");

/* A handler gets x0 .. x10 and writes x1 .. x8, which are zero before; it returns x0. */
#define RESULTS_MAX 8

static const struct domain *ram_of(const struct context *vm)
{
	return &vm->pair->domains[HOST_ROLE_VM];
}

static bool is_ram(const struct context *vm, uint64_t base, uint64_t bytes)
{
	return range_is_inside(base, bytes, ram_of(vm)->ram_base, ram_of(vm)->ram_bytes);
}

/* Granules, not empty, in the protected half; the outer check of both IPA_STATE calls. */
static bool is_state_range(uint64_t base, uint64_t top)
{
	return is_aligned(base | top, GRANULE_BYTES) && base < top && top <= IPA_HALF;
}

/* The page of private RAM that a call names, as the mediator reaches it; NULL if it is none. */
static void *private_page(const struct context *vm, uint64_t page)
{
	if (!is_aligned(page, GRANULE_BYTES) || !is_ram(vm, page, GRANULE_BYTES) ||
	    !window_is_private(vm->pair, ipa_make(page)))
		return NULL;
	return window_memory(vm->pair, ipa_make(page));
}

static uint64_t version(struct context *vm, uint64_t *results)
{
	results[0] = RSI_VERSION_1_0;
	results[1] = RSI_VERSION_1_0;
	return vm->frame.x[1] == RSI_VERSION_1_0 ? RSI_SUCCESS : RSI_ERROR_INPUT;
}

/* No feature register of version 1.0 has a bit set. */
static uint64_t features(struct context *vm, uint64_t *results)
{
	(void)vm;
	(void)results;
	return RSI_SUCCESS;
}

static uint64_t measurement_read(struct context *vm, uint64_t *results)
{
	uint64_t index = vm->frame.x[1];
	struct pair_slot *slot = &pair_slots[vm->pair->index];

	if (index >= RSI_MEASUREMENT_COUNT)
		return RSI_ERROR_INPUT;
	spin_lock(&slot->lock);
	memcpy(results, index == 0 ? ram_of(vm)->chain : vm->pair->extensible[index - 1], HOST_MEASUREMENT_BYTES);
	spin_unlock(&slot->lock);
	return RSI_SUCCESS;
}

/* The anchor hashes without a lock; a value that another vCPU extended meanwhile is extended anew. */
static uint64_t measurement_extend(struct context *vm, uint64_t *results)
{
	uint64_t index = vm->frame.x[1], bytes = vm->frame.x[2];
	uint64_t old[PAIR_CHAIN_WORDS], new[PAIR_CHAIN_WORDS];
	struct pair_slot *slot = &pair_slots[vm->pair->index];

	(void)results;
	if (index == 0 || index >= RSI_MEASUREMENT_COUNT || bytes > RSI_MEASUREMENT_VALUE_MAX)
		return RSI_ERROR_INPUT;
	uint64_t *value = vm->pair->extensible[index - 1];

	spin_lock(&slot->lock);
	memcpy(old, value, sizeof(old));
	spin_unlock(&slot->lock);
	memcpy(new, old, sizeof(new));
	anchor_hash_final(&vm->frame.x[3], bytes, new);
	spin_lock(&slot->lock);
	bool is_same = memcmp(old, value, sizeof(old)) == 0;

	if (is_same)
		memcpy(value, new, sizeof(new));
	spin_unlock(&slot->lock);
	if (!is_same) {
		/* The call is made again. */
		vm->frame.pc -= 4;
		return RSI_MEASUREMENT_EXTEND;
	}
	return RSI_SUCCESS;
}

/* What the token will say is what holds now. One that was begun before is given up. */
static uint64_t token_init(struct context *vm, uint64_t *results)
{
	const struct pair *pair = vm->pair;
	struct pair_slot *slot = &pair_slots[pair->index];
	struct token_request *request = &vm->token.request;

	memcpy(request->challenge, &vm->frame.x[1], sizeof(request->challenge));
	memcpy(request->measurement, ram_of(vm)->chain, sizeof(request->measurement));
	spin_lock(&slot->lock);
	memcpy(request->extensible, pair->extensible, sizeof(request->extensible));
	spin_unlock(&slot->lock);
	memcpy(request->box, pair->domains[HOST_ROLE_BOX].chain, sizeof(request->box));
	memcpy(request->owner, pair->owner, sizeof(request->owner));
	request->counter = pair->image_counter;
	request->class = pair->class;
	vm->token.count = 0;
	vm->token.is_begun = true;
	results[0] = RSI_TOKEN_BYTES_MAX;
	return RSI_SUCCESS;
}

/*
 * One step of the anchor's a call, so that interrupts are taken between them. Another vCPU may share the page meanwhile: a
 * token is no secret.
 */
static uint64_t token_continue(struct context *vm, uint64_t *results)
{
	uint64_t offset = vm->frame.x[2], bytes = vm->frame.x[3], whole;
	unsigned place = (unsigned)vm->pair->index * HOST_VCPU_MAX + vm->index;
	struct token_wait *token = &vm->token;
	uint8_t *page = private_page(vm, vm->frame.x[1]);
	enum status status;

	if (page == NULL || offset >= GRANULE_BYTES || !range_is_inside(offset, bytes, 0, GRANULE_BYTES))
		return RSI_ERROR_INPUT;
	if (!token->is_begun)
		return RSI_ERROR_STATE;
	status = anchor_token(&token->request, place, page + offset, &bytes, token->count, &whole);
	if (status == ERR_BUSY)
		return RSI_INCOMPLETE;
	token->is_begun = status == OK && token->count + bytes < whole;
	if (status != OK)
		return RSI_ERROR_UNKNOWN;
	/* For a VM that reads it with its caches off. */
	cache_clean_invalidate(page, GRANULE_BYTES);
	token->count += bytes;
	results[0] = bytes;
	return token->is_begun ? RSI_INCOMPLETE : RSI_SUCCESS;
}

static uint64_t realm_config(struct context *vm, uint64_t *results)
{
	struct rsi_realm_config *config = private_page(vm, vm->frame.x[1]);

	(void)results;
	if (config == NULL)
		return RSI_ERROR_INPUT;
	*config = (struct rsi_realm_config){ .ipa_bits = IPA_BITS, .hash_algorithm = RSI_HASH_SHA_256 };
	/* For a VM that reads it with its caches off. */
	cache_clean_invalidate(config, sizeof(*config));
	return RSI_SUCCESS;
}

static uint64_t ipa_state_set(struct context *vm, uint64_t *results)
{
	uint64_t base = vm->frame.x[1], top = vm->frame.x[2], state = vm->frame.x[3];
	uint64_t ram_end = ram_of(vm)->ram_base + ram_of(vm)->ram_bytes;

	if (!is_state_range(base, top) || state > RSI_RIPAS_RAM)
		return RSI_ERROR_INPUT;
	results[0] = base;
	results[1] = RSI_REJECT;
	if (!is_ram(vm, base, GRANULE_BYTES))
		return RSI_SUCCESS;
	struct ipa_range range = { ipa_make(base), (top < ram_end ? top : ram_end) - base };
	/* Where nothing was ever shared, all of it is private already. */
	bool has_work = state == RSI_RIPAS_EMPTY || atomic_load(&vm->pair->window_used);

	if (has_work && range.bytes > RSI_IPA_STATE_MAX)
		range.bytes = RSI_IPA_STATE_MAX;
	if (state == RSI_RIPAS_EMPTY)
		range.bytes = window_share(vm->pair, range, true);
	else if (has_work)
		window_take_back(vm->pair, range);
	results[0] = base + range.bytes;
	results[1] = range.bytes != 0 ? RSI_ACCEPT : RSI_REJECT;
	return RSI_SUCCESS;
}

/* State of the page at @page; @end: where the part ends that has it without looking further. */
static uint64_t state_at(const struct context *vm, uint64_t page, uint64_t *end)
{
	const struct domain *ram = ram_of(vm);
	uint64_t frames_end = PLAT_GICR_BASE + (uint64_t)vm->pair->vcpu_count * PLAT_GICR_STRIDE;

	if (is_ram(vm, page, GRANULE_BYTES)) {
		*end = page + GRANULE_BYTES;
		return window_is_private(vm->pair, ipa_make(page)) ? RSI_RIPAS_RAM : RSI_RIPAS_EMPTY;
	}
	*end = page < PLAT_GICR_BASE ? PLAT_GICR_BASE : page < frames_end ? frames_end :
	       page < ram->ram_base ? ram->ram_base : IPA_HALF;
	return redistributor_is(vm, page) ? RSI_RIPAS_DEV : RSI_RIPAS_EMPTY;
}

static uint64_t ipa_state_get(struct context *vm, uint64_t *results)
{
	uint64_t base = vm->frame.x[1], top = vm->frame.x[2], end;

	if (!is_state_range(base, top))
		return RSI_ERROR_INPUT;
	uint64_t state = state_at(vm, base, &end);

	for (uint64_t next; end < top && end - base < RSI_IPA_STATE_MAX; end = next) {
		if (state_at(vm, end, &next) != state)
			break;
	}
	results[0] = end < top ? end : top;
	results[1] = state;
	return RSI_SUCCESS;
}

/* Three values go to the box, each read once; one will come back. */
static struct context *host_call(struct cpu *cpu, struct context *vm)
{
	uint64_t address = vm->frame.x[1];
	const volatile struct rsi_host_call *at = NULL;

	if (is_aligned(address, sizeof(*at)) && is_ram(vm, address, sizeof(*at)))
		at = window_memory(vm->pair, ipa_make(address));
	if (at == NULL) {
		vm->frame.x[0] = RSI_ERROR_INPUT;
		refusal(cpu, vm, HOST_EVENT_REFUSED_CALL, RSI_HOST_CALL, address, RSI_ERROR_INPUT, 0);
		return vm;
	}
	vm->mmio = (struct mmio_wait){ .valid = true, .is_host_call = true, .far = address };
	return run_to_box(cpu, BOX_EXIT_HOST_CALL, at->immediate, at->gprs[0], at->gprs[1]);
}

void rsi_host_call_finish(struct context *vm, uint64_t value)
{
	struct rsi_host_call *at = window_memory(vm->pair, ipa_make(vm->mmio.far));

	at->gprs[0] = value;
	vm->frame.x[0] = RSI_SUCCESS;
}

static const struct {
	uint64_t (*handler)(struct context *vm, uint64_t *results);	/* NULL: switches context */
	uint8_t results;						/* registers x1.. that it writes */
} rows[] = {
	[RSI_VERSION - RSI_CALL_BASE] = { version, 2 },
	[RSI_FEATURES - RSI_CALL_BASE] = { features, 1 },
	[RSI_MEASUREMENT_READ - RSI_CALL_BASE] = { measurement_read, 8 },
	[RSI_MEASUREMENT_EXTEND - RSI_CALL_BASE] = { measurement_extend, 0 },
	[RSI_ATTESTATION_TOKEN_INIT - RSI_CALL_BASE] = { token_init, 1 },
	[RSI_ATTESTATION_TOKEN_CONTINUE - RSI_CALL_BASE] = { token_continue, 1 },
	[RSI_REALM_CONFIG - RSI_CALL_BASE] = { realm_config, 0 },
	[RSI_IPA_STATE_SET - RSI_CALL_BASE] = { ipa_state_set, 2 },
	[RSI_IPA_STATE_GET - RSI_CALL_BASE] = { ipa_state_get, 2 },
	[RSI_HOST_CALL - RSI_CALL_BASE] = { NULL, 0 },
};
_Static_assert(ARRAY_COUNT(rows) == RSI_CALL_END - RSI_CALL_BASE, "a row for each call");

struct context *rsi_call(struct cpu *cpu, struct context *vm)
{
	uint64_t id = vm->frame.x[0], argument = vm->frame.x[1], results[RESULTS_MAX] = { 0 };
	uint64_t row = id - RSI_CALL_BASE;

	if (rows[row].handler == NULL)
		return host_call(cpu, vm);
	uint64_t status = rows[row].handler(vm, results);

	vm->frame.x[0] = status;
	memcpy(&vm->frame.x[1], results, rows[row].results * sizeof(results[0]));
	if (status == RSI_ERROR_INPUT || status == RSI_ERROR_STATE)
		refusal(cpu, vm, HOST_EVENT_REFUSED_CALL, id, argument, status, 0);
	return vm;
}
