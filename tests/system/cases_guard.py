# SPDX-License-Identifier: BSD-3-Clause
"""What keeps domains apart while everything works as intended: the policy, vector registers, zeroed memory."""
import re
import subprocess

from harness import case, check
from cases_vm import SMALL_PROMPT
import newc


@case()
def vm_that_is_not_listed_is_refused(t):
    board = t.boot(t.small("listed"), t.small("stranger", memory=18), no_allow="stranger")
    answer = board.command("start stranger")
    check("the measurement of its VM is not in the verified policy" in answer, f"start says:\n{answer}")
    check("stranger: stopped (refused: the measurement of its VM is not in the policy)" in answer, answer)
    predicted = subprocess.run([t.build.parent / "redoubt", "measure", "vm", "--digest", "--box", t.build / "box.bin",
                                "--dir", t.out / "vms/stranger"], stdout=subprocess.PIPE, text=True).stdout.strip()
    check(re.search(rf"found: +{predicted}$", answer, re.M), f"start does not name {predicted}:\n{answer}")
    log = board.command("log")
    check(re.search(rf"refused: activation of .*, measurement {predicted} is not in the policy", log),
          f"`log` does not name {predicted}:\n{log}")
    check("listed: running (active)" in board.command("start listed"), "the VM that is listed does not start")
    board.poweroff()


@case()
def box_that_is_not_listed_is_refused(t):
    board = t.boot(t.small(), no_allow="box")
    answer = board.command("start small")
    check("the measurement of its box is not in the verified policy" in answer, f"start says:\n{answer}")
    board.poweroff()


@case(("kernel_byte", {"change": "kernel"}), ("argument", {"change": "args"}), ("memory_size", {"change": "memory"}),
      ("vcpu", {"change": "vcpus"}), ("class", {"change": "class"}), ("share_scheme", {"change": "share"}))
def measurement_covers_the(t, change):
    """The listed VM, and in the ramdisk one that differs in one thing."""
    protection = ("--class", "confidential", "--share", "rsi") if change == "share" else ()
    listed = t.small("small", "--args", "one", *protection)
    kernel, config = (listed / "kernel").read_bytes(), (listed / "config").read_text()
    if change == "kernel":
        # In the tail of the file, which is content: the header stays good.
        kernel = kernel[:-1] + bytes([kernel[-1] ^ 1])
    config = {"args": config.replace("args=one", "args=two"), "memory": config.replace("_mib=16", "_mib=18"),
              "vcpus": config.replace("vcpus=1", "vcpus=2"), "share": config.replace("share=rsi", "share=window"),
              "class": config + "class=confidential\nshare=rsi\n"}.get(change, config)
    members = [("small", 0o40755, b""), ("small/config", 0o100644, config.encode()),
               ("small/kernel", 0o100644, kernel)]
    archive = t.out / "changed.cpio"
    archive.write_bytes(newc.archive(members))
    board = t.boot(listed, ramdisk=archive)
    answer = board.command("start small")
    check("the measurement of its VM is not in the verified policy" in answer, f"start says:\n{answer}")
    board.poweroff()


@case(("1_cpu", {"smp": 1}), ("2_cpus", {"smp": 2}))
def vector_registers_stay_on(t, smp):
    board = t.boot(t.small("left"), t.small("right", memory=18), smp=smp)
    for name in ("left", "right"):
        board.command(f"start {name}")
    board.attach("left", SMALL_PROMPT)
    board.send("fp 0x1111 6\r")
    board.expect("fp 0x1111 6\n")
    board.leave("left")
    board.attach("right", SMALL_PROMPT)
    answer = board.guest("fp 0x2222 3")
    check("fp: ok, seed 0x2222" in answer, f"right: {answer}")
    board.leave("right")
    board.attach("left")
    verdict = board.expect(r"^fp: (ok, seed 0x1111|leak.*)")
    check(verdict[1].startswith("ok"), f"left: {verdict[0]}")
    board.expect("^" + SMALL_PROMPT)
    board.leave("left")
    board.poweroff()


@case()
def refusals_say_who_what_where(t):
    """A VM reads where nothing is: it alone notices, and the log tells it in words."""
    board = t.boot(t.small())
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    answer = board.guest("peek 0x50000000")
    check(re.search(r"ESR 0x9[26]0000(10|50)", answer), f"peek says: {answer}")
    check("hello from the small guest" in board.guest("hello"), "the VM does not go on")
    board.leave("small")
    log = board.command("log")
    check(re.search(r"abort given to small \(vCPU 0\): read of 0x50000000 \(.*\), nothing is there; pc 0x402", log),
          f"`log` says:\n{log}")
    check(re.search(r"lightweight kernel|outer OS", board.command("map")), "`map` shows no owner")
    board.poweroff()
