# SPDX-License-Identifier: BSD-3-Clause
"""Virtio devices of the box: what a VM writes to its disk is what it reads, and no ring harms the box."""
import re

from harness import Failure, case, check

SMALL_PROMPT = "small> "
SMALL_FIRST_LINE = "^small guest: PSCI by SMC$"
UPPER = 1 << 39

SECTORS = 4096
PART_SECTORS = 8
PART_BYTES = PART_SECTORS * 512

# Registers of the disk's transport, and where the case keeps its rings: memory that the small guest leaves alone.
BASE = 0x0A000000
DRIVER_FEATURES, DRIVER_FEATURES_SEL, QUEUE_SEL, QUEUE_NUM, QUEUE_READY = 0x20, 0x24, 0x30, 0x38, 0x44
NOTIFY, STATUS, DESC, DRIVER, DEVICE = 0x50, 0x70, 0x80, 0x90, 0xA0
NEEDS_RESET = 0x40
RINGS = 0x40F00000
DESC_AT, DRIVER_AT, DEVICE_AT, REQUEST_AT = RINGS, RINGS + 0x100, RINGS + 0x200, RINGS + 0x300
RAM_END = 0x41000000
NEXT, WRITE, INDIRECT = 1, 2, 4


def checksum(seed):
    """What `disk` of the small guest prints: FNV-1a over the start, the middle and the end. No seed: all is zero."""
    value = 0xCBF29CE484222325
    for sector in (0, SECTORS // 2 - 3, SECTORS - PART_SECTORS):
        for at in range(PART_BYTES):
            byte = 0 if seed is None else (seed + 31 * sector + 7 * at + (at >> 8)) & 0xFF
            value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def disk_check(board, seed, alias=0, held=None):
    """The disk holds what `held` left there, then what `seed` does."""
    answer = board.guest(f"disk {seed} {alias:#x}")
    expected = (f"disk: redoubt-memory, {SECTORS} sectors, held {checksum(held):#x}, wrote {checksum(seed):#x}, "
                f"read {checksum(seed):#x}: ok")
    check(expected in answer, f"the disk answers {answer!r}, expected {expected!r}")


def small_start(t, vcpus=1, **options):
    board = t.boot(t.small(vcpus=vcpus), **options)
    board.command("start small")
    board.attach("small", SMALL_PROMPT)
    return board


@case(("max", {"cpu": "max", "smp": 2}), ("cortex_a72", {"cpu": "cortex-a72", "smp": 1}))
def disk_keeps_what_is_written_on(t, cpu, smp):
    board = small_start(t, cpu=cpu, smp=smp)
    disk_check(board, 77)
    # The same memory by the addresses of the upper half.
    disk_check(board, 1234567, UPPER, held=77)
    board.leave("small")
    # A VM that starts anew has an empty disk, not that of its last life, whose history the console shows first.
    board.command("stop small")
    board.command("start small")
    board.attach("small")
    for _ in range(2):
        board.expect(SMALL_FIRST_LINE)
    board.expect("^" + SMALL_PROMPT)
    disk_check(board, 78)
    board.leave("small")
    board.poweroff()


class Driver:
    """Made of `poke`s: it may do what no driver does."""

    def __init__(self, board):
        self.board = board

    def poke(self, address, value, width):
        answer = self.board.guest(f"poke {address:#x} {value:#x} {width}")
        check("done" in answer, f"poke {address:#x}: {answer!r}")

    def set(self, register, value):
        self.poke(BASE + register, value, 4)

    def status(self):
        answer = self.board.guest(f"peek {BASE + STATUS:#x}")
        found = re.search(r": (0x[0-9a-f]+)", answer)
        if not found:
            raise Failure(f"peek of the status says {answer!r}")
        return int(found[1], 16)

    def begin(self, device_at=DEVICE_AT, num=4):
        self.set(STATUS, 0)
        self.set(STATUS, 3)
        self.set(DRIVER_FEATURES_SEL, 1)
        self.set(DRIVER_FEATURES, 1)
        self.set(STATUS, 0xB)
        self.set(QUEUE_SEL, 0)
        self.set(QUEUE_NUM, num)
        for register, address in ((DESC, DESC_AT), (DRIVER, DRIVER_AT), (DEVICE, device_at)):
            self.set(register, address & 0xFFFFFFFF)
            self.set(register + 4, address >> 32)
        self.set(QUEUE_READY, 1)
        self.set(STATUS, 0xF)

    def offer(self, descriptors, index=1):
        """Descriptors are (address, bytes, flags, next)."""
        for at, (address, size, flags, following) in enumerate(descriptors):
            self.poke(DESC_AT + 16 * at, address, 8)
            self.poke(DESC_AT + 16 * at + 8, size | flags << 32 | following << 48, 8)
        # flags 0, index, first head 0
        self.poke(DRIVER_AT, index << 16, 8)
        self.set(NOTIFY, 0)


# What is offered, and what the box's log must call it.
HOSTILE = (
    ([(RAM_END - 8, 16, NEXT, 1), (REQUEST_AT, 1, WRITE, 0)], 1, "a buffer outside the VM's RAM"),
    ([(REQUEST_AT, 16, NEXT, 0)], 1, "a chain of more descriptors than its table has"),
    ([(REQUEST_AT, 16, NEXT, 0xFFFF)], 1, "a descriptor that its table does not have"),
    ([(0, 16, 0, 0)], 1, "a buffer outside the VM's RAM"),
    ([(REQUEST_AT, 0xFFFFFFFF, 0, 0)], 1, "a buffer outside the VM's RAM"),
    ([(0xFFFFFFFFFFFFFFF0, 0x20, 0, 0)], 1, "a buffer outside the VM's RAM"),
    ([(REQUEST_AT, 16, INDIRECT, 0)], 1, "an indirect descriptor, which was not offered"),
    ([(REQUEST_AT, 16, WRITE | NEXT, 1), (REQUEST_AT, 16, 0, 0)], 1, "a buffer to be read behind one to be written"),
    ([(REQUEST_AT, 16, 0, 0)], 1, "a request without its head or its status byte"),
    ([(REQUEST_AT, 16, 0, 0)], 0x8000, "an index ahead of what the queue can hold"),
)


def fault_check(board, driver, words):
    status = driver.status()
    check(status & NEEDS_RESET, f"status {status:#x} after: {words}")
    line = f"virtio disk needs a reset by its driver: queue 0: {words}"
    check(line in board.text[board.began:], f"the box's log does not say: {line}")


@case()
def hostile_rings_end_in_a_reset(t):
    board = small_start(t, smp=2)
    driver = Driver(board)
    for descriptors, index, words in HOSTILE:
        board.began = len(board.text)
        driver.begin()
        driver.offer(descriptors, index)
        fault_check(board, driver, words)
    for device_at, num, words in ((RAM_END - 16, 4, "a part of it is outside the VM's RAM, or not aligned"),
                                  (DEVICE_AT + 2, 4, "a part of it is outside the VM's RAM, or not aligned"),
                                  (DEVICE_AT, 3, "its size is no power of two up to 64")):
        board.began = len(board.text)
        driver.begin(device_at, num)
        fault_check(board, driver, words)
    # The box has survived it all, and so has the disk.
    disk_check(board, 5)
    board.leave("small")
    board.poweroff()
