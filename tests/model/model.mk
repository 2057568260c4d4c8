# The model of ownership beside the mediator, on the host. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: model model-soak

MODEL := $(BUILD)/model
MODEL_SOURCES := $(sort $(wildcard tests/model/*.c))
# For speed: no sanitizers. The sanitized one links what the unit tests link.
MODEL_FLAGS := -std=gnu11 -O2 -g -D_GNU_SOURCE $(WARN) -Iarch/fake/include -Iarch/arm64/include -Iplat/virt/include -I.
MODEL_OBJECTS := $(MODEL_SOURCES:%.c=$(MODEL)/obj/%.o) $(UNIT_MEDIATOR:%.c=$(MODEL)/obj/%.o)

$(MODEL)/obj/%.o: %.c Makefile tests/model/model.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(MODEL_FLAGS) -MMD -MP -c $< -o $@

$(MODEL_SOURCES:%.c=$(UNIT)/obj/%.o): UNIT_FLAGS += -D_GNU_SOURCE

$(MODEL)/model: $(MODEL_OBJECTS)
	$(Q)$(HOSTCC) $^ -lcmocka -lpthread -o $@

$(MODEL)/model-sanitized: $(MODEL_SOURCES:%.c=$(UNIT)/obj/%.o) $(UNIT_ARCHIVE)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -fsanitize=address,undefined $^ -lcmocka -lpthread -o $@

## model    10^6 random steps beside the model with a fixed seed, 10^6 with a fresh one, fewer with sanitizers and all rules
model: $(MODEL)/model $(MODEL)/model-sanitized
	$(Q)$(MODEL)/model --steps 1m --seed 1 --quiet --save $(MODEL)/seed-1.steps
	$(Q)$(MODEL)/model --steps 1m --seed fresh --save $(MODEL)/fresh.steps
	$(Q)$(MODEL)/model-sanitized --steps 100k --seed 2 --quiet --save $(MODEL)/seed-2.steps
	$(Q)$(MODEL)/model-sanitized --steps 5k --seed 3 --strict --quiet --save $(MODEL)/seed-3.steps

# The long form: STEPS and SEED choose.
model-soak: $(MODEL)/model
	$(Q)$(MODEL)/model --steps $(or $(STEPS),100m) --seed $(or $(SEED),fresh) --save $(MODEL)/soak.steps

# On a board: a test build of the lightweight kernel with the model, its driver, and the programs of box and VM in it.
BOARD := $(OUT)/model
BOARD_PROGRAMS := guest_box guest_vm
BOARD_SHARED := model moves images nest looks shares state content values walk walk_guest
BOARD_SOURCES := $(filter-out tests/model/board/guest_%,$(wildcard tests/model/board/*.c))
BOARD_OBJECTS := $(BOARD_SHARED:%=$(OUT)/obj/tests/model/%.o) $(BOARD_SOURCES:%.c=$(OUT)/obj/%.o) \
	$(OUT)/obj/tests/model/board/images.o $(CRYPTO_OBJECTS)
BOARD_GUEST := $(patsubst %,$(OUT)/obj/tests/%.o,model/board/guest_start model/board/guest_step model/content attack/guard)

$(BOARD_PROGRAMS:%=$(BOARD)/%.elf): $(BOARD)/%.elf: $(OUT)/obj/tests/model/board/%.o $(BOARD_GUEST) $(OUT)/libredoubt.a \
		$(OUT)/tests/model/board/guest.ld
	@mkdir -p $(BOARD)
	$(call say,LD,$@)
	$(Q)$(LD) $(LDFLAGS) -T $(OUT)/tests/model/board/guest.ld $(filter %.o,$^) $(OUT)/libredoubt.a -o $@

$(OUT)/obj/tests/model/board/images.o: INCLUDE += -DGUEST_BOX_IMAGE='"$(BOARD)/guest_box.bin"' \
	-DGUEST_VM_IMAGE='"$(BOARD)/guest_vm.bin"'
$(OUT)/obj/tests/model/board/images.o: $(BOARD_PROGRAMS:%=$(BOARD)/%.bin)

$(BOARD)/lwk.elf: $(call objects,lwk,lwk) $(BOARD_OBJECTS) $(OUT)/libredoubt.a $(OUT)/lwk/lwk.ld
	@mkdir -p $(BOARD)
	$(call say,LD,$@)
	$(Q)$(LD) $(LDFLAGS) -T $(OUT)/lwk/lwk.ld $(filter %.o,$^) $(OUT)/libredoubt.a -o $@

.PHONY: model-images
model-images: $(BOARD)/lwk.bin

-include $(shell find $(MODEL)/obj -name '*.d' 2>/dev/null)
