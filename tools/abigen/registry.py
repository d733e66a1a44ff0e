# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Reads abi/*.abi: one fact a row. The language is described at the top of abi/pjrt.abi."""

import re
import shlex
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
    slots: list = field(default_factory=list)  # Call, in table order
    table: Struct = None
    needs: object = None

    @property
    def name(self):
        return self.options["name"]

    @property
    def extension(self):
        return self.options.get("extension")

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
FLAGS = {"optional", "own", "taken", "bytes", "cstr", "required"}
KEYS = {"len", "cols", "sizes", "own", "life", "when"}


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


class Reader:
    def __init__(self, path, text, needs=None):
        self.abi = Abi(path, needs=needs)
        self.path, self.text = path, text
        self.where = ""
        self.struct = self.union = self.enum = None

    def fail(self, message):
        raise AbiError(f"{self.where}: {message}")

    def words(self, text):
        lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
        lexer.whitespace_split, lexer.commenters = True, "#"
        try:
            return list(lexer)
        except ValueError as error:
            self.fail(str(error).lower())

    def read(self):
        for number, line in enumerate(self.text.split("\n"), 1):
            self.where = f"{self.path}:{number}"
            row = self.words(line)
            if not row:
                continue
            handler = getattr(self, "row_" + row[0], None)
            if handler is None:
                self.fail(f"unknown row '{row[0]}'")
            if not self.abi.prefix and row[0] != "abi":
                self.fail("the first row must be 'abi'")
            try:
                handler(row[1:])
            except (IndexError, ValueError):
                self.fail(f"incomplete or malformed '{row[0]}' row")
        if not self.abi.prefix:
            self.fail("no 'abi' row")
        return self.abi

    def since(self, word):
        match = re.fullmatch(r"(\d+)\.(\d+)(?:\.\.(\d+)\.(\d+))?", word)
        if not match:
            self.fail(f"'{word}' is not a version such as 0.95 or 0.82..0.90")
        low = int(match.group(2))
        high = int(match.group(4)) if match.group(4) else low
        if high < low or high > self.abi.minor:
            self.fail(f"'{word}' is no version up to {self.abi.major}.{self.abi.minor}")
        return Since(low, high)

    def options(self, row, flags=(), keys=()):
        """Splits trailing words into flags, key=value pairs and the since."""
        found, since, i = {}, None, 0
        while i < len(row):
            word = row[i]
            key, equals, value = word.partition("=")
            if word == "since":
                since = self.since(row[i + 1])
                i += 1
            elif equals and key in keys:
                found[key] = value
            elif word in flags:
                found[word] = True
            else:
                self.fail(f"unknown attribute '{word}'")
            i += 1
        return found, since

    def new(self, kind, name, value):
        if self.abi.find(kind, name) is not None:
            self.fail(f"'{name}' is declared twice")
        getattr(self.abi, kind)[name] = value

    # Rows.

    def row_abi(self, row):
        self.abi.prefix = row[0]
        major, minor = row[1].split(".")
        self.abi.major, self.abi.minor = int(major), int(minor)
        keys = ("name", "base", "floor", "upstream", "needs", "extension", "version")
        self.abi.options, _ = self.options(row[2:], keys=keys)
        for key in ("name", "upstream"):
            if key not in self.abi.options:
                self.fail(f"'abi' needs {key}=")

    def row_refuse(self, row):
        found, _ = self.options(row[1:], keys=("reason",))
        if "reason" not in found:
            self.fail("a refused version needs a reason")
        self.abi.refused.append((self.since(row[0]).high, found["reason"]))

    def row_handle(self, row):
        for name in row:
            if self.abi.find("handles", name):
                self.fail(f"'{name}' is declared twice")
            self.abi.handles.append(name)

    def row_typedef(self, row):
        if row[1] not in PRIMITIVES:
            self.fail(f"unknown type '{row[1]}'")
        self.new("typedefs", row[0], row[1])

    def row_enum(self, row):
        self.struct = self.union = None
        self.enum = Enum(self.where, row[0], "tag" in row[1:])
        self.new("enums", row[0], self.enum)

    def row_value(self, row):
        if self.enum is None:
            self.fail("'value' outside an enum")
        _, since = self.options(row[2:])
        self.enum.values.append((row[0], int(row[1], 0), since))

    def callback(self, row, pointer):
        match = re.match(r"^(.*?)\s*\((.*)\)$", " ".join(row[1:]))
        if not match:
            self.fail("expected: NAME RETURN (PARAMETERS)")
        value = Callback(self.where, row[0], match.group(1), match.group(2), pointer)
        self.new("callbacks", row[0], value)

    def row_callback(self, row):
        self.callback(row, True)

    def row_function(self, row):
        self.callback(row, False)

    def open_struct(self, name, mode, found, since):
        if mode not in ("sized", "size", "plain"):
            self.fail(f"'{mode}' is not sized, size or plain")
        struct = Struct(self.where, name, mode, since)
        if "size" in found:
            struct.size, struct.reason = int(found["size"]), found.get("reason", "")
            if not struct.reason:
                self.fail("size= needs a reason=")
        if mode != "plain":
            struct.members.append(Field(self.where, "in", "struct_size", Type("size_t", 0, "size_t")))
        if mode == "sized":
            kind = Type(self.abi.base, 1, self.abi.base + "*")
            struct.members.append(Field(self.where, "in", "extension_start", kind))
        self.new("structs", name, struct)
        self.struct, self.union, self.enum = struct, None, None
        return struct

    def row_struct(self, row):
        found, since = self.options(row[2:], keys=("size", "reason"))
        self.open_struct(row[0], row[1], found, since)

    def row_call(self, row):
        if row[1] not in ("error", "void"):
            self.fail(f"'{row[1]}' is not error or void")
        found, since = self.options(row[2:], keys=("size", "reason"))
        call = Call(self.where, row[0], row[1], since=since)
        self.new("calls", row[0], call)
        call.args = self.open_struct(row[0] + "_Args", "sized", found, since)
        call.args.call = call

    def row_table(self, row):
        if self.abi.table:
            self.fail("a second table")
        found, since = self.options(row[2:], keys=("size", "reason"))
        self.abi.table = self.open_struct(row[0], row[1], found, since)
        self.abi.table.table = True

    def row_slot(self, row):
        if self.struct is None or self.struct is not self.abi.table:
            self.fail("'slot' outside a table")
        call = self.abi.calls.get(row[0])
        if call is None:
            self.fail(f"no 'call {row[0]}' before this")
        found, since = self.options(row[1:], flags=("required",))
        call.since = since or call.since or self.abi.table.since
        call.args.since = call.since
        call.required = "required" in found
        call.index = len(self.abi.slots)
        self.abi.slots.append(call)
        result = "void" if call.result == "void" else self.abi.base.split("Extension")[0] + "Error*"
        kind = Type("fn", 0, "", result, f"{call.args.name}* args")
        self.struct.members.append(Field(self.where, "in", row[0], kind, since))

    def row_oldsize(self, row):
        if row[1] != "before":
            raise ValueError
        found, _ = self.options(row[3:], keys=("reason",))
        if self.struct is None or "reason" not in found:
            self.fail("'oldsize' belongs in a struct and needs a reason")
        self.struct.old_sizes.append((int(row[0]), self.since(row[2]).high, found["reason"]))

    def row_union(self, row):
        if self.struct is None:
            self.fail("'union' outside a struct")
        found, _ = self.options(row, keys=("tag",))
        self.union = Union(self.where, found["tag"]) if "tag" in found else self.fail("a union needs tag=")
        self.struct.members.append(self.union)

    def row_in(self, row):
        self.union = None
        self.add_field("in", row)

    def row_out(self, row):
        self.union = None
        self.add_field("out", row)

    def row_inout(self, row):
        self.union = None
        self.add_field("inout", row)

    def row_arm(self, row):
        if self.union is None:
            self.fail("'arm' outside a union")
        self.add_field("in", row)

    def add_field(self, direction, row):
        if self.struct is None:
            self.fail("a field outside a struct")
        kind, rest = self.read_type(row[1:])
        found, since = self.options(rest, flags=FLAGS, keys=KEYS)
        added = Field(self.where, direction, row[0], kind, since, found, self.union)
        if any(other.name == added.name for other in self.struct.fields()):
            self.fail(f"'{added.name}' is in {self.struct.name} twice")
        if self.union is not None:
            if "when" not in found:
                self.fail("an arm needs when=")
            self.union.arms.append(added)
        else:
            self.struct.members.append(added)

    def read_type(self, row):
        if row[0] == "fn":
            text = " ".join(row[1:])
            depth = end = 0
            for end, letter in enumerate(text):
                depth += (letter == "(") - (letter == ")")
                if letter == ")" and depth == 0:
                    break
            match = re.match(r"^(.*?)\s*\((.*)\)$", text[: end + 1])
            if not match:
                self.fail("expected: fn RETURN (PARAMETERS)")
            return Type("fn", 0, "", match.group(1), match.group(2)), text[end + 1 :].split()
        count = 0
        while count < len(row) and re.fullmatch(r"const|[A-Za-z_]\w*\**|\*+", row[count]):
            if row[count] in FLAGS or row[count] == "since":
                break
            count += 1
        text = " ".join(row[:count])
        bases = [word for word in re.findall(r"\w+", text) if word != "const"]
        if len(bases) != 1:
            self.fail(f"cannot read the type '{text}'")
        return Type(bases[0], text.count("*"), text), row[count:]


def check(abi):
    """References must resolve; done when the whole file is read, since rows may look ahead."""

    def fail(where, message):
        raise AbiError(f"{where}: {message}")

    for struct in abi.structs.values():
        names = {entry.name for entry in struct.fields()}
        for entry in struct.fields():
            base = entry.type.base
            if base != "fn" and base not in PRIMITIVES and not any(
                abi.find(kind, base) for kind in ("handles", "typedefs", "enums", "callbacks", "structs")
            ):
                fail(entry.where, f"unknown type '{base}'")
            for key in ("len", "cols", "sizes"):
                if key in entry.attributes and entry.attributes[key] not in names:
                    fail(entry.where, f"{key}={entry.attributes[key]}: no such field in {struct.name}")
            own = entry.attributes.get("own")
            if isinstance(own, str) and own not in names:
                fail(entry.where, f"own={own}: no such field in {struct.name}")
        for member in struct.members:
            if isinstance(member, Union):
                tag = next((f for f in struct.fields() if f.name == member.tag), None)
                enum = abi.find("enums", tag.type.base) if tag else None
                if enum is None:
                    fail(member.where, f"tag={member.tag} is not an enum field of {struct.name}")
                known = {name for name, _, _ in enum.values}
                for arm in member.arms:
                    if arm.attributes["when"] not in known:
                        fail(arm.where, f"'{arm.attributes['when']}' is no value of {enum.name}")
    for call in abi.calls.values():
        if abi.table is not None and call.index < 0:
            fail(call.where, f"{call.name} is in no table")


def load(path, shown, needs=None):
    with open(path, encoding="utf-8") as file:
        abi = Reader(shown, file.read(), needs).read()
    check(abi)
    return abi
