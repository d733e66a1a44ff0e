# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Which inputs an older plugin would overlook, so that a caller must be told."""

from layout import minor_of
from model import AbiError


def base_minor(abi, struct):
    return max(abi.floor, minor_of(struct))


def enum_newest(abi, entry, base):
    """The newest enumerator of an enum input, when one is newer than what holds it. Zero is the default: no gate."""
    enum = abi.find("enums", entry.type.base)
    if enum is None or entry.type.pointers:
        return 0
    newest = max((since.high for _, number, since in enum.values if since and number), default=0)
    return newest if newest > base else 0


def pointed_struct(abi, entry):
    """The struct that a field embeds or points to, if we walk into it."""
    if entry.type.parameters is not None or entry.type.pointers > 2:
        return None
    if entry.type.pointers == 2 and "len" not in entry.attributes:
        return None
    struct = abi.find("structs", entry.type.base)
    if struct is None or struct.name.endswith("_Extension_Base") or not struct.members:
        return None
    return None if is_handle_like(struct) else struct


def is_handle_like(struct):
    """PJRT_Error and PJRT_Memory became structs with a vtable, but remain handles to everybody."""
    names = [entry.name for entry in struct.fields()]
    return names == ["vtable"]


def gate_of(abi, struct, entry, base):
    """The newest minor that an input can depend on, 0 when it is as old as its struct."""
    if entry.direction == "out" or entry.name in ("struct_size", "extension_start"):
        return 0
    newest = max(minor_of(entry), enum_newest(abi, entry, base))
    nested = pointed_struct(abi, entry)
    if nested is not None:
        newest = max(newest, newest_gate(abi, nested, base))
    if entry.arm_of is not None and newest > base:
        raise AbiError(f"{entry.where}: an arm newer than its struct cannot be gated")
    return newest if newest > base else 0


def newest_gate(abi, struct, base=0):
    base = max(base, base_minor(abi, struct))
    return max((gate_of(abi, struct, entry, base) for entry in struct.fields()), default=0)


def gated_fields(abi, struct):
    """Indices of the fields that the field gate must look at."""
    base = base_minor(abi, struct)
    return [i for i, entry in enumerate(struct.fields()) if gate_of(abi, struct, entry, base)]


def join_conditions(conditions):
    return " ||\n       ".join(conditions)


def newer_inputs(abi, struct, path):
    """C conditions of which one holds when a gated input is set: a first look, far cheaper than the gate's own walk.
    None when that cannot be said so simply, as for enums, embedded structs and lists of structs."""
    base = base_minor(abi, struct)
    out = []
    fields = list(struct.fields())
    for entry in (fields[i] for i in gated_fields(abi, struct)):
        nested = pointed_struct(abi, entry)
        if minor_of(entry) > base:
            if not entry.type.pointers and abi.find("structs", entry.type.base) is not None:
                return None
            out.append(f"{path}->{entry.name}")
            continue
        if nested is None or entry.type.pointers != 1 or "len" in entry.attributes:
            return None
        inner = newer_inputs(abi, nested, f"{path}->{entry.name}")
        if inner is None:
            return None
        out.append(f"({path}->{entry.name} && ({join_conditions(inner)}))")
    return out
