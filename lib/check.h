/*
 * CHECK: our own bug, never input. Always compiled in; the room's check_failed() stops the machine.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_CHECK_H
#define LIB_CHECK_H

#include "lib/compiler.h"

/* Each room defines it: record room, file (its name without folders) and line, then stop in the room's defined way. */
NORETURN void check_failed(const char *file, int line);

#define CHECK(e)							\
	do {								\
		if (!(e))						\
			check_failed(__FILE_NAME__, __LINE__);	\
	} while (0)

#endif
