/*
 * Packages and policies as files: held against a trust by the verifier of the trusted rooms (crypto/package.h), and
 * how its refusals are told to people.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_PACKAGE_FILE_H
#define TOOLS_PACKAGE_FILE_H

#include "crypto/package.h"
#include "tools/public_key.h"

/**
 * package_file_check - does the package hold?
 *
 * @out  complete only on TOOL_DONE
 *
 * Returns TOOL_DONE, or after printing why: TOOL_SIGNATURE for keys, signatures, roles, revocation and digests;
 * TOOL_ROLLBACK; TOOL_CONFIGURATION for what is no package.
 */
MUST_CHECK int package_file_check(const struct file *file, const struct trust *trust, struct package *out);

/* signed_problem_exit - the exit code for a problem of a signed object. */
int signed_problem_exit(enum signed_problem problem);

/* policy_file_check - the same for the chain of a policy alone. */
MUST_CHECK int policy_file_check(const struct file *file, const struct trust *trust, struct policy *out);

/*
 * trust_take_root - the root key of a trust, as the user names it: a PEM file, or its SHA-256. TOOL_DONE, or as
 * public_key_read.
 */
MUST_CHECK int trust_take_root(struct trust *trust, const char *file_or_digest);

/* package_print - what is in it and whose it is, for people; @json: members of a JSON object, without its braces. */
void package_print(const struct package *package, bool json);

/* policy_print - the same of a policy; its owners and allowed measurements. */
void policy_print(const struct policy *policy, bool json);

#endif
