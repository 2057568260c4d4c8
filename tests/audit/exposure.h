/*
 * Secrets of one VM, looked for while the machine stands still. A piece of one may be where nobody reaches it, or where one
 * VM alone does: that is whose it is. The outer OS, a box, and any other VM must not reach it, and of a key schedule no
 * domain may reach a part. Nor may they be in general or vector registers of a CPU that is in the normal world, unless
 * that VM is on it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_AUDIT_EXPOSURE_H
#define TESTS_AUDIT_EXPOSURE_H

#include "tests/audit/audit.h"
#include "tests/search/secret.h"

struct exposure {
	unsigned long long counts[SECRET_MAX + 1];	/* pieces of each secret in RAM; parts of schedules behind the last */
	unsigned normal;				/* CPUs that were in the normal world: their registers were looked at */
};

/**
 * exposure_find - look for @secrets in a machine that was audited just now.
 *
 * @machine   with data registers (machine_read_data)
 * @findings  where FINDING_SECRETs are added
 */
struct exposure exposure_find(const struct secrets *secrets, struct audit *audit, const struct machine *machine,
			      struct findings *findings);

#endif
