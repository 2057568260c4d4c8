/*
 * What counts as a find, and which registers are looked at.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/attack/seek.h"
#include "arch/sysreg.h"
#include "lib/addr.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "tests/attack/attack.h"

#define VECTOR_HALVES	64
#define FIRST_VECTOR	SEEK_GENERAL
#define FIRST_SYSTEM	(FIRST_VECTOR + VECTOR_HALVES)

/* What a context at EL1 can keep 64 bits in. */
#define SYSTEM_REGISTERS(R)									\
	R(sp_el0) R(tpidr_el0) R(tpidrro_el0) R(tpidr_el1) R(ttbr0_el1) R(ttbr1_el1) R(tcr_el1)	\
	R(esr_el1) R(far_el1) R(afsr0_el1) R(afsr1_el1) R(elr_el1) R(spsr_el1) R(par_el1)	\
	R(contextidr_el1) R(mair_el1) R(amair_el1) R(vbar_el1) R(csselr_el1) R(cntkctl_el1)	\
	R(cntv_cval_el0) R(cntp_cval_el0) R(cpacr_el1) R(sctlr_el1)

static uint64_t inverse_words[SEEK_WORDS];

void seek_for(const uint64_t inverse[SEEK_WORDS])
{
	memcpy(inverse_words, inverse, sizeof(inverse_words));
}

bool seek_is_on(void)
{
	return (inverse_words[0] | inverse_words[1] | inverse_words[2] | inverse_words[3]) != 0;
}

static bool is_find(uint64_t word)
{
	uint64_t inverse = ~word;

	/* Or the compiler would compare the word with the secret, which this seeker must not hold. */
	__asm__("" : "+r"(inverse));
	return inverse == inverse_words[0] || inverse == inverse_words[1] || inverse == inverse_words[2] ||
	       inverse == inverse_words[3];
}

/* For guard_run. argument[0] is the address, [1] what was found: also when a later word aborts. */
static void page_look(uint64_t *argument)
{
	const volatile uint64_t *at = (const volatile uint64_t *)argument[0];
	volatile uint64_t *found = &argument[1];

	for (size_t i = 0; i < GRANULE_BYTES / sizeof(*at); i++) {
		if (is_find(at[i]))
			(*found)++;
	}
}

bool seek_page(uintptr_t at, uint64_t *found)
{
	uint64_t argument[2] = { at, 0 };
	bool is_readable = guard_run(page_look, argument) == 0;

	*found = argument[1];
	return is_readable;
}

uint64_t seek_registers(const uint64_t general[SEEK_GENERAL], unsigned *first)
{
	uint64_t values[FIRST_SYSTEM + 32], found = 0;
	unsigned count = FIRST_SYSTEM;

	/* First of all: what looks at the others uses some of them. */
#define R(name) values[count++] = read_##name();
	SYSTEM_REGISTERS(R)
#undef R
	guard_vectors_read(&values[FIRST_VECTOR]);
	memcpy(values, general, SEEK_GENERAL * sizeof(values[0]));
	for (unsigned i = count; i-- > 0;) {
		if (!is_find(values[i]))
			continue;
		*first = i;
		found++;
	}
	return found;
}

void seek_name(unsigned number, char *out, size_t bytes)
{
	static const char *const names[] = {
#define R(name) #name,
		SYSTEM_REGISTERS(R)
#undef R
	};

	if (number < FIRST_VECTOR)
		print_string(out, bytes, "x%u", number);
	else if (number < FIRST_SYSTEM)
		print_string(out, bytes, "v%u", (number - FIRST_VECTOR) / 2);
	else if (number - FIRST_SYSTEM < ARRAY_COUNT(names))
		print_string(out, bytes, "%s", names[number - FIRST_SYSTEM]);
	else
		print_string(out, bytes, "register %u", number);
}
