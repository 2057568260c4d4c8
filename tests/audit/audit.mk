# The outside auditor, a program of the host. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

AUDIT := $(BUILD)/audit/audit
AUDIT_SOURCES := $(sort $(wildcard tests/audit/*.c)) tests/search/secret.c tests/search/schedule.c
# Only what both sides of the boundary share: the ABI and the board's memory map.
AUDIT_FLAGS := -std=c11 -D_GNU_SOURCE -O2 -g -ffile-prefix-map=$(CURDIR)/= $(WARN) -I. -Iplat/virt/include

$(AUDIT): $(AUDIT_SOURCES) $(wildcard tests/audit/*.h tests/search/*.h abi/*.h plat/virt/include/plat/*.h) Makefile tests/audit/audit.mk
	@mkdir -p $(@D)
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) $(AUDIT_FLAGS) $(AUDIT_SOURCES) -o $@

.PHONY: audit
## audit    the program that audits a running machine from outside (build/audit/audit --help)
audit: $(AUDIT)
