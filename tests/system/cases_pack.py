# SPDX-License-Identifier: BSD-3-Clause
"""VM images as the host tool makes and checks them. What it wrote is read, verified, unwrapped and decrypted by code that
shares nothing with it: Python, and OpenSSL's own program. No board is started.
"""
import hashlib
import json
import subprocess

import tool
from cases_package import point_of, signature_check
from cbor import decoded
from derived import derived_point, hkdf
from harness import case, check
from signing import Key, openssl
from tool import Tool

HEAD, CHUNK, GROUP = 16384, 4096, 256

CONF = {"name": '"web"', "version": "3", "counter": "2", "kernel": '"kernel"', "initrd": '"initrd"',
        "args": '"console=ttyAMA0 quiet"', "memory": "64", "vcpus": "2", "class": '"confidential"', "share": '"rsi"',
        "raw": "true", "box": '"box.bin"'}


def conf_write(t, file="web.conf", **changes):
    lines = {**CONF, **changes}
    path = t.out / file
    path.write_text("".join(f"{key} = {value};\n" for key, value in lines.items() if value is not None))
    return path


def pattern(count, start):
    return bytes((7 * i + i // 256 + start) & 0xff for i in range(count))


def prepared(t, kernel_bytes=30000):
    """A tool with keys, the files of a VM, and a platform."""
    run = Tool(t)
    run.keys()
    for name, size in (("kernel", kernel_bytes), ("initrd", 5000), ("box.bin", 9000)):
        (t.out / name).write_bytes(pattern(size, len(name)))
    platform = Key(t.out, "platform")
    (t.out / "platform.pem").write_bytes(openssl("pkey", "-in", platform.path, "-pubout"))
    return run, platform


def pack(t, run, conf, *options, output="web.rvm", **expected):
    run.on_token("pack", conf, "--platform", t.out / "platform.pem", "-o", t.out / output, *options, **expected)
    return t.out / output


def ghash(key, data):
    """NIST SP 800-38D, section 6.4."""
    state = 0
    for at in range(0, len(data), 16):
        state ^= int.from_bytes(data[at:at + 16], "big")
        product, factor = 0, key
        for bit in range(127, -1, -1):
            if state >> bit & 1:
                product ^= factor
            factor = factor >> 1 ^ (0xe1 << 120 if factor & 1 else 0)
        state = product
    return state


def chunk_decrypt(key, number, authenticated, content, tag):
    """AES-256-GCM of OpenSSL's AES-CTR and the GHASH above; a nonce is 4 zero bytes and the number."""
    first = bytes(4) + number.to_bytes(8, "big")
    hash_key = openssl("enc", "-aes-256-ecb", "-nopad", "-K", key.hex(), data=bytes(16))
    mask = openssl("enc", "-aes-256-ecb", "-nopad", "-K", key.hex(), data=first + b"\0\0\0\1")
    lengths = (8 * len(authenticated)).to_bytes(8, "big") + (8 * len(content)).to_bytes(8, "big")
    padded = authenticated.ljust(-(-len(authenticated) // 16) * 16, b"\0")
    made = ghash(int.from_bytes(hash_key, "big"), padded + content + lengths) ^ int.from_bytes(mask, "big")
    check(made.to_bytes(16, "big") == tag, f"the tag of chunk {number} does not hold")
    return openssl("enc", "-d", "-aes-256-ctr", "-K", key.hex(), "-iv", (first + b"\0\0\0\2").hex(), data=content)


def owner_of(image):
    return decoded(image[:HEAD], filled=True)[0]


def manifest_of(image):
    return decoded(decoded(decoded(image[:HEAD], filled=True)[1])[2][2])


def wrapping_key(secret, owner):
    """Of what ECDH gives, for images that the owner with this key signs (RFC 9053, section 5.2)."""
    context = b"\x84\x24\x83\x58\x61" + owner + bytes.fromhex("f6f683f6f6f68219010044a101381e")
    # It has nils, which signed objects never have: 0xf6 becomes 0x00, an integer, for the decoder.
    nils = context.replace(owner, bytes(97)).replace(b"\xf6", b"\0")
    check(decoded(nils) == [-5, [bytes(97), 0, 0], [0, 0, 0], [256, b"\xa1\x01\x38\x1e"]], "the context is no CBOR")
    return hkdf(bytes(32), secret, context, 32)


def key_wrap(wrapping, key):
    """RFC 3394."""
    return openssl("enc", "-id-aes256-wrap", "-K", wrapping.hex(), "-iv", 8 * "a6", data=key)


def key_unwrap(wrapping, wrapped):
    return openssl("enc", "-d", "-id-aes256-wrap", "-K", wrapping.hex(), "-iv", 8 * "a6", data=wrapped)


def content_key(t, platform, image):
    """ECDH-ES with P-384, HKDF-SHA-256, AES-KW (RFC 9053, section 6.4.1)."""
    protected, unprotected, wrapped = manifest_of(image)[17][0]
    check(decoded(protected) == {1: -31} and unprotected[4] == hashlib.sha256(platform.point).digest(), "another recipient")
    public = unprotected[-1]
    check((public[1], public[-1], sorted(public)) == (2, 2, [-3, -2, -1, 1]), f"the ephemeral key is {public}")
    # SubjectPublicKeyInfo is that of the platform's key with another point.
    der = openssl("pkey", "-in", platform.path, "-pubout", "-outform", "DER")[:-96] + public[-2] + public[-3]
    (t.out / "ephemeral.pem").write_bytes(openssl("pkey", "-pubin", "-inform", "DER", data=der))
    secret = openssl("pkeyutl", "-derive", "-inkey", platform.path, "-peerkey", t.out / "ephemeral.pem")
    return key_unwrap(wrapping_key(secret, owner_of(image)), wrapped)


def chunk_place(index):
    group = HEAD + index // GROUP * (GROUP + 1) * CHUNK
    return group + index % GROUP * 16, group + (index % GROUP + 1) * CHUNK


@case()
def image_is_what_another_decoder_opens(t):
    run, platform = prepared(t)
    image = pack(t, run, conf_write(t)).read_bytes()
    owner, signed = decoded(image[:HEAD], filled=True)
    check(owner == point_of(run.token / "vm-owner.pem"), "the head begins with another key")
    manifest = signature_check(t, run.token / "vm-owner.pem", signed)
    check(list(manifest) == [1, 3, 5, 7, 12, 13, 14, 15, 16, 17], f"the keys are {list(manifest)}")
    check([manifest[key] for key in (1, 3, 5, 7)] == [4, "web", 3, 2], f"the manifest is {manifest}")
    check(manifest[13] == [2, 1, 2, 64 << 20, 0x40080000, manifest[16][1][1]], f"the machine is {manifest[13]}")
    check(manifest[14].hex() == run("measure", "box", "--digest", t.out / "box.bin").strip(), "another box")
    key = content_key(t, platform, image)
    count = sum(-(-piece[2] // CHUNK) for piece in manifest[16])
    check(len(image) == HEAD + CHUNK * (count + 1), "the file has another size")
    check([piece[0] for piece in manifest[16]] == [1, 2, 3, 4], "the parts are in another order")
    # The third is the last granule of the device tree: the property's token, its size, its name, and the command line.
    args, starts = b"console=ttyAMA0 quiet\0", {}
    starts[2], starts[3] = b"\xd0\x0d\xfe\xed", (3).to_bytes(4, "big") + len(args).to_bytes(4, "big")
    check(manifest[16][2][1:3] == [manifest[16][1][1] + 0x3000, CHUNK], "the command line is in another place")
    index = 0
    for (part, address, size, digest), name in zip(manifest[16], ("kernel", None, None, "initrd")):
        plain, granules = b"", bytes(32)
        for at in range(0, size, CHUNK):
            tag_at, chunk_at = chunk_place(index)
            head = manifest[12] + b"".join(number.to_bytes(4, "little") for number in (3, index, count, 0)) + \
                (address + at).to_bytes(8, "little")
            content = chunk_decrypt(key, index, head, image[chunk_at:chunk_at + CHUNK], image[tag_at:tag_at + 16])
            granules = hashlib.sha256(granules + (address + at).to_bytes(8, "little") +
                                      hashlib.sha256(content).digest()).digest()
            plain += content
            index += 1
        check(granules == digest, f"the digest of part {part} is another")
        check(not plain[size:].strip(b"\0"), f"part {part} is not filled up with zeros")
        check(plain.startswith(starts[part]) if name is None else plain[:size] == (t.out / name).read_bytes(),
              f"part {part} is another")
        check(part != 3 or plain[12:12 + len(args)] == args, "another command line")


@case()
def image_of_many_groups_has_its_chunks_in_their_places(t):
    run, platform = prepared(t, kernel_bytes=600 * CHUNK + 1)
    image = pack(t, run, conf_write(t, initrd=None)).read_bytes()
    manifest = manifest_of(image)
    key = content_key(t, platform, image)
    check(len(image) == HEAD + CHUNK * (603 + 3) and len(manifest[16]) == 3, "the file has another size")
    kernel = (t.out / "kernel").read_bytes().ljust(601 * CHUNK, b"\0")
    for index in (0, 255, 256, 511, 512, 600):
        tag_at, chunk_at = chunk_place(index)
        head = manifest[12] + b"".join(number.to_bytes(4, "little") for number in (3, index, 603, 0)) + \
            (0x40080000 + CHUNK * index).to_bytes(8, "little")
        content = chunk_decrypt(key, index, head, image[chunk_at:chunk_at + CHUNK], image[tag_at:tag_at + 16])
        check(content == kernel[index * CHUNK:(index + 1) * CHUNK], f"chunk {index} is another")


@case()
def images_of_one_description_differ_but_measure_alike(t):
    run, _ = prepared(t)
    conf = conf_write(t)
    first, second = (pack(t, run, conf, output=name) for name in ("first.rvm", "second.rvm"))
    check(first.read_bytes()[HEAD:] != second.read_bytes()[HEAD:], "two packings have the same key")
    told = [run("measure", "image", path) for path in (first, second, conf)]
    check(len(set(told)) == 1, f"measurements differ: {told}")
    vm = run("measure", "vm", "--box", t.out / "box.bin", "--kernel", t.out / "kernel", "--initrd", t.out / "initrd", "--args",
             "console=ttyAMA0 quiet", "--raw", "--vcpus", 2, "--memory", 64, "--class", "confidential", "--share", "rsi",
             "--digest")
    check(run("measure", "image", "--digest", first) == vm, "'measure vm' says something else")
    parts = json.loads(run("measure", "image", "--json", first))
    for change, name in (({"args": '"console=ttyAMA0"'}, "command-line"), ({"initrd": '"box.bin"'}, "initrd"),
                         ({"kernel": '"box.bin"'}, "kernel"), ({"box": f'"{64 * "0"}"'}, "box")):
        other = json.loads(run("measure", "image", "--json", conf_write(t, "other.conf", **change)))
        differ = {key for key in parts if parts[key] != other[key]}
        # The device tree has the end of the ramdisk in it.
        check(differ - {"measurement"} == ({name, "device-tree"} if name == "initrd" else {name}), f"{change}: {differ}")


@case()
def check_names_every_problem_with_its_line(t):
    run, _ = prepared(t)
    conf = t.out / "bad.conf"
    conf.write_text('nmae = "web";\nversion = 0;\ncounter = 4294967296;\nkernel = "nothing";\nmem0ry = 64;\nmemory = 63;\n'
                    'vcpus = 9;\nclass = "secret";\nraw = 1;\nargs = 7;\nshare = [1];\n')
    words = ["unknown-property: {0}:1:", "did you mean 'name'?", "bad-value: {0}:2:", "large-number: {0}:3:", "bad-file: {0}:4:",
             "unknown-property: {0}:5:", "did you mean 'memory'?", "bad-value: {0}:6:", "bad-value: {0}:7:",
             "bad-value: {0}:8:", "bad-value: {0}:9:", "bad-value: {0}:10:", "bad-value: {0}:11:",
             "missing-property: {0}: 'name'", "missing-property: {0}: 'box'"]
    for verb in (("check",), ("measure", "image")):
        run(*verb, conf, status=tool.CONFIGURATION, words=[word.format(conf) for word in words])
    pack(t, run, conf, output="other", status=tool.CONFIGURATION, words=["unknown-property"])
    check(not (t.out / "other").exists() and not (t.out / "other.new").exists(), "something was written all the same")


PROBLEMS = {
    "a_line_that_is_none": ("name web;\n", "syntax: {conf}:1:"),
    "a_name_given_twice": ('name = "a";\nname = "b";\n', "syntax: {conf}:2:"),
    "an_include": ('name = "a";\n@include "other"\n', "include: {conf}:2:"),
    "a_group": ("machine = { memory = 1; };\n", "unknown-property: {conf}:1:"),
    "a_word_far_from_any": ("password = 1;\n", "leave it out"),
    "nothing": ("", "missing-property: {conf}: 'kernel'"),
}


@case(*[(name, {"name": name}) for name in PROBLEMS])
def check_refuses_a_description_with(t, name):
    run, _ = prepared(t)
    text, word = PROBLEMS[name]
    (t.out / "bad.conf").write_text(text)
    run("check", t.out / "bad.conf", status=tool.CONFIGURATION, words=[word.format(conf=t.out / "bad.conf")])


@case()
def check_says_what_does_not_fit_together(t):
    run, _ = prepared(t)
    (t.out / "empty").write_bytes(b"")
    for changes, word in (({"share": None}, "bad-class: {0}:9:"), ({"class": None}, "bad-class: {0}:9:"),
                          ({"raw": "false"}, "cannot-place: {0}:4: kernel is not an arm64 Image"),
                          ({"memory": "2", "kernel": '"large"'}, "cannot-place: {0}:7: VM memory is too small"),
                          ({"initrd": '"empty"'}, "an empty file"), ({"kernel": '"."'}, "something else"),
                          ({"name": '"twelve-chars"'}, "bad-value: {0}:1:"), ({"args": '"a\\nb"'}, "bad-value: {0}:6:")):
        (t.out / "large").write_bytes(bytes(3 << 20))
        conf = conf_write(t, "bad.conf", **changes)
        run("check", conf, status=tool.CONFIGURATION, words=[word.format(conf)])
    said = run("check", conf_write(t, raw="true"))
    check(said.endswith("good: it can be packed\n"), f"a good one is refused: {said}")


def changed(data, at):
    return data[:at] + bytes((data[at] ^ 1,)) + data[at + 1:]


@case()
def check_refuses_images_that_do_not_hold(t):
    run, _ = prepared(t)
    path = pack(t, run, conf_write(t))
    good, bad, owner = path.read_bytes(), t.out / "bad.rvm", run.token / "vm-owner.pem"
    check("not checked: whose key" in run("check", path), "it does not say what was not checked")
    check("the owner is the one named" in run("check", path, "--owner", owner), "the owner is not checked")
    for data, status, word in ((good[:-1], tool.CONFIGURATION, "truncated"), (good + b"\0", tool.CONFIGURATION, "trailing"),
                               (good[:HEAD], tool.CONFIGURATION, "truncated"), (good[:50], tool.CONFIGURATION, "truncated"),
                               (changed(good, HEAD - 1), tool.CONFIGURATION, "trailing"),
                               (changed(good, HEAD + CHUNK - 1), tool.CONFIGURATION, "trailing"),
                               (changed(good, 300), tool.SIGNATURE, "signature"), (changed(good, 50), tool.POLICY, "owner")):
        bad.write_bytes(data)
        for verb in (("check", "--owner", owner), ("measure", "image")):
            if verb[0] == "check" or word not in ("owner",):
                run(*verb, bad, status=status, words=[f"{word}: {bad}"])
    run("check", path, "--owner", run.token / "policy.pem", status=tool.POLICY, words=["owner"])
    policy = run.policy()
    root = ["--root", run.token / "root.pem"]
    run("check", path, "--policy", policy, *root, status=tool.ROLLBACK, words=["rolled-back"])
    newer = pack(t, run, conf_write(t, counter="6"), output="newer.rvm")
    check("the policy names the owner" in run("check", newer, "--policy", policy, *root), "the policy is not asked")
    told = json.loads(run("check", newer, "--json", "--policy", policy, *root))
    check(told["owner_checked_against"] == "policy" and told["counter"] == 6 and len(told["platforms"]) == 1, f"{told}")


@case()
def pack_writes_all_or_nothing(t):
    run, _ = prepared(t)
    conf, out = conf_write(t), t.out / "web.rvm"
    for options, status, words in ((["--key", "policy"], tool.POLICY, ["role: policy", "expected: vm"]),
                                   (["--key", "ghost"], tool.WRONG_STATE, ["key-missing"]),
                                   (["--platform", t.out / "box.bin"], tool.CONFIGURATION, ["not-a-public-key"]),
                                   (["--platform", t.out / "platform.pem"], tool.USAGE, ["platform-twice"]),
                                   (["-o", t.out / "no/where"], tool.FAILED, ["file-unwritable"])):
        pack(t, run, conf, *options, status=status, words=words)
        check(not out.exists() and not list(t.out.glob("*.new")), "something was left")
    run.on_token("pack", conf, "-o", out, status=tool.USAGE, words=["option-missing: --platform"])
    pack(t, run, conf)
    before = out.read_bytes()
    pack(t, run, conf, "--key", "policy", status=tool.POLICY)
    check(out.read_bytes() == before, "a refused run changed the file")


@case()
def pack_warns_of_a_vm_that_says_nothing(t):
    run, _ = prepared(t)
    # Raw binaries need no console; so the kernel has a header: an Image of 64 KiB at offset 0x80000.
    header = bytes(8) + (0x80000).to_bytes(8, "little") + (0x10000).to_bytes(8, "little") + bytes(32) + b"ARM\x64" + bytes(4)
    (t.out / "kernel").write_bytes(header.ljust(30000, b"\1"))
    for args, is_warned in ((None, True), ('"quiet"', True), ('"console=ttyS0"', True), ('"console=ttyAMA01"', True),
                            ('"console=ttyAMA0,115200"', False), ('"quiet console=hvc0"', False)):
        conf = conf_write(t, raw="false", args=args)
        done = subprocess.run([run.program, "check", conf], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        check(done.returncode == 0 and ("warning: no-console" in done.stderr) == is_warned, f"{args}: {done.stderr}")


@case()
def platform_key_is_derived_as_the_format_says(t):
    run = Tool(t)
    run.keys()
    package = run.package()
    (t.out / "rom.bin").write_bytes(b"rom")
    points = set()
    for lifecycle, number in (("development", 0x5a5a0001), ("production", 0xa5a50002)):
        flash, public = t.out / "flash", t.out / "platform.pem"
        told = json.loads(run("provision", "--rom", t.out / "rom.bin", "--package", package, "--root", run.token / "root.pem",
                              "--lifecycle", lifecycle, "--platform-key", public, "--json", "-o", flash))
        with open(flash, "rb") as stream:
            stream.seek(0x3f000)
            page = stream.read(4096)
        check(int.from_bytes(page[12:16], "little") == number, f"{lifecycle}: the device is of another lifecycle")
        point = derived_point(page, "image wrap", page[16:48])
        check(point_of(public) == point, f"{lifecycle}: the platform's key is another")
        check(told["platform_key_sha256"] == hashlib.sha256(point).hexdigest(), "its digest is another")
        points.add(point)
    check(len(points) == 2, "two devices have one key")


def image_header(text_offset, image_size):
    """Of an arm64 Image (Linux, Documentation/arch/arm64/booting.rst)."""
    return bytes(8) + text_offset.to_bytes(8, "little") + image_size.to_bytes(8, "little") + (10).to_bytes(8, "little") + \
        bytes(24) + b"ARM\x64" + bytes(4)


@case()
def stub_stands_before_the_kernel(t):
    """What is in an image with `secret`, chunk by chunk; and which descriptions cannot have it."""
    run, platform = prepared(t)
    stub = (t.build / "keyed.bin").read_bytes()
    kernel = image_header(0, 0x10000).ljust(30000, b"\1")
    (t.out / "kernel").write_bytes(kernel)
    asks = {"raw": None, "secret": f'"{t.build / "keyed.bin"}"'}
    path = pack(t, run, conf_write(t, counter="70000", **asks))
    image = path.read_bytes()
    manifest = manifest_of(image)
    key, (_, address, size, _) = content_key(t, platform, image), manifest[16][0]
    check((address, size) == (0x401fe000, 30000 + 2 * CHUNK), f"the kernel's piece is {address:#x}, {size} bytes")
    plain, count = b"", sum(-(-piece[2] // CHUNK) for piece in manifest[16])
    for index in range(-(-size // CHUNK)):
        tag_at, chunk_at = chunk_place(index)
        head = manifest[12] + b"".join(number.to_bytes(4, "little") for number in (3, index, count, 0)) + \
            (address + CHUNK * index).to_bytes(8, "little")
        plain += chunk_decrypt(key, index, head, image[chunk_at:chunk_at + CHUNK], image[tag_at:tag_at + 16])
    expected = stub[:16] + (0x12000).to_bytes(8, "little") + (10).to_bytes(8, "little") + stub[32:72] + \
        (70000).to_bytes(4, "little") + stub[76:]
    check(plain[:2 * CHUNK] == expected.ljust(2 * CHUNK, b"\0"), "the stub or its page is another")
    check(plain[2 * CHUNK:size] == kernel, "the kernel behind it is another")
    check(run("measure", "image", path) == run("measure", "image", conf_write(t, counter="70000", **asks)), "it measures otherwise")
    (t.out / "old").write_bytes(image_header(0x80000, 0x10000).ljust(30000, b"\1"))
    (t.out / "broken").write_bytes(image_header(0, 0x10000)[:60])
    for changes, word in (({"class": None, "share": None}, "no-secret: {0}:10:"), ({"raw": "true"}, "no-secret: {0}:13:"),
                          ({"secret": '"broken"'}, "no-stub: {0}:12:"), ({"secret": '"nothing"'}, "bad-file: {0}:12:"),
                          ({"secret": '"box.bin"'}, "file-too-large"), ({"kernel": '"old"'}, "no-stub: {0}:4:"),
                          ({"kernel": '"broken"'}, "cannot-place: {0}:4:"), ({"secret": "true"}, "bad-value: {0}:12:")):
        conf = conf_write(t, "bad.conf", **{**asks, **changes})
        run("check", conf, status=tool.CONFIGURATION, words=[word.format(conf)])
