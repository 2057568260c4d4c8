/*
 * VM images: decides whose image is opened, in which order its chunks are, and which VM may run with what they gave. The file is
 * in the outer OS's memory: all that is looked at is a copy.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "anchor/image.h"
#include "abi/anchor.h"
#include "anchor/image_key.h"
#include "anchor/update.h"
#include "crypto/gcm.h"
#include "crypto/signature.h"
#include "lib/addr.h"
#include "lib/cose.h"
#include "lib/memory.h"
#include "lib/vmimage.h"

#define HALF_BYTES	(VMIMAGE_CHUNK_BYTES / 2)	/* what a call opens: within 50,000 instructions */

/* An image that is open: its content key, and how far its chunks are. Zero if there is none. */
struct open_image {
	uint64_t handle;
	uint64_t pair;			/* whose it has become; 0: nobody's yet */
	uint64_t file;			/* in the loader window */
	struct vmimage_chunk chunk;	/* the next one; its address is that of the call */
	uint64_t granule;		/* half of it is opened into this one; 0: none is */
	bool is_refused;		/* a chunk was: the key is gone, and the next ones are refused alike */
	uint32_t counter;
	uint8_t measurement[HASH_BYTES];
	uint8_t identity[HASH_BYTES];
	struct gcm_key key;
};

/* The one whose head is being checked. */
static struct {
	enum { STAGE_NONE, STAGE_SIGNATURE, STAGE_KEY } stage;
	uint64_t handle;
	uint64_t file, bytes;
	uint32_t counter_least;		/* of its owner */
	struct cbor c;
	struct vmimage_head head;
	struct vmimage image;
} opening;

static struct open_image images[ANCHOR_IMAGES_MAX];
static uint64_t last_handle;
static const struct boot_info *boot;
static uint8_t head[VMIMAGE_HEAD_BYTES] ALIGNED(8);

void image_init(const struct boot_info *boot_info)
{
	boot = boot_info;
}

void image_forget(void)
{
	opening.stage = STAGE_NONE;
	image_key_forget();
}

static int64_t refuse(struct call *call, enum signed_problem problem, uint64_t byte)
{
	image_forget();
	call->x[1] = problem;
	call->x[2] = byte;
	return ANCHOR_ERR_REFUSED;
}

/* Of the head's copy. */
static int64_t refuse_head(struct call *call, enum signed_problem problem)
{
	return refuse(call, problem, (uint64_t)(opening.c.at - head));
}

static bool owner_find(struct cbor_bytes key, uint32_t *counter)
{
	for (uint32_t i = 0; i < boot->owner_count && i < BOOT_OWNER_MAX; i++) {
		if (memcmp(boot->owners[i].key, key.data, key.count) != 0)
			continue;
		*counter = boot->owners[i].counter;
		return true;
	}
	return false;
}

int64_t image_begin(struct call *call)
{
	uint64_t pa = call->x[1], bytes = call->x[2];

	if (bytes == 0 || !memory_is_loader(pa, bytes))
		return ANCHOR_ERR_ARGS;
	update_forget();
	image_forget();
	memset(head, 0, sizeof(head));
	memcpy(head, (const void *)(uintptr_t)pa, bytes < sizeof(head) ? bytes : sizeof(head));
	opening.file = pa;
	opening.bytes = bytes;
	opening.c = cbor_open(head, bytes < sizeof(head) ? bytes : sizeof(head));
	if (vmimage_split(&opening.c, &opening.head) != SIGNED_OK)
		return refuse_head(call, opening.c.problem);
	if (!owner_find(opening.head.owner, &opening.counter_least))
		return refuse(call, SIGNED_OWNER, (uint64_t)(opening.head.owner.data - head));
	cose_check_algorithm(&opening.c, &opening.head.object);
	if (opening.c.problem != SIGNED_OK)
		return refuse_head(call, opening.c.problem);

	const struct cose *object = &opening.head.object;
	const struct hash_piece pieces[] = {
		{ cose_signed_start, COSE_SIGNED_START_BYTES }, { object->signed_rest.data, object->signed_rest.count },
	};

	signature_begin(opening.head.owner.data, pieces, ARRAY_COUNT(pieces), object->signature.data, true);
	opening.stage = STAGE_SIGNATURE;
	opening.handle = ++last_handle;
	call->x[1] = opening.handle;
	return ANCHOR_OK;
}

/* What the owner signed. */
static int64_t manifest_take(struct call *call)
{
	struct cbor_bytes payload = opening.head.object.payload;
	struct vmimage *image = &opening.image;

	opening.c = cbor_open(payload.data, payload.count);
	if (vmimage_read(&opening.c, image) != SIGNED_OK)
		return refuse_head(call, opening.c.problem);
	if (image->counter < opening.counter_least)
		return refuse(call, SIGNED_ROLLED_BACK, (uint64_t)(payload.data - head));
	if (opening.bytes != VMIMAGE_BYTES(image->chunk_count))
		return refuse(call, opening.bytes < VMIMAGE_BYTES(image->chunk_count) ? SIGNED_TRUNCATED : SIGNED_TRAILING,
			      opening.bytes);
	if (!image_key_begin(image, opening.head.owner.data))
		return refuse(call, SIGNED_WRAP, (uint64_t)(payload.data - head));
	opening.stage = STAGE_KEY;
	return ANCHOR_INCOMPLETE;
}

static void image_close(struct open_image *image)
{
	gcm_key_close(&image->key);
	memory_wipe(image, sizeof(*image));
}

/* A place for one more: a free one, or the oldest. Handles count up, and none is 0. */
static struct open_image *place_take(void)
{
	struct open_image *oldest = &images[0];

	for (unsigned i = 1; i < ARRAY_COUNT(images); i++) {
		if (images[i].handle < oldest->handle)
			oldest = &images[i];
	}
	image_close(oldest);
	return oldest;
}

static enum status identity_make(const struct vmimage *image, uint8_t out[HASH_BYTES])
{
	const struct hash_piece pieces[] = {
		{ opening.head.owner.data, opening.head.owner.count }, { image->name, sizeof(image->name) },
	};

	return hash_sha256(pieces, ARRAY_COUNT(pieces), out);
}

static enum status image_open(const uint8_t key[VMIMAGE_KEY_BYTES])
{
	const struct vmimage *image = &opening.image;
	struct open_image *place = place_take();
	enum status status = gcm_key_open(&place->key, key);

	if (status == OK)
		status = identity_make(image, place->identity);
	place->file = opening.file;
	place->chunk.version = image->version;
	place->chunk.count = image->chunk_count;
	place->counter = image->counter;
	memcpy(place->chunk.id, image->id, sizeof(place->chunk.id));
	memcpy(place->measurement, image->measurement, sizeof(place->measurement));
	if (status == OK)
		place->handle = opening.handle;
	else
		image_close(place);
	return status;
}

static int64_t key_step(struct call *call)
{
	uint8_t key[VMIMAGE_KEY_BYTES];
	enum signed_problem problem;

	if (image_key_step(key, &problem))
		return ANCHOR_INCOMPLETE;
	if (problem == SIGNED_OK && image_open(key) != OK)
		problem = SIGNED_WRAP;
	memory_wipe(key, sizeof(key));
	if (problem != SIGNED_OK)
		return refuse(call, problem, (uint64_t)(opening.head.object.payload.data - head));
	image_forget();
	return ANCHOR_OK;
}

int64_t image_step(struct call *call)
{
	enum status status;

	if (opening.stage == STAGE_KEY)
		return key_step(call);
	if (opening.stage == STAGE_NONE)
		return ANCHOR_ERR_STATE;
	status = signature_step();
	if (status == ERR_BUSY)
		return ANCHOR_INCOMPLETE;
	if (status != OK)
		return refuse(call, SIGNED_SIGNATURE, (uint64_t)(opening.head.object.signature.data - head));
	return manifest_take(call);
}

/* The image that a call names, if it is nobody else's. */
static struct open_image *image_find(uint64_t handle, uint64_t pair)
{
	for (unsigned i = 0; i < ARRAY_COUNT(images); i++) {
		struct open_image *image = &images[i];

		if (handle == 0 || image->handle != handle || (image->pair != 0 && image->pair != pair))
			continue;
		image->pair = pair;
		return image;
	}
	return NULL;
}

/* The chunk that is due does not go where it is asked for: its granule is zero, and nothing more is opened. */
static int64_t chunk_refuse(struct call *call, struct open_image *image)
{
	memory_wipe((void *)(uintptr_t)call->x[3], GRANULE_BYTES);
	if (!image->is_refused)
		gcm_key_close(&image->key);
	image->is_refused = true;
	call->x[1] = SIGNED_CHUNK;
	call->x[2] = VMIMAGE_CHUNK_AT(image->chunk.index);
	return ANCHOR_ERR_REFUSED;
}

/* Half a chunk goes from a copy to where it will be. */
static enum status half_open(struct open_image *image, uint64_t granule, uint64_t at)
{
	static uint8_t half[HALF_BYTES] ALIGNED(16);

	memcpy(half, (const void *)(uintptr_t)(image->file + VMIMAGE_CHUNK_AT(image->chunk.index) + at), sizeof(half));
	return gcm_key_add(&image->key, half, (uint8_t *)(uintptr_t)granule + at, sizeof(half));
}

static enum status first_half(struct open_image *image, uint64_t granule, uint64_t address)
{
	uint8_t nonce[GCM_NONCE_BYTES] = { 0 };
	enum status status;

	for (unsigned i = 0; i < sizeof(image->chunk.index); i++)
		nonce[GCM_NONCE_BYTES - 1 - i] = (uint8_t)(image->chunk.index >> 8 * i);
	image->chunk.address = address;
	image->granule = granule;
	status = gcm_key_begin(&image->key, nonce, (struct hash_piece){ &image->chunk, sizeof(image->chunk) });
	return status == OK ? half_open(image, granule, 0) : status;
}

static enum status second_half(struct open_image *image)
{
	uint8_t tag[VMIMAGE_TAG_BYTES];
	enum status status = half_open(image, image->granule, HALF_BYTES);

	memcpy(tag, (const void *)(uintptr_t)(image->file + VMIMAGE_TAG_AT(image->chunk.index)), sizeof(tag));
	if (status == OK)
		status = gcm_key_end(&image->key, tag);
	image->granule = 0;
	if (status == OK)
		image->chunk.index++;
	return status;
}

int64_t image_chunk(struct call *call)
{
	uint64_t granule = call->x[3], address = call->x[4];
	struct open_image *image;
	enum status status = ERR_AUTH;

	if (!is_aligned(granule | address, GRANULE_BYTES) || !memory_is_domain(granule, GRANULE_BYTES))
		return ANCHOR_ERR_ARGS;
	image = image_find(call->x[1], call->x[2]);
	if (image == NULL)
		return ANCHOR_ERR_NOT_FOUND;
	/* One too many, or another granule than half of it is in: no chunk is in that place. */
	if (image->is_refused || image->chunk.index == image->chunk.count)
		return chunk_refuse(call, image);
	if (image->granule == 0) {
		status = first_half(image, granule, address);
		return status == OK ? ANCHOR_INCOMPLETE : chunk_refuse(call, image);
	}
	if (image->granule == granule && image->chunk.address == address)
		status = second_half(image);
	return status == OK ? ANCHOR_OK : chunk_refuse(call, image);
}

int64_t image_check(struct call *call)
{
	struct open_image *image = image_find(call->x[1], call->x[2]);

	if (image == NULL)
		return ANCHOR_ERR_NOT_FOUND;
	if (image->is_refused || image->chunk.index != image->chunk.count || image->granule != 0 ||
	    memcmp(image->measurement, &call->x[3], sizeof(image->measurement)) != 0)
		return ANCHOR_ERR_DENIED;
	memcpy(&call->x[1], image->identity, sizeof(image->identity));
	call->x[5] = image->counter;
	image_close(image);
	return ANCHOR_OK;
}

int64_t image_end(struct call *call)
{
	struct open_image *image = image_find(call->x[1], call->x[2]);

	if (image != NULL)
		image_close(image);
	return ANCHOR_OK;
}
