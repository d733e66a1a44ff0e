# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What can only be checked when a whole file is read, since rows may look ahead."""

from layout import Layout
from model import PRIMITIVES, AbiError, Union

KINDS = ("handles", "typedefs", "enums", "callbacks", "structs")

READS = {"message": ("error", "message", "message_size"), "code": ("error", "code"), "destroy": ("error",)}


def fail(where, message):
    raise AbiError(f"{where}: {message}")


def check(abi):
    for struct in abi.structs.values():
        for entry in struct.fields():
            check_references(abi, struct, entry)
        for member in struct.members:
            if isinstance(member, Union):
                check_union(abi, struct, member)
        check_order(struct)
        if struct.given:
            check_given(struct)
        check_size(abi, struct)
    for table in abi.tables:
        check_table(abi, table)
    for call in abi.calls.values():
        if abi.tables and call.table is None:
            fail(call.where, f"{call.name} is in no table")
    if "floor" in abi.options and abi.name == "pjrt" and abi.tried is None:
        fail(f"{abi.path}:1", "no 'tried' row: which is the newest plugin that was tried?")
    check_extension(abi)


def check_references(abi, struct, entry):
    names = {other.name for other in struct.fields()}
    base = entry.type.base
    if base != "fn" and base not in PRIMITIVES and not any(abi.find(kind, base) for kind in KINDS):
        fail(entry.where, f"unknown type '{base}'")
    for key in ("len", "cols", "sizes"):
        if key in entry.attributes and entry.attributes[key] not in names:
            fail(entry.where, f"{key}={entry.attributes[key]}: no such field in {struct.name}")
    own = entry.attributes.get("own")
    if isinstance(own, str) and own not in names:
        fail(entry.where, f"own={own}: no such field in {struct.name}")


def check_union(abi, struct, member):
    tag = next((f for f in struct.fields() if f.name == member.tag), None)
    enum = abi.find("enums", tag.type.base) if tag else None
    if enum is None:
        fail(member.where, f"tag={member.tag} is not an enum field of {struct.name}")
    known = {name for name, _, _ in enum.values}
    for arm in member.arms:
        if arm.attributes["when"] not in known:
            fail(arm.where, f"'{arm.attributes['when']}' is no value of {enum.name}")


def check_order(struct):
    """A field between older ones moves them, so older plugins have another struct under the same name."""
    newest = 0
    moved = False
    for entry in struct.fields():
        since = entry.since.high if entry.since else 0
        if since < newest:
            moved = True
            if not struct.relaid:
                fail(entry.where, f"'{entry.name}' is older than what stands before it; {struct.name} is not relaid")
        newest = max(newest, since)
    if struct.relaid and not moved:
        fail(struct.where, f"{struct.name} is relaid, but each field is as new as those before it")


def check_size(abi, struct):
    """The number that upstream has instead of ours ends behind one of the fields, or it is a slip of the pen here."""
    if struct.size is None:
        return
    placed = Layout(abi, struct)
    ends = {placed.offsets[name] + placed.sizes[name] for name in placed.offsets}
    if struct.size not in ends:
        fail(struct.where, f"size={struct.size} is not the end of any field of {struct.name}")
    if struct.size == placed.end:
        fail(struct.where, f"size={struct.size} is what {struct.name} has anyway")


def check_given(struct):
    """Our functions find whose they are by the address that the plugin hands back."""
    functions = [entry for entry in struct.fields() if entry.type.parameters is not None]
    if not functions:
        fail(struct.where, f"{struct.name} is given, but has no functions")
    for entry in functions:
        if not entry.type.parameters.replace(" ", "").startswith(struct.name + "*"):
            fail(entry.where, f"'{entry.name}' does not take {struct.name}* first, so nothing says whose it is")
        if entry.type.result != "void":
            fail(entry.where, f"'{entry.name}' gives {entry.type.result}; only void is known")


def check_table(abi, table):
    fields = {call.field: call for call in table.slots}
    placed = Layout(abi, table)
    small = next((f for f in table.fields() if placed.sizes[f.name] % 8 and placed.offsets[f.name] + 8 < placed.end), None)
    if small is not None:
        fail(small.where, f"'{small.name}' is no whole word and not the last field of {table.name}")
    if table.error is not None and abi.find("handles", table.error) is None and abi.find("structs", table.error) is None:
        fail(table.where, f"error={table.error}: unknown type")
    for key, name in table.reads.items():
        if name not in fields:
            fail(table.where, f"{key}={name}: no such slot in {table.name}")
        names = {entry.name for entry in fields[name].args.fields()}
        for needed in READS[key]:
            if needed not in names:
                fail(fields[name].where, f"{name} reads {table.error}, but has no '{needed}'")
    if abi.extension and table.error not in (None, "PJRT_Error") and set(table.reads) != set(READS):
        fail(table.where, f"{table.error} can only be read with message=, code= and destroy=")


def check_extension(abi):
    """An extension's main table comes last, and those that it points to before it."""
    if not abi.extension:
        return
    types = abi.find("enums", "PJRT_Extension_Type")
    if types is None or abi.extension not in {name for name, _, _ in types.values}:
        fail(f"{abi.path}:1", f"extension={abi.extension} is no value of PJRT_Extension_Type")
    if abi.table is None:
        fail(f"{abi.path}:1", f"{abi.prefix} has no table")
    first = next(iter(abi.table.fields()), None)
    if first is None or (first.name, first.type.base, first.type.pointers) != ("base", abi.base, 0):
        fail(abi.table.where, f"{abi.table.name} does not start with 'in base {abi.base}'")
    pointed = {entry.type.base for entry in abi.table.fields() if entry.type.pointers == 1}
    for table in abi.tables[:-1]:
        if table.name not in pointed:
            fail(table.where, f"{abi.table.name} has no pointer to {table.name}")
        if table.mode == "plain":
            fail(table.where, f"{table.name} does not say its size, so an older one cannot be told")
