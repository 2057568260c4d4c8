# SPDX-License-Identifier: BSD-3-Clause
"""Updates from the host: a package into a ramdisk, what a copy of flash0 says, and the control prompt driven through a
console. Most cases need no board; ramdisks are compared with those of tools/newc.py, states are made by hand.
"""
import hashlib
import json
import os
import pathlib
import socket
import stat
import subprocess
import sys
import time

import tool
from board import PATIENCE
from cases_package import changed, point_of
from harness import case, check
from node import STATUS, Node, package_refused, refused, socket_path
from tool import Tool

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
import newc  # noqa: E402

PAGE, STATE, STATE_BYTES, SLOT_A, SLOT_B = 4096, 0x40000, 0x80000, 0x400000, 0x2000000
FILE, DIRECTORY = stat.S_IFREG | 0o644, stat.S_IFDIR | 0o755
EMPTY, STAGED, FAILED, PREVIOUS = 0x10, 0x21, 0x42, 0x83
A_VM = [("vm", DIRECTORY, b""), ("vm/config", FILE, b"memory_mib=16\n"), ("vm/kernel", FILE, b"k" * 4098)]


def install(run, package, *options, **expected):
    return run("update", "install", package, "--initrd", run.out / "ramdisk.cpio", *options, **expected)


@case()
def package_is_put_into_a_ramdisk_and_nothing_is_lost(t):
    run = Tool(t)
    run.keys()
    package = run.package()
    content, ramdisk = package.read_bytes(), t.out / "ramdisk.cpio"
    root = hashlib.sha256(point_of(run.token / "root.pem")).hexdigest()

    def written(*members):
        found = ramdisk.read_bytes()
        check(found == newc.archive(members), f"the ramdisk is not that of {[name for name, *_ in members]}")

    ramdisk.write_bytes(newc.archive(A_VM) + bytes(512))
    ramdisk.chmod(0o640)
    said = install(run, package)
    for words in ("not checked: ", root, "redoubt update install update.pkg --console"):
        check(words in said, f"'{words}' is not in: {said}")
    written(*A_VM, ("update.pkg", FILE, content))
    check(ramdisk.stat().st_mode & 0o777 == 0o640, "the ramdisk has another mode")
    link = t.out / "link.cpio"
    link.symlink_to("ramdisk.cpio")
    said = run("update", "install", package, "--initrd", link, "--name", "b", "--by-hand", "--root",
               run.token / "root.pem", "--counter", 3)
    check("good: " in said and "not checked" not in said and "update.by-hand" in said, f"it said {said}")
    written(*A_VM, ("update.pkg", FILE, content), ("b", FILE, content), ("update.by-hand", FILE, b""))
    check(link.is_symlink(), "the link is gone")
    # In its place: names of the others, their bytes and their order stay.
    other = run.package("other", "--version", 8)
    said = install(run, other, "--replace")
    check("update.by-hand" in said, f"it does not say that tries are confirmed by hand: {said}")
    by_number = [("vm", DIRECTORY, b""), *A_VM[1:], ("b", FILE, content), ("update.by-hand", FILE, b"")]
    kept = b"".join(newc.record(number, *member) for number, member in zip((1, 2, 3, 5, 6), by_number))
    check(ramdisk.read_bytes() == kept + newc.record(6, "update.pkg", FILE, other.read_bytes()) +
          newc.record(0, "TRAILER!!!", 0), "the package was not replaced alone")
    check(not list(t.out.glob("*.new")), "a half-written file is left")


def bad_ramdisks(content):
    """What cannot be added to: the file, and words of the refusal."""
    whole = newc.archive([*A_VM, ("update.pkg", FILE, content)])
    without = newc.archive(A_VM)
    at = without.index(b"070701", 1)
    return (
        (b"", "truncated", "found:    0 bytes"),
        (whole[:PAGE], "truncated", f"found:    {PAGE} bytes; the last name is 'vm/config'"),
        (whole[:-1024], "truncated", "found:"),
        (without[:-124], "truncated", "the last name is 'vm/kernel'"),
        (without[:-124] + bytes(512), "truncated", "the last name is 'vm/kernel'"),
        (b"\x1f\x8b" + bytes(200), "not-newc", "found:    1f 8b 00"),
        (b"\x1f\x8b\x08\x00\x00\x00\x00", "not-newc", "found:    1f 8b 08"),
        (bytes(512), "not-newc", "at byte 0"),
        (without[:at] + b"070707" + without[at + 6:], "not-newc", f"at byte {at}"),
        (without[:at + 54] + b"ZZZZ" + without[at + 58:], "not-newc", f"at byte {at}"),
        (without + without, "trailing", f"30 at byte {len(without)}"),
        (whole, "name-taken", "the ramdisk has 'update.pkg' already"),
        (newc.archive([("./update.pkg", FILE, b"")]), "name-taken", "the ramdisk has 'update.pkg' already"),
        (newc.archive([("update.pkg", DIRECTORY, b"")]), "name-taken", "one that is no file"),
    )


@case()
def what_is_no_ramdisk_is_refused_and_stays_as_it_is(t):
    run = Tool(t)
    run.keys()
    package, ramdisk = run.package(), t.out / "ramdisk.cpio"
    bad = t.out / "bad"
    bad.write_bytes(package.read_bytes()[:-1])
    ramdisk.write_bytes(newc.archive(A_VM))

    def refused(what, *options, status=tool.CONFIGURATION, words=()):
        before = ramdisk.read_bytes()
        install(run, what, *options, status=status, words=words)
        check(ramdisk.read_bytes() == before, f"the ramdisk was changed by a refusal for {words}")

    refused(bad, words=["truncated", "in the component policy"])
    refused(run.token / "root.pem", words=[f"{run.token}/root.pem"])
    refused(package, "--root", run.token / "policy.pem", status=tool.SIGNATURE, words=["root-key"])
    refused(package, "--root", run.token / "root.pem", "--counter", 4, status=tool.ROLLBACK, words=["rolled-back"])
    for name in ("", "a/b", "two words", "-x", ".", "update.by-hand", "TRAILER!!!", 65 * "x"):
        refused(package, "--name", name, status=tool.USAGE, words=["bad-name", f"'{name}'"])
    for content, problem, words in bad_ramdisks(package.read_bytes()):
        ramdisk.write_bytes(content)
        refused(package, words=[f"{problem}: {ramdisk}", words, "do:"])
    refused(package, "--replace", words=["name-taken", "one that is no file"])
    small = run.package("small", "--loader-bytes", 2 << 20)
    for spare, status in ((PAGE, tool.DONE), (PAGE - 4, tool.NO_RESOURCES)):
        rest = (2 << 20) - spare - len(newc.archive([("fill", FILE, b""), ("update.pkg", FILE, small.read_bytes())]))
        ramdisk.write_bytes(newc.archive([("fill", FILE, bytes(rest))]))
        if status:
            refused(small, status=status, words=["ramdisk-too-large", f"at most {(2 << 20) - PAGE} bytes"])
        else:
            install(run, small)


@case()
def ramdisk_that_cannot_be_written_stays(t):
    run = Tool(t)
    run.keys()
    package = run.package()
    (t.out / "locked").mkdir()
    ramdisk = t.out / "locked/ramdisk.cpio"
    ramdisk.write_bytes(newc.archive(A_VM))
    # What the new file would be called is a directory: it cannot be made, whoever asks.
    (t.out / "locked/ramdisk.cpio.new").mkdir()
    result = subprocess.run([run.program, "update", "install", package, "--initrd", ramdisk], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
    check(result.returncode == tool.FAILED and "file-unwritable: " in result.stderr, f"it said {result.stderr}")
    check(ramdisk.read_bytes() == newc.archive(A_VM), "the ramdisk was changed")


def state_page(sequence, slot="A", other=EMPTY, other_version=0, reason=1, failure=0, least=((0, 0), (0, 0), (0, 0))):
    """abi/state.h"""
    page = b"TRDSTATE" + b"".join(number.to_bytes(4, "little") for number in (1, ord(slot)))
    page += sequence.to_bytes(8, "little")
    page += b"".join(number.to_bytes(4, "little") for number in (other, other_version, reason, failure, 0, 0))
    page += b"".join(number.to_bytes(4, "little") for pair in least for number in pair)
    page = page.ljust(PAGE - 32, b"\0")
    return page + hashlib.sha256(page).digest()


def flash_with(t, name, at):
    """A copy of flash0 with other bytes at some offsets; what is a hole stays one."""
    path = t.out / name
    with open(t.out / "flash0.img", "rb") as flash:
        used = flash.read(SLOT_A + (1 << 20))
    with open(path, "wb") as copy:
        copy.write(used)
        for offset, content in at.items():
            copy.seek(offset)
            copy.write(content)
        copy.truncate(64 << 20)
    return path


def provisioned(t, run):
    package = run.package()
    run("provision", "--rom", t.out / "box.bin", "--package", package, "--root", run.token / "root.pem", "-o",
        t.out / "flash0.img")
    return package


def status_of(run, path):
    """The JSON, once the words say the same."""
    told = json.loads(run("update", "status", "--flash", path, "--json"))
    said = run("update", "status", "--flash", path)
    active, other = told["active"], told["other"]
    lines = [f"active    slot {active['slot']}: {active['reason']}; it boots",
             f"other     slot {other['slot']}: {other['holds']}"]
    for name, slot in told["slots"].items():
        words = f"redoubt, version {slot['version']}" if slot and "name" in slot else "refused now" if slot else "empty"
        lines.append(f"slot {name}    {words}")
    for line in lines:
        check(line in said, f"'{line}' is not in: {said}")
    return told


@case()
def copy_of_flash_tells_what_the_state_says(t):
    run = Tool(t)
    run.keys()
    package = provisioned(t, run)
    root = hashlib.sha256(point_of(run.token / "root.pem")).hexdigest()
    key = hashlib.sha256(point_of(run.token / "firmware.pem")).hexdigest()
    signer = {"name": "firmware", "serial": 1, "key_sha256": key}
    seven = {"name": "redoubt", "version": 7, "counter": 3, "signer": signer, "problem": "ok"}
    nine = {**seven, "version": 9, "counter": 5}
    told = status_of(run, t.out / "flash0.img")
    check(told == {"lifecycle": "development", "root_sha256": root, "sequence": 1, "place": 0,
                   "active": {"slot": "A", "reason": "provisioned"},
                   "other": {"slot": "B", "holds": "empty", "version": 0, "end": None},
                   "least": {"firmware": {"counter": 3, "serial": 1}, "policy": {"counter": 2, "serial": 1},
                             "vm": {"counter": 0, "serial": 0}},
                   "slots": {"A": seven, "B": None}}, f"a new device is {told}")
    new = run.package("new", "--version", 9, "--counter", 5).read_bytes()
    torn = state_page(90)[:-1] + b"\0"
    for fields, holds, version, end, slots in (
            ({"other": STAGED, "other_version": 9}, "staged", 9, None, (seven, nine)),
            ({"other": FAILED, "other_version": 9, "failure": 4}, "failed", 9, "hung", (seven, nine)),
            ({"slot": "B", "reason": 2, "other": PREVIOUS, "other_version": 7, "least": ((1, 5), (1, 2), (0, 0))},
             "previous", 7, None, ({**seven, "problem": "rolled-back"}, nine)),
            ({"reason": 3, "other": PREVIOUS, "other_version": 9, "least": ((2, 0), (0, 0), (0, 0))},
             "previous", 9, None, ({**seven, "problem": "revoked"}, {**nine, "problem": "revoked"}))):
        # Older ones before and behind it, and a torn one that would be newer.
        log = state_page(5) + state_page(7, **fields) + torn + state_page(3)
        told = status_of(run, flash_with(t, "copy.img", at={STATE: log, SLOT_B: new}))
        check((told["sequence"], told["place"]) == (7, 1), f"{holds}: another snapshot was taken: {told}")
        slot = fields.get("slot", "A")
        reason = {1: "provisioned", 2: "tried and confirmed", 3: "reverted to"}[fields.get("reason", 1)]
        check(told["active"] == {"slot": slot, "reason": reason}, f"{holds}: active is {told}")
        check(told["other"] == {"slot": "AB".replace(slot, ""), "holds": holds, "version": version, "end": end},
              f"{holds}: other is {told}")
        check((told["slots"]["A"], told["slots"]["B"]) == slots, f"{holds}: slots are {told['slots']}")
    content = package.read_bytes()
    for at, problem in ((len(content) - 2 * PAGE, "digest"), (300, "signature")):
        told = status_of(run, flash_with(t, "copy.img", at={SLOT_A: changed(content, at)}))
        check(told["slots"]["A"]["problem"] == problem, f"expected {problem}: {told['slots']}")


@case()
def copy_of_flash_that_is_none_is_refused(t):
    run = Tool(t)
    run.keys()
    provisioned(t, run)
    good = state_page(2)
    for at, words in (
            ({STATE: bytes(STATE_BYTES)}, ["there is no state", "none in 128 places"]),
            ({STATE: b"\xff" * STATE_BYTES}, ["there is no state"]),
            ({STATE: os.urandom(STATE_BYTES)}, ["there is no state"]),
            ({STATE: changed(good, PAGE - 1)}, ["there is no state"]),
            ({STATE: state_page(2, other=STAGED)}, ["there is no state"]),
            ({0x3f000: bytes(8)}, ["no identity page", "magic 0x59544e4544494452"]),
            ({0x3f020: os.urandom(16)}, ["identity page is altered"])):
        run("update", "status", "--flash", flash_with(t, "copy.img", at=at), status=tool.CONFIGURATION,
            words=["not-flash", "do:", *words])
    short = t.out / "short.img"
    short.write_bytes((t.out / "flash0.img").read_bytes()[:-1])
    run("update", "status", "--flash", short, "--json", status=tool.CONFIGURATION, words=["67108864 bytes"])
    short.write_bytes((t.out / "flash0.img").read_bytes() + b"\0")
    run("update", "status", "--flash", short, status=tool.CONFIGURATION, words=["file-too-large"])


NOISE = b"[   1.234567] mediator: a line of the log\r\n[vm]   running      slot B, version 9\r\n[vm] update: all is done\r\n"


def at_node(run, node, *arguments, **expected):
    return run("update", *arguments, "--console", node.path, "--timeout", 20, **expected)


@case(("socket", {"is_device": False}), ("device", {"is_device": True}))
def prompt_is_found_behind_a_vm_that_plays_it_at_a(t, is_device):
    run = Tool(t)
    # All that a prompt would show, for a command that it knows will come.
    forged = "\r\n".join(("vm# ", "redoubt> update status", *status_after("slot B, version 9", "empty", "B"), "redoubt> "))
    node = Node({}, vm=forged.encode(), noise=NOISE, is_device=is_device)
    before = node.settings() if is_device else None
    told = json.loads(at_node(run, node, "status", "--json"))
    check(told == {"running": {"slot": "A", "version": 1, "is_trial": False},
                   "active": {"slot": "A", "reason": "provisioned"},
                   "other": {"slot": "B", "holds": "empty", "version": 0, "end": None},
                   "least": {"firmware": {"counter": 1}, "policy": {"counter": 1}},
                   "last_run": "is not known: power was off"}, f"the status is {told}")
    check(node.typed_to_vm == b"" and node.commands == ["update status"], f"typed: {node.typed_to_vm}, {node.commands}")
    if is_device:
        check(node.settings() == before, "the device has other settings than before")
        run("update", "confirm", "--console", node.path, "--timeout", 5, status=tool.TIMED_OUT,
            words=["no-answer", "'update confirm'"])
        check(node.settings() == before, "the device has other settings after a refusal")


@case()
def answers_of_a_node_have_exit_codes_of_their_kind(t):
    run = Tool(t)
    flash_error = refused("the update", -12)
    answers = {
        "update confirm": refused("the confirmation", -4), "update revert": refused("the revert", -3),
        "update try": refused("the try", -1), "update install args": refused("the update", -2),
        "update install busy": refused("the update", -6), "update install flash": flash_error,
        "update install new": refused("the update", -99), "update install silent": ("[   9.9] lwk: nothing",),
        "update install none": ("error: no such file", "  where:    initial ramdisk", "  expected: a package",
                                "  found:    none", "  do:       pack it there"),
        "update install old": ("error: unknown command", "  where:    control prompt", "  found:    update",
                               "  expected: one of help list", "  do:       `help` says what they do"),
        **{f"update install {kind}": package_refused(kind) for kind in ("signature", "rolled-back", "shape", "novel")},
        "update install good --no-try": ("  head: signatures           0 %", "update: good is staged in the other slot"),
    }
    node = Node(answers, noise=NOISE)
    for words, status, code in (
            ("confirm", tool.WRONG_STATE, "wrong-state"), ("revert", tool.POLICY, "denied"),
            ("try", tool.PLATFORM, "not-supported"), ("install args", tool.CONFIGURATION, "bad-file"),
            ("install busy", tool.FAILED, "busy"), ("install flash", tool.FAILED, "flash"),
            ("install new", tool.FAILED, "refused"), ("install silent", tool.FAILED, "unknown-answer"),
            ("install none", tool.CONFIGURATION, "no-such-file"), ("install old", tool.PLATFORM, "not-supported"),
            ("install signature", tool.SIGNATURE, "signature"), ("install rolled-back", tool.ROLLBACK, "rolled-back"),
            ("install shape", tool.CONFIGURATION, "shape"), ("install novel", tool.CONFIGURATION, "package")):
        said = at_node(run, node, *words.split(), status=status, words=[f"{code}: update {words}: the node says", "do:"])
        check("all is done" not in said, f"a VM's line counts: {said}")
    said = at_node(run, node, "install", "good", "--no-try")
    check(said == "\n".join(answers["update install good --no-try"]) + "\n", f"it said {said}")


def status_after(running, other, active="A", reason="provisioned"):
    return (f"  running      {running}", f"  active       slot {active}: {reason}", f"  other        {other}", *STATUS[3:])


@case()
def outcome_of_a_try_is_what_the_node_says_afterwards(t):
    run = Tool(t)
    staged = "staged, version 2: not tried yet"
    for after, status, words in (
            (status_after("slot B, version 2", "previous, version 1", "B", "tried and confirmed"), tool.DONE,
             "version 2 in slot B runs and is confirmed"),
            (status_after("slot B, version 2, a try", "staged, version 2: it is what runs"), tool.DONE, "not confirmed"),
            (status_after("slot A, version 1", "failed, version 2: its try hung"), tool.FAILED, "the try hung"),
            (status_after("slot A, version 1", staged), tool.FAILED, "try-lost"),
            (status_after("slot A, version 1", "gone, version 2"), tool.FAILED, "unknown-answer")):
        said_before = [STATUS, after]

        def statuses():
            return said_before.pop(0)

        # The machine is gone after the last line, and comes back with its prompt; a VM says that all went well.
        answers = {"update status": statuses, "update try": (
            "update: the staged package is tried: reset", "reset", "rom: slot B boots: it is tried, once",
            "update: version 2 in slot B works and is confirmed")}
        node = Node(answers)
        said = at_node(run, node, "try", status=status, words=[words] if status else ())
        check(status or words in said, f"expected {words}: {said}")


@case()
def console_that_is_none_or_silent_is_refused(t):
    run = Tool(t)
    for path in (t.out / "nothing", t.out / "log"):
        run("update", "status", "--console", path, status=tool.FAILED, words=["no-console"])
    node = Node({"update try": None, "update confirm": None})
    run("update", "confirm", "--console", node.path, "--timeout", 1, status=tool.TIMED_OUT, words=["no-answer"])
    listener = socket.socket(socket.AF_UNIX)
    deaf = socket_path()
    listener.bind(str(deaf))
    listener.listen()
    run("update", "status", "--console", deaf, "--timeout", 1, status=tool.TIMED_OUT, words=["within 1 s"])
    listener.close()
    for words, named in ((["try"], "--console"), (["status"], "--flash or --console"),
                         (["install", "x"], "--initrd or --console"), (["check", "x", "--console", "y"], "--console with"),
                         (["try", "--console", "y", "--json"], "--json"),
                         (["install", "a b", "--console", node.path], "bad-name"),
                         (["status", "--console", "y", "--timeout", 0], "not-a-number")):
        run("update", *words, status=tool.USAGE, words=[named])


@case()
def node_is_updated_from_the_host(t):
    command = t.prepare(t.small("small", "--autostart", "--console"), console=pathlib.Path("console.sock"))
    run = Tool(t)
    run.token = t.build.parent / "keys"
    files = [option for part in tool.PARTS for option in (f"--{part}", t.build / f"{'lwk' if part == 'outer' else part}.bin")]
    package = t.out / "new.package"
    run.on_token("pack-firmware", *files, "--policy", t.out / "policy.signed", "--name", "development", "--version", 2,
                 "--counter", 2, "--loader-bytes", 2 << 20, "-o", package)
    root = ["--root", run.token / "root.pem"]
    install(run, package, *root)
    install(run, package, *root, "--name", "again")
    board = t.run(command)
    at = ["--console", f"/proc/{board.process.pid}/cwd/console.sock", "--timeout", PATIENCE]

    def compared(**wanted):
        """By its own word, and by a copy of its flash."""
        told = json.loads(run("update", "status", "--json", *at))
        kept = json.loads(run("update", "status", "--json", "--flash", t.out / "flash0.img"))
        for name in ("active", "other"):
            check(told[name] == kept[name], f"{name}: the node says {told}, its flash {kept}")
        for role in ("firmware", "policy"):
            check(told["least"][role]["counter"] == kept["least"][role]["counter"], f"{role}: {told}, {kept}")
        check({name: told[name] for name in wanted} == wanted, f"expected {wanted}: {told}")
        return kept["slots"]

    deadline = time.monotonic() + PATIENCE
    while not (t.out / "console.sock").exists():
        check(time.monotonic() < deadline and board.process.poll() is None, "QEMU offers no console")
        time.sleep(0.05)
    slots = compared(running={"slot": "A", "version": 1, "is_trial": False}, active={"slot": "A", "reason": "provisioned"})
    check(slots["B"] is None and slots["A"]["problem"] == "ok", f"slots are {slots}")
    run("update", "confirm", *at, status=tool.WRONG_STATE, words=["wrong-state"])
    said = run("update", "install", "update.pkg", *at)
    for words in ("update: update.pkg is staged", "version 2 in slot B runs and is confirmed\n"):
        check(words in said, f"'{words}' is not in: {said}")
    slots = compared(running={"slot": "B", "version": 2, "is_trial": False},
                     active={"slot": "B", "reason": "tried and confirmed"})
    check(slots["A"]["problem"] == "rolled-back" and slots["B"]["version"] == 2, f"slots are {slots}")
    run("update", "revert", *at, status=tool.ROLLBACK, words=["rolled-back: update revert"])
    run("update", "install", "again", "--no-try", *at)
    compared(other={"slot": "A", "holds": "staged", "version": 2, "end": None})
    board.kill()
    kept = json.loads(run("update", "status", "--json", "--flash", t.out / "flash0.img"))
    check(kept["active"]["slot"] == "B" and kept["other"]["holds"] == "staged", f"after the end flash says {kept}")
