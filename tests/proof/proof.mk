# `make prove` and `make soak`. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: prove soak

## prove    CBMC proofs, each with mutants on which it must fail (PROOFS='name ...' chooses)
prove:
	$(Q)setup/install --for prove
	$(Q)tests/proof/run --cbmc "$$(setup/where cbmc)" --out $(BUILD)/proof $(PROOFS)

## soak     the long forms: all proofs, then ROUNDS=20 rounds of the life-cycle and attack cases
soak: images $(TOOL) attack-images
	$(Q)$(MAKE) --no-print-directory prove
	$(Q)tests/soak/run $(OUT) $(BUILD)/soak $(or $(ROUNDS),20)
