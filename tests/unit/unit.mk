# How unit tests are built; check.mk runs them. Included by the Makefile.
# A unit test is tests/unit/NAME_test.c; the line "Links: ..." in its head names what it is linked with: sources,
# libraries, options of the linker, "mediator" for the whole mediator on the simulated machine of arch/fake, "mbedtls" for
# the cryptography of the rooms, and "openssl" for that of the host tool.
# SPDX-License-Identifier: BSD-3-Clause

UNIT := $(BUILD)/unit
UNIT_FLAGS := -std=gnu11 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer \
	$(WARN) -Iarch/fake/include -Iarch/arm64/include -Iplat/virt/include -I.
UNIT_TESTS := $(patsubst tests/unit/%_test.c,%,$(sort $(wildcard tests/unit/*_test.c)))

# What needs EL2 itself stays out: boot and stage 1.
UNIT_MEDIATOR := $(filter-out mediator/main.c mediator/mmu.c,$(sort $(wildcard mediator/*.c))) \
	$(sort $(wildcard arch/fake/*.c)) $(sort $(wildcard tests/unit/machine*.c)) tests/unit/fixture.c \
	tests/unit/walker.c tests/unit/bbm.c
UNIT_ARCHIVE := $(UNIT)/mediator.a

$(UNIT)/obj/%.o: %.c Makefile tests/unit/unit.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(UNIT_FLAGS) -MMD -MP -c $< -o $@

$(UNIT_ARCHIVE): $(UNIT_MEDIATOR:%.c=$(UNIT)/obj/%.o)
	@rm -f $@
	$(Q)ar rcsD $@ $^

# The rooms' cryptography on the host. Only addresses are watched in the foreign part: its arithmetic is its own.
UNIT_CRYPTO := $(UNIT)/mbedtls.a
UNIT_MBEDTLS_FLAGS = -isystem $(MBEDTLS)/include -isystem $(MBEDTLS)/library -DMBEDTLS_CONFIG_FILE='"tests/unit/mbedtls_config.h"'
UNIT_CRYPTO_OBJECTS := $(patsubst %,$(UNIT)/obj/crypto/%.o,agreement curve drbg gcm hash hkdf keywrap number pool signature signing)
$(UNIT_CRYPTO_OBJECTS) $(UNIT)/obj/tests/unit/schedule_test.o: UNIT_FLAGS += $(UNIT_MBEDTLS_FLAGS)
$(UNIT)/obj/mbedtls/%.o: tests/unit/mbedtls_config.h crypto/mbedtls_config.h Makefile tests/unit/unit.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -std=gnu11 -O2 -g -fsanitize=address -w -I. $(UNIT_MBEDTLS_FLAGS) -c $(MBEDTLS)/library/$*.c -o $@

$(UNIT_CRYPTO): $(MBEDTLS_PARTS:%=$(UNIT)/obj/mbedtls/%.o) $(UNIT_CRYPTO_OBJECTS)
	@rm -f $@
	$(Q)ar rcsD $@ $^

UNIT_OPENSSL := tools/crypto.c tools/public_key.c tools/file.c tools/refuse.c

# unit_test: $(1) name, $(2) what its head says that it links
define unit_test
$(UNIT)/$(1): $(UNIT)/obj/tests/unit/$(1)_test.o $(patsubst %.c,$(UNIT)/obj/%.o,$(filter %.c,$(2))) \
		$(if $(filter mediator,$(2)),$(UNIT_ARCHIVE)) $(if $(filter mbedtls,$(2)),$(UNIT_CRYPTO)) \
		$(if $(filter openssl,$(2)),$(UNIT_OPENSSL:%.c=$(UNIT)/obj/%.o))
	$(Q)$(HOSTCC) -fsanitize=address,undefined $$^ $(filter -l% -Wl%,$(2)) $(if $(filter openssl,$(2)),-lcrypto) -lcmocka -lpthread -o $$@
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_test,$(t),$(shell sed -n 's/^ \* Links: *//p' tests/unit/$(t)_test.c))))

-include $(shell find $(UNIT)/obj -name '*.d' 2>/dev/null)
