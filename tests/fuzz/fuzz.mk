# `make fuzz`: fuzzers of the parsers, with Clang's libFuzzer and sanitizers. Included by the Makefile.
# A target is tests/fuzz/NAME_fuzz.c. It is built twice: to be fuzzed, and to measure what the corpus then covers.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: fuzz

FUZZ := $(BUILD)/fuzz
FUZZ_TARGETS := $(patsubst tests/fuzz/%_fuzz.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
# What a target runs and what it is compared with.
FUZZ_SOURCES := tests/fuzz/target.c tests/unit/cbor_write.c tests/unit/sample_write.c \
	$(addprefix lib/,cbor.c chain.c cose.c endorsement.c firmware.c policy.c signed.c)
FUZZ_chain := crypto/package.c
FUZZ_FLAGS := -std=gnu11 -g $(WARN) -Iarch/fake/include -Iplat/virt/include -I.
FUZZ_HEADERS := $(wildcard lib/*.h crypto/*.h tests/unit/*.h tests/fuzz/*.h)

$(FUZZ)/%: tests/fuzz/%_fuzz.c $(FUZZ_SOURCES) $(FUZZ_chain) $(FUZZ_HEADERS) tests/fuzz/fuzz.mk
	@mkdir -p $(@D)
	$(call say,FUZZER,$*)
	$(Q)$(CLANG) $(FUZZ_FLAGS) -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all $< $(FUZZ_SOURCES) \
		$(FUZZ_$*) -o $@

$(FUZZ)/%-replay: tests/fuzz/%_fuzz.c tests/fuzz/replay.c $(FUZZ_SOURCES) $(FUZZ_chain) $(FUZZ_HEADERS) \
		tests/fuzz/fuzz.mk
	@rm -rf $@.gcov && mkdir -p $@.gcov
	$(Q)$(HOSTCC) $(FUZZ_FLAGS) -O0 --coverage -dumpdir $@.gcov/ $< tests/fuzz/replay.c $(FUZZ_SOURCES) $(FUZZ_$*) -o $@

$(FUZZ)/seeds: tests/fuzz/seeds.c tests/unit/sample.c tests/unit/signer.c tests/unit/crypto_openssl.c $(FUZZ_SOURCES) \
		$(FUZZ_HEADERS)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(FUZZ_FLAGS) $(filter %.c,$(filter-out tests/fuzz/target.c,$^)) -lcmocka -lcrypto -o $@

## fuzz     fuzzers of the parsers of signed objects, FUZZ_SECONDS each (60); lines covered of each, at least 90 %
fuzz: $(FUZZ)/seeds $(FUZZ_TARGETS:%=$(FUZZ)/%) $(FUZZ_TARGETS:%=$(FUZZ)/%-replay)
	$(Q)tests/fuzz/run --build $(FUZZ) --seconds $(or $(FUZZ_SECONDS),60) $(FUZZ_TARGETS)
