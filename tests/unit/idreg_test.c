/*
 * ID registers: what a domain may see of a CPU that has everything, of one that has little, and of fields in which a
 * negative value says "not there". The list of what may be seen is written here a second time, on purpose.
 * Links: mediator
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "tests/unit/machine.h"
#include "mediator/idreg.h"

/* Every register that is read, its place in the encoding, and the fields that a domain may see at all. */
static const struct {
	enum fake_register number;
	unsigned crm, op2;
	uint64_t visible;
} registers[] = {
	/* EL0 EL1 FP AdvSIMD GIC DIT CSV2 CSV3 */
	{ FAKE_id_aa64pfr0_el1, 4, 0, 0xff0f00000fff00ff },
	/* BT SSBS */
	{ FAKE_id_aa64pfr1_el1, 4, 1, 0xff },
	/* DebugVer BRPs WRPs CTX_CMPs */
	{ FAKE_id_aa64dfr0_el1, 5, 0, 0x00000000f0f0f00f },
	/* All but TME */
	{ FAKE_id_aa64isar0_el1, 6, 0, 0xfffffffff0fffff0 },
	/* DPB JSCVT FCMA LRCPC FRINTTS SB SPECRES BF16 DGH I8MM */
	{ FAKE_id_aa64isar1_el1, 6, 1, 0x00ffffff00fff00f },
	/* RPRES MOPS BC CLRBHB CSSC */
	{ FAKE_id_aa64isar2_el1, 6, 2, 0x00f00000f0ff00f0 },
	/* PARange ASIDBits BigEnd SNSMem BigEndEL0 TGran16 TGran64 TGran4 */
	{ FAKE_id_aa64mmfr0_el1, 7, 0, 0x00000000ffffffff },
	/* HAFDBS HPDS PAN ETS AFP nTLBPA ECBHB */
	{ FAKE_id_aa64mmfr1_el1, 7, 1, 0xf00ff0f000f0f00f },
	/* CnP UAO LSM IESB VARange CCIDX ST AT IDS TTL BBM E0PD */
	{ FAKE_id_aa64mmfr2_el1, 7, 2, 0xf0ff00fff0ffffff },
	{ FAKE_id_aa64mmfr3_el1, 7, 3, 0 },
	{ FAKE_id_aa64mmfr4_el1, 7, 4, 0 },
};

static uint64_t view(size_t i)
{
	return idreg_read(registers[i].crm, registers[i].op2);
}

static void cpu_set(uint64_t value)
{
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++)
		fake_registers[0][registers[i].number] = value;
	idreg_init();
}

static uint64_t field(uint64_t value, unsigned low)
{
	return value >> low & 0xf;
}

static void hidden_fields_are_zero_on_a_cpu_that_has_everything(void **state)
{
	(void)state;
	cpu_set(~0ull);
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++) {
		if ((view(i) & ~registers[i].visible) != 0)
			fail_msg("CRm %u op2 %u shows 0x%llx", registers[i].crm, registers[i].op2,
				 (unsigned long long)view(i));
	}
}

/* Every value of every field of every register: never a bit outside the list, never more than the CPU has. */
static void no_value_of_a_field_shows_more_than_there_is(void **state)
{
	(void)state;
	for (uint64_t value = 0; value < 16; value++) {
		cpu_set(value * 0x1111111111111111);
		for (size_t i = 0; i < ARRAY_COUNT(registers); i++) {
			for (unsigned low = 0; low < 64; low += 4)
				assert_true(field(view(i), low) <= value);
			assert_hex(view(i) & ~registers[i].visible, 0);
		}
	}
}

static void a_cpu_that_has_nothing_shows_nothing(void **state)
{
	(void)state;
	cpu_set(0);
	for (size_t i = 0; i < ARRAY_COUNT(registers); i++)
		assert_hex(view(i), 0);
}

static void registers_that_nobody_named_read_as_zero(void **state)
{
	(void)state;
	cpu_set(~0ull);
	for (unsigned crm = 0; crm < 16; crm++) {
		for (unsigned op2 = 0; op2 < 8; op2++) {
			bool is_listed = false;

			for (size_t i = 0; i < ARRAY_COUNT(registers); i++)
				is_listed |= registers[i].crm == crm && registers[i].op2 == op2;
			if (!is_listed)
				assert_hex(idreg_read(crm, op2), 0);
		}
	}
}

#define PFR0	0
#define PFR1	1
#define DFR0	2
#define ISAR1	4
#define MMFR0	6
#define MMFR1	7
#define MMFR2	8

static void everybody_is_aarch64_only_without_el2_and_el3(void **state)
{
	(void)state;
	cpu_set(0x2222222222222222);
	assert_int_equal(field(view(PFR0), 0), 1);
	assert_int_equal(field(view(PFR0), 4), 1);
	assert_int_equal(field(view(PFR0), 8), 0);
	assert_int_equal(field(view(PFR0), 12), 0);
	assert_int_equal(field(view(PFR0), 28), 0);	/* RAS */
	assert_int_equal(field(view(PFR0), 32), 0);	/* SVE */
	assert_int_equal(field(view(PFR0), 56), 1);	/* CSV2 without SCXTNUM */
	assert_int_equal(field(view(PFR1), 8), 0);	/* MTE */
	assert_int_equal(field(view(PFR1), 24), 0);	/* SME */
	assert_int_equal(field(view(ISAR1), 4), 0);	/* APA */
	assert_int_equal(field(view(ISAR1), 8), 0);	/* API */
	assert_int_equal(field(view(DFR0), 8), 0);	/* PMU */
	assert_int_equal(field(view(MMFR1), 8), 0);	/* VHE */
	assert_int_equal(field(view(MMFR2), 24), 0);	/* NV */
}

static void a_missing_floating_point_unit_stays_missing(void **state)
{
	(void)state;
	cpu_set(0);
	fake_registers[0][FAKE_id_aa64pfr0_el1] = 0x00ff0011;
	idreg_init();
	assert_hex(field(view(PFR0), 16), 0xf);
	assert_hex(field(view(PFR0), 20), 0xf);
	fake_registers[0][FAKE_id_aa64pfr0_el1] = 0x00110011;
	idreg_init();
	assert_hex(field(view(PFR0), 16), 1);
	assert_hex(field(view(PFR0), 20), 1);
}

static void granules_stay_missing_or_become_plain(void **state)
{
	(void)state;
	cpu_set(0);
	/* TGran64 absent, TGran4 there; TGran16 with 52 bits. */
	fake_registers[0][FAKE_id_aa64mmfr0_el1] = 0x0f200000;
	idreg_init();
	assert_hex(view(MMFR0), 0x0f100000);
	/* TGran4 with 52-bit addresses is shown as TGran4; its absence as absence. */
	fake_registers[0][FAKE_id_aa64mmfr0_el1] = 0x10000000;
	idreg_init();
	assert_hex(view(MMFR0), 0);
	fake_registers[0][FAKE_id_aa64mmfr0_el1] = 0xf0000000;
	idreg_init();
	assert_hex(view(MMFR0), 0xf0000000);
}

static void physical_addresses_have_forty_bits_at_most(void **state)
{
	(void)state;
	for (uint64_t range = 0; range < 7; range++) {
		cpu_set(0);
		fake_registers[0][FAKE_id_aa64mmfr0_el1] = range;
		idreg_init();
		assert_hex(view(MMFR0), range < 2 ? range : 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_FROM(machine_boot_1, hidden_fields_are_zero_on_a_cpu_that_has_everything),
		TEST_FROM(machine_boot_1, no_value_of_a_field_shows_more_than_there_is),
		TEST_FROM(machine_boot_1, a_cpu_that_has_nothing_shows_nothing),
		TEST_FROM(machine_boot_1, registers_that_nobody_named_read_as_zero),
		TEST_FROM(machine_boot_1, everybody_is_aarch64_only_without_el2_and_el3),
		TEST_FROM(machine_boot_1, a_missing_floating_point_unit_stays_missing),
		TEST_FROM(machine_boot_1, granules_stay_missing_or_become_plain),
		TEST_FROM(machine_boot_1, physical_addresses_have_forty_bits_at_most),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
