# SPDX-License-Identifier: BSD-3-Clause
"""Boot: from flash to the shell of an unmodified Debian kernel and back; and what happens when a stage was changed."""
import re
import subprocess

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
    board.expect(r"^redoubt-guest: up, 2 CPUs, \d+ MiB$")
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
    board.expect(f"rom: stage {stage}: SHA-256 does not match")
    board.expect("rom: boot refused, powering off")
    check(board.wait() == 0, "QEMU did not end by a power-off")
    later = [name for name in STAGES[STAGES.index(stage):] if re.search(rf"rom: {name} .*(verified|measured)", board.text)]
    check(not later, f"after the refusal came: {later}")
    check(not re.search(r"^\[.*\] (monitor|mediator|lwk): ", board.text, re.M), "a later stage ran")
    check(f"stage {stage}:" in t.out.joinpath("secure.log").read_text(), "the secure UART does not say so")


@case()
def the_launcher_becomes_qemu(t):
    """As `make run` does it: no harness between the launcher and the serial line."""
    vm = t.small()
    process = subprocess.Popen([TOP / "plat/virt/run", t.build, vm, "--out", t.out, "--memory", "1G"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    text = b""
    while b"redoubt> " not in text:
        chunk = process.stdout.read1(4096)
        check(chunk, "QEMU ended early")
        text += chunk
    process.stdin.write(b"poweroff\r")
    process.stdin.flush()
    process.stdout.read()
    check(process.wait() == 0, f"status {process.returncode} after poweroff, expected 0")
