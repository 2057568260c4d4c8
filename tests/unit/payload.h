/*
 * What holds for the readers of all payloads alike: bytes that end early, and bytes that change.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_PAYLOAD_H
#define TESTS_UNIT_PAYLOAD_H

#include "lib/cbor.h"
#include "tests/unit/cbor_write.h"

/* One of the three kinds: its reader, and the writer of the same content. */
struct payload_kind {
	enum signed_problem (*read)(struct cbor *c, void *content);
	void (*write)(struct written *out, const void *content);
	size_t content_bytes;
};
extern const struct payload_kind payload_endorsement, payload_firmware, payload_policy;

/* Reads the bytes, which become the content again if they are accepted. @offset: where the problem was found. */
enum signed_problem payload_read(const struct payload_kind *kind, const uint8_t *bytes, size_t count, size_t *offset);

/* payload_expect - the bytes have this problem at this offset. */
void payload_expect(const struct payload_kind *kind, const struct written *bytes, enum signed_problem problem,
		    size_t offset);

/* The payload @good, cut to every length, is truncated; with bytes behind it, trailing. */
void payload_check_ends(const struct payload_kind *kind, const struct written *good);

/* Every byte of @good set to every value: refused, or accepted as what it then says. Returns how many were refused. */
unsigned payload_check_changes(const struct payload_kind *kind, const struct written *good);

#endif
