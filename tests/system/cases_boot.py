# SPDX-License-Identifier: BSD-3-Clause
"""Boot: from flash to the shell of an unmodified Debian kernel and back, with every measurement predicted."""
import json
import os
import pty
import re
import socket
import subprocess
import time

from cases_confidential import DEBIAN_PROMPT, virtio_devices_check
from cases_verified import STAGES
from harness import DEBIAN_MEMORY_MIB, MEMORY_MIB, TERSE, TOP, case, check

def measurements(t, smp, memory_mib):
    """Name -> SHA-256 of every entry of the anchor's log, predicted from files alone."""
    root = json.loads((t.out / "digests.json").read_text())["root_sha256"]
    done = subprocess.run([t.build.parent / "redoubt", "measure", "boot", "--rom", t.build / "rom.bin", "--package",
                           t.out / "redoubt.package", "--root", root, "--cpus", str(smp), "--memory", str(memory_mib),
                           "--json"], stdout=subprocess.PIPE, text=True)
    check(done.returncode == 0, "redoubt measure boot fails")
    return {entry["name"]: entry["sha256"] for entry in json.loads(done.stdout)["measurements"]}


# With two CPUs max has the 2 GiB of `make run`: memory beyond the first GiB. Disks are looked at where one and four have one;
# with four the kernel's whole boot log is printed.
@case(*[(f"{cpu.replace('-', '_')}_{smp}_cpus",
         {"cpu": cpu, "smp": smp, "memory_mib": 2048 if (cpu, smp) == ("max", 2) else DEBIAN_MEMORY_MIB})
        for cpu in ("max", "neoverse-n1", "cortex-a72", "cortex-a53") for smp in (1, 2, 4)])
def debian_boots_on(t, cpu, smp, memory_mib):
    vm = t.debian("debian", "--autostart", "--console", args="console=ttyAMA0" if smp == 4 else TERSE)
    command = t.prepare(vm, cpu=cpu, smp=smp, memory=memory_mib)
    board = t.run(command)
    predicted = measurements(t, smp, memory_mib)
    for stage in STAGES:
        board.expect(rf"rom: {stage} +sha256 {predicted[stage][:16]} ")
    board.expect(r"redoubt-guest: up, 2 CPUs, \d+ MiB$")
    board.expect("^" + DEBIAN_PROMPT)
    check("typed 42" in board.guest("echo typed $((6*7))", DEBIAN_PROMPT), "what was typed was not carried out")
    check("aarch64" in board.guest("uname -m", DEBIAN_PROMPT), "uname does not say aarch64")
    # Both vCPUs take timer interrupts: each must be able to sleep.
    board.guest("for c in 0 1; do taskset $((1 << c)) sleep 0.1 && echo slept on $c; done", DEBIAN_PROMPT)
    for cpu_number in (0, 1):
        check(f"slept on {cpu_number}\n" in board.text, f"vCPU {cpu_number} does not sleep and wake")
    if cpu != "max":
        # A CPU without RNDR: what is credited at the first message is the firmware's TRNG.
        check(re.search(r"^\[ +0\.000000\] random: crng init done$", board.guest("dmesg", DEBIAN_PROMPT), re.M),
              "the kernel's generator was not ready from the start")
    if smp != 2:
        virtio_devices_check(board)
    board.leave("debian")
    listing = board.command("list")
    check(re.search(r"^debian +running +2 +512 +isolated +- ", listing, re.M), f"`list` does not show it running:\n{listing}")
    measured = dict(re.findall(r"measured +(\w+) +([0-9a-f]{64})", board.command("info")))
    check(list(measured.items()) == list(predicted.items()), f"the anchor reports {measured}, expected {predicted}")
    board.poweroff()


def terminal_await(terminal, text, wanted):
    """Reads what the terminal shows until `wanted` is in it; returns all of it."""
    while wanted not in text:
        chunk = os.read(terminal, 4096)
        check(chunk, f"QEMU ended before {wanted}")
        text += chunk
    return text


@case()
def terminal_keys_reach_the_guest(t):
    """As `make run` does it, on a terminal: the launcher becomes QEMU, and Ctrl-C is the control prompt's."""
    terminal, theirs = pty.openpty()
    process = subprocess.Popen([TOP / "plat/virt/run", t.build, t.small(), "--out", t.out, "--memory", str(MEMORY_MIB),
                                "--token", t.build.parent / "keys"],
                               stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    text = terminal_await(terminal, b"", b"redoubt> ")
    os.write(terminal, b"nonsense\x03list\r")
    text = terminal_await(terminal, text, b"never started")
    check(b"unknown command" not in text, "Ctrl-C does not clear the line")
    check(process.poll() is None, "Ctrl-C ended QEMU")
    os.write(terminal, b"poweroff\r")
    terminal_await(terminal, text, b"power off")
    check(process.wait() == 0, f"status {process.returncode} after poweroff, expected 0")


class Debugger:
    """A few packets of gdb's remote protocol."""

    def __init__(self, path):
        self.stream = socket.socket(socket.AF_UNIX)
        self.stream.settimeout(60)
        self.stream.connect(str(path))

    def ask(self, packet):
        self.stream.sendall(b"$%s#%02x" % (packet.encode(), sum(packet.encode()) % 256))
        answer = b""
        while not re.search(rb"#..$", answer):
            answer += self.stream.recv(4096)
        self.stream.sendall(b"+")
        return answer.decode().strip("+").partition("$")[2][:-3]


@case(*[(level, {"level": level, "entry": entry}) for level, entry in
        (("el3", 0x0E100000), ("el2", 0x40200000), ("el1", 0x48000000))])
def debugger_stops_at(t, level, entry):
    """The launcher's hint: a hardware breakpoint at the entry of that level, set before anything ran."""
    board = t.run(t.prepare(gdb=level))
    while not (t.out / "gdb.sock").exists():
        time.sleep(0.05)
    # Sockets have short names: by way of QEMU's own working directory.
    debugger = Debugger(f"/proc/{board.process.pid}/cwd/gdb.sock")
    check(debugger.ask("?").startswith("T") and board.text == "", "it does not wait")
    check(debugger.ask(f"Z1,{entry:x},4") == "OK", "no hardware breakpoint")
    stop = debugger.ask("c")
    check(stop.startswith("T05"), f"it stopped with {stop}")
    pc = int.from_bytes(bytes.fromhex(debugger.ask("p20")), "little")
    check(pc == entry, f"it stopped at {pc:#x}, expected {entry:#x}")
    check(debugger.ask(f"z1,{entry:x},4") == "OK", "the breakpoint stays")
    debugger.stream.sendall(b"$c#63")
    board.boot()
    board.poweroff()
