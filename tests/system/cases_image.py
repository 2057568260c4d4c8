# SPDX-License-Identifier: BSD-3-Clause
"""VM images on a board: good ones start, in each class; of each kind of bad ones several, drawn at random, lie in one
ramdisk, and each is refused in words that belong to its kind, while the rest goes on: nothing is lost, and the good ones
start after all of them.

Images are packed by the host tool for the platform whose flash the case has; owners, policy and manifests are signed here,
so that an owner signs what the tool refuses to pack.
"""
import copy
import hashlib
import json
import os
import random
import re
import subprocess
import time

from cases_pack import CHUNK, HEAD, changed, chunk_place, key_unwrap, key_wrap, manifest_of, owner_of, wrapping_key
from derived import G, N, aes_schedule, hkdf, times
from cases_seal import SCHEDULE, identity_change, plant, search
from cases_verified import IDENTITY, SLOT_A, flash_read, flash_write
from cases_vm import SMALL_PROMPT
from cbor import decoded, encoded
from harness import MEMORY_MIB, case, check
from signing import Key, Maker, openssl, sign
from tool import Tool
import newc

# As in cases_altered.py: `make soak` asks for more, and the same seed draws the same again.
COUNT = int(os.environ.get("ALTERED", 2))
SEED = os.environ.get("ALTERED_SEED") or random.SystemRandom().randrange(10 ** 9)
LIMIT = 900 + 60 * COUNT
# The least security counter that the policy asks of the owner, and that of his good images.
LEAST = 5
# What a node has room for (lwk/vm.h), less the good ones and some.
IMAGES_MAX = 80
RAMDISK = 16 << 20
DIRECTORY, FILE = 0o40755, 0o100644


def platform_pem(t):
    """The platform's public key, from the flash that the device has (docs/formats.md), where `pack` reads it."""
    page = flash_read(t, IDENTITY, 4096)
    info = b"image wrap".ljust(16, b"\0") + bytes(8) + page[12:16] + bytes(4) + page[16:48]
    x, y = times(int.from_bytes(hkdf(b"redoubt keys 1", page[48:80], info, 56), "big") % (N - 1) + 1, G)
    # SubjectPublicKeyInfo is that of any key with another point.
    other = Key(t.out, "form")
    der = openssl("pkey", "-in", other.path, "-pubout", "-outform", "DER")[:-96]
    path = t.out / "platform.pem"
    path.write_bytes(openssl("pkey", "-pubin", "-inform", "DER",
                             data=der + x.to_bytes(48, "big") + y.to_bytes(48, "big")))
    return path


class Images:
    """A device, its owner, and images for it."""

    def __init__(self, t, **options):
        self.t, self.out = t, t.out
        room = t.out / "room.cpio"
        room.write_bytes(bytes(RAMDISK))
        self.command = t.prepare(ramdisk=room, memory=MEMORY_MIB + (RAMDISK >> 20), **options)
        room.unlink()
        maker = Maker(t.out, (t.out / "redoubt.package").read_bytes())
        identity_change(t, 16, hashlib.sha256(maker.root.point).digest())
        self.owner, self.former, self.rival = (Key(t.out, name) for name in ("owner", "former", "rival"))
        maker.policy[10] = [["good", self.owner.point, LEAST], ["rival", self.rival.point, 0]]
        maker.policy_signed = sign(maker.policy_key, maker.policy)
        flash_write(t, SLOT_A, maker.pack())
        self.platform = platform_pem(t)

    def pack(self, name, platform=None, **lines):
        """An image by the host tool, and then by the owner: the content key is wrapped again, for his images, and signed."""
        lines = {"name": f'"{name}"', "version": "3", "counter": str(LEAST), "kernel": f'"{self.t.build / "small.bin"}"',
                 "memory": "16", "box": f'"{self.t.build / "box.bin"}"', **lines}
        conf, path = self.out / f"{name}.conf", self.out / f"{name}.rvm"
        conf.write_text("".join(f"{key} = {value};\n" for key, value in lines.items()))
        Tool(self.t)("pack", conf, "--platform", platform or self.platform, "-o", path, "--token", self.t.build.parent / "keys")
        image = path.read_bytes()
        manifest = manifest_of(image)
        if platform is None:
            wrapping = wrapping_key(secret_of(self.t, manifest), self.owner.point)
            manifest[17][0][2] = key_wrap(wrapping, content_key_of(self.t, image))
        return self.sealed(image, manifest)

    def sealed(self, image, manifest, key=None, point=None, **options):
        """The image with this manifest, signed."""
        key = key or self.owner
        made = encoded([point or key.point, sign(key, manifest, **options)])
        check(len(made) <= HEAD, "a manifest is too long")
        return made.ljust(HEAD, b"\0") + image[HEAD:]

    def boot(self, images):
        """With these in the ramdisk: name -> bytes."""
        members = []
        for name, image in images.items():
            members += [(name, DIRECTORY, b""), (f"{name}/image", FILE, image)]
        archive = newc.archive(members)
        check(len(archive) <= RAMDISK, f"{len(archive)} bytes of images are too many")
        (self.out / "ramdisk.cpio").write_bytes(archive)
        board = self.t.run(self.command)
        board.boot()
        return board


def chunk_count(image):
    return sum(-(-piece[2] // CHUNK) for piece in manifest_of(image)[16])


def chunks_put(image, order):
    """The chunks of the file, with their tags, in another order."""
    made = bytearray(image)
    for to, index in enumerate(order):
        for (target, source), size in zip(zip(chunk_place(to), chunk_place(index)), (16, CHUNK)):
            made[target:target + size] = image[source:source + size]
    return bytes(made)


def field_changed(item, draw):
    """Bytes with one other bit."""
    data = bytearray(item)
    data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
    return bytes(data)


# --- kinds: each gives an image and what is said of it ---


def manifest_altered(images, image, draw):
    """A digest, the id or the signature; what the owner signed is something else."""
    manifest = manifest_of(image)
    signature = decoded(decoded(image[:HEAD], filled=True)[1])[2][3]
    field = draw.choice((manifest[12], manifest[14], manifest[15], manifest[16][0][3], manifest[16][2][3], manifest[17][0][1][4],
                         signature))
    at = image.index(field) + draw.randrange(len(field))
    return changed(image, at), "signature"


def head_altered(images, image, draw):
    """Any byte that is not filling; where it is no manifest any more, the VM is left out at once."""
    return changed(image, draw.randrange(len(image[:HEAD].rstrip(b"\0")))), None


def unsigned(images, image, draw):
    return images.sealed(image, manifest_of(image), signature=draw.choice((bytes(96), draw.randbytes(96)))), "signature"


def wrong_owner(images, image, draw):
    """By a stranger, in his own name or in the owner's."""
    stranger = Key(images.out, "stranger")
    if draw.random() < 0.5:
        return images.sealed(image, manifest_of(image), stranger), "owner"
    return images.sealed(image, manifest_of(image), stranger, images.owner.point), "signature"


def revoked_owner(images, image, draw):
    """The policy names him no longer."""
    return images.sealed(image, manifest_of(image), images.former), "owner"


def rolled_back(images, image, draw):
    manifest = manifest_of(image)
    manifest[7] = draw.randrange(1, LEAST)
    return images.sealed(image, manifest), "rolled-back"


def adopted(images, image, draw):
    """Signed by another owner of the policy, as it is or as an isolated VM's: the content key is not wrapped for his images."""
    manifest = manifest_of(image)
    if draw.randrange(2):
        manifest[13][0], manifest[13][1] = 1, 0
    return images.sealed(image, manifest, images.rival), "wrap"


def other_platform(images, image, draw):
    """Packed for another one, or for none that there is; or the key for this one is not what was wrapped."""
    manifest, drawn = manifest_of(image), draw.randrange(3)
    if drawn == 0:
        other = Key(images.out, "elsewhere")
        (images.out / "elsewhere.pem").write_bytes(openssl("pkey", "-in", other.path, "-pubout"))
        return images.pack("elsewhere", images.out / "elsewhere.pem"), "platform"
    recipient = manifest[17][0]
    if drawn == 1:
        recipient[1][4] = field_changed(recipient[1][4], draw)
        return images.sealed(image, manifest), "platform"
    recipient[2] = field_changed(recipient[2], draw)
    return images.sealed(image, manifest), "wrap"


def chunk_altered(images, image, draw):
    """In the content or the tag."""
    tag, chunk = chunk_place(draw.randrange(chunk_count(image)))
    return changed(image, draw.choice((tag + draw.randrange(16), chunk + draw.randrange(CHUNK)))), "chunk"


def chunks_swapped(images, image, draw):
    order = list(range(chunk_count(image)))
    a, b = draw.sample(order, 2)
    order[a], order[b] = b, a
    return chunks_put(image, order), "chunk"


def chunk_repeated(images, image, draw):
    order = list(range(chunk_count(image)))
    a, b = draw.sample(order, 2)
    order[a] = b
    return chunks_put(image, order), "chunk"


def chunk_missing(images, image, draw):
    """Those behind it move up; the last one is there twice, or the file ends before it."""
    order = list(range(chunk_count(image)))
    del order[draw.randrange(len(order) - 1)]
    if draw.random() < 0.5:
        return chunks_put(image, order)[:-CHUNK], "truncated"
    return chunks_put(image, order + order[-1:]), "chunk"


def other_packing(images, image, draw):
    """Chunks of another packing of the same files, or a manifest with another id or version."""
    manifest, drawn = manifest_of(image), draw.randrange(3)
    if drawn == 0:
        return image[:HEAD] + images.pack("again")[HEAD:], "chunk"
    if drawn == 1:
        manifest[12] = field_changed(manifest[12], draw)
    else:
        manifest[5] += draw.choice((1, -1, 1 << 20))
    return images.sealed(image, manifest), "chunk"


def truncated(images, image, draw):
    """Before the end of what is signed there is no manifest, and the VM is left out at once."""
    end = draw.choice((draw.randrange(1, HEAD), draw.randrange(HEAD, len(image))))
    return image[:end], "truncated" if end >= len(image[:HEAD].rstrip(b"\0")) else None


def trailing(images, image, draw):
    return image + draw.choice((bytes(1), draw.randbytes(draw.randint(1, 3 * CHUNK)))), "trailing"


MACHINE = "class, memory, CPUs, entry or content are not what was measured for its image"


def class_changed(images, image, draw):
    """By the owner's own hand, after it was measured."""
    manifest = manifest_of(image)
    machine = manifest[13]
    classes = [pair for pair in ((1, 0), (2, 1), (2, 2)) if pair != (machine[0], machine[1])]
    machine[0], machine[1] = draw.choice(classes)
    return images.sealed(image, manifest), MACHINE


def machine_changed(images, image, draw):
    """vCPUs, memory, entry or x0."""
    manifest = manifest_of(image)
    at, more = draw.choice(((2, 1), (3, 2 << 20), (4, 4), (5, 8)))
    manifest[13][at] += more
    return images.sealed(image, manifest), MACHINE


def other_box(images, image, draw):
    return images.pack("boxed", box=f'"{draw.randbytes(32).hex()}"'), "its box is not the one that its image is packed for"


KINDS = (manifest_altered, head_altered, unsigned, wrong_owner, adopted, revoked_owner, rolled_back, other_platform,
         chunk_altered, chunks_swapped, chunk_repeated, chunk_missing, other_packing, truncated, trailing, class_changed,
         machine_changed, other_box)


# --- cases ---


def granules_free(board):
    return int(re.search(r"^ +memory +(\d+) of \d+ granules free", board.command("info"), re.M)[1])


def good_runs(board, name, shown):
    """Starts it, asks it something, stops it."""
    answer = board.command(f"start {name}")
    check(f"{name}: running (active)" in answer and "error" not in answer, f"start says:\n{answer}")
    board.attach(name, SMALL_PROMPT)
    check("this list" in board.guest("help"), f"{name} does not answer")
    board.leave(name)
    listing = board.command("list")
    check(re.search(rf"^{name} +running +\d+ +16 +{shown} ", listing, re.M), f"`list` says:\n{listing}")
    answer = board.command(f"stop {name}")
    check("came back not zero" not in answer, f"stop says:\n{answer}")


def refused_expect(board, name, said):
    """In words of its kind; None: any, or the VM was left out at boot."""
    answer = board.command(f"start {name}")
    if said is None and "error: there is no such VM" in answer:
        check(f"error: the image of VM {name} is refused: " in board.text, f"{name} is left out without a word")
        return "left out"
    check("running" not in answer and f"{name}: stopped (refused: its image: " in answer, f"{name}: start says:\n{answer}")
    for line in ("where:", "expected:", "do:"):
        check(f"\n  {line}" in answer, f"{name}: a line of the refusal is missing:\n{answer}")
    is_name = said is not None and re.fullmatch("[a-z-]+", said)
    expected = said if said is not None and not is_name else f"error: the image of VM {name} is refused: {said or ''}"
    check(expected + (": " if is_name else "") in answer, f"{name}: expected '{said}', start says:\n{answer}")
    return answer.split("\n", 1)[0]


def good_pair(images):
    """What bad ones are made of, and what runs in the end."""
    return {"open": (images.pack("open"), r"isolated +-"),
            "closed": (images.pack("closed", **{"class": '"confidential"', "share": '"rsi"'}), r"confidential +rsi")}


@case()
def encrypted_images_start(t):
    """Isolated and confidential, at once and again, and after a reset; their files hold nothing of the kernel."""
    images = Images(t, smp=2)
    good = good_pair(images)
    kernel = (t.build / "small.bin").read_bytes()
    for image, _ in good.values():
        check(not any(kernel[at:at + 16] in image for at in range(0, len(kernel) - 16, 64) if any(kernel[at:at + 16])),
              "a piece of the kernel is in the file as it is")
    board = images.boot({name: image for name, (image, _) in good.items()})
    free = granules_free(board)
    for _ in range(2):
        for name, (_, shown) in good.items():
            good_runs(board, name, shown)
        check(granules_free(board) == free, f"free granules: {free} before, {granules_free(board)} after")
    for name in good:
        check(f"{name}: running (active)" in board.command(f"start {name}"), f"{name} does not start beside the other")
    board.send("reset\r")
    board.boot()
    for name, (_, shown) in good.items():
        good_runs(board, name, shown)
    board.poweroff()


def log_expect(board, name, problem):
    """What the mediator saw refused is in its log in words: chunks, and VMs that are not their images'."""
    expected = {"chunk": rf"refused: content of {name} \(vCPU 0\) at 0x4\w+: its image has a chunk that is altered",
                MACHINE: rf"refused: activation of {name} \(vCPU 0\), measurement \w+ is not what its image says"}.get(problem)
    if expected is not None:
        log = board.command("log")
        check(re.search(expected, log), f"`log` does not say that {name} was refused:\n{log}")


def bad_make(images, good):
    """COUNT of each kind: name -> (image, what is said of it)."""
    bad = {}
    for kind in KINDS:
        draw = random.Random(f"{SEED} {kind.__name__}")
        for number in range(COUNT):
            image = draw.choice([image for image, _ in good.values()])
            bad[f"{kind.__name__}.{number}"] = kind(images, copy.copy(image), draw)
    return bad


@case(limit=LIMIT)
def altered_images_are_refused(t):
    images = Images(t, smp=2)
    good = good_pair(images)
    print(f"seed {SEED}: {COUNT} of each of {len(KINDS)} kinds", flush=True)
    bad = bad_make(images, good)
    for first in range(0, len(bad), IMAGES_MAX):
        names = list(bad)[first:first + IMAGES_MAX]
        board = images.boot({**{name: image for name, (image, _) in good.items()}, **{name: bad[name][0] for name in names}})
        free = granules_free(board)
        for name in names:
            print(f"{name}: {refused_expect(board, name, bad[name][1])}", flush=True)
            check(granules_free(board) == free, f"{name}: {free} granules were free, {granules_free(board)} are")
            log_expect(board, name, bad[name][1])
        for name, (_, shown) in good.items():
            good_runs(board, name, shown)
        board.poweroff()


def secret_of(t, manifest):
    """What ECDH gives with the platform's private key: from the flash, as the format says."""
    page = flash_read(t, IDENTITY, 4096)
    info = b"image wrap".ljust(16, b"\0") + bytes(8) + page[12:16] + bytes(4) + page[16:48]
    number = int.from_bytes(hkdf(b"redoubt keys 1", page[48:80], info, 56), "big") % (N - 1) + 1
    public = manifest[17][0][1][-1]
    x, _ = times(number, (int.from_bytes(public[-2], "big"), int.from_bytes(public[-3], "big")))
    return x.to_bytes(48, "big")


def content_key_of(t, image):
    manifest = manifest_of(image)
    return key_unwrap(wrapping_key(secret_of(t, manifest), owner_of(image)), manifest[17][0][2])


RUN = re.compile(r"^ +0x([0-9a-f]+) - 0x([0-9a-f]+) +\d+ KiB +(.*)$", re.M)
RAM = 0x40000000


def owners_of(board):
    return [(int(first, 16) - RAM, int(last, 16) + 1 - RAM, owner) for first, last, owner in RUN.findall(board.command("map"))]


def pieces_outside(t, secret, owners, private):
    """8 bytes of the marker, anywhere but in memory whose owner a pattern calls private; and how many are in there."""
    memory, found = (t.out / "ram").read_bytes(), [0, 0]
    check(owners and owners[0][0] == 0 and owners[-1][1] == len(memory), "`map` has gaps")
    for first, end, owner in owners:
        part = memory[first:end]
        found[re.fullmatch(private, owner) is not None] += sum(part.count(secret[at:at + 8]) for at in range(0, len(secret), 8))
    return found


# 256 chunks full of 64 bytes; an image is opened for long enough that instants are in the middle of it.
MARKERS = 0x4000
# At so many instants the auditor looks while an image is opened and refused again and again.
SEARCHES = int(os.environ.get("SEARCHES", 12))
# Fewer than half of all rounds have no instant in the middle.
ROUNDS_MOST = 20


class Hidden:
    """Images with a marker in each ramdisk, and what must stay inside: markers, content keys, the device secret."""

    def __init__(self, t, images, schemes):
        self.t, self.images = t, {}
        self.markers, self.keys = {}, {"device secret": flash_read(t, IDENTITY + 48, 32)}
        check(aes_schedule(SCHEDULE[:32]) == SCHEDULE, "a schedule is not that of FIPS 197")
        for name, scheme in schemes.items():
            marker = os.urandom(64)
            (t.out / "marker").write_bytes(MARKERS * marker)
            self.images[name] = images.pack(name, initrd=f'"{t.out / "marker"}"',
                                            **{"class": '"confidential"', "share": f'"{scheme}"'})
            self.markers[f"marker of {name}"] = marker
            # Round keys too: where there are fewer than make a part of a schedule, they are found by what they are.
            schedule = aes_schedule(content_key_of(t, self.images[name]))
            self.keys |= {f"content key of {name}, {at}": schedule[at:at + 64] for at in range(0, len(schedule), 64)}
        (t.out / "marker").unlink()

    def nowhere(self, moment, *names):
        """In all RAM: no key, and no marker of those VMs."""
        markers = {f"marker of {name}": self.markers[f"marker of {name}"] for name in names or self.images}
        found = search(self.t, {**self.keys, **markers})
        check(found == (0, 0), f"{moment}: {found[0]} pieces of secrets, {found[1]} parts of key schedules are in RAM")

    def inside(self, moment, board, name):
        """The marker in the VM's own memory only."""
        owners = owners_of(board)
        outside, inside = pieces_outside(self.t, self.markers[f"marker of {name}"], owners, f"memory of {name}")
        check(outside == 0 and inside >= 8 * MARKERS,
              f"{moment}: {outside} pieces of the marker of {name} are outside, {inside} inside its memory")

    def everywhere(self):
        """A copy of all is found."""
        secrets = {**self.keys, **self.markers}
        plant(self.t, b"".join(secrets.values()) + SCHEDULE)
        found = search(self.t, secrets)
        expected = (sum(map(len, secrets.values())) // 8, 6 * (1 + len(self.images)))
        check(found == expected, f"of what was planted {found} are found, expected {expected}: the search is blind")

    def auditor(self, pause):
        """Who reaches what, at random instants, beside the case; at most @pause milliseconds between two."""
        lines = (f"{name}={value.hex()}\n" for name, value in {**self.keys, **self.markers}.items())
        (self.t.out / "secrets").write_text("".join(lines))
        command = [self.t.build.parent / "audit/audit", "--json", "--secrets", "--audits", str(SEARCHES), "--pause", str(pause),
                   self.t.out]
        with open(self.t.out / "audit.json", "wb") as out, open(self.t.out / "secrets", "rb") as secrets:
            return subprocess.Popen(command, stdin=secrets, stdout=out)

    def audited(self, auditor, opened, running):
        """Nothing is found. Returns how many instants were in the middle of opening an image."""
        status = auditor.wait()
        check(status in (0, 1), f"no audit was possible, status {status}")
        seen = json.loads((self.t.out / "audit.json").read_text())
        counts = seen["secrets"]
        lines = [f"{one['kind']}: {one['who']} at {one['input']:#x} reaches {one['pa']:#x}: {one['other']}"
                 for one in seen["findings"]]
        check(status == 0, f"{seen['found']} findings, seed {seen['seed']:#x}:\n    " + "\n    ".join(lines[:20]))
        there = [count for count in counts[f"marker of {opened}"] if count > 0]
        partly = [count for count in there if count < 8 * MARKERS]
        print(f"{seen['audits']} instants, seed {seen['seed']:#x}: in {len(there)} some of {opened} is there, in {len(partly)} "
              f"not all; registers of {seen['normal']} CPUs", flush=True)
        check(min(counts[f"marker of {running}"]) >= 8 * MARKERS, f"{running} runs, and its marker is not in RAM")
        check(seen["normal"] > 0, "no CPU was in the normal world")
        return len(partly)


def opened_at_random_instants(hidden, board, opened, running):
    """Opened whole, and refused at its last chunk, over and over. How long that takes here says how far instants are apart."""
    since = time.monotonic()
    check("is refused: chunk" in board.command("start broken"), "a bad chunk is taken")
    pause = 1 + int(1000 * (time.monotonic() - since))
    for _ in range(ROUNDS_MOST):
        auditor = hidden.auditor(pause)
        while auditor.poll() is None:
            check("is refused: chunk" in board.command("start broken"), "a bad chunk is taken")
            check(f"{opened}: running (active)" in board.command(f"start {opened}"), "it does not start")
            check("came back not zero" not in board.command(f"stop {opened}"), "its memory does not come back as zeros")
        if hidden.audited(auditor, opened, running) > 0:
            return
    check(False, f"none of {ROUNDS_MOST} times {SEARCHES} instants was in the middle of opening an image")


@case(("on_1_cpu", {"smp": 1}), ("on_4_cpus", {"smp": 4}), limit=900)
def content_of_confidential_images_stays_inside(t, smp):
    """Two VMs, one of each scheme, with a marker in the ramdisk; it, and the keys of their contents in any form, are nowhere
    but in the VM's own memory: before, while it is opened or refused beside the other one and an isolated one, while it
    runs, after it ended, after a warm reset. What is planted is found."""
    images = Images(t, smp=smp, audit=".")
    hidden = Hidden(t, images, {"realm": "rsi", "window": "window"})
    _, last = chunk_place(chunk_count(hidden.images["realm"]) - 1)
    manifest = manifest_of(hidden.images["realm"])
    manifest[15] = bytes(32)
    board = images.boot({**hidden.images, "broken": changed(hidden.images["realm"], last), "open": images.pack("open"),
                         "unlike": images.sealed(hidden.images["realm"], manifest)})
    hidden.nowhere("before they run")
    for name in ("open", "window"):
        check(f"{name}: running (active)" in board.command(f"start {name}"), f"{name} does not start")
    hidden.inside("before the other one runs", board, "window")
    hidden.nowhere("before it runs", "realm")
    opened_at_random_instants(hidden, board, "realm", "window")
    hidden.nowhere("after it was refused and ended", "realm")
    check(MACHINE in board.command("start unlike"), "what is not as measured is taken")
    hidden.nowhere("after it was loaded, and never ran", "realm")
    check("realm: running (active)" in board.command("start realm"), "it does not start again")
    for name in hidden.images:
        hidden.inside("while both run", board, name)
    check("came back not zero" not in board.command("stop window"), "its memory does not come back as zeros")
    hidden.nowhere("after it ended", "window")
    board.send("reset\r")
    board.boot()
    hidden.nowhere("after a warm reset")
    hidden.everywhere()
    board.poweroff()
