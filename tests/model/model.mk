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

-include $(shell find $(MODEL)/obj -name '*.d' 2>/dev/null)
