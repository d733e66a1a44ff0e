# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What the registry knows, as objects."""

import re
from dataclasses import dataclass, field


class AbiError(Exception):
    """A bad row; the text starts with file:line."""


@dataclass(frozen=True)
class Since:
    """The minor that brought something; `low` differs from `high` when only bounds are known."""

    low: int
    high: int

    def text(self, major=0):
        if self.low == self.high:
            return f"{major}.{self.high}"
        return f"{major}.{self.low}..{major}.{self.high}"


@dataclass
class Type:
    """`base` with `pointers`, or a pointer to function when `parameters` is not None."""

    base: str
    pointers: int = 0
    text: str = ""  # as written, without the name
    result: str = ""
    parameters: object = None

    def declare(self, name):
        if self.parameters is not None:
            return f"{spell(self.result)}(*{name})({spell_parameters(self.parameters)})"
        text = spell(self.text)
        return f"{text}{name}"


@dataclass
class Field:
    where: str
    direction: str
    name: str
    type: Type
    since: Since = None
    attributes: dict = field(default_factory=dict)
    arm_of: object = None  # the Union, when this is one of its arms


@dataclass
class Union:
    where: str
    tag: str
    arms: list = field(default_factory=list)


@dataclass
class Struct:
    where: str
    name: str
    mode: str
    since: Since = None
    size: int = None
    reason: str = ""
    members: list = field(default_factory=list)  # Field or Union, in memory order
    old_sizes: list = field(default_factory=list)  # (size, before, reason)
    call: object = None
    table: bool = False
    given: bool = False  # functions of ours, for the plugin to call
    relaid: bool = False  # a later minor put a field between older ones
    error: str = None  # of a table: the type that its calls answer with
    reads: dict = field(default_factory=dict)  # of a table: what reads its errors -> Call
    slots: list = field(default_factory=list)  # of a table: Call, in order

    def fields(self):
        for member in self.members:
            if isinstance(member, Union):
                yield from member.arms
            else:
                yield member


@dataclass
class Call:
    where: str
    name: str
    result: str  # error or void
    args: Struct = None
    since: Since = None
    required: bool = False
    index: int = -1
    table: Struct = None
    field: str = ""  # what the table calls it
    pointer: str = ""  # upstream's name of the pointer to it, where there is one


@dataclass
class Enum:
    where: str
    name: str
    tagged: bool = False
    values: list = field(default_factory=list)  # (name, number, Since or None)


@dataclass
class Callback:
    where: str
    name: str
    result: str
    parameters: str
    pointer: bool


@dataclass
class Abi:
    path: str
    prefix: str = ""
    major: int = 0
    minor: int = 0
    options: dict = field(default_factory=dict)
    refused: list = field(default_factory=list)  # (minor, reason)
    handles: list = field(default_factory=list)
    typedefs: dict = field(default_factory=dict)
    enums: dict = field(default_factory=dict)
    callbacks: dict = field(default_factory=dict)
    structs: dict = field(default_factory=dict)
    calls: dict = field(default_factory=dict)
    tables: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    tried: int = None  # the newest minor of a plugin that the library was tried with
    needs: object = None

    @property
    def name(self):
        return self.options["name"]

    @property
    def extension(self):
        return self.options.get("extension")

    @property
    def title(self):
        """What the extension is called in messages and headings."""
        return self.extension[len("PJRT_Extension_Type_"):] if self.extension else ""

    @property
    def table(self):
        """The one that everything else hangs off: an extension's starts with its header."""
        return self.tables[-1] if self.tables else None

    @property
    def slots(self):
        return [call for table in self.tables for call in table.slots]

    @property
    def floor(self):
        if "floor" in self.options:
            return int(self.options["floor"].split(".")[1])
        return self.needs.floor

    @property
    def base(self):
        return self.options.get("base") or self.needs.base

    def find(self, kind, name):
        """Looks a declaration up here and in the file this one needs."""
        mine = getattr(self, kind)
        if name in mine:
            return mine[name] if isinstance(mine, dict) else name
        return self.needs.find(kind, name) if self.needs else None


PRIMITIVES = {
    "void": 1, "bool": 1, "char": 1, "int": 4, "float": 4, "double": 8, "size_t": 8,
    "int8_t": 1, "int16_t": 2, "int32_t": 4, "int64_t": 8,
    "uint8_t": 1, "uint16_t": 2, "uint32_t": 4, "uint64_t": 8, "intptr_t": 8, "uintptr_t": 8,
}


def spell(text):
    """C spelling with the star next to the name: 'const char *', 'PJRT_Device *const *'."""
    text = re.sub(r"\s*\*\s*", "*", text.strip())
    text = re.sub(r"\*const\s*", "*const ", text)
    text = re.sub(r"(?<=[\w])\*", " *", text)
    text = re.sub(r"\*const \*", "*const *", text)
    return text if text.endswith(("*", " ")) else text + " "


def spell_parameters(text):
    parts = []
    for part in split_parameters(text):
        match = re.match(r"^(.*\*|.*?\bconst|\w[\w ]*?)\s*(\w+)$", part)
        if "(" in part or not match:
            parts.append(re.sub(r"(\w)\*", r"\1 *", part))
        else:
            parts.append(spell(match.group(1)) + match.group(2))
    return ", ".join(parts) or "void"


def split_parameters(text):
    parts, depth, current = [], 0, ""
    for letter in text:
        depth += (letter == "(") - (letter == ")")
        if letter == "," and depth == 0:
            parts.append(current.strip())
            current = ""
        else:
            current += letter
    if current.strip():
        parts.append(current.strip())
    return parts


def result_of(call):
    """The type that a call's function gives."""
    return "void" if call.result == "void" else call.table.error + "*"
