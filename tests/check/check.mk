# `make check` and `make tcb`: what needs no QEMU. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: check check-tree tcb unit

## check    header, include and word checks, and the unit tests on the host
check: check-tree unit

check-tree:
	$(Q)CC='$(CC)' CFLAGS='$(CFLAGS) $(CFLAGS_CORE)' tests/check/headers
	$(Q)tests/check/includes
	$(Q)tests/check/words
	$(Q)CC='$(CC)' CFLAGS='$(CFLAGS) $(CFLAGS_CORE)' tests/check/selftest
	$(Q)tests/mutants/run --check
	$(Q)tests/fresh/sources
	$(Q)echo 'tree: headers, includes, words and source lists hold'

## tcb      code lines of the trusted rooms beside their budgets, and the ten longest functions
tcb: images
	$(Q)tests/check/tcb $(OUT)

unit: $(UNIT_TESTS:%=$(UNIT)/%)
	$(Q)JOBS=$(JOBS) tests/unit/run $(UNIT)/summary $^
