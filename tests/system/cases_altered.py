# SPDX-License-Identifier: BSD-3-Clause
"""Bad packages on a board: of each kind of tests/unit/alter_kinds.h several, drawn at random for one device. The ROM
must refuse each at its stage and by a name that belongs to its kind, before anything of it runs; then a good package
boots on the same device.

A slot has no end of its own: of a package that was cut, the ROM finds what stood there before, so it says what does not
hold. Whoever has the file says that it is truncated (`redoubt update check`, cases_package.py).
"""
import copy
import hashlib
import os
import random
import re

from cbor import Raw, encoded, head
from cases_verified import SLOT_A, STATE, changed, flash_write, maker_of, refused
from harness import TOP, case, check
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


def different(good, bad):
    """The first byte that differs; as long as the good one, for erased flash follows."""
    bad = bad.ljust(len(good), b"\xff")
    return next((at for at in range(len(good)) if good[at] != bad[at]), None)


def found_at(maker, offset):
    """Where it is found that a byte of a package is another one, and what it may be called."""
    return ("package", ANY) if offset < PAGE else (component_at(maker, offset), ["digest"])


def mixed_versions(t, maker, draw, stage):
    """The head of one version; each component of it or of another one, which differs in every component."""
    old = maker.pack()
    maker.firmware[5], maker.policy[5] = 2, 2
    for name in PARTS[:-1]:
        maker.components[name] = changed(maker.components[name], len(maker.components[name]) - 1)
        maker.part_change(name, 4, hashlib.sha256(maker.components[name]).digest())
    maker.policy_signed = sign(maker.policy_key, maker.policy)
    new = maker.pack()
    check(len(old) == len(new), "the two versions differ in size: the case itself is broken")
    first, second = draw.sample((old, new), 2)
    mixed, at, other = first[:PAGE], PAGE, draw.sample(PARTS, draw.randint(1, len(PARTS)))
    for name in PARTS:
        end = at + len(maker.components[name])
        mixed, at = mixed + (second if name in other else first)[at:end], end
    return mixed, next(name for name in PARTS if name in other), ["digest"]


def content_of(maker, stage):
    return maker.firmware if stage == "package" else maker.policy


def payload_signed(t, maker, stage, make, problems):
    """@make turns the pairs of an object, as they are when the package is made, into bytes that the right key signs."""
    if stage == "package":
        maker.firmware_sign()
    raw = Raw(make([encoded(key) + encoded(value) for key, value in content_of(maker, stage).items()]))
    if stage == "package":
        return maker.pack(sign(maker.firmware_key, raw)), stage, problems
    maker.policy_signed = sign(maker.policy_key, raw)
    return maker.pack(), stage, problems


def map_of(pairs):
    return head(5, len(pairs)) + b"".join(pairs)


def wrong_order(t, maker, draw, stage):
    """Keys of a map, entries of the head, or components in the file."""
    drawn = draw.randrange(3)
    if drawn == 0:
        a, b = sorted(draw.sample(range(6), 2))
        return payload_signed(t, maker, stage, lambda pairs: map_of(
            pairs[:a] + [pairs[b]] + pairs[a + 1:b] + [pairs[a]] + pairs[b + 1:]), ["shape"])
    good = maker.pack()
    a, b = draw.sample(range(len(PARTS)), 2)
    if drawn == 1:
        parts = maker.firmware[9]
        parts[a], parts[b] = parts[b], parts[a]
        return maker.pack(sign(maker.firmware_key, maker.firmware)), "package", ["range"]
    order = list(PARTS)
    order[a], order[b] = order[b], order[a]
    bad = good[:PAGE] + b"".join(maker.components[name] for name in order)
    return bad, *found_at(maker, different(good, bad))


def duplicate_key(t, maker, draw, stage):
    at = draw.randrange(6)
    return payload_signed(t, maker, stage, lambda pairs: map_of(pairs[:at + 1] + pairs[at:]), ["not-canonical"])


def unknown_key(t, maker, draw, stage):
    """Between two that are known, or behind all."""
    key = draw.choice((2, 4, 6, draw.randint(12, 1 << 40)))
    at = {2: 1, 4: 2, 6: 3}.get(key, 6)
    pair = encoded(key) + encoded(draw.choice((draw.randrange(1 << 40), "a-date", b"date")))
    return payload_signed(t, maker, stage, lambda pairs: map_of(pairs[:at] + [pair] + pairs[at:]), ["unknown"])


def not_canonical(t, maker, draw, stage):
    """The map's count, a key, or the number behind it, in more bytes than it takes; a map whose length is open."""
    at, drawn = draw.choice((0, 2, 3)), draw.randrange(4)

    def make(pairs):
        if drawn == 0:
            return b"\xb8\x06" + b"".join(pairs)
        if drawn == 1:
            return b"\xbf" + b"".join(pairs) + b"\xff"
        pair = pairs[at]
        # Keys are below 24; the value's head is made by hand, whatever its size was.
        number = list(content_of(maker, stage).values())[at]
        pairs[at] = b"\x18" + pair if drawn == 2 else pair[:1] + b"\x1b" + number.to_bytes(8, "big")
        return map_of(pairs)
    return payload_signed(t, maker, stage, make, ["not-canonical"])


def missing_part(t, maker, draw, stage):
    """A key of a map, an entry of the head with its component, or a component alone."""
    drawn, good = draw.randrange(3), maker.pack()
    if drawn == 0:
        at = draw.randrange(6)
        return payload_signed(t, maker, stage, lambda pairs: map_of(pairs[:at] + pairs[at + 1:]), ["shape"])
    name = draw.choice(PARTS)
    without = b"".join(maker.components[part] for part in PARTS if part != name)
    if drawn == 1:
        del maker.firmware[9][PARTS.index(name)]
        return maker.pack(sign(maker.firmware_key, maker.firmware))[:PAGE] + without, "package", ["shape"]
    bad = good[:PAGE] + without
    return bad.ljust(len(good), b"\xff"), *found_at(maker, different(good, bad))


def scrambled(t, maker, draw, stage):
    """Ranges that are removed, doubled, cleared or random."""
    good = maker.pack()
    bad = good
    while different(good, bad) is None:
        for _ in range(draw.randint(1, 3)):
            at = draw.choice((draw.randrange(1, 1024), draw.randrange(1, len(bad))))
            end = at + draw.choice((draw.randint(1, 100), draw.randint(1, PAGE)))
            middle = draw.choice((b"", 2 * bad[at:end], bytes(len(bad[at:end])), draw.randbytes(len(bad[at:end]))))
            bad = bad[:at] + middle + bad[end:]
    return bad, *found_at(maker, different(good, bad))


# The names are the host's; whatever is new there is missing here until it is booted too.
KIND = re.compile(r"^\tX\((\w+), \d+\)", re.M)
KINDS = [globals()[name] for name in KIND.findall((TOP / "tests/unit/alter_kinds.h").read_text())]


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
