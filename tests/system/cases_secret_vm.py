# SPDX-License-Identifier: BSD-3-Clause
"""Secrets of VMs: who gets which. One small guest in many images for one device, which changes its lifecycle and its secret in
between. What a VM prints is compared with what Python derives from the device's flash.
"""
import base64
import hashlib
import os
import re
import subprocess

from cases_confidential import DEBIAN_PROMPT
from derived import G, N, hkdf, times
from cases_seal import identity_change
from cases_verified import IDENTITY, flash_read
from harness import TERSE, TOP, case, check
from signing import openssl
from tool import Tool

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
    """A board with guests in images; the same flash at each start, but for what a case changes in it."""

    def __init__(self, t, *dirs, room=5 << 20, **board):
        self.t, self.tool, self.room, self.board = t, Tool(t), room, {"smp": 1, **board}
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
        (room / "initrd").write_bytes(bytes(self.room - sum(path.stat().st_size for path in self.images.values())))
        return self.t.prepare(*self.images.values(), *self.dirs, room, owner=f"other={self.other}", keep_flash=True,
                              no_allow="room", **self.board)

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
                                   ("new", (1, 2, 3), [first, second, "-3"]), ("shop", (1,), [shop]),
                                   ("theirs", (1,), [theirs]),
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
    changes = [(12, DEVELOPMENT.to_bytes(4, "little")), (12, PRODUCTION.to_bytes(4, "little")),
               (48, hashlib.sha256(secret).digest())]
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


PAGE = 0x401ff000


@case()
def secret_is_there_before_the_kernel_runs(t):
    """The stub's page, newest version first, and registers as the boot protocol asks for."""
    made = Device(t)
    made.platform_add("platform.pem")
    stub = f'"{t.build / "keyed.bin"}"'
    made.image("web", counter=3, secret=stub)
    made.image("many", name="many", counter=70000, secret=stub)
    ours = t.build.parent / "keys/vm-owner.pem"
    board = made.start()
    for vm, expected in (("web", (3, 2, 1)), ("many", range(70000, 69992, -1))):
        answer = board.command(f"start {vm}")
        check("error" not in answer, f"start says:\n{answer}")
        board.attach(vm, "small> ")
        found = b""
        for at in range(PAGE, PAGE + 32 * 9, 8):
            told = re.search(rf"peek {at:#x}: 0x([0-9a-f]+)\n", board.guest(f"peek {at:#x} 8"))
            found += int(told[1], 16).to_bytes(8, "little")
        page = "".join(secret_expected(t, ours, vm, version) for version in expected).ljust(64 * 9, "0")
        check(found.hex() == page, f"{vm}: expected {page}, found {found.hex()}")
        registers = board.guest("regs")
        check(re.search(r"^  x0 0x40\w+$", registers, re.M) and not re.search(r"^  x[1-4] ", registers, re.M),
              f"the kernel is entered with:\n{registers}")
        board.leave(vm)
        board.command(f"stop {vm}")
    board.poweroff()


class Debian:
    """A started VM with Debian's kernel, its console attached."""

    def __init__(self, board, name):
        self.board, self.name = board, name
        answer = board.command(f"start {name}", seconds=1800)
        check("error" not in answer, f"start says:\n{answer}")
        board.attach(name)
        self.took = board.expect(r"redoubt-guest: secret-disk: (.*)\n")[1]
        board.expect(r"redoubt-guest: up, ")
        board.expect("^" + DEBIAN_PROMPT)
        # Messages of the kernel would come in the middle of answers, and long lines are echoed in pieces.
        self("dmesg -n 1; stty cols 250")

    def __call__(self, line):
        return self.board.guest(line, DEBIAN_PROMPT).strip()

    def says(self, line, words):
        found = self(line)
        check(words in found, f"`{line}`: expected '{words}', found:\n{found}")

    def stop(self):
        self.board.leave(self.name)
        self.board.command(f"stop {self.name}")

    def head_read(self):
        """What stands at the start of the disk, as the box has it."""
        return base64.b64decode(self("head -c 512 /dev/vda | base64").replace("\n", ""))

    def head_write(self, data):
        lines = base64.encodebytes(data).decode().split()
        self("rm -f /tmp/head")
        for line in lines:
            self(f"echo {line} >>/tmp/head")
        self("base64 -d /tmp/head | dd of=/dev/vda conv=fsync,notrunc 2>/dev/null; echo 3 >/proc/sys/vm/drop_caches")


def found_program(name):
    return subprocess.run([TOP / "setup/where", name], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


@case(limit=3600)
def debian_opens_its_disk_with_its_secret(t):
    """dm-crypt in Debian 7.3: the disk of an image opens in the same VM and after an update, and in no other. A disk is its
    box's memory and ends with the VM: its first sector is carried over.
    """
    made = Device(t, room=192 << 20, memory="2G")
    made.platform_add("platform.pem")
    kernel = found_program("vmlinuz-7.3")
    built = subprocess.run([TOP / "guests/debian/mkinitrd", "--secret", t.out / "initrd", kernel], stdout=subprocess.PIPE,
                           stderr=subprocess.STDOUT, text=True)
    check(built.returncode == 0, f"mkinitrd: {built.stdout}")
    for file, name, counter in (("old", "web", 1), ("new", "web", 2), ("shop", "shop", 2)):
        made.image(file, name=name, counter=counter, secret=f'"{t.build / "keyed.bin"}"', kernel=f'"{kernel}"',
                   initrd=f'"{t.out / "initrd"}"', memory=256, vcpus=1, args=f'"{TERSE} swiotlb=16384"')
    # A VM that starts again would show its first life on the console before the second: the same image once more.
    made.images["older"] = t.out / "images/older.rvm"
    os.link(made.images["old"], made.images["older"])
    board = made.start()

    vm = Debian(board, "old")
    check(vm.took == "took 1 secrets", f"{vm.took}")
    vm.says(f"busybox devmem {PAGE:#x} 64", "0x0000000000000000")
    vm.says("ls -l /run/secrets", "-rw-------")
    vm.says("secret-disk open", "/dev/vda is new, secret 1")
    vm("echo what nobody else reads | dd of=/dev/mapper/secret bs=256 seek=1 conv=fsync,notrunc 2>/dev/null")
    vm.says("secret-disk close; secret-disk open", "/dev/vda opened, secret 1")
    vm("secret-disk close; echo 3 >/proc/sys/vm/drop_caches")
    sealed = vm.head_read()
    # Random bytes have 221 different ones in 512, give or take 9.
    check(len(sealed) == 512 and len(set(sealed)) > 150, f"the box reads: {sealed!r}")
    vm("mv /run/secrets /tmp/kept; tr 0-9a-f 1-9a-f0 </tmp/kept >/run/secrets")
    vm.says("secret-disk open", "stays closed: none of 1 secrets opens it")
    vm("mv /tmp/kept /run/secrets; secret-disk forget")
    vm.says("secret-disk open", "there are no secrets")
    vm.stop()

    vm = Debian(board, "new")
    check(vm.took == "took 2 secrets", f"{vm.took}")
    vm.head_write(sealed)
    vm.says("secret-disk open", "/dev/vda opened, secret 2")
    vm.says(r"head -c 512 /dev/mapper/secret | tr -d '\0'", "what nobody else reads")
    # A disk of the update's own is closed for the older image.
    vm("secret-disk close; dd if=/dev/zero of=/dev/vda bs=512 count=1 conv=fsync,notrunc 2>/dev/null")
    vm.says("secret-disk open", "/dev/vda is new, secret 1")
    vm("secret-disk close; echo 3 >/proc/sys/vm/drop_caches")
    newer = vm.head_read()
    vm.stop()

    for name, data, count in (("older", newer, 1), ("shop", sealed, 2)):
        vm = Debian(board, name)
        vm.head_write(data)
        vm.says("secret-disk open", f"stays closed: none of {count} secrets opens it")
        vm.stop()
    board.poweroff()
