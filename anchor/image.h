/*
 * VM images: opened for who the policy names, chunk by chunk, into memory that nobody else reaches. Calls of abi/anchor.h.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_IMAGE_H
#define ANCHOR_IMAGE_H

#include "anchor/room.h"

/* image_init - whose images may be opened, and where memory of domains is. Once, at boot. */
void image_init(const struct boot_info *boot_info);

/* The outer OS's calls. What was begun and is not open is forgotten by the next image or update that is begun. */
int64_t image_begin(struct call *call);
int64_t image_step(struct call *call);

/* image_forget - give up what image_begin began: signatures are checked one at a time. */
void image_forget(void);

/* The mediator's calls. */
int64_t image_chunk(struct call *call);
int64_t image_check(struct call *call);
int64_t image_end(struct call *call);

#endif
