# SPDX-License-Identifier: BSD-3-Clause
"""Bad inputs: each is refused in its own words (what, where, expected, found, what to do), and the rest goes on."""
import re
import subprocess
import sys

from harness import TOP, case, check, option_replace
import newc

FILE, DIRECTORY = 0o100644, 0o40755


def words_check(text, *words):
    for word in words:
        check(word in text, f"'{word}' is not in:\n{text}")


def good(t, name="good"):
    """Members of a VM that works."""
    vm = t.small(name)
    return [(name, DIRECTORY, b""), (f"{name}/config", FILE, (vm / "config").read_bytes()),
            (f"{name}/kernel", FILE, (vm / "kernel").read_bytes())]


def boot_with(t, archive, listed=("good",), **options):
    """Boot with this ramdisk; the VMs named are in the policy."""
    path = t.out / "made.cpio"
    path.write_bytes(archive)
    return t.boot(*[t.out / "vms" / name for name in listed], ramdisk=path, **options)


def good_runs(board):
    check("good: running (active)" in board.command("start good"), "the good VM does not start")
    board.poweroff()


def vm(name, config, kernel, *more):
    return [(name, DIRECTORY, b""), (f"{name}/config", FILE, config.encode()), (f"{name}/kernel", FILE, kernel), *more]


@case()
def kernel_that_is_no_image(t):
    board = boot_with(t, newc.archive(good(t) + vm("bad", "memory_mib=16\n", b"#!/bin/sh\n" * 100)))
    words_check(board.command("start bad"), "error: VM bad does not start", "bad/kernel", "arm64 Image")
    good_runs(board)


@case()
def kernel_that_is_truncated(t):
    members = good(t)
    kernel = members[2][2]
    board = boot_with(t, newc.archive(members + vm("bad", "memory_mib=16\n", kernel[:60])))
    words_check(board.command("start bad"), "error: VM bad does not start", "bad/kernel")
    good_runs(board)


@case()
def debian_kernel_that_is_truncated(t):
    kernel = (t.debian() / "kernel").read_bytes()
    board = boot_with(t, newc.archive(good(t) + vm("bad", "memory_mib=256\n", kernel[:len(kernel) // 2])))
    words_check(board.command("start bad"), "error: VM bad does not start", "bad/kernel", "truncated")
    good_runs(board)


@case()
def ramdisk_that_is_truncated(t):
    archive = newc.archive(good(t) + vm("bad", "memory_mib=16\n", bytes(0x10000)))
    # The window is a multiple of 2 MiB: cut where an entry says that it goes on past its end.
    header = archive.index(b"bad/kernel") - 110
    path = t.out / "made.cpio"
    broken = bytearray(archive)
    broken[header + 54:header + 62] = b"%08X" % 0x7000000
    path.write_bytes(broken)
    board = t.run(t.prepare(t.out / "vms/good", ramdisk=path))
    board.expect("error: the initial ramdisk is truncated")
    board.boot()
    words_check(board.text, "bad/kernel", "expected:", "found:", "do:")
    good_runs(board)


@case()
def ramdisk_that_is_no_cpio(t):
    path = t.out / "made.cpio"
    path.write_bytes(b"this is not an archive" * 100)
    board = t.run(t.prepare(ramdisk=path))
    board.expect("error: the initial ramdisk is not a cpio archive in newc format")
    board.boot()
    words_check(board.text, "expected: 070701", "found:    74 68 69 73 20 69")
    board.poweroff()


@case()
def vm_name_that_is_there_twice(t):
    members = good(t)
    board = t.run(t.prepare(t.out / "vms/good", ramdisk=archive_write(t, members + members[1:])))
    board.expect(r"error: .*(twice|already)")
    board.boot()
    words_check(board.text, "good/config")
    good_runs(board)


def archive_write(t, members):
    path = t.out / "made.cpio"
    path.write_bytes(newc.archive(members))
    return path


@case()
def vm_that_needs_more_memory_than_there_is(t):
    board = boot_with(t, newc.archive(good(t) + vm("huge", "memory_mib=2048\n", (t.build / "small.bin").read_bytes())))
    board.command("start good")
    answer = board.command("start huge")
    words_check(answer, "error: VM huge does not start: too little memory", "for:      RAM", "need:     2097152 KiB",
                "have:", "held by:  good:", "do:")
    board.poweroff()


@case()
def vm_that_finds_no_memory_for_its_tables(t):
    """All else fits: only the granules for translation tables are missing."""
    board = t.boot(t.small("good"), t.small("other", memory=18), image=f"outer={t.build / 'attack/lwk.bin'}")
    board.command("start other")
    check(re.search(r"hold: 5150 granules are free", board.command("hold 10")), "the memory is not as the case needs it")
    words_check(board.command("start good"), "error: VM good does not start: too little memory",
                "for:      translation tables", "need:", "have:", "held by:  other:", "do:")
    board.command("hold 0")
    good_runs(board)


@case(("unknown_key", {"text": "memory_mib=16\nvcpu=2\n", "words": ["line 2", "vcpu"]}),
      ("too_many_vcpus", {"text": "memory_mib=16\nvcpus=9\n", "words": ["line 2", "1 .. 8", "9"]}),
      ("no_memory", {"text": "vcpus=1\n", "words": ["memory_mib"]}),
      ("an_unknown_class", {"text": "memory_mib=16\nclass=open\n", "words": ["line 2", "isolated or confidential", "open"]}),
      ("no_share_scheme", {"text": "memory_mib=16\nclass=confidential\n",
                           "words": ["rsi or window", "class=confidential share=-"]}),
      ("a_key_twice", {"text": "memory_mib=16\nmemory_mib=16\n", "words": ["line 2", "each key once"]}))
def config_with(t, text, words):
    board = t.run(t.prepare(t.small("good"), ramdisk=archive_write(t, good(t) + vm("bad", text, b"x"))))
    board.expect("error: VM bad is not configured correctly")
    board.boot()
    words_check(board.text, "bad/config", *words)
    good_runs(board)


@case()
def command_that_is_unknown(t):
    board = t.boot(t.small("good"))
    words_check(board.command("strat good"), "error: unknown command", "found:    strat", "start", "do:")
    words_check(board.command("start god"), "error: there is no such VM", "found:    god", "good")
    words_check(board.command("start"), "error: wrong number of arguments", "start NAME")
    good_runs(board)


def boot_refused(t, command, *words):
    board = t.run(command)
    board.expect("rom: boot refused, powering off")
    check(board.wait() == 0, "QEMU did not end by a power-off")
    words_check(board.text, *words)


@case()
def cpu_without_el2(t):
    command = option_replace(t.prepare(), "-M", "virt,secure=on,virtualization=off,gic-version=3")
    boot_refused(t, command, "CPU 0 has no EL2", "expected", "found 0", "virtualization=on")


@case()
def more_cpus_than_the_board_has(t):
    boot_refused(t, option_replace(t.prepare(), "-smp", "9"), "more CPUs asked than the board has",
                 "expected at most 8", "found 9", "-smp 8")


@case()
def less_ram_than_the_firmware_needs(t):
    boot_refused(t, option_replace(t.prepare(), "-m", "128"), "too little RAM", "need", "have 128 MiB", "larger -m")


LAUNCHER_ERRORS = {
    "a_missing_image": (["/nowhere"], 10, ["the image of rom is missing", "where:", "/nowhere/rom.bin", "do:"]),
    "too_little_ram": (["{build}", "--memory", "64"], 10, ["too little RAM", "expected: at least", "found:    64 MiB"]),
    "too_many_cpus": (["{build}", "--smp", "9"], 10, ["not so many CPUs", "expected: 1 .. 8", "found:    9"]),
    "no_such_vm": (["{build}", "--no-allow", "ghost"], 2, ["no such VM", "found:    ghost"]),
    "a_vm_name_twice": (["{build}", "{out}/vms/good", "{out}/more/good"], 10, ["a VM name is there twice", "'good'"]),
    "an_incomplete_vm": (["{build}", "{out}"], 10, ["config of VM", "is missing", "guests/vm-dir"]),
}


@case(*[(name, {"name": name}) for name in LAUNCHER_ERRORS])
def launcher_refuses(t, name):
    arguments, status, words = LAUNCHER_ERRORS[name]
    t.small("good")
    (t.out / "more").mkdir()
    (t.out / "more/good").symlink_to(t.out / "vms/good/../good")
    other = t.out / "more/good"
    other.unlink()
    other.mkdir()
    for part in ("config", "kernel"):
        (other / part).write_bytes((t.out / "vms/good" / part).read_bytes())
    command = [argument.format(build=t.build, out=t.out) for argument in arguments]
    result = subprocess.run([sys.executable, TOP / "plat/virt/run", *command, "--out", t.out / "run", "--print",
                             "--token", t.build.parent / "keys"],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    check(result.returncode == status, f"status {result.returncode}, expected {status}: {result.stderr}")
    words_check(result.stderr, *words)
