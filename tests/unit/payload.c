/*
 * Reads payloads of all kinds, and holds what was accepted against the writer.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/test.h"
#include "tests/unit/payload.h"
#include "tests/unit/sample.h"

static enum signed_problem endorsement_read_any(struct cbor *c, void *content)
{
	return endorsement_read(c, content);
}

static enum signed_problem firmware_read_any(struct cbor *c, void *content)
{
	return firmware_read(c, content);
}

static enum signed_problem policy_read_any(struct cbor *c, void *content)
{
	return policy_read(c, content);
}

static void endorsement_write_any(struct written *out, const void *content)
{
	sample_write_endorsement(out, content);
}

static void firmware_write_any(struct written *out, const void *content)
{
	sample_write_firmware(out, content);
}

static void policy_write_any(struct written *out, const void *content)
{
	sample_write_policy(out, content);
}

const struct payload_kind payload_endorsement = { endorsement_read_any, endorsement_write_any,
						  sizeof(struct endorsement) };
const struct payload_kind payload_firmware = { firmware_read_any, firmware_write_any, sizeof(struct firmware) };
const struct payload_kind payload_policy = { policy_read_any, policy_write_any, sizeof(struct policy) };

enum signed_problem payload_read(const struct payload_kind *kind, const uint8_t *bytes, size_t count, size_t *offset)
{
	static struct written again;
	uint8_t *copy = sample_exactly(bytes, count);
	void *content = test_malloc(kind->content_bytes);
	struct cbor c = cbor_open(copy, count);

	/* Old content must not shine through. */
	memset(content, 0xee, kind->content_bytes);

	enum signed_problem problem = kind->read(&c, content);

	assert_int_equal(problem, c.problem);
	assert_true(c.at >= copy && c.at <= copy + count);
	*offset = (size_t)(c.at - copy);
	if (problem == SIGNED_OK) {
		again.count = 0;
		kind->write(&again, content);
		assert_int_equal(again.count, count);
		assert_memory_equal(again.bytes, bytes, count);
	}
	test_free(content);
	test_free(copy);
	return problem;
}

void payload_expect(const struct payload_kind *kind, const struct written *bytes, enum signed_problem problem,
		    size_t offset)
{
	size_t found_at;
	enum signed_problem found = payload_read(kind, bytes->bytes, bytes->count, &found_at);

	if (found != problem || found_at != offset)
		fail_msg("found %s at %zu, expected %s at %zu", signed_name(found), found_at, signed_name(problem), offset);
}

void payload_check_ends(const struct payload_kind *kind, const struct written *good)
{
	static struct written longer;
	size_t offset;

	for (size_t cut = 0; cut < good->count; cut++)
		assert_int_equal(payload_read(kind, good->bytes, cut, &offset), SIGNED_TRUNCATED);
	longer = *good;
	write_raw(&longer, "\0", 1);
	payload_expect(kind, &longer, SIGNED_TRAILING, good->count);
}

unsigned payload_check_changes(const struct payload_kind *kind, const struct written *good)
{
	static struct written changed;
	unsigned refused = 0;
	size_t offset;

	changed = *good;
	for (size_t at = 0; at < good->count; at++) {
		for (unsigned value = 0; value < 256; value++) {
			changed.bytes[at] = (uint8_t)value;
			refused += payload_read(kind, changed.bytes, changed.count, &offset) != SIGNED_OK;
		}
		changed.bytes[at] = good->bytes[at];
	}
	return refused;
}
