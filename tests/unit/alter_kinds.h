/*
 * The kinds of bad packages, by name: on the host (altered_test.c) and on boards (tests/system/cases_altered.py, which
 * reads them here).
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ALTER_KINDS_H
#define TESTS_UNIT_ALTER_KINDS_H

/* Name, and how many of it are made on the host. */
#define ALTER_KINDS(X)				\
	X(unsigned, 500)			\
	X(wrong_key, 200)			\
	X(wrong_root, 1000)			\
	X(wrong_role, 200)			\
	X(revoked, 500)				\
	X(rolled_back, 500)			\
	X(altered_byte, 2500)			\
	X(truncated, 5000)			\
	X(trailing, 1000)			\
	X(downgraded, 500)			\
	X(mixed_versions, 1000)			\
	X(wrong_order, 200)			\
	X(duplicate_key, 100)			\
	X(unknown_key, 100)			\
	X(not_canonical, 100)			\
	X(missing_part, 200)			\
	X(scrambled, 700)			\
	X(garbage, 500)

#endif
