# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Reads abi/*.abi: one fact a row. The language is described at the top of abi/pjrt.abi."""

import re
import shlex

from model import PRIMITIVES, Abi, AbiError, Call, Callback, Enum, Field, Since, Struct, Type, Union, result_of
from resolve import check

FLAGS = {"optional", "own", "taken", "bytes", "cstr", "required"}
KEYS = {"len", "cols", "sizes", "own", "life", "when"}


MODES = ("sized", "size", "plain")
READS = ("message", "code", "destroy")


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

    def row_tried(self, row):
        match = re.fullmatch(rf"{self.abi.major}\.(\d+)", row[0])
        if not match or int(match.group(1)) < self.abi.minor:
            self.fail(f"'{row[0]}' is no version from {self.abi.major}.{self.abi.minor} on")
        self.abi.tried = int(match.group(1))

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
        if mode not in MODES:
            self.fail(f"'{mode}' is not sized, size or plain")
        struct = Struct(self.where, name, mode, since)
        struct.relaid = "relaid" in found
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
        found, since = self.options(row[2:], flags=("relaid", "given"), keys=("size", "reason"))
        self.open_struct(row[0], row[1], found, since).given = "given" in found

    def row_call(self, row):
        if row[1] not in ("error", "void"):
            self.fail(f"'{row[1]}' is not error or void")
        if len(row) < 3 or row[2] not in MODES:
            self.fail(f"how does {row[0]}_Args start: sized, size or plain?")
        found, since = self.options(row[3:], flags=("relaid",), keys=("size", "reason", "pointer"))
        call = Call(self.where, row[0], row[1], since=since, pointer=found.get("pointer", ""))
        self.new("calls", row[0], call)
        call.args = self.open_struct(row[0] + "_Args", row[2], found, since)
        call.args.call = call

    def row_table(self, row):
        found, since = self.options(row[2:], keys=("size", "reason", "error", *READS))
        table = self.open_struct(row[0], row[1], found, since)
        table.table, table.error = True, found.get("error")
        table.reads = {key: found[key] for key in READS if key in found}
        self.abi.tables.append(table)

    def row_slot(self, row):
        table = self.struct
        if table is None or not table.table:
            self.fail("'slot' outside a table")
        name, _, called = row[0].partition("=")
        call = self.abi.calls.get(called or name)
        if call is None:
            self.fail(f"no 'call {called or name}' before this")
        if call.table is not None:
            self.fail(f"{call.name} is in {call.table.name} already")
        if call.result == "error" and table.error is None:
            self.fail(f"{table.name} needs error=TYPE: what {call.name} answers with")
        if any(other.name == name for other in table.fields()):
            self.fail(f"'{name}' is in {table.name} twice")
        found, since = self.options(row[1:], flags=("required",))
        call.since = since or call.since or table.since
        call.args.since = call.since
        call.required = "required" in found
        call.index = len(table.slots)
        call.table, call.field = table, name
        table.slots.append(call)
        kind = Type("fn", 0, "", result_of(call), f"{call.args.name}* args")
        table.members.append(Field(self.where, "in", name, kind, since))

    def row_note(self, row):
        self.abi.notes.append(" ".join(row))

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


def load(path, shown, needs=None):
    with open(path, encoding="utf-8") as file:
        abi = Reader(shown, file.read(), needs).read()
    check(abi)
    return abi
