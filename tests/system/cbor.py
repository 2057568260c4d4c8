# SPDX-License-Identifier: BSD-3-Clause
"""CBOR (RFC 8949, section 3), for the kinds of items that signed objects have. It shares nothing with the product."""
from harness import check


class Tagged:
    def __init__(self, number, item):
        self.number, self.item = number, item


class Raw:
    """Bytes that stand for an item, or for several, whatever they are."""

    def __init__(self, data):
        self.data = data


class Decoder:
    """Heads of any length."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        check(self.at + count <= len(self.data), "an item goes on after the end")
        self.at += count
        return self.data[self.at - count:self.at]

    def item(self):
        head = self.take(1)[0]
        kind, argument = head >> 5, head & 31
        if argument >= 24:
            argument = int.from_bytes(self.take(1 << argument - 24), "big")
        if kind == 0:
            return argument
        if kind == 1:
            return -1 - argument
        if kind in (2, 3):
            return self.take(argument) if kind == 2 else self.take(argument).decode("ascii")
        if kind == 4:
            return [self.item() for _ in range(argument)]
        if kind == 5:
            return {self.item(): self.item() for _ in range(argument)}
        check(kind == 6, f"an item of kind {kind}")
        return ("tag", argument, self.item())


def decoded(data, filled=False):
    decoder = Decoder(data)
    item = decoder.item()
    rest = data[decoder.at:]
    check(not rest.strip(b"\0") if filled else not rest, "something follows the object")
    return item


def head(kind, argument):
    """The shortest one."""
    if argument < 24:
        return bytes((kind << 5 | argument,))
    size = next(size for size in (0, 1, 2, 3) if argument < 1 << (8 << size))
    return bytes((kind << 5 | 24 + size,)) + argument.to_bytes(1 << size, "big")


def encoded(item):
    """In the core deterministic encoding (section 4.2.1), for maps whose keys are given in order."""
    if isinstance(item, int):
        return head(0, item) if item >= 0 else head(1, -1 - item)
    if isinstance(item, bytes):
        return head(2, len(item)) + item
    if isinstance(item, str):
        return head(3, len(item)) + item.encode("ascii")
    if isinstance(item, (list, tuple)):
        return head(4, len(item)) + b"".join(map(encoded, item))
    if isinstance(item, dict):
        return head(5, len(item)) + b"".join(encoded(part) for pair in item.items() for part in pair)
    if isinstance(item, Raw):
        return item.data
    return head(6, item.number) + encoded(item.item)
