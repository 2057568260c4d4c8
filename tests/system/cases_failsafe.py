# SPDX-License-Identifier: BSD-3-Clause
"""The end of a run: what a trusted room that hangs, fails or is altered leads to, what is wiped, what the next boot is
told. Boards are kept at their end, so that secure memory can be looked at as the run left it.
"""
import mmap
import re
import struct
import subprocess
import time

from board import PATIENCE, Failure
from harness import case, check
from cases_vm import SMALL_PROMPT

RAM, MEDIATOR, MEDIATOR_BYTES = 0x40000000, 0x40200000, 0x1FF000
CRASH_RECORD, MONITOR, ROM_DATA, ROM_DATA_BYTES = 0x0E000000, 0x0E100000, 0x0E010000, 0x70000
ANCHOR, ANCHOR_BYTES = 0x0E200000, 0x200000
# abi/restart.h.
RESTART_MAGIC, RESTART_OFFSET = b"RDRESTRT", 2048
ORDER_NONE, ORDER_OTHER = 0x11, 0x44
ASKED, FAILED, HUNG, LATE, ALTERED = 2, 3, 4, 5, 6
# abi/anchor.h: where the mediator's image says how far it is read-only.
RECHECK_END = 16


def held(command):
    """QEMU's command, with a machine that stands still when it would reset or power off."""
    return [*command, "-no-reboot", "-no-shutdown"]


def end_await(board):
    """Until the board stands still at its end."""
    deadline = time.monotonic() + PATIENCE
    while board.qmp("query-status")["status"] not in ("shutdown", "paused", "guest-panicked"):
        if time.monotonic() > deadline:
            raise Failure(f"the run does not end; last lines:\n{board.text[-800:]}")
        time.sleep(0.2)


def secure_read(t, board, address, size, cpu=0):
    """Secure memory as EL3 of a CPU sees it, by its own map."""
    path = t.out / "secure.bin"
    board.qmp("memsave", val=address, size=size, filename=str(path), **{"cpu-index": cpu})
    return path.read_bytes()


def wiped_check(t, board, cpu=0, monitor="monitor.bin"):
    """The reader is shown to see what is there: the monitor's code."""
    code = (t.build / monitor).read_bytes()[:4096]
    check(secure_read(t, board, MONITOR, 4096, cpu) == code, "secure memory can't be read: the case itself is broken")
    for name, base, size in (("the anchor", ANCHOR, ANCHOR_BYTES), ("the ROM", ROM_DATA, ROM_DATA_BYTES)):
        left = size - secure_read(t, board, base, size, cpu).count(0)
        check(left == 0, f"{left} bytes of the memory of {name} are not wiped")
    vectors_check(board)


def vectors_check(board):
    for cpu in board.qmp("query-cpus-fast"):
        registers = board.qmp("human-monitor-command", **{"command-line": "info registers",
                                                          "cpu-index": cpu["cpu-index"]})
        values = re.findall(r"Q\d\d=([0-9a-f:]+)", registers)
        check(len(values) == 32, f"QEMU shows {len(values)} vector registers: the case itself is broken\n{registers}")
        check(not any(re.sub("[0:]", "", value) for value in values),
              f"the vector registers of CPU {cpu['cpu-index']} are not wiped: {values}")


def record_check(t, board, end, failures, text="", cpu=0, order=ORDER_NONE, is_trial=0):
    page = secure_read(t, board, CRASH_RECORD, 4096, cpu)
    magic, _, *found = struct.unpack_from("<8sIIQIII", page, RESTART_OFFSET)
    check(magic == RESTART_MAGIC, f"there is no restart record: {magic}")
    del found[1]
    check(found == [order, is_trial, end, failures],
          f"the restart record has order, try, end and failures {found}, "
          f"expected {[order, is_trial, end, failures]}")
    crash = page[48:112].rstrip(b"\0").decode()
    check(crash == text, f"the crash record says '{crash}', expected '{text}'")


def stopped(board, text, level, then="power off; bad ends in a row: 1, borne: 0"):
    """The monitor's words; returns the CPU that said them."""
    found = board.expect(rf"monitor: stopped: {re.escape(text)} \(CPU (\d), EL(\d), ESR 0x[0-9a-f]+, "
                         r"PC 0x([0-9a-f]+), FAR 0x([0-9a-f]+)\)$")
    check(int(found[2]) == level, f"EL{found[2]} is blamed, expected EL{level}")
    board.expect(f"monitor: keys wiped, {then}$")
    return found


ROOMS = {
    "mediator_that_hangs": ("mediator=mediator_hangs", HUNG, 2, "watchdog: the mediator hangs"),
    "mediator_that_fails": ("mediator=mediator_fails", FAILED, 2, "mediator: mediator_fails.c"),
    "anchor_that_hangs": ("anchor=anchor_hangs", HUNG, 1, "watchdog: the anchor hangs"),
}


@case(*[(f"{name}_{smp}_cpus", {"name": name, "smp": smp}) for name in ROOMS for smp in (1, 4)])
def failsafe_after_a(t, name, smp):
    image, end, level, text = ROOMS[name]
    role, made = image.split("=")
    board = t.run(held(t.prepare(t.small(), smp=smp, image=f"{role}={t.build / 'failsafe' / made}.bin")))
    board.boot()
    check("small: running (active)" in board.command("start small"), "the VM does not start")
    # Something in the vector registers.
    board.attach("small", SMALL_PROMPT)
    check("fp: ok" in board.guest("fp 0x1111 1"), "the VM's vector registers are not its own")
    board.leave("small")
    board.send("info\r")
    cpu = int(stopped(board, text, level)[1])
    end_await(board)
    wiped_check(t, board, cpu)
    record_check(t, board, end, 1, text, cpu)


@case()
def failsafe_after_a_boot_that_hangs(t):
    """Instructions are counted, so that the deadline is over as soon as nobody does anything."""
    image = f"mediator={t.build / 'failsafe/mediator_sleeps.bin'}"
    board = t.run(held(t.prepare(smp=1, image=image, icount=True)))
    text = "watchdog: the mediator does not start"
    stopped(board, text, 2)
    times = [float(time) for time in re.findall(r"\[ *([\d.]+)\] monitor: (?:anchor at|stopped)", board.text)]
    check(30 <= times[1] - times[0] < 31, f"it was stopped {times[1] - times[0]:.3f} s after it was started")
    end_await(board)
    wiped_check(t, board)
    record_check(t, board, HUNG, 1, text)


@case()
def failsafe_after_a_try_that_is_not_confirmed(t):
    image = f"monitor={t.build / 'failsafe/monitor_tries.bin'}"
    board = t.run(held(t.prepare(smp=1, image=image, icount=True)))
    board.boot()
    text = "watchdog: the try was not confirmed in time"
    stopped(board, text, 2, "reset; bad ends in a row: 0, borne: 0; this run was a try")
    times = [float(time) for time in re.findall(r"\[ *([\d.]+)\] monitor: (?:anchor at|stopped)", board.text)]
    check(119 < times[1] - times[0] < 121, f"it was stopped {times[1] - times[0]:.3f} s after it was started")
    end_await(board)
    wiped_check(t, board, monitor="failsafe/monitor_tries.bin")
    record_check(t, board, LATE, 0, text, is_trial=1)


@case(("same_slot", {"borne": 2, "order": ORDER_NONE}), ("other_slot", {"borne": 1, "order": ORDER_OTHER}))
def bad_end_leads_to_the(t, borne, order):
    image = f"mediator={t.build / 'failsafe/mediator_fails.bin'}"
    board = t.run(held(t.prepare(smp=2, image=image, failures_max=borne)))
    board.boot()
    board.send("info\r")
    text = "mediator: mediator_fails.c"
    cpu = int(stopped(board, text, 2, f"reset; bad ends in a row: 1, borne: {borne}")[1])
    end_await(board)
    wiped_check(t, board, cpu)
    record_check(t, board, FAILED, 1, text, cpu, order=order)


class Ram:
    """DRAM of a board that shares it through a file."""

    def __init__(self, t):
        with open(t.out / "ram", "r+b") as stream:
            self.bytes = mmap.mmap(stream.fileno(), 0)

    def word(self, pa):
        return struct.unpack_from("<Q", self.bytes, pa - RAM)[0]

    def flip(self, pa, bit):
        self.bytes[pa - RAM] ^= 1 << bit


def address_of(t, symbol):
    names = subprocess.run(["aarch64-linux-gnu-nm", t.build / "mediator.elf"], stdout=subprocess.PIPE, text=True,
                           check=True)
    return int(re.search(rf"^([0-9a-f]+) \w {symbol}$", names.stdout, re.M)[1], 16)


@case(("first_page", {"part": "first", "smp": 1}), ("code", {"part": "code", "smp": 2}),
      ("last_page", {"part": "last", "smp": 4}))
def flipped_bit_is_found_in_the(t, part, smp):
    """By somebody outside the machine, while it runs; in instructions and constants that are of no use any more."""
    board = t.run(held(t.prepare(t.small(), smp=smp, audit=".")))
    board.boot()
    check("small: running (active)" in board.command("start small"), "the VM does not start")
    ram = Ram(t)
    end = ram.word(MEDIATOR + RECHECK_END)
    check(end == address_of(t, "image_data"), f"the image says that it is read-only up to {end:#x}")
    pa = {"first": MEDIATOR + RECHECK_END + 8, "code": address_of(t, "main_first"), "last": end - 8}[part]
    # Some rounds that find nothing, where nothing is.
    time.sleep(3)
    check("running" in board.command("show small"), "the run ended by itself")
    ram.flip(pa, 3)
    text = "read-only memory of the mediator altered"
    found = stopped(board, text, 2)
    check(int(found[4], 16) == pa & ~0xFFF, f"page 0x{found[4]} is named, expected {pa & ~0xFFF:#x}")
    end_await(board)
    wiped_check(t, board, int(found[1]))
    record_check(t, board, ALTERED, 1, text, int(found[1]))


@case(*[(f"{smp}_cpus", {"smp": smp}) for smp in (1, 4)])
def recheck_says_what_it_compared_and_how_often_it_happens_with(t, smp):
    board = t.boot(smp=smp, audit=".")
    said = board.command("recheck")
    size = Ram(t).word(MEDIATOR + RECHECK_END) - MEDIATOR
    # abi/monitor.h, anchor/recheck.h: a slice of 16 KiB each 250 ms.
    for line in (f"  re-checked   {size >> 10} KiB of the mediator's code and constants are what was verified\n",
                 f"  by itself    each CPU that is on does the same every {-(-size // 0x4000) * 250} ms\n"):
        check(line in said, f"expected:\n{line}found:\n{said}")
    board.poweroff()


@case(("first_page", {"part": "first"}), ("last_page", {"part": "last"}))
def recheck_finds_at_once_a_flipped_bit_in_the(t, part):
    """On a board that re-checks nothing by itself: its monitor never looks."""
    board = t.run(held(t.prepare(smp=2, audit=".", image=f"monitor={t.build / 'failsafe/monitor_blind.bin'}")))
    board.boot()
    ram = Ram(t)
    pa = {"first": MEDIATOR + RECHECK_END + 8, "last": ram.word(MEDIATOR + RECHECK_END) - 8}[part]
    ram.flip(pa, 5)
    # Longer than a round would be.
    time.sleep(3)
    check("mediator" in board.command("info"), "the run ended by itself")
    board.send("recheck\r")
    text = "read-only memory of the mediator altered"
    found = stopped(board, text, 2)
    check(int(found[4], 16) == pa & ~0xFFF, f"page 0x{found[4]} is named, expected {pa & ~0xFFF:#x}")
    end_await(board)
    wiped_check(t, board, int(found[1]), monitor="failsafe/monitor_blind.bin")
    record_check(t, board, ALTERED, 1, text, int(found[1]))


@case(*[(f"{word}_{smp}_cpus", {"word": word, "smp": smp}) for word in ("reset", "poweroff") for smp in (1, 2)])
def secrets_are_wiped_by_a(t, word, smp):
    board = t.run(held(t.prepare(smp=smp)))
    board.boot()
    board.send(f"{word}\r")
    end_await(board)
    # The CPU that the control prompt ran on: the one at EL3 whose map has the anchor's memory; others stay at EL3, too.
    wiped_check(t, board)
    record_check(t, board, ASKED, 0)


@case()
def next_boot_tells_how_the_last_run_ended(t):
    """A crash record of a run that powers off is gone with the power; the machine is held and reset instead."""
    board = t.run([*t.prepare(smp=1, image=f"mediator={t.build / 'failsafe/mediator_fails.bin'}"), "-no-shutdown"])
    board.boot()
    board.send("info\r")
    stopped(board, "mediator: mediator_fails.c", 2)
    end_await(board)
    board.qmp("system_reset")
    board.qmp("cont")
    board.expect(r"rom: last run ended: mediator: mediator_fails.c \(CPU 0, EL2, ")
    board.boot()
