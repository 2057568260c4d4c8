# The program that looks for keys in memory, a program of the host. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

SEARCH := $(BUILD)/search/search
SEARCH_SOURCES := $(sort $(wildcard tests/search/*.c)) tests/audit/memory.c

$(SEARCH): $(SEARCH_SOURCES) $(wildcard tests/search/*.h) tests/audit/memory.h Makefile tests/search/search.mk
	@mkdir -p $(@D)
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) -std=c11 -D_GNU_SOURCE -O2 -g -ffile-prefix-map=$(CURDIR)/= $(WARN) -I. $(SEARCH_SOURCES) -o $@
