/*
 * The content key of a VM image: which recipient is this platform, and what was wrapped to it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ANCHOR_IMAGE_KEY_H
#define ANCHOR_IMAGE_KEY_H

#include "lib/compiler.h"
#include "lib/vmimage.h"

/*
 * image_key_begin - start to unwrap what was wrapped for an image of this owner: who signed it. @image and @owner stay where
 * they are until the end. Returns false if the library fails: nothing has begun then.
 */
MUST_CHECK bool image_key_begin(const struct vmimage *image, const uint8_t owner[SIGNED_KEY_BYTES]);

/**
 * image_key_step - go on, a bounded step.
 *
 * @key      the content key, complete only with SIGNED_OK; the caller wipes it
 * @problem  SIGNED_OK; SIGNED_PLATFORM if no recipient is this platform; SIGNED_WRAP if what is wrapped does not open
 *
 * Returns true while there is more to do: then neither is written.
 */
MUST_CHECK bool image_key_step(uint8_t key[VMIMAGE_KEY_BYTES], enum signed_problem *problem);

/* image_key_forget - give up what is under way, and wipe it. */
void image_key_forget(void);

#endif
