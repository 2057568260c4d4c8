# SPDX-License-Identifier: BSD-3-Clause
"""Keys that a device derives from its secret (docs/formats.md), by Python alone: HKDF, and points of P-384, round keys of AES-256."""
import hmac

# P-384 (SEC 2, section 2.5.1): prime, order, generator.
P = 2**384 - 2**128 - 2**96 + 2**32 - 1
N = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973
G = (0xaa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7,
     0x3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f)


def hkdf(salt, secret, info, count):
    """RFC 5869."""
    pseudorandom, made, block = hmac.digest(salt, secret, "sha256"), b"", b""
    for number in range(1, -(-count // 32) + 1):
        block = hmac.digest(pseudorandom, block + info + bytes((number,)), "sha256")
        made += block
    return made[:count]


def times(number, point):
    """Of P-384, affine (SEC 1, section 2.2.1)."""
    result = None
    while number:
        if number & 1:
            result = added(result, point)
        point, number = added(point, point), number >> 1
    return result


def added(a, b):
    if a is None or b is None:
        return a or b
    slope = (3 * a[0] * a[0] - 3) * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def identity_of(flash):
    """The identity page in an image of secure flash (abi/identity.h)."""
    with open(flash, "rb") as stream:
        stream.seek(0x3f000)
        return stream.read(4096)


def derived_point(page, label, digest):
    """The public half of a key of the device with this identity page: 56 bytes modulo the order less 1, plus 1."""
    info = label.encode().ljust(16, b"\0") + bytes(8) + page[12:16] + bytes(4) + digest
    material = int.from_bytes(hkdf(b"redoubt keys 1", page[48:80], info, 56), "big")
    x, y = times(material % (N - 1) + 1, G)
    return b"\4" + x.to_bytes(48, "big") + y.to_bytes(48, "big")


def aes_doubled(byte):
    """Times x in GF(2^8) of FIPS 197."""
    return byte << 1 ^ (0x11b if byte & 0x80 else 0)


def aes_boxes():
    """The substitution box (FIPS 197, section 5.1.1): powers of 3 are all of the group, and its inverse is 3 to the 254th."""
    powers = [1]
    for _ in range(254):
        powers.append(powers[-1] ^ aes_doubled(powers[-1]))
    boxes = [0x63] * 256
    for exponent, power in enumerate(powers):
        inverse = powers[-exponent % 255]
        for turn in range(5):
            boxes[power] ^= (inverse << turn | inverse >> 8 - turn) & 0xff
    return boxes


def aes_schedule(key):
    """All round keys of AES-256, 240 bytes (FIPS 197, section 5.2)."""
    boxes, constant = aes_boxes(), 1
    words = [key[at:at + 4] for at in range(0, 32, 4)]
    for number in range(8, 60):
        word = words[-1]
        if number % 8 == 0:
            word = bytes(boxes[byte] for byte in word[1:] + word[:1])
            word = bytes((word[0] ^ constant,)) + word[1:]
            constant = aes_doubled(constant)
        elif number % 8 == 4:
            word = bytes(boxes[byte] for byte in word)
        words.append(bytes(a ^ b for a, b in zip(words[number - 8], word)))
    return b"".join(words)
