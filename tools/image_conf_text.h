/*
 * What libconfig takes without a word and a description must not have.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_IMAGE_CONF_TEXT_H
#define TOOLS_IMAGE_CONF_TEXT_H

#include "tools/image_conf.h"

/* image_conf_problem - count it and tell it. */
void image_conf_problem(struct image_conf *conf, const struct refusal *refusal);

/*
 * image_conf_text_check - tell each @include, which would read other files, and each number that is cut off to 32 bits
 * without an L behind it (libconfig before 1.7), with its line.
 */
void image_conf_text_check(struct image_conf *conf, const char *source);

#endif
