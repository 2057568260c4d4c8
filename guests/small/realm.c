/*
 * The small guest as a realm: every call of the realm services interface, with arguments that are right and wrong.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/psci.h"
#include "abi/rsi.h"
#include "abi/smccc.h"
#include "arch/cpu.h"
#include "arch/sysreg.h"
#include "guests/small/small.h"
#include "lib/memory.h"
#include "lib/vmplan.h"

#define PAGE		4096ull
#define SHARED_HALF	(1ull << 39)
#define SECRET		0x5ec3e75ec3e75ec3ull

/* Shared and taken back; the second one stays private. */
static ALIGNED(4096) volatile uint64_t pages[2][PAGE / 8];

static unsigned checks, wrong;

static uint64_t address(unsigned page)
{
	return (uintptr_t)pages[page];
}

static void check(bool is_right, const char *what, uint64_t found)
{
	checks++;
	if (is_right)
		return;
	wrong++;
	print("rsi: wrong: %s: 0x%lx\n", what, found);
}

static uint64_t rsi(struct probe *out, uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	const uint64_t args[8] = { id, a, b, c, RSI_RIPAS_DESTROYED };

	probe_smc(out, args);
	return out->value[0];
}

static void expect(const char *what, uint64_t status, uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
	struct probe out;
	uint64_t found = rsi(&out, id, a, b, c);

	check(found == status, what, found);
}

static void discovery_check(void)
{
	struct probe out;

	check(rsi(&out, RSI_VERSION, RSI_VERSION_1_0, 0, 0) == RSI_SUCCESS && out.value[1] == RSI_VERSION_1_0 &&
	      out.value[2] == RSI_VERSION_1_0, "version 1.0 is there", out.value[1]);
	expect("version 2.0 is not", RSI_ERROR_INPUT, RSI_VERSION, 0x20000, 0, 0);
	check(rsi(&out, RSI_FEATURES, 0, 0, 0) == RSI_SUCCESS && out.value[1] == 0, "no features", out.value[1]);
	expect("behind the last call", (uint64_t)SMCCC_NOT_SUPPORTED, RSI_CALL_END, 0, 0, 0);
}

static void config_check(void)
{
	pages[1][0] = 0;
	pages[1][511] = SECRET;
	expect("configuration", RSI_SUCCESS, RSI_REALM_CONFIG, address(1), 0, 0);
	check(pages[1][0] == 40 && pages[1][1] == RSI_HASH_SHA_256 && pages[1][511] == 0, "its content", pages[1][0]);
	expect("configuration, not a granule", RSI_ERROR_INPUT, RSI_REALM_CONFIG, address(1) + 8, 0, 0);
	expect("configuration, not RAM", RSI_ERROR_INPUT, RSI_REALM_CONFIG, VM_UART_BASE, 0, 0);
	expect("configuration, shared half", RSI_ERROR_INPUT, RSI_REALM_CONFIG, address(1) | SHARED_HALF, 0, 0);
	expect("configuration, nowhere", RSI_ERROR_INPUT, RSI_REALM_CONFIG, ~0xfffull, 0, 0);
}

static void measurement_check(void)
{
	struct probe first, second;

	check(rsi(&first, RSI_MEASUREMENT_READ, 0, 0, 0) == RSI_SUCCESS && (first.value[1] | first.value[2]) != 0,
	      "initial measurement", first.value[1]);
	(void)rsi(&first, RSI_MEASUREMENT_READ, 1, 0, 0);
	expect("extend", RSI_SUCCESS, RSI_MEASUREMENT_EXTEND, 1, 8, SECRET);
	check(rsi(&second, RSI_MEASUREMENT_READ, 1, 0, 0) == RSI_SUCCESS && second.value[1] != first.value[1],
	      "extended", second.value[1]);
	expect("extend by nothing", RSI_SUCCESS, RSI_MEASUREMENT_EXTEND, 1, 0, 0);
	expect("extend, initial", RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, 0, 8, 0);
	expect("extend, no such", RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, RSI_MEASUREMENT_COUNT, 8, 0);
	expect("extend, too long", RSI_ERROR_INPUT, RSI_MEASUREMENT_EXTEND, 1, RSI_MEASUREMENT_VALUE_MAX + 1, 0);
	expect("read, no such", RSI_ERROR_INPUT, RSI_MEASUREMENT_READ, RSI_MEASUREMENT_COUNT, 0, 0);
}

static uint8_t token[RSI_TOKEN_BYTES_MAX];
/* Of the last one: calls, and counter ticks in them, all and of the longest. */
static uint64_t token_calls, token_ticks, token_longest;

/* The token that was begun, in pieces of at most @part bytes through a page; how many bytes it has, 0 if there is none. */
static uint64_t token_fetch(uint64_t part)
{
	const volatile uint8_t *page = (const volatile uint8_t *)pages[1];
	uint64_t count = 0, status = RSI_INCOMPLETE;
	struct probe out;

	token_ticks = token_longest = 0;
	for (token_calls = 0; status == RSI_INCOMPLETE; token_calls++) {
		uint64_t start = read_cntvct_el0(), ticks;

		/* At the end of the page. */
		status = rsi(&out, RSI_ATTESTATION_TOKEN_CONTINUE, address(1), PAGE - part, part);
		ticks = read_cntvct_el0() - start;
		token_ticks += ticks;
		token_longest = ticks > token_longest ? ticks : token_longest;
		if ((status != RSI_INCOMPLETE && status != RSI_SUCCESS) || out.value[1] > part ||
		    out.value[1] > sizeof(token) - count)
			return 0;
		for (uint64_t i = 0; i < out.value[1]; i++)
			token[count++] = page[PAGE - part + i];
	}
	return count;
}

static void token_check(void)
{
	struct probe out;

	expect("token, not begun", RSI_ERROR_STATE, RSI_ATTESTATION_TOKEN_CONTINUE, address(1), 0, PAGE);
	check(rsi(&out, RSI_ATTESTATION_TOKEN_INIT, 1, 2, 3) == RSI_SUCCESS && out.value[1] == RSI_TOKEN_BYTES_MAX,
	      "token begun", out.value[1]);
	expect("token, not a granule", RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, address(1) + 1, 0, PAGE);
	expect("token, past the granule", RSI_ERROR_INPUT, RSI_ATTESTATION_TOKEN_CONTINUE, address(1), 8, PAGE);
	check(token_fetch(PAGE) > 0, "token", 0);
}

/* The token in hexadecimal, 32 bytes a line. */
static void command_attest(const struct words *words)
{
	const uint64_t challenge = words->number[1], args[8] = {
		RSI_ATTESTATION_TOKEN_INIT, challenge, challenge + 1, challenge + 2, challenge + 3, challenge + 4,
		challenge + 5, challenge + 6,
	};
	uint64_t part = words->count > 2 ? words->number[2] : PAGE, count = 0;
	struct probe out = { .value = { RSI_ERROR_UNKNOWN } };

	probe_smc(&out, args);
	if (out.value[0] == RSI_SUCCESS && part > 0 && part <= PAGE)
		count = token_fetch(part);
	for (uint64_t at = 0; at < count; at++)
		print("%s%02x%s", at % 32 == 0 ? "attest: " : "", token[at], at % 32 == 31 || at + 1 == count ? "\n" : "");
	print("attest: %lu bytes, %lu calls, %lu ticks, %lu the longest\n", count, token_calls, token_ticks, token_longest);
}

static void state_expect(const char *what, uint64_t base, uint64_t top, uint64_t end, uint64_t state)
{
	struct probe out;

	check(rsi(&out, RSI_IPA_STATE_GET, base, top, 0) == RSI_SUCCESS && out.value[1] == end &&
	      out.value[2] == state, what, out.value[1]);
}

static void share_check(void)
{
	uint64_t page = address(0);
	struct probe out;

	pages[0][0] = SECRET;
	check(rsi(&out, RSI_IPA_STATE_SET, page, page + PAGE, RSI_RIPAS_EMPTY) == RSI_SUCCESS &&
	      out.value[1] == page + PAGE && out.value[2] == RSI_ACCEPT, "share", out.value[1]);
	check(pages[0][0] == 0, "a shared page is zero", pages[0][0]);
	state_expect("shared", page, page + PAGE, page + PAGE, RSI_RIPAS_EMPTY);
	pages[0][1] = 7;
	check(rsi(&out, RSI_IPA_STATE_SET, page, page + PAGE, RSI_RIPAS_RAM) == RSI_SUCCESS &&
	      out.value[1] == page + PAGE, "take back", out.value[1]);
	check(pages[0][1] == 7, "what is taken back keeps its content", pages[0][1]);
	state_expect("private", page, page + 2 * PAGE, page + 2 * PAGE, RSI_RIPAS_RAM);
	expect("share, not granules", RSI_ERROR_INPUT, RSI_IPA_STATE_SET, page + 8, page + PAGE, RSI_RIPAS_EMPTY);
	expect("share, empty range", RSI_ERROR_INPUT, RSI_IPA_STATE_SET, page, page, RSI_RIPAS_EMPTY);
	expect("share, shared half", RSI_ERROR_INPUT, RSI_IPA_STATE_SET, page | SHARED_HALF,
	       (page | SHARED_HALF) + PAGE, RSI_RIPAS_EMPTY);
	expect("share, no such state", RSI_ERROR_INPUT, RSI_IPA_STATE_SET, page, page + PAGE, RSI_RIPAS_DESTROYED);
	check(rsi(&out, RSI_IPA_STATE_SET, VM_UART_BASE, VM_UART_BASE + PAGE, RSI_RIPAS_RAM) == RSI_SUCCESS &&
	      out.value[1] == VM_UART_BASE && out.value[2] == RSI_REJECT, "a device cannot be RAM", out.value[2]);
	state_expect("redistributors are the mediator's", VM_GICR_BASE, VM_GICR_BASE + VM_GICR_STRIDE,
		     VM_GICR_BASE + VM_GICR_STRIDE, RSI_RIPAS_DEV);
	state_expect("the UART is the box's", VM_UART_BASE, VM_UART_BASE + PAGE, VM_UART_BASE + PAGE, RSI_RIPAS_EMPTY);
	expect("state, empty range", RSI_ERROR_INPUT, RSI_IPA_STATE_GET, page, page, 0);
}

static void host_call_check(void)
{
	struct rsi_host_call *call = (void *)(uintptr_t)address(1);

	memset(call, 0, sizeof(*call));
	call->immediate = 1;
	call->gprs[0] = 2;
	call->gprs[2] = 3;
	expect("host call", RSI_SUCCESS, RSI_HOST_CALL, address(1), 0, 0);
	check(call->gprs[0] == (uint64_t)SMCCC_NOT_SUPPORTED && call->gprs[2] == 3, "its answer", call->gprs[0]);
	expect("host call, not aligned", RSI_ERROR_INPUT, RSI_HOST_CALL, address(1) + 8, 0, 0);
	expect("host call, not RAM", RSI_ERROR_INPUT, RSI_HOST_CALL, VM_UART_BASE, 0, 0);
}

static void command_rsi(const struct words *words)
{
	(void)words;
	checks = wrong = 0;
	discovery_check();
	config_check();
	measurement_check();
	token_check();
	share_check();
	host_call_check();
	print("rsi: %u checks, %u wrong\n", checks, wrong);
}

/* One page shared and taken back: zero when it was shared, as it was when it came back. */
static bool share_once(volatile uint64_t *page)
{
	uint64_t at = (uintptr_t)page;
	struct probe out;

	page[0] = SECRET;
	if (rsi(&out, RSI_IPA_STATE_SET, at, at + PAGE, RSI_RIPAS_EMPTY) != RSI_SUCCESS || page[0] != 0)
		return false;
	page[1] = SECRET;
	return rsi(&out, RSI_IPA_STATE_SET, at, at + PAGE, RSI_RIPAS_RAM) == RSI_SUCCESS && page[1] == SECRET;
}

static uint64_t share_rounds;

static void share_work(void)
{
	volatile uint64_t *page = pages[cpu_this()];
	uint64_t done = 0;

	while ((share_rounds == 0 || done < share_rounds) && share_once(page))
		done++;
	print("share: CPU %u: %lu of %lu rounds right\n", cpu_this(), done, share_rounds);
}

/* On CPUs 0 and 1 at once, if there are two. */
static void command_share(const struct words *words)
{
	bool has_second = cpu_start(1) == PSCI_SUCCESS;

	share_rounds = words->number[1];
	if (has_second)
		cpu_begin(1, share_work);
	share_work();
	while (has_second && small_cpus[1].work != NULL)
		cpu_relax();
}

SMALL_COMMANDS(realm_commands) = {
	{ "share", command_share, 1, "ROUNDS: as a realm: share a page and take it back so often; 0: for ever" },
	{ "attest", command_attest, 1, "CHALLENGE [BYTES]: as a realm: an attestation token, in pieces of so many bytes" },
	{ "rsi", command_rsi, 0, "as a realm: every call of RSI 1.0, right and wrong" },
};
