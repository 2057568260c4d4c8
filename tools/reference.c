/*
 * What a VM will be, from the manifest of its image. Decides what a new reference demands.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/reference.h"
#include <string.h>
#include "abi/host.h"
#include "lib/vmplan.h"

static struct reference_digest digest_of(const uint8_t value[DIGEST_BYTES])
{
	struct reference_digest digest = { .kind = REFERENCE_IS };

	memcpy(digest.value, value, sizeof(digest.value));
	return digest;
}

/* As anchor/image.c says who a VM is: the owner's key, and the name with its NULs. */
static int owner_take(struct reference *reference, const struct vmimage *image, const struct public_key *owner)
{
	const struct digest_piece pieces[] = {
		{ owner->point, sizeof(owner->point) }, { image->name, sizeof(image->name) },
	};

	reference->owner.kind = REFERENCE_IS;
	reference->image_counter = (struct reference_number){ REFERENCE_IS, image->counter };
	if (digest_pieces(DIGEST_SHA256, pieces, ARRAY_COUNT(pieces), reference->owner.value))
		return TOOL_DONE;
	return refuse(TOOL_FAILED, &(struct refusal){
		.code = "no-sha256", .object = "libcrypto", .problem = "SHA-256 failed",
		.advice = "check OpenSSL: 'openssl dgst -sha256 FILE' must work" });
}

int reference_take_image(struct reference *reference, const struct vmimage *image, const struct public_key *owner)
{
	memcpy(reference->name, image->name, sizeof(reference->name));
	reference->box = digest_of(image->box);
	reference->measurement = digest_of(image->measurement);
	reference->class = (struct reference_number){ REFERENCE_IS, image->class };
	reference->has_header = REFERENCE_IS;
	reference->header = (struct measurement_header){
		.role = HOST_ROLE_VM, .class = image->class, .options = image->options, .vcpu_count = image->vcpu_count,
		.ram_base = VM_RAM_BASE, .ram_bytes = image->ram_bytes, .entry = image->entry, .x0 = image->x0,
	};
	for (uint32_t i = 0; i < image->piece_count; i++) {
		const struct vmimage_piece *from = &image->pieces[i];
		struct reference_piece *to = &reference->pieces[from->part];

		to->kind = REFERENCE_IS;
		to->bytes = from->bytes;
		to->run.base = from->address;
		to->run.bytes = (from->bytes + VMIMAGE_CHUNK_BYTES - 1) & ~(VMIMAGE_CHUNK_BYTES - 1ull);
		memcpy(to->run.digest, from->digest, sizeof(to->run.digest));
	}
	/* A VM that extends no register has zeros in them. */
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++)
		reference->extensible[i].kind = REFERENCE_IS;
	return owner != NULL ? owner_take(reference, image, owner) : TOOL_DONE;
}
