/*
 * The device's state, as the anchor left it in flash: decides whether there is one. The ROM only reads it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "rom/room.h"
#include "crypto/state.h"
#include "lib/memory.h"
#include "plat/memory.h"
#include "plat/secure_console.h"

#define STATE_AREA_BYTES (PLAT_FLASH_STATE_BLOCKS * PLAT_FLASH_BLOCK_BYTES)

static void place_read(uint32_t place, struct state *out)
{
	const uint8_t *log = (const uint8_t *)(PLAT_FLASH_BASE + PLAT_FLASH_STATE);

	memcpy(out, log + (uint64_t)place * STATE_BYTES, sizeof(*out));
}

void state_load(struct state *state)
{
	if (state_find(place_read, STATE_AREA_BYTES / STATE_BYTES, state) == STATE_NOWHERE)
		rom_stop("stage state: no snapshot in flash at 0x%x .. 0x%x: expected one with magic 0x%lx, version %d "
			 "and an SHA-256 that holds, found none; " WRITE_FRESH,
			 PLAT_FLASH_STATE, PLAT_FLASH_STATE + STATE_AREA_BYTES, (uint64_t)STATE_MAGIC, STATE_VERSION);
	secure_print("rom: state     sequence %lu, slot %c is active", state->sequence, (int)state->slot);
}

void state_fill_trust(const struct state *state, struct trust *trust)
{
	for (unsigned role = SIGNED_ROLE_FIRMWARE; role < SIGNED_ROLE_END; role++) {
		trust->least[role].serial = state->least[role].serial;
		trust->least[role].counter = state->least[role].counter;
	}
}
