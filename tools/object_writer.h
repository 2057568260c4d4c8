/*
 * Payloads of signed objects (docs/formats.md), written from what their readers in lib/ give. Ranges are the caller's
 * to keep: what is signed is read again, with the readers, before it is written to a file.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef TOOLS_OBJECT_WRITER_H
#define TOOLS_OBJECT_WRITER_H

#include "lib/endorsement.h"
#include "lib/firmware.h"
#include "lib/policy.h"
#include "lib/vmimage.h"
#include "lib/cbor_writer.h"

void endorsement_write(struct cbor_writer *writer, const struct endorsement *endorsement);
void firmware_write(struct cbor_writer *writer, const struct firmware *firmware);
void policy_write(struct cbor_writer *writer, const struct policy *policy);
void image_manifest_write(struct cbor_writer *writer, const struct vmimage *image);

#endif
