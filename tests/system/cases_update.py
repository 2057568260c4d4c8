# SPDX-License-Identifier: BSD-3-Clause
"""Updates as an operator does them, at the control prompt: a package from the ramdisk into the other slot, its one try,
and what follows; what is refused; and power that goes at random instants. Packages are signed by hand, as in
cases_verified, so that nothing here depends on the host tool.
"""
import os
import pathlib
import random
import re
import stat
import sys
import time

from harness import case, check
from cases_verified import changed, flash_read, flash_write, maker_of
from signing import FIRMWARE, PAGE, VM, endorse, sign

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import newc  # noqa: E402

SLOT_A, SLOT_B = 0x400000, 0x2000000
WINDOW = 8 << 20
CUTS = 20


def package(maker, version, counter, policy_counter=1):
    maker.firmware[5], maker.firmware[7], maker.policy[7] = version, counter, policy_counter
    maker.policy_signed = sign(maker.policy_key, maker.policy)
    return maker.pack()


def device(t, files, counter=1, **options):
    """A device that version 1 runs on, and a command that starts it; `files` makes the ramdisk's content of a maker.
    Options are the launcher's.
    """
    command, maker = maker_of(t, **options)
    # Room for a dozen packages.
    maker.firmware[8][1] = WINDOW
    flash_write(t, SLOT_A, package(maker, 1, counter))
    members = [(name, stat.S_IFREG | 0o644, content) for name, content in files(maker).items()]
    (t.out / "ramdisk.cpio").write_bytes(newc.archive(members))
    return command


def status(board):
    """The lines of `update status` by their first word."""
    said = board.command("update status")
    return dict(re.findall(r"^  (\w[\w ]*?)  +(.*)$", said, re.M))


def expect_status(board, **wanted):
    found = status(board)
    for name, text in wanted.items():
        check(found.get(name.replace("_", " ")) == text, f"{name}: expected '{text}', found {found}")


def boot(t, command):
    board = t.run(command)
    board.boot()
    return board


def install(board, name="update.pkg"):
    """Until the board has come up again."""
    board.send(f"update install {name}\r")
    board.expect(f"update: {name} is staged in the other slot\n")
    board.expect("rom: Redoubt")
    board.boot()


def good(maker):
    return {"update.pkg": package(maker, 2, 2)}


def good_by_hand(maker):
    return {**good(maker), "update.by-hand": b""}


@case()
def update_is_tried_confirmed_and_stays(t):
    command = device(t, good)
    board = boot(t, command)
    expect_status(board, running="slot A, version 1", active="slot A: provisioned", other="empty",
                  counters="firmware at least 1, policy at least 1", last_run="is not known: power was off")
    install(board)
    check("rom: slot B boots: it is tried, once" in board.text, "the ROM does not say that it tries slot B")
    check("update: version 2 in slot B works and is confirmed" in board.text, "the try did not confirm itself")
    wanted = {"running": "slot B, version 2", "active": "slot B: tried and confirmed", "other": "previous, version 1",
              "counters": "firmware at least 2, policy at least 1"}
    expect_status(board, **wanted)
    board.kill()
    board = boot(t, command)
    check("rom: slot B boots: it is the active one" in board.text, "slot B does not boot after a power cycle")
    expect_status(board, **wanted)
    said = board.command("update revert")
    check("the package is refused: rolled-back:" in said, f"a revert below the counter was not refused:\n{said}")
    board.poweroff()


@case()
def try_that_is_not_confirmed_is_over(t):
    board = boot(t, device(t, good_by_hand))
    install(board)
    expect_status(board, running="slot B, version 2, a try", active="slot A: provisioned",
                  other="staged, version 2: it is what runs")
    said = board.command("update install update.pkg")
    check("error: the update was refused" in said and "not now" in said, f"an update in a try was not refused:\n{said}")
    board.send("reset\r")
    board.expect("rom: slot A boots: it is the active one")
    board.boot()
    expect_status(board, running="slot A, version 1", active="slot A: provisioned",
                  other="failed, version 2: its try ended by a reset that was asked for",
                  counters="firmware at least 1, policy at least 1")
    said = board.command("update try")
    check("error: the try was refused" in said, f"a failed package was tried again:\n{said}")
    board.poweroff()


@case()
def confirmed_by_hand_and_reverted(t):
    command = device(t, lambda maker: {"update.pkg": package(maker, 2, 1), "update.by-hand": b""})
    board = boot(t, command)
    install(board)
    check("confirmed" in board.command("update confirm"), "the try can't be confirmed")
    expect_status(board, running="slot B, version 2", active="slot B: tried and confirmed", other="previous, version 1")
    said = board.command("update revert")
    check("update: the previous package is the active one from the next reset on" in said, f"no revert:\n{said}")
    expect_status(board, running="slot B, version 2, not the active one", active="slot A: reverted to",
                  other="previous, version 2")
    board.send("reset\r")
    board.expect("rom: slot A boots: it is the active one")
    board.boot()
    expect_status(board, running="slot A, version 1", active="slot A: reverted to")
    board.poweroff()


def bad_packages(maker):
    """Each with the words of its refusal."""
    policy_word, firmware_word = maker.policy_word, maker.firmware_word
    new, old = package(maker, 3, 5, 9), package(maker, 2, 4, 8)
    policy_at = len(new) - len(maker.components["policy"])
    files = {
        "altered-head": (changed(new, 300), "signature:", "head"),
        "altered-box": (changed(new, policy_at - PAGE), "digest:", "box, byte"),
        "altered-policy": (changed(new, policy_at + 50), "digest:", "policy, byte"),
        "truncated": (new[:-PAGE], "truncated:", f"head, byte {len(new) - PAGE} of"),
        "cut-in-its-head": (new[:200], "truncated:", "head"),
        "trailing": (new + bytes(PAGE), "trailing:", f"head, byte {len(new)} of"),
        "parts-of-two": (new[:policy_at] + old[policy_at:], "digest:", "policy, byte"),
        "head-of-another": (old[:PAGE] + new[PAGE:], "digest:", "policy, byte"),
        "downgrade": (package(maker, 2, 2, 9), "rolled-back:", "head"),
    }
    maker.firmware_word = endorse(maker.root, VM, maker.firmware_key)
    files["wrong-role"] = (package(maker, 3, 5, 9), "role:", "head")
    maker.firmware_word, maker.policy_word = firmware_word, endorse(maker.root, FIRMWARE, maker.policy_key)
    files["policy-of-wrong-role"] = (package(maker, 3, 5, 9), "role:", "policy, byte")
    maker.policy_word = policy_word
    return files


@case(limit=600)
def what_does_not_hold_is_refused_and_changes_nothing(t):
    bad = {}

    def files(maker):
        bad.update(bad_packages(maker))
        return {"update.pkg": package(maker, 2, 3, 7), **{name: content for name, (content, *_) in bad.items()}}

    command = device(t, files, counter=3)
    board = boot(t, command)
    # The counters rise: then there is something to roll back from.
    install(board)
    board.kill()
    before = flash_read(t, SLOT_B, 0x100000)
    board = boot(t, command)
    for name, (_, problem, where) in bad.items():
        said = board.command(f"update install {name}")
        check(f"error: the package is refused: {problem}" in said and f"where:    {where}" in said,
              f"{name}: expected a refusal for '{problem}' in '{where}', found:\n{said}")
        found = status(board)
        check(found["running"] == "slot B, version 2" and found["active"] == "slot B: tried and confirmed" and
              found["other"] == "previous, version 1", f"{name} changed the state: {found}")
    said = board.command("update install nothing")
    check("error: no such file" in said, f"a file that is not there was taken:\n{said}")
    board.kill()
    check(flash_read(t, SLOT_B, 0x100000) == before, "the slot that runs was written")
    board = boot(t, command)
    expect_status(board, running="slot B, version 2", active="slot B: tried and confirmed")
    board.poweroff()


def outcome(board):
    """What runs after a cut, and that it is one of the two in a state that fits."""
    found = status(board)
    check(found["running"] in ("slot A, version 1", "slot B, version 2"), f"neither old nor new runs: {found}")
    is_new = found["running"].startswith("slot B")
    least = int(re.match(r"firmware at least (\d+)", found["counters"])[1])
    check(least == (2 if is_new else 1), f"counters do not fit what runs: {found}")
    return found


@case(limit=120 * int(os.environ.get("CUTS", CUTS)))
def power_may_go_at_random_instants_of_an_update(t):
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(1 << 32)))
    cuts = int(os.environ.get("CUTS", CUTS))
    print(f"power cuts: seed {seed}, {cuts} instants")
    chance = random.Random(seed)
    command = device(t, good)
    fresh = (t.out / "flash0.img").read_bytes()
    # How long an update is, from the command to the confirmation.
    board = boot(t, command)
    start = time.monotonic()
    install(board)
    span = time.monotonic() - start
    board.kill()
    (t.out / "flash0.img").write_bytes(fresh)
    seen = {}
    for _ in range(cuts):
        board = boot(t, command)
        found = outcome(board)
        if found["running"].startswith("slot B"):
            board.kill()
            (t.out / "flash0.img").write_bytes(fresh)
            board = boot(t, command)
            found = status(board)
        staged = found["other"].startswith("staged")
        board.send("update try\r" if staged else "update install update.pkg\r")
        time.sleep(chance.uniform(0, span))
        board.kill()
        board = boot(t, command)
        ended = outcome(board)
        seen[ended["running"], ended["other"]] = seen.get((ended["running"], ended["other"]), 0) + 1
        board.kill()
    print("power cuts:", "; ".join(f"{' '.join(key)}: {count}" for key, count in sorted(seen.items())))
    check(sum(seen.values()) == cuts, f"not every cut was looked at: {seen}")
