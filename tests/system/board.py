# SPDX-License-Identifier: BSD-3-Clause
"""One QEMU that runs Redoubt, driven through its serial line as a person would, and through QMP where a person would
pull a plug. What a case checks is not decided here.
"""
import functools
import json
import os
import pathlib
import re
import shlex
import socket
import subprocess
import threading
import time

from script import script_run

TOP = pathlib.Path(__file__).resolve().parents[2]
PROMPT = "redoubt> "
LEAVE = "\x1d"
# After a return: what stood on the line is taken away, and printed again below what comes now.
ERASE_LINE = b"\x1b[K"
BOX_LINE = re.compile(r"\[box\] .*\n")
# Only a hang lasts as long, beside other boards and on a loaded machine too: nothing is asserted about time. The mutants'
# runner, which waits for hangs, lowers it.
PATIENCE = int(os.environ.get("PATIENCE", 300))


class Failure(Exception):
    """What a case found wrong, in words."""


@functools.cache
def qemu():
    """The launcher would look it up for each board."""
    return subprocess.run([TOP / "setup/where", "qemu"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()


def prepare(build, out, vms=(), **options):
    """Let the launcher make flash and ramdisk in `out`; returns QEMU's command, which the case may change. Keys are those
    of the build: the developer's own stay out.
    Options are the launcher's: smp=4 is --smp 4, no_allow=[...] repeats, True means no value.
    """
    arguments = [build, *vms, "--out", out, "--print", "--token", build.parent / "keys", "--qemu", qemu()]
    for name, value in options.items():
        option = "--" + name.replace("_", "-")
        if value is True:
            arguments.append(option)
        else:
            for one in value if isinstance(value, list) else [value]:
                arguments += [option, one]
    status, command, errors = script_run(TOP / "plat/virt/run", *arguments)
    if status:
        raise Failure(f"the launcher refused, status {status}: {errors.strip()}")
    return shlex.split(command)


def option_replace(command, option, value):
    """QEMU's command with another value of an option."""
    at = command.index(option)
    return command[:at + 1] + [value] + command[at + 2:]


class Board:
    def __init__(self, command, out):
        self.out = out
        self.qmp_path = out / "qmp.sock"
        self.qmp_path.unlink(missing_ok=True)
        # A socket's name is short whatever the path of the tree is: QEMU runs inside the case's directory.
        command = [*command, "-qmp", "unix:qmp.sock,server=on,wait=off"]
        with open(out / "qemu.log", "ab") as errors:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                                            cwd=out)
        self.text = ""
        self.seen = 0
        self.more = threading.Condition()
        self.ended = False
        self.machine = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        """Serial output, as bytes into the kept log, and as text without line editing into self.text."""
        rest = b""
        with open(self.out / "console.log", "ab") as log:
            while chunk := self.process.stdout.read1(65536):
                log.write(chunk)
                log.flush()
                rest += chunk
                # A return or an escape sequence may be the first part of something.
                cut = re.search(rb"(\r?\x1b(\[[0-9;?]*)?|\r)?\Z", rest).start()
                clean = rest[:cut].replace(b"\r" + ERASE_LINE, b"\n")
                clean = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]|\r", b"", clean).decode("ascii", "replace")
                rest = rest[cut:]
                with self.more:
                    self.text += clean
                    self.more.notify_all()
        with self.more:
            self.ended = True
            self.more.notify_all()

    def _tail(self):
        return "\n    ".join(self.text[self.seen:].splitlines()[-12:]) or "(nothing)"

    def expect(self, pattern, seconds=PATIENCE):
        """Wait for the pattern after what was expected last; returns the match."""
        expression = re.compile(pattern, re.M)
        found = self._await(lambda: expression.search(self.text, self.seen), pattern, seconds)
        self.seen = found.end()
        return found

    def _await(self, find, pattern, seconds):
        deadline = time.monotonic() + seconds
        with self.more:
            while True:
                found = find()
                if found:
                    return found
                if self.ended:
                    raise Failure(f"QEMU ended before /{pattern}/ came; last lines:\n    {self._tail()}")
                if not self.more.wait(deadline - time.monotonic()):
                    raise Failure(f"/{pattern}/ did not come; last lines:\n    {self._tail()}")

    def send(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()

    def command(self, line, seconds=PATIENCE):
        """A line at the control prompt; returns what it printed."""
        self.send(line + "\r")
        self.expect(re.escape(line) + "\n", seconds)
        start = self.seen
        end = self.expect("^" + re.escape(PROMPT), seconds).start()
        return self.text[start:end]

    def guest(self, line, prompt="small> ", seconds=PATIENCE):
        """A line in the console that is attached; returns what came before the guest's next prompt. Lines of the box,
        which may come in the middle of the guest's, are taken out.
        """
        pattern = f"{re.escape(line)}\n((?:.|\n)*?)^{re.escape(prompt)}"
        expression = re.compile(pattern, re.M)
        self.send(line + "\r")
        found = self._await(lambda: expression.search(BOX_LINE.sub("", self.text[self.seen:])), pattern, seconds)
        self.seen = len(self.text)
        return found[1]

    def attach(self, name, prompt=None):
        """Attach a VM's console; its history is shown again. Waits for @prompt at the end of what is shown."""
        self.send(f"console {name}\r")
        self.expect(f"-- console of {name}; Ctrl-\\] leaves it --\n")
        if prompt is not None:
            self.expect("^" + re.escape(prompt))

    def leave(self, name):
        self.send(LEAVE)
        self.expect(f"-- console of {name} left: Ctrl-\\] --\n")
        self.expect("^" + re.escape(PROMPT))

    def boot(self):
        """Wait for the control prompt."""
        self.expect("^" + re.escape(PROMPT))

    def wait(self, seconds=PATIENCE):
        """QEMU's exit status."""
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Failure(f"QEMU does not end; last lines:\n    {self._tail()}") from None

    def poweroff(self):
        self.send("poweroff\r")
        status = self.wait()
        if status != 0:
            raise Failure(f"QEMU ended with status {status}, expected 0")

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def secure_log(self):
        return (self.out / "secure.log").read_text(errors="replace")

    def qmp(self, execute, **arguments):
        """One command of QEMU's machine protocol; returns its answer."""
        if self.machine is None:
            stream = socket.socket(socket.AF_UNIX)
            stream.settimeout(PATIENCE)
            stream.connect(f"/proc/{self.process.pid}/cwd/qmp.sock")
            self.machine = stream.makefile("rw")
            self.machine.readline()
            self.qmp("qmp_capabilities")
        self.machine.write(json.dumps({"execute": execute, "arguments": arguments}) + "\n")
        self.machine.flush()
        while True:
            answer = json.loads(self.machine.readline())
            if "error" in answer:
                raise Failure(f"QMP {execute}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
