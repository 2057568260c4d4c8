# How unit tests are built; check.mk runs them. Included by the Makefile.
# A unit test is tests/unit/NAME_test.c; the line "Links: ..." in its head names what it is linked with: sources,
# libraries, and "mediator" for the whole mediator on the simulated machine of arch/fake.
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

# unit_test: $(1) name, $(2) what its head says that it links
define unit_test
$(UNIT)/$(1): $(UNIT)/obj/tests/unit/$(1)_test.o $(patsubst %.c,$(UNIT)/obj/%.o,$(filter %.c,$(2))) \
		$(if $(filter mediator,$(2)),$(UNIT_ARCHIVE))
	$(Q)$(HOSTCC) -fsanitize=address,undefined $$^ $(filter -l%,$(2)) -lcmocka -lpthread -o $$@
endef
$(foreach t,$(UNIT_TESTS),$(eval $(call unit_test,$(t),$(shell sed -n 's/^ \* Links: *//p' tests/unit/$(t)_test.c))))

-include $(shell find $(UNIT)/obj -name '*.d' 2>/dev/null)
