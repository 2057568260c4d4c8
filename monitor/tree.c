/*
 * The outer OS's device tree: decides what it is told about the board. Nothing of QEMU's own tree
 * is passed on; RAM leaves out the mediator's carve-out.
 * Source: Devicetree Specification 0.4, "Device Node Requirements"; Linux
 * Documentation/devicetree/bindings.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "monitor/room.h"
#include "arch/cpu.h"
#include "lib/fdt.h"
#include "lib/print.h"

#define PHANDLE_GIC		1
#define PHANDLE_CLOCK		2
#define CLOCK_HERTZ		24000000
#define GIC_SPI			0
#define GIC_PPI			1
#define LEVEL_HIGH		4

#define CELLS64(value)		(uint32_t)((value) >> 32), (uint32_t)(value)
#define WRITE_CELLS(w, name, ...) do {							\
		const uint32_t cells[] = { __VA_ARGS__ };				\
		fdt_cells(w, name, cells, ARRAY_COUNT(cells));				\
	} while (0)

/* Two compatible strings with their NULs; the literal adds the last. */
#define WRITE_STRINGS(w, name, literal) fdt_bytes(w, name, literal, sizeof(literal))

static void write_memory(struct fdt_writer *w)
{
	uint64_t ram = boot_info.ram.base, ram_end = ram + boot_info.ram.bytes;
	uint64_t hole = boot_info.carveout.base, hole_end = hole + boot_info.carveout.bytes;

	fdt_node(w, "memory@40000000");
	fdt_string(w, "device_type", "memory");
	WRITE_CELLS(w, "reg", CELLS64(ram), CELLS64(hole - ram), CELLS64(hole_end),
		    CELLS64(ram_end - hole_end));
	fdt_node_end(w);
}

static void write_cpus(struct fdt_writer *w)
{
	char name[16];

	fdt_node(w, "cpus");
	fdt_u32(w, "#address-cells", 1);
	fdt_u32(w, "#size-cells", 0);
	for (uint32_t cpu = 0; cpu < boot_info.cpu_count; cpu++) {
		print_string(name, sizeof(name), "cpu@%x", cpu);
		fdt_node(w, name);
		fdt_string(w, "device_type", "cpu");
		fdt_string(w, "compatible", "arm,armv8");
		fdt_u32(w, "reg", cpu);
		fdt_string(w, "enable-method", "psci");
		fdt_node_end(w);
	}
	fdt_node_end(w);
	fdt_node(w, "psci");
	WRITE_STRINGS(w, "compatible", "arm,psci-1.0\0arm,psci-0.2");
	fdt_string(w, "method", "smc");
	fdt_node_end(w);
}

static void write_interrupts(struct fdt_writer *w)
{
	fdt_node(w, "timer");
	fdt_string(w, "compatible", "arm,armv8-timer");
	/* Secure, non-secure, virtual, hypervisor: the order of the binding. */
	WRITE_CELLS(w, "interrupts", GIC_PPI, 13, LEVEL_HIGH, GIC_PPI, 14, LEVEL_HIGH, GIC_PPI, 11,
		    LEVEL_HIGH, GIC_PPI, 10, LEVEL_HIGH);
	fdt_empty(w, "always-on");
	fdt_node_end(w);
	fdt_node(w, "intc@8000000");
	fdt_string(w, "compatible", "arm,gic-v3");
	fdt_u32(w, "#interrupt-cells", 3);
	fdt_u32(w, "#address-cells", 0);
	fdt_empty(w, "interrupt-controller");
	WRITE_CELLS(w, "reg", CELLS64((uint64_t)PLAT_GICD_BASE), CELLS64((uint64_t)PLAT_GICD_BYTES),
		    CELLS64((uint64_t)PLAT_GICR_BASE),
		    CELLS64((uint64_t)boot_info.cpu_count * PLAT_GICR_STRIDE));
	fdt_u32(w, "phandle", PHANDLE_GIC);
	fdt_node_end(w);
}

static void write_devices(struct fdt_writer *w)
{
	fdt_node(w, "apb-pclk");
	fdt_string(w, "compatible", "fixed-clock");
	fdt_u32(w, "#clock-cells", 0);
	fdt_u32(w, "clock-frequency", CLOCK_HERTZ);
	fdt_u32(w, "phandle", PHANDLE_CLOCK);
	fdt_node_end(w);
	fdt_node(w, "pl011@9000000");
	WRITE_STRINGS(w, "compatible", "arm,pl011\0arm,primecell");
	WRITE_CELLS(w, "reg", CELLS64((uint64_t)PLAT_UART0_BASE), CELLS64(0x1000ull));
	WRITE_CELLS(w, "interrupts", GIC_SPI, PLAT_UART0_INTID - 32, LEVEL_HIGH);
	WRITE_CELLS(w, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	WRITE_STRINGS(w, "clock-names", "uartclk\0apb_pclk");
	fdt_node_end(w);
	fdt_node(w, "pl031@9010000");
	WRITE_STRINGS(w, "compatible", "arm,pl031\0arm,primecell");
	WRITE_CELLS(w, "reg", CELLS64((uint64_t)PLAT_RTC_BASE), CELLS64(0x1000ull));
	WRITE_CELLS(w, "interrupts", GIC_SPI, PLAT_RTC_INTID - 32, LEVEL_HIGH);
	fdt_u32(w, "clocks", PHANDLE_CLOCK);
	fdt_string(w, "clock-names", "apb_pclk");
	fdt_node_end(w);
}

static void write_chosen(struct fdt_writer *w)
{
	const struct boot_range *loader = &boot_info.loader, *box = &boot_info.box;

	fdt_node(w, "chosen");
	fdt_string(w, "stdout-path", "/pl011@9000000");
	fdt_u64(w, "linux,initrd-start", loader->base);
	fdt_u64(w, "linux,initrd-end", loader->base + loader->bytes);
	fdt_u64(w, "redoubt,image-start", PLAT_OUTER_BASE);
	fdt_u64(w, "redoubt,image-end", PLAT_OUTER_BASE + PLAT_OUTER_BYTES);
	fdt_u64(w, "redoubt,box-start", box->base);
	fdt_u64(w, "redoubt,box-end", box->base + box->bytes);
	fdt_node_end(w);
}

void tree_write(void)
{
	struct fdt_writer writer;
	void *tree = (void *)PLAT_OUTER_DTB;

	fdt_begin(&writer, tree, PLAT_OUTER_DTB_MAX);
	fdt_node(&writer, "");
	fdt_u32(&writer, "#address-cells", 2);
	fdt_u32(&writer, "#size-cells", 2);
	fdt_string(&writer, "compatible", "redoubt,outer");
	fdt_u32(&writer, "interrupt-parent", PHANDLE_GIC);
	write_chosen(&writer);
	write_memory(&writer);
	write_cpus(&writer);
	write_interrupts(&writer);
	write_devices(&writer);
	fdt_node_end(&writer);

	size_t bytes = fdt_end(&writer);

	if (bytes == 0)
		crash_stop(CRASH_MONITOR, 0, 0, PLAT_OUTER_DTB_MAX,
			   "the outer OS's device tree does not fit");
	/* The mediator and the outer OS read it with their MMU off. */
	cache_clean_invalidate(tree, bytes);
}
