/*
 * The log of a boot, predicted from files as ROM and anchor make it: one entry a stage, in their order.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_BOOT_LOG_H
#define TOOLS_BOOT_LOG_H

#include "abi/identity.h"
#include "tools/device.h"
#include "tools/event_log.h"
#include "tools/package_file.h"

/**
 * boot_log_make - what every boot of this flash measures: ROM, identity, package, its components.
 *
 * @file, @package  a package that holds, as package_file_check gave it
 *
 * Returns TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int boot_log_make(struct boot_log *log, const struct file *rom, const struct identity_page *identity,
			     const struct file *file, const struct package *package);

/*
 * boot_log_add_platform - the last entry: a board with @cpu_count CPUs and @memory_mib of RAM, as the ROM takes it.
 * TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int boot_log_add_platform(struct boot_log *log, uint64_t cpu_count, uint64_t memory_mib);

/*
 * boot_log_print_whole - a log with its platform entry, by itself: all entries, then the digest of the log as anchor/log.c
 * makes it. TOOL_DONE, or TOOL_FAILED after printing why.
 */
MUST_CHECK int boot_log_print_whole(const struct boot_log *log, bool json);

/* boot_log_print - one line an entry; @json: the member "measurements" of an object, without what follows it. */
void boot_log_print(const struct boot_log *log, bool json);

#endif
