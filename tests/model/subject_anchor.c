/*
 * The anchor of the subject: hashes that the model can say beforehand.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/subject.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "tests/unit/machine.h"

static void chain_return(struct smc_args *args, uint64_t chain)
{
	args->x[0] = ANCHOR_OK;
	for (unsigned i = 0; i < 4; i++)
		args->x[1 + i] = model_chain_word(chain, i);
}

/* All four words of a chain come back as they were given. */
static uint64_t chain_get(const struct smc_args *args)
{
	for (unsigned i = 1; i < 4; i++) {
		if (args->x[3 + i] != model_chain_word(args->x[3], i))
			fake_violation("a chain came back changed");
	}
	return args->x[3];
}

static void hash_extend(struct smc_args *args)
{
	uint64_t pa = args->x[1];

	if (granule_get(pa_make(pa)).state != GRANULE_MOVING || machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is measured within reach of the outer OS", (unsigned long long)pa);
	chain_return(args, content_mix(chain_get(args), args->x[2], content_digest(fake_pointer(pa))));
}

/* A realm's measurement starts with zeros. */
static void extend(struct smc_args *args)
{
	const uint8_t *bytes = fake_pointer(args->x[1]);
	bool is_first = (args->x[3] | args->x[4] | args->x[5] | args->x[6]) == 0;
	uint64_t chain = model_chain_start(is_first ? 0 : chain_get(args), args->x[2]);

	for (uint64_t i = 0; i < args->x[2]; i++)
		chain = content_mix(chain, i, bytes[i]);
	chain_return(args, chain);
}

static void hash_final(struct smc_args *args)
{
	uint64_t words[sizeof(struct measurement_header) / 8];
	const struct measurement_header *header = fake_pointer(args->x[1]);

	if (args->x[2] <= RSI_MEASUREMENT_VALUE_MAX) {
		extend(args);
		return;
	}
	if (args->x[2] != sizeof(*header))
		fake_violation("a header of %llu bytes", (unsigned long long)args->x[2]);
	memcpy(words, header, sizeof(words));
	chain_return(args, model_chain_final(chain_get(args), words, ARRAY_COUNT(words), header->role));
}

void subject_anchor(struct smc_args *args)
{
	if (fake_locks_held != 0)
		fake_violation("the secure world is called with a lock held");
	switch (args->x[0]) {
	case ANCHOR_HASH_INIT:
		chain_return(args, model_chain_first(args->x[1] == ANCHOR_CHAIN_VM ? HOST_ROLE_VM : HOST_ROLE_BOX));
		return;
	case ANCHOR_HASH_EXTEND:
		hash_extend(args);
		return;
	case ANCHOR_HASH_FINAL:
		hash_final(args);
		return;
	default:
		machine_secure(args);
		return;
	}
}

void subject_policy(void)
{
	for (unsigned i = 0; i < 2 * MODEL_LISTED; i++) {
		struct boot_policy_entry *entry = &machine_boot_info.policy[i];
		uint64_t words[4];

		entry->role = i / MODEL_LISTED == 0 ? HOST_ROLE_BOX : HOST_ROLE_VM;
		for (unsigned word = 0; word < 4; word++)
			words[word] = model_chain_word(model_measurement(entry->role, i % MODEL_LISTED), word);
		memcpy(entry->sha256, words, sizeof(words));
	}
	machine_boot_info.policy_count = 2 * MODEL_LISTED;
}
