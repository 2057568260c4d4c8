/*
 * Writes attestation tokens again from what the reader made of them: there is one encoding of a content.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TESTS_UNIT_ATTESTATION_WRITE_H
#define TESTS_UNIT_ATTESTATION_WRITE_H

#include "tests/unit/cbor_write.h"
#include "tools/attestation_token.h"

/* attestation_write - the same bytes, if the reader passed nothing over. */
void attestation_write(struct written *out, const struct attestation_token *token);

#endif
