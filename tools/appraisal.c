/*
 * Decides what is compared with what. A thing that the reference does not name is unknown, never good.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/appraisal.h"
#include <stdio.h>
#include <string.h>
#include "tools/word.h"

#define NOTHING_KNOWN	"nothing: the reference does not say"

static struct finding *finding_add(struct appraisal *out, enum appraisal_part part, const char *name, enum verdict verdict)
{
	struct finding *finding = &out->findings[out->count++];

	_Static_assert(ATTESTATION_COMPONENTS_MAX + REFERENCE_ENTRIES_MAX + 24 < FINDINGS_MAX, "all findings have room");
	*finding = (struct finding){ .part = part, .verdict = verdict };
	(void)snprintf(finding->name, sizeof(finding->name), "%s", name);
	return finding;
}

static void texts_set(struct finding *finding, const char *expected, const char *found)
{
	(void)snprintf(finding->expected, sizeof(finding->expected), "%s", expected);
	(void)snprintf(finding->found, sizeof(finding->found), "%s", found);
}

static const char *digest_text(const uint8_t digest[DIGEST_BYTES])
{
	char hex[DIGEST_TEXT_BYTES];

	digest_print(digest, hex);
	return text("%s", hex);
}

static void digest_judge(struct appraisal *out, enum appraisal_part part, const char *name,
			 const struct reference_digest *expected, const uint8_t found[DIGEST_BYTES])
{
	bool is_good = expected->kind == REFERENCE_ANY ||
		       (expected->kind == REFERENCE_IS && memcmp(expected->value, found, DIGEST_BYTES) == 0);
	struct finding *finding = finding_add(out, part, name, is_good ? VERDICT_MATCH :
					      expected->kind == REFERENCE_SILENT ? VERDICT_UNKNOWN : VERDICT_MISMATCH);

	texts_set(finding, expected->kind == REFERENCE_IS ? digest_text(expected->value) :
		  expected->kind == REFERENCE_ANY ? "any" : NOTHING_KNOWN, digest_text(found));
}

/* @list: its words; NULL: it is shown as a number. @is_least: more is good as well. */
static void number_judge(struct appraisal *out, enum appraisal_part part, const char *name,
			 const struct reference_number *expected, uint64_t found, const struct word *list, bool is_least)
{
	bool is_same = found == expected->value || (is_least && found > expected->value);
	bool is_good = expected->kind == REFERENCE_ANY || (expected->kind == REFERENCE_IS && is_same);
	struct finding *finding = finding_add(out, part, name, is_good ? VERDICT_MATCH :
					      expected->kind == REFERENCE_SILENT ? VERDICT_UNKNOWN : VERDICT_MISMATCH);
	const char *what = list == NULL ? text("%s%ju", is_least ? "at least " : "", (uintmax_t)expected->value) :
			   word_of(list, expected->value);

	texts_set(finding, expected->kind == REFERENCE_IS ? what : expected->kind == REFERENCE_ANY ? "any" : NOTHING_KNOWN,
		  list == NULL || word_find(list, word_of(list, found)) == NULL ? text("%ju", (uintmax_t)found) :
		  word_of(list, found));
}

/* One root key signed all that was measured. */
static void root_judge(const struct attestation_token *token, const struct reference *reference, struct appraisal *out)
{
	const uint8_t *signer = token->components[0].signer;

	for (uint32_t i = 1; i < token->component_count; i++) {
		if (reference->root.kind == REFERENCE_IS &&
		    memcmp(token->components[i].signer, reference->root.value, DIGEST_BYTES) != 0)
			signer = token->components[i].signer;
	}
	digest_judge(out, PART_DEVICE, "root-key", &reference->root, signer);
}

/* The mediator is what guards box and VM: a part of its own. */
static enum appraisal_part entry_part(const char *name)
{
	return strcmp(name, "mediator") == 0 ? PART_MEDIATOR : PART_FIRMWARE;
}

static const char *entry_name(const char *name)
{
	return strcmp(name, "mediator") == 0 ? "image" : name;
}

static void component_judge(const struct attestation_component *component, const struct reference *reference,
			    struct appraisal *out)
{
	struct reference_digest expected = { .kind = REFERENCE_SILENT };

	for (uint32_t i = 0; i < reference->entry_count; i++) {
		if (strcmp(reference->entries[i].name, component->name) == 0) {
			expected.kind = REFERENCE_IS;
			memcpy(expected.value, reference->entries[i].sha256, sizeof(expected.value));
		}
	}
	digest_judge(out, entry_part(component->name), entry_name(component->name), &expected, component->sha256);
}

/* What the reference names must be there. */
static void entry_look_for(const struct reference_entry *entry, const struct attestation_token *token,
			   struct appraisal *out)
{
	for (uint32_t i = 0; i < token->component_count; i++) {
		if (strcmp(token->components[i].name, entry->name) == 0)
			return;
	}
	texts_set(finding_add(out, entry_part(entry->name), entry_name(entry->name), VERDICT_MISMATCH),
		  digest_text(entry->sha256), "nothing: the token does not name it");
}

static void firmware_judge(const struct attestation_token *token, const struct reference *reference, struct appraisal *out)
{
	root_judge(token, reference, out);
	number_judge(out, PART_DEVICE, "lifecycle", &reference->lifecycle, token->lifecycle, word_lifecycles, false);
	for (uint32_t i = 0; i < token->component_count; i++)
		component_judge(&token->components[i], reference, out);
	for (uint32_t i = 0; i < reference->entry_count; i++)
		entry_look_for(&reference->entries[i], token, out);
	number_judge(out, PART_FIRMWARE, "slot", &reference->slot, token->slot, word_slots, false);
	number_judge(out, PART_FIRMWARE, "trial", &reference->trial, token->trial, word_answers, false);
	number_judge(out, PART_FIRMWARE, "version", &reference->version, token->version, NULL, false);
	number_judge(out, PART_FIRMWARE, "counter", &reference->counter, token->counter, NULL, true);
	number_judge(out, PART_FIRMWARE, "policy-counter", &reference->policy_counter, token->policy_counter, NULL, true);
}

/* Whose image it is from. Of a VM that is from none there is nothing to judge, unless the reference wants an owner. */
static void owner_judge(const struct attestation_token *token, const struct reference *reference, struct appraisal *out)
{
	if (token->has_owner) {
		digest_judge(out, PART_VM, "owner", &reference->owner, token->owner);
		number_judge(out, PART_VM, "counter", &reference->image_counter, token->image_counter, NULL, true);
	} else if (reference->owner.kind != REFERENCE_SILENT) {
		texts_set(finding_add(out, PART_VM, "owner", VERDICT_MISMATCH),
			  reference->owner.kind == REFERENCE_ANY ? "any" : digest_text(reference->owner.value),
			  "nobody: the VM is not from an image");
	}
}

static void vm_judge(const struct attestation_token *token, const struct reference *reference, struct appraisal *out)
{
	digest_judge(out, PART_BOX, "measurement", &reference->box, token->box);
	digest_judge(out, PART_VM, "measurement", &reference->measurement, token->measurement);
	number_judge(out, PART_VM, "class", &reference->class, token->class, word_classes, false);
	owner_judge(token, reference, out);
	for (unsigned i = 0; i < TOKEN_EXTENSIBLE_COUNT; i++)
		digest_judge(out, PART_VM, text("register-%u", i), &reference->extensible[i], token->extensible[i]);
}

static const char *header_text(const struct measurement_header *header)
{
	return text("%s, share %s, %u vCPUs, %ju MiB at 0x%jx, entry 0x%jx, x0 0x%jx", word_of(word_classes, header->class),
		    word_of(word_shares, header->options), header->vcpu_count, (uintmax_t)(header->ram_bytes >> 20),
		    (uintmax_t)header->ram_base, (uintmax_t)header->entry, (uintmax_t)header->x0);
}

static void machine_judge(const struct event_vm *vm, const struct reference *reference, bool is_vouched_for,
			  struct appraisal *out)
{
	struct measurement_header found = vm->header;
	enum verdict verdict;

	memcpy(found.box, reference->header.box, sizeof(found.box));
	verdict = !is_vouched_for || reference->has_header == REFERENCE_SILENT ? VERDICT_UNKNOWN :
		  memcmp(&found, &reference->header, sizeof(found)) == 0 ? VERDICT_MATCH : VERDICT_MISMATCH;
	texts_set(finding_add(out, PART_VM, "machine", verdict),
		  reference->has_header == REFERENCE_SILENT ? NOTHING_KNOWN : header_text(&reference->header),
		  header_text(&vm->header));
}

static const char *piece_text(bool is_there, uint64_t bytes, const struct measurement_run *run)
{
	if (!is_there)
		return "none";
	return text("%s, %ju bytes at 0x%jx", digest_text((const uint8_t *)run->digest), (uintmax_t)bytes,
		    (uintmax_t)run->base);
}

static void piece_judge(const struct event_vm *vm, const struct reference *reference, const struct word *part,
			bool is_vouched_for, struct appraisal *out)
{
	const struct event_piece *found = &vm->pieces[part->value];
	const struct reference_piece *expected = &reference->pieces[part->value];
	bool is_known = reference->pieces[VMIMAGE_KERNEL].kind == REFERENCE_IS, is_there = found->bytes != 0;
	bool is_same = is_there == (expected->kind == REFERENCE_IS) &&
		       (!is_there || memcmp(&found->run, &expected->run, sizeof(found->run)) == 0);
	enum verdict verdict = !is_vouched_for || !is_known ? VERDICT_UNKNOWN : is_same ? VERDICT_MATCH : VERDICT_MISMATCH;

	if (is_there || expected->kind == REFERENCE_IS)
		texts_set(finding_add(out, PART_VM, part->word, verdict),
			  !is_known ? NOTHING_KNOWN :
			  piece_text(expected->kind == REFERENCE_IS, expected->bytes, &expected->run),
			  piece_text(is_there, found->bytes, &found->run));
}

/* Is it the log of this VM? */
static bool log_judge(const struct attestation_token *token, const struct event_vm *vm, struct appraisal *out)
{
	struct reference_digest expected = { .kind = REFERENCE_IS };
	uint8_t replayed[DIGEST_BYTES] = { 0 };
	bool is_made = event_vm_replay(vm, replayed);
	size_t at = out->count;

	memcpy(expected.value, token->measurement, sizeof(expected.value));
	digest_judge(out, PART_LOG, "vm", &expected, replayed);
	/* What the log says beside the measurement is in the token as well, and must be the same. */
	if (!is_made || memcmp(vm->header.box, token->box, sizeof(token->box)) != 0 || vm->header.class != token->class)
		out->findings[at].verdict = VERDICT_MISMATCH;
	if (out->findings[at].verdict == VERDICT_MATCH)
		return true;
	if (memcmp(replayed, token->measurement, sizeof(replayed)) == 0)
		texts_set(&out->findings[at], "box and class of the token", "others");
	return false;
}

static void vm_log_judge(const struct attestation_token *token, const struct reference *reference,
			 const struct event_log *log, struct appraisal *out)
{
	const struct event_vm *vm = event_log_choose(log, token->measurement);
	bool is_vouched_for;

	if (vm == NULL) {
		texts_set(finding_add(out, PART_LOG, "vm", VERDICT_UNKNOWN), digest_text(token->measurement),
			  "nothing: the log has no complete part of a VM");
		return;
	}
	is_vouched_for = log_judge(token, vm, out);
	machine_judge(vm, reference, is_vouched_for, out);
	for (const struct word *part = word_parts; part->word != NULL; part++)
		piece_judge(vm, reference, part, is_vouched_for, out);
}

/* The boot part is told by the token itself: the log may only say the same. */
static void boot_log_judge(const struct attestation_token *token, const struct boot_log *boot, struct appraisal *out)
{
	size_t same = 0;
	bool is_same;

	while (same < boot->count && same < token->component_count &&
	       strncmp(boot->entries[same].name, token->components[same].name, sizeof(boot->entries[same].name)) == 0 &&
	       memcmp(boot->entries[same].sha256, token->components[same].sha256, DIGEST_BYTES) == 0)
		same++;
	is_same = same == boot->count && same == token->component_count;
	texts_set(finding_add(out, PART_LOG, "boot", boot->count == 0 ? VERDICT_UNKNOWN :
			      is_same ? VERDICT_MATCH : VERDICT_MISMATCH),
		  text("the %u entries of the token", token->component_count),
		  boot->count == 0 ? "nothing: the log has no part of a boot" : is_same ? "the same" :
		  text("another entry %zu of %zu%s%.15s", same, boot->count, same < boot->count ? ": " : "",
		       same < boot->count ? boot->entries[same].name : ""));
}

void appraise(const struct attestation_token *token, const struct reference *reference, const struct event_log *log,
	      struct appraisal *out)
{
	out->count = 0;
	firmware_judge(token, reference, out);
	vm_judge(token, reference, out);
	if (log == NULL)
		return;
	boot_log_judge(token, &log->boot, out);
	vm_log_judge(token, reference, log, out);
}

enum verdict appraisal_verdict(const struct appraisal *appraisal, enum appraisal_part part)
{
	enum verdict heaviest = VERDICT_MATCH;

	for (size_t i = 0; i < appraisal->count; i++) {
		const struct finding *finding = &appraisal->findings[i];

		if ((part == PART_COUNT || finding->part == part) && finding->verdict > heaviest)
			heaviest = finding->verdict;
	}
	return heaviest;
}

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_MATCH] = "MATCH", [VERDICT_UNKNOWN] = "UNKNOWN", [VERDICT_MISMATCH] = "MISMATCH",
	};

	return names[verdict];
}

const char *part_name(enum appraisal_part part)
{
	static const char *const names[PART_COUNT] = {
		[PART_DEVICE] = "device", [PART_FIRMWARE] = "firmware", [PART_MEDIATOR] = "mediator", [PART_BOX] = "box",
		[PART_VM] = "vm", [PART_LOG] = "log",
	};

	return names[part];
}
