# Running and testing the whole system in QEMU. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: test-system mutants

RUN_DIR := $(BUILD)/run
# How many fuzzers or programs that compute run at a time.
JOBS ?= $(shell processors=$$(nproc); echo $$((processors < 2 ? 1 : 2)))
# Beside those that compute, some that wait: a fifth of a case's time is waiting, and a mutant that hangs its case costs a
# minute or two in which nothing runs.
CASE_JOBS ?= $(shell echo $$(($(JOBS) < 2 ? 1 : $(JOBS) + 1)))
MUTANT_JOBS ?= $(shell echo $$(($(JOBS) < 2 ? 1 : $(JOBS) + 4)))

# `make run`: two encrypted images with Debian, one of a confidential VM and one of an isolated one, and our small guest to
# start by hand; or a VM that is not encrypted: another kernel of Debian's or class, or any kernel that VM_KERNEL names.
RUN_ARGS := $(if $(CPU),--cpu $(CPU)) $(if $(SMP),--smp $(SMP)) $(if $(MEMORY),--memory $(MEMORY)) $(if $(GDB),--gdb $(GDB))

VM_PROTECTION := $(if $(VM_CLASS),--class $(VM_CLASS)) $(if $(VM_SHARE),--share $(VM_SHARE))

.PHONY: run-vms
ifdef VM_KERNEL
RUN_VMS := $(RUN_DIR)/vms/vm
run-vms:
	$(Q)guests/vm-dir $(RUN_DIR)/vms/vm --kernel '$(VM_KERNEL)' $(if $(VM_INITRD),--initrd '$(VM_INITRD)') \
		$(if $(VM_ARGS),--args '$(VM_ARGS)') --vcpus $(or $(VM_CPUS),1) --memory $(or $(VM_MEM),256) \
		$(if $(filter-out 0,$(VM_RAW)),--raw) $(VM_PROTECTION) --autostart --console
else ifeq ($(VM_DEBIAN)$(VM_CLASS),)
DEBIAN_VMS := debian-7.3 debian-6.12
RUN_VMS := $(foreach vm,$(DEBIAN_VMS),$(RUN_DIR)/vms/$(vm)/$(vm).conf) $(RUN_DIR)/vms/small
RUN_ARGS += $(DEBIAN_VMS:%=--autostart %) --attach debian-7.3
debian_image = guests/vm-dir $(RUN_DIR)/vms/debian-$(1) --debian $(1) --image $(OUT)/box.bin --vcpus $(or $(VM_CPUS),2) \
	--memory $(or $(VM_MEM),512) $(if $(VM_ARGS),--args '$(VM_ARGS)')
run-vms: $(OUT)/small.bin $(OUT)/box.bin
	$(Q)$(call debian_image,7.3) --class confidential --share rsi
	$(Q)$(call debian_image,6.12)
	$(Q)guests/vm-dir $(RUN_DIR)/vms/small --kernel $(OUT)/small.bin --memory 16
else
RUN_VMS := $(RUN_DIR)/vms/debian $(RUN_DIR)/vms/small
run-vms: $(OUT)/small.bin
	$(Q)guests/vm-dir $(RUN_DIR)/vms/debian --debian $(VM_DEBIAN) --vcpus $(or $(VM_CPUS),2) \
		--memory $(or $(VM_MEM),512) $(if $(VM_ARGS),--args '$(VM_ARGS)') $(VM_PROTECTION) --autostart --console
	$(Q)guests/vm-dir $(RUN_DIR)/vms/small --kernel $(OUT)/small.bin --memory 16
endif

## run      boot to the shell of a Debian VM; Ctrl-] leaves it, `poweroff` ends (VM_KERNEL=... VM_INITRD=... VM_ARGS=...
##          VM_CPUS=... VM_MEM=MiB VM_RAW=1: another VM; VM_DEBIAN=6.1|6.12|7.3 VM_CLASS=isolated|confidential
##          VM_SHARE=rsi|window: one that is not encrypted; CPU=... SMP=... MEMORY=...: the board; GDB=el3|el2|el1)
run:
	$(Q)setup/install --for run
	$(Q)$(MAKE) --no-print-directory run-built

.PHONY: run-built
run-built: images $(TOOL) run-vms
	$(Q)exec plat/virt/run $(OUT) $(RUN_VMS) --out $(RUN_DIR) --keep-flash $(RUN_ARGS)

## test-system   the system cases (CASES='pattern ...' chooses, JOBS=1 runs one at a time)
test-system: test-images
	$(Q)tests/system/run -j $(CASE_JOBS) --build $(OUT) --out $(BUILD)/system $(CASES)

## mutants  break each defence in a copy, and see that its case fails (MUTANTS='name ...' chooses)
mutants: test-images
	$(Q)tests/mutants/run -j $(MUTANT_JOBS) --build $(OUT) $(MUTANTS)

# Test builds: the same objects, with the attackers' files added or in place of one.
ATTACK := $(OUT)/attack
ATTACK_IMAGES := $(ATTACK)/lwk.bin $(ATTACK)/box.bin $(ATTACK)/small.bin
attack_objects = $(patsubst %,$(OUT)/obj/%.o,$(basename $(wildcard tests/attack/$(1)*.c tests/attack/$(1)*.S))) \
	$(patsubst %,$(OUT)/obj/tests/attack/%.o,guard registers calls seek seek_call)
# attack_room: $(1) directory, $(2) prefix of its assembly, $(3) of the attacker's files, $(4) objects replaced,
# $(5) a function of which the attacker has its own
define attack_room
$(ATTACK)/$(notdir $(1)).elf: $(filter-out $(4),$(call objects,$(1),$(2))) $(call attack_objects,$(3)) \
		$(OUT)/libredoubt.a $(OUT)/$(1)/$(notdir $(1)).ld
	@mkdir -p $(ATTACK)
	$$(call say,LD,$$@)
	$(Q)$(LD) $(LDFLAGS) $(if $(5),--wrap=$(5)) -T $(OUT)/$(1)/$(notdir $(1)).ld $$(filter %.o,$$^) $(OUT)/libredoubt.a -o $$@
endef
$(eval $(call attack_room,lwk,lwk,outer,,host_call))
$(eval $(call attack_room,box,box,box,$(OUT)/obj/box/vcpu.o,))
$(eval $(call attack_room,guests/small,small,vm,,))

# Trusted rooms that hang or fail: the same objects, and tests/failsafe/NAME.c in the place of one function.
FAILSAFE := $(OUT)/failsafe
FAILSAFE_IMAGES := $(patsubst tests/failsafe/%.c,$(FAILSAFE)/%.bin,$(wildcard tests/failsafe/*.c))
# failsafe_room: $(1) room, $(2) name, $(3) function, $(4) further objects
define failsafe_room
$(FAILSAFE)/$(2).elf: $(call objects,$(1),$(1)) $(4) $(OUT)/obj/tests/failsafe/$(2).o $(OUT)/libredoubt.a $(OUT)/$(1)/$(1).ld
	@mkdir -p $(FAILSAFE)
	$$(call say,LD,$$@)
	$(Q)$(LD) $(LDFLAGS) --wrap=$(3) -T $(OUT)/$(1)/$(1).ld $$(filter %.o,$$^) $(OUT)/libredoubt.a -o $$@
endef
$(eval $(call failsafe_room,mediator,mediator_hangs,anchor_measurement,))
$(eval $(call failsafe_room,mediator,mediator_fails,anchor_measurement,))
$(eval $(call failsafe_room,mediator,mediator_sleeps,gic_init_distributor,))
$(eval $(call failsafe_room,monitor,monitor_tries,tree_write,))
$(eval $(call failsafe_room,monitor,monitor_blind,watchdog_start,))
$(eval $(call failsafe_room,anchor,anchor_hangs,log_read,$(CRYPTO_OBJECTS)))

# A token that signs wrongly, for the host tool.
LYING_TOKEN := $(BUILD)/lying_token.so
$(LYING_TOKEN): tests/attack/lying_token.c Makefile
	@mkdir -p $(@D)
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) -std=c11 -O2 -fPIC -shared $(filter-out -Wmissing-prototypes,$(WARN)) -isystem /usr/include/p11-kit-1 $< -ldl -o $@

.PHONY: attack-images test-images
# All that system cases and mutants need.
test-images: images $(TOOL) attack-images model-images $(AUDIT) $(SEARCH)

attack-images: $(ATTACK_IMAGES) $(FAILSAFE_IMAGES) $(LYING_TOKEN)

## attack   outer OS, box and VM try what they must not have; prints every refusal, fails if anything was not refused
attack: images $(TOOL) attack-images
	$(Q)tests/attack/run $(OUT) $(BUILD)/attack -j $(JOBS)

# The lightweight kernel with the bench's own command.
BENCH_LWK := $(OUT)/bench/lwk.bin
$(OUT)/bench/lwk.elf: $(call objects,lwk,lwk) $(OUT)/obj/bench/outer.o $(OUT)/libredoubt.a $(OUT)/lwk/lwk.ld
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(LD) $(LDFLAGS) --wrap=host_populate_image -T $(OUT)/lwk/lwk.ld $(filter %.o,$^) $(OUT)/libredoubt.a -o $@

.PHONY: bench
## bench    instructions of single operations beside the goals; writes build/bench.json
bench: images $(TOOL) $(BENCH_LWK)
	$(Q)bench/run --build $(OUT) --out $(BUILD)/bench --json $(BUILD)/bench.json
