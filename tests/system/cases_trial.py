# SPDX-License-Identifier: BSD-3-Clause
"""Packages that do not work: a try that crashes, hangs, is never confirmed or is refused by the ROM goes back to the
slot that worked; a confirmed package that fails again and again gives way to the one before it, if its counters allow
that. What the new package fails by is a test build of one of its rooms (tests/failsafe).
"""
import hashlib

from harness import case, check
from cases_failsafe import stopped
from cases_update import SLOT_B, boot, device, expect_status, install, package
from cases_verified import changed, flash_read, flash_write
from signing import PAGE, PARTS, pages

PROVISIONED = {"running": "slot A, version 1", "active": "slot A: provisioned",
               "counters": "firmware at least 1, policy at least 1"}
BY_HAND = {"update.by-hand": b""}
# Of a run that was a try: no bad end of the active slot.
BACK = "reset; bad ends in a row: 0, borne: 0; this run was a try"


def image_replace(t, maker, part, made):
    """A component of the package that is made next: a test build of the same room, linked to the same place."""
    content = pages((t.build / "failsafe" / f"{made}.bin").read_bytes())
    maker.components[part] = content
    maker.part_change(part, 1, len(content))
    maker.part_change(part, 4, hashlib.sha256(content).digest())


def package_that_fails(t, maker, part, made, counter=2):
    image_replace(t, maker, part, made)
    return {"update.pkg": package(maker, 2, counter)}


def back_in_slot_a(board, text, ended):
    """After a try: the ROM says how it ended and boots the active slot; what failed is not tried again."""
    board.expect(f"rom: last run ended: {text} ")
    board.expect("rom: slot A boots: it is the active one\n")
    board.boot()
    expect_status(board, **PROVISIONED, other=f"failed, version 2: its try {ended}", last_run=ended)
    said = board.command("update try")
    check("error: the try was refused" in said, f"a failed package was tried again:\n{said}")


@case(("crashes", {"part": "mediator", "made": "mediator_fails", "text": "mediator: mediator_fails.c", "level": 2,
                   "ended": "ended by a failure of a trusted room"}),
      ("hangs", {"part": "mediator", "made": "mediator_hangs", "text": "watchdog: the mediator hangs", "level": 2,
                 "ended": "hung"}),
      ("has_an_anchor_that_hangs", {"part": "anchor", "made": "anchor_hangs", "text": "watchdog: the anchor hangs",
                                    "level": 1, "ended": "hung"}))
def try_that(t, part, made, text, level, ended):
    """`info` is the call by which the test builds fail."""
    command = device(t, lambda maker: {**package_that_fails(t, maker, part, made), **BY_HAND})
    board = boot(t, command)
    install(board)
    expect_status(board, running="slot B, version 2, a try", other="staged, version 2: it is what runs")
    board.send("info\r")
    stopped(board, text, level, BACK)
    back_in_slot_a(board, text, ended)
    # The room that runs now is another one.
    check("measured" in board.command("info"), "slot A's own rooms do not answer")
    board.kill()
    board = boot(t, command)
    expect_status(board, **PROVISIONED, other=f"failed, version 2: its try {ended}")
    board.poweroff()


@case(("does_not_start", {"made": "mediator_sleeps", "text": "watchdog: the mediator does not start", "ended": "hung"}),
      ("is_never_confirmed", {"made": None, "text": "watchdog: the try was not confirmed in time",
                              "ended": "was not confirmed in time"}))
def try_that_the_clock_ends(t, made, text, ended):
    """Instructions are counted: a deadline is over as soon as nobody does anything."""
    def files(maker):
        if made is not None:
            image_replace(t, maker, "mediator", made)
        return {"update.pkg": package(maker, 2, 2), **BY_HAND}

    board = boot(t, device(t, files, smp=1, icount=True))
    board.send("update install update.pkg\r")
    board.expect("rom: slot B boots: it is tried, once\n")
    stopped(board, text, 2, BACK)
    back_in_slot_a(board, text, ended)
    board.poweroff()


def staged_only(board):
    said = board.command("update install update.pkg --no-try")
    check("update: update.pkg is staged in the other slot" in said, f"the package was not staged:\n{said}")
    expect_status(board, **PROVISIONED, other="staged, version 2: not tried yet")


@case(limit=600)
def staged_package_that_the_rom_refuses_is_not_run(t):
    """It was altered in flash after it was verified there: in its head, in a component, in its policy."""
    sizes = {}

    def files(maker):
        new = package(maker, 2, 2)
        sizes.update((part, len(maker.components[part])) for part in PARTS)
        return {"update.pkg": new}

    command = device(t, files)
    ends = {part: PAGE + sum(sizes[one] for one in PARTS[:at + 1]) for at, part in enumerate(PARTS)}
    for at, stage, problem in ((300, "package", "signature: "), (ends["box"] - 1, "box", "digest: "),
                               (ends["policy"] - 1, "policy", "digest: ")):
        board = boot(t, command)
        staged_only(board)
        board.kill()
        page = SLOT_B + at // PAGE * PAGE
        flash_write(t, page, changed(flash_read(t, page, PAGE), at % PAGE))
        board = boot(t, command)
        expect_status(board, **PROVISIONED, other="staged, version 2: not tried yet")
        board.send("update try\r")
        board.expect("rom: slot B boots: it is tried, once\n")
        board.expect(f"rom: stage {stage}: {problem}")
        board.expect("rom: slot B refused, restarting into slot A, the active one\n")
        board.expect("rom: slot A boots: it is the active one\n")
        board.boot()
        expect_status(board, **PROVISIONED, other="failed, version 2: its try was refused by the ROM",
                      last_run="was refused by the ROM")
        board.kill()


def fail_again(board, then):
    board.send("info\r")
    stopped(board, "mediator: mediator_fails.c", 2, then)


def confirmed_and_failing(t, counter):
    """Two bad ends in a row are borne; the active slot B has a package that fails, slot A the one before it."""
    command = device(t, lambda maker: package_that_fails(t, maker, "mediator", "mediator_fails", counter),
                     failures_max=2)
    board = boot(t, command)
    install(board)
    state = {"active": "slot B: tried and confirmed", "other": "previous, version 1",
             "counters": f"firmware at least {counter}, policy at least 1"}
    expect_status(board, running="slot B, version 2", **state)
    fail_again(board, "reset; bad ends in a row: 1, borne: 2")
    board.expect("rom: slot B boots: it is the active one\n")
    board.boot()
    expect_status(board, running="slot B, version 2", **state, last_run="ended by a failure of a trusted room")
    fail_again(board, "reset; bad ends in a row: 2, borne: 2")
    board.expect("rom: slot A boots: the active one failed again and again, this one is the previous\n")
    return board, state


@case()
def package_that_fails_again_and_again_gives_way_to_the_previous(t):
    board, state = confirmed_and_failing(t, 1)
    board.boot()
    expect_status(board, running="slot A, version 1, not the active one", **state,
                  last_run="ended by a failure of a trusted room")
    check("measured" in board.command("info"), "the previous package does not work")
    said = board.command("update install update.pkg")
    check("error: the update was refused" in said and "not now" in said, f"what runs would have been erased:\n{said}")
    said = board.command("update revert")
    check("update: the previous package is the active one from the next reset on" in said, f"no revert:\n{said}")
    board.send("reset\r")
    board.expect("rom: slot A boots: it is the active one\n")
    board.boot()
    expect_status(board, running="slot A, version 1", active="slot A: reverted to", other="previous, version 2",
                  counters=state["counters"])
    board.poweroff()


@case()
def previous_package_below_the_counters_is_refused_when_the_active_one_fails(t):
    board, state = confirmed_and_failing(t, 2)
    board.expect("rom: stage package: rolled-back: ")
    board.expect("rom: slot A refused, restarting into slot B, the active one\n")
    board.expect("rom: slot B boots: it is the active one\n")
    board.boot()
    expect_status(board, running="slot B, version 2", **state, last_run="was refused by the ROM")
    # Nothing else is left to boot.
    fail_again(board, "power off; bad ends in a row: 3, borne: 2")
    check(board.wait() == 0, "QEMU did not end by a power-off")
