# SPDX-License-Identifier: BSD-3-Clause
"""The life of VMs: started, typed to, powered off, restarted, two at a time, a hundred times in a row."""
import re

from harness import DEBIAN_MEMORY_MIB, MEMORY_MIB, Failure, case, check

DEBIAN_PROMPT = "vm# "
SMALL_PROMPT = "small> "
# Once in each life of a VM; the history that a console shows first has them all.
SMALL_FIRST_LINE = "^small guest: PSCI by SMC$"
MARK = 0x5EC2E7A11CE5B0B5


def state_expect(board, name, state, reason):
    board.expect(rf"^{name}: {state} \({reason}\)$")


def prompt_regain(board):
    """Back at the control prompt, whether a console was attached or not."""
    board.send("\x1d\r")
    board.expect(r"^redoubt> ")
    board.command("follow off")


@case()
def small_types_and_answers(t):
    board = t.boot(t.small())
    check("small: running (active)" in board.command("start small"), "it does not start")
    board.attach("small", SMALL_PROMPT)
    check("hello from the small guest" in board.guest("hello"), "it does not answer")
    check("timer: 20 interrupts" in board.guest("timer 20"), "its timer does not arrive")
    check("sgi: taken" in board.guest("sgi"), "its SGI does not arrive")
    board.leave("small")
    # Late: what was printed before is shown.
    board.attach("small")
    board.expect("hello from the small guest")
    board.expect(SMALL_PROMPT)
    board.leave("small")
    board.poweroff()


@case(("1_cpu", {"smp": 1}), ("2_cpus", {"smp": 2}))
def vcpus_are_time_sliced_on(t, smp):
    board = t.boot(t.small(vcpus=4), smp=smp)
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    check("cpus: 4" in board.guest("cpus"), "not all vCPUs start")
    check("ipi: 200 round trips" in board.guest("ipi 200"), "SGIs between vCPUs get lost")
    board.leave("small")
    board.poweroff()


@case()
def debian_powers_off_and_restarts(t):
    board = t.boot(t.debian(), memory=DEBIAN_MEMORY_MIB)
    board.send("start debian\r")
    state_expect(board, "debian", "running", "active")
    board.boot()
    board.attach("debian")
    board.expect("redoubt-guest: up, 2 CPUs")
    board.expect("^" + DEBIAN_PROMPT)
    board.guest("echo kept >/tmp/kept; cat /tmp/kept", DEBIAN_PROMPT)
    board.send("reboot -f\r")
    state_expect(board, "debian", "running", "active")
    prompt_regain(board)
    board.attach("debian")
    # What follows the last words of its first life.
    board.expect("reboot: Restarting system")
    board.expect("redoubt-guest: up, 2 CPUs")
    board.expect("^" + DEBIAN_PROMPT)
    check("No such file" in board.guest("cat /tmp/kept", DEBIAN_PROMPT), "a file outlived the restart")
    board.send("poweroff -f\r")
    board.expect(r"-- console of debian left: powered off by itself --")
    board.boot()
    listing = board.command("list")
    check(re.search(r"^debian +stopped .*powered off by itself$", listing, re.M), f"`list` says:\n{listing}")
    check("debian: running (active)" in board.command("start debian"), "it does not start again")
    board.attach("debian")
    board.expect("reboot: Power down")
    board.expect("redoubt-guest: up")
    board.expect("^" + DEBIAN_PROMPT)
    board.leave("debian")
    board.poweroff()


@case()
def small_reset_is_a_new_vm(t):
    board = t.boot(t.small())
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    board.guest(f"mark {MARK:#x}")
    check(f"{MARK:#x}" in board.guest("peek 0x40f80000 8"), "the mark is not there")
    board.send("reset\r")
    state_expect(board, "small", "running", "active")
    prompt_regain(board)
    board.attach("small")
    for _ in range(2):
        board.expect(SMALL_FIRST_LINE)
    board.expect("^" + SMALL_PROMPT)
    answer = board.guest("peek 0x40f80000 8")
    check(re.search(r": 0x0\b", answer), f"memory of the first life: {answer}")
    board.send("poweroff\r")
    board.expect("-- console of small left: powered off by itself --")
    board.boot()
    board.poweroff()


# movz x0, 0x0900 << 16; movz w1, 'R'; str w1, [x0]; x0 = SYSTEM_OFF (0x84000008); smc 0
RAW = (0xD2A12000, 0x52800A41, 0xB9000001, 0xD2800100, 0xF2B08000, 0xD4000003)


@case()
def raw_binary_runs(t):
    """A payload for QEMU's `virt` as it is: no header, no set-up of the UART."""
    binary = t.out / "raw.bin"
    binary.write_bytes(b"".join(word.to_bytes(4, "little") for word in RAW))
    board = t.boot(t.vm_make("flat", "--kernel", binary, "--memory", 4, "--raw"))
    board.send("start flat\r")
    state_expect(board, "flat", "stopped", "powered off by itself")
    board.attach("flat")
    board.expect(r"^R")
    board.expect("-- console of flat left: powered off by itself --")
    board.boot()
    board.poweroff()


@case()
def two_debians_at_once(t):
    vms = [t.debian(name, "--autostart", memory=384) for name in ("left", "right")]
    board = t.boot(*vms, memory="1280M")
    for name in ("left", "right"):
        board.attach(name)
        board.expect("redoubt-guest: up, 2 CPUs")
        board.expect("^" + DEBIAN_PROMPT)
        board.guest(f"echo I am {name} >/tmp/name", DEBIAN_PROMPT)
        board.leave(name)
    for name in ("left", "right"):
        board.attach(name)
        answer = board.guest("cat /tmp/name; echo at $((40+2))", DEBIAN_PROMPT)
        check(f"I am {name}\nat 42" in answer, f"{name} answers {answer!r}")
        board.leave(name)
    board.poweroff()


def cycle_check(board, name, count, seconds):
    answer = board.command(f"cycle {name} {count}", seconds)
    found = re.search(r"cycle: (\d+) done, free granules (\d+) -> (\d+), nonzero granules (\d+), lost granules (\d+)",
                      answer)
    check(found, f"`cycle` says:\n{answer}")
    done, before, after, nonzero, lost = map(int, found.groups())
    check(done == count, f"{done} of {count} cycles done:\n{answer}")
    check(before == after, f"free granules: {before} before, {after} after")
    check(nonzero == 0, f"{nonzero} granules came back not zero")
    check(lost == 0, f"{lost} granules did not come back")
    return before


@case(limit=900)
def small_starts_and_stops_100_times(t):
    board = t.boot(t.small())
    cycle_check(board, "small", 100, 600)
    check("small: running (active)" in board.command("start small"), "it does not start afterwards")
    board.poweroff()


@case(limit=600)
def debian_starts_and_stops_3_times(t):
    board = t.boot(t.debian(), memory=DEBIAN_MEMORY_MIB)
    cycle_check(board, "debian", 3, 400)
    board.poweroff()


@case()
def memory_comes_back_zero(t):
    """A VM that left something behind: the outer OS reads all of what it gets back."""
    board = t.boot(t.small())
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    board.guest(f"mark {MARK:#x}")
    board.leave("small")
    count = main_ram(board, t.out / "memory.bin", MEMORY_MIB).count(MARK.to_bytes(8, "little"))
    check(count >= (1 << 20) // 8, f"the scan finds {count} marks in a VM that wrote {(1 << 20) // 8}")
    answer = board.command("stop small")
    check("came back not zero" not in answer, f"stop says:\n{answer}")
    # Nor is the outer OS believed alone.
    count = main_ram(board, t.out / "memory.bin", MEMORY_MIB).count(MARK.to_bytes(8, "little"))
    check(count == 0, f"{count} words of the VM are in memory after it was stopped")
    cycle_check(board, "small", 1, 120)
    board.poweroff()


@case()
def stop_ends_a_vm_that_never_yields(t):
    board = t.boot(t.small(), smp=2)
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    board.send("spin\r")
    board.expect("spin: never yields")
    board.leave("small")
    answer = board.command("stop small")
    check("small: stopped (stopped by command)" in answer, f"stop says:\n{answer}")
    cycle_check(board, "small", 1, 120)
    board.poweroff()


def main_ram(board, path, memory_mib):
    """All DRAM, as QEMU sees it."""
    board.qmp("stop")
    board.qmp("pmemsave", val=0x40000000, size=memory_mib << 20, filename=str(path))
    board.qmp("cont")
    with open(path, "rb") as memory:
        return memory.read()


@case()
def warm_reset_leaves_nothing_of_a_vm(t):
    pattern = MARK.to_bytes(8, "little")
    board = t.boot(t.small())
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    board.guest(f"mark {MARK:#x}")
    count = main_ram(board, t.out / "memory.bin", MEMORY_MIB).count(pattern)
    if count < (1 << 20) // 8:
        raise Failure(f"the scan finds {count} marks in a VM that wrote {(1 << 20) // 8}: the case itself is broken")
    board.qmp("system_reset")
    board.expect("rom: Redoubt, ")
    board.boot()
    count = main_ram(board, t.out / "memory.bin", MEMORY_MIB).count(pattern)
    check(count == 0, f"{count} words of the VM are in memory after a warm reset")
    check("small: running (active)" in board.command("start small"), "the VM does not start after the reset")
    board.poweroff()
