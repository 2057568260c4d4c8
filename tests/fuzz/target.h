/*
 * What all fuzz targets check. A target is LLVMFuzzerTestOneInput in NAME_fuzz.c; the line "Covers: ..." in its head
 * names the sources whose lines its corpus must reach, "Links: ..." what else it is built of.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include "lib/cbor.h"
#include "tests/unit/cbor_write.h"

/* The fuzzer, or replay.c, calls it. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

/* target_open - a cursor over the input, which is NULL if it is empty. */
struct cbor target_open(const uint8_t *data, size_t count);

/* @returned is the cursor's problem, which has words; its place is inside the input, over which @start was opened. */
void target_check_result(enum signed_problem returned, const struct cbor *c, const struct cbor *start);

/* What was accepted is @again, as far as the cursor got, and zeros follow. */
void target_check_again(const struct cbor *c, const struct cbor *start, const struct written *again);

#endif
