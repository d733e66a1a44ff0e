# SPDX-License-Identifier: Apache-2.0 OR MIT
"""docs/abi.md: the registry for people."""

from emit import banner, remarks
from layout import Layout
from model import Union, spell, spell_parameters


def write(abis, sources):
    core = abis[0]
    out = banner(sources, "md")
    out += ["", "# The PJRT ABI, as this library knows it", ""]
    out += [
        f"Version {core.major}.{core.minor}; plugins from {core.major}.{core.floor} on can be loaded, and newer ones too.",
        "A version such as 0.82..0.90 means: absent in 0.81, present in 0.90, and nobody wrote down when between; the",
        "library then acts as if it came with the later one. Sizes are what `struct_size` must hold, in bytes.",
        "",
    ]
    for minor, reason in core.refused:
        out += [f"A plugin of exactly {core.major}.{minor} is refused: {reason}.", ""]
    for abi in abis:
        out += chapter(abi)
    return "\n".join(out) + "\n"


def chapter(abi):
    title = f"Extension {abi.title}" if abi.extension else {"pjrt": "The core table"}.get(abi.name, "The XLA FFI")
    out = [f"## {title}", ""]
    for table in abi.tables:
        out += slots(abi, table)
    out += ["", "### Structs", ""]
    for struct in abi.structs.values():
        if not struct.table:
            out += structure(abi, struct)
    out += ["### Enums", ""] if abi.enums else []
    for enum in abi.enums.values():
        out += [f"**{enum.name}**: " + ", ".join(value_text(abi, value) for value in enum.values), ""]
    out += callbacks(abi)
    return out


def slots(abi, table):
    if not table.slots:
        return []
    out = [f"{table.name}:", ""] if abi.tables[1:] else []
    out += ["| # | function | since | args | |", "|---|---|---|---|---|"]
    for call in table.slots:
        size = Layout(abi, call.args).struct_size
        note = "required" if call.required else ""
        out.append(f"| {call.index} | `{call.name}` | {since_text(abi, call)} | {size} | {note} |")
    return out


def since_text(abi, thing):
    return thing.since.text(abi.major) if thing.since else f"≤ {abi.major}.{abi.floor}"


def value_text(abi, value):
    name, number, since = value
    return f"`{name}` {number}" + (f" ({since.text(abi.major)})" if since else "")


def callbacks(abi):
    if not abi.callbacks:
        return []
    out = ["### Callbacks", "", "```c"]
    for callback in abi.callbacks.values():
        star = f"(*{callback.name})" if callback.pointer else callback.name
        out.append(f"{spell(callback.result)}{star}({spell_parameters(callback.parameters)});")
    return out + ["```", ""]


def structure(abi, struct):
    placed = Layout(abi, struct)
    since = f", since {struct.since.text(abi.major)}" if struct.since else ""
    out = [f"**{struct.name}** ({placed.struct_size}{since})", ""]
    if struct.size is not None:
        out += [f"Not {placed.end}: {struct.reason}.", ""]
    for size, before, reason in struct.old_sizes:
        out += [f"Before {abi.major}.{before} the size was given as {size}: {reason}.", ""]
    rows = []
    for member in struct.members:
        arms = member.arms if isinstance(member, Union) else [member]
        for entry in arms:
            if entry.name in ("struct_size", "extension_start") and struct.mode == "sized":
                continue
            declared = entry.type.declare(entry.name).replace("|", "\\|")
            rows.append(f"| {placed.offsets[entry.name]} | `{declared}` | {remarks(entry, abi.major)} |")
    if rows:
        out += ["| offset | field | |", "|---|---|---|"] + rows + [""]
    return out
