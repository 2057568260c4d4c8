/*
 * ROM: the first code after reset, at EL3, executed in place from secure flash. It trusts the board
 * and its own image, and takes firmware of the root key that the identity page names. It does not
 * trust: what RAM holds, a package before its signatures hold, any component before its copy is
 * checked, QEMU's device tree, an old crash record.
 *
 * Promise: nothing but verified components runs, and no memory content from before this boot
 * reaches them except the loader window. Every refusal names its stage; that of a try ends in a boot of
 * the active slot, any other powers the board off.
 *
 * Memory: code and constants in flash0; data, tables and stack at PLAT_ROM_DATA. Only CPU 0 gets
 * here; the others sleep in arch/arm64/rom_start.S until the monitor wakes them.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ROM_ROOM_H
#define ROM_ROOM_H

#include "abi/boot.h"
#include "abi/identity.h"
#include "abi/state.h"
#include "crypto/hash.h"
#include "crypto/package.h"
#include "lib/compiler.h"

/* What the ROM takes from the board's device tree. */
struct board {
	uint32_t cpu_count;
	uint64_t ram_bytes; /* from PLAT_RAM_BASE; whole blocks of 2 MiB, at most PLAT_RAM_MAX */
	bool has_smmu;
};

/* main.c: entered by rom_start.S on CPU 0 with the MMU off. */
NORETURN void rom_main(void);
/* main.c: any exception at EL3 while the ROM runs. */
NORETURN void rom_exception(uint64_t esr, uint64_t pc, uint64_t far);
/* arch/arm64/rom_start.S: MMU off, then into the monitor with @boot_info in x0. */
NORETURN void rom_leave(uint64_t entry, uint64_t boot_info);

/* stop.c: print a refusal on both UARTs ("rom: " and the text), power the board off. */
NORETURN PRINTF(1, 2) void rom_stop(const char *format, ...);

/* What there is to do about flash that is refused. */
#define WRITE_FRESH "write a fresh flash image with redoubt provision"

/*
 * stop.c: rom_stop for a package's head or a policy. @role: for what the key had to be endorsed;
 * @begin: where the copy begins; @c: the verifier's cursor; @signer: looked at only if the problem is
 * the role.
 */
NORETURN void rom_refuse(enum signed_role role, const uint8_t *begin, const struct cbor *c, const struct trust *trust,
			 const struct endorsement *signer);

/* stop.c: print the crash record of the last run, if there is a well-formed one, and clear it. */
void crash_record_report(void);

/* board.c: read the device tree; stops if it is malformed or names more CPUs than PLAT_CPU_MAX. */
void board_read(struct board *board);
/* board.c: make the SMMU abort every transaction; it bypasses them after reset. */
void board_abort_dma(const struct board *board);

/* memory.c: MMU on; flash, devices, secure RAM and the board's device tree become reachable. */
void memory_map(void);
/* memory.c: the rest of DRAM becomes reachable. */
void memory_map_ram(uint64_t ram_bytes);
/*
 * memory.c: zero secure RAM (but the ROM's own and the crash record) and DRAM (but the loader
 * window).
 */
void memory_zero(uint64_t ram_bytes, uint64_t loader_base, uint64_t loader_bytes);

/* identity.c: copy the identity page and check it, say aloud what is no production; stops if it is not as written. */
void identity_read(struct identity_page *page);
/* identity.c: append the measurement of the page's public part. */
void identity_measure(struct boot_info *info, const struct identity_page *page);

/*
 * state.c: copy the newest valid snapshot of the device's state, and say which slot is active; stops if there is none.
 */
void state_load(struct state *state);
/* state.c: hold packages against what the state refuses. */
void state_fill_trust(const struct state *state, struct trust *trust);

/*
 * run.c: read what the run before this one left, and clear it: an order is used up, whatever follows.
 */
void run_last_take(void);
/* run.c: decide which slot boots, and say so; its offset in flash. */
uint64_t run_slot_choose(const struct state *state);
/* run.c: tell the monitor which run this is and what the last one was, and the next boot that it began. */
void run_begin(struct boot_info *info);
/* run.c: if another slot than the active one was chosen: that one failed; does not return, the active one boots. */
void run_back(void);

/*
 * slot.c: copy the head of the package at @slot (offset in flash), verify it, and check where its
 * components want to go; stops if this device does not take it.
 */
void slot_read(uint64_t slot, const struct trust *trust, struct package *package);
/* slot.c: does the RAM hold the layout? Stops with need and have if not. */
void slot_check_ram(const struct firmware *firmware, uint64_t ram_bytes);
/*
 * slot.c: load, verify and measure all components of what slot_read took, the policy last; stops if one
 * does not hold.
 */
void slot_load(struct boot_info *info, uint64_t slot, const struct trust *trust, struct package *package);

/* load.c: SHA-256 of one piece of memory. */
void memory_hash(const void *data, uint64_t bytes, uint8_t sha256[HASH_BYTES]);
/* load.c: the first @bytes of a digest as digits, and a NUL. */
void digest_print(const uint8_t sha256[HASH_BYTES], size_t bytes, char *out);
/* load.c: measure the ROM itself. */
void load_measure_rom(struct boot_info *info);
/* load.c: append a measurement, and print its line. */
void load_record(struct boot_info *info, const char *name, const uint8_t sha256[HASH_BYTES],
		 uint64_t bytes, const char *verdict);
/*
 * load.c: copy a component from an offset in flash to @copy, verify the copy and append its
 * measurement; stops if it does not match.
 */
void load_component(struct boot_info *info, const char *name, uint64_t flash, void *copy,
		    const struct firmware_component *component);

#endif
