# SPDX-License-Identifier: BSD-3-Clause
"""What a control prompt looks like from its console (lwk/shell.c, lwk/terminal.c), without a machine behind it: cases say
what is in front of it, what it answers, and what comes in between.
"""
import atexit
import os
import pathlib
import shutil
import socket
import tempfile
import termios
import threading
import time

PROMPT = b"redoubt> "
ERASE = b"\r\x1b[K"
STATUS = ("  running      slot A, version 1", "  active       slot A: provisioned", "  other        empty",
          "  counters     firmware at least 1, policy at least 1", "  last run     is not known: power was off")


def socket_path():
    """In a place of its own: the name of a socket has at most 107 bytes, wherever the tree and its logs are."""
    folder = tempfile.mkdtemp(prefix="redoubt-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return pathlib.Path(folder) / "console"


class Node:
    """A console at `path`: a socket, or a terminal device. `answers`: command -> lines, or a function that returns them; a
    command that is not there has no answer at all.
    """

    def __init__(self, answers, vm=b"", noise=b"", is_device=False):
        self.answers, self.vm, self.noise = {"update status": STATUS, **answers}, vm, noise
        self.commands, self.typed_to_vm, self.line, self.device = [], b"", b"", None
        if is_device:
            self.master, self.device = os.openpty()
            self.path = os.ttyname(self.device)
            self.write, self.read = (lambda data: os.write(self.master, data)), (lambda: os.read(self.master, 256))
        else:
            self.path = socket_path()
            self.server = socket.socket(socket.AF_UNIX)
            self.server.bind(str(self.path))
            self.server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def settings(self):
        return termios.tcgetattr(self.device)

    def _serve(self):
        while True:
            if self.device is None:
                stream, _ = self.server.accept()
                self.write, self.read = stream.sendall, lambda: stream.recv(256)
            try:
                self._talk()
            except OSError:
                pass

    def _talk(self):
        is_vm, self.line = bool(self.vm), b""
        # Before it is raw, a device would answer its own echo.
        while self.device is not None and self.settings()[3] & termios.ECHO:
            time.sleep(0.01)
        if is_vm:
            self.write(self.vm)
        while data := self.read():
            for byte in data:
                if not is_vm:
                    self._key(byte)
                elif byte == 0x1d:
                    is_vm = False
                    self.write(b"\r\n-- console of vm left: Ctrl-] --\r\n" + PROMPT)
                else:
                    self.typed_to_vm += bytes((byte,))
                    # A VM that plays the prompt.
                    self.write(ERASE + PROMPT + self.typed_to_vm)

    def _key(self, byte):
        if byte == 0x15:
            self.line = b""
            self.write(ERASE + PROMPT)
        elif byte == 0x0d:
            self._run(self.line.decode())
            self.line = b""
        elif byte >= 0x20:
            self.line += bytes((byte,))
            self.write(bytes((byte,)))
            # The log of the node takes the line away and draws it anew.
            if len(self.line) % 7 == 3:
                self.write(ERASE + self.noise + PROMPT + self.line)

    def _run(self, command):
        self.write(b"\r\n")
        self.commands.append(command)
        answer = self.answers.get(command)
        lines = answer() if callable(answer) else answer
        for line in lines or ():
            self.write(self.noise + line.encode() + b"\r\n")
        if lines is not None:
            self.write(PROMPT)


def refused(what, code):
    return (f"error: {what} was refused", "  where:    trust anchor", "  expected: 0", f"  found:    {code}: words")


def package_refused(problem):
    return (f"error: the package is refused: {problem}: it is bad", "  where:    head, byte 7 of the file",
            "  expected: a good one", "  do:       something")
