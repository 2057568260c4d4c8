/*
 * Slots of flash: decides what is written down of a slot that stops being the active one.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/slot.h"
#include "abi/restart.h"
#include "lib/chain.h"
#include "lib/firmware.h"
#include "plat/flash.h"
#include "plat/memory.h"

static uint8_t head[FIRMWARE_PAGE_BYTES] ALIGNED(8);

uint64_t slot_offset(uint32_t slot)
{
	return slot == STATE_SLOT_A ? PLAT_FLASH_SLOT_A : PLAT_FLASH_SLOT_B;
}

uint32_t slot_other(uint32_t slot)
{
	return slot == STATE_SLOT_A ? STATE_SLOT_B : STATE_SLOT_A;
}

uint32_t slot_version(uint32_t slot)
{
	struct cbor c = cbor_open(head, sizeof(head));
	struct chain chain;
	struct firmware firmware;

	flash_read(slot_offset(slot), head, sizeof(head));
	if (chain_split(&c, &chain) != SIGNED_OK)
		return 0;
	c = cbor_open(chain.object.payload.data, chain.object.payload.count);
	return firmware_read(&c, &firmware) == SIGNED_OK ? firmware.version : 0;
}

void slot_swap(struct state *state, enum state_reason reason)
{
	state->other_version = slot_version(state->slot);
	state->other = state->other_version != 0 ? STATE_OTHER_PREVIOUS : STATE_OTHER_EMPTY;
	state->slot = slot_other(state->slot);
	state->reason = reason;
	state->failure = RESTART_END_NONE;
}
