# `make prove`, `make prove-short` and `make soak`. Included by the Makefile.
# SPDX-License-Identifier: BSD-3-Clause

.PHONY: prove prove-short soak

# Seconds each, their mutants included; what they are about differs.
PROOFS_SHORT := fdt_open idreg memory_share pair_params stage2_entry

## prove    CBMC proofs, each with mutants on which it must fail (PROOFS='name ...' chooses)
prove:
	$(Q)setup/install --for prove
	$(Q)tests/proof/run --cbmc "$$(setup/where cbmc)" --out $(BUILD)/proof $(PROOFS)

## prove-short   the five fastest proofs, under a minute; `make test` runs them
prove-short:
	$(Q)$(MAKE) --no-print-directory prove PROOFS='$(PROOFS_SHORT)'

## soak     the long forms: all proofs, the model on the host and on a board, VMs started and stopped, stress,
##          audits, rounds of cases (SOAK='--help')
soak: images $(TOOL) attack-images model-images $(MODEL)/model $(AUDIT) $(UNIT)/update_power fuzz-build
	$(Q)$(MAKE) --no-print-directory prove
	$(Q)tests/soak/run --build $(OUT) --out $(BUILD)/soak $(SOAK)
