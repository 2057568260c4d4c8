# SPDX-License-Identifier: BSD-3-Clause
"""Sealed data: what the anchor seals opens again where its seal says so, and nowhere else; after a reset, in another
package, on another device.
"""
import hashlib
import hmac
import json
import re
import subprocess

from harness import MEMORY_MIB, case, check
from cases_verified import IDENTITY, SLOT_A, STATE, flash_read, flash_write
from signing import Maker
from tool import CONFIGURATION, MEASUREMENT, Tool

TEXT = "only for this device"


def seal(board, *arguments):
    """The blob's lines."""
    answer = board.command(f"seal {' '.join(map(str, arguments))}")
    lines = re.findall(r"^[0-9a-f]{2,64}$", answer, re.M)
    check(lines and "error" not in answer, f"seal says:\n{answer}")
    return lines


def unseal(board, label, lines):
    """What it prints: the text, or why not."""
    board.send(f"unseal {label}\r")
    for line in lines:
        board.expect("^blob> ")
        board.send(f"{line}\r")
        board.expect(f"{line}\n")
    board.send("\r")
    start = board.seen
    end = board.expect("^redoubt> ").start()
    return board.text[start:end]


def opens(board, label, lines, text=TEXT):
    answer = unseal(board, label, lines)
    check(f"\n{text}\n" in answer and "error" not in answer, f"expected '{text}', unseal says:\n{answer}")


def closed(board, label, lines, why):
    answer = unseal(board, label, lines)
    check(f"found:    {why}\n" in answer and TEXT not in answer, f"expected '{why}', unseal says:\n{answer}")


def blob_bytes(lines):
    return bytes.fromhex("".join(lines))


def blob_lines(data):
    return [data[i:i + 32].hex() for i in range(0, len(data), 32)]


def turned(lines, at):
    """A blob with another bit there."""
    data = bytearray(blob_bytes(lines))
    data[at] ^= 1
    return blob_lines(data)


@case()
def sealed_text_opens_again_after_a_reset(t):
    board = t.boot()
    sealed = {"notes": seal(board, "notes", TEXT), "boot": seal(board, "--exact", "boot", TEXT)}
    for _ in range(2):
        for label, lines in sealed.items():
            opens(board, label, lines)
        answer = unseal(board, "boot", sealed["notes"])
        check("sealed under another label" in answer and TEXT not in answer, f"another label: unseal says:\n{answer}")
        # Label, nonce, tag, text.
        for at in (32, 52, 96, 112):
            lines = turned(sealed["notes"], at)
            closed(board, "ootes" if at == 32 else "notes", lines, "altered, or sealed by another device")
        closed(board, "notes", turned(sealed["notes"], 12), "this is no sealed blob")
        closed(board, "boot", turned(sealed["boot"], 64), "sealed for a boot with other measurements")
        check(seal(board, "notes", TEXT) != seal(board, "notes", TEXT), "a nonce comes twice")
        board.send("reset\r")
        board.boot()
    board.poweroff()


@case()
def sealed_text_is_refused_when_it_is_replayed(t):
    board = t.boot(smp=1)
    old = seal(board, "--counter", 3, "notes", TEXT)
    opens(board, "notes", old)
    check("counter 3 is 1\n" in board.command("counter 3 1"), "the counter does not rise")
    closed(board, "notes", old, "the monotonic counter was raised since")
    new = seal(board, "--counter", 3, "notes", "what is true now")
    board.send("reset\r")
    board.boot()
    closed(board, "notes", old, "the monotonic counter was raised since")
    opens(board, "notes", new, "what is true now")
    check("error: " in board.command("counter 3 1") and "error: " in board.command("counter 3 0"), "a counter falls")
    check("error: " in board.command("counter 16"), "there are too many counters")
    check("counter 3 is 1\n" in board.command("counter 3"), "the counter has changed")
    board.poweroff()


def identity_change(t, at, data):
    """Other bytes in the identity page, as provisioned."""
    page = bytearray(flash_read(t, IDENTITY, 4096 - 32))
    page[at:at + len(data)] = data
    flash_write(t, IDENTITY, bytes(page) + hashlib.sha256(page).digest())


# Five boots.
@case(limit=600)
def sealed_text_opens_in_newer_firmware_and_not_in_older(t):
    """One device, packages of one root key with three security counters, one after the other."""
    command = t.prepare(smp=1)
    maker = Maker(t.out, (t.out / "redoubt.package").read_bytes())
    identity_change(t, 16, hashlib.sha256(maker.root.point).digest())

    def boot(counter):
        maker.firmware[7] = counter
        flash_write(t, SLOT_A, maker.pack())
        board = t.run(command)
        board.boot()
        check(f"security counter {counter}," in board.text, "another package boots")
        return board

    board = boot(2)
    sealed, exact = seal(board, "notes", TEXT), seal(board, "--exact", "boot", TEXT)
    opens(board, "notes", sealed)
    opens(board, "boot", exact)
    board.poweroff()
    board = boot(3)
    opens(board, "notes", sealed)
    closed(board, "boot", exact, "sealed for a boot with other measurements")
    newer = seal(board, "notes", TEXT)
    board.poweroff()
    board = boot(1)
    closed(board, "notes", sealed, "sealed under a higher security counter")
    # The number that the blob shows is not the one that it was sealed with.
    closed(board, "notes", blob_lines(blob_bytes(sealed)[:48] + bytes((1,)) + blob_bytes(sealed)[49:]),
           "altered, or sealed by another device")
    board.poweroff()
    board = boot(2)
    opens(board, "notes", sealed)
    opens(board, "boot", exact)
    closed(board, "notes", newer, "sealed under a higher security counter")
    board.poweroff()
    identity_change(t, 48, bytes(32))
    board = boot(3)
    for label, lines in (("notes", sealed), ("notes", newer)):
        closed(board, label, lines, "altered, or sealed by another device")
    board.poweroff()


def predict(t, smp):
    """The log of a boot on this board, from files alone; in a file of its own."""
    root = json.loads((t.out / "digests.json").read_text())["root_sha256"]
    path = t.out / f"predicted.{smp}"
    files = ("--rom", t.build / "rom.bin", "--package", t.out / "redoubt.package", "--root", root)
    path.write_text(Tool(t)("measure", "boot", *files, "--cpus", smp, "--memory", MEMORY_MIB))
    return path


@case()
def log_is_replayed_and_is_what_was_predicted(t):
    """As the node prints it, and as data is sealed to it."""
    board = t.boot(smp=2)
    predicted, other = predict(t, 2), predict(t, 1)
    log, tool = t.out / "info.txt", Tool(t)
    log.write_text(other.read_text() + board.command("info"))
    digest = re.search(r"^log +([0-9a-f]{64})$", tool("measure", "log", log, "--against", predicted), re.M)[1]
    check(digest == json.loads(tool("measure", "log", log, "--json"))["log_sha256"], "text and JSON differ")
    check(digest in predicted.read_text(), "another digest was predicted")
    sealed = blob_bytes(seal(board, "--exact", "boot", TEXT))[64:96].hex()
    check(sealed == digest, f"data is sealed to {sealed}, the log is {digest}")
    tool("measure", "log", log, "--against", other, status=MEASUREMENT, words=("entry 9 is not", "platform"))
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if " platform " not in line))
    tool("measure", "log", log, "--against", predicted, status=MEASUREMENT, words=("found:    the end of the log",))
    log.write_text("nothing of interest\n")
    tool("measure", "log", log, status=CONFIGURATION, words=("there is no log", "'info'"))
    board.poweroff()


def search(t, secrets):
    """What the program tests/search finds in the RAM of the board: pieces of the secrets, parts of key schedules."""
    told = "".join(f"{name}={value.hex()}\n" for name, value in secrets.items())
    done = subprocess.run([t.build.parent / "search/search", "--secret", "-", t.out / "ram"], input=told,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    with open(t.out / "search.log", "a") as log:
        log.write(done.stdout)
    found = re.search(r": (\d+) pieces of them, (\d+) parts of AES-256 key schedules$", done.stdout, re.M)
    check(found and done.returncode == (found[1] != "0" or found[2] != "0"), f"the search says:\n{done.stdout}")
    return int(found[1]), int(found[2])


def key_derived(secret, label, *numbers, digest):
    """anchor/keys.c, by another hand (RFC 5869 with one block)."""
    info = label.ljust(16, b"\0") + b"".join(number.to_bytes(4, "little") for number in numbers) + digest
    extracted = hmac.digest(b"redoubt keys 1", secret, "sha256")
    return hmac.digest(extracted, info + b"\1", "sha256")


def seeds_read(t):
    """The seed of every snapshot that the state log has (abi/state.h)."""
    log = flash_read(t, STATE, 0x80000)
    places = [at for at in range(0, len(log), 4096) if log[at:at + 8] == b"TRDSTATE"]
    check(places, "there is no snapshot in flash")
    return {f"seed {at // 4096}": log[at + 200:at + 248] for at in places}


# FIPS 197, appendix A.3: an expanded AES-256 key.
SCHEDULE = bytes.fromhex("""
    603deb10 15ca71be 2b73aef0 857d7781 1f352c07 3b6108d7 2d9810a3 0914dff4 9ba35411 8e6925af a51a8b5f 2067fcde
    a8b09c1a 93d194cd be49846e b75d5b9a d59aecb8 5bf3c917 fee94248 de8ebe96 b5a9328a 2678a647 98312229 2f6c79b3
    812c81ad dadf48ba 24360af2 fab8b464 98c5bfc9 bebd198e 268c3ba7 09e04214 68007bac b2df3316 96e939e4 6c518d80
    c814e204 76a9fb8a 5025c02d 59c58239 de136967 6ccc5a71 fa256395 9674ee15 5886ca5d 2e2f31d7 7e0af1fa 27cf73c3
    749c47ab 18501dda e2757e4f 7401905a cafaaae3 e4d59b34 9adf6ace bd10190d fe4890d1 e6188d0b 046df344 706c631e""")
# In the middle of the outer OS's free memory.
PLANTED_AT = 0x8000000


def plant(t, data):
    with open(t.out / "ram", "r+b") as memory:
        memory.seek(PLANTED_AT)
        memory.write(data)


@case()
def no_key_is_in_memory(t):
    """Device secret, seeds, derived keys, whoever's key schedules: none is in non-secure RAM while the anchor seals and
    opens, nor after a warm reset. What is planted there is found.
    """
    command = t.prepare(smp=1, audit=".")
    secret, public = flash_read(t, IDENTITY + 48, 32), flash_read(t, IDENTITY, 48)
    secrets = {"device secret": secret}
    board = t.run(command)
    board.boot()
    sealed, exact = seal(board, "notes", TEXT), seal(board, "--exact", "boot", TEXT)
    lifecycle = int.from_bytes(public[12:16], "little")
    secrets["signer's key"] = key_derived(secret, b"seal signer", 1, 1, lifecycle, 1, digest=public[16:48])
    secrets["exact key"] = key_derived(secret, b"seal exact", 1, 0, 0, 0, digest=blob_bytes(exact)[64:96])
    for moment in ("while it runs", "after a warm reset"):
        opens(board, "notes", sealed)
        opens(board, "boot", exact)
        secrets.update(seeds_read(t))
        pieces, parts = search(t, secrets)
        check((pieces, parts) == (0, 0), f"{moment}: {pieces} pieces of keys, {parts} parts of schedules are in RAM")
        plant(t, b"".join(secrets.values()) + SCHEDULE)
        pieces, parts = search(t, secrets)
        check((pieces, parts) == (sum(map(len, secrets.values())) // 8, 6),
              f"{moment}: of what was planted {pieces} pieces and {parts} parts are found: the search is blind")
        board.send("reset\r")
        board.boot()
    board.poweroff()
