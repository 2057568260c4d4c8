# SPDX-License-Identifier: BSD-3-Clause
"""Secrets: 32 random bytes inside a VM are found nowhere that the outer OS, its box or another box can reach, in memory
or in registers, while it runs and after it ended. Each search is shown a copy that it must find.

The VM is told the complements over its console: what it makes of them is nowhere else. The seekers are told the same,
and hold nothing that could be found (tests/attack/seek.h).
"""
import os
import re

from harness import MEMORY_MIB, case, check
from cases_vm import DEBIAN_PROMPT, SMALL_PROMPT, main_ram

VM_MIB, OTHER_MIB = 16, 18
MARK_WORDS = (1 << 20) // 8
ONES = (1 << 64) - 1
DEBIAN_MIB = 256
# Where a box that looks for a secret is told and asked (tests/attack/box.h).
SEEK, SEEK_MEMORY = 0x0C004000, 0x0C004020
RUN = re.compile(r"^ +0x([0-9a-f]+) - 0x([0-9a-f]+) +\d+ KiB +(.*)$", re.M)


class Secret:
    def __init__(self):
        data = os.urandom(32)
        self.words = [data[at:at + 8] for at in range(0, 32, 8)]
        self.inverse = " ".join(f"{int.from_bytes(word, 'little') ^ ONES:#x}" for word in self.words)

    def count(self, data):
        """Each word alone, at any byte."""
        return sum(data.count(word) for word in self.words)


def secret_boot(t, vms, smp):
    """Outer OS, boxes and VMs are test builds."""
    images = [f"{role}={t.build / 'attack' / name}" for role, name in (("outer", "lwk.bin"), ("box", "box.bin"))]
    board = t.boot(*vms, image=images, smp=smp)
    for vm in vms:
        check(f"{vm.name}: running (active)" in board.command(f"start {vm.name}"), f"{vm.name} does not start")
    return board


def vm_make(t, name="first", scheme=None, memory=VM_MIB, vcpus=1):
    protection = ["--class", "confidential", "--share", scheme] if scheme else []
    return t.vm_make(name, "--kernel", t.build / "attack/small.bin", "--memory", memory, "--vcpus", vcpus, *protection)


def number(pattern, text):
    found = re.search(pattern, text)
    check(found, f"/{pattern}/ is not in:\n{text}")
    return int(found[1])


def memory_find(t, board, secret, private):
    """How often the secret is in memory: outside and inside what a pattern of owners calls private."""
    owners = [(int(first, 16), int(last, 16) + 1, owner) for first, last, owner in RUN.findall(board.command("map"))]
    memory = main_ram(board, t.out / "memory.bin", MEMORY_MIB)
    check(owners and owners[0][0] == 0x40000000 and owners[-1][1] == 0x40000000 + len(memory), "`map` has gaps")
    found = {True: 0, False: 0}
    for first, end, owner in owners:
        is_private = re.fullmatch(private, owner) is not None
        found[is_private] += secret.count(memory[first - 0x40000000:end - 0x40000000])
    return found[False], found[True]


def box_found(board):
    """What the box of the VM whose console is attached found: words in memory, granules of the window, registers."""
    answer = board.guest("found")
    exits = re.search(r"after (\d+) interrupts, (\d+) accesses, (\d+) host calls", answer)
    check(exits, f"`found` says:\n{answer}")
    return (number(r"(\d+) words in memory", answer), number(r"(\d+) granules of the window", answer),
            number(r"(\d+) times in registers", answer), [int(count) for count in exits.groups()], answer)


def hold_begin(board):
    """In the attached VM: exits with the secret in all registers."""
    board.send("hold\r")
    check(number(r"hold: (\d+) system", board.expect(r"hold: \d+ system registers keep it")[0]) >= 10,
          "too few system registers can hold a secret")


def hold_end(board):
    board.send(" ")
    check(int(board.expect(r"hold: (\d+) rounds\n")[1]) >= 5, "too few rounds of exits")
    board.expect("^" + SMALL_PROMPT)


def outer_finds_none(t, board):
    """While `first` runs."""
    output = board.command("attack secret first")
    with open(t.out / "report.txt", "a") as report:
        report.write(output)
    check("[BREACH]" not in output, f"the outer OS finds the secret:\n{output}")
    check("attack: 2 refused, 0 breached" in output, f"the search did not come to its end:\n{output}")


def ended_finds_none(t, board, secret):
    """When `first` is gone its secret is nowhere at all; then a copy in the outer OS's memory is found by both searches."""
    answer = board.command("stop first")
    check("came back not zero" not in answer, f"stop says:\n{answer}")
    outside, _ = memory_find(t, board, secret, "")
    check(outside == 0, f"{outside} words of the secret are in memory after the VM ended")
    answer = board.command("sweep")
    check(number(r"(\d+) words found", answer) == 0, f"the outer OS finds the secret of a VM that ended:\n{answer}")
    granules = number(r"dirty: (\d+) granules", board.command(f"dirty 0x{secret.words[0][::-1].hex()}"))
    answer = board.command("sweep")
    check(number(r"(\d+) words found", answer) >= granules * 512, f"the outer OS's search is blind:\n{answer}")
    outside, _ = memory_find(t, board, secret, "")
    check(outside >= granules * 512, f"the search of all memory finds {outside} words of a planted copy")


@case(("realm", {"scheme": "rsi"}), ("vm_of_scheme_window", {"scheme": "window"}))
def secret_stays_inside_a(t, scheme):
    """One CPU: outer OS and box follow the VM in the same registers."""
    secret = Secret()
    board = secret_boot(t, [vm_make(t, scheme=scheme)], smp=1)
    board.attach("first", SMALL_PROMPT)
    board.guest(f"hide {secret.inverse}")
    hold_begin(board)
    board.leave("first")
    check("from now on" in board.command(f"seek {secret.inverse}"), "the outer OS does not look for it")
    outer_finds_none(t, board)
    outside, inside = memory_find(t, board, secret, "memory of first|registers and records of .*|mediator")
    check(outside == 0, f"{outside} words of the secret are in memory that outer OS or box can reach")
    check(inside >= MARK_WORDS, f"the search finds {inside} words in a VM that wrote {MARK_WORDS}: it is blind")
    board.attach("first")
    hold_end(board)
    words, granules, registers, exits, answer = box_found(board)
    check(words == 0 and registers == 0, f"the box finds the secret:\n{answer}")
    check(granules == 0, f"the box reads private pages:\n{answer}")
    check(exits[1] >= 15 and (exits[2] >= 5 or scheme != "rsi"), f"the box saw too few exits:\n{answer}")
    # What the VM gives away is found.
    told = board.guest("tell")
    check("one word by a write, 512 by a shared page" in told, f"tell says: {told}")
    words, granules, registers, _, answer = box_found(board)
    check(words >= 512 and granules == 1 and registers >= 1, f"the box's searches are blind:\n{answer}")
    board.leave("first")
    ended_finds_none(t, board, secret)
    board.poweroff()


@case()
def secret_stays_inside_an_isolated_vm(t):
    """From the outer OS and from the box of another VM, on one CPU; its own box may see it, which is the control."""
    secret = Secret()
    board = secret_boot(t, [vm_make(t), vm_make(t, "second", memory=OTHER_MIB)], smp=1)
    board.attach("second", SMALL_PROMPT)
    board.guest(f"seek {secret.inverse}")
    board.leave("second")
    board.attach("first", SMALL_PROMPT)
    board.guest(f"hide {secret.inverse}")
    words, _, _, _, answer = box_found(board)
    check(words >= MARK_WORDS, f"its own box finds too little: the search is blind:\n{answer}")
    hold_begin(board)
    board.leave("first")
    board.command(f"seek {secret.inverse}")
    outer_finds_none(t, board)
    board.attach("second", SMALL_PROMPT)
    board.guest("timer 100")
    words, granules, registers, exits, answer = box_found(board)
    check(words == 0 and registers == 0, f"another VM's box finds the secret:\n{answer}")
    check(granules == OTHER_MIB << 8 and sum(exits) >= 50, f"another VM's box did not look:\n{answer}")
    board.leave("second")
    outside, inside = memory_find(t, board, secret, "memory of (the box of )?first|registers and records of .*|mediator")
    check(outside == 0, f"{outside} words of the secret are in memory that others can reach")
    check(inside >= MARK_WORDS, f"the search finds {inside} words in a VM that wrote {MARK_WORDS}: it is blind")
    board.attach("first")
    hold_end(board)
    board.leave("first")
    ended_finds_none(t, board, secret)
    board.poweroff()


@case(("by_rsi", {"scheme": "rsi"}), ("by_ring", {"scheme": "window"}), limit=600)
def page_is_shared_and_taken_back(t, scheme):
    """A second vCPU of the box looks at the page all the time, at EL1 on the other CPU, without an exit that would let
    its translations go. It never sees the secret, and after the VM's call has returned it never sees the page.
    """
    secret = Secret()
    board = secret_boot(t, [vm_make(t, scheme=scheme, vcpus=2)], smp=2)
    board.attach("first", SMALL_PROMPT)
    board.guest(f"hide {secret.inverse}")
    answer = board.guest("observed 500")
    check(number(r"(\d+) late looks", answer) == 0, f"a page was seen after it was taken back:\n{answer}")
    check(number(r"(\d+) words seen in a shared page", answer) == 0,
          f"the secret was seen in a page that was shared:\n{answer}")
    check(number(r"(\d+) in one taken back", answer) == 0, f"the secret was seen while it was taken back:\n{answer}")
    check(number(r"observed: (\d+) rounds", answer) == 500, f"the observer did not see all rounds:\n{answer}")
    board.leave("first")
    board.poweroff()


def debian(board, line):
    """A command, short enough to stand on one line of the terminal: its shell would break a longer one."""
    check(len(line) < 76, f"too long for the terminal: {line}")
    return board.guest(line, DEBIAN_PROMPT)


def debian_seek(board, secret):
    """The box looks for this secret from now on."""
    for at, word in enumerate(secret.inverse.split()):
        debian(board, f"devmem {SEEK + 8 * at:#x} 64 {word}")


def debian_found(board):
    """Words that the box finds in memory, and granules of the window that it can read."""
    answer = debian(board, f"devmem {SEEK_MEMORY:#x} 64")
    result = re.search(r"^0x([0-9A-Fa-f]{16})$", answer, re.M)
    check(result, f"devmem says:\n{answer}")
    return int(result[1], 16) & 0xFFFFFFFF, int(result[1], 16) >> 32


def debian_block(board, secret, path):
    """A file of 1 MiB full of the secret, which the console has seen in octal only."""
    debian(board, f"b={path}; : >$b")
    for word in secret.words:
        octal = "".join(f"\\{byte:03o}" for byte in word)
        debian(board, f"printf '{octal}' >>$b")
    debian(board, "for i in $(seq 15); do cat $b $b >/tmp/x; mv /tmp/x $b; done")
    check(str(1 << 20) in debian(board, "stat -c %s $b"), f"{path} is not 1 MiB")


# Bounce buffers are shared for good; beside them a realm's kernel keeps pools of its own.
@case(("by_window", {"version": "6.12", "scheme": "window"}), ("by_rsi", {"version": "7.3", "scheme": "rsi"}), limit=600)
def driver_that_is_unbound_leaves_nothing(t, version, scheme):
    """The drivers of disk and console let their devices go, and the kernel gives the memory of their rings to others: all
    that is free is filled with a secret. The box finds none of it.
    """
    told, secret = Secret(), Secret()
    vm = t.debian("first", "--class", "confidential", "--share", scheme, version=version, vcpus=1, memory=DEBIAN_MIB)
    board = t.boot(vm, image=f"box={t.build / 'attack/box.bin'}", memory="512M")
    board.command("start first")
    board.attach("first")
    board.expect("redoubt-guest: up")
    board.expect("^" + DEBIAN_PROMPT)
    # What goes to the disk is seen on its way: the control.
    debian_block(board, told, "/tmp/told")
    debian_seek(board, told)
    debian(board, "dd if=/tmp/told of=/dev/vda bs=64k conv=fsync")
    found, before = debian_found(board)
    check(found >= 0x10000 // 8, f"the box finds {found} words of what went to the disk: it is blind")
    debian(board, "cd /sys/bus/virtio/drivers")
    debian(board, "for d in virtio_*/virtio*; do echo ${d#*/} >${d%/*}/unbind; done")
    check("virtio" not in debian(board, "ls -d virtio_*/virtio[0-9] 2>&-"), "a driver stays bound")
    debian_seek(board, secret)
    debian_block(board, secret, "/tmp/secret")
    debian(board, "mkdir /tmp/all; mount -t tmpfs -o size=100% all /tmp/all")
    debian(board, "n=$(awk '/^MemFree/ { print int($2 / 1024) - 12 }' /proc/meminfo)")
    debian(board, "for i in $(seq $n); do cat /tmp/secret; done >/tmp/all/secret")
    filled = re.search(r"^(\d+)$", debian(board, "stat -c %s /tmp/all/secret"), re.M)
    check(filled and int(filled[1]) > DEBIAN_MIB << 18, f"too little was filled: {filled and filled[1]} bytes")
    found, after = debian_found(board)
    check(found == 0, f"the box finds {found} words of the secret")
    check(after < before, f"the box reads {after} granules of the window, {before} before: rings stay shared")
    announced = re.search(r"redoubt-guest: shares (0x\w+) .. (0x\w+)", board.text)
    if scheme == "window":
        wanted = (int(announced[2], 16) + 1 - int(announced[1], 16)) >> 12
        check(after == wanted, f"the box reads {after} granules of the window, {wanted} were announced")
    board.leave("first")
    board.poweroff()
