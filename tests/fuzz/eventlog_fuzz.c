/*
 * Any bytes as a capture of a console with event logs in it. What was read of a VM is the same when it is read once more
 * from lines that are written anew; it replays, or it does not.
 * Covers: tools/event_log.c
 * Links: lib/cose.c lib/cbor.c lib/signed.c tools/crypto.c tools/public_key.c tools/file.c tools/word.c -lcrypto
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/fuzz/target.h"
#include "tools/event_log.h"
#include "tools/word.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct event_log events, again;

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* In the place of tools/refuse.c: nothing is printed. */
int refuse(int exit_code, const struct refusal *refusal)
{
	must(refusal->code[0] != '\0' && refusal->problem[0] != '\0' && refusal->expected[0] != '\0');
	return exit_code;
}

const char *text(const char *format, ...)
{
	static char texts[8][512];
	static unsigned next;
	char *out = texts[next++ % 8];
	va_list args;

	va_start(args, format);
	must(vsnprintf(out, 512, format, args) >= 0);
	va_end(args);
	return out;
}

static const char *hex(const void *digest)
{
	static char texts[4][DIGEST_TEXT_BYTES];
	static unsigned next;
	char *text_ = texts[next++ % 4];

	digest_print(digest, text_);
	return text_;
}

static void vm_check(const struct event_vm *vm)
{
	static char lines[2048];
	const struct measurement_header *header = &vm->header;
	uint8_t replayed[2][DIGEST_BYTES];
	int used = snprintf(lines, sizeof(lines), "event vm %s\nevent machine class %u options %ju vcpus %u ram-base %ju "
			    "ram %ju entry 0x%jx x0 0x%jx\nevent box %s\n", vm->name, header->class,
			    (uintmax_t)header->options, header->vcpu_count, (uintmax_t)header->ram_base,
			    (uintmax_t)header->ram_bytes, (uintmax_t)header->entry, (uintmax_t)header->x0, hex(header->box));

	for (const struct word *part = word_parts; part->word != NULL; part++) {
		const struct event_piece *piece = &vm->pieces[part->value];

		if (piece->bytes != 0)
			used += snprintf(lines + used, sizeof(lines) - (size_t)used, "event %s %ju %ju %s\n", part->word,
					 (uintmax_t)piece->run.base, (uintmax_t)piece->bytes, hex(piece->run.digest));
	}
	used += snprintf(lines + used, sizeof(lines) - (size_t)used, "event measurement %s\n", hex(vm->measurement));
	must(event_log_parse(&again, lines, (size_t)used) && again.vm_count == 1);
	must(memcmp(&again.vms[0].header, &vm->header, sizeof(vm->header)) == 0 &&
	     memcmp(again.vms[0].pieces, vm->pieces, sizeof(vm->pieces)) == 0 &&
	     memcmp(again.vms[0].measurement, vm->measurement, sizeof(vm->measurement)) == 0);
	must(event_vm_replay(vm, replayed[0]) && event_vm_replay(&again.vms[0], replayed[1]) &&
	     memcmp(replayed[0], replayed[1], DIGEST_BYTES) == 0);
}

/* The same from a file, which has to have something of a log. */
static void file_try(const uint8_t *data, size_t count, bool is_taken)
{
	static int file = -1;
	char path[32];

	if (file < 0)
		file = memfd_create("capture", 0);
	must(file >= 0 && ftruncate(file, 0) == 0 && pwrite(file, data, count, 0) == (ssize_t)count);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", file);

	int result = event_log_read(&again, path);

	must((result == TOOL_DONE) == (is_taken && again.boot.count + again.vm_count > 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count)
{
	static const uint8_t none[DIGEST_BYTES];
	bool is_taken = event_log_parse(&events, count > 0 ? (const char *)data : "", count);

	file_try(data, count, is_taken);
	if (!is_taken)
		return 0;
	must(events.vm_count <= EVENT_VMS_MAX && events.boot.count <= BOOT_MEASUREMENT_MAX);
	must((event_log_choose(&events, none) == NULL) == (events.vm_count == 0));
	for (size_t i = 0; i < events.vm_count; i++)
		vm_check(&events.vms[i]);
	return 0;
}
