/*
 * Records in words: one sentence per event. Syndromes, addresses and calls are named in record_names.c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/record.h"
#include "lib/print.h"
#include "lib/signed.h"

/* What the sentences of one record are made of. */
struct sentence {
	const struct host_record *record;
	const struct record_reader *reader;
	const char *who;
	char *out;
	size_t bytes;
};

void record_domain(uint16_t who, uint64_t ticks, const struct record_reader *reader, char *out, size_t bytes)
{
	unsigned pair = (who - 2u) / 2;
	bool is_box = (who - 2u) % 2 == HOST_ROLE_BOX;
	char name[48] = "";

	if (who == 0) {
		print_string(out, bytes, "outer OS");
		return;
	}
	if (who < 2) {
		print_string(out, bytes, "domain %u", (unsigned)who);
		return;
	}
	if (reader->pair_name != NULL)
		reader->pair_name(reader->context, pair, ticks, name, sizeof(name));
	if (name[0] == '\0')
		print_string(name, sizeof(name), "pair %u", pair);
	print_string(out, bytes, is_box ? "box of %s" : "%s", name);
}

/* d of a refusal: granule state << 32 | who. Only the outer OS's addresses are granules. */
static void owner_name(const struct sentence *s, uint64_t owner, char *out, size_t bytes)
{
	char domain[64];

	if (s->record->who != 0) {
		out[0] = '\0';
	} else if (owner >> 32 == GRANULE_DATA || owner >> 32 == GRANULE_TABLE || owner >> 32 == GRANULE_CONTEXT) {
		record_domain((uint16_t)owner, s->record->ticks, s->reader, domain, sizeof(domain));
		print_string(out, bytes, "; owner: %s of %s", record_granule_state(owner >> 32), domain);
	} else {
		print_string(out, bytes, "; owner: %s", record_granule_state(owner >> 32));
	}
}

static const char *access_word(uint64_t esr)
{
	uint64_t class = esr >> 26 & 0x3f;

	if (class == 0x20 || class == 0x21)
		return "execute";
	return (esr & 0x40) != 0 ? "write" : "read";
}

static const char *const exit_reasons[] = {
	[HOST_EXIT_INTERRUPTED] = "an interrupt is the outer OS's",
	[HOST_EXIT_WAIT] = "it waits for an interrupt",
	[HOST_EXIT_NOTIFY] = "its box has a message",
	[HOST_EXIT_OFF] = "it turned itself off",
	[HOST_EXIT_RESET] = "it asked to be restarted",
	[HOST_EXIT_FAULT] = "its box cannot go on",
	[HOST_EXIT_TERMINATED] = "it was terminated",
};

static void say_exit(const struct sentence *s)
{
	const struct host_record *r = s->record;
	const char *reason = r->a < ARRAY_COUNT(exit_reasons) ? exit_reasons[r->a] : NULL;

	print_string(s->out, s->bytes, "%s left at pc 0x%lx: %s", s->who, r->b,
		     reason != NULL ? reason : "for an unknown reason");
}

static void say_irq(const struct sentence *s)
{
	uint64_t intid = s->record->a;
	const char *what = intid < 16 ? "software-generated" : intid == 26 ? "EL2 timer" :
			   intid == 27 ? "virtual timer" : intid == 25 ? "list registers" :
			   intid == 33 ? "UART0" : intid == 20 ? "notice" : "other";

	print_string(s->out, s->bytes, "interrupt %lu (%s) while %s ran", intid, what, s->who);
}

static void say_call(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char call[48];

	record_call(r->a, call, sizeof(call));
	print_string(s->out, s->bytes, "%s called %s(0x%lx, 0x%lx): %s", s->who, call, r->b,
		     r->c, record_status((int64_t)r->d));
}

static void say_enter(const struct sentence *s)
{
	print_string(s->out, s->bytes, "%s entered at pc 0x%lx", s->who, s->record->a);
}

static void say_fault(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char syndrome[128], place[64], owner[96];

	record_syndrome(r->a, syndrome, sizeof(syndrome));
	record_place(r->who, r->c, place, sizeof(place));
	owner_name(s, r->d, owner, sizeof(owner));
	print_string(s->out, s->bytes, "refused: %s may not %s 0x%lx: %s%s; pc 0x%lx; %s", s->who,
		     access_word(r->a), r->c, place, owner, r->b, syndrome);
}

static void say_refused_call(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char call[48], owner[96];

	record_call(r->a, call, sizeof(call));
	owner_name(s, r->d, owner, sizeof(owner));
	print_string(s->out, s->bytes, "refused: %s called %s on 0x%lx: %s%s", s->who, call,
		     r->b, record_status((int64_t)r->c), owner);
}

static void say_refused_sysreg(const struct sentence *s)
{
	char syndrome[128];

	record_syndrome(s->record->a, syndrome, sizeof(syndrome));
	print_string(s->out, s->bytes, "refused: %s at pc 0x%lx: %s", s->who, s->record->b, syndrome);
}

static void say_refused_interrupt(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char place[64];

	record_place(0, r->a, place, sizeof(place));
	print_string(s->out, s->bytes,
		     "refused: %s may not %s an interrupt that is not its own: 0x%lx (%s), value 0x%lx; pc 0x%lx",
		     s->who, r->d == 1 ? "configure" : "inspect", r->a, place, r->c, r->b);
}

static void say_box_fault(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char syndrome[128], place[64];

	record_syndrome(r->a, syndrome, sizeof(syndrome));
	record_place(r->who, r->c, place, sizeof(place));
	print_string(s->out, s->bytes, "stopped: %s at pc 0x%lx: %s, 0x%lx (%s)", s->who, r->b, syndrome,
		     r->c, place);
}

static void say_vm_abort(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char syndrome[128], place[64];

	record_syndrome(r->a, syndrome, sizeof(syndrome));
	record_place(r->who, r->c, place, sizeof(place));
	print_string(s->out, s->bytes, "abort given to %s: %s of 0x%lx (%s), nothing is there; pc 0x%lx; %s",
		     s->who, access_word(r->a), r->c, place, r->b, syndrome);
}

static void say_measurement(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char digest[RECORD_DIGEST_BYTES];

	record_digest((const uint64_t[]){ r->a, r->b, r->c, r->d }, digest);
	print_string(s->out, s->bytes, "refused: activation of %s, measurement %s is not in the policy", s->who, digest);
}

static void say_image(const struct sentence *s)
{
	const struct host_record *r = s->record;
	char digest[RECORD_DIGEST_BYTES];

	record_digest((const uint64_t[]){ r->a, r->b, r->c, r->d }, digest);
	print_string(s->out, s->bytes, "refused: activation of %s, measurement %s is not what its image says, or the image is not whole",
		     s->who, digest);
}

static void say_chunk(const struct sentence *s)
{
	const struct host_record *r = s->record;

	if (r->b == SIGNED_OK || r->b >= SIGNED_PROBLEM_COUNT)
		print_string(s->out, s->bytes, "refused: content of %s at 0x%lx: its image is closed", s->who, r->a);
	else
		print_string(s->out, s->bytes, "refused: content of %s at 0x%lx: its image %s", s->who, r->a,
			     signed_text((enum signed_problem)r->b));
}

static void (*const sentences[])(const struct sentence *) = {
	[HOST_EVENT_EXIT] = say_exit,
	[HOST_EVENT_IRQ] = say_irq,
	[HOST_EVENT_CALL] = say_call,
	[HOST_EVENT_ENTER] = say_enter,
	[HOST_EVENT_FAULT] = say_fault,
	[HOST_EVENT_REFUSED_CALL] = say_refused_call,
	[HOST_EVENT_REFUSED_SYSREG] = say_refused_sysreg,
	[HOST_EVENT_REFUSED_INTERRUPT] = say_refused_interrupt,
	[HOST_EVENT_BOX_FAULT] = say_box_fault,
	[HOST_EVENT_VM_ABORT] = say_vm_abort,
	[HOST_EVENT_MEASUREMENT] = say_measurement,
	[HOST_EVENT_IMAGE] = say_image,
	[HOST_EVENT_CHUNK] = say_chunk,
};

void record_describe(const struct host_record *record, unsigned cpu, const struct record_reader *reader, char *out,
		     size_t bytes)
{
	char text[RECORD_TEXT_BYTES], domain[64], who[80];

	record_domain(record->who, record->ticks, reader, domain, sizeof(domain));
	print_string(who, sizeof(who), record->who == 0 ? "%s" : "%s (vCPU %u)", domain, (unsigned)record->vcpu);
	struct sentence s = { record, reader, who, text, sizeof(text) };

	if (record->event < ARRAY_COUNT(sentences) && sentences[record->event] != NULL)
		sentences[record->event](&s);
	else
		print_string(text, sizeof(text), "event %u of %s: 0x%lx 0x%lx 0x%lx 0x%lx", record->event, who,
			     record->a, record->b, record->c, record->d);
	print_string(out, bytes, "cpu%u  %s", cpu, text);
}
