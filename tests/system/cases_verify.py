# SPDX-License-Identifier: BSD-3-Clause
"""Attestation as somebody far from the node sees it: references made from files, tokens and logs of a node that Python and
OpenSSL's program stand in for. No board is started.
"""
import base64
import copy
import json

import tool
from attestation import Node, Vm, owner_id
from cases_attestation import pem_write, small_challenge, small_token
from cases_package import point_of
from cases_pack import conf_write, pack, prepared
from derived import G, N, derived_point, hkdf, identity_of, times
from harness import MEMORY_MIB, case, check
from signing import Key, openssl

NONCE = bytes(range(7, 39))
NAMES = "rom identity package monitor anchor mediator outer box policy platform".split()


class Scene:
    """An image of a VM, a package, a reference of both, and the node that runs them."""

    def __init__(self, t, lifecycle="development"):
        self.t = t
        self.run, _ = prepared(t)
        # Its components are files too, the box among them.
        self.package = self.run.package()
        self.image = pack(t, self.run, conf_write(t))
        (t.out / "rom.bin").write_bytes(b"rom")
        device = ["--rom", t.out / "rom.bin", "--package", self.package, "--root", self.run.token / "root.pem", "--cpus", 2,
                  "--memory", 1024, "--lifecycle", lifecycle]
        boot = self.run("measure", "boot", *device, "--json")
        root = [line for line in self.run.on_token("keys", "list").splitlines() if "root" in line][0]
        self.node = Node(t.out, boot, bytes.fromhex(next(word for word in root.split() if len(word) == 64)))
        self.node.lifecycle = 0x4000 if lifecycle == "development" else 0x3000
        self.key = t.out / "device.pem"
        self.key.write_bytes(openssl("pkey", "-in", self.node.device.path, "-pubout"))
        self.reference = t.out / "web.reference"
        self.run("measure", self.image, *device, "--attestation-key", self.key, "-o", self.reference)
        self.vm = Vm(json.loads(self.run("check", self.image, "--json")))
        self.vm.owner = owner_id(point_of(self.run.token / "vm-owner.pem"), "web")
        self.vm.counter = 2

    def verify(self, token, *options, log=None, nonce=NONCE, reference=None, **expected):
        (self.t.out / "web.token").write_bytes(token)
        if log is not None:
            (self.t.out / "web.log").write_text(log)
            options += ("--log", self.t.out / "web.log")
        if nonce is not None:
            options += ("--nonce", nonce.hex())
        return self.run("verify", self.t.out / "web.token", "--reference", reference or self.reference, *options, **expected)

    def log(self, node=None, vm=None):
        return (node or self.node).log() + (vm or self.vm).log()


def findings(said):
    """What a table says, by name: the verdict."""
    rows = [line.split() for line in said.splitlines() if line.split()[0] in ("MATCH", "MISMATCH", "UNKNOWN")]
    return {row[1]: row[0] for row in rows[:-1]}, rows[-1][0]


@case()
def token_of_the_expected_vm_matches(t):
    scene = Scene(t)
    token = scene.node.attest(scene.vm, NONCE)
    verdicts, whole = findings(scene.verify(token, log=scene.log()))
    check(whole == "MATCH" and set(verdicts.values()) == {"MATCH"}, f"{verdicts}")
    wanted = {"firmware/" + name for name in NAMES if name != "mediator"} | {
        "mediator/image", "box/measurement", "vm/measurement", "vm/owner", "vm/counter", "vm/kernel", "vm/initrd",
        "vm/device-tree", "vm/command-line", "vm/machine", "log/vm", "log/boot", "device/root-key", "device/lifecycle", "firmware/slot",
        "vm/register-3"}
    check(wanted <= set(verdicts), f"missing: {wanted - set(verdicts)}")
    for text in (token.hex().encode(), base64.b64encode(token), base64.urlsafe_b64encode(token).rstrip(b"=") + b"\n"):
        scene.verify(text)
    # Other text around a log, an older one before it, and one of another VM behind it.
    older, other = copy.deepcopy(scene.vm), copy.deepcopy(scene.vm)
    older.pieces["command-line"][2], other.name, other.box = bytes(32), "other", bytes(32)
    noise = "redoubt> events web\n"
    mixed = noise + scene.node.log() + older.log() + "[    1.0] Linux\n  event        vm web\n" + noise + scene.log() + noise
    check(findings(scene.verify(token, log=mixed.replace("\n", "\r\n") + other.log()))[1] == "MATCH", "the log is not found")
    # Nobody has to ask for a nonce; that is told.
    scene.verify(token, nonce=None)


@case()
def tree_and_json_say_what_the_table_says(t):
    scene = Scene(t)
    token = scene.node.attest(scene.vm, NONCE)
    told = json.loads(scene.verify(token, "--json", log=scene.log()))
    check(told["verdict"] == "MATCH" and {row["verdict"] for row in told["findings"]} == {"MATCH"}, f"{told}")
    tree = scene.verify(token, "--tree", log=scene.log()).splitlines()
    nodes = [line.split("`-- ")[-1].split("  ")[-1].strip() for line in tree if "|   " not in line]
    check(nodes == ["root key, device", "firmware", "mediator", "box", "VM", "event log", "MATCH"], f"{nodes}")
    check(all(line.startswith("MATCH ") or line == "MATCH" for line in tree), "a node is not good")
    scene.node.boot[NAMES.index("mediator")][1] = bytes(32)
    tree = scene.verify(scene.node.attest(scene.vm, NONCE), "--tree", status=tool.MEASUREMENT).splitlines()
    bad = [line for line in tree if line.startswith("MISMATCH")]
    check(len(bad) == 3 and "mediator" in bad[0] and "image" in bad[1] and bad[2] == "MISMATCH", f"{tree}")
    told = json.loads(scene.verify(scene.node.attest(scene.vm, b"another"), "--json", status=tool.TOKEN_REFUSED))
    check((told["verdict"], told["code"]) == ("REFUSED", "nonce"), f"{told}")


def vm_changed(scene, **changes):
    """A VM of another image, which is measured anew."""
    conf = conf_write(scene.t, "other.conf", **changes)
    vm = Vm(json.loads(scene.run("check", conf, "--json")))
    vm.owner, vm.counter = scene.vm.owner, scene.vm.counter
    return vm


@case()
def what_was_changed_is_named(t):
    """Each change of the files, and what of the VM it makes another."""
    scene = Scene(t)
    (t.out / "kernel2").write_bytes((t.out / "kernel").read_bytes()[:-1] + b"!")
    (t.out / "initrd2").write_bytes((t.out / "initrd").read_bytes()[:-1] + b"!")
    whole = "vm/measurement"
    for changes, named in (({"kernel": '"kernel2"'}, {whole, "vm/kernel"}), ({"initrd": '"initrd2"'}, {whole, "vm/initrd"}),
                           ({"args": '"console=ttyAMA0 debug"'}, {whole, "vm/command-line"}),
                           ({"initrd": None}, {whole, "vm/initrd", "vm/device-tree"}),
                           ({"vcpus": "1"}, {whole, "vm/machine", "vm/device-tree"}),
                           ({"share": '"window"'}, {whole, "vm/machine"}),
                           ({"box": f'"{32 * "ab"}"'}, {whole, "box/measurement"})):
        vm = vm_changed(scene, **changes)
        said = scene.verify(scene.node.attest(vm, NONCE), log=scene.log(vm=vm), status=tool.MEASUREMENT, words=sorted(named))
        verdicts, _ = findings(said)
        check({name for name, verdict in verdicts.items() if verdict == "MISMATCH"} == named, f"{changes}: {said}")
        check("UNKNOWN" not in verdicts.values(), f"{changes}: {said}")
    for name, place in (("mediator", "mediator/image"), ("policy", "firmware/policy"), ("anchor", "firmware/anchor"),
                        ("rom", "firmware/rom"), ("box", "firmware/box")):
        node = copy.deepcopy(scene.node)
        node.boot[NAMES.index(name)][1] = bytes(32)
        said = scene.verify(node.attest(scene.vm, NONCE), log=scene.log(node), status=tool.MEASUREMENT, words=[place])
        check({row for row, verdict in findings(said)[0].items() if verdict == "MISMATCH"} == {place}, said)


@case()
def counters_owner_and_class_are_held_against_the_reference(t):
    scene = Scene(t)

    def judged(change, status, word):
        node, vm = copy.deepcopy(scene.node), copy.deepcopy(scene.vm)
        change(node, vm)
        scene.verify(node.attest(vm, NONCE), status=status, words=[word] if status else [])

    def config(key, value):
        return lambda node, vm: node.config.update({key: value})

    for change, word in ((config(2, 1), "firmware/trial"), (config(3, 8), "firmware/version"),
                         (config(4, 2), "firmware/counter"), (config(5, 1), "firmware/policy-counter"),
                         (lambda node, vm: setattr(vm, "owner", bytes(32)), "vm/owner"),
                         (lambda node, vm: setattr(vm, "owner", None), "vm/owner"),
                         (lambda node, vm: setattr(vm, "counter", 1), "vm/counter"),
                         (lambda node, vm: vm.machine.update({"class": 1}), "vm/class"),
                         (lambda node, vm: setattr(node, "root", bytes(32)), "device/root-key"),
                         (lambda node, vm: node.registers.__setitem__(2, b"\1" * 32), "vm/register-2"),
                         (lambda node, vm: node.boot.pop(), "firmware/platform"),
                         (lambda node, vm: node.boot.pop(NAMES.index("mediator")), "mediator/image")):
        judged(change, tool.MEASUREMENT, word)
    for change in (config(1, 0x42), config(4, 4), config(5, 3), lambda node, vm: setattr(vm, "counter", 9)):
        judged(change, tool.DONE, None)
    judged(lambda node, vm: node.boot.append(["more", bytes(32)]), tool.UNKNOWN, "firmware/more")


@case()
def log_that_does_not_replay_vouches_for_nothing(t):
    scene = Scene(t)
    token = scene.node.attest(scene.vm, NONCE)
    for part in ("kernel", "device-tree", "command-line", "initrd", "box", "machine"):
        vm = copy.deepcopy(scene.vm)
        if part == "box":
            vm.box = bytes(32)
        elif part == "machine":
            vm.machine["vcpus"] = 1
        else:
            vm.pieces[part][2] = bytes(32)
        verdicts, whole = findings(scene.verify(token, log=scene.log(vm=vm), status=tool.MEASUREMENT, words=["log/vm"]))
        check(whole == "MISMATCH" and {row for row in verdicts if verdicts[row] == "MISMATCH"} == {"log/vm"} and
              {verdicts[f"vm/{row}"] for row in ("kernel", "initrd", "device-tree", "machine", "command-line")} == {"UNKNOWN"},
              f"{part}: {verdicts}")
    node = copy.deepcopy(scene.node)
    node.boot[2][1] = bytes(32)
    scene.verify(token, log=scene.log(node), status=tool.MEASUREMENT, words=["log/boot", "package"])
    scene.verify(token, log=scene.vm.log(), status=tool.UNKNOWN, words=["log/boot"])
    scene.verify(token, log=scene.node.log(), status=tool.UNKNOWN, words=["log/vm"])
    scene.verify(token, log="nothing\n", status=tool.CONFIGURATION, words=["no-log"])


@case()
def token_that_does_not_hold_is_refused_for_what_it_is(t):
    scene = Scene(t, "production")
    node, vm = scene.node, scene.vm
    stranger, good = Key(t.out, "stranger"), scene.node.attest(scene.vm, NONCE)
    scene.verify(good)
    other = Node(t.out, json.dumps({"measurements": [{"name": name, "sha256": digest.hex()} for name, digest in node.boot]}),
                 node.root, "other")
    other.lifecycle = node.lifecycle

    def set_(part, key, value):
        return lambda *parts: parts[part].__setitem__(key, value)

    debug = copy.deepcopy(node)
    debug.lifecycle = 0x4000
    for name, token in (("malformed", good[:-1]), ("malformed", good + b"\0"), ("malformed", b"no token"),
                        ("malformed", b"\xd9"),
                        ("nonce", node.attest(vm, bytes(31) + b"\1")), ("no-nonce", node.attest(vm, b"")),
                        ("lifecycle", debug.attest(vm, NONCE)), ("device", other.attest(vm, NONCE)),
                        ("platform-signature", node.attest(vm, NONCE, device=other.device)),
                        ("realm-signature", node.attest(vm, NONCE, realm_key=stranger)),
                        ("binding", node.attest(vm, NONCE, set_(0, 10, bytes(32)))),
                        ("profile", node.attest(vm, NONCE, set_(1, 265, "http://arm.com/CCA-SSD/1.0.0"))),
                        ("hash", node.attest(vm, NONCE, set_(1, 44236, "sha-512"))),
                        ("implementation", node.attest(vm, NONCE, set_(0, 2396, bytes(32)))),
                        ("curve", node.attest(vm, NONCE, set_(1, 44237, b"\xa4\1\2\x20\1\x21\x41\0\x22\x41\0")))):
        scene.verify(token, status=tool.TOKEN_REFUSED, words=[f"{name}: "])
    scene.verify(good, nonce=b"\1", status=tool.TOKEN_REFUSED, words=["nonce: "])
    scene.verify(good.replace(b"\xa1\x01\x38\x22", b"\xa1\x01\x38\x23", 1), status=tool.TOKEN_REFUSED, words=["algorithm: "])
    # A debug token against a reference that allows it.
    reference = json.loads(scene.reference.read_text())
    reference["device"]["lifecycle"] = "development"
    (t.out / "development").write_text(json.dumps(reference))
    scene.verify(debug.attest(vm, NONCE), reference=t.out / "development")
    scene.verify(good, reference=t.out / "development", status=tool.MEASUREMENT, words=["device/lifecycle"])


def reference_changed(scene, change):
    reference = json.loads(scene.reference.read_text())
    change(reference)
    path = scene.t.out / "changed.reference"
    path.write_text(json.dumps(reference))
    return path


@case()
def reference_that_is_silent_makes_unknown(t):
    scene = Scene(t)
    token = scene.node.attest(scene.vm, NONCE)
    for part, member, word in (("vm", "measurement", "vm/measurement"), ("vm", "box", "box/measurement"),
                               ("vm", "owner_id", "vm/owner"), ("vm", "registers", "vm/register-0"),
                               ("device", "lifecycle", "device/lifecycle"), ("firmware", "slot", "firmware/slot"),
                               ("vm", "pieces", "vm/kernel"), ("vm", "pieces", "vm/command-line"),
                               ("vm", "machine", "vm/machine"), ("firmware", "measurements", "mediator/image")):
        path = reference_changed(scene, lambda reference, part=part, member=member: reference[part].pop(member))
        scene.verify(token, log=scene.log(), reference=path, status=tool.UNKNOWN, words=[word])
    path = reference_changed(scene, lambda reference: reference["vm"].update(registers=["any", None, "any", "any"]))
    scene.verify(token, reference=path, status=tool.UNKNOWN, words=["vm/register-1"])
    # Of files alone: without the device's nothing is known of it.
    scene.run("measure", scene.image, "--attestation-key", scene.key, "-o", t.out / "vm.reference")
    verdicts, whole = findings(scene.verify(token, reference=t.out / "vm.reference", status=tool.UNKNOWN))
    check(whole == "UNKNOWN" and verdicts["vm/measurement"] == verdicts["box/measurement"] == "MATCH" and
          verdicts["mediator/image"] == "UNKNOWN", f"{verdicts}")
    scene.run("measure", scene.image, "-o", t.out / "keyless.reference")
    scene.verify(token, reference=t.out / "keyless.reference", status=tool.CONFIGURATION, words=["no-attestation-key"])


@case()
def reference_is_read_strictly(t):
    scene = Scene(t)
    token = scene.node.attest(scene.vm, NONCE)

    def put(part, member, value):
        return lambda reference: reference[part].__setitem__(member, value)

    for change, word in ((put("vm", "mesurement", "any"), "'measurement', if that is meant"),
                         (put("vm", "measurement", "any"), "measurement"), (put("firmware", "slot", "C"), "slot"),
                         (put("device", "attestation_key", "04" * 97), "attestation_key"),
                         (put("firmware", "trial", 0), "trial"), (put("firmware", "version", -1), "version"),
                         (put("vm", "class", "secret"), "class"), (put("vm", "registers", []), "registers"),
                         (put("vm", "pieces", [{}]), "pieces"), (put("vm", "machine", {"vcpus": 1}), "machine"),
                         (put("device", "lifecycle", 1), "lifecycle"),
                         (lambda reference: reference.update(redoubt_reference=2), "found:    2"),
                         (lambda reference: reference["firmware"]["measurements"].append({"name": "rom", "sha256": "00" * 32}),
                          "twice")):
        scene.verify(token, reference=reference_changed(scene, change), status=tool.CONFIGURATION, words=["bad-reference", word])
    for text in ("", "[]", "{", '{"redoubt_reference": 1, "redoubt_reference": 1}'):
        (t.out / "changed.reference").write_text(text)
        scene.verify(token, reference=t.out / "changed.reference", status=tool.CONFIGURATION, words=["bad-reference"])


@case()
def reference_of_a_description_is_that_of_its_image(t):
    scene = Scene(t)
    conf, made = conf_write(t), [t.out / "image.json", t.out / "conf.json"]
    owner = scene.run.token / "vm-owner.pem"
    scene.run("measure", scene.image, "-o", made[0])
    scene.run("measure", "image", conf, "--owner", owner, "-o", made[1])
    check(made[0].read_text() == made[1].read_text(), "they differ")
    scene.run("measure", conf, "-o", made[1])
    check("owner_id" not in json.loads(made[1].read_text())["vm"], "somebody owns a VM that is from no image")
    said = scene.run("measure", scene.image)
    check(said == scene.run("measure", "image", scene.image), "the short form says something else")
    for options, word in ((["--owner", owner, "-o", made[0]], "--owner"), (["--attestation-key", owner], "-o"),
                          (["--rom", scene.image, "-o", made[0]], "--package")):
        scene.run("measure", scene.image, *options, status=tool.USAGE, words=[word])


def log_lines(said):
    return [line.split() for line in said.splitlines() if line.split()[:1] in (["measured"], ["event"])]


def platform_point(flash):
    """Of a device in development: docs/formats.md, "VM images"."""
    with open(flash, "rb") as stream:
        stream.seek(0x3f000)
        page = stream.read(4096)
    info = b"image wrap".ljust(16, b"\0") + bytes(8) + page[12:16] + bytes(4) + page[16:48]
    x, y = times(int.from_bytes(hkdf(b"redoubt keys 1", page[48:80], info, 56), "big") % (N - 1) + 1, G)
    return b"\4" + x.to_bytes(48, "big") + y.to_bytes(48, "big")


def small_conf(t, share, **more):
    return conf_write(t, name='"web"', kernel=f'"{t.build}/small.bin"', args='"quiet"', memory="16", raw=None,
                      box=f'"{t.build}/box.bin"', share=f'"{share}"' if share else None,
                      **{"class": '"confidential"' if share else None}, **more)


@case(("isolated", {"share": None}), ("confidential", {"share": "rsi"}))
def event_log_of_a_node_replays(t, share):
    """What the node prints is what a reference of its files asks for; and the mediator's measurement is the token's."""
    (t.out / "initrd").write_bytes(bytes(range(256)) * 20 + b"end")
    kind = ["--class", "confidential", "--share", share] if share else []
    made = t.vm_make("web", "--kernel", t.build / "small.bin", "--initrd", t.out / "initrd", "--args", "quiet", "--vcpus", 2,
                     "--memory", 16, *kind)
    board = t.boot(made, smp=2)
    check("web does not run" in board.command("events web"), "there is a log of a VM that does not run")
    check("there is no such VM" in board.command("events nobody"), "there is a log of nobody")
    board.command("start web")
    said = board.command("events web")
    check(log_lines(board.command("events")) == [line for line in log_lines(said) if line[0] == "measured"], "two boots")
    words = {line[1]: line[2:] for line in log_lines(said) if line[0] == "event"}
    shown = board.command("show web")
    check(f"VM is        {words['measurement'][0]}" in shown and f"box is       {words['box'][0]}" in shown, f"{said}{shown}")
    again = board.command("events web")
    check(said == again, "the same VM has another log the second time")
    board.poweroff()

    run, conf = tool.Tool(t), small_conf(t, share)
    root = json.loads((t.out / "digests.json").read_text())["root_sha256"]
    device = ["--rom", t.build / "rom.bin", "--package", t.out / "redoubt.package", "--root", root, "--cpus", 2, "--memory",
              MEMORY_MIB]
    vm = Vm(json.loads(run("check", conf, "--json")))
    check(vm.measurement().hex() == words["measurement"][0], "files and mediator say two measurements")
    entries = [{"name": line[1], "sha256": line[2]} for line in log_lines(said) if line[0] == "measured"]
    node = Node(t.out, json.dumps({"measurements": entries}), bytes.fromhex(root))
    config = json.loads(run("update", "check", t.out / "redoubt.package", "--root", root, "--json"))
    node.config.update({3: config["version"], 4: config["counter"], 5: config["policy"]["counter"]})
    (t.out / "device.pem").write_bytes(openssl("pkey", "-in", node.device.path, "-pubout"))
    run("measure", conf, *device, "--attestation-key", t.out / "device.pem", "-o", t.out / "web.reference")
    (t.out / "web.token").write_bytes(node.attest(vm, NONCE))
    (t.out / "web.log").write_text(board.text)
    verdicts, whole = findings(run("verify", t.out / "web.token", "--reference", t.out / "web.reference", "--log",
                                   t.out / "web.log", "--nonce", NONCE.hex()))
    check(whole == "MATCH" and "vm/initrd" in verdicts, f"{verdicts}")


def reference_of(t, run, what, name, *options):
    """Of a VM on the board of this case, from files alone."""
    path, root = t.out / name, json.loads((t.out / "digests.json").read_text())["root_sha256"]
    page = identity_of(t.out / "flash0.img")
    key = pem_write(t.out / "attestation.pem", derived_point(page, "attestation", page[16:48]))
    run("measure", *what, "--rom", t.build / "rom.bin", "--package", t.out / "redoubt.package", "--root", root, "--cpus", 2,
        "--memory", MEMORY_MIB, "--attestation-key", key, *options, "-o", path)
    return path


def token_is_of_the_image(t, run, image, token):
    """Of its very owner and counter: those of another owner, and of a newer image, are named as what is not the same."""
    (t.out / "web.token").write_bytes(token)
    nonce = small_challenge(0x1234).hex()

    def verdicts_of(reference, **expected):
        return findings(run("verify", t.out / "web.token", "--log", t.out / "web.log", "--nonce", nonce, "--reference", reference,
                            **expected))

    verdicts, whole = verdicts_of(reference_of(t, run, [image], "web.reference"))
    check(whole == "MATCH" and verdicts["vm/owner"] == verdicts["vm/counter"] == "MATCH", f"{verdicts}")
    stranger = Key(t.out, "stranger")
    (t.out / "stranger.pem").write_bytes(openssl("pkey", "-in", stranger.path, "-pubout"))
    for name, changes, owner, named in (("newer", {"version": "4", "counter": "3"}, run.token / "vm-owner.pem", "vm/counter"),
                                        ("theirs", {}, t.out / "stranger.pem", "vm/owner")):
        what = ["image", small_conf(t, "rsi", **changes), "--owner", owner]
        verdicts, whole = verdicts_of(reference_of(t, run, what, f"{name}.reference"), status=tool.MEASUREMENT, words=[named])
        bad = {row for row, verdict in verdicts.items() if verdict != "MATCH"}
        check(whole == "MISMATCH" and bad == {named}, f"{name}: {verdicts}")


@case()
def image_on_a_board_is_what_its_owner_packed(t):
    """Packed for the device once that is made: its event log is its manifest, and its token of its owner and counter."""
    (t.out / "initrd").write_bytes(bytes(range(256)) * 20 + b"end")
    run, conf = tool.Tool(t), small_conf(t, "rsi")
    run.token, platform = t.build.parent / "keys", Key(t.out, "platform")
    der = openssl("pkey", "-in", platform.path, "-pubout", "-outform", "DER")
    for keep in (False, True):
        point = platform_point((t.out / "flash0.img")) if keep else platform.point
        (t.out / "platform.pem").write_bytes(openssl("pkey", "-pubin", "-inform", "DER", data=der[:-97] + point))
        run.on_token("keys", "init", "--if-missing")
        image = pack(t, run, conf)
        command = t.prepare(image, smp=2, **({"keep_flash": True} if keep else {}))
    board = t.run(command)
    board.boot()
    check("web: running (active)" in board.command("start web"), "it does not start")
    words = {line[1]: line[2:] for line in log_lines(board.command("events web")) if line[0] == "event"}
    (t.out / "web.log").write_text(board.text)
    board.attach("web", "small> ")
    token, _ = small_token(board, 0x1234)
    board.leave("web")
    board.poweroff()
    vm = Vm(json.loads(run("check", image, "--json")))
    check(log_lines(vm.log()) == [["event", name, *rest] for name, rest in words.items()], f"{words}")
    check(words["measurement"] == [vm.measurement().hex()], "the mediator measured something else")
    token_is_of_the_image(t, run, image, token)
