# SPDX-License-Identifier: BSD-3-Clause
"""A program outside the machine (tests/audit) walks all translation tables of a running board, and believes nobody."""
import json
import os
import subprocess

from harness import LIMIT, case, check
from cases_vm import SMALL_PROMPT, cycle_check

# How many instants; `make soak` asks for more.
AUDITS = int(os.environ.get("AUDITS", 50))


def audit_start(t, audits):
    """The auditor, at work beside the case."""
    with open(t.out / "audit.json", "wb") as out:
        return subprocess.Popen([t.build.parent / "audit/audit", "--json", "--audits", str(audits), t.out], stdout=out)


def audit_judge(t, auditor, audits, domains, shared):
    """No finding in any audit, and each saw what there is: domains, least and most; granules shared, most, bounds."""
    status = auditor.wait()
    check(status in (0, 1), f"no audit was possible, status {status}")
    seen = json.loads((t.out / "audit.json").read_text())
    lines = [f"{one['kind']}: {one['who']} at {one['input']:#x} reaches {one['pa']:#x}, {one['bytes']:#x} bytes, "
             f"{one['access']}: {one['other']} at {one['other_input']:#x}, {one['other_access']}"
             for one in seen["findings"]]
    check(status == 0, f"{seen['found']} findings, seed {seen['seed']:#x}:\n    " + "\n    ".join(lines[:20]))
    print(f"{seen['audits']} audits, seed {seen['seed']:#x}: {seen['tables']} tables, {seen['leaves']} leaves, "
          f"{seen['in_el2']} times a CPU inside EL2, {seen['domains_least']} to {seen['domains_most']} domains, "
          f"{seen['shared_most']} granules shared at most")
    check(seen["audits"] == audits, f"{seen['audits']} audits of {audits}")
    check(domains[0] <= seen["domains_least"] and seen["domains_most"] == domains[1],
          f"{seen['domains_least']} to {seen['domains_most']} domains were seen, expected {domains[0]} to {domains[1]}")
    # Most of DRAM is the outer OS's.
    check(seen["granules"] >= audits * (256 << 20 >> 12), f"only {seen['granules']} granules were reached")
    check(shared[0] <= seen["shared_most"] <= shared[1],
          f"{seen['shared_most']} granules were shared at most, expected {shared[0]} .. {shared[1]}")


# Of both pairs: the console page of each box, the window of `right`, and pages that `left` shares.
PAGES = 4
SHARED = 2 + (16 << 20 >> 12) + PAGES


def audit_boot(t, *more, smp=2):
    """`left` is confidential and shares a few pages by RSI_IPA_STATE_SET, `right` is isolated."""
    board = t.boot(t.small("left", "--class", "confidential", "--share", "rsi", memory=18), t.small("right"), *more,
                   memory="512M", audit=".", smp=smp)
    for name in ("left", "right"):
        check(f"{name}: running (active)" in board.command(f"start {name}"), f"{name} does not start")
    board.attach("left", SMALL_PROMPT)
    first, behind = 0x40c00000, 0x40c00000 + PAGES * 0x1000
    answer = board.guest(f"smc 0xc4000197 {first:#x} {behind:#x} 0")
    check(f"x0 0x0 x1 {behind:#x} x2 0x0" in answer, f"RSI_IPA_STATE_SET answers {answer}")
    board.leave("left")
    return board


@case()
def audit_of_two_vms(t):
    board = audit_boot(t)
    audit_judge(t, audit_start(t, 3), 3, (5, 5), (SHARED, SHARED))
    check("left: running (active)" in board.command("show left"), "it does not go on after an audit")
    board.poweroff()


@case(limit=LIMIT + 5 * AUDITS)
def audits_at_random_instants(t):
    """While one VM shares a page and takes it back, and a third comes and goes: memory is on its way between owners."""
    board = audit_boot(t, t.small("third", memory=8), smp=4)
    board.attach("right", SMALL_PROMPT)
    board.send("timer 100000000\r")
    board.expect("timer 100000000\n")
    board.leave("right")
    auditor = audit_start(t, AUDITS)
    while auditor.poll() is None:
        board.attach("left")
        board.send("bench share_box\r")
        board.leave("left")
        cycle_check(board, "third", 3, LIMIT)
    audit_judge(t, auditor, AUDITS, (5, 7), (SHARED, SHARED + 1 + (8 << 20 >> 12) + 1))
    board.poweroff()
