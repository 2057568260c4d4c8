# SPDX-License-Identifier: BSD-3-Clause
"""Debian's kernels as they are, in each class and by each share scheme: what they write to the disk is what they
read."""
import re

from harness import DEBIAN_MEMORY_MIB, TERSE, case, check

DEBIAN_PROMPT = "vm# "
# What the scheme's guest says of its bounce buffers: 32 MiB, and nothing else of its data, are what the box may see.
BUFFERS = 32 << 20
KERNELS = [("6_12_isolated", {"version": "6.12", "share": None}),
           ("6_12_window", {"version": "6.12", "share": "window"}),
           ("6_1_window", {"version": "6.1", "share": "window"}),
           ("7_3_rsi", {"version": "7.3", "share": "rsi"})]
BOARDS = [(f"{cpu.replace('-', '_')}_{smp}_cpus", {"cpu": cpu, "smp": smp})
          for cpu in ("max", "cortex-a72") for smp in (1, 4)]


def debian_start(t, version, share, args=TERSE, **board_options):
    """A Debian VM with this kernel and scheme, its console attached."""
    protection = ("--class", "confidential", "--share", share) if share else ()
    vm = t.debian("debian", "--autostart", "--console", *protection, version=version, args=args)
    return t.run(t.prepare(vm, memory=DEBIAN_MEMORY_MIB, **board_options))


def buffers_expect(board):
    """What a guest of the window scheme announces before it is up."""
    first, last = (int(text, 16) for text in board.expect(r"redoubt-guest: shares (\S+) \.\. (\S+)\n").groups())
    check(last - first + 1 == BUFFERS, f"it announces {last - first + 1} bytes, expected {BUFFERS}")
    check(first % 4096 == 0, f"it announces {first:#x}, which is no page")


def disk_check(board, command):
    answer = board.guest(command, DEBIAN_PROMPT)
    check(re.search(r"^disk: ok [0-9a-f]{64}$", answer, re.M), f"`{command}` says:\n{answer}")


def virtio_devices_check(board):
    """Both vCPUs, and all of the disk; then the other virtio device: its output goes where the UART's goes."""
    disk_check(board, "taskset 1 disk-check")
    disk_check(board, "taskset 2 disk-check 2048")
    board.send("echo by virtio $((6*7)) >/dev/hvc0\r")
    board.expect("^by virtio 42$")


def running_check(board, share):
    listing = board.command("list")
    check(re.search(rf"^debian +running +2 +512 +confidential +{share} ", listing, re.M), f"`list` says:\n{listing}")


# 6.12 isolated is looked at by debian_boots_on_*, 7.3 as a realm by debian_7_3_proves_itself_on_*.
@case(*[(f"{kernel}_on_{board}", {**what, **where}) for kernel, what in KERNELS if what["share"] == "window"
        for board, where in BOARDS], limit=900)
def debian_disk_of(t, version, share, cpu, smp):
    board = debian_start(t, version, share, cpu=cpu, smp=smp)
    buffers_expect(board)
    board.expect(r"redoubt-guest: up, 2 CPUs, \d+ MiB$")
    board.expect("^" + DEBIAN_PROMPT)
    release = board.guest("uname -r", DEBIAN_PROMPT)
    check(re.match(re.escape(version) + r"\.", release), f"the kernel is {release}")
    virtio_devices_check(board)
    board.leave("debian")
    running_check(board, share)
    board.poweroff()


@case(*BOARDS)
def small_realm_makes_every_call_on(t, cpu, smp):
    """RSI 1.0 with arguments that are right and wrong; the count says that none was left out."""
    board = t.boot(t.small("realm", "--class", "confidential", "--share", "rsi", vcpus=2), cpu=cpu, smp=smp)
    board.command("start realm")
    board.attach("realm", "small> ")
    answer = board.guest("rsi")
    check("rsi: 41 checks, 0 wrong" in answer, f"`rsi` says:\n{answer}")
    board.leave("realm")
    board.poweroff()


@case(limit=600)
def buffers_that_are_not_announced_stay_closed(t):
    """The same VM, told to say nothing: its rings are shared, its data is not, and no request is answered."""
    vm = t.debian("debian", "--autostart", "--console", "--class", "confidential", "--share", "window")
    config = (vm / "config").read_text()
    check(" redoubt.share=window" in config, f"its description is not as the case needs it:\n{config}")
    (vm / "config").write_text(config.replace(" redoubt.share=window", ""))
    board = t.run(t.prepare(vm, memory=DEBIAN_MEMORY_MIB))
    end = board.expect(r"virtio disk needs a reset by its driver: .*\n|redoubt-guest: up.*\n")[0]
    check(re.search("queue 0: a buffer that is not shared", end), f"expected that a buffer is not shared, found: {end}")
    check("redoubt-guest: shares" not in board.text, "it announces its buffers")


@case(*[(kernel, what) for kernel, what in KERNELS], limit=600)
def virtio_console_of(t, version, share):
    """No other console: boot log, prompt and what is typed travel by its rings."""
    board = debian_start(t, version, share, args="console=hvc0")
    board.expect("^" + DEBIAN_PROMPT)
    answer = board.guest("tty; echo typed $((6*7))", DEBIAN_PROMPT)
    check("/dev/hvc0\ntyped 42\n" in answer, f"the shell says:\n{answer}")
    board.leave("debian")
    board.poweroff()
