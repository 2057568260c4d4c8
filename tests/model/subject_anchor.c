/*
 * The anchor of the subject: hashes that the model can say beforehand.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/model/numbers.h"
#include "tests/model/subject.h"
#include "abi/anchor.h"
#include "arch/cpu.h"
#include "tests/unit/machine.h"

static void chain_return(struct smc_args *args, struct model_digest chain)
{
	args->x[0] = ANCHOR_OK;
	memcpy(&args->x[1], chain.words, sizeof(chain.words));
}

/* All four words of a chain come back as they were given; a realm's measurement starts with zeros. */
static struct model_digest chain_get(const struct smc_args *args)
{
	struct model_digest chain, expected = { { 0 } };

	memcpy(chain.words, &args->x[3], sizeof(chain.words));
	if (chain.words[0] != 0)
		expected = numbers_digest(chain.words[0]);
	if (memcmp(&chain, &expected, sizeof(chain)) != 0)
		fake_violation("a chain came back changed");
	return chain;
}

static void hash_extend(struct smc_args *args)
{
	uint64_t pa = args->x[1];

	if (granule_get(pa_make(pa)).state != GRANULE_MOVING || machine_outer_leaf(pa).valid)
		fake_violation("0x%llx is measured within reach of the outer OS", (unsigned long long)pa);
	chain_return(args, numbers_extend(chain_get(args), args->x[2], numbers_page(fake_pointer(pa))));
}

static void hash_final(struct smc_args *args)
{
	struct measurement_header header;

	if (args->x[2] <= RSI_MEASUREMENT_VALUE_MAX) {
		chain_return(args, anchor_bytes(chain_get(args), fake_pointer(args->x[1]), args->x[2]));
		return;
	}
	if (args->x[2] != sizeof(header))
		fake_violation("a header of %llu bytes", (unsigned long long)args->x[2]);
	memcpy(&header, fake_pointer(args->x[1]), sizeof(header));
	chain_return(args, anchor_final(chain_get(args), &header));
}

void subject_anchor(struct smc_args *args)
{
	if (fake_locks_held != 0)
		fake_violation("the secure world is called with a lock held");
	switch (args->x[0]) {
	case ANCHOR_HASH_INIT:
		chain_return(args, anchor_first(args->x[1] == ANCHOR_CHAIN_VM ? HOST_ROLE_VM : HOST_ROLE_BOX));
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
	for (unsigned i = 0; i < 2 * NUMBERS_LISTED; i++) {
		struct boot_policy_entry *entry = &machine_boot_info.policy[i];
		struct model_digest listed;

		entry->role = i / NUMBERS_LISTED == 0 ? HOST_ROLE_BOX : HOST_ROLE_VM;
		listed = numbers_digest(numbers_measurement(entry->role, i % NUMBERS_LISTED));
		memcpy(entry->sha256, listed.words, sizeof(entry->sha256));
	}
	machine_boot_info.policy_count = 2 * NUMBERS_LISTED;
}
