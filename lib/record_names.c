/*
 * Names for numbers: exception syndromes, addresses, calls, results, granule states.
 * Source: Arm DDI 0487, "ESR_EL2, Exception Syndrome Register", "ISS encoding for an exception from a Data Abort".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#include "abi/anchor.h"
#include "abi/box.h"
#include "abi/console.h"
#include "abi/monitor.h"
#include "abi/psci.h"
#include "abi/rsi.h"
#include "abi/smccc.h"
#include "abi/vm.h"
#include "abi/window.h"
#include "arch/sysreg_fields.h"
#include "lib/print.h"
#include "lib/record.h"
#include "lib/vmplan.h"
#include "plat/memory.h"

static const char *class_name(uint64_t class)
{
	static const char *const names[] = {
		[ESR_EC_UNKNOWN] = "undefined instruction",
		[ESR_EC_WFX] = "WFI or WFE",
		[ESR_EC_FP] = "floating-point access",
		[ESR_EC_PAUTH] = "pointer authentication",
		[ESR_EC_ILLEGAL] = "illegal execution state",
		[ESR_EC_SVC64] = "SVC",
		[ESR_EC_HVC64] = "HVC",
		[ESR_EC_SMC64] = "SMC",
		[ESR_EC_SYSREG] = "system register access",
		[ESR_EC_SVE] = "SVE access",
		[ESR_EC_INSTRUCTION_ABORT_LOWER] = "instruction abort",
		[ESR_EC_INSTRUCTION_ABORT_SAME] = "instruction abort",
		[ESR_EC_PC_ALIGNMENT] = "misaligned pc",
		[ESR_EC_DATA_ABORT_LOWER] = "data abort",
		[ESR_EC_DATA_ABORT_SAME] = "data abort",
		[ESR_EC_SP_ALIGNMENT] = "misaligned sp",
		[ESR_EC_SERROR] = "SError",
		[ESR_EC_BRK64] = "BRK",
	};

	return class < ARRAY_COUNT(names) ? names[class] : NULL;
}

static bool is_data_abort(uint64_t class)
{
	return class == ESR_EC_DATA_ABORT_LOWER || class == ESR_EC_DATA_ABORT_SAME;
}

static bool is_abort(uint64_t class)
{
	return is_data_abort(class) || class == ESR_EC_INSTRUCTION_ABORT_LOWER ||
	       class == ESR_EC_INSTRUCTION_ABORT_SAME;
}

/* Fault status code: kind in the upper bits, level in the lower two where there is one. */
static void fault_name(uint64_t code, char *out, size_t bytes)
{
	static const char *const leveled[] = { "address size fault", "translation fault", "access flag fault",
					       "permission fault" };

	if (code < 0x10)
		print_string(out, bytes, "%s, level %u", leveled[code >> 2], (unsigned)(code & 3));
	else if (code == ESR_ABORT_FSC_EXTERNAL)
		print_string(out, bytes, "external abort: nothing answers there");
	else if (code >= 0x14 && code < 0x18)
		print_string(out, bytes, "external abort on a table walk, level %u", (unsigned)(code & 3));
	else if (code == 0x21)
		print_string(out, bytes, "misaligned access");
	else
		print_string(out, bytes, "fault status 0x%x", (unsigned)code);
}

static void abort_name(uint64_t esr, uint64_t class, char *out, size_t bytes)
{
	const char *access = (esr & ESR_ABORT_WNR) != 0 ? "write" : "read";
	char fault[64];

	fault_name(esr & ESR_ABORT_FSC_MASK, fault, sizeof(fault));
	if (!is_data_abort(class))
		print_string(out, bytes, "instruction abort, %s", fault);
	else if ((esr & ESR_ABORT_ISV) != 0)
		print_string(out, bytes, "data abort, %s of %u bytes, %s", access,
			     1u << (esr >> ESR_ABORT_SAS_SHIFT & 3), fault);
	else
		print_string(out, bytes, "data abort, %s, %s", access, fault);
}

static void sysreg_name(uint64_t esr, char *out, size_t bytes)
{
	print_string(out, bytes, "%s of system register S%u_%u_C%u_C%u_%u",
		     (esr & ESR_SYSREG_READ) != 0 ? "read" : "write", (unsigned)(esr >> 20 & 3),
		     (unsigned)(esr >> 14 & 7), (unsigned)(esr >> 10 & 15), (unsigned)(esr >> 1 & 15),
		     (unsigned)(esr >> 17 & 7));
}

void record_syndrome(uint64_t esr, char *out, size_t bytes)
{
	uint64_t class = esr >> ESR_EC_SHIFT & ESR_EC_MASK;

	if (is_abort(class))
		abort_name(esr, class, out, bytes);
	else if (class == ESR_EC_SYSREG)
		sysreg_name(esr, out, bytes);
	else if (class_name(class) != NULL)
		print_string(out, bytes, "%s", class_name(class));
	else
		print_string(out, bytes, "exception class 0x%x, syndrome 0x%lx", (unsigned)class, esr);
}

bool record_syndrome_has_address(uint64_t esr)
{
	return is_abort(esr >> ESR_EC_SHIFT & ESR_EC_MASK);
}

struct place {
	uint64_t base, bytes;
	const char *name;
};

/* Physical. The first match counts: what lies inside something else comes first. */
static const struct place board_places[] = {
	{ PLAT_FLASH_BASE, PLAT_FLASH_BYTES, "secure flash (ROM and images)" },
	{ PLAT_FLASH_BASE + PLAT_FLASH_BYTES, PLAT_FLASH_BYTES, "second flash" },
	{ PLAT_GICD_BASE, PLAT_GICD_BYTES, "interrupt distributor" },
	{ PLAT_GICD_BASE + 0x80000, 0x20000, "interrupt translation service" },
	{ PLAT_GICR_BASE, PLAT_CPU_MAX * PLAT_GICR_STRIDE, "interrupt redistributors" },
	{ PLAT_UART0_BASE, 0x1000, "UART0" },
	{ PLAT_RTC_BASE, 0x1000, "real-time clock" },
	{ PLAT_UART1_BASE, 0x1000, "UART1 of the secure world" },
	{ PLAT_SMMU_BASE, 0x20000, "SMMU" },
	{ PLAT_SECURE_GPIO_BASE, 0x1000, "secure GPIO" },
	{ PLAT_MONITOR_BASE, PLAT_MONITOR_BYTES, "monitor, in secure RAM" },
	{ PLAT_ANCHOR_BASE, PLAT_ANCHOR_BYTES, "trust anchor, in secure RAM" },
	{ PLAT_SECURE_RAM_BASE, PLAT_SECURE_RAM_BYTES, "secure RAM" },
	{ PLAT_DEVICE_BASE, PLAT_DEVICE_BYTES, "device space" },
	{ PLAT_OUTER_DTB, PLAT_OUTER_DTB_MAX, "device tree of the outer OS" },
	{ PLAT_MEDIATOR_BASE, PLAT_MEDIATOR_IMAGE_BYTES, "mediator image" },
	{ PLAT_OUTER_BASE, PLAT_OUTER_BYTES, "lightweight kernel" },
	{ PLAT_BOX_BASE, PLAT_BOX_BYTES, "box image" },
	{ PLAT_RAM_BASE, PLAT_RAM_MAX, "RAM" },
};

/* Guest-physical, bit 39 masked for a VM. */
static const struct place vm_places[] = {
	{ VM_GICD_BASE, VM_GICD_BYTES, "virtual distributor" },
	{ VM_GICR_BASE, VMPLAN_VCPU_MAX * VM_GICR_STRIDE, "virtual redistributors" },
	{ VM_UART_BASE, 0x1000, "virtual UART" },
	{ VM_RTC_BASE, 0x1000, "virtual real-time clock" },
	{ VM_RAM_BASE, PLAT_RAM_MAX, "RAM range of the VM" },
};

static const struct place box_places[] = {
	{ BOX_RAM_BASE, BOX_RAM_BYTES, "RAM of the box" },
	{ BOX_WINDOW, BOX_WINDOW, "window into the VM" },
	{ VM_GICR_BASE, VMPLAN_VCPU_MAX * VM_GICR_STRIDE, "redistributors of the box" },
};

static const char *place_find(const struct place *places, size_t count, uint64_t address)
{
	for (size_t i = 0; i < count; i++) {
		if (address >= places[i].base && address - places[i].base < places[i].bytes)
			return places[i].name;
	}
	return "nothing is known to be there";
}

void record_place(uint16_t who, uint64_t address, char *out, size_t bytes)
{
	const char *name;

	if (who == 0)
		name = place_find(board_places, ARRAY_COUNT(board_places), address);
	else if (who % 2 == HOST_ROLE_BOX)
		name = place_find(box_places, ARRAY_COUNT(box_places), address);
	else
		name = place_find(vm_places, ARRAY_COUNT(vm_places), address & ~(uint64_t)BOX_WINDOW);
	print_string(out, bytes, "%s", name);
}

static const struct {
	uint64_t id;
	const char *name;
} calls[] = {
	{ HOST_INFO, "HOST_INFO" },
	{ HOST_GRANULE_INFO, "HOST_GRANULE_INFO" },
	{ HOST_PAIR_CREATE, "HOST_PAIR_CREATE" },
	{ HOST_POOL_ADD, "HOST_POOL_ADD" },
	{ HOST_POPULATE, "HOST_POPULATE" },
	{ HOST_DONATE, "HOST_DONATE" },
	{ HOST_ACTIVATE, "HOST_ACTIVATE" },
	{ HOST_RUN, "HOST_RUN" },
	{ HOST_NOTIFY, "HOST_NOTIFY" },
	{ HOST_TERMINATE, "HOST_TERMINATE" },
	{ HOST_RECLAIM, "HOST_RECLAIM" },
	{ HOST_PAIR_INFO, "HOST_PAIR_INFO" },
	{ HOST_PAIR_MEASUREMENT, "HOST_PAIR_MEASUREMENT" },
	{ HOST_BOOT_MEASUREMENT, "HOST_BOOT_MEASUREMENT" },
	{ HOST_RING_READ, "HOST_RING_READ" },
	{ HOST_POPULATE_IMAGE, "HOST_POPULATE_IMAGE" },
	{ BOX_INFO, "BOX_INFO" },
	{ BOX_VM_RUN, "BOX_VM_RUN" },
	{ BOX_SPI_SET, "BOX_SPI_SET" },
	{ BOX_SPI_CLEAR, "BOX_SPI_CLEAR" },
	{ BOX_SHARE, "BOX_SHARE" },
	{ BOX_UNSHARE, "BOX_UNSHARE" },
	{ BOX_NOTIFY, "BOX_NOTIFY" },
	{ VM_SECRET, "VM_SECRET" },
	{ RSI_VERSION, "RSI_VERSION" },
	{ RSI_MEASUREMENT_READ, "RSI_MEASUREMENT_READ" },
	{ RSI_MEASUREMENT_EXTEND, "RSI_MEASUREMENT_EXTEND" },
	{ RSI_ATTESTATION_TOKEN_CONTINUE, "RSI_ATTESTATION_TOKEN_CONTINUE" },
	{ RSI_REALM_CONFIG, "RSI_REALM_CONFIG" },
	{ RSI_IPA_STATE_SET, "RSI_IPA_STATE_SET" },
	{ RSI_IPA_STATE_GET, "RSI_IPA_STATE_GET" },
	{ RSI_HOST_CALL, "RSI_HOST_CALL" },
	{ WINDOW_DOORBELL_BASE + WINDOW_DOORBELL_LAST, "its doorbell" },
	{ PSCI_VERSION, "PSCI_VERSION" },
	{ PSCI_CPU_SUSPEND_32, "PSCI_CPU_SUSPEND" },
	{ PSCI_CPU_SUSPEND_64, "PSCI_CPU_SUSPEND" },
	{ PSCI_CPU_OFF, "PSCI_CPU_OFF" },
	{ PSCI_CPU_ON_32, "PSCI_CPU_ON" },
	{ PSCI_CPU_ON_64, "PSCI_CPU_ON" },
	{ PSCI_AFFINITY_INFO_32, "PSCI_AFFINITY_INFO" },
	{ PSCI_AFFINITY_INFO_64, "PSCI_AFFINITY_INFO" },
	{ PSCI_MIGRATE_INFO_TYPE, "PSCI_MIGRATE_INFO_TYPE" },
	{ PSCI_SYSTEM_OFF, "PSCI_SYSTEM_OFF" },
	{ PSCI_SYSTEM_RESET, "PSCI_SYSTEM_RESET" },
	{ PSCI_FEATURES, "PSCI_FEATURES" },
	{ SMCCC_VERSION, "SMCCC_VERSION" },
	{ SMCCC_ARCH_FEATURES, "SMCCC_ARCH_FEATURES" },
	{ SMCCC_VENDOR_HYP_UID, "SMCCC_VENDOR_HYP_UID" },
	{ SMCCC_VENDOR_HYP_REVISION, "SMCCC_VENDOR_HYP_REVISION" },
	{ TRNG_VERSION, "TRNG_VERSION" },
	{ ANCHOR_VERSION, "ANCHOR_VERSION" },
	{ ANCHOR_MEASUREMENT_READ, "ANCHOR_MEASUREMENT_READ" },
	{ ANCHOR_HASH_INIT, "ANCHOR_HASH_INIT" },
	{ ANCHOR_HASH_EXTEND, "ANCHOR_HASH_EXTEND" },
	{ ANCHOR_HASH_FINAL, "ANCHOR_HASH_FINAL" },
	{ ANCHOR_SEAL, "ANCHOR_SEAL" },
	{ ANCHOR_UNSEAL, "ANCHOR_UNSEAL" },
	{ MONITOR_FAIL, "MONITOR_FAIL" },
};

void record_digest(const uint64_t words[4], char out[RECORD_DIGEST_BYTES])
{
	print_string(out, RECORD_DIGEST_BYTES, "%016lx%016lx%016lx%016lx", __builtin_bswap64(words[0]),
		     __builtin_bswap64(words[1]), __builtin_bswap64(words[2]), __builtin_bswap64(words[3]));
}

void record_call(uint64_t id, char *out, size_t bytes)
{
	for (size_t i = 0; i < ARRAY_COUNT(calls); i++) {
		if (calls[i].id == id) {
			print_string(out, bytes, "%s", calls[i].name);
			return;
		}
	}
	if (id - VIRTIO_MMIO_BASE < VIRTIO_MMIO_COUNT * VIRTIO_MMIO_STRIDE)
		print_string(out, bytes, "its virtio device %lu", (id - VIRTIO_MMIO_BASE) / VIRTIO_MMIO_STRIDE);
	else
		print_string(out, bytes, "call 0x%lx", id);
}

/* Positive results are the realm services interface's. */
static const char *realm_status(int64_t status)
{
	static const char *const names[] = {
		[RSI_ERROR_INPUT] = "RSI_ERROR_INPUT: malformed argument, or not its memory",
		[RSI_ERROR_STATE] = "RSI_ERROR_STATE: wrong state",
	};

	return status < (int64_t)ARRAY_COUNT(names) && names[status] != NULL ? names[status] : "unknown result";
}

const char *record_status(int64_t status)
{
	static const char *const names[] = {
		[-HOST_OK] = "ok",
		[-HOST_NOT_SUPPORTED] = "not supported",
		[-HOST_ERR_ARGS] = "malformed argument",
		[-HOST_ERR_DENIED] = "denied: not the caller's, or not allowed for it",
		[-HOST_ERR_STATE] = "wrong state",
		[-HOST_ERR_NO_MEMORY] = "table pool or slots exhausted",
		[-HOST_ERR_BUSY] = "busy",
		[-HOST_ERR_NOT_FOUND] = "not found",
		[-HOST_ERR_MEASUREMENT] = "not what the policy, or its image, says",
	};

	if (status > 0)
		return realm_status(status);
	return status > -(int64_t)ARRAY_COUNT(names) ? names[-status] : "unknown result";
}

const char *record_granule_state(uint64_t state)
{
	static const char *const names[GRANULE_STATE_COUNT] = {
		[GRANULE_OUTER] = "outer OS",
		[GRANULE_CORE] = "mediator",
		[GRANULE_MOVING] = "changing hands",
		[GRANULE_TABLE] = "translation table",
		[GRANULE_CONTEXT] = "registers and records",
		[GRANULE_NOTICE] = "notice page",
		[GRANULE_DATA] = "memory",
		[GRANULE_LOADER] = "loader window",
	};

	return state < GRANULE_STATE_COUNT ? names[state] : "unknown state";
}
