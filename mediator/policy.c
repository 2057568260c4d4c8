/*
 * The policy of this boot.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/policy.h"
#include "lib/memory.h"

bool policy_allows(unsigned role, const uint64_t measurement[4])
{
	for (unsigned i = 0; i < boot_info->policy_count && i < BOOT_POLICY_MAX; i++) {
		const struct boot_policy_entry *entry = &boot_info->policy[i];

		if (entry->role == role && memcmp(entry->sha256, measurement, sizeof(entry->sha256)) == 0)
			return true;
	}
	return false;
}
