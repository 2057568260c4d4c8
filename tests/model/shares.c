/*
 * The model's confidential VMs: what a realm's calls answer and share, and what the window scheme does.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"

#define G MODEL_GRANULE

static struct model_pair *pair_of(struct model *m, const struct model_cpu *cpu)
{
	return &m->pairs[cpu->slot];
}

static struct model_granule *page_of(struct model *m, const struct model_cpu *cpu, uint64_t ipa)
{
	return ipa >= MODEL_HALF ? NULL : model_page(m, cpu->slot, HOST_ROLE_VM, ipa);
}

/* --- a realm's calls --- */

bool realm_has(const struct model *m, const struct model_cpu *cpu, uint64_t id)
{
	return cpu->actor == MODEL_VM && id >= RSI_CALL_BASE && id < RSI_CALL_END &&
	       m->pairs[cpu->slot].params.options == HOST_OPTION_SHARE_RSI;
}

/* A page that the VM has for itself alone. */
static struct model_granule *private_page(struct model *m, struct model_cpu *cpu, uint64_t ipa)
{
	struct model_granule *page = ipa % G == 0 ? page_of(m, cpu, ipa) : NULL;

	return page == NULL || page->is_shared ? NULL : page;
}

static void version(struct model_cpu *cpu, uint64_t asked)
{
	state_answer(cpu, asked == RSI_VERSION_1_0 ? RSI_SUCCESS : RSI_ERROR_INPUT);
	state_result(cpu, 1, RSI_VERSION_1_0);
	state_result(cpu, 2, RSI_VERSION_1_0);
}

static void measurement_read(struct model *m, struct model_cpu *cpu, uint64_t index)
{
	const struct model_pair *pair = pair_of(m, cpu);

	if (index >= RSI_MEASUREMENT_COUNT) {
		state_answer(cpu, RSI_ERROR_INPUT);
		return;
	}
	struct model_digest measurement = index == 0 ? pair->chain[HOST_ROLE_VM] : pair->extensible[index - 1];

	state_answer(cpu, RSI_SUCCESS);
	for (unsigned i = 0; i < 4; i++)
		state_result(cpu, 1 + i, measurement.words[i]);
	state_result(cpu, 5, 0);
	state_result(cpu, 6, 0);
}

static void realm_config(struct model *m, struct model_cpu *cpu, uint64_t ipa)
{
	struct model_granule *page = private_page(m, cpu, ipa);

	state_answer(cpu, page == NULL ? RSI_ERROR_INPUT : RSI_SUCCESS);
	if (page == NULL)
		return;
	page->content = CONTENT_CONFIG;
	state_touch(m, model_pa(m, page), G);
}

/* Whether a call can go on with a token; how far it comes is said at the end. */
static bool token_continue(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	bool is_good = private_page(m, cpu, x[1]) != NULL && x[2] < G && x[3] <= G - x[2];

	if (!is_good)
		state_answer(cpu, RSI_ERROR_INPUT);
	else if (!pair_of(m, cpu)->vcpus[cpu->vcpu].has_token)
		state_answer(cpu, RSI_ERROR_STATE);
	else
		return true;
	return false;
}

static void host_call(struct model *m, struct model_cpu *cpu, uint64_t ipa)
{
	struct model_granule *page = ipa % sizeof(struct rsi_host_call) == 0 ? page_of(m, cpu, ipa) : NULL;
	struct model_vcpu *vcpu = &pair_of(m, cpu)->vcpus[cpu->vcpu];
	unsigned word = (unsigned)(ipa % G / 8);

	if (page == NULL) {
		state_answer(cpu, RSI_ERROR_INPUT);
		return;
	}
	m->counts.host_calls++;
	vcpu->waits = MODEL_WAIT_HOST_CALL;
	vcpu->host_call = ipa;
	nest_to_box(m, cpu, BOX_EXIT_HOST_CALL, content_word(&m->params, page->content, word) & 0xffff,
		    content_word(&m->params, page->content, word + 1), content_word(&m->params, page->content, word + 2));
	/* What was in the struct is not known after an earlier answer. */
	if (page->content == CONTENT_INTERNAL)
		cpu->known = 3;
}

static bool is_state_range(uint64_t base, uint64_t top)
{
	return base < top && state_is_range(base, top - base, MODEL_HALF);
}

void realm_begin(struct model *m, struct model_cpu *cpu, const uint64_t x[7])
{
	switch (x[0]) {
	case RSI_VERSION:
		version(cpu, x[1]);
		return;
	case RSI_FEATURES:
		state_answer(cpu, RSI_SUCCESS);
		state_result(cpu, 1, 0);
		return;
	case RSI_MEASUREMENT_READ:
		measurement_read(m, cpu, x[1]);
		return;
	case RSI_REALM_CONFIG:
		realm_config(m, cpu, x[1]);
		return;
	case RSI_ATTESTATION_TOKEN_INIT:
		pair_of(m, cpu)->vcpus[cpu->vcpu].has_token = true;
		pair_of(m, cpu)->vcpus[cpu->vcpu].token_bytes = 0;
		state_answer(cpu, RSI_SUCCESS);
		state_result(cpu, 1, RSI_TOKEN_BYTES_MAX);
		return;
	case RSI_ATTESTATION_TOKEN_CONTINUE:
		if (!token_continue(m, cpu, x))
			return;
		break;
	case RSI_HOST_CALL:
		host_call(m, cpu, x[1]);
		return;
	case RSI_MEASUREMENT_EXTEND:
		if (x[1] == 0 || x[1] >= RSI_MEASUREMENT_COUNT || x[2] > RSI_MEASUREMENT_VALUE_MAX) {
			state_answer(cpu, RSI_ERROR_INPUT);
			return;
		}
		break;
	default:
		if (!is_state_range(x[1], x[2]) || (x[0] == RSI_IPA_STATE_SET && x[3] > RSI_RIPAS_RAM)) {
			state_answer(cpu, RSI_ERROR_INPUT);
			return;
		}
		break;
	}
	/* How far it comes is said at the end. */
	for (unsigned i = 0; i < 7; i++)
		cpu->realm[i] = x[i];
}

/* Bytes that are past the six arguments that the model gives are zero. */
static void extend(struct model *m, struct model_cpu *cpu)
{
	struct model_digest *measurement = &pair_of(m, cpu)->extensible[cpu->realm[1] - 1];
	uint8_t bytes[RSI_MEASUREMENT_VALUE_MAX];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i / 8 < 4 ? cpu->realm[3 + i / 8] >> i % 8 * 8 : 0);
	*measurement = anchor_bytes(*measurement, bytes, cpu->realm[2]);
	state_answer(cpu, RSI_SUCCESS);
}

/* The VM's address space for RAM; memory need not have been given to all of it. */
static bool is_ram_space(struct model *m, struct model_cpu *cpu, uint64_t ipa)
{
	return ipa >= MODEL_RAM_BASE && ipa - MODEL_RAM_BASE < pair_of(m, cpu)->params.vm_ram_bytes;
}

/* Sharing needs memory; what was not given is private in any case. */
static bool can_set(struct model *m, struct model_cpu *cpu, uint64_t ipa, bool is_share)
{
	return is_share ? page_of(m, cpu, ipa) != NULL : is_ram_space(m, cpu, ipa);
}

/* From @base to @end: did the call stop for a reason, and was it allowed that far? */
static bool is_progress(struct model *m, struct model_cpu *cpu, uint64_t end, bool is_share)
{
	uint64_t base = cpu->realm[1], top = cpu->realm[2];

	if (end <= base || end > top || end % G != 0)
		return false;
	/* Where no page was ever shared there is nothing to do: it may go as far as the RAM goes. */
	if (!is_share && !pair_of(m, cpu)->was_shared && can_set(m, cpu, end - G, false) &&
	    (end == top || !can_set(m, cpu, end, false)))
		return true;
	if (end - base > RSI_IPA_STATE_MAX)
		return false;
	for (uint64_t at = base; at < end; at += G) {
		if (!can_set(m, cpu, at, is_share))
			return false;
	}
	return end == top || !can_set(m, cpu, end, is_share) || end - base == RSI_IPA_STATE_MAX ||
	       end % MODEL_BLOCK == 0;
}

static bool state_set(struct model *m, struct model_cpu *cpu, const struct model_facts *facts)
{
	struct model_pair *pair = pair_of(m, cpu);
	uint64_t base = cpu->realm[1], end = facts->x[1];
	bool is_share = cpu->realm[3] == RSI_RIPAS_EMPTY;

	state_answer(cpu, RSI_SUCCESS);
	if (!can_set(m, cpu, base, is_share)) {
		state_result(cpu, 1, base);
		state_result(cpu, 2, RSI_REJECT);
		return true;
	}
	state_result(cpu, 2, RSI_ACCEPT);
	if (!is_progress(m, cpu, end, is_share))
		return false;
	pair->was_shared |= is_share;
	/* What is far behind the memory has no page. */
	for (uint64_t at = base; at < end && at - base < RSI_IPA_STATE_MAX; at += G) {
		struct model_granule *page = page_of(m, cpu, at);

		if (page == NULL)
			continue;
		if (is_share && !page->is_shared)
			page->content = CONTENT_ZERO;
		m->counts.pages_shared += is_share ? 1 : 0;
		m->counts.pages_taken_back += !is_share && page->is_shared ? 1 : 0;
		page->is_shared = is_share;
	}
	state_window_touch(m, pair, base, end - base < RSI_IPA_STATE_MAX ? end - base : RSI_IPA_STATE_MAX);
	return true;
}

static unsigned state_of(struct model *m, struct model_cpu *cpu, uint64_t ipa)
{
	uint64_t frames = 0x80a0000, end = frames + 0x20000ull * pair_of(m, cpu)->params.vcpu_count;
	const struct model_granule *page = page_of(m, cpu, ipa);

	if (page != NULL)
		return page->is_shared ? RSI_RIPAS_EMPTY : RSI_RIPAS_RAM;
	return (ipa >= frames && ipa < end) || (ipa & ~(G - 1)) == WINDOW_DOORBELL_BASE ? RSI_RIPAS_DEV : RSI_RIPAS_EMPTY;
}

static bool state_get(struct model *m, struct model_cpu *cpu, const struct model_facts *facts)
{
	uint64_t base = cpu->realm[1], top = cpu->realm[2], end = facts->x[1];
	unsigned state = state_of(m, cpu, base);

	state_answer(cpu, RSI_SUCCESS);
	state_result(cpu, 2, state);
	if (end <= base || end > top || end % G != 0)
		return false;
	/* Addresses far behind the RAM are looked at here and there. */
	for (uint64_t at = base; at < end; at += end - at > 4096 * G ? 509 * G : G) {
		if (state_of(m, cpu, at) != state)
			return false;
	}
	return true;
}

/* When it is there, and what it says, is the anchor's; never more than there is room for. */
static bool token_end(struct model *m, struct model_cpu *cpu, const struct model_facts *facts)
{
	struct model_vcpu *vcpu = &pair_of(m, cpu)->vcpus[cpu->vcpu];
	uint64_t code = facts->x[0], bytes = facts->x[1];
	bool is_written = code == RSI_SUCCESS || code == RSI_INCOMPLETE;

	state_answer(cpu, (int64_t)code);
	vcpu->has_token = code == RSI_INCOMPLETE;
	vcpu->token_bytes += bytes;
	if (bytes > 0)
		page_of(m, cpu, cpu->realm[1])->content = CONTENT_INTERNAL;
	return (is_written ? bytes <= cpu->realm[3] : code == RSI_ERROR_UNKNOWN && bytes == 0) &&
	       vcpu->token_bytes <= RSI_TOKEN_BYTES_MAX;
}

bool realm_end(struct model *m, struct model_cpu *cpu, const struct model_facts *facts)
{
	bool is_possible = true;

	if (cpu->realm[0] == RSI_MEASUREMENT_EXTEND)
		extend(m, cpu);
	else if (cpu->realm[0] == RSI_ATTESTATION_TOKEN_CONTINUE)
		is_possible = token_end(m, cpu, facts);
	else if (cpu->realm[0] == RSI_IPA_STATE_SET)
		is_possible = state_set(m, cpu, facts);
	else
		is_possible = state_get(m, cpu, facts);
	cpu->realm[0] = 0;
	return is_possible;
}

/* --- the window scheme --- */

static bool has_doorbell(struct model *m, const struct model_cpu *cpu)
{
	return pair_of(m, cpu)->params.options == HOST_OPTION_SHARE_WINDOW;
}

/* One exit's part of an announcement; false where no memory was given. */
static bool announce_part(struct model *m, struct model_cpu *cpu, uint64_t first, uint64_t bytes)
{
	for (uint64_t at = first; at < first + bytes; at += G) {
		struct model_granule *page = page_of(m, cpu, at);

		if (page == NULL) {
			state_window_touch(m, pair_of(m, cpu), first, at - first + G);
			return false;
		}
		m->counts.pages_announced++;
		page->is_announced = true;
	}
	state_window_touch(m, pair_of(m, cpu), first, bytes);
	return true;
}

static void announce(struct model *m, struct model_cpu *cpu, uint64_t last)
{
	uint64_t *first = &pair_of(m, cpu)->announced_first;

	if (last < *first || !state_is_range(*first, last - *first + 1, MODEL_HALF) || !is_ram_space(m, cpu, *first) ||
	    !is_ram_space(m, cpu, last))
		return;
	while (*first <= last) {
		uint64_t bytes = last - *first + 1 < RSI_IPA_STATE_MAX ? last - *first + 1 : RSI_IPA_STATE_MAX;

		if (!announce_part(m, cpu, *first, bytes))
			return;
		*first += bytes;
	}
}

bool doorbell_access(struct model *m, struct model_cpu *cpu, const struct model_step *step)
{
	uint64_t ipa = step->a[0] & (MODEL_HALF - 1);

	if (!has_doorbell(m, cpu) || (ipa & ~(G - 1)) != WINDOW_DOORBELL_BASE)
		return false;
	if (step->kind == STEP_READ)
		state_result(cpu, 2, 0);
	if (step->kind == STEP_WRITE && ipa - WINDOW_DOORBELL_BASE == WINDOW_DOORBELL_FIRST)
		pair_of(m, cpu)->announced_first = step->a[1];
	if (step->kind == STEP_WRITE && ipa - WINDOW_DOORBELL_BASE == WINDOW_DOORBELL_LAST)
		announce(m, cpu, step->a[1]);
	return true;
}

static void ring_touch(struct model *m, struct model_cpu *cpu, const struct model_ring *ring)
{
	const uint64_t bytes[MODEL_PARTS] = { VIRTIO_DESC_BYTES(ring->entries), VIRTIO_DRIVER_BYTES(ring->entries),
					      VIRTIO_DEVICE_BYTES(ring->entries) };

	for (unsigned i = 0; i < MODEL_PARTS; i++) {
		uint64_t first = ring->parts[i] & ~(G - 1);

		state_window_touch(m, pair_of(m, cpu), first, ring->parts[i] + bytes[i] - first);
	}
}

/* Rings of a device end: one, or all. */
static void rings_end(struct model *m, struct model_cpu *cpu, uint32_t device, uint32_t queue, bool is_all)
{
	for (unsigned i = 0; i < MODEL_RINGS; i++) {
		struct model_ring *ring = &pair_of(m, cpu)->rings[i];

		if (!ring->is_ready || ring->device != device || (!is_all && ring->queue != queue))
			continue;
		ring_touch(m, cpu, ring);
		m->counts.rings_ended++;
		ring->is_ready = false;
	}
}

static bool is_ring(struct model *m, struct model_cpu *cpu, const struct model_ring *ring)
{
	const uint64_t bytes[MODEL_PARTS] = { VIRTIO_DESC_BYTES(ring->entries), VIRTIO_DRIVER_BYTES(ring->entries),
					      VIRTIO_DEVICE_BYTES(ring->entries) };

	for (unsigned i = 0; i < MODEL_PARTS; i++) {
		if (!is_ram_space(m, cpu, ring->parts[i]) || !is_ram_space(m, cpu, ring->parts[i] + bytes[i] - 1))
			return false;
	}
	return ring->entries != 0 && ring->entries <= VIRTIO_QUEUE_NUM_MAX;
}

static void ring_begin(struct model *m, struct model_cpu *cpu, uint32_t device)
{
	struct model_ring *selected = &pair_of(m, cpu)->selected[device];

	rings_end(m, cpu, device, selected->queue, false);
	if (!is_ring(m, cpu, selected)) {
		m->counts.rings_refused++;
		return;
	}
	for (unsigned i = 0; i < MODEL_RINGS; i++) {
		struct model_ring *ring = &pair_of(m, cpu)->rings[i];

		if (ring->is_ready)
			continue;
		*ring = *selected;
		ring->is_ready = true;
		ring->device = device;
		m->counts.rings++;
		ring_touch(m, cpu, ring);
		return;
	}
}

static void part_set(uint64_t *part, bool is_high, uint32_t value)
{
	*part = is_high ? (*part & 0xffffffff) | (uint64_t)value << 32 : (*part & ~0xffffffffull) | value;
}

void queue_register(struct model *m, struct model_cpu *cpu, uint64_t address, uint32_t value)
{
	uint64_t offset = address - VIRTIO_MMIO_BASE;
	uint32_t device = (uint32_t)(offset / VIRTIO_MMIO_STRIDE);

	if (!has_doorbell(m, cpu) || address < VIRTIO_MMIO_BASE || device >= VIRTIO_MMIO_COUNT)
		return;
	struct model_ring *selected = &pair_of(m, cpu)->selected[device];

	switch (offset % VIRTIO_MMIO_STRIDE) {
	case VIRTIO_MMIO_QUEUE_SEL:
		if (selected->queue != value)
			*selected = (struct model_ring){ .queue = value };
		return;
	case VIRTIO_MMIO_QUEUE_NUM:
		selected->entries = value;
		return;
	case VIRTIO_MMIO_QUEUE_READY:
		if (value == 0)
			rings_end(m, cpu, device, selected->queue, false);
		else
			ring_begin(m, cpu, device);
		return;
	case VIRTIO_MMIO_STATUS:
		if (value == 0)
			rings_end(m, cpu, device, 0, true);
		return;
	case VIRTIO_MMIO_QUEUE_DESC_LOW:
	case VIRTIO_MMIO_QUEUE_DESC_HIGH:
		part_set(&selected->parts[0], offset % 8 == 4, value);
		return;
	case VIRTIO_MMIO_QUEUE_DRIVER_LOW:
	case VIRTIO_MMIO_QUEUE_DRIVER_HIGH:
		part_set(&selected->parts[1], offset % 8 == 4, value);
		return;
	case VIRTIO_MMIO_QUEUE_DEVICE_LOW:
	case VIRTIO_MMIO_QUEUE_DEVICE_HIGH:
		part_set(&selected->parts[2], offset % 8 == 4, value);
		return;
	default:
		return;
	}
}
