# SPDX-License-Identifier: BSD-3-Clause
"""Attestation tokens that VMs fetch on a board, taken apart here: a decoder that shares nothing with the product, signatures by
OpenSSL's program, keys derived from the device's secret by Python, and what is claimed compared with what is known from files.
"""
import base64
import hashlib
import json
import os
import re
import shutil

import board as boards
import tool
from cases_boot import measurements
from cases_confidential import BOARDS, DEBIAN_PROMPT, debian_start, running_check, virtio_devices_check
from cases_package import signature_check
from cbor import decoded
from derived import derived_point, identity_of
from harness import DEBIAN_MEMORY_MIB, MEMORY_MIB, case, check
from tool import Tool

# SubjectPublicKeyInfo of a point of P-384 (RFC 5480, section 2), up to the point.
KEY_START = bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200")
CONFIDENTIAL = 2


def pem_write(path, point):
    text = base64.b64encode(KEY_START + point).decode()
    lines = [text[at:at + 64] for at in range(0, len(text), 64)]
    path.write_text("\n".join(["-----BEGIN PUBLIC KEY-----", *lines, "-----END PUBLIC KEY-----", ""]))
    return path


def sha256(data):
    return hashlib.sha256(data).digest()


class Device:
    """The board's keys, from its flash, and its log, as predicted from files."""

    def __init__(self, t, smp, memory_mib):
        self.t, self.page = t, identity_of(t.out / "flash0.img")
        self.log = [(name, bytes.fromhex(digest)) for name, digest in measurements(t, smp, memory_mib).items()]
        log = sha256(b"".join(name.encode().ljust(16, b"\0") + digest for name, digest in self.log))
        self.platform = derived_point(self.page, "attestation", self.page[16:48])
        self.realm = derived_point(self.page, "realm", log)

    def token_check(self, data):
        """Both parts of a token, whose signatures must hold: claims of the platform, claims of the realm."""
        tag, number, parts = decoded(data)
        check((tag, number, list(parts)) == ("tag", 399, [44234, 44241]), "the token has another form")
        platform = signature_check(self.t, pem_write(self.t.out / "platform.pem", self.platform), parts[44234])
        realm = signature_check(self.t, pem_write(self.t.out / "realm.pem", self.realm), parts[44241])
        key = decoded(realm[44237])
        check(key == {1: 2, -1: 2, -2: self.realm[1:49], -3: self.realm[49:]}, f"the realm's key is {key}")
        check(platform[10] == sha256(realm[44237]), "the platform part is of another realm's key")
        self.platform_check(platform)
        return platform, realm

    def platform_check(self, claims):
        root = self.page[16:48]
        expected = {
            10: claims[10], 256: b"\1" + sha256(self.platform), 265: "tag:redoubt.invalid,2026:platform#1", 2395: 0x4000,
            2396: b"redoubt on QEMU virt".ljust(32, b"\0"),
            2399: [{1: name, 2: digest, 5: root} for name, digest in self.log],
            2401: claims[2401], 2402: "sha-256",
        }
        check(list(claims.items()) == list(expected.items()), f"the platform claims {claims}, expected {expected}")
        # Slot A, no try, version and counters of the launcher's package.
        config = decoded(claims[2401])
        check(config == {1: 0x41, 2: 0, 3: 1, 4: 1, 5: 1}, f"the configuration is {config}")


def realm_check(claims, challenge, measured, extensible=()):
    """Of a VM that was started from files; `measured` are the digests of VM and box."""
    zeros = bytes(32)
    expected = {
        10: challenge, 265: "tag:redoubt.invalid,2026:realm#1", 44235: bytes(64), 44236: "sha-256", 44237: claims[44237],
        44238: measured["VM"], 44239: [dict(extensible).get(index, zeros) for index in range(1, 5)], 44240: "sha-256",
        -70001: measured["box"], -70002: CONFIDENTIAL,
    }
    check(list(claims.items()) == list(expected.items()), f"the realm claims {claims}, expected {expected}")


def measured_of(board, name):
    found = re.findall(r"(box|VM) is +([0-9a-f]{64})\n", board.command(f"show {name}"))
    check(len(found) == 2, "`show` does not tell two final measurements")
    return {what: bytes.fromhex(digest) for what, digest in found}


def small_token(board, challenge, part=4096):
    """(token, calls) of the small guest whose console is attached."""
    answer = board.guest(f"attest {challenge:#x} {part}")
    data = bytes.fromhex("".join(re.findall(r"attest: ([0-9a-f]{2,64})\n", answer)))
    count = re.search(r"attest: (\d+) bytes, (\d+) calls,", answer)
    check(count and len(data) == int(count[1]) > 0, f"`attest` says:\n{answer}")
    return data, int(count[2])


def small_challenge(first):
    """What the small guest asks: seven words that count up, and zero."""
    return b"".join((first + i).to_bytes(8, "little") for i in range(7)) + bytes(8)


REALM = ("--class", "confidential", "--share", "rsi")


@case(*[(f"{cpu.replace('-', '_')}_{smp}_cpus", {"cpu": cpu, "smp": smp})
        for cpu in ("max", "cortex-a72") for smp in (1, 4)])
def small_realm_proves_itself_on(t, cpu, smp):
    board = t.boot(t.small("realm", *REALM), cpu=cpu, smp=smp)
    device = Device(t, smp, MEMORY_MIB)
    board.command("start realm")
    board.attach("realm", "small> ")
    token, calls = small_token(board, 0x1234)
    again, calls_again = small_token(board, 0x1234, 7)
    other, _ = small_token(board, 0x1235, 1000)
    # What is measured meanwhile is in the next one.
    board.guest("smc 0xc4000193 2 8 0x11")
    extended, _ = small_token(board, 0x1234)
    board.leave("realm")
    measured = measured_of(board, "realm")
    check(token == again, "the same question has two answers")
    check(calls > 100 and calls_again < calls, f"{calls} calls for the first token, {calls_again} for the same again")
    _, claims = device.token_check(token)
    realm_check(claims, small_challenge(0x1234), measured)
    _, claims = device.token_check(other)
    realm_check(claims, small_challenge(0x1235), measured)
    _, claims = device.token_check(extended)
    value = sha256(bytes(32) + (0x11).to_bytes(8, "little"))
    realm_check(claims, small_challenge(0x1234), measured, {2: value})
    board.poweroff()


@case()
def realms_on_one_cpu_all_get_their_tokens(t):
    """Three ask at once, for more than one token each; a fourth one is asked for meanwhile."""
    names = ("one", "two", "three")
    board = t.boot(*(t.small(name, *REALM) for name in names), smp=1)
    device = Device(t, 1, MEMORY_MIB)
    for name in names:
        board.command(f"start {name}")
    tokens = {}
    for number, name in enumerate(names):
        board.attach(name, "small> ")
        # It runs while the next one is looked after.
        line = f"attest {0x100 * (number + 1):#x} 50"
        board.send(line + "\r")
        board.expect(re.escape(line) + "\n")
        board.leave(name)
    for number, name in enumerate(names):
        board.attach(name)
        board.expect(r"attest: \d+ bytes, \d+ calls,.*\n")
        tokens[name], _ = small_token(board, 0x1000 * (number + 1))
        board.leave(name)
    for number, name in enumerate(names):
        _, claims = device.token_check(tokens[name])
        realm_check(claims, small_challenge(0x1000 * (number + 1)), measured_of(board, name))
    board.poweroff()


@case(*BOARDS, limit=900)
def debian_7_3_proves_itself_on(t, cpu, smp):
    """An unmodified kernel: its own driver, configfs-tsm, and 64 random bytes. What it writes to its disk it reads."""
    board = debian_start(t, "7.3", "rsi", cpu=cpu, smp=smp)
    device = Device(t, smp, DEBIAN_MEMORY_MIB)
    board.expect(r"redoubt-guest: up, 2 CPUs, \d+ MiB$")
    board.expect("^" + DEBIAN_PROMPT)
    check("RME: Using RSI version 1.0\n" in board.guest("dmesg | grep RSI", DEBIAN_PROMPT), "the kernel is in no realm")
    tokens = []
    for challenge in (os.urandom(64), os.urandom(64), os.urandom(33)):
        # In lines that the terminal does not wrap.
        board.guest("c=", DEBIAN_PROMPT)
        for at in range(0, len(challenge), 32):
            board.guest(f"c=${{c}}{challenge[at:at + 32].hex()}", DEBIAN_PROMPT)
        answer = board.guest("attest $c", DEBIAN_PROMPT)
        found = re.search(r"-----BEGIN ATTESTATION TOKEN-----\n([A-Za-z0-9+/=\n]+)-----END ATTESTATION TOKEN-----\n", answer)
        check(found, f"`attest` says:\n{answer}")
        tokens.append((challenge.ljust(64, b"\0"), base64.b64decode(found[1])))
    check(board.guest("uname -r", DEBIAN_PROMPT).startswith("7.3."), "the kernel is not 7.3")
    virtio_devices_check(board)
    board.leave("debian")
    running_check(board, "rsi")
    measured = measured_of(board, "debian")
    listed = json.loads((t.out / "digests.json").read_text())
    check(listed["lifecycle"] == "development", "the device is of another lifecycle than the case asks for")
    for challenge, token in tokens:
        _, claims = device.token_check(token)
        realm_check(claims, challenge, measured)
    board.poweroff()


class Changed:
    """References of the same device and VM, but for one file."""

    def __init__(self, t):
        self.t, self.made = t, 0

    def folder(self, change):
        """The description's folder again, changed."""
        self.made += 1
        folder = self.t.out / f"changed{self.made}" / "debian"
        shutil.copytree(self.t.out / "vms/debian", folder)
        change(folder)
        return folder / "debian.conf"

    def reference(self, conf, *extra):
        """What the launcher makes of a description for the same device."""
        out = conf.parents[1]
        boards.prepare(self.t.build, out, [conf], memory=DEBIAN_MEMORY_MIB, secret=self.t.out / "device.secret",
                       **dict(extra))
        return out / "debian.reference"


def appended(name):
    def change(folder):
        with open(folder / name, "ab") as stream:
            stream.write(b"!")
    return change


def argued(folder):
    conf = folder / "debian.conf"
    conf.write_text(conf.read_text().replace("console=ttyAMA0", "console=ttyAMA0 quiet"))


@case(limit=900)
def debian_7_3_of_an_image_is_what_its_owner_packed(t):
    """Packed, started, attested, verified: by the commands that a person would type. Each changed file is named."""
    conf = t.debian("debian", *REALM, "--image", t.build / "box.bin", version="7.3") / "debian.conf"
    board = t.run(t.prepare(conf, memory=DEBIAN_MEMORY_MIB, autostart="debian", attach="debian"))
    board.expect(r"redoubt-guest: up, 2 CPUs, \d+ MiB$")
    board.expect("^" + DEBIAN_PROMPT)
    nonce = os.urandom(32).hex()
    board.guest(f"attest {nonce}", DEBIAN_PROMPT)
    board.leave("debian")
    board.command("events debian")
    board.poweroff()
    run, capture = Tool(t), t.out / "capture"
    capture.write_text(board.text)

    def verified(reference, status=0, **expected):
        return run("verify", capture, "--log", capture, "--nonce", nonce, "--reference", reference, status=status, **expected)

    said = verified(t.out / "debian.reference")
    check(said.splitlines()[-1].startswith("MATCH"), f"it says:\n{said}")
    changed, nothing = Changed(t), lambda folder: None
    mediator = t.out / "mediator.bin"
    mediator.write_bytes((t.build / "mediator.bin").read_bytes() + b"!")
    for named, change, *options in (("vm/kernel", appended("kernel")), ("vm/initrd", appended("initrd")),
                                    ("vm/command-line", argued), ("box/measurement", appended("box.bin")),
                                    ("mediator/image", nothing, ("image", f"mediator={mediator}")),
                                    ("firmware/policy", nothing, ("allow", f"vm:other={'0' * 64}"))):
        reference = changed.reference(changed.folder(change), *options)
        said = verified(reference, status=tool.MEASUREMENT)
        bad = [line.split()[1] for line in said.splitlines() if line.startswith("MISMATCH ")]
        check(named in bad, f"{named} is not named:\n{said}")
        # The launcher's policy lists what the VM measures, too.
        check(change != argued or {row for row in bad if row.startswith("vm/")} == {"vm/command-line", "vm/measurement"},
              f"more of the VM is named:\n{said}")
    run("verify", capture, "--nonce", "00" * 32, "--reference", t.out / "debian.reference", status=tool.TOKEN_REFUSED)
