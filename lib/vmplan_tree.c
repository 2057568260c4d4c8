/*
 * Decides what a VM's device tree says: the parts of QEMU's `virt` that exist, and nothing random,
 * because the tree is measured and the measurement predicted. The command line comes last, in a granule of its own
 * behind one of zeros: so it is a run of its own, and another one changes no byte before it.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "lib/vmplan_tree.h"
#include "abi/keyed.h"
#include "abi/virtio.h"
#include "lib/addr.h"
#include "lib/fdt.h"
#include "lib/print.h"

#define PHANDLE_GIC		1
#define PHANDLE_CLOCK		2

/* Interrupt specifiers of a GICv3: type, number within the type, trigger. */
#define GIC_SPI			0
#define GIC_PPI			1
#define GIC_LEVEL_HIGH		4
#define SPI_NUMBER(intid)	((intid) - 32)
#define PPI_NUMBER(intid)	((intid) - 16)

/* Timers in the order of the binding: secure, non-secure physical, virtual, hypervisor. */
#define INTID_TIMER_SECURE	29
#define INTID_TIMER_PHYSICAL	30
#define INTID_TIMER_HYPERVISOR	26

#define CLOCK_HZ		24000000
#define DEVICE_BYTES		0x1000

/* Devicetree Specification 0.4, section 5.4.1: a property is a token, a size and a name before its value. */
#define TOKEN_BYTES		4
#define PROPERTY_HEAD_BYTES	(3 * TOKEN_BYTES)
#define END_BYTES		(3 * TOKEN_BYTES)	/* of /chosen, of the root, of the structure block */

#define NAME_GAP		"redoubt,gap"
#define NAME_REST		"redoubt,rest"

/* A literal with NULs in it: the property's bytes are all of them. */
#define STRINGS(w, name, literal)	fdt_bytes(w, name, literal, sizeof(literal))

static void reg_write(struct fdt_writer *w, uint64_t base, uint64_t bytes)
{
	uint32_t cells[4] = { (uint32_t)(base >> 32), (uint32_t)base, (uint32_t)(bytes >> 32), (uint32_t)bytes };

	fdt_cells(w, "reg", cells, ARRAY_COUNT(cells));
}

static void interrupt_write(struct fdt_writer *w, uint32_t intid)
{
	uint32_t cells[3] = { GIC_SPI, SPI_NUMBER(intid), GIC_LEVEL_HIGH };

	fdt_cells(w, "interrupts", cells, ARRAY_COUNT(cells));
}

/* @name is zeros up to byte @end of the tree. If that is behind it already, the tree overflows. */
static void zeros_write(struct fdt_writer *w, const char *name, size_t end)
{
	static const uint8_t zeros[VMPLAN_DTB_MAX];

	fdt_bytes(w, name, zeros, end - PROPERTY_HEAD_BYTES - w->used);
}

/* Names that not each tree has are in each table of strings, which is in the command line's granule. */
static void names_write(struct fdt_writer *w)
{
	static const char *const names[] = { "linux,initrd-start", "linux,initrd-end", "ranges", "no-map", NAME_GAP, NAME_REST };

	for (size_t i = 0; i < ARRAY_COUNT(names); i++)
		fdt_name(w, names[i]);
}

static void aliases_write(struct fdt_writer *w)
{
	fdt_node(w, "aliases");
	fdt_string(w, "serial0", "/pl011@9000000");
	fdt_node_end(w);
}

/* The last node. Returns where the zeros before the command line begin. */
static size_t chosen_write(struct fdt_writer *w, const struct vmplan_request *request, const struct vmplan *plan)
{
	size_t gap;

	fdt_node(w, "chosen");
	fdt_string(w, "stdout-path", "/pl011@9000000");
	if (plan->initrd.bytes != 0) {
		fdt_u64(w, "linux,initrd-start", plan->initrd.address);
		fdt_u64(w, "linux,initrd-end", plan->initrd.address + plan->initrd.bytes);
	}
	gap = w->used + PROPERTY_HEAD_BYTES;
	zeros_write(w, NAME_GAP, VMPLAN_ARGS_AT);
	fdt_string(w, "bootargs", request->bootargs);
	zeros_write(w, NAME_REST, align_down(VMPLAN_DTB_MAX - w->strings_used, TOKEN_BYTES) - END_BYTES);
	fdt_node_end(w);
	return gap;
}

static void cpus_write(struct fdt_writer *w, uint32_t vcpu_count)
{
	char name[16];

	fdt_node(w, "cpus");
	fdt_u32(w, "#address-cells", 1);
	fdt_u32(w, "#size-cells", 0);
	for (uint32_t i = 0; i < vcpu_count; i++) {
		print_string(name, sizeof(name), "cpu@%x", i);
		fdt_node(w, name);
		fdt_string(w, "device_type", "cpu");
		fdt_string(w, "compatible", "arm,armv8");
		fdt_string(w, "enable-method", "psci");
		fdt_u32(w, "reg", i);
		fdt_node_end(w);
	}
	fdt_node_end(w);
	fdt_node(w, "psci");
	STRINGS(w, "compatible", "arm,psci-1.0\0arm,psci-0.2");
	fdt_string(w, "method", "smc");
	fdt_node_end(w);
}

static void gic_write(struct fdt_writer *w, uint32_t vcpu_count)
{
	/* Exactly one frame pair a vCPU: a VM that probes further meets an abort. */
	uint32_t reg[8] = { 0, VM_GICD_BASE, 0, VM_GICD_BYTES, 0, VM_GICR_BASE, 0, VM_GICR_STRIDE * vcpu_count };

	fdt_node(w, "intc@8000000");
	fdt_string(w, "compatible", "arm,gic-v3");
	fdt_cells(w, "reg", reg, ARRAY_COUNT(reg));
	fdt_u32(w, "#redistributor-regions", 1);
	fdt_u32(w, "#interrupt-cells", 3);
	fdt_empty(w, "interrupt-controller");
	fdt_u32(w, "phandle", PHANDLE_GIC);
	fdt_node_end(w);
}

static void timer_write(struct fdt_writer *w)
{
	uint32_t interrupts[12] = {
		GIC_PPI, PPI_NUMBER(INTID_TIMER_SECURE), GIC_LEVEL_HIGH,
		GIC_PPI, PPI_NUMBER(INTID_TIMER_PHYSICAL), GIC_LEVEL_HIGH,
		GIC_PPI, PPI_NUMBER(VM_TIMER_INTID), GIC_LEVEL_HIGH,
		GIC_PPI, PPI_NUMBER(INTID_TIMER_HYPERVISOR), GIC_LEVEL_HIGH,
	};

	fdt_node(w, "timer");
	fdt_string(w, "compatible", "arm,armv8-timer");
	fdt_cells(w, "interrupts", interrupts, ARRAY_COUNT(interrupts));
	fdt_empty(w, "always-on");
	fdt_node_end(w);
}

static void devices_write(struct fdt_writer *w)
{
	uint32_t uart_clocks[2] = { PHANDLE_CLOCK, PHANDLE_CLOCK };

	fdt_node(w, "apb-pclk");
	fdt_string(w, "compatible", "fixed-clock");
	fdt_u32(w, "#clock-cells", 0);
	fdt_u32(w, "clock-frequency", CLOCK_HZ);
	fdt_string(w, "clock-output-names", "clk24mhz");
	fdt_u32(w, "phandle", PHANDLE_CLOCK);
	fdt_node_end(w);

	fdt_node(w, "pl011@9000000");
	STRINGS(w, "compatible", "arm,pl011\0arm,primecell");
	reg_write(w, VM_UART_BASE, DEVICE_BYTES);
	interrupt_write(w, VM_UART_INTID);
	fdt_cells(w, "clocks", uart_clocks, ARRAY_COUNT(uart_clocks));
	STRINGS(w, "clock-names", "uartclk\0apb_pclk");
	fdt_node_end(w);

	fdt_node(w, "pl031@9010000");
	STRINGS(w, "compatible", "arm,pl031\0arm,primecell");
	reg_write(w, VM_RTC_BASE, DEVICE_BYTES);
	interrupt_write(w, VM_RTC_INTID);
	fdt_u32(w, "clocks", PHANDLE_CLOCK);
	fdt_string(w, "clock-names", "apb_pclk");
	fdt_node_end(w);
}

/* The transports that have a device. Rings and buffers are cached memory: the box looks through its caches, too. */
static void virtio_write(struct fdt_writer *w)
{
	char name[32];

	for (uint32_t slot = 0; slot < VIRTIO_SLOT_COUNT; slot++) {
		uint64_t base = VIRTIO_MMIO_BASE + slot * VIRTIO_MMIO_STRIDE;

		print_string(name, sizeof(name), "virtio_mmio@%lx", (unsigned long)base);
		fdt_node(w, name);
		fdt_string(w, "compatible", "virtio,mmio");
		reg_write(w, base, VIRTIO_MMIO_STRIDE);
		interrupt_write(w, VIRTIO_MMIO_INTID + slot);
		fdt_empty(w, "dma-coherent");
		fdt_node_end(w);
	}
}

/* The stub's page: memory that Linux leaves alone, and that root may map. */
static void secret_write(struct fdt_writer *w, const struct vmplan *plan)
{
	uint64_t page = plan->kernel.address + KEYED_PAGE;
	char name[32];

	print_string(name, sizeof(name), "secret@%lx", (unsigned long)page);
	fdt_node(w, "reserved-memory");
	fdt_u32(w, "#address-cells", 2);
	fdt_u32(w, "#size-cells", 2);
	fdt_empty(w, "ranges");
	fdt_node(w, name);
	fdt_string(w, "compatible", "redoubt,secret");
	reg_write(w, page, KEYED_BYTES - KEYED_PAGE);
	fdt_empty(w, "no-map");
	fdt_node_end(w);
	fdt_node_end(w);
}

size_t vmplan_tree_write(const struct vmplan_request *request, const struct vmplan *plan, void *dtb)
{
	struct fdt_writer w;
	size_t gap;

	fdt_begin(&w, dtb, VMPLAN_DTB_MAX);
	names_write(&w);
	fdt_node(&w, "");
	/* Kernels that know the board by its name find QEMU's; ours comes first. */
	STRINGS(&w, "compatible", "redoubt,vm\0linux,dummy-virt");
	fdt_string(&w, "model", "redoubt,vm");
	fdt_u32(&w, "#address-cells", 2);
	fdt_u32(&w, "#size-cells", 2);
	fdt_u32(&w, "interrupt-parent", PHANDLE_GIC);

	aliases_write(&w);
	fdt_node(&w, "memory@40000000");
	fdt_string(&w, "device_type", "memory");
	reg_write(&w, VM_RAM_BASE, request->ram_bytes);
	fdt_node_end(&w);
	if (request->keyed)
		secret_write(&w, plan);

	cpus_write(&w, request->vcpu_count);
	gic_write(&w, request->vcpu_count);
	timer_write(&w);
	devices_write(&w);
	virtio_write(&w);
	gap = chosen_write(&w, request, plan);
	fdt_node_end(&w);
	return fdt_end(&w) == VMPLAN_DTB_MAX && gap <= VMPLAN_ARGS_AT - GRANULE_BYTES ? gap : 0;
}
