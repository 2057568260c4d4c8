/*
 * Boot of the mediator: tables, records, the outer OS's map, then each CPU into the outer OS.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "mediator/main.h"
#include <stdarg.h>
#include "abi/monitor.h"
#include "abi/psci.h"
#include "arch/cpu.h"
#include "arch/linear.h"
#include "arch/tlb.h"
#include "lib/memory.h"
#include "lib/print.h"
#include "mediator/fp.h"
#include "mediator/gic.h"
#include "mediator/granule.h"
#include "mediator/idreg.h"
#include "mediator/log.h"
#include "mediator/mmu.h"
#include "mediator/pair.h"
#include "mediator/run.h"
#include "mediator/time.h"
#include "mediator/trap.h"
#include "mediator/walks.h"
#include "plat/uart.h"

const struct boot_info *const boot_info = (const struct boot_info *)PLAT_MEDIATOR_BOOT_INFO;

struct cpu cpus[PLAT_CPU_MAX];
/* For assembly, which has no sizeof. */
extern const uint64_t cpu_area_bytes;
const uint64_t cpu_area_bytes = sizeof(struct cpu);
struct context outer_contexts[PLAT_CPU_MAX];
static struct vcpu outer_vcpus[PLAT_CPU_MAX];

/* In arch/arm64/mediator_entry.S and the linker script. */
extern uint8_t mediator_secondary[], mediator_vectors[], image_stacks[];

/* Device pages that the outer OS may touch. */
static const uint64_t outer_devices[] = { PLAT_UART0_BASE, PLAT_RTC_BASE };

/* Traps for everything that is not offered: see SECURITY.md, "What a guest does not see". */
#define MDCR_VALUE (MDCR_EL2_TPM | MDCR_EL2_TPMCR | MDCR_EL2_TDA | MDCR_EL2_TDOSA | MDCR_EL2_TDRA | MDCR_EL2_TPMS | \
		    MDCR_EL2_TTRF)
#define MDCR_HPMN BITS(4, 0)

static void boot_put(void *context, char c)
{
	(void)context;
	if (c == '\n')
		uart_put(PLAT_UART0_BASE, '\r');
	uart_put(PLAT_UART0_BASE, c);
}

static const struct print_sink boot_sink = { boot_put };

/* Boot lines only: once the outer OS runs, the UART is its own and the mediator speaks through its rings. */
PRINTF(1, 2) static void boot_print(const char *format, ...)
{
	uint64_t frequency = read_cntfrq_el0(), ticks = read_cntpct_el0();
	char stamp[32];
	va_list args;

	print_string(stamp, sizeof(stamp), "[%4lu.%06lu] ", ticks / frequency,
		     ticks % frequency * 1000000 / frequency);
	for (const char *c = stamp; *c != '\0'; c++)
		boot_put(NULL, *c);
	va_start(args, format);
	print_to(&boot_sink, NULL, format, args);
	va_end(args);
}

uint64_t main_secondary_entry(void)
{
	return linear_address(mediator_secondary);
}

/* What the monitor wrote is trusted; this finds a version or layout that does not fit. */
static void boot_info_check(void)
{
	CHECK(boot_info->magic == BOOT_INFO_MAGIC && boot_info->version == BOOT_INFO_VERSION);
	CHECK(boot_info->cpu_count >= 1 && boot_info->cpu_count <= PLAT_CPU_MAX);
	CHECK(boot_info->ram.base == PLAT_RAM_BASE && is_aligned(boot_info->ram.bytes, BLOCK_BYTES));
	CHECK(boot_info->carveout.base == PLAT_MEDIATOR_BASE);
	CHECK(boot_info->carveout.bytes >= plat_carveout_bytes(boot_info->ram.bytes));
	CHECK(boot_info->policy_count <= BOOT_POLICY_MAX);
}

void main_tables(void)
{
	mmu_build(boot_info->ram);
}

/* Trap controls of features that this CPU has; registers of others do not exist. */
static void optional_features(void)
{
	if (bits_get(read_id_aa64mmfr1_el1(), 43, 40) != 0)
		write_hcrx_el2(bits_get(read_id_aa64isar2_el1(), 19, 16) != 0 ? (uint64_t)HCRX_EL2_MSCEN : 0);
	/* Fine-grained traps: zero traps what would need state (the "n" bits) and nothing else. */
	if (bits_get(read_id_aa64mmfr0_el1(), 59, 56) != 0) {
		write_hfgrtr_el2(0);
		write_hfgwtr_el2(0);
		write_hfgitr_el2(0);
		write_hdfgrtr_el2(0);
		write_hdfgwtr_el2(0);
	}
}

static void outer_init(struct cpu *cpu)
{
	unsigned index = cpu->index;
	struct vcpu *vcpu = &outer_vcpus[index];

	cpu->outer = &outer_contexts[index];
	vcpu->cpu = cpu->index;
	vcpu->last_cpu = cpu->index;
	context_init(cpu->outer, vcpu, NULL, stage2_outer(), WHO_OUTER, 0, index);
}

/* From here on the monitor ends the run if this CPU stays at EL2. */
static void watchdog_tell(struct cpu *cpu)
{
	struct smc_args args = { { MONITOR_WATCH, linear_address(&cpu->entries) } };

	smc_call(&args);
	CHECK(args.x[0] == MONITOR_OK);
}

void cpu_init(unsigned index)
{
	struct cpu *cpu = &cpus[index];

	cpu->hyp_deadline = TIME_NEVER;
	cpu->cptr = 0;
	cpu->stops_walks = walks_is_affected(read_midr_el1());
	write_vbar_el2(linear_address(mediator_vectors));
	write_vtcr_el2(STAGE2_VTCR);
	write_vpidr_el2(read_midr_el1());
	/* HPMN stays as after reset: all event counters below EL2, where every access traps. */
	write_mdcr_el2((read_mdcr_el2() & MDCR_HPMN) | MDCR_VALUE);
	write_mdscr_el1(0);
	write_hstr_el2(0);
	write_cnthctl_el2(CNTHCTL_EL2_EL1PCTEN);
	write_cnthp_ctl_el2(0);
	write_cntv_ctl_el0(0);
	write_vttbr_el2(stage2_vttbr(stage2_outer()));
	optional_features();
	gic_init_cpu(cpu);
	isb();
	fp_guard(cpu, NULL);
	tlb_flush_all_guests();
	watchdog_tell(cpu);
}

/* Per-CPU parts that others may look at before that CPU runs. */
static void cpus_prepare(void)
{
	for (unsigned i = 0; i < PLAT_CPU_MAX; i++) {
		cpus[i].index = (uint8_t)i;
		log_init(&cpus[i]);
		outer_init(&cpus[i]);
	}
}

static void memory_prepare(void)
{
	struct boot_range carveout = boot_info->carveout;
	uint64_t records = PLAT_MEDIATOR_BASE + PLAT_MEDIATOR_IMAGE_BYTES;
	uint64_t tables = records + (boot_info->ram.bytes >> GRANULE_SHIFT) * 4;

	granule_init(linear_pointer(records), boot_info->ram, carveout, boot_info->loader);
	tables = (tables + STAGE2_ROOT_BYTES - 1) & ~(STAGE2_ROOT_BYTES - 1);
	stage2_outer_init(linear_pointer(tables), boot_info->ram, outer_devices, ARRAY_COUNT(outer_devices));
}

void main_first(void)
{
	boot_info_check();
	memory_prepare();
	cpus_prepare();
	idreg_init();
	gic_init_distributor();
	cpu_init(0);
	boot_print("mediator: %u CPUs, %lu MiB, %lu MiB for the outer OS, %u measurements allowed\n",
		   boot_info->cpu_count, boot_info->ram.bytes >> 20, granule_count_outer() >> 8,
		   boot_info->policy_count);
	struct context *outer = cpus[0].outer;

	outer->start_pc = boot_info->outer_entry;
	outer->start_x0 = boot_info->outer_dtb;
	context_enter(run_first(&cpus[0]));
}

void main_secondary(uint64_t index)
{
	cpu_init((unsigned)index);
	context_enter(run_first(&cpus[index]));
}
