/*
 * PSCI 1.1: function ids, return values and affinity states that Redoubt answers, at EL3 for the
 * mediator and at EL2 for the outer OS, boxes and VMs. Numbers only; safe for C and assembly.
 * Source: Arm DEN0022, "PSCI function prototypes" and "Return error codes".
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_PSCI_H
#define ABI_PSCI_H

#define PSCI_VERSION			0x84000000
#define PSCI_CPU_SUSPEND_32		0x84000001
#define PSCI_CPU_SUSPEND_64		0xc4000001
#define PSCI_CPU_OFF			0x84000002
#define PSCI_CPU_ON_32			0x84000003
#define PSCI_CPU_ON_64			0xc4000003
#define PSCI_AFFINITY_INFO_32		0x84000004
#define PSCI_AFFINITY_INFO_64		0xc4000004
#define PSCI_MIGRATE_INFO_TYPE		0x84000006
#define PSCI_SYSTEM_OFF			0x84000008
#define PSCI_SYSTEM_RESET		0x84000009
#define PSCI_FEATURES			0x8400000a

/* Major version in bits 31:16, minor in bits 15:0. */
#define PSCI_VERSION_1_1		0x00010001

#define PSCI_SUCCESS			0
#define PSCI_NOT_SUPPORTED		(-1)
#define PSCI_INVALID_PARAMETERS		(-2)
#define PSCI_DENIED			(-3)
#define PSCI_ALREADY_ON			(-4)
#define PSCI_ON_PENDING			(-5)
#define PSCI_INTERNAL_FAILURE		(-6)
#define PSCI_INVALID_ADDRESS		(-9)

#define PSCI_AFFINITY_ON		0
#define PSCI_AFFINITY_OFF		1
#define PSCI_AFFINITY_ON_PENDING	2

/* MIGRATE_INFO_TYPE: no Trusted OS that would need migration. */
#define PSCI_MIGRATE_NOT_REQUIRED	2

/* MPIDR affinity fields (Aff3, Aff2, Aff1, Aff0) that a target_cpu argument may carry. */
#define PSCI_AFFINITY_MASK		0xff00ffffff

#endif
