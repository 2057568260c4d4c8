# `make fuzz`: fuzzers of the parsers, with Clang's libFuzzer and sanitizers. Included by the Makefile.
# A target is tests/fuzz/NAME_fuzz.c; its head names what it is built of. It is built twice: to be fuzzed, and to measure
# what the corpus then covers.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: fuzz fuzz-build

FUZZ := $(BUILD)/fuzz
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
FUZZ_FLAGS := -std=gnu11 -D_GNU_SOURCE -g $(WARN) -Iarch/fake/include -Iplat/virt/include -I.
FUZZ_HEADERS := $(wildcard lib/*.h crypto/*.h anchor/*.h abi/*.h tools/*.h tests/unit/*.h tests/fuzz/*.h)

# fuzz_target: $(1) name, $(2) what it is built of
define fuzz_target
$(FUZZ)/$(1): tests/fuzz/$(1)_fuzz.c tests/fuzz/target.c $(filter %.c,$(2)) $(FUZZ_HEADERS) tests/fuzz/fuzz.mk
	@mkdir -p $$(@D)
	$$(call say,FUZZER,$(1))
	$(Q)$(CLANG) $(FUZZ_FLAGS) -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $$(filter %.c,$$^) $(filter -l%,$(2)) -o $$@

$(FUZZ)/$(1)-replay: tests/fuzz/$(1)_fuzz.c tests/fuzz/target.c tests/fuzz/replay.c $(filter %.c,$(2)) $(FUZZ_HEADERS) tests/fuzz/fuzz.mk
	@rm -rf $$@.gcov && mkdir -p $$@.gcov
	$(Q)$(HOSTCC) $(FUZZ_FLAGS) -O0 --coverage -dumpdir $$@.gcov/ $$(filter %.c,$$^) $(filter -l%,$(2)) -o $$@
endef
$(foreach t,$(FUZZ_TARGETS),$(eval $(call fuzz_target,$(t),$(shell sed -n 's/^ \* \(Covers\|Links\): *//p' \
	tests/fuzz/$(t)_fuzz.c))))

FUZZ_SEEDS := tests/fuzz/seeds.c $(addprefix tests/unit/,sample.c sample_image.c sample_image_write.c sample_write.c) \
	$(addprefix tests/unit/,attestation_draft.c cbor_write.c signer.c) $(UNIT_OPENSSL) lib/cose.c lib/cbor.c lib/firmware.c lib/signed.c
$(FUZZ)/seeds: $(FUZZ_SEEDS) $(FUZZ_HEADERS) tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(FUZZ_FLAGS) $(filter %.c,$^) -lcmocka -lcrypto -lcbor -o $@

fuzz-build: $(FUZZ)/seeds $(FUZZ_TARGETS:%=$(FUZZ)/%) $(FUZZ_TARGETS:%=$(FUZZ)/%-replay)

## fuzz     fuzzers of the parsers of what others may have made, FUZZ_SECONDS each (60); lines covered, at least 90 %
fuzz: fuzz-build
	$(Q)tests/fuzz/run -j $(JOBS) --build $(FUZZ) --seconds $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)
