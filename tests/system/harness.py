# SPDX-License-Identifier: BSD-3-Clause
"""How a case is declared, and what it finds: its directory, its images, VMs made to order.

A case is a function of a Context; its name is its name in the list. It fails by raising, passes by returning.
"""
import pathlib
import sys

sys.dont_write_bytecode = True
TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))

from board import Board, Failure, option_replace, prepare  # noqa: E402,F401
from script import script_run  # noqa: E402

CASES = {}
# RAM of a board in MiB, where a case does not say otherwise: with small VMs, and with a Debian of 512 MiB. The ROM reads
# all of it at each boot, and some hosts make a page of what is only read: more costs seconds a board.
MEMORY_MIB, DEBIAN_MEMORY_MIB = 160, 640
# Debian's command line where its boot log is not looked at: every character that it prints takes two exits to its box, and
# after each the emulated CPU has forgotten its translations.
TERSE = "console=ttyAMA0 loglevel=6"
# Most cases end in seconds, two at a time too; what lasts as long hangs.
LIMIT = 600


def case(*parameters, limit=LIMIT):
    """Declares the function as a case, or one case for each (name suffix, keyword arguments)."""
    def declare(function):
        base = function.__name__
        for suffix, arguments in parameters or [("", {})]:
            name = f"{base}_{suffix}" if suffix else base
            CASES[name] = (lambda context, arguments=arguments: function(context, **arguments), limit)
        return function
    return declare


def check(condition, problem):
    if not condition:
        raise Failure(problem)


class Context:
    def __init__(self, name, build, out):
        self.name = name
        self.build = build
        self.out = out
        self.boards = []

    def vm_make(self, name, *options):
        """A VM directory made by guests/vm-dir."""
        status, told, errors = script_run(TOP / "guests/vm-dir", self.out / "vms" / name, *options)
        check(status == 0, f"guests/vm-dir: {told.strip()} {errors.strip()}")
        return self.out / "vms" / name

    def small(self, name="small", *options, vcpus=1, memory=16):
        return self.vm_make(name, "--kernel", self.build / "small.bin", "--vcpus", vcpus, "--memory", memory, *options)

    def debian(self, name="debian", *options, version="6.12", vcpus=2, memory=512, args=TERSE):
        return self.vm_make(name, "--debian", version, "--vcpus", vcpus, "--memory", memory, "--args", args, *options)

    def prepare(self, *vms, build=None, **options):
        options.setdefault("memory", MEMORY_MIB)
        return prepare(build or self.build, self.out, vms, **options)

    def run(self, command):
        """Start QEMU by a command that prepare() made."""
        board = Board(command, self.out)
        self.boards.append(board)
        return board

    def boot(self, *vms, **options):
        """Start the board with these VMs and wait for the control prompt."""
        board = self.run(self.prepare(*vms, **options))
        board.boot()
        return board

    def end(self):
        for board in self.boards:
            board.kill()
