/*
 * enum status: one meaning per value, inside the rooms only. Each ABI has its own codes and maps.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef LIB_STATUS_H
#define LIB_STATUS_H

enum status {
	OK = 0,
	ERR_ARGS = -1,		/* malformed: alignment, overflow, range, unknown value */
	ERR_DENIED = -2,	/* not the caller's, or not allowed for it */
	ERR_STATE = -3,		/* right object, wrong moment */
	ERR_NO_MEMORY = -4,	/* a reserve is too small */
	ERR_BUSY = -5,		/* held by somebody else at this instant */
	ERR_NOT_FOUND = -6,
	ERR_AUTH = -7,		/* digest, signature or measurement does not match */
	ERR_UNSUPPORTED = -8,
	ERR_TRUNCATED = -9,	/* input ends before its own lengths say so */
};

#endif
