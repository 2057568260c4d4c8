# SPDX-License-Identifier: BSD-3-Clause
"""Keys in tokens: made once, used for one role, released only to who has the PIN. No board is started."""
import fcntl
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import time

import tool
from harness import case, check
from tool import Tool

SOFTHSM = "/usr/lib/softhsm/libsofthsm2.so"
NAMES = ["firmware", "policy", "root", "vm-owner"]


def listed(run, *options):
    return json.loads(run("keys", "list", "--json", *(options or ("--token", run.token))))["keys"]


@case()
def keys_are_made_once(t):
    run = Tool(t)
    run.keys()
    keys = listed(run)
    check([key["name"] for key in keys] == NAMES, f"the keys are {keys}")
    check([key["role"] for key in keys] == ["firmware", "policy", "root", "vm"], f"the roles are {keys}")
    check(len({key["sha256"] for key in keys}) == 4, f"two keys are the same: {keys}")
    files = {path.name: path.read_bytes() for path in run.token.iterdir() if path.is_file()}
    check({"root.pem", "firmware.endorsement", "policy.endorsement", "vm-owner.endorsement", "pin"} <= set(files),
          f"the files are {sorted(files)}")
    check("root.endorsement" not in files, "the root key is endorsed")
    run.on_token("keys", "init", status=tool.WRONG_STATE, words=["key-exists", "root", "do:"])
    run.on_token("keys", "init", "--role", "vm", "bob", "firmware", status=tool.WRONG_STATE, words=["key-exists: firmware"])
    check(listed(run) == keys, "a refused run changed the keys")
    check({path.name: path.read_bytes() for path in run.token.iterdir() if path.is_file()} == files,
          "a refused run changed a file")


@case()
def keys_init_goes_on_where_it_was_stopped(t):
    run = Tool(t)
    run.on_token("keys", "init", "root", "policy")
    before = listed(run)
    endorsement = (run.token / "policy.endorsement").read_bytes()
    (run.token / "root.pem").unlink()
    run.on_token("keys", "init", "--if-missing")
    after = listed(run)
    check([key["name"] for key in after] == NAMES, f"the keys are {after}")
    check([key for key in after if key in before] == before, "a key that was there is another one")
    check((run.token / "root.pem").exists(), "root.pem is missing")
    check((run.token / "policy.endorsement").read_bytes() == endorsement, "an endorsement was replaced")


@case()
def token_that_was_begun_is_finished(t):
    """Power went between the calls that initialize the token and set its user's PIN."""
    run = Tool(t)
    run.keys()
    shutil.rmtree(run.token / "objects")
    run.on_token("keys", "list", status=tool.WRONG_STATE, words=["token-missing"])
    (run.token / "objects").mkdir()
    pin = (run.token / "pin").read_text().strip()
    made = subprocess.run([sys.executable, "-c", BEGIN, SOFTHSM, pin], env={**run.environment, **environment_of(run)})
    check(made.returncode == 0, "the token was not begun")
    old = (run.token / "firmware.endorsement").read_bytes()
    run.on_token("keys", "init", "--if-missing")
    check([key["name"] for key in listed(run)] == NAMES, "a key is missing")
    check((run.token / "firmware.endorsement").read_bytes() != old, "an endorsement of a key that is lost was kept")
    run.package()


# C_Initialize, C_GetSlotList, C_InitToken with the PIN as the security officer's.
BEGIN = """
import ctypes, sys
module, pin = ctypes.CDLL(sys.argv[1]), sys.argv[2].encode()
slots, count = (ctypes.c_ulong * 9)(), ctypes.c_ulong(9)
assert module.C_Initialize(None) == 0
assert module.C_GetSlotList(1, slots, ctypes.byref(count)) == 0
assert module.C_InitToken(ctypes.c_ulong(slots[0]), pin, ctypes.c_ulong(len(pin)), b"redoubt".ljust(32)) == 0
"""


@case()
def token_is_its_owners_alone_and_can_be_moved(t):
    run = Tool(t)
    run.keys()
    check(stat.S_IMODE(run.token.stat().st_mode) == 0o700, "others may enter the directory")
    check(stat.S_IMODE((run.token / "pin").stat().st_mode) == 0o600, "others may read the PIN")
    keys = listed(run)
    moved = t.out / "a place with spaces"
    run.token.rename(moved)
    check(listed(run, "--token", moved) == keys, "the keys are others in another place")
    run("endorse", "policy", "--role", "policy", "--serial", 2, "--token", moved, "-o", t.out / "e")


def waits_for_a_lock(process):
    """As the kernel lists who waits for whom."""
    return any(re.match(rf"\d+: +-> FLOCK +\S+ +\S+ +{process.pid} ", line) for line in open("/proc/locks"))


@case()
def token_is_used_by_one_at_a_time(t):
    """SoftHSM writes its token's file at each login; who looks at that moment finds no token, and would make another."""
    run = Tool(t)
    run.keys()
    uses = [["keys", "list"], ["keys", "init", "--if-missing"], ["keys", "export", "root", "-o", t.out / "root.pem"],
            ["endorse", "firmware", "--role", "firmware", "--serial", 1, "-o", t.out / "endorsement"]]
    lock = os.open(run.token, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting = [subprocess.Popen([run.program, *map(str, use), "--token", run.token], stdin=subprocess.DEVNULL,
                                    stdout=subprocess.DEVNULL, env=run.environment) for use in uses]
        for process, use in zip(waiting, uses):
            while not waits_for_a_lock(process):
                check(process.poll() is None, f"`redoubt {use[0]} {use[1]}` does not wait while another uses the token")
                time.sleep(0.01)
    finally:
        os.close(lock)
    for process, use in zip(waiting, uses):
        check(process.wait() == 0, f"`redoubt {use[0]} {use[1]}` fails when it was its turn")


@case()
def token_has_a_usual_place(t):
    run = Tool(t)
    home = {"HOME": str(t.out / "home"), "XDG_CONFIG_HOME": ""}
    run("keys", "list", status=tool.WRONG_STATE, words=["token-missing", f"{t.out}/home/.config/redoubt/token"], **home)
    run("keys", "init", "root", **home)
    check((t.out / "home/.config/redoubt/token/root.pem").exists(), "it is not in the home folder")
    run("keys", "init", "root", **{**home, "XDG_CONFIG_HOME": str(t.out / "config")})
    check((t.out / "config/redoubt/token/root.pem").exists(), "it is not where XDG_CONFIG_HOME says")
    run("keys", "init", "root", **home, REDOUBT_TOKEN=str(t.out / "own"))
    check((t.out / "own/root.pem").exists(), "it is not where REDOUBT_TOKEN says")


def environment_of(run):
    return {"SOFTHSM2_CONF": str(run.token / "softhsm2.conf")}


REFUSALS = {
    "a_wrong_pin": (["--token", "{token}", "--pin-file", "{out}/wrong"], tool.NOT_RELEASED, ["wrong-pin"]),
    "a_pin_that_others_may_read": (["--token", "{token}", "--pin-file", "{out}/open"], tool.CONFIGURATION,
                                   ["bad-pin-file", "mode 0644", "chmod 600"]),
    "a_pin_file_that_is_not_there": (["--token", "{token}", "--pin-file", "{out}/none"], tool.CONFIGURATION,
                                     ["bad-pin-file", "{out}/none"]),
    "a_pin_file_without_a_pin": (["--token", "{token}", "--pin-file", "{out}/empty"], tool.CONFIGURATION, ["bad-pin-file"]),
    "no_pin": (["--module", SOFTHSM, "--token-label", "redoubt"], tool.CONFIGURATION, ["pin-missing", "--pin-file"]),
    "a_token_that_is_not_there": (["--token", "{out}/nowhere"], tool.WRONG_STATE, ["token-missing", "keys init"]),
    "a_label_that_no_token_has": (["--module", SOFTHSM, "--token-label", "other", "--pin-file", "{token}/pin"],
                                  tool.WRONG_STATE, ["token-missing", "'other'"]),
    "a_module_that_is_not_there": (["--module", "/nowhere/hsm.so", "--token-label", "x", "--pin-file", "{token}/pin"],
                                   tool.PLATFORM, ["module-missing", "/nowhere/hsm.so"]),
    "a_module_that_is_none": (["--module", "{token}/root.pem", "--token-label", "x", "--pin-file", "{token}/pin"],
                              tool.PLATFORM, ["module-missing", "root.pem"]),
    "two_tokens_at_once": (["--token", "{token}", "--module", SOFTHSM, "--token-label", "x"], tool.USAGE, ["bad-token"]),
    "a_module_without_a_label": (["--module", SOFTHSM], tool.USAGE, ["bad-token", "--token-label"]),
}


@case(*[(name, {"name": name}) for name in REFUSALS])
def token_refuses(t, name):
    run = Tool(t)
    run.keys()
    for file, text, mode in (("wrong", "000000\n", 0o600), ("open", (run.token / "pin").read_text(), 0o644),
                             ("empty", "", 0o600)):
        (t.out / file).write_text(text)
        (t.out / file).chmod(mode)
    options, status, words = REFUSALS[name]
    out = t.out / "endorsement"
    run("endorse", "firmware", "--role", "firmware", "--serial", 2, "-o", out,
        *[option.format(token=run.token, out=t.out) for option in options], status=status,
        words=[word.format(out=t.out) for word in words], **environment_of(run))
    check(not out.exists(), "a file was written all the same")


@case()
def token_of_a_module_is_used_with_its_pin(t):
    run = Tool(t)
    run.keys()
    module = ["--module", SOFTHSM, "--token-label", "redoubt"]
    check(json.loads(run("keys", "list", "--json", *module, **environment_of(run)))["keys"] == listed(run),
          "the keys are others by another way")
    for number, (options, environment) in enumerate(((["--pin-file", run.token / "pin"], {}),
                                                     ([], {"REDOUBT_PIN": (run.token / "pin").read_text().strip()}))):
        run("endorse", "firmware", "--role", "firmware", "--serial", 2, "-o", t.out / f"e{number}", *module, *options,
            **environment, **environment_of(run))
    run("keys", "init", "bob", "--role", "vm", "--out", t.out, *module, "--pin-file", run.token / "pin",
        **environment_of(run))
    check((t.out / "bob.pem").exists() and (t.out / "bob.endorsement").exists(), "a file is missing")


@case()
def key_has_one_role(t):
    run = Tool(t)
    run.keys()
    out = t.out / "endorsement"
    run.on_token("endorse", "firmware", "--role", "policy", "--serial", 1, "-o", out, status=tool.POLICY, words=["role"])
    run.on_token("endorse", "policy", "--role", "policy", "--serial", 1, "--root-key", "firmware", "-o", out,
                 status=tool.POLICY, words=["role: firmware"])
    run.on_token("endorse", "root", "--role", "vm", "--serial", 1, "--public", run.token / "root.pem", "-o", out,
                 status=tool.POLICY, words=["the root key itself"])
    run.on_token("endorse", "policy", "--role", "policy", "--serial", 1, "--least-serial", 2, "-o", out, status=tool.USAGE,
                 words=["bad-serial"])
    run.on_token("endorse", "ghost", "--role", "policy", "--serial", 1, "-o", out, status=tool.WRONG_STATE,
                 words=["key-missing: ghost"])
    run.on_token("endorse", "policy", "--role", "king", "--serial", 1, "-o", out, status=tool.USAGE, words=["bad-role"])
    run.on_token("keys", "init", "Bob", "--role", "vm", status=tool.USAGE, words=["bad-name"])
    check(not out.exists(), "a file was written all the same")


@case()
def root_key_in_a_token_of_its_own(t):
    """As in production: the public key goes to the root key, its endorsement comes back."""
    run = Tool(t)
    safe = t.out / "safe"
    run("keys", "init", "root", "--token", safe)
    said = run.on_token("keys", "init", "firmware", "policy", "vm-owner")
    check("firmware: not endorsed" in said, f"it does not say what is missing: {said}")
    for role in ("firmware", "policy"):
        run("endorse", role, "--role", role, "--serial", 1, "--public", run.token / f"{role}.pem", "--token", safe, "-o",
            run.token / f"{role}.endorsement")
    package = run.package()
    run("update", "check", package, "--root", safe / "root.pem")


@case()
def token_that_signs_wrongly_writes_nothing(t):
    run = Tool(t)
    run.keys()
    out = t.out / "endorsement"
    run("endorse", "firmware", "--role", "firmware", "--serial", 2, "-o", out, "--module",
        t.build.parent / "lying_token.so", "--token-label", "redoubt", "--pin-file", run.token / "pin",
        status=tool.SIGNATURE, words=["signature-wrong: root", "do not use the token"], **environment_of(run))
    check(not out.exists(), "a signature that does not hold was written")
