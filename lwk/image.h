/*
 * VM images in the ramdisk: what their manifests say, which nobody has verified yet, and the anchor's word for them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LWK_IMAGE_H
#define LWK_IMAGE_H

#include "lib/vmimage.h"
#include "lwk/vm.h"

/* image_describe - fill @vm's config and plan from its image's manifest. False, after printing, if that is none. Boot thread. */
bool image_describe(struct vm *vm);

/* image_read - the manifest of @vm's image. False, after printing, if that is none. Threads, or boot. */
bool image_read(struct vm *vm, struct vmimage *out);

/* image_open - have the anchor verify and open the image. Its number; 0 after printing and giving @vm its reason. Keepers. */
uint64_t image_open(struct vm *vm);

/* image_refused - say that the anchor refused content: enum signed_problem, or 0 if it knows the image no longer. */
void image_refused(struct vm *vm, uint64_t problem, uint64_t address);

/**
 * image_disagrees - say that the VM is not what its image's manifest says, and in what: its box, or the machine itself.
 *
 * @measured  of the VM, as HOST_ACTIVATE refused it
 * @box_word  the first word of its box's
 */
void image_disagrees(struct vm *vm, const uint64_t measured[4], uint64_t box_word);

#endif
