/*
 * What every unit test includes first: cmocka and what cmocka needs.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_TEST_H
#define TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define TEST(name)	cmocka_unit_test(name)
/* A test that starts from a state that setup makes. */
#define TEST_FROM(setup, name)	cmocka_unit_test_setup(name, setup)

/* assert_int_equal that shows hexadecimal, for addresses and register values. */
#define assert_hex(found, expected)							\
	do {										\
		unsigned long long found_ = (unsigned long long)(found);		\
		unsigned long long expected_ = (unsigned long long)(expected);		\
		if (found_ != expected_)						\
			fail_msg("%s is 0x%llx, expected 0x%llx", #found, found_, expected_); \
	} while (0)

#endif
