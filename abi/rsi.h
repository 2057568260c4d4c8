/*
 * Realm Services Interface 1.0: what a confidential VM of scheme rsi may ask of the mediator. SMC64, id in x0, status in
 * x0. Numbers only, safe for C and assembly, up to the structs.
 * Source: Arm DEN0137 (Realm Management Monitor specification) 1.0, "Realm Services Interface"; the values were checked
 * against Linux (rsi_smc.h) and TF-RMM (smc-rsi.h).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_RSI_H
#define ABI_RSI_H

#define RSI_CALL_BASE			0xc4000190
/* x1 version asked for -> x1 lowest, x2 highest version implemented */
#define RSI_VERSION			0xc4000190
/* x1 index of a feature register -> x1 its value */
#define RSI_FEATURES			0xc4000191
/* x1 index (0 initial, 1 .. 4 extensible) -> x1..x8 measurement, zero behind its 32 bytes */
#define RSI_MEASUREMENT_READ		0xc4000192
/* x1 index (1 .. 4), x2 bytes (0 .. 64), x3..x10 value */
#define RSI_MEASUREMENT_EXTEND		0xc4000193
/* x1..x8 challenge -> x1 upper bound of the token's bytes */
#define RSI_ATTESTATION_TOKEN_INIT	0xc4000194
/* x1 granule, x2 offset in it, x3 bytes -> x1 bytes written */
#define RSI_ATTESTATION_TOKEN_CONTINUE	0xc4000195
/* x1 granule, which receives struct rsi_realm_config */
#define RSI_REALM_CONFIG		0xc4000196
/* x1 base, x2 top, x3 RSI_RIPAS_EMPTY or RSI_RIPAS_RAM, x4 flags -> x1 new base (call again until it is top),
 * x2 RSI_ACCEPT or RSI_REJECT */
#define RSI_IPA_STATE_SET		0xc4000197
/* x1 base, x2 top -> x1 end of the uniform part, x2 RSI_RIPAS_* of it */
#define RSI_IPA_STATE_GET		0xc4000198
/* x1 address of a struct rsi_host_call, aligned to its size */
#define RSI_HOST_CALL			0xc4000199
#define RSI_CALL_END			0xc400019a

#define RSI_VERSION_1_0			0x00010000

#define RSI_SUCCESS			0
#define RSI_ERROR_INPUT			1
#define RSI_ERROR_STATE			2
#define RSI_INCOMPLETE			3
#define RSI_ERROR_UNKNOWN		4

#define RSI_RIPAS_EMPTY			0	/* shared with the box, or emulated by it */
#define RSI_RIPAS_RAM			1	/* private */
#define RSI_RIPAS_DESTROYED		2	/* never reported: memory is fixed at activation */
#define RSI_RIPAS_DEV			3	/* emulated by the mediator */

#define RSI_ACCEPT			0
#define RSI_REJECT			1

#define RSI_HASH_SHA_256		0

#define RSI_MEASUREMENT_COUNT		5	/* index 0 is the initial one */
#define RSI_MEASUREMENT_VALUE_MAX	64	/* bytes of one extension */
#define RSI_TOKEN_BYTES_MAX		4096

/* Work of one IPA_STATE_SET. */
#define RSI_IPA_STATE_MAX		0x200000

#ifndef __ASSEMBLER__
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

struct rsi_realm_config {
	uint64_t ipa_bits;		/* the highest bit selects the shared half */
	uint64_t hash_algorithm;	/* RSI_HASH_SHA_256 */
	uint8_t reserved[0x1f0];
	uint8_t personalization[64];	/* zero */
	uint8_t reserved_end[0xdc0];
};
_Static_assert(offsetof(struct rsi_realm_config, personalization) == 0x200 &&
	       sizeof(struct rsi_realm_config) == 0x1000, "rsi_realm_config layout");

struct rsi_host_call {
	uint16_t immediate;
	uint8_t reserved[6];
	uint64_t gprs[31];
};
_Static_assert(offsetof(struct rsi_host_call, gprs) == 8 && sizeof(struct rsi_host_call) == 256, "rsi_host_call layout");
#endif

#endif
