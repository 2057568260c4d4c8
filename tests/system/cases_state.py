# SPDX-License-Identifier: BSD-3-Clause
"""What a device keeps from one boot to the next: the state log in flash, counters, the seed of its random numbers. Calls to
the anchor are typed at the prompt of a test build of the outer OS.
"""
import hashlib
import re
import shutil
import struct

from cases_verified import PAGE, STATE, flash_read, flash_write, refused
from harness import case, check

COUNTER_READ, COUNTER_RAISE, RANDOM = 0xf2000010, 0xf2000011, 0xf200001b
TRNG_VERSION, TRNG_FEATURES, TRNG_UUID, TRNG_RND32, TRNG_RND64 = (*range(0x84000050, 0x84000054), 0xc4000053)
OK, NOT_SUPPORTED, ARGS, TRNG_INVALID = 0, -1, -2, -2
BLOCK = 0x40000
PLACES = 2 * BLOCK // PAGE
# abi/state.h, up to the least numbers.
HEAD = struct.Struct("<QIIQIIII")
ERASED = b"\xff" * PAGE


def changed(page, at, value):
    """A snapshot with other bytes at a place, and a digest that holds."""
    content = page[:at] + value + page[at + len(value):PAGE - 32]
    return content + hashlib.sha256(content).digest()


def places(t):
    log = flash_read(t, STATE, 2 * BLOCK)
    return [log[at:at + PAGE] for at in range(0, len(log), PAGE)]


def newest(t):
    """The valid snapshot with the highest sequence number: number, place, bytes."""
    valid = [(HEAD.unpack(page[:HEAD.size])[3], place, page) for place, page in enumerate(places(t))
             if hashlib.sha256(page[:-32]).digest() == page[-32:]]
    check(valid, "there is no valid snapshot in flash")
    return max(valid)


def outer(t, **options):
    """QEMU's command for a board whose outer OS has the command `secure`."""
    return t.prepare(image=f"outer={t.build / 'attack/lwk.bin'}", **options)


def booted(t, command):
    board = t.run(command)
    board.boot()
    return board


def secure(board, call, *arguments):
    """A call to the secure world: x0, and x1..x6."""
    text = board.command(" ".join(["secure", *(f"{value:#x}" for value in (call, *arguments))]))
    found = re.search(r"^secure: (-?\d+)((?: 0x[0-9a-f]+){6})$", text, re.M)
    check(found, f"no answer: {text}")
    return int(found[1]), [int(word, 16) for word in found[2].split()]


def counter(board, index):
    status, registers = secure(board, COUNTER_READ, index)
    check(status == OK, f"counter {index} is not read: {status}")
    return registers[0]


@case()
def counters_rise_and_stay(t):
    command = outer(t)
    board = booted(t, command)
    check(counter(board, 3) == 0, "a new device has a counter that is not 0")
    check(secure(board, COUNTER_RAISE, 3, 7)[0] == OK, "a counter does not rise")
    for index, value, what in ((3, 7, "to where it is"), (3, 6, "down"), (16, 1, "that is not there")):
        status = secure(board, COUNTER_RAISE, index, value)[0]
        check(status == ARGS, f"a counter {what}: {status}")
    check(secure(board, COUNTER_READ, 16)[0] == ARGS, "a counter that is not there is read")
    check([counter(board, index) for index in range(4)] == [0, 0, 0, 7], "another counter than the raised one changed")
    board.send("reset\r")
    board.boot()
    check(counter(board, 3) == 7, "a counter does not stay over a reset")
    board.poweroff()
    board = booted(t, command)
    check(counter(board, 3) == 7, "a counter does not stay while power is off")
    board.poweroff()


@case(limit=900)
def state_goes_round_its_blocks(t):
    """More snapshots than both blocks have places: each block is erased and written again."""
    command = outer(t)
    board = booted(t, command)
    first = newest(t)[0]
    for value in range(1, PLACES + 10):
        check(secure(board, COUNTER_RAISE, 0, value)[0] == OK, f"the counter does not rise to {value}")
    number, place, page = newest(t)
    check(number == first + PLACES + 9, f"expected snapshot {first + PLACES + 9}, found {number}")
    check(struct.unpack_from("<Q", page, 72)[0] == PLACES + 9, "the newest snapshot has another counter")
    check(place == number - 1 - PLACES, f"snapshot {number} is at place {place}")
    board.kill()
    board = booted(t, command)
    check(counter(board, 0) == PLACES + 9, "the counter fell")
    board.poweroff()


def numbers(board):
    """192 random bits, by the anchor's call and by the TRNG interface."""
    found = []
    for call in (RANDOM, TRNG_RND64):
        status, registers = secure(board, call, 192)
        check(status == OK, f"there are no random numbers: {status}")
        found.append(tuple(registers[:3]))
    check(found[0] != found[1], "two calls have the same random numbers")
    return found


@case(("the_cpu_has_none", {"cpu": "cortex-a72", "is_same": True}), ("the_cpu_has_some", {"cpu": "max", "is_same": False}))
def random_numbers_differ_from_boot_to_boot_where(t, cpu, is_same):
    command = outer(t, cpu=cpu)
    image, copy = t.out / "flash0.img", t.out / "provisioned.img"
    shutil.copyfile(image, copy)
    seeds, found = [], []
    for again in (False, False, True):
        if again:
            shutil.copyfile(copy, image)
        board = booted(t, command)
        found.append(numbers(board))
        seeds.append(newest(t)[2][200:248])
        board.poweroff()
    check(found[0] != found[1], "two boots have the same random numbers")
    check(seeds[0] != seeds[1], "two boots leave the same seed")
    # The same flash again: without numbers of the CPU's own, the seed alone decides.
    check((found[0] == found[2]) == is_same, "the seed in flash is not what the random numbers come from" if is_same else
          "the CPU's own random numbers have no part in them")


@case()
def trng_answers_as_its_specification_says(t):
    board = booted(t, outer(t))
    check(secure(board, TRNG_VERSION)[0] == 0x10000, "another version than 1.0")
    for call in (TRNG_VERSION, TRNG_FEATURES, TRNG_UUID, TRNG_RND32, TRNG_RND64):
        check(secure(board, TRNG_FEATURES, call)[0] == OK, f"{call:#x} is not offered")
    check(secure(board, TRNG_FEATURES, 0x84000054)[0] == NOT_SUPPORTED, "more is offered than there is")
    check(secure(board, TRNG_UUID)[0] == 0x528c0f4b, "another UUID")
    for call, width, most in ((TRNG_RND32, 32, 96), (TRNG_RND64, 64, 192)):
        for bits in (0, most + 1):
            check(secure(board, call, bits)[0] == TRNG_INVALID, f"{call:#x} gives {bits} bits")
        for bits in (1, width - 1, width, width + 1, most):
            status, registers = secure(board, call, bits)
            # The lowest bits are in x3.
            value = sum(word << width * i for i, word in enumerate(registers[2::-1]))
            check(status == OK and value < 1 << bits and max(registers[:3]) < 1 << width,
                  f"{call:#x} of {bits} bits: {status}, {registers}")
    check(any(secure(board, TRNG_RND64, 192)[1][0] for _ in range(3)), "the highest 64 bits are always zero")
    board.poweroff()


# Offsets of the least serials and counters of two roles.
LEAST = {"firmware_serial": 48, "firmware_counter": 52, "policy_serial": 56, "policy_counter": 60}


@case(*[(name, {"offset": offset, "stage": "policy" if "policy" in name else "package",
                "word": "revoked: " if "serial" in name else "rolled-back: "}) for name, offset in LEAST.items()])
def package_below_the_state_is_refused_for_its(t, offset, stage, word):
    command = t.prepare()
    page = flash_read(t, STATE, PAGE)
    check(struct.unpack_from("<I", page, offset)[0] == 1, "a new device does not hold its own package's numbers")
    flash_write(t, STATE, changed(page, offset, struct.pack("<I", 2)))
    refused(t, command, stage, f"{stage}: {word}")


@case()
def launcher_keeps_the_flash_of_the_same_files(t):
    t.prepare(keep_flash=True)
    first = flash_read(t, 0x3f000, PAGE)
    flash_write(t, STATE + PAGE, b"device")
    t.prepare(keep_flash=True)
    check(flash_read(t, STATE + PAGE, 6) == b"device" and flash_read(t, 0x3f000, PAGE) == first, "the flash was made anew")
    t.prepare(t.small(), keep_flash=True)
    check(flash_read(t, STATE + PAGE, 6) == b"\xff" * 6 and flash_read(t, 0x3f000, PAGE) != first,
          "the flash of other files was kept, or two devices have one secret")
    # The same options, but another key in the file that they name.
    owner = t.out / "owner.pem"
    for key, kept in (("root", b"\xff" * 6), ("root", b"device"), ("policy", b"\xff" * 6)):
        shutil.copy(t.build.parent / f"keys/{key}.pem", owner)
        t.prepare(t.small(), keep_flash=True, owner=f"other={owner}:1")
        check(flash_read(t, STATE + PAGE, 6) == kept, f"the flash with the owner's key {key}: {flash_read(t, STATE + PAGE, 6)}")
        flash_write(t, STATE + PAGE, b"device")


GARBAGE = {
    "zeros": (lambda page: bytes(PAGE)),
    "erased_flash": (lambda page: ERASED),
    "another_magic": (lambda page: changed(page, 0, b"X")),
    "another_version": (lambda page: changed(page, 8, b"\2")),
    "no_slot": (lambda page: changed(page, 12, b"C")),
    "no_sequence": (lambda page: changed(page, 16, bytes(8))),
    "the_last_sequence": (lambda page: changed(page, 16, b"\xff" * 8)),
    "another_slot_that_is_none": (lambda page: changed(page, 24, b"\x11")),
    "no_reason": (lambda page: changed(page, 32, b"\4")),
    "a_failure_of_nothing": (lambda page: changed(page, 36, b"\3")),
    "a_version_of_nothing": (lambda page: changed(page, 28, b"\1")),
    "something_reserved": (lambda page: changed(page, PAGE - 33, b"\1")),
    "a_digest_that_does_not_hold": (lambda page: page[:-1] + bytes((page[-1] ^ 1,))),
}


@case(*[(name, {"make": make}) for name, make in GARBAGE.items()])
def state_is_refused_with(t, make):
    command = t.prepare()
    flash_write(t, STATE, make(flash_read(t, STATE, PAGE)))
    refused(t, command, "state", "no snapshot in flash", "expected", "found", "write a fresh flash image")


@case()
def newest_whole_snapshot_is_the_state(t):
    """In both blocks, among garbage and a torn one of a higher number."""
    command = t.prepare()
    page = flash_read(t, STATE, PAGE)
    for place, number in ((0, 5), (3, 9), (64, 7), (127, 8)):
        flash_write(t, STATE + place * PAGE, changed(page, 16, struct.pack("<Q", number)))
    torn = changed(page, 16, struct.pack("<Q", 20))
    flash_write(t, STATE + 4 * PAGE, torn[:PAGE // 2] + ERASED[PAGE // 2:])
    board = booted(t, command)
    check("rom: state     sequence 9, slot A is active\n" in board.text, f"another snapshot was taken:\n{board.text}")
    check(newest(t)[:2] == (10, 5), f"expected snapshot 10 behind the torn one, found {newest(t)[:2]}")
    board.poweroff()
