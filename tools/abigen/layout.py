# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Where every field lies: the C layout rules of LP64, at the newest or at any older minor."""

from model import PRIMITIVES, AbiError, Union


def align_up(value, alignment):
    return (value + alignment - 1) // alignment * alignment


def type_layout(abi, kind, minor):
    """(size, alignment) of a type."""
    if kind.pointers or kind.parameters is not None:
        return 8, 8
    base = kind.base
    if base in PRIMITIVES:
        return PRIMITIVES[base], PRIMITIVES[base]
    typedef = abi.find("typedefs", base)
    if typedef:
        return PRIMITIVES[typedef], PRIMITIVES[typedef]
    if abi.find("enums", base):
        return 4, 4
    callback = abi.find("callbacks", base)
    if callback and callback.pointer:
        return 8, 8
    struct = abi.find("structs", base)
    if struct:
        placed = Layout(abi, struct, minor)
        return placed.sizeof, placed.alignment
    raise AbiError(f"{abi.path}: {base} has no size of its own")


def minor_of(entry, default=0):
    return entry.since.high if entry.since else default


class Layout:
    """Offsets and sizes of one struct as a plugin or caller of `minor` sees it."""

    def __init__(self, abi, struct, minor=None):
        self.struct = struct
        self.newest = minor is None
        self.minor = abi.minor if minor is None else minor
        self.offsets, self.sizes = {}, {}
        self.alignment = 1
        self.end = 0  # behind the last field
        position = 0
        for member in struct.members:
            arms = member.arms if isinstance(member, Union) else [member]
            arms = [arm for arm in arms if minor_of(arm) <= self.minor]
            if not arms:
                continue
            shapes = [type_layout(abi, arm.type, minor) for arm in arms]
            size, alignment = max(s for s, _ in shapes), max(a for _, a in shapes)
            position = align_up(position, alignment)
            for arm, (arm_size, _) in zip(arms, shapes):
                self.offsets[arm.name], self.sizes[arm.name] = position, arm_size
            position += align_up(size, alignment) if isinstance(member, Union) else size
            self.alignment = max(self.alignment, alignment)
            self.end = position
        self.sizeof = align_up(position, self.alignment)

    @property
    def struct_size(self):
        """What X_STRUCT_SIZE is at this minor, with upstream's slips."""
        if self.struct.size is not None:
            return self.struct.size
        if not self.newest:
            for size, before, _ in self.struct.old_sizes:
                if self.minor < before:
                    return size
        return self.end


def older_minors(abi, struct):
    """The first minor of each layout that a relaid struct had before the newest."""
    if not struct.relaid:
        return []
    sinces = {minor_of(entry) for entry in struct.fields()} | {abi.floor}
    return [minor for minor in sorted(sinces) if minor >= abi.floor][:-1]


def older_name(abi, struct, minor):
    return f"{struct.name}_v{abi.major}_{minor}"


def steps(abi, struct):
    """[(minor, STRUCT_SIZE)]: every minor at which the size changed, oldest first."""
    start = max(abi.floor, minor_of(struct))
    minors = {start}
    minors.update(minor_of(entry) for entry in struct.fields() if minor_of(entry) > start)
    minors.update(before for _, before, _ in struct.old_sizes if before > start)
    found = []
    for minor in sorted(minors):
        size = Layout(abi, struct, minor).struct_size
        if not found or found[-1][1] != size:
            found.append((minor, size))
    return found
