/*
 * The hash chain of a domain: SHA-256 over granules, addresses and a header.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/measurement.h"
#include <string.h>
#include "abi/console.h"
#include "abi/host.h"
#include "lib/addr.h"

/* Integers are hashed little-endian: as this machine holds them. */
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "a little-endian machine");

int measurement_begin(struct measurement *measurement, const char *tag)
{
	*measurement = (struct measurement){ .granule_count = 0 };
	return digest_make(tag, strlen(tag), measurement->chain);
}

static int granule_extend(struct measurement *measurement, uint64_t address, const uint8_t granule[GRANULE_BYTES])
{
	uint8_t link[DIGEST_BYTES + sizeof(address) + DIGEST_BYTES];
	int result = digest_make(granule, GRANULE_BYTES, link + DIGEST_BYTES + sizeof(address));

	if (result != TOOL_DONE)
		return result;
	memcpy(link, measurement->run.digest, DIGEST_BYTES);
	memcpy(link + DIGEST_BYTES, &address, sizeof(address));
	measurement->granule_count++;
	measurement->run.bytes += GRANULE_BYTES;
	return digest_make(link, sizeof(link), (uint8_t *)measurement->run.digest);
}

/* What is behind the chain goes into it. */
static int chain_extend(struct measurement *measurement, const void *data, size_t bytes, uint8_t out[DIGEST_BYTES])
{
	uint8_t link[DIGEST_BYTES + sizeof(struct measurement_header)];

	memcpy(link, measurement->chain, DIGEST_BYTES);
	memcpy(link + DIGEST_BYTES, data, bytes);
	return digest_make(link, DIGEST_BYTES + bytes, out);
}

static int run_end(struct measurement *measurement)
{
	if (measurement->run.bytes == 0)
		return TOOL_DONE;
	return chain_extend(measurement, &measurement->run, sizeof(measurement->run), measurement->chain);
}

int measurement_extend(struct measurement *measurement, uint64_t address, const uint8_t *content, uint64_t bytes)
{
	uint8_t granule[GRANULE_BYTES];
	int result = TOOL_DONE;

	if (address != measurement->run.base + measurement->run.bytes) {
		result = run_end(measurement);
		measurement->run = (struct measurement_run){ .base = address };
	}
	for (uint64_t done = 0; done < bytes && result == TOOL_DONE; done += GRANULE_BYTES) {
		size_t part = bytes - done < GRANULE_BYTES ? (size_t)(bytes - done) : GRANULE_BYTES;

		memset(granule, 0, sizeof(granule));
		memcpy(granule, content + done, part);
		result = granule_extend(measurement, address + done, granule);
	}
	return result;
}

int measurement_end(struct measurement *measurement, const struct measurement_header *header, uint8_t out[DIGEST_BYTES])
{
	int result = run_end(measurement);

	return result == TOOL_DONE ? chain_extend(measurement, header, sizeof(*header), out) : result;
}

int measurement_box(const struct file *box, struct measurement *measurement, uint8_t out[DIGEST_BYTES])
{
	struct measurement_header header = {
		.role = HOST_ROLE_BOX,
		.ram_base = BOX_RAM_BASE,
		.ram_bytes = BOX_RAM_BYTES,
		.entry = BOX_RAM_BASE,
	};
	int result = measurement_begin(measurement, ANCHOR_CHAIN_TAG_BOX);

	if (result == TOOL_DONE)
		result = measurement_extend(measurement, BOX_RAM_BASE, box->bytes, box->count);
	return result == TOOL_DONE ? measurement_end(measurement, &header, out) : result;
}
