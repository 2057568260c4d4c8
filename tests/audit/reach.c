/*
 * Reaches: a list for each granule, all in one array.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/audit/reach.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "tests/audit/memory.h"

static void *grown(void *old, size_t bytes)
{
	void *new = realloc(old, bytes);

	if (new == NULL) {
		perror("audit");
		exit(3);
	}
	return new;
}

void reaches_reset(struct reaches *reaches, uint64_t base, uint64_t bytes)
{
	reaches->base = base;
	reaches->count = bytes / AUDIT_GRANULE;
	reaches->granules = grown(reaches->granules, reaches->count * sizeof(reaches->granules[0]));
	memset(reaches->granules, 0, reaches->count * sizeof(reaches->granules[0]));
	reaches->used = 1;
}

void reaches_free(struct reaches *reaches)
{
	free(reaches->granules);
	free(reaches->list);
	*reaches = (struct reaches){ 0 };
}

struct granule_view *reaches_at(struct reaches *reaches, uint64_t pa)
{
	uint64_t index = (pa - reaches->base) / AUDIT_GRANULE;

	return pa >= reaches->base && index < reaches->count ? &reaches->granules[index] : NULL;
}

void reaches_add(struct reaches *reaches, uint64_t pa, unsigned domain, unsigned access, uint64_t ipa)
{
	struct granule_view *granule = reaches_at(reaches, pa);

	if (reaches->used >= reaches->room) {
		reaches->room = reaches->used * 2;
		reaches->list = grown(reaches->list, reaches->room * sizeof(reaches->list[0]));
	}
	reaches->list[reaches->used] = (struct reach){ granule->first, (uint16_t)domain, (uint8_t)access, ipa };
	granule->first = reaches->used++;
}

void reaches_use(struct reaches *reaches, uint64_t pa, uint64_t bytes, enum granule_use use)
{
	for (uint64_t done = 0; done < bytes; done += AUDIT_GRANULE) {
		struct granule_view *granule = reaches_at(reaches, pa + done);

		if (granule != NULL)
			granule->use = (uint8_t)use;
	}
}
