# SPDX-License-Identifier: BSD-3-Clause
"""Signed objects made by hand: keys and signatures of OpenSSL's program, an encoder that shares nothing with the product.
So a case can sign what the host tool refuses to sign.
"""
import hashlib
import subprocess

import cbor
from cbor import Tagged, encoded
from harness import check

FIRMWARE, POLICY, VM = 1, 2, 3
ES384 = {1: -35}
PAGE = 4096
PARTS = ("monitor", "anchor", "mediator", "outer", "box", "policy")


def openssl(*arguments, data=None):
    done = subprocess.run(["openssl", *map(str, arguments)], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    check(done.returncode == 0, f"openssl {arguments[0]}: {done.stderr.decode()}")
    return done.stdout


class Key:
    def __init__(self, directory, name):
        self.name, self.path = name, directory / f"{name}.key"
        openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", self.path)
        self.point = openssl("pkey", "-in", self.path, "-pubout", "-outform", "DER")[-97:]

    def sign(self, data):
        """r || s, out of the DER that OpenSSL writes: SEQUENCE of two INTEGERs, each shorter than 128 bytes."""
        der = openssl("dgst", "-sha384", "-sign", self.path, data=data)
        r_bytes = der[3]
        numbers = der[4:4 + r_bytes], der[6 + r_bytes:]
        check(der[0] == 0x30 and len(der) == 2 + der[1] and der[2] == der[4 + r_bytes] == 2, "a signature of another form")
        return b"".join(int.from_bytes(number, "big").to_bytes(48, "big") for number in numbers)


def sign(key, item, protected=ES384, signature=None):
    """COSE_Sign1 (RFC 9052, sections 4.2 and 4.4)."""
    payload, header = encoded(item), encoded(protected)
    if signature is None:
        signature = key.sign(encoded(["Signature1", header, b"", payload]))
    return encoded(Tagged(18, [header, {}, payload, signature]))


def endorse(root, role, key, **options):
    return sign(root, {1: 1, 2: role, 3: key.name, 4: key.point, 5: 1, 6: 1}, **options)


def pages(data):
    return data.ljust(-(-len(data) // PAGE) * PAGE, b"\0")


class Maker:
    """A package of one's own: the launcher's components, keys made here. What a case changes, it changes before pack()."""

    def __init__(self, out, package):
        self.root, self.firmware_key, self.policy_key = (Key(out, name) for name in ("root", "firmware", "policy"))
        self.components, at = {}, PAGE
        _, _, signed = cbor.decoded(package[:PAGE], filled=True)
        self.firmware = cbor.decoded(cbor.decoded(signed)[2][2])
        for name, size, *_ in self.firmware[9]:
            self.components[name] = package[at:at + size]
            at += size
        _, _, signed = cbor.decoded(self.components["policy"], filled=True)
        self.policy = cbor.decoded(cbor.decoded(signed)[2][2])
        self.firmware_word = endorse(self.root, FIRMWARE, self.firmware_key)
        self.policy_word = endorse(self.root, POLICY, self.policy_key)
        self.policy_signed = sign(self.policy_key, self.policy)

    def chain(self, word, signed):
        return encoded([self.root.point, word, signed])

    def part_change(self, name, at, value):
        """A field of a component: 1 size, 2 load address, 3 entry."""
        self.firmware[9][PARTS.index(name)][at] = value

    def firmware_sign(self):
        """The firmware object with the policy as it is now, signed."""
        self.components["policy"] = pages(self.chain(self.policy_word, self.policy_signed))
        self.part_change("policy", 1, len(self.components["policy"]))
        self.part_change("policy", 4, hashlib.sha256(self.components["policy"]).digest())
        return sign(self.firmware_key, self.firmware)

    def pack(self, signed=None):
        first = self.chain(self.firmware_word, self.firmware_sign() if signed is None else signed)
        check(len(first) <= PAGE, "the head is longer than a page")
        return pages(first) + b"".join(self.components[name] for name in PARTS)


def identity_page(root, lifecycle=0x5a5a0001, magic=0x59544e4544494452, version=2, failures_max=0):
    """abi/identity.h; the device's secret is of no interest"""
    page = magic.to_bytes(8, "little") + version.to_bytes(4, "little") + lifecycle.to_bytes(4, "little")
    page = (page + hashlib.sha256(root.point).digest() + bytes(32) + failures_max.to_bytes(4, "little"))
    page = page.ljust(PAGE - 32, b"\0")
    return page + hashlib.sha256(page).digest()


def state_page(least=(), slot=0x41):
    """abi/state.h: the first snapshot. @least: role -> (serial, counter) below which this device refuses."""
    words = [1, slot, 1, 0, 0x10, 0, 1, 0] + [number for role in range(4) for number in dict(least).get(role, (0, 0))]
    page = (0x4554415453445254).to_bytes(8, "little") + b"".join(word.to_bytes(4, "little") for word in words)
    page = page.ljust(PAGE - 32, b"\0")
    return page + hashlib.sha256(page).digest()
