# SPDX-License-Identifier: BSD-3-Clause
"""The host tool as a person runs it: a token of the case's own, small packages, and what a refusal must say."""
import os
import subprocess

from harness import check

DONE, FAILED, USAGE, CONFIGURATION, SIGNATURE, ROLLBACK, NOT_RELEASED, MEASUREMENT = 0, 1, 2, 10, 11, 12, 13, 14
NO_RESOURCES, WRONG_STATE, POLICY, PLATFORM, TIMED_OUT, UNKNOWN, TOKEN_REFUSED = 15, 16, 17, 18, 19, 21, 22
PARTS = ("monitor", "anchor", "mediator", "outer", "box")


class Tool:
    def __init__(self, t):
        self.program = t.build.parent / "redoubt"
        self.out = t.out
        self.token = t.out / "token"
        # Whatever the developer has in his own environment stays out.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith(("REDOUBT", "SOFTHSM"))}

    def __call__(self, *arguments, status=DONE, words=(), **environment):
        """Runs it; demands the exit status, and the words of its refusal. Returns what it printed on standard output."""
        result = subprocess.run([self.program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, env={**self.environment, **environment})
        said = f"redoubt {' '.join(map(str, arguments))}\nstatus {result.returncode}\n{result.stdout}{result.stderr}"
        check(result.returncode == status, f"expected status {status}: {said}")
        for word in words:
            check(word in result.stderr, f"'{word}' is not in: {said}")
        if status not in (DONE, USAGE):
            check("expected:" in result.stderr and "found:" in result.stderr, f"a line of the refusal is missing: {said}")
        return result.stdout

    def on_token(self, *arguments, **options):
        return self(*arguments, "--token", self.token, **options)

    def keys(self):
        return self.on_token("keys", "init")

    def components(self):
        """Options with a file for each component, of sizes that are no whole pages."""
        options = []
        for number, part in enumerate(PARTS):
            path = self.out / f"{part}.bin"
            path.write_bytes(bytes((7 * i + number) & 0xff for i in range(3000 + 5000 * number)))
            options += [f"--{part}", path]
        return options

    def policy(self, name="policy.signed", *options, **expected):
        path = self.out / name
        box = self("measure", "box", self.out / "box.bin").strip() if (self.out / "box.bin").exists() else ""
        allow = ["--allow", box] if box else []
        self.on_token("pack-policy", "--name", "lab", "--version", 4, "--counter", 2, "--owner",
                      f"alice={self.token}/vm-owner.pem:6", *allow, "-o", path, *options, **expected)
        return path

    def package(self, name="package", *options, **expected):
        path = self.out / name
        components = self.components()
        policy = self.policy()
        self.on_token("pack-firmware", *components, "--policy", policy, "--name", "redoubt", "--version", 7, "--counter", 3,
                      "-o", path, *options, **expected)
        return path

    def check(self, path, *options, **expected):
        return self("update", "check", path, "--root", self.token / "root.pem", *options, **expected)
