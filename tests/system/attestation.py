# SPDX-License-Identifier: BSD-3-Clause
"""Attestation tokens and event logs made by hand: an encoder of Python, signatures of OpenSSL's program. A case changes what
a token says before it is signed.
"""
import hashlib
import json

from cbor import Tagged, encoded
from signing import Key, sign

RAM_BASE = 0x40000000
PLATFORM, REALM = 44234, 44241
CLASSES, SHARES = {"isolated": 1, "confidential": 2}, {"-": 0, "rsi": 1, "window": 2}


def chain_value(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def little(number, count=8):
    return number.to_bytes(count, "little")


class Vm:
    """What a VM is made of, as the host tool measured it, and the log that its node would print."""

    def __init__(self, image):
        self.name, self.owner, self.counter = image["name"], None, None
        self.machine = {"class": CLASSES[image["class"]], "options": SHARES[image["share"]], "vcpus": image["vcpus"],
                        "ram-base": RAM_BASE, "ram": image["memory"] << 20, "entry": image["entry"], "x0": image["x0"]}
        self.pieces = {piece["part"]: [piece["address"], piece["bytes"], bytes.fromhex(piece["digest"])]
                       for piece in image["pieces"]}
        self.box = bytes.fromhex(image["box"])

    def measurement(self):
        """abi/anchor.h"""
        chain = chain_value(b"redoubt measurement 2 vm")
        for address, size, digest in self.pieces.values():
            chain = chain_value(chain, little(address), little(-(-size // 4096) * 4096), digest)
        machine = self.machine
        return chain_value(chain, little(1, 4), little(machine["class"], 4), little(machine["options"]),
                           little(machine["vcpus"], 4), little(0, 4),
                           *(little(machine[key]) for key in ("ram-base", "ram", "entry", "x0")), self.box)

    def log(self):
        machine = " ".join(f"{key} {value:#x}" if value > 4096 else f"{key} {value}" for key, value in self.machine.items())
        pieces = [f"  event        {part} {address:#x} {size} {digest.hex()}"
                  for part, (address, size, digest) in self.pieces.items()]
        return "\n".join([f"  event        vm {self.name}", f"  event        machine {machine}",
                          f"  event        box {self.box.hex()}", *pieces, f"  event        measurement {self.measurement().hex()}", ""])


class Node:
    """A device with keys of its own that has booted a package."""

    def __init__(self, out, boot, root, name="device"):
        self.device, self.realm = Key(out, name), Key(out, f"{name}-realm")
        self.root, self.lifecycle = root, 0x4000
        self.boot = [[entry["name"], bytes.fromhex(entry["sha256"])] for entry in json.loads(boot)["measurements"]]
        self.config = {1: 0x41, 2: 0, 3: 7, 4: 3, 5: 2}
        self.registers = [bytes(32)] * 4

    def log(self):
        return "".join(f"  measured     {name:10} {digest.hex()}\n" for name, digest in self.boot)

    def claims(self, vm, nonce):
        point = self.realm.point
        key = encoded({1: 2, -1: 2, -2: point[1:49], -3: point[49:]})
        realm = {10: nonce.ljust(64, b"\0"), 265: "tag:redoubt.invalid,2026:realm#1", 44235: bytes(64), 44236: "sha-256",
                 44237: key, 44238: vm.measurement(), 44239: self.registers, 44240: "sha-256", -70001: vm.box, -70002: vm.machine["class"]}
        if vm.owner is not None:
            realm |= {-70003: vm.owner, -70004: vm.counter}
        platform = {10: chain_value(key), 256: b"\1" + chain_value(self.device.point),
                    265: "tag:redoubt.invalid,2026:platform#1", 2395: self.lifecycle,
                    2396: b"redoubt on QEMU virt".ljust(32, b"\0"),
                    2399: [{1: name, 2: digest, 5: self.root} for name, digest in self.boot],
                    2401: encoded(self.config), 2402: "sha-256"}
        return platform, realm

    def attest(self, vm, nonce, change=lambda platform, realm: None, device=None, realm_key=None):
        """@change: of the claims, before they are signed."""
        platform, realm = self.claims(vm, nonce)
        change(platform, realm)
        return encoded(Tagged(399, {PLATFORM: sign(device or self.device, platform),
                                    REALM: sign(realm_key or self.realm, realm)}))


def owner_id(point, name):
    return chain_value(point, name.encode("ascii").ljust(12, b"\0"))
