# SPDX-License-Identifier: BSD-3-Clause
"""Writer of cpio archives in the "newc" format. The bytes depend on names, modes and contents only: no date, owner or
inode of this machine shows, since measurements are computed from such archives.
Source: Linux Documentation/driver-api/early-userspace/buffer-format.rst.
"""
import stat


def record(number, name, mode, content=b""):
    """One member: magic, 13 fields of eight hex digits, name and content, each padded to four bytes."""
    links = 2 if stat.S_ISDIR(mode) else 1
    raw_name = name.encode() + b"\0"
    fields = (number, mode, 0, 0, links, 0, len(content), 0, 0, 0, 0, len(raw_name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + raw_name
    return head + bytes(-len(head) % 4) + content + bytes(-len(content) % 4)


def archive(members):
    """The archive of (name, mode, content), in the order given."""
    records = [record(number, *member) for number, member in enumerate(members, 1)]
    return b"".join(records) + record(0, "TRAILER!!!", 0)
