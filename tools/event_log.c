/*
 * Reads logs out of captures. A line counts if it is one in all of its words; what stands between the lines of a part
 * does not matter.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tools/event_log.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "abi/host.h"
#include "tools/public_key.h"
#include "tools/word.h"

#define CAPTURE_BYTES_MAX	(64ull << 20)
#define WORDS_MAX		20

/* Kinds of lines, after enum vmimage_part. */
enum line_kind { LINE_MACHINE = VMIMAGE_PART_END, LINE_BOX };
#define LINES_NEEDED	(1u << VMIMAGE_KERNEL | 1u << VMIMAGE_TREE | 1u << VMIMAGE_ARGS | 1u << LINE_MACHINE | 1u << LINE_BOX)

/* What is being read. */
struct reading {
	struct event_log *log;
	struct boot_log boot;
	struct event_vm vm;
	bool is_in_vm;
};

static size_t words_split(char *line, char *words[WORDS_MAX])
{
	size_t count = 0;
	char *rest = line;

	for (char *word; count < WORDS_MAX && (word = strsep(&rest, " \t\r")) != NULL;) {
		if (*word != '\0')
			words[count++] = word;
	}
	return count;
}

static bool number_take(const char *word, uint64_t *out)
{
	bool is_hex = strncmp(word, "0x", 2) == 0;
	const char *digits = is_hex ? word + 2 : word;
	char *end;

	errno = 0;
	*out = strtoull(digits, &end, is_hex ? 16 : 10);
	return errno == 0 && *end == '\0' && strchr("0123456789abcdef", *digits) != NULL && *digits != '\0';
}

/* measured NAME SHA256. A log begins with the ROM: what was read before it is an older one. */
static bool boot_line_take(struct reading *reading, char *words[WORDS_MAX])
{
	struct boot_measurement *entry = &reading->boot.entries[reading->boot.count];
	uint8_t digest[DIGEST_BYTES];

	if (strlen(words[1]) >= sizeof(entry->name) || !digest_parse(words[2], digest))
		return true;
	if (strcmp(words[1], "rom") == 0) {
		reading->boot.count = 0;
		entry = &reading->boot.entries[0];
	}
	if (reading->boot.count == ARRAY_COUNT(reading->boot.entries))
		return false;
	*entry = (struct boot_measurement){ .name = "" };
	memcpy(entry->name, words[1], strlen(words[1]));
	memcpy(entry->sha256, digest, sizeof(digest));
	reading->boot.count++;
	return true;
}

/* machine class N options N vcpus N ram-base N ram N entry N x0 N */
static void machine_line_take(struct event_vm *vm, char *words[WORDS_MAX], size_t count)
{
	static const char *const names[] = { "class", "options", "vcpus", "ram-base", "ram", "entry", "x0" };
	uint64_t numbers[ARRAY_COUNT(names)];

	if (count != 2 + 2 * ARRAY_COUNT(names))
		return;
	for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
		if (strcmp(words[2 + 2 * i], names[i]) != 0 || !number_take(words[3 + 2 * i], &numbers[i]))
			return;
	}
	vm->header.role = HOST_ROLE_VM;
	vm->header.class = (uint32_t)numbers[0];
	vm->header.options = numbers[1];
	vm->header.vcpu_count = (uint32_t)numbers[2];
	vm->header.ram_base = numbers[3];
	vm->header.ram_bytes = numbers[4];
	vm->header.entry = numbers[5];
	vm->header.x0 = numbers[6];
	vm->lines |= 1u << LINE_MACHINE;
}

/* PART ADDRESS BYTES DIGEST */
static void piece_line_take(struct event_vm *vm, unsigned part, char *words[WORDS_MAX])
{
	struct event_piece piece = { .bytes = 0 };

	if (!number_take(words[2], &piece.run.base) || !number_take(words[3], &piece.bytes) || piece.bytes == 0 ||
	    piece.bytes > UINT32_MAX || !digest_parse(words[4], (uint8_t *)piece.run.digest))
		return;
	piece.run.bytes = (piece.bytes + VMIMAGE_CHUNK_BYTES - 1) & ~(VMIMAGE_CHUNK_BYTES - 1ull);
	vm->pieces[part] = piece;
	vm->lines |= 1u << part;
}

static void vm_end(struct reading *reading, const char *digest)
{
	struct event_log *log = reading->log;

	reading->is_in_vm = false;
	if (!digest_parse(digest, reading->vm.measurement) || (reading->vm.lines & LINES_NEEDED) != LINES_NEEDED)
		return;
	if (log->vm_count == EVENT_VMS_MAX)
		memmove(log->vms, log->vms + 1, --log->vm_count * sizeof(log->vms[0]));
	log->vms[log->vm_count++] = reading->vm;
}

static void digest_line_take(struct reading *reading, const char *name, const char *digest)
{
	struct event_vm *vm = &reading->vm;

	if (strcmp(name, "box") == 0 && digest_parse(digest, vm->header.box))
		vm->lines |= 1u << LINE_BOX;
	else if (strcmp(name, "measurement") == 0)
		vm_end(reading, digest);
}

/* event WORD ... */
static void vm_line_take(struct reading *reading, char *words[WORDS_MAX], size_t count)
{
	const struct word *part = word_find(word_parts, words[1]);

	if (count == 3 && strcmp(words[1], "vm") == 0) {
		reading->vm = (struct event_vm){ .lines = 0 };
		(void)snprintf(reading->vm.name, sizeof(reading->vm.name), "%s", words[2]);
		reading->is_in_vm = true;
	} else if (reading->is_in_vm && part != NULL && count == 5) {
		piece_line_take(&reading->vm, (unsigned)part->value, words);
	} else if (reading->is_in_vm && strcmp(words[1], "machine") == 0) {
		machine_line_take(&reading->vm, words, count);
	} else if (reading->is_in_vm && count == 3) {
		digest_line_take(reading, words[1], words[2]);
	}
}

static bool line_take(struct reading *reading, char *line)
{
	char *words[WORDS_MAX];
	size_t count = words_split(line, words);

	if (count == 3 && strcmp(words[0], "measured") == 0)
		return boot_line_take(reading, words);
	if (count >= 3 && strcmp(words[0], "event") == 0)
		vm_line_take(reading, words, count);
	return true;
}

/* A capture may have NULs; a line ends there as well. */
bool event_log_parse(struct event_log *log, const char *bytes, size_t count)
{
	struct reading reading = { .log = log };
	char *copy = malloc(count + 1);
	bool is_taken = copy != NULL;

	*log = (struct event_log){ .vm_count = 0 };
	if (copy == NULL)
		return false;
	memcpy(copy, bytes, count);
	copy[count] = '\0';
	for (size_t at = 0, end; is_taken && at < count; at = end + 1) {
		end = at + strcspn(copy + at, "\n");
		copy[end] = '\0';
		is_taken = line_take(&reading, copy + at);
	}
	log->boot = reading.boot;
	free(copy);
	return is_taken;
}

int event_log_read(struct event_log *log, const char *path)
{
	struct file file;
	int result = file_read(&file, path, CAPTURE_BYTES_MAX);
	bool is_taken;

	if (result != TOOL_DONE)
		return result;
	is_taken = event_log_parse(log, (const char *)file.bytes, file.count);
	file_free(&file);
	if (is_taken && log->boot.count + log->vm_count > 0)
		return TOOL_DONE;
	return refuse(TOOL_CONFIGURATION, &(struct refusal){
		.code = "no-log", .object = path, .problem = "there is no log of measurements in the file",
		.expected = "lines 'measured NAME SHA256', the first one of the ROM, or lines 'event ...'",
		.found = text("%zu of the former%s", log->boot.count, is_taken ? "" : ", more than a boot makes"),
		.advice = "keep what 'events NAME', or 'info', at the control prompt prints" });
}

bool event_vm_replay(const struct event_vm *vm, uint8_t out[DIGEST_BYTES])
{
	struct digest_piece link[] = { { ANCHOR_CHAIN_TAG_VM, sizeof(ANCHOR_CHAIN_TAG_VM) - 1 }, { NULL, 0 } };
	bool ok = digest_pieces(DIGEST_SHA256, link, 1, out);

	link[0] = (struct digest_piece){ out, DIGEST_BYTES };
	/* Parts are in ascending order of address, as lib/vmplan places them; otherwise it is another measurement. */
	for (unsigned part = 0; part < VMIMAGE_PART_END && ok; part++) {
		link[1] = (struct digest_piece){ &vm->pieces[part].run, sizeof(vm->pieces[part].run) };
		if (vm->pieces[part].bytes != 0)
			ok = digest_pieces(DIGEST_SHA256, link, 2, out);
	}
	link[1] = (struct digest_piece){ &vm->header, sizeof(vm->header) };
	return ok && digest_pieces(DIGEST_SHA256, link, 2, out);
}

const struct event_vm *event_log_choose(const struct event_log *log, const uint8_t measurement[DIGEST_BYTES])
{
	for (size_t i = log->vm_count; i-- > 0;) {
		uint8_t replayed[DIGEST_BYTES];

		if (event_vm_replay(&log->vms[i], replayed) && memcmp(replayed, measurement, sizeof(replayed)) == 0)
			return &log->vms[i];
	}
	return log->vm_count > 0 ? &log->vms[log->vm_count - 1] : NULL;
}
