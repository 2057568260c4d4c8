# SPDX-License-Identifier: BSD-3-Clause
"""Packages as the host tool makes and checks them; what it wrote is read by a decoder that shares nothing with it, and by
OpenSSL's own program. No board is started.
"""
import hashlib
import json
import subprocess

import tool
from cbor import decoded
from harness import case, check
from tool import PARTS, Tool

PAGE = 4096
ROOT, FIRMWARE, POLICY = "root.pem", "firmware.pem", "policy.pem"


def integer_der(raw):
    value = int.from_bytes(raw, "big")
    body = value.to_bytes(value.bit_length() // 8 + 1, "big")
    return bytes((2, len(body))) + body


def signature_check(t, key, signed):
    """OpenSSL's program says whether a COSE_Sign1 is the key's. Returns its payload."""
    tag, number, (protected, unprotected, payload, signature) = decoded(signed)
    check((tag, number, unprotected, decoded(protected)) == ("tag", 18, {}, {1: -35}), "the COSE_Sign1 has another form")
    parts = [b"\x84\x6aSignature1", bytes((0x40 + len(protected),)), protected, b"\x40"]
    head = bytes((0x58, len(payload))) if len(payload) < 256 else b"\x59" + len(payload).to_bytes(2, "big")
    (t.out / "signed").write_bytes(b"".join(parts) + head + payload)
    body = integer_der(signature[:48]) + integer_der(signature[48:])
    (t.out / "signature").write_bytes(bytes((0x30, len(body))) + body)
    done = subprocess.run(["openssl", "dgst", "-sha384", "-verify", key, "-signature", t.out / "signature", t.out / "signed"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    check(done.returncode == 0, f"OpenSSL refuses the signature: {done.stdout}")
    return decoded(payload)


def point_of(path):
    made = subprocess.run(["openssl", "pkey", "-pubin", "-in", path, "-outform", "DER"], stdout=subprocess.PIPE)
    check(made.returncode == 0 and len(made.stdout) > 97, "OpenSSL does not read the public key")
    return made.stdout[-97:]


def chain_check(t, run, data, signer, role):
    root, endorsement, signed = decoded(data, filled=True)
    check(root == point_of(run.token / ROOT), "the chain begins with another key")
    word = signature_check(t, run.token / ROOT, endorsement)
    key = point_of(run.token / signer)
    check(word == {1: 1, 2: role, 3: signer.split(".")[0], 4: key, 5: 1, 6: 1}, f"the endorsement is {word}")
    return signature_check(t, run.token / signer, signed)


@case()
def package_is_what_another_decoder_reads(t):
    run = Tool(t)
    run.keys()
    package = run.package().read_bytes()
    firmware = chain_check(t, run, package[:PAGE], FIRMWARE, 1)
    components = firmware.pop(9)
    check(firmware == {1: 2, 3: "redoubt", 5: 7, 7: 3, 8: [0x49000000, 0x8000000]}, f"the firmware object is {firmware}")
    at = PAGE
    for (name, size, load, entry, digest), part in zip(components, (*PARTS, "policy")):
        content = package[at:at + size]
        file = (t.out / ("policy.signed" if part == "policy" else f"{part}.bin")).read_bytes()
        check(name == part and size % PAGE == 0 and size - len(file) < PAGE, f"{name}, {size} bytes, is not {part}")
        check(content == file.ljust(size, b"\0"), f"{part} is not its file and zeros")
        check(digest == hashlib.sha256(content).digest() and load == entry, f"{part} has another digest or entry")
        at += size
    check(at == len(package), "the package goes on")
    policy = chain_check(t, run, content, POLICY, 2)
    box = run("measure", "box", "--digest", t.out / "box.bin").strip()
    check(policy == {1: 3, 3: "lab", 5: 4, 7: 2, 10: [["alice", point_of(run.token / "vm-owner.pem"), 6]],
                     11: [[0, "box", bytes.fromhex(box)]]}, f"the policy object is {policy}")


@case()
def package_table_is_the_same_at_every_step(t):
    run = Tool(t)
    run.keys()
    package = run.package()
    told = json.loads(run.check(package, "--json"))
    parts = told["components"]
    check([part["name"] for part in parts] == [*PARTS, "policy"], f"the components are {parts}")
    data = package.read_bytes()
    for part in parts:
        content = data[part["offset"]:part["offset"] + part["bytes"]]
        check(hashlib.sha256(content).hexdigest() == part["sha256"], f"the digest of {part['name']} is another")
    check(told["firmware_signer"]["name"] == "firmware" and told["policy_signer"]["name"] == "policy", "signers")
    check(told["policy"]["owners"][0]["name"] == "alice" and told["policy"]["owners"][0]["counter"] == 6, f"the policy is {told['policy']}")
    said = run.check(package)
    check(all(part["sha256"] in said for part in parts) and "good:" in said, f"the table is {said}")
    flash = json.loads(run("provision", "--rom", t.out / "box.bin", "--package", package, "--root", run.token / ROOT,
                           "-o", t.out / "flash0.img", "--json"))
    check(flash["components"] == parts, "provision tells other digests")


def digest_check(page, what):
    """A page of flash whose last bytes are the digest of all others."""
    check(hashlib.sha256(page[:-32]).digest() == page[-32:], f"the digest of the {what} does not hold")


def identity_check(page, lifecycle, root):
    """abi/identity.h. Returns the secret."""
    head = (0x59544e4544494452).to_bytes(8, "little") + (2).to_bytes(4, "little") + lifecycle.to_bytes(4, "little") + root
    check(page[:48] == head, f"the identity page begins with {page[:48].hex()}")
    check(page[80:84] == (3).to_bytes(4, "little"), f"bad ends that are borne: {page[80:84].hex()}")
    check(not any(page[84:-32]), "what is reserved in the identity page is not zero")
    digest_check(page, "identity page")
    return page[48:80]


def state_check(log):
    """abi/state.h: one snapshot, then nothing. Returns the seed."""
    page, rest = log[:4096], log[4096:]
    check(page[:8] == b"TRDSTATE" and page[12] == ord("A") and page[16:24] == (1).to_bytes(8, "little"),
          f"the state begins with {page[:24].hex()}")
    digest_check(page, "state")
    check(rest == b"\xff" * len(rest), "the log holds more than one snapshot")
    return page[200:248]


@case()
def flash_holds_rom_identity_state_and_package(t):
    run = Tool(t)
    run.keys()
    package = run.package()
    root = hashlib.sha256(point_of(run.token / ROOT)).digest()
    flash, secrets = t.out / "flash0.img", set()
    for lifecycle, number in (("development", 0x5a5a0001), ("production", 0xa5a50002)):
        run("provision", "--rom", t.out / "box.bin", "--package", package, "--root", root.hex(), "--lifecycle", lifecycle,
            "-o", flash)
        data = flash.read_bytes()
        rom, content = (t.out / "box.bin").read_bytes(), package.read_bytes()
        check(data[:0x3f000] == rom.ljust(0x3f000, b"\0"), "the ROM is another")
        secrets |= {identity_check(data[0x3f000:0x40000], number, root), state_check(data[0x40000:0xc0000])}
        check(not any(data[0xc0000:0x400000]), "there is something between state and slot A")
        check(data[0x400000:] == content.ljust(64 * 1024 * 1024 - 0x400000, b"\0"), "slot A is not the package")
    check(len(secrets) == 4 and all(len(set(secret)) > 8 for secret in secrets), "secrets and seeds are not random")
    flash.unlink()
    run("provision", "--rom", t.out / "box.bin", "--package", package, "--root", run.token / POLICY, "-o", flash,
        status=tool.SIGNATURE, words=["root-key", "expected: root key sha256", root.hex()])
    (t.out / "rom.bin").write_bytes(bytes(0x3f001))
    run("provision", "--rom", t.out / "rom.bin", "--package", package, "--root", run.token / ROOT, "-o", flash,
        status=tool.CONFIGURATION, words=["file-too-large", "at most 258048 bytes"])
    check(not flash.exists(), "an image was written all the same")


def changed(data, at):
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:]


@case()
def package_that_is_bad_is_named_by_its_kind(t):
    run = Tool(t)
    run.keys()
    good = run.package().read_bytes()
    bad = t.out / "bad"
    anchor = PAGE + 4096
    for data, status, words in (
            (good[:anchor + 9], tool.CONFIGURATION, ["truncated", f"byte {anchor + 9}, in the component anchor"]),
            (good[:300], tool.CONFIGURATION, ["truncated", "in the signed head"]),
            (b"", tool.CONFIGURATION, ["truncated"]),
            (good + b"\0", tool.CONFIGURATION, ["trailing", f"byte {len(good)}, after the last component"]),
            (changed(good, PAGE - 1), tool.CONFIGURATION, ["trailing"]),
            (changed(good, anchor + 50), tool.SIGNATURE, ["digest", "expected: anchor sha256", "found:    anchor sha256"]),
            (changed(good, good.index(b"redoubt")), tool.SIGNATURE, ["signature", "in the signed head"]),
            (changed(good, 50), tool.SIGNATURE, ["root-key"]),
            (good.replace(b"\x44\xa1\x01\x38\x22", b"\x44\xa1\x01\x38\x23", 1), tool.SIGNATURE, ["algorithm", "ES384"]),
            (bytes(len(good)), tool.CONFIGURATION, ["shape"])):
        bad.write_bytes(data)
        run.check(bad, status=status, words=[*words, "do:"])
    bad.write_bytes(good)
    run.check(bad, "--counter", 3, "--policy-counter", 2, "--serial", 1, "--policy-serial", 1)
    for option, status, words in (
            ("--counter", tool.ROLLBACK, ["rolled-back", "at least 9", "found:    3, of the firmware"]),
            ("--policy-counter", tool.ROLLBACK, ["rolled-back", "at least 9", "found:    2, of the policy"]),
            ("--serial", tool.SIGNATURE, ["revoked", "at least 9", "found:    1, of the firmware"]),
            ("--policy-serial", tool.SIGNATURE, ["revoked", "at least 9", "found:    1, of the policy"])):
        run.check(bad, option, 9, status=status, words=words)


@case()
def package_is_signed_only_by_its_role(t):
    run = Tool(t)
    run.keys()
    run.package()
    pack = ["pack-firmware", *run.components(), "--policy", t.out / "policy.signed", "--name", "redoubt", "--version", 1,
            "--counter", 1, "-o", t.out / "other"]
    run.on_token(*pack, "--key", "policy", status=tool.SIGNATURE, words=["role", "expected: firmware", "found:    policy"])
    run.on_token(*pack, "--key", "policy", "--endorsement", run.token / "firmware.endorsement", status=tool.SIGNATURE,
                 words=["key", "another key's"])
    run.on_token(*pack, "--key", "root", "--endorsement", run.token / "firmware.endorsement", status=tool.SIGNATURE,
                 words=["key", "another key's"])
    endorsement = (run.token / "firmware.endorsement").read_bytes()
    for data, status, word in ((changed(endorsement, len(endorsement) - 1), tool.SIGNATURE, "signature"),
                               (endorsement[:-1], tool.CONFIGURATION, "truncated"),
                               (endorsement + b"\0", tool.CONFIGURATION, "trailing")):
        (t.out / "endorsement").write_bytes(data)
        run.on_token(*pack, "--endorsement", t.out / "endorsement", status=status, words=[f"{word}: {t.out}/endorsement"])
    run.on_token(*pack, "--policy", t.out / "box.bin", status=tool.CONFIGURATION, words=[f"{t.out}/box.bin"])
    run.on_token(*pack, "--policy", run.token / "policy.pem", status=tool.CONFIGURATION)
    check(not (t.out / "other").exists(), "a package was written all the same")


@case()
def pack_refuses_what_a_device_would_refuse(t):
    run = Tool(t)
    run.keys()
    run.package()
    pack = ["pack-firmware", *run.components(), "--policy", t.out / "policy.signed", "-o", t.out / "other"]
    named = ["--name", "redoubt", "--version", 1, "--counter", 1]
    for options, status, words in (
            (named[:4], tool.USAGE, ["option-missing: --counter"]),
            (["--name", "Red oubt"], tool.USAGE, ["bad-name", "'Red oubt'"]),
            (["--version", 0], tool.USAGE, ["not-a-number: --version"]),
            (["--counter", 1 << 32], tool.USAGE, ["not-a-number: --counter"]),
            ([*named, "--loader-base", "0x49000001"], tool.CONFIGURATION, ["bad-loader-window", "2 MiB"]),
            ([*named, "--loader-base", "0x48000000"], tool.CONFIGURATION, ["bad-loader-window", "overlaps"]),
            ([*named, "--box", t.out / "empty"], tool.CONFIGURATION, ["file-empty"]),
            ([*named, "--monitor", t.out / "large"], tool.CONFIGURATION, ["file-too-large", "at most 1048576 bytes"])):
        (t.out / "empty").write_bytes(b"")
        (t.out / "large").write_bytes(bytes((1 << 20) + 1))
        run.on_token(*pack, *options, status=status, words=words)
    entry = ["--allow", "vm:x=" + 64 * "0"]
    for options, status, words in (
            (["--allow", "vm:x=12"], tool.USAGE, ["bad-allow", "64 hexadecimal digits"]),
            (["--allow", "king:x=" + 64 * "0"], tool.USAGE, ["bad-allow", "role"]),
            (["--allow", "vm:twelve-chars=" + 64 * "0"], tool.USAGE, ["bad-name", "1 to 11"]),
            (25 * entry, tool.NO_RESOURCES, ["policy-full", "at most 24"]),
            (["--owner", "alice"], tool.USAGE, ["bad-owner"]),
            (["--owner", f"alice={run.token}/vm-owner.pem:4294967296"], tool.USAGE, ["not-a-number: --owner"]),
            (["--owner", f"alice={t.out}/box.bin"], tool.CONFIGURATION, ["not-a-public-key"]),
            (9 * ["--owner", f"a={run.token}/vm-owner.pem"], tool.NO_RESOURCES, ["policy-full", "at most 8"])):
        run.policy("other", *options, status=status, words=words)
    check(not (t.out / "other").exists(), "a file was written all the same")
    # What follows the last colon is a counter only if it is digits.
    (t.out / "a:b.pem").write_bytes((run.token / "vm-owner.pem").read_bytes())
    run.policy("other", "--owner", f"bob={t.out}/a:b.pem", "--owner", f"carol={t.out}/a:b.pem:7")
    run.policy("other", *23 * entry, *7 * ["--owner", f"a={run.token}/vm-owner.pem"])
