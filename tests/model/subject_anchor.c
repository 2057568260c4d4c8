/*
 * The anchor of the subject: hashes that the model can say beforehand.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/numbers.h"
#include "tests/model/subject.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "lib/signed.h"
#include "tests/unit/machine.h"

static void chain_return(struct smc_args *args, struct model_digest chain)
{
	args->x[0] = ANCHOR_OK;
	memcpy(&args->x[1], chain.words, sizeof(chain.words));
}

/* All four words of a chain come back as they were given; a realm's measurement starts with zeros. */
static struct model_digest chain_get(const struct smc_args *args)
{
	struct model_digest chain, expected = { { 0 } };

	memcpy(chain.words, &args->x[3], sizeof(chain.words));
	if (chain.words[0] != 0)
		expected = numbers_digest(chain.words[0]);
	if (memcmp(&chain, &expected, sizeof(chain)) != 0)
		fake_violation("a chain came back changed");
	return chain;
}

static void hash_extend(struct smc_args *args)
{
	uint64_t pa = args->x[1];

	if (granule_get(pa_make(pa)).state != GRANULE_MOVING || machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is measured within reach of the outer OS", (unsigned long long)pa);
	chain_return(args, numbers_extend(chain_get(args), args->x[2], numbers_page(fake_pointer(pa))));
}

static void hash_final(struct smc_args *args)
{
	struct measurement_header header;

	if (args->x[2] <= RSI_MEASUREMENT_VALUE_MAX) {
		chain_return(args, anchor_bytes(chain_get(args), fake_pointer(args->x[1]), args->x[2]));
		return;
	}
	if (args->x[2] != sizeof(header))
		fake_violation("a header of %llu bytes", (unsigned long long)args->x[2]);
	memcpy(&header, fake_pointer(args->x[1]), sizeof(header));
	chain_return(args, anchor_final(chain_get(args), &header));
}

/* --- images --- */

/* An image as the anchor has it; its granule: half of the next chunk is in there. */
static struct open_image {
	uint64_t pair, granule;
	uint32_t next;
	bool is_refused, is_closed;
} images[MODEL_IMAGES + 1];

void subject_images_reset(void)
{
	memset(images, 0, sizeof(images));
}

static struct open_image *image_of(const struct smc_args *args)
{
	uint64_t number = args->x[1], pair = args->x[2];

	if (number == 0 || number > MODEL_IMAGES || images[number].is_closed)
		return NULL;
	if (images[number].pair == 0)
		images[number].pair = pair;
	return images[number].pair == pair ? &images[number] : NULL;
}

static void chunk_refuse(struct smc_args *args, struct open_image *image)
{
	image->is_refused = true;
	args->x[0] = (uint64_t)ANCHOR_ERR_REFUSED;
	args->x[1] = SIGNED_CHUNK;
}

/* Its first half, where it is due; what is left in the granule if there is no second is for the mediator to zero. */
static void first_half(struct smc_args *args, struct open_image *image, const struct model_manifest *manifest)
{
	bool is_placed = manifest->address == 0 || args->x[4] == manifest->address + image->next * MODEL_GRANULE;

	if (image->is_refused || image->next == manifest->chunks || !is_placed) {
		chunk_refuse(args, image);
		return;
	}
	image->granule = args->x[3];
	*machine_at(args->x[3] + 8) = 0x5ec3e7;
	args->x[0] = ANCHOR_INCOMPLETE;
	image->is_closed = manifest->closes && image->next + 1 == manifest->bad;
}

static void image_chunk(struct smc_args *args)
{
	const struct model_manifest manifest = anchor_manifest(args->x[1]);
	struct open_image *image = image_of(args);
	uint64_t pa = args->x[3];

	if (granule_get(pa_make(pa)).state != GRANULE_MOVING || machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is filled within reach of the outer OS", (unsigned long long)pa);
	if (image == NULL) {
		args->x[0] = (uint64_t)ANCHOR_ERR_NOT_FOUND;
		return;
	}
	if (image->granule == 0) {
		first_half(args, image, &manifest);
		return;
	}
	if (image->granule != pa)
		fake_violation("half a chunk is in 0x%llx, the other goes to 0x%llx", (unsigned long long)image->granule,
			       (unsigned long long)pa);
	image->granule = 0;
	if (image->next + 1 == manifest.bad) {
		chunk_refuse(args, image);
		return;
	}
	content_write(NULL, manifest.content + image->next++, fake_pointer(pa));
	args->x[0] = ANCHOR_OK;
}

static void image_check(struct smc_args *args)
{
	struct open_image *image = image_of(args);
	struct model_digest measurement;

	memcpy(measurement.words, &args->x[3], sizeof(measurement.words));
	if (image == NULL) {
		args->x[0] = (uint64_t)ANCHOR_ERR_NOT_FOUND;
	} else if (image->is_refused || image->granule != 0 || image->next != anchor_manifest(args->x[1]).chunks ||
		   !anchor_vouches(args->x[1], measurement)) {
		args->x[0] = (uint64_t)ANCHOR_ERR_DENIED;
	} else {
		args->x[0] = ANCHOR_OK;
		image->is_closed = true;
	}
}

static void image_end(struct smc_args *args)
{
	struct open_image *image = image_of(args);

	if (image != NULL)
		image->is_closed = true;
	args->x[0] = ANCHOR_OK;
}

void subject_anchor(struct smc_args *args)
{
	if (fake_locks_held != 0)
		fake_violation("the secure world is called with a lock held");
	switch (args->x[0]) {
	case ANCHOR_HASH_INIT:
		chain_return(args, anchor_first(args->x[1] == ANCHOR_CHAIN_VM ? HOST_ROLE_VM : HOST_ROLE_BOX));
		return;
	case ANCHOR_HASH_EXTEND:
		hash_extend(args);
		return;
	case ANCHOR_HASH_FINAL:
		hash_final(args);
		return;
	case ANCHOR_IMAGE_CHUNK:
		image_chunk(args);
		return;
	case ANCHOR_IMAGE_CHECK:
		image_check(args);
		return;
	case ANCHOR_IMAGE_CLOSE:
		image_end(args);
		return;
	default:
		machine_secure(args);
		return;
	}
}

void subject_policy(void)
{
	for (unsigned i = 0; i < 2 * NUMBERS_LISTED; i++) {
		struct boot_policy_entry *entry = &machine_boot_info.policy[i];
		struct model_digest listed;

		entry->role = i / NUMBERS_LISTED == 0 ? HOST_ROLE_BOX : HOST_ROLE_VM;
		listed = numbers_digest(numbers_measurement(entry->role, i % NUMBERS_LISTED));
		memcpy(entry->sha256, listed.words, sizeof(entry->sha256));
	}
	machine_boot_info.policy_count = 2 * NUMBERS_LISTED;
}
