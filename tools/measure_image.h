/*
 * redoubt measure, of a VM's image or description.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_MEASURE_IMAGE_H
#define TOOLS_MEASURE_IMAGE_H

/* measure_image - argv[0] is "image". Returns an enum tool_exit. */
int measure_image(int argc, char **argv);

#endif
