/*
 * Calls of Redoubt's own that a VM may make. Vendor-specific hypervisor service, fast SMC64 range, by SMC or HVC: id in x0,
 * which returns a VM_* code. Numbers only; safe for C and assembly.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ABI_VM_H
#define ABI_VM_H

/* x1 version (1 .. security counter of the VM's image) -> x1..x4 secret, 32 bytes; zero if it is refused. The same as long
 * as owner, name, version and device are, whatever is packed. A confidential VM that was started from an image */
#define VM_SECRET			0xc6000300

#define VM_OK				0
#define VM_ERR_DENIED			(-3)	/* not of this class, of no image, or a version that its image may not have */

#define VM_SECRET_BYTES			32

#endif
