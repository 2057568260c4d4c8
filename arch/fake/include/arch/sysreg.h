/*
 * System registers of the simulated machine: one set a CPU, in memory. The list and the fields are arch/arm64's.
 * SPDX-License-Identifier: BSD-3-Clause
 */
#ifndef ARCH_SYSREG_H
#define ARCH_SYSREG_H

#include <stdint.h>
#include "arch/fake.h"

#define SYSREG_READ(name, encoding)	FAKE_##name,
#define SYSREG_WRITE(name, encoding)	FAKE_##name,
#define SYSREG(name, encoding)		FAKE_##name,
enum fake_register {
#include "arch/sysreg_list.h"
	FAKE_REGISTER_COUNT,
};
#undef SYSREG_READ
#undef SYSREG_WRITE
#undef SYSREG

#define SYSREG_READ(name, encoding)	\
	static inline uint64_t read_##name(void) { return fake_register_read(FAKE_##name); }
#define SYSREG_WRITE(name, encoding)	\
	static inline void write_##name(uint64_t value) { fake_register_write(FAKE_##name, value); }
#define SYSREG(name, encoding) SYSREG_READ(name, encoding) SYSREG_WRITE(name, encoding)

#include "arch/sysreg_list.h"
#include "arch/sysreg_fields.h"

#undef SYSREG_READ
#undef SYSREG_WRITE
#undef SYSREG

/* What a register of a CPU holds, without the effects that reading has. */
extern uint64_t fake_registers[FAKE_CPU_MAX][FAKE_REGISTER_COUNT];

#endif
