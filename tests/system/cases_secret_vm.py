# SPDX-License-Identifier: BSD-3-Clause
"""Secrets of VMs: who gets which. One small guest in many images for one device, which changes its lifecycle and its secret in
between. What a VM prints is compared with what Python derives from the device's flash.
"""
import hashlib
import re

from cases_pack import G, N, hkdf, times
from cases_seal import identity_change
from cases_verified import IDENTITY, flash_read
from harness import case, check
from signing import openssl
from tool import Tool

ROOM_BYTES = 5 << 20
DEVELOPMENT, PRODUCTION = 0x5a5a0001, 0xa5a50002
# DER of an EC public key on P-384 up to the point (RFC 5480).
P384 = bytes.fromhex("3076301006072a8648ce3d020106052b81040022036200")


def device(t):
    """Lifecycle, SHA-256 of the root key and device secret: abi/identity.h."""
    page = flash_read(t, IDENTITY, 80)
    return page[12:16], page[16:48], page[48:80]


def derived(t, label, caller, role, counter, digest, count):
    lifecycle, root, secret = device(t)
    info = label.ljust(16, b"\0") + b"".join(number.to_bytes(4, "little") for number in (caller, role)) + lifecycle + \
        counter.to_bytes(4, "little") + (digest or root)
    return hkdf(b"redoubt keys 1", secret, info, count)


def platform_write(t, name):
    """The public key of the device as it is in flash now."""
    x, y = times(int.from_bytes(derived(t, b"image wrap", 0, 0, 0, None, 56), "big") % (N - 1) + 1, G)
    path = t.out / name
    path.write_bytes(openssl("pkey", "-pubin", "-inform", "DER",
                             data=P384 + b"\4" + x.to_bytes(48, "big") + y.to_bytes(48, "big")))
    return path


def secret_expected(t, owner, name, version):
    """docs/formats.md, "Secrets of VMs"."""
    point = openssl("pkey", "-pubin", "-in", owner, "-outform", "DER")[-97:]
    identity = hashlib.sha256(point + name.encode().ljust(12, b"\0")).digest()
    digest = hashlib.sha256(device(t)[1] + identity).digest()
    return derived(t, b"vm secret", 2, 3, version, digest, 32).hex()


class Device:
    """A board with the small guest in images; the same flash at each start, but for what a case changes in it."""

    def __init__(self, t, *dirs):
        self.t, self.tool = t, Tool(t)
        self.token = t.build.parent / "keys"
        self.images, self.platforms, self.dirs = {}, [], dirs
        self.other_token, self.other = t.out / "other-token", t.out / "other.pem"
        self.tool("keys", "init", "--token", self.other_token)
        self.tool("keys", "export", "vm-owner", "-o", self.other, "--token", self.other_token)
        (t.out / "images").mkdir()
        # The size of the ramdisk is part of the package: room for all, before the first is packed.
        self.command()

    def command(self):
        """QEMU's, with all images and what fills the ramdisk up to one size."""
        room = self.t.small("room")
        (room / "initrd").write_bytes(bytes(ROOM_BYTES - sum(path.stat().st_size for path in self.images.values())))
        return self.t.prepare(*self.images.values(), *self.dirs, room, smp=1, owner=f"other={self.other}", keep_flash=True,
                              no_allow="room")

    def platform_add(self, name):
        self.platforms.append(platform_write(self.t, name))

    def image(self, file, name="web", counter=1, other_owner=False, **changes):
        """An image FILE.rvm for all platforms known so far."""
        lines = {"name": f'"{name}"', "version": counter, "counter": counter, "kernel": f'"{self.t.build / "small.bin"}"',
                 "memory": 16, "class": '"confidential"', "share": '"rsi"', "box": f'"{self.t.build / "box.bin"}"',
                 "args": '"console=ttyAMA0"', **changes}
        conf, out = self.t.out / f"images/{file}.conf", self.t.out / f"images/{file}.rvm"
        conf.write_text("".join(f"{key} = {value};\n" for key, value in lines.items() if value is not None))
        platforms = [part for platform in self.platforms for part in ("--platform", platform)]
        self.tool("pack", conf, *platforms, "-o", out, "--token", self.other_token if other_owner else self.token)
        self.images[file] = out

    def start(self):
        before = device(self.t)
        command = self.command()
        check(device(self.t) == before, "the device got a new flash")
        board = self.t.run(command)
        board.boot()
        return board


def asked(board, vm, *versions):
    """Start the VM, ask for versions; a hexadecimal secret, or the code of the refusal, for each. Then it ends."""
    answer = board.command(f"start {vm}")
    check("error" not in answer, f"start says:\n{answer}")
    found = ask(board, vm, *versions)
    board.command(f"stop {vm}")
    return found


def ask(board, vm, *versions):
    board.attach(vm, "small> ")
    answers = [board.guest(f"secret {version}") for version in versions]
    board.leave(vm)
    found = []
    for answer in answers:
        told = re.fullmatch(r"secret: (?:refused, (-\d+): )?([0-9a-f]{64})\n", answer)
        check(told, f"`secret` says:\n{answer}")
        check(told[1] is None or told[2] == 64 * "0", f"registers after a refusal:\n{answer}")
        found.append(told[1] or told[2])
    return found


@case(limit=600)
def secret_is_that_of_owner_name_and_version(t):
    device_made = Device(t, t.small("plain", "--class", "confidential", "--share", "window"))
    device_made.platform_add("platform.pem")
    for file, changes in {"old": {}, "new": {"counter": 2}, "shop": {"name": "shop", "counter": 2},
                          "theirs": {"counter": 2, "other_owner": True},
                          "open": {"class": '"isolated"', "share": None}}.items():
        device_made.image(file, **changes)
    ours = t.build.parent / "keys/vm-owner.pem"
    first, second = (secret_expected(t, ours, "web", version) for version in (1, 2))
    shop, theirs = secret_expected(t, ours, "shop", 1), secret_expected(t, device_made.other, "web", 1)
    check(len({first, second, shop, theirs}) == 4, "the secrets that are expected are no four")

    board = device_made.start()
    for vm, versions, expected in (("old", (1, 2, 0), [first, "-3", "-3"]), ("old", (1,), [first]),
                                   ("new", (1, 2, 3), [first, second, "-3"]), ("shop", (1,), [shop]), ("theirs", (1,), [theirs]),
                                   ("open", (1,), ["-3"]), ("plain", (1, 0), ["-3", "-3"])):
        found = asked(board, vm, *versions)
        check(found == expected, f"{vm} asks for {versions}: expected {expected}, found {found}")
    log = board.command("log")
    check("VM_SECRET" in log and first not in log, f"`log` says:\n{log}")
    board.send("reset\r")
    board.boot()
    check(asked(board, "new", 1, 2) == [first, second], "after a reset the secrets are others")
    board.poweroff()


@case(limit=600)
def secret_is_another_on_another_device_and_in_another_lifecycle(t):
    """One image for three platforms: the device as it is, in production, and with another device secret."""
    device_made, secret = Device(t), device(t)[2]
    changes = [(12, DEVELOPMENT.to_bytes(4, "little")), (12, PRODUCTION.to_bytes(4, "little")), (48, hashlib.sha256(secret).digest())]
    for number, (at, data) in enumerate(changes):
        identity_change(t, at, data)
        device_made.platform_add(f"platform{number}.pem")
    device_made.image("web")
    identity_change(t, 48, secret)
    found = []
    for at, data in changes:
        identity_change(t, at, data)
        board = device_made.start()
        found += asked(board, "web", 1)
        board.poweroff()
        check(found[-1] == secret_expected(t, t.build.parent / "keys/vm-owner.pem", "web", 1), f"{found[-1]} is another")
    check(len(set(found)) == 3, f"devices have secrets in common: {found}")
