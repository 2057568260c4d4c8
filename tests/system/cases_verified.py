# SPDX-License-Identifier: BSD-3-Clause
"""Verified boot: what the ROM refuses, by the name of its problem and at its stage, before anything of it runs. Packages are
signed here by hand; that such a package boots is the control of them all.
"""
import json
import re

from harness import case, check
from signing import FIRMWARE, PAGE, POLICY, VM, Key, Maker, endorse, identity_page, sign

IDENTITY, STATE, SLOT_A, SLOT_BYTES = 0x3f000, 0x40000, 0x400000, 0x1c00000
STAGES = ("rom", "identity", "package", "monitor", "anchor", "mediator", "outer", "box", "policy")


def flash_write(t, offset, data):
    with open(t.out / "flash0.img", "r+b") as flash:
        flash.seek(offset)
        flash.write(data)


def flash_read(t, offset, count):
    with open(t.out / "flash0.img", "rb") as flash:
        flash.seek(offset)
        return flash.read(count)


def refused(t, command, stage, *words):
    """The ROM stops at this stage and says these words; nothing behind it is called verified, nothing runs. Returns its line."""
    board = t.run(command)
    # Whatever comes first: a boot that goes on is not waited for.
    end = board.expect(r"rom: stage \w+: .*\n|^\[.*\] monitor: .*\n")[0]
    check(f"rom: stage {stage}: " in end, f"expected a refusal at stage {stage}, found:\n{end}")
    for word in words:
        check(word in end, f"'{word}' is not in: {end}")
    board.expect("rom: boot refused, powering off")
    check(board.wait() == 0, "QEMU did not end by a power-off")
    # The policy's digest may hold where its signature does not.
    behind = STAGES[STAGES.index("package" if stage == "state" else stage) + (stage == "policy"):]
    later = [name for name in behind if re.search(rf"rom: {name} +sha256 .*(verified|measured)", board.text)]
    check(not later, f"after the refusal came: {later}")
    check(not re.search(r"^\[.*\] (monitor|mediator|lwk): ", board.text, re.M), "a later stage ran")
    check(f"stage {stage}:" in board.secure_log(), "the secure UART does not say so")
    return end


def changed(data, at):
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:]


@case(*[(stage, {"stage": stage}) for stage in (*STAGES[1:], "state")])
def changed_byte_is_refused_in(t, stage):
    command = t.prepare()
    parts = {part["name"]: part for part in json.loads((t.out / "digests.json").read_text())["components"]}
    if stage == "identity":
        offset, count, word = IDENTITY, PAGE, "SHA-256 does not match"
    elif stage == "state":
        offset, count, word = STATE, PAGE, "no snapshot in flash"
    elif stage == "package":
        offset, count, word = SLOT_A, len(flash_read(t, SLOT_A, PAGE).rstrip(b"\0")), "signature: it has a signature"
    else:
        offset, count, word = SLOT_A + parts[stage]["offset"], parts[stage]["bytes"], "digest: SHA-256 does not match"
    flash_write(t, offset, changed(flash_read(t, offset, count), count // 2))
    refused(t, command, stage, word)


def maker_of(t, *vms, **options):
    """A command, and a maker whose root key the board's identity page names."""
    command = t.prepare(*vms, **options)
    maker = Maker(t.out, (t.out / "redoubt.package").read_bytes())
    flash_write(t, IDENTITY, identity_page(maker.root, failures_max=options.get("failures_max", 0)))
    return command, maker


@case(("development", {"lifecycle": 0x5a5a0001}), ("production", {"lifecycle": 0xa5a50002}))
def package_of_another_encoder_boots_in(t, lifecycle):
    command, maker = maker_of(t, t.small())
    maker.firmware[3], maker.firmware[5], maker.firmware[7] = "by-hand", 77, 5
    maker.policy.update({3: "lab", 5: 8, 7: 9, 10: [["alice", maker.root.point, 7]]})
    maker.policy_signed = sign(maker.policy_key, maker.policy)
    flash_write(t, IDENTITY, identity_page(maker.root, lifecycle))
    flash_write(t, SLOT_A, maker.pack())
    board = t.run(command)
    board.boot()
    is_told = "rom: *** DEVELOPMENT keys" in board.text
    check(is_told == (lifecycle == 0x5a5a0001), f"lifecycle {lifecycle:#x} is told wrongly:\n{board.text}")
    for line in ("rom: package by-hand, version 77, security counter 5, signed by firmware, serial 1\n",
                 "rom: policy lab, version 8, security counter 9, signed by policy, serial 1; 2 measurements may run\n"):
        check(line in board.text, f"expected: {line}found:\n{board.text}")
    check("small: running (active)" in board.command("start small"), "the VM that the policy lists does not start")
    board.poweroff()


def signature_zero(maker, t):
    return maker.pack(sign(maker.firmware_key, maker.firmware, signature=bytes(96)))


def root_other(maker, t):
    flash_write(t, IDENTITY, identity_page(Key(t.out, "other")))
    return maker.pack()


def endorsed_by_itself(maker, t):
    maker.firmware_word = endorse(maker.firmware_key, FIRMWARE, maker.firmware_key)
    return maker.pack()


def signed_by_stranger(maker, t):
    maker.firmware_key = Key(t.out, "stranger")
    return maker.pack()


def signed_by_policy_key(maker, t):
    maker.firmware_word, maker.firmware_key = maker.policy_word, maker.policy_key
    return maker.pack()


def signed_by_vm_key(maker, t):
    maker.firmware_word = endorse(maker.root, VM, maker.firmware_key)
    return maker.pack()


def policy_as_firmware(maker, t):
    return maker.pack(sign(maker.firmware_key, maker.policy))


def other_algorithm(maker, t):
    return maker.pack(sign(maker.firmware_key, maker.firmware, protected={1: -7}))


def unknown_key(maker, t):
    maker.firmware[99] = 1
    return maker.pack()


def counter_zero(maker, t):
    maker.firmware[7] = 0
    return maker.pack()


def component_missing(maker, t):
    maker.firmware_sign()
    del maker.firmware[9][-1]
    return maker.pack(sign(maker.firmware_key, maker.firmware))


def rest_of_head(maker, t):
    package = maker.pack()
    return changed(package, PAGE - 1)


def head_cut(maker, t):
    return maker.pack()[:300].ljust(PAGE, b"\0")


def slot_zero(maker, t):
    return bytes(SLOT_A)


def slot_erased(maker, t):
    return b"\xff" * SLOT_A


HEADS = {
    "unsigned": (signature_zero, "signature: "),
    "of_another_root": (root_other, "root-key: "),
    "endorsed_by_no_root": (endorsed_by_itself, "signature: "),
    "signed_by_a_stranger": (signed_by_stranger, "signature: "),
    "signed_by_a_policy_key": (signed_by_policy_key, "role: "),
    "signed_by_a_vm_key": (signed_by_vm_key, "role: "),
    "that_is_a_policy": (policy_as_firmware, "type: "),
    "of_another_algorithm": (other_algorithm, "algorithm: "),
    "with_an_unknown_key": (unknown_key, "unknown: "),
    "without_a_counter": (counter_zero, "range: "),
    "without_a_component": (component_missing, "shape: "),
    "with_something_behind": (rest_of_head, "trailing: "),
    "cut_in_its_head": (head_cut, "shape: "),
    "that_is_not_there": (slot_zero, "shape: "),
    "that_is_erased_flash": (slot_erased, "unknown: "),
}


@case(*[(name, {"make": make, "word": word}) for name, (make, word) in HEADS.items()])
def package_is_refused(t, make, word):
    command, maker = maker_of(t)
    flash_write(t, SLOT_A, make(maker, t))
    refused(t, command, "package", f"package: {word}it ", "expected", "found", "write a fresh flash image")


@case(("signed_by_a_firmware_key", {"word": "role: ", "role": FIRMWARE}), ("signed_by_a_vm_key", {"word": "role: ", "role": VM}),
      ("unsigned", {"word": "signature: ", "signature": bytes(96)}), ("that_is_firmware", {"word": "type: ", "item": True}),
      ("of_a_role_that_is_none", {"word": "range: ", "change": {11: [[2, "x", bytes(32)]]}}))
def policy_is_refused(t, word, role=POLICY, signature=None, item=False, change=()):
    command, maker = maker_of(t)
    maker.policy.update(change)
    maker.policy_word = endorse(maker.root, role, maker.policy_key)
    maker.policy_signed = sign(maker.policy_key, maker.firmware if item else maker.policy, signature=signature)
    flash_write(t, SLOT_A, maker.pack())
    refused(t, command, "policy", f"policy: {word}it ", "expected", "found")


@case(("monitor_elsewhere", {"part": "monitor", "fields": {2: 0x0e200000, 3: 0x0e200000}, "word": "expected a load range"}),
      ("mediator_over_its_records", {"part": "mediator", "fields": {2: 0x40400000, 3: 0x40400000},
                                     "word": "expected a load range"}),
      ("outer_in_secure_ram", {"part": "outer", "fields": {2: 0x0e300000, 3: 0x0e300000}, "word": "expected a load range"}),
      ("monitor_entry_inside", {"part": "monitor", "fields": {3: 0x0e100004}, "word": "expected entry 0xe100000"}),
      ("anchor_too_large", {"part": "anchor", "fields": {1: 0x201000}, "word": "expected a load range"}))
def signed_range_is_refused(t, part, fields, word):
    command, maker = maker_of(t)
    for at, value in fields.items():
        maker.part_change(part, at, value)
    flash_write(t, SLOT_A, maker.pack())
    refused(t, command, "package", f"package: {part}: {word}", "found")


@case(("over_the_outer_os", {"window": [0x48000000, 0x200000], "word": "overlap firmware"}),
      ("over_the_mediator", {"window": [0x40200000, 0x200000], "word": "overlap firmware"}),
      ("in_secure_ram", {"window": [0x0e000000, 0x200000], "word": "expected inside DRAM"}))
def loader_window_is_refused(t, window, word):
    command, maker = maker_of(t)
    maker.firmware[8] = window
    flash_write(t, SLOT_A, maker.pack())
    refused(t, command, "package", "loader window: ", word)


@case(("lifecycle", {"options": {"lifecycle": 0x5a5a0003}, "word": "expected lifecycle"}),
      ("version", {"options": {"version": 3}, "word": "no identity page"}),
      ("magic", {"options": {"magic": 0}, "word": "no identity page"}))
def identity_is_refused_for_its(t, options, word):
    command, maker = maker_of(t)
    flash_write(t, IDENTITY, identity_page(maker.root, **options))
    refused(t, command, "identity", word, "found")
