# SPDX-License-Identifier: BSD-3-Clause
"""Small VMs on four CPUs, all at once: created, run, sharing pages and taking them back on two vCPUs each, and killed in
the middle of it; every granule comes back, and is zero.
"""
import re

from harness import case, check

CYCLES = 75
VMS = ("alpha", "beta", "gamma", "delta")


def stress_boot(t):
    """Three realms that share for ever, and an isolated VM; all are 2 vCPUs on 4 CPUs."""
    realm = ("--class", "confidential", "--share", "rsi", "--args", "share 0")
    vms = [t.small(name, *(realm if name != "delta" else ()), vcpus=2) for name in VMS]
    return t.boot(*vms, smp=4)


def stress_check(board, cycles, seconds):
    answer = board.command(f"cycle {','.join(VMS)} {cycles}", seconds)
    found = re.search(r"cycle: (\d+) done, free granules (\d+) -> (\d+), nonzero granules (\d+), lost granules (\d+)", answer)
    check(found, f"`cycle` says:\n{answer}")
    done, before, after, nonzero, lost = map(int, found.groups())
    check(done == cycles, f"{done} of {cycles} cycles done:\n{answer}")
    check(before == after, f"free granules: {before} before, {after} after")
    check(nonzero == 0 and lost == 0, f"{nonzero} granules came back not zero, {lost} did not come back")
    return after


@case(limit=900)
def small_vms_live_and_die_on_four_cpus(t):
    board = stress_boot(t)
    stress_check(board, CYCLES, 800)
    board.command("start alpha")
    board.attach("alpha")
    board.expect("^small guest: PSCI by SMC$")
    board.leave("alpha")
    board.poweroff()


@case()
def realm_shares_on_two_cpus_at_once(t):
    board = t.boot(t.small("realm", "--class", "confidential", "--share", "rsi", "--args", "share 3000", vcpus=2), smp=2)
    board.command("start realm")
    board.attach("realm")
    for _ in range(2):
        board.expect(r"^share: CPU [01]: 3000 of 3000 rounds right$")
    board.expect("^small> ")
    board.leave("realm")
    board.poweroff()
