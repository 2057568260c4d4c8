/*
 * The console thread: decides who gets what is typed and what of a VM's output is shown. Bytes in a
 * shared page are moved by console_page.c.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lwk/console.h"
#include "lib/memory.h"
#include "lwk/console_page.h"
#include "lwk/host.h"
#include "lwk/serial.h"
#include "lwk/terminal.h"
#include "lwk/vm.h"

#define TYPED_BYTES		256
#define RETRY_MS		5
/* While so much of the attached VM's output is not shown yet, its box has to wait. */
#define BACKLOG_MAX		(CONSOLE_HISTORY_BYTES / 2)

/* Bytes typed, for one reader. */
struct typed {
	char bytes[TYPED_BYTES];
	uint32_t head, tail;
};

static struct thread *console_thread;
static struct thread *shell_thread;
static atomic_bool follow;

/* Taken last of all spinlocks but the scheduler's. */
static struct spinlock lock;
static struct typed to_shell, to_vm;
static struct vm *attached;
static uint64_t shown;			/* history count up to which the attached VM's output was sent */

/* The console thread's: what was printed before the terminal was attached is being shown. */
static struct {
	uint64_t until;			/* history count where the past ends */
	bool skips_line;		/* it starts inside a line, which is left out */
	uint8_t sequence[16];		/* an escape sequence that is not complete */
	unsigned used;
} replay;

void console_wake(void)
{
	if (console_thread != NULL)
		thread_unpark(console_thread);
}

void console_follow(bool on)
{
	atomic_store(&follow, on);
}

static bool typed_push(struct typed *typed, char c)
{
	if (typed->head - typed->tail == TYPED_BYTES)
		return false;
	typed->bytes[typed->head++ % TYPED_BYTES] = c;
	return true;
}

struct vm *console_attached(void)
{
	uint64_t mask = lock_take(&lock);
	struct vm *vm = attached;

	lock_drop(&lock, mask);
	return vm;
}

static void attached_set(struct vm *vm, uint64_t from)
{
	uint64_t mask = lock_take(&lock);

	attached = vm;
	shown = from;
	to_vm.tail = to_vm.head;
	lock_drop(&lock, mask);
	if (vm == NULL && shell_thread != NULL)
		thread_unpark(shell_thread);
}

static uint64_t history_first(const struct console *console)
{
	uint64_t head = atomic_load(&console->history_head);

	return head > CONSOLE_HISTORY_BYTES ? head - CONSOLE_HISTORY_BYTES : 0;
}

void console_attach(struct vm *vm)
{
	shell_thread = thread_current();
	terminal_print("-- console of %s; Ctrl-] leaves it --\n", vm->name);
	uint64_t first = history_first(&vm->console);

	/* The console thread looks at it only after attached is set. */
	replay.until = atomic_load(&vm->console.history_head);
	replay.skips_line = first > 0;
	replay.used = 0;
	attached_set(vm, first);
	console_wake();
	while (console_attached() != NULL)
		thread_park(TIMER_NEVER);
}

void console_forget(struct vm *vm)
{
	if (console_attached() == vm)
		attached_set(NULL, 0);
}

/* Keep bytes in the history; the oldest go. */
static void history_add(struct console *console, const uint8_t *bytes, size_t count)
{
	uint64_t head = atomic_load(&console->history_head);

	for (size_t i = 0; i < count; i++)
		console->history[head++ % CONSOLE_HISTORY_BYTES] = bytes[i];
	atomic_store(&console->history_head, head);
}

/* Collect a line; true when it is complete. What a VM prints may not steer the operator's terminal. */
static bool line_add(struct console_line *line, char c)
{
	if (c == '\n' || line->used + 1 == CONSOLE_LINE_BYTES) {
		line->text[line->used] = '\0';
		line->used = 0;
		return true;
	}
	if (c != '\r')
		line->text[line->used++] = c >= ' ' && c < 0x7f ? c : '.';
	return false;
}

static void output_take(struct vm *vm, const uint8_t *bytes, size_t count)
{
	struct console *console = &vm->console;

	history_add(console, bytes, count);
	atomic_fetch_add(&console->printed, count);
	for (size_t i = 0; i < count; i++) {
		if (line_add(&console->line, (char)bytes[i]) && atomic_load(&follow) && console_attached() != vm)
			terminal_print("[%s] %s\n", vm->name, console->line.text);
	}
}

/* The box's own lines go into the history too, so that attaching late shows them. */
static void log_take(struct vm *vm, const uint8_t *bytes, size_t count)
{
	struct console *console = &vm->console;

	for (size_t i = 0; i < count; i++) {
		if (!line_add(&console->log_line, (char)bytes[i]))
			continue;
		const char *text = console->log_line.text;

		history_add(console, (const uint8_t *)"[box] ", 6);
		history_add(console, (const uint8_t *)text, strlen(text));
		history_add(console, (const uint8_t *)"\r\n", 2);
		if (atomic_load(&follow) && console_attached() != vm)
			terminal_print("[%s box] %s\n", vm->name, text);
	}
}

/*
 * Move what the box has for us: at most a ring full, so that a box which never stops does not keep the
 * console thread. Returns true if something may be left, also for want of room on the line.
 */
static bool page_drain(struct vm *vm)
{
	struct console *console = &vm->console;
	uint8_t bytes[256];
	size_t count, logged, moved = 0;

	do {
		if (console_attached() == vm && atomic_load(&console->history_head) - shown > BACKLOG_MAX)
			return true;
		logged = console_page_read(console, CONSOLE_PAGE_LOG, bytes, sizeof(bytes));
		log_take(vm, bytes, logged);
		count = console_page_read(console, CONSOLE_PAGE_OUT, bytes, sizeof(bytes));
		output_take(vm, bytes, count);
		moved += logged + count;
	} while (logged + count > 0 && moved < CONSOLE_OUT_BYTES);
	return logged + count > 0;
}

/* A box that waited for room in its ring, or for input, is told. */
static void box_notify(const struct vm *vm)
{
	(void)host_call(HOST_NOTIFY, vm->handle, 0, 0);
}

static bool vm_service(struct vm *vm)
{
	struct console *console = &vm->console;
	bool more = false;

	if (console->page == 0)
		return false;
	mutex_take(&console->lock);
	if (console->page != 0) {
		bool was_full = console_page_is_full(console);

		more = page_drain(vm);
		if (was_full && !console_page_is_full(console))
			box_notify(vm);
	}
	mutex_drop(&console->lock);
	return more;
}

void console_open(struct vm *vm, uint64_t pa)
{
	struct console *console = &vm->console;

	mutex_take(&console->lock);
	if (console->page == 0 && !console_page_open(console, pa) && !console->complained) {
		console->complained = true;
		terminal_print("error: the box of %s says it shared its console page, but it is not there\n"
			       "  where:    0x%lx (box address 0x%x)\n"
			       "  expected: magic number 0x%x\n"
			       "  do:       `log`; %s runs on without a console\n",
			       vm->name, pa, BOX_CONSOLE_PAGE, CONSOLE_MAGIC, vm->name);
	}
	mutex_drop(&console->lock);
	console_wake();
}

void console_close(struct vm *vm)
{
	struct console *console = &vm->console;

	mutex_take(&console->lock);
	if (console->page != 0)
		(void)page_drain(vm);
	console->page = 0;
	console->complained = false;
	console->line.used = 0;
	console->log_line.used = 0;
	mutex_drop(&console->lock);
}

static void detach(const struct vm *vm, const char *why)
{
	attached_set(NULL, 0);
	terminal_print("-- console of %s left: %s --\n", vm->name, why);
}

/* Sort what was typed: to the attached VM, or to the shell. */
static void input_sort(void)
{
	for (int byte = serial_receive(); byte >= 0; byte = serial_receive()) {
		struct vm *vm = console_attached();

		if (vm != NULL && byte == CONSOLE_LEAVE_KEY) {
			detach(vm, "Ctrl-]");
			continue;
		}
		uint64_t mask = lock_take(&lock);

		/* A reader that is that far behind loses what is typed now. */
		(void)typed_push(vm != NULL ? &to_vm : &to_shell, (char)byte);
		lock_drop(&lock, mask);
	}
	if (shell_thread != NULL && to_shell.head != to_shell.tail)
		thread_unpark(shell_thread);
}

/* Hand what was typed to the VM's box. Returns true if its ring is full and the rest has to wait. */
static bool input_send(struct vm *vm)
{
	struct console *console = &vm->console;
	bool full = false, sent = false;

	mutex_take(&console->lock);
	while (to_vm.head != to_vm.tail && !full) {
		full = console->page != 0 &&
		       !console_page_write(console, (uint8_t)to_vm.bytes[to_vm.tail % TYPED_BYTES]);
		/* A VM that has no console yet hears nothing. */
		if (!full) {
			to_vm.tail++;
			sent = console->page != 0;
		}
	}
	if (sent)
		box_notify(vm);
	mutex_drop(&console->lock);
	return full;
}

/*
 * One byte of the past. Queries ("ESC [ ... n", "ESC [ ... c") are left out: the terminal would answer them
 * now, and its answers would be typed into the VM.
 */
static void replay_byte(uint8_t byte)
{
	bool in_sequence = replay.used > 0;

	if (replay.skips_line) {
		replay.skips_line = byte != '\n';
		return;
	}
	replay.sequence[replay.used++] = byte;
	if (!in_sequence && byte == '\033')
		return;
	if (in_sequence && replay.used < sizeof(replay.sequence) &&
	    (replay.used == 2 ? byte == '[' : byte >= ' ' && byte < '@'))
		return;
	if (replay.used < 3 || (byte != 'n' && byte != 'c'))
		(void)terminal_raw(replay.sequence, replay.used);
	replay.used = 0;
}

/* Send history to the terminal as far as the line takes it. Returns true if there is more. */
static bool output_show(struct vm *vm)
{
	const struct console *console = &vm->console;
	uint64_t head = atomic_load(&console->history_head), first = history_first(console);

	if (shown < first)
		shown = first;
	for (; shown < head && shown < replay.until; shown++) {
		if (serial_pending() > SERIAL_BYTES / 2)
			return true;
		replay_byte(console->history[shown % CONSOLE_HISTORY_BYTES]);
	}
	while (shown < head) {
		uint64_t at = shown % CONSOLE_HISTORY_BYTES, count = head - shown;

		if (count > CONSOLE_HISTORY_BYTES - at)
			count = CONSOLE_HISTORY_BYTES - at;
		size_t taken = terminal_raw(console->history + at, count);

		if (taken == 0)
			return true;
		shown += taken;
	}
	return false;
}

static bool attached_service(struct vm *vm)
{
	bool ended = atomic_load(&vm->state) == VM_STOPPED && vm_is_settled(vm);
	bool more = input_send(vm);

	more = output_show(vm) || more;
	if (ended && !more) {
		char reason[VM_REASON_BYTES];

		vm_reason(vm, reason, sizeof(reason));
		detach(vm, reason);
	}
	return more;
}

static void console_main(void *argument)
{
	(void)argument;
	for (;;) {
		bool more = false;

		input_sort();
		for (unsigned i = 0; i < VM_MAX; i++)
			more = vm_service(&vms[i]) || more;
		struct vm *vm = console_attached();

		if (vm != NULL)
			more = attached_service(vm) || more;
		thread_park(more ? timer_now() + timer_from_ms(RETRY_MS) : TIMER_NEVER);
	}
}

void console_start(void)
{
	console_thread = thread_create("console", console_main, NULL, true);
}

char console_read(void)
{
	shell_thread = thread_current();
	for (;;) {
		uint64_t mask = lock_take(&lock);
		bool any = to_shell.head != to_shell.tail;
		char c = any ? to_shell.bytes[to_shell.tail++ % TYPED_BYTES] : '\0';

		lock_drop(&lock, mask);
		if (any)
			return c;
		thread_park(TIMER_NEVER);
	}
}
