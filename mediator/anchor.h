/*
 * The mediator's side of the anchor's calls. Never with a lock held: the anchor takes its time.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef MEDIATOR_ANCHOR_H
#define MEDIATOR_ANCHOR_H

#include "abi/anchor.h"
#include "abi/token.h"
#include "arch/cpu.h"
#include "mediator/room.h"

/* anchor_hash_init - first value of the chain of a box or a VM (ANCHOR_CHAIN_*). */
void anchor_hash_init(uint64_t kind, uint64_t chain[4]);

/* anchor_hash_extend - the granule at @pa, which this call holds, was populated at @ipa. */
void anchor_hash_extend(pa_t pa, uint64_t ipa, uint64_t chain[4]);

#define ANCHOR_FINAL_MAX 128

/* anchor_hash_final - chain becomes SHA-256(chain | the @bytes (0 .. ANCHOR_FINAL_MAX) at @data). */
void anchor_hash_final(const void *data, uint64_t bytes, uint64_t chain[4]);

/**
 * anchor_image_chunk - open the next chunk of an image.
 *
 * @pair     handle of the pair whose it is
 * @pa       a granule that this call holds and nobody reaches; what is in it unless the answer is OK is nobody's to see
 * @problem  after ERR_AUTH: enum signed_problem, 0 for no such image
 */
MUST_CHECK enum status anchor_image_chunk(uint64_t image, uint64_t pair, pa_t pa, uint64_t ipa, uint64_t *problem);

/**
 * anchor_image_check - may a VM of this measurement run, by the manifest of the image that the pair was populated from?
 *
 * @owner    who it is, if it may: a digest of owner and name
 * @counter  its security counter, if it may
 */
bool anchor_image_check(uint64_t image, uint64_t pair, const uint64_t measurement[4], uint64_t owner[4],
			uint32_t *counter);

/* anchor_image_close - the pair has ended: its image's key, if it is still kept, goes, too. */
void anchor_image_close(uint64_t image, uint64_t pair);

/* anchor_secret - secret of a VM, in x1..x4 of a call. ERR_DENIED: @version is 0 or above @counter. */
MUST_CHECK enum status anchor_secret(const uint64_t owner[4], uint64_t version, uint32_t counter, uint64_t secret[4]);

/**
 * anchor_token - a step of an attestation token, or bytes of it.
 *
 * @request  in memory of the mediator's own that the anchor reaches: a context's
 * @place    of who asks: no other vCPU has the same one
 * @to       where the bytes go: a granule of the VM's, from here on for @bytes at most
 * @bytes    how many there is room for; on OK how many were written
 * @had      bytes that it has already
 * @whole    on OK: bytes of the whole token
 *
 * Returns OK; ERR_BUSY if the token is not made yet: the same again; ERR_AUTH if it cannot be made.
 */
MUST_CHECK enum status anchor_token(const struct token_request *request, unsigned place, const void *to, uint64_t *bytes,
				    uint64_t had, uint64_t *whole);

/* anchor_forward - a caller's x0..x6 to the secure world and back, as they are. */
void anchor_forward(uint64_t x[ANCHOR_REGISTERS]);

/* anchor_measurement - record @index of the boot log: x1, x2 name, x3..x6 digest. ERR_NOT_FOUND past the end. */
MUST_CHECK enum status anchor_measurement(uint64_t index, struct smc_args *out);

#endif
