/*
 * VM images in the model: which chunk is due, whose an image has become, and what the anchor answers. That is all that a
 * mediator can see of them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/state.h"

#define G MODEL_GRANULE

/* The image of a number, if it is open and this pair's, or may become its own. */
static struct model_image *image_find(struct model *m, uint64_t number, const struct model_pair *pair)
{
	struct model_image *image = number - 1 < MODEL_IMAGES ? &m->images[number - 1] : NULL;

	if (image == NULL || anchor_manifest(number).chunks == 0 || image->is_closed ||
	    (image->pair != 0 && image->pair != pair->handle))
		return NULL;
	image->pair = pair->handle;
	return image;
}

static void refuse(struct model *m, struct model_move *move, struct model_image *image)
{
	move->is_over = true;
	move->problem = MODEL_PROBLEM_CHUNK;
	image->is_refused = true;
	m->counts.chunks_refused++;
}

/* It is found out with half of it in place that it is the wrong one, or that the image is closed. */
static void half_opened(struct model *m, struct model_move *move, struct model_image *image,
			const struct model_manifest *manifest)
{
	uint64_t due = manifest->address + image->next * G;

	if (image->is_refused || image->next == manifest->chunks ||
	    (manifest->address != 0 && move->ipa + move->opened != due)) {
		refuse(m, move, image);
		return;
	}
	move->is_half = true;
	image->is_closed = manifest->closes && image->next + 1 == manifest->bad;
}

void model_chunk(struct model *m, unsigned cpu)
{
	struct model_move *move = &m->cpus[cpu].move;

	if (move->id != HOST_POPULATE_IMAGE || move->is_over)
		return;
	struct model_image *image = image_find(m, move->image, &m->pairs[move->slot]);

	if (image == NULL) {
		move->is_over = true;
		m->counts.images_not_there++;
		return;
	}
	const struct model_manifest manifest = anchor_manifest(move->image);

	if (!move->is_half) {
		half_opened(m, move, image, &manifest);
		return;
	}
	move->is_half = false;
	if (image->next + 1 == manifest.bad) {
		refuse(m, move, image);
		return;
	}
	move->contents[move->opened / G] = manifest.content + image->next++;
	move->opened += G;
	move->is_over = move->opened == move->bytes;
	m->counts.chunks++;
}

bool image_vouches(struct model *m, const struct model_pair *pair, struct model_digest measurement)
{
	struct model_image *image = image_find(m, pair->image, pair);

	if (image == NULL || image->is_refused || image->next != anchor_manifest(pair->image).chunks ||
	    !anchor_vouches(pair->image, measurement))
		return false;
	image->is_closed = true;
	m->counts.images_run++;
	return true;
}
