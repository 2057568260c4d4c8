/*
 * redoubt measure, of a boot: predicted from files, and as the node says it was.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_MEASURE_BOOT_H
#define TOOLS_MEASURE_BOOT_H

/* measure_boot - argv[0] is "boot". Returns an enum tool_exit. */
int measure_boot(int argc, char **argv);
/* measure_log - argv[0] is "log". Returns an enum tool_exit. */
int measure_log(int argc, char **argv);

#endif
