/*
 * How appraisals are shown, on standard output.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_APPRAISAL_PRINT_H
#define TOOLS_APPRAISAL_PRINT_H

#include "tools/appraisal.h"

/* appraisal_print_table - a line a finding; what is no match with what was expected. */
void appraisal_print_table(const struct appraisal *appraisal);

/* appraisal_print_tree - who vouches for whom, from the root key to the VM, with the verdict at each node. */
void appraisal_print_tree(const struct appraisal *appraisal);

/* appraisal_print_json - one object: verdict and findings. TOOL_DONE, or TOOL_FAILED after printing why. */
MUST_CHECK int appraisal_print_json(const struct appraisal *appraisal);

/* refusal_print_json - likewise of a token that is refused; @found may be NULL. */
MUST_CHECK int refusal_print_json(const struct attestation_refusal *refusal, const char *found);

#endif
