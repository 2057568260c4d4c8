# SPDX-License-Identifier: BSD-3-Clause
"""Attacks by test builds of the outer OS, the box and a VM (tests/attack). Each attempt must be refused, the mediator's
log must tell of those that it refused itself, and a bystander runs on. The attackers print a line an attempt:
[REFUSED] or [BREACH], who, what, and what came of it.
"""
import re

from harness import case, check
from cases_time import others_run
from cases_vm import MARK, SMALL_FIRST_LINE, SMALL_PROMPT

VICTIM_MIB, OTHER_MIB = 16, 18
OUTER_GROUPS = {"memory": 80, "calls": 150, "interrupts": 30, "registers": 70}
# Attempts at least, and of these with a record at least.
VM_GROUPS = {"memory": (48, 20), "sweep": (1, 0), "forms": (20, 20), "calls": (6, 0), "interrupts": (2, 0),
             "registers": (70, 8)}
BOX_GROUPS = {"box-memory": (13, 13), "box-sweep": (1, 0), "box-calls": (20, 10), "box-registers": (2, 0), "box-width": (4, 0)}
# Where no record can hold the words: what a realm is answered without a refusal, and the register that a ring was written to.
SHARING = {"rsi": (41, 10), "window": (18, 8)}
# The two words of `mov x0, #0; ret`, which a box would come back from.
CODE = 0xD65F03C0D2800000


def attack_boot(t, outer="normal", box="normal", vm="normal", smp=2, ticking=True, scheme=None):
    """`attack` in place of `normal` chooses a test build. The attacked or attacking VM is `first`, confidential if it has
    a scheme; the bystander is `second`, which takes a timer interrupt each millisecond if it is `ticking`.
    """
    kernel = t.build / ("attack/small.bin" if vm == "attack" else "small.bin")
    protection = ["--class", "confidential", "--share", scheme] if scheme else []
    first = t.vm_make("first", "--kernel", kernel, "--memory", VICTIM_MIB, *protection)
    second = t.small("second", memory=OTHER_MIB)
    images = [f"{role}={t.build / 'attack' / name}" for role, name, choice in
              (("outer", "lwk.bin", outer), ("box", "box.bin", box)) if choice == "attack"]
    board = t.boot(first, second, image=images, smp=smp)
    for name in ("first", "second"):
        check(f"{name}: running (active)" in board.command(f"start {name}"), f"{name} does not start")
    if ticking:
        board.attach("second", SMALL_PROMPT)
        board.send("timer 100000000\r")
        board.expect("timer 100000000\n")
        board.leave("second")
    return board


def attempts_judge(output, least):
    """No breach, and not fewer attempts than there are: an attacker that stops early has proved nothing."""
    breaches = re.findall(r"^\[BREACH\].*$", output, re.M)
    check(not breaches, f"{len(breaches)} not refused:\n    " + "\n    ".join(breaches[:10]))
    total = re.search(r"^attack: (\d+) refused, (\d+) breached$", output, re.M)
    check(total, f"the attacker did not come to its end:\n{output[-500:]}")
    refused = len(re.findall(r"^\[REFUSED\] ", output, re.M))
    check(refused == int(total[1]) and refused >= least, f"{refused} attempts printed, {total[1]} counted, at least "
          f"{least} expected")


def bystander_runs(board):
    """It takes a timer interrupt each millisecond, and goes on to do so."""
    counts = []
    while len(counts) < 2 or (counts[-1] < counts[0] + 20 and len(counts) < 1000):
        shown = board.command("show second")
        check("second: running (active)" in shown, f"the bystander does not run:\n{shown}")
        counts.append(int(re.search(r"exits +(\d+)", shown)[1]))
    check(counts[-1] >= counts[0] + 20, f"the bystander stands: {counts[0]} exits, later {counts[-1]}")


def keywords(words):
    """What an attempt and the mediator's record of it have in common: addresses, calls, registers."""
    found = re.findall(r"\b0x[0-9a-f]+\b|\b(?:BOX|HOST|RSI)_[A-Z_]+\b|\bs\d_\d_c\d+_c\d+_\d\b", words)
    return [word.upper() if word.startswith("s") else word for word in found]


def records_join(output, log, who):
    """Puts the mediator's record below each attempt of `who`; returns the text and how many have one. What the CPU
    refuses before the mediator hears of it, and what a box answers on its own, has none.
    """
    records = re.findall(rf"^ *\d+\.\d+ cpu\d+ +(.*\b{who}\b.*)$", log, re.M)
    kinds = {"read": "may not read|: read|called", "write": "may not write|: write", "execution": "execute"}
    lines, joined = [], 0
    for line in output.splitlines():
        lines.append(line)
        attempt = re.match(r"\[REFUSED\] (?:VM|box): (.*): ", line)
        if not attempt:
            continue
        keys = keywords(attempt[1])
        kind = kinds.get(attempt[1].split()[0], "")
        found = next((record for record in records if keys and all(key in record for key in keys)
                      and re.search(kind, record)), None)
        if found:
            records.remove(found)
            lines.append(f"    mediator: {found}")
            joined += 1
    return "\n".join(lines) + "\n", joined


def report_add(t, text):
    with open(t.out / "report.txt", "a") as report:
        report.write(text)


@case(*[(group, {"group": group}) for group in OUTER_GROUPS])
def attack_by_outer_os_on(t, group):
    # On one CPU the outer OS follows the VM in the same registers.
    board = attack_boot(t, outer="attack", smp=1 if group == "registers" else 2)
    board.attach("first", SMALL_PROMPT)
    board.guest(f"mark {MARK:#x}")
    if group == "registers":
        board.send("fp 0x5eed 4\r")
        board.expect("fp 0x5eed 4\n")
    board.leave("first")
    output = board.command(f"attack {group} first")
    report_add(t, output)
    attempts_judge(output, OUTER_GROUPS[group])
    board.attach("first")
    if group == "registers":
        board.expect("fp: ok, seed 0x5eed")
    board.expect("^" + SMALL_PROMPT)
    check(re.search(rf"{MARK:#x}\b", board.guest("peek 0x40f80000 8")), "the victim's memory has changed")
    board.leave("first")
    bystander_runs(board)
    board.poweroff()


@case()
def attack_by_outer_os_on_warm_tlb(t):
    board = attack_boot(t, outer="attack")
    output = board.command("attack race first")
    report_add(t, output)
    attempts_judge(output, 1)
    bystander_runs(board)
    board.poweroff()


@case()
def attack_by_outer_os_on_a_vm_that_is_inside(t):
    board = attack_boot(t, outer="attack")
    board.attach("first", SMALL_PROMPT)
    board.guest(f"mark {MARK:#x}")
    board.send("spin\r")
    board.expect("spin: never yields")
    board.leave("first")
    output = board.command("attack inside first")
    report_add(t, output)
    attempts_judge(output, 6)
    stopped = board.command("stop first")
    check("came back not zero" not in stopped, f"stop says:\n{stopped}")
    bystander_runs(board)
    board.poweroff()


@case()
def attack_by_outer_os_on_a_vm_that_leaves(t):
    """Nobody interrupts the CPU that runs it: the mark alone makes it leave."""
    board = attack_boot(t, outer="attack", vm="attack")
    board.attach("first", SMALL_PROMPT)
    board.send("exits\r")
    board.expect("exits: never ends")
    board.leave("first")
    output = board.command("attack leaving first")
    report_add(t, output)
    attempts_judge(output, 1)
    board.command("stop first")
    bystander_runs(board)
    board.poweroff()


def guest_attack(t, board, group, least, who):
    attempts, records = least
    board.attach("first", SMALL_PROMPT)
    if group == "box-registers":
        board.guest("fp 0x5eed 1")
    output = board.guest(f"attack {group}")
    board.leave("first")
    text, joined = records_join(output, board.command("log 256"), who)
    report_add(t, text)
    attempts_judge(output, attempts)
    check(joined >= records, f"{joined} attempts are in the mediator's log, at least {records} expected")
    bystander_runs(board)
    board.poweroff()


@case(*[(group, {"group": group}) for group in VM_GROUPS])
def attack_by_vm_on(t, group):
    guest_attack(t, attack_boot(t, vm="attack"), group, VM_GROUPS[group], "first")


@case(*[(group.replace("box-", ""), {"group": group}) for group in BOX_GROUPS])
def attack_by_box_on(t, group):
    # On one CPU the box follows its VM in the same registers.
    board = attack_boot(t, box="attack", vm="attack", smp=1 if group == "box-registers" else 2)
    guest_attack(t, board, group, BOX_GROUPS[group], "box of first")


@case(*[(f"by_{scheme}", {"scheme": scheme}) for scheme in SHARING])
def attack_by_vm_on_sharing(t, scheme):
    """What is not its own cannot be shared, and its box tells whether it was."""
    guest_attack(t, attack_boot(t, box="attack", vm="attack", scheme=scheme), "sharing", SHARING[scheme], "first")


@case()
def attack_by_box_on_private(t):
    """Of a confidential VM that shares nothing its box sees nothing."""
    guest_attack(t, attack_boot(t, box="attack", vm="attack", scheme="rsi"), "box-private", (3, 2), "box of first")


@case(("private", {"share": False}), ("shared", {"share": True}))
def box_that_executes_its_vm_falls_alone(t, share):
    """Code that a VM wrote is not executed by its box, not even in a page that the VM shares."""
    board = attack_boot(t, box="attack", vm="attack", scheme="rsi")
    board.attach("first", SMALL_PROMPT)
    if share:
        answer = board.guest("smc 0xc4000197 0x40f00000 0x40f01000 0")
        check("x0 0x0 x1 0x40f01000 x2 0x0" in answer, f"the page is not shared: {answer}")
    board.guest(f"poke 0x40f00000 {CODE:#x} 8")
    board.guest("poke 0x0c006000 0x8040f00000 8")
    if share:
        # Here it is meant to be read, which the box calls a breach.
        check(": 0x8000000000000000\n" in board.guest("peek 0x0c006000 8"), "the box does not read the page")
    board.send("peek 0x0c006008 8\r")
    end = board.expect(r"fault: the box of first cannot go on|^peek 0xc006008: .*")[0]
    check(end.startswith("fault"), f"the box executed what its VM wrote: {end}")
    board.expect(r"-- console of first left: its box failed")
    board.boot()
    record = re.search(r"stopped: box of first .*instruction abort.*0x8040f00000.*", board.command("log"))
    check(record, "the log does not say why")
    what = "shared" if share else "private"
    report_add(t, f"[REFUSED] box: execution of a {what} page of its VM at 0x8040f00000: it was stopped\n"
               f"    mediator: {record[0]}\n")
    bystander_runs(board)
    board.poweroff()


@case()
def box_that_never_yields_stops_nobody(t):
    """One CPU: only the mediator's own timer takes it away from the box."""
    board = attack_boot(t, box="attack", smp=1, ticking=False)
    board.attach("first", SMALL_PROMPT)
    board.send("peek 0x0c002000\r")
    board.expect("peek 0x0c002000\n")
    board.leave("first")
    others_run(board, "second")
    before, after = (float(re.search(r"time +(\d+\.\d+) s", board.command("info"))[1]) for _ in range(2))
    check(after > before, "the outer OS's clock stands")
    check("first: stopped (stopped by command)" in board.command("stop first"), "it cannot be stopped")
    others_run(board, "second")
    board.poweroff()


@case()
def box_that_faults_falls_alone(t):
    board = attack_boot(t, box="attack")
    board.attach("first", SMALL_PROMPT)
    board.send("peek 0x0c003000\r")
    board.expect("fault: the box of first cannot go on")
    board.expect(r"-- console of first left: its box failed")
    board.boot()
    check(re.search(r"stopped: box of first .*instruction abort", board.command("log")), "the log does not say why")
    bystander_runs(board)
    check("first: running (active)" in board.command("start first"), "it does not start again")
    board.poweroff()


@case()
def donated_memory_is_zero(t):
    """What the outer OS left in memory that it gives away is not what the VM finds there."""
    board = attack_boot(t, outer="attack", vm="attack")
    board.command("stop first")
    answer = board.command(f"dirty {MARK:#x}")
    check(re.search(r"dirty: \d+ granules", answer), f"dirty says:\n{answer}")
    check("first: running (active)" in board.command("start first"), "it does not start")
    board.attach("first")
    for _ in range(2):
        board.expect(SMALL_FIRST_LINE)
    board.expect("^" + SMALL_PROMPT)
    check("find: 0 words" in board.guest(f"find {MARK ^ (1 << 64) - 1:#x}"), "the VM finds content of the outer OS")
    board.leave("first")
    board.poweroff()
