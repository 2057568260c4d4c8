# SPDX-License-Identifier: BSD-3-Clause
"""Bad packages on a board: of each kind several, drawn at random for one device. The ROM must refuse each at its stage
and by a name that belongs to its kind, before anything of it runs; then a good package boots on the same device.

A slot has no end of its own: of a package that was cut, the ROM finds what stood there before, so it says what does not
hold. Whoever has the file says that it is truncated (`redoubt update check`, cases_package.py).
"""
import copy
import os
import random

from cases_verified import SLOT_A, STATE, changed, flash_write, maker_of, refused
from harness import case, check
from signing import FIRMWARE, PAGE, PARTS, POLICY, VM, Key, endorse, sign, state_page

# How many of each kind are booted; `make soak` asks for more. The same seed draws the same again.
COUNT = int(os.environ.get("ALTERED", 2))
SEED = os.environ.get("ALTERED_SEED") or random.SystemRandom().randrange(10 ** 9)
# A boot that is refused takes a second or two, and its package as long again.
LIMIT = 600 + 60 * COUNT
ROLES = {"package": FIRMWARE, "policy": POLICY}
# What the ROM calls a head whose bytes are anything.
ANY = ("truncated", "trailing", "not-canonical", "unknown", "shape", "range", "root-key", "algorithm", "signature",
       "type", "role", "revoked", "rolled-back", "digest")


def key_of(maker, stage):
    return maker.firmware_key if stage == "package" else maker.policy_key


def word_set(maker, stage, word):
    if stage == "package":
        maker.firmware_word = word
    else:
        maker.policy_word = word


def object_signed(maker, stage, key=None, behind=b"", **options):
    """The package whose object of this stage is signed otherwise, or has bytes behind it; all else holds."""
    key = key or key_of(maker, stage)
    if stage == "policy":
        maker.policy_signed = sign(key, maker.policy, **options) + behind
        return maker.pack()
    maker.firmware_sign()
    return maker.pack(sign(key, maker.firmware, **options) + behind)


def unsigned(t, maker, draw, stage):
    signature = draw.choice((bytes(96), b"\xff" * 96, draw.randbytes(96)))
    return object_signed(maker, stage, signature=signature), stage, ["signature"]


def wrong_key(t, maker, draw, stage):
    """The object's, or the one that endorses the object's."""
    stranger = Key(t.out, "stranger")
    if draw.random() < 0.5:
        return object_signed(maker, stage, key=stranger), stage, ["signature"]
    word_set(maker, stage, endorse(stranger, ROLES[stage], key_of(maker, stage)))
    return maker.pack(), stage, ["signature"]


def wrong_root(t, maker, draw, stage):
    maker.root = Key(t.out, "another")
    for one, role in ROLES.items():
        word_set(maker, one, endorse(maker.root, role, key_of(maker, one)))
    return maker.pack(), "package", ["root-key"]


def wrong_role(t, maker, draw, stage):
    role = draw.choice([role for role in (FIRMWARE, POLICY, VM) if role != ROLES[stage]])
    word_set(maker, stage, endorse(maker.root, role, key_of(maker, stage)))
    return maker.pack(), stage, ["role"]


def revoked(t, maker, draw, stage):
    """The device has confirmed a package whose endorsement wants a newer serial than 1."""
    flash_write(t, STATE, state_page({ROLES[stage]: (draw.randint(2, 1 << 31), 1)}))
    return maker.pack(), stage, ["revoked"]


def rolled_back(t, maker, draw, stage):
    held = draw.randint(2, 1 << 31)
    flash_write(t, STATE, state_page({ROLES[stage]: (1, held)}))
    content = maker.firmware if stage == "package" else maker.policy
    content[7] = draw.choice((held - 1, draw.randrange(1, held)))
    return object_signed(maker, stage), stage, ["rolled-back"]


def component_at(maker, offset):
    """The component that this byte of a package is in."""
    at = PAGE
    for name in PARTS:
        at += len(maker.components[name])
        if offset < at:
            return name
    raise AssertionError(f"{offset:#x} is behind the package")


def place(maker, draw, count):
    """Half of them in the head. Returns offset, stage, and what may be wrong there."""
    if draw.random() < 0.5:
        return draw.randrange(1, PAGE), "package", ANY
    offset = draw.randrange(PAGE, count)
    return offset, component_at(maker, offset), ["digest"]


def altered_byte(t, maker, draw, stage):
    good = bytearray(maker.pack())
    offset, stage, problems = place(maker, draw, len(good))
    good[offset] ^= draw.randrange(1, 256)
    return bytes(good), stage, problems


def truncated(t, maker, draw, stage):
    """Erased flash follows."""
    good = maker.pack()
    offset, stage, problems = place(maker, draw, len(good))
    return good[:offset].ljust(len(good), b"\xff"), stage, problems


def trailing(t, maker, draw, stage):
    """Behind an object, or in what fills the head's page."""
    if draw.random() < 0.5:
        return object_signed(maker, stage, behind=draw.randbytes(draw.randint(1, 40))), stage, ["trailing"]
    good = maker.pack()
    return changed(good, draw.randrange(len(good[:PAGE].rstrip(b"\0")), PAGE)), "package", ["trailing"]


def downgraded(t, maker, draw, stage):
    """ES256, ES512, RS256, EdDSA, an HMAC."""
    options = {"protected": {1: draw.choice((-7, -36, -257, -8, 5))}}
    if draw.random() < 0.5:
        return object_signed(maker, stage, **options), stage, ["algorithm"]
    word_set(maker, stage, endorse(maker.root, ROLES[stage], key_of(maker, stage), **options))
    return maker.pack(), stage, ["algorithm"]


def garbage(t, maker, draw, stage):
    good = maker.pack()
    return draw.choice((bytes(len(good)), b"\xff" * len(good), draw.randbytes(len(good)), good[::-1],
                        good[draw.randint(1, PAGE):])), "package", ANY


KINDS = (unsigned, wrong_key, wrong_root, wrong_role, revoked, rolled_back, altered_byte, truncated, trailing,
         downgraded, garbage)


def slot_write(t, package):
    """No byte of an earlier one stays."""
    flash_write(t, SLOT_A, package.ljust(1 << 20, b"\0"))


@case(*[(kind.__name__, {"kind": kind}) for kind in KINDS], limit=LIMIT)
def altered_packages_are_refused(t, kind):
    command, maker = maker_of(t)
    draw = random.Random(f"{SEED} {kind.__name__}")
    print(f"seed {SEED}: {COUNT} of {kind.__name__}", flush=True)
    for number in range(COUNT):
        flash_write(t, STATE, state_page())
        package, stage, problems = kind(t, copy.deepcopy(maker), draw, draw.choice(tuple(ROLES)))
        slot_write(t, package)
        found = refused(t, command, stage, "expected" if problems != ["digest"] else "digest")
        check(any(f": {problem}: " in found for problem in problems), f"{number}: expected {problems}, found: {found}")
        print(f"{number}: {found.strip()}", flush=True)
    flash_write(t, STATE, state_page())
    slot_write(t, maker.pack())
    t.run(command).expect(r"^\[.*\] monitor: ")
