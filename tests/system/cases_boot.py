# SPDX-License-Identifier: BSD-3-Clause
"""Boot: from flash to the shell of an unmodified Debian kernel and back; and what happens when a stage was changed."""
import os
import pty
import re
import socket
import subprocess
import time

from harness import TOP, case, check

STAGES = ("rom", "manifest", "monitor", "anchor", "mediator", "outer", "box")
VERIFIED = ("manifest", "monitor", "anchor", "mediator", "outer", "box")
DEBIAN_PROMPT = "vm# "


def digests(out):
    """Stage -> (offset in flash, bytes, SHA-256), as the launcher's provisioning printed them."""
    rows = re.findall(r"^(\w+) +flash ([0-9a-f]+) +load [0-9a-f]+ +(\d+) bytes +([0-9a-f]{64})$",
                      (out / "digests.txt").read_text(), re.M)
    return {name: (int(offset, 16), int(count), digest) for name, offset, count, digest in rows}


@case(*[(f"{cpu.replace('-', '_')}_{smp}_cpus", {"cpu": cpu, "smp": smp})
        for cpu in ("max", "neoverse-n1", "cortex-a72", "cortex-a53") for smp in (1, 2, 4)])
def debian_boots_on(t, cpu, smp):
    vm = t.debian("debian", "--autostart", "--console")
    command = t.prepare(vm, cpu=cpu, smp=smp, memory="2G")
    board = t.run(command)
    for stage in STAGES:
        digest = digests(t.out)[stage][2][:16]
        board.expect(rf"rom: {stage} +sha256 {digest} ")
    board.expect(r"redoubt-guest: up, 2 CPUs, \d+ MiB$")
    board.expect("^" + DEBIAN_PROMPT)
    check("typed 42" in board.guest("echo typed $((6*7))", DEBIAN_PROMPT), "what was typed was not carried out")
    check("aarch64" in board.guest("uname -m", DEBIAN_PROMPT), "uname does not say aarch64")
    # Both vCPUs take timer interrupts: each must be able to sleep.
    board.guest("for c in 0 1; do taskset $((1 << c)) sleep 0.1 && echo slept on $c; done", DEBIAN_PROMPT)
    for cpu_number in (0, 1):
        check(f"slept on {cpu_number}\n" in board.text, f"vCPU {cpu_number} does not sleep and wake")
    board.leave("debian")
    listing = board.command("list")
    check(re.search(r"^debian +running +2 +512 ", listing, re.M), f"`list` does not show it running:\n{listing}")
    measured = dict(re.findall(r"measured +(\w+) +([0-9a-f]{64})", board.command("info")))
    for stage, (_, _, digest) in digests(t.out).items():
        check(measured.get(stage) == digest, f"the anchor reports {measured.get(stage)} for {stage}, expected {digest}")
    board.poweroff()


@case(*[(stage, {"stage": stage}) for stage in VERIFIED])
def changed_byte_is_refused_in(t, stage):
    command = t.prepare()
    offset, count, _ = digests(t.out)[stage]
    with open(t.out / "flash0.img", "r+b") as flash:
        flash.seek(offset + count // 2)
        byte = flash.read(1)[0]
        flash.seek(offset + count // 2)
        flash.write(bytes([byte ^ 0x01]))
    board = t.run(command)
    # Whatever comes first: a boot that goes on is not waited for.
    end = board.expect(r"rom: stage \w+: .*\n|^\[.*\] monitor: .*\n")[0]
    wanted = f"rom: stage {stage}: SHA-256 does not match"
    check(wanted in end, f"expected: {wanted}\nfound:    {end}")
    board.expect("rom: boot refused, powering off")
    check(board.wait() == 0, "QEMU did not end by a power-off")
    later = [name for name in STAGES[STAGES.index(stage):]
             if re.search(rf"rom: {name} .*(verified|measured)", board.text)]
    check(not later, f"after the refusal came: {later}")
    check(not re.search(r"^\[.*\] (monitor|mediator|lwk): ", board.text, re.M), "a later stage ran")
    check(f"stage {stage}:" in t.out.joinpath("secure.log").read_text(), "the secure UART does not say so")


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
    process = subprocess.Popen([TOP / "plat/virt/run", t.build, t.small(), "--out", t.out, "--memory", "1G"],
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
