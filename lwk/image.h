/*
 * VM images in the ramdisk: what their manifests say, which nobody has verified yet, and the anchor's word for them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_IMAGE_H
#define LWK_IMAGE_H

#include "lwk/vm.h"

/* image_describe - fill @vm's config and plan from its image's manifest. False, after printing, if that is none. Boot thread. */
bool image_describe(struct vm *vm);

/* image_open - have the anchor verify and open the image. Its number; 0 after printing. Keepers. */
uint64_t image_open(const struct vm *vm);

/* image_refused - print that the anchor refused the image: enum signed_problem, or 0 if it knows the image no longer. */
void image_refused(const struct vm *vm, uint64_t problem, uint64_t address);

#endif
