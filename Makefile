# Redoubt: one Makefile. `make help` lists the targets.
# Everything is built below $(BUILD); TOOLCHAIN is gcc or clang. No network after set-up.
# SPDX-License-Identifier: BSD-3-Clause

MAKEFLAGS += --no-builtin-rules
# V=1 shows every command; otherwise one short line each.
Q := $(if $(V),,@)
say = @printf '  %-8s %s\n' '$(1)' '$(2)'
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SECONDARY:

TOOLCHAIN ?= gcc
BUILD ?= build
OUT := $(BUILD)/$(TOOLCHAIN)
CLANG ?= $(shell command -v clang-19 || echo clang)
CROSS := aarch64-linux-gnu-

CC_gcc := $(CROSS)gcc
CC_clang := $(CLANG) --target=aarch64-linux-gnu
CC := $(CC_$(TOOLCHAIN))
LD := $(CROSS)ld
OBJCOPY := $(CROSS)objcopy
HOSTCC ?= gcc

# No date, path, locale or parallelism may reach an image.
export LC_ALL := C
export SOURCE_DATE_EPOCH := 0

WARN := -Wall -Wextra -Werror -Wconversion -Wsign-conversion -Wshadow -Wmissing-prototypes \
	-Wstrict-prototypes -Wcast-qual -Wvla -Wundef -Wimplicit-fallthrough
WARN_clang := -Wthread-safety
INCLUDE := -I. -Iarch/arm64/include -Iplat/virt/include
CFLAGS := -std=gnu11 -O2 -g -ffreestanding -fno-pic -fno-common -fno-asynchronous-unwind-tables \
	-fno-stack-protector -ffunction-sections -fdata-sections -march=armv8-a -mno-outline-atomics \
	-ffile-prefix-map=$(CURDIR)/= $(WARN) $(WARN_$(TOOLCHAIN)) $(INCLUDE)
# All but the cryptography: no vector registers, and no unaligned access before an MMU is on.
CFLAGS_CORE := -mgeneral-regs-only -mstrict-align
LDFLAGS := -nostdlib -static --gc-sections --build-id=none -z max-page-size=4096 -z noexecstack \
	--fatal-warnings --no-warn-rwx-segments

ROOMS := rom monitor anchor mediator box lwk
IMAGES := $(ROOMS:%=$(OUT)/%.bin) $(OUT)/small.bin $(OUT)/keyed.bin

# What every room may link: what knows no domain, and the board's parts.
LIB_SOURCES := $(wildcard lib/*.c arch/arm64/*.c plat/virt/*.c)
LIB_OBJECTS := $(LIB_SOURCES:%.c=$(OUT)/obj/%.o) $(OUT)/obj/arch/arm64/lib.o

# SHA-256 for the lightweight kernel's event log; who trusts cryptography links all of it.
HASH_lwk := $(OUT)/obj/crypto/hash.o $(OUT)/obj/mbedtls/sha256.o
objects = $(patsubst %,$(OUT)/obj/%.o,$(basename $(wildcard $(1)/*.c) $(wildcard arch/arm64/$(2)_*.S))) $(HASH_$(1))

.PHONY: help run test check prove soak bench attack tcb repro fresh clean images setup
help:
	@sed -n 's/^## //p' $(MAKEFILE_LIST)

$(OUT)/obj/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS) $(CFLAGS_CORE) -MMD -MP -c $< -o $@

$(OUT)/obj/%.o: %.S Makefile
	@mkdir -p $(@D)
	$(call say,AS,$<)
	$(Q)$(CC) $(INCLUDE) -D__ASSEMBLER__ -march=armv8-a -g -ffile-prefix-map=$(CURDIR)/= -MMD -MP -c $< -o $@

# The cryptography: vector registers and unaligned access; warnings of the foreign file are its own. It copies words by memcpy,
# which is a call each unless the compiler knows it.
MBEDTLS = $(shell setup/where mbedtls)
CRYPTO_FLAGS = -march=armv8-a+crypto -isystem $(MBEDTLS)/include -isystem $(MBEDTLS)/library -DMBEDTLS_CONFIG_FILE='"crypto/mbedtls_config.h"'
MBEDTLS_PARTS := aes aesce bignum bignum_core block_cipher constant_time gcm hkdf hmac_drbg md \
	memory_buffer_alloc platform platform_util sha256 sha512
CRYPTO_OBJECTS := $(patsubst %.c,$(OUT)/obj/%.o,$(wildcard crypto/*.c)) $(MBEDTLS_PARTS:%=$(OUT)/obj/mbedtls/%.o)
$(OUT)/obj/crypto/%.o: CFLAGS_CORE = $(CRYPTO_FLAGS)
$(OUT)/obj/mbedtls/%.o: crypto/mbedtls_config.h Makefile
	@mkdir -p $(@D)
	$(call say,CC,mbedtls/$*.c)
	$(Q)$(CC) $(CFLAGS) $(CRYPTO_FLAGS) -fbuiltin -w -ffile-prefix-map=$(MBEDTLS)/= -c $(MBEDTLS)/library/$*.c -o $@

$(OUT)/libredoubt.a: $(LIB_OBJECTS)
	@rm -f $@
	$(Q)$(CROSS)ar rcsD $@ $^

$(OUT)/%.ld: %.ld.S Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) $(INCLUDE) -D__ASSEMBLER__ -E -P -x assembler-with-cpp $< -o $@

# room: $(1) directory, $(2) prefix of its assembly, $(3) further objects
define room
$(OUT)/$(notdir $(1)).elf: $(call objects,$(1),$(2)) $(3) $(OUT)/libredoubt.a $(OUT)/$(1)/$(notdir $(1)).ld
	$$(call say,LD,$$@)
	$(Q)$(LD) $(LDFLAGS) -Map=$$(@:.elf=.map) -T $(OUT)/$(1)/$(notdir $(1)).ld $$(filter %.o,$$^) $(OUT)/libredoubt.a -o $$@
endef

$(foreach r,monitor mediator box lwk,$(eval $(call room,$(r),$(r),)))
$(foreach r,rom anchor,$(eval $(call room,$(r),$(r),$(CRYPTO_OBJECTS))))
$(eval $(call room,guests/small,small,))
$(eval $(call room,guests/keyed,keyed,))

$(OUT)/%.bin: $(OUT)/%.elf
	$(Q)$(OBJCOPY) -O binary $< $@

# The host tool: its own sources, the pure parts of lib/ that predict what firmware does, and the readers of signed objects.
TOOL := $(BUILD)/redoubt
TOOL_SOURCES := $(wildcard tools/*.c) $(addprefix lib/,fdt.c print.c vmplan.c vmplan_tree.c vmconfig.c cpio.c) \
	$(addprefix lib/,cbor.c cbor_writer.c chain.c cose.c endorsement.c firmware.c policy.c signed.c state_text.c vmimage.c) \
	crypto/package.c crypto/state.c
TOOL_OBJECTS := $(TOOL_SOURCES:%.c=$(BUILD)/tool/%.o)
$(BUILD)/tool/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,HOSTCC,$<)
	$(Q)$(HOSTCC) -std=c11 -D_GNU_SOURCE -O2 -g -ffile-prefix-map=$(CURDIR)/= $(WARN) -I. -Iplat/virt/include \
		-isystem /usr/include/p11-kit-1 -MMD -MP -c $< -o $@

$(TOOL): $(TOOL_OBJECTS)
	$(call say,LD,$@)
	$(Q)$(HOSTCC) $^ -lcrypto -lp11-kit -lconfig -ljansson -o $@

## images   build every image for the target (TOOLCHAIN=gcc|clang, V=1 shows the commands)
images: $(IMAGES)

## test     set up this machine, then every check; ends with "N passed, N failed"
test:
	$(Q)setup/install --for test
	$(Q)tests/run $(BUILD)

## repro    two builds in different places, times, locales and -j give the same bytes
repro:
	$(Q)tests/repro/run

## fresh    `make run` and `make test` in minimal chroots of bookworm and trixie (needs root, an hour)
fresh:
	$(Q)setup/install --for fresh
	$(Q)tests/fresh/run $(SUITES)

## clean    remove what was built
clean:
	rm -rf $(BUILD)

-include $(shell find $(OUT)/obj $(BUILD)/tool -name '*.d' 2>/dev/null)

include tests/audit/audit.mk tests/search/search.mk tests/unit/unit.mk tests/fuzz/fuzz.mk tests/model/model.mk $(wildcard tests/proof/proof.mk)
include tests/check/check.mk tests/system/system.mk
