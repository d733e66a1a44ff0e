# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The tables behind the field gate, the printer and the messages: data, no code."""

from calls import function_id
from emit import banner, short, wrap
from gates import gated_fields, is_handle_like, newest_gate, pointed_struct
from layout import Layout, minor_of
from model import AbiError

NONE = 255

HEADER = """\
/* What the registry knows, for code that treats all functions alike. The types are in abi/describe.h. */
#ifndef RYFT_SRC_ABI_GEN_TABLES_H
#define RYFT_SRC_ABI_GEN_TABLES_H

#include "src/abi/describe.h"
"""


class Names:
    """One pool of NUL-terminated names; a name's id is its offset."""

    def __init__(self):
        self.ids, self.order, self.size = {}, [], 0
        self.add("")

    def add(self, name):
        if name not in self.ids:
            self.ids[name] = self.size
            self.order.append(name)
            self.size += len(name) + 1
            if self.size > 65535:
                raise AbiError("abigen: the pool of names is full; widen ryft__name")
        return self.ids[name]


class Tables:
    def __init__(self, abis):
        self.abis = abis
        self.names = Names()
        self.enums = [(abi, e) for abi in abis for e in abi.enums.values() if e.values]
        self.enum_ids = {e.name: i for i, (_, e) in enumerate(self.enums)}
        self.structs = [
            (abi, s) for abi in abis for s in abi.structs.values() if not s.table and not is_handle_like(s)
        ]
        self.struct_ids = {s.name: i for i, (_, s) in enumerate(self.structs)}
        self.calls = [(abi, call) for abi in abis for call in abi.slots]

    def header(self, sources):
        out = banner(sources) + HEADER.split("\n")
        out.append("/* Functions: the core table's in order, then each extension's. */")
        out.append("enum {")
        out += [f"  {function_id(abi, call)} = {i}," for i, (abi, call) in enumerate(self.calls)]
        out.append(f"  RYFT__FN_COUNT = {len(self.calls)}")
        out += ["};", ""]
        core = sum(1 for abi, _ in self.calls if not abi.extension)
        out += [f"enum {{ RYFT__FN_CORE_COUNT = {core} }};", ""]
        out.append("/* Structs, by their names. */")
        out.append("enum {")
        out += [f"  RYFT__STRUCT_{short(abi, s.name)} = {i}," for i, (abi, s) in enumerate(self.structs)]
        out.append(f"  RYFT__STRUCT_COUNT = {len(self.structs)}")
        out += ["};", ""]
        out.append("/* Enums whose values have names. */")
        out.append("enum {")
        out += [f"  RYFT__ENUM_{short(abi, e.name)} = {i}," for i, (abi, e) in enumerate(self.enums)]
        out.append(f"  RYFT__ENUM_COUNT = {len(self.enums)}")
        out += ["};", ""]
        core_abi = self.abis[0]
        out.append("/* The oldest minor that the library speaks to. */")
        out.append(f"enum {{ RYFT__MINOR_FLOOR = {core_abi.floor} }};")
        out += ["", "/* The newest that it was tried with. */"]
        out.append(f"enum {{ RYFT__MINOR_TRIED = {core_abi.tried} }};")
        out += ["", "/* The largest of the structs. */"]
        out.append(f"enum {{ RYFT__STRUCT_MAX = {max(Layout(abi, s).sizeof for abi, s in self.structs)} }};")
        for abi, call in self.calls:
            check_inner(abi, call)
        out += ["", "#endif /* RYFT_SRC_ABI_GEN_TABLES_H */"]
        return "\n".join(out) + "\n"

    # The source file.

    def source(self, sources):
        body = self.functions() + self.struct_rows() + self.enum_rows() + self.refusals()
        out = banner(sources)
        out += ['#include "src/abi/gen/tables.h"', "", "#include <stddef.h>", ""]
        out += ['#include "ryft/abi/pjrt.h"']
        out += [f'#include "ryft/abi/{abi.name}.h"' for abi in self.abis if abi.extension]
        out += ["", "#if defined(__clang__)"]
        out += ['#pragma clang diagnostic ignored "-Woverlength-strings"', "#elif defined(__GNUC__)"]
        out += ['#pragma GCC diagnostic ignored "-Woverlength-strings"', "#endif", ""]
        out += body
        out.append(f"const char ryft__names[{self.names.size}] =")
        out += wrap('    "', [name + "\\0" for name in self.names.order[:-1]], separator="", width=96)
        out = close_strings(out)
        out += [f'    "{self.names.order[-1]}";']
        return "\n".join(out) + "\n"

    def functions(self):
        out = ["/* name, since, args struct, offset in its table, newest gate, flags */"]
        out.append("const ryft__fn ryft__fns[RYFT__FN_COUNT] = {")
        owners = {None: 0}
        for abi, call in self.calls:
            owner = owners.setdefault(abi.extension, len(owners))
            flags = (1 if call.required else 0) | (2 if call.result == "void" else 0)
            offset = Layout(abi, call.table).offsets[call.field]
            out.append(
                f"    {{{self.names.add(call.name)}, {minor_of(call, abi.floor)}, "
                f"{self.struct_ids[call.args.name]}, {offset}, {newest_gate(abi, call.args)}, {owner}, {flags}}},"
            )
        out += ["};", ""]
        out.append("/* What a function's table is called in messages, by fn.owner. */")
        out.append("const ryft__owner ryft__owners[] = {")
        titles = {abi.extension: abi.title for abi in self.abis if abi.extension}
        for extension in owners:
            title = titles.get(extension, "")
            out.append(f"    {{{self.names.add(title)}, {extension or -1}}},")
        return out + ["};", ""]

    def struct_rows(self):
        fields, gates, rows = [], [], []
        for abi, struct in self.structs:
            placed = Layout(abi, struct)
            mine = [self.field(abi, struct, placed, entry) for entry in struct.fields()]
            gated = gated_fields(abi, struct)
            rows.append(
                f"    {{{self.names.add(struct.name)}, {len(fields)}, {len(gates)}, {placed.sizeof}, "
                f"{len(mine)}, {len(gated)}, {newest_gate(abi, struct)}}},"
            )
            fields += mine
            gates += gated
        out = ["/* name, first field, first gate, sizeof, fields, gates, newest gate */"]
        out += ["const ryft__struct ryft__structs[RYFT__STRUCT_COUNT] = {"] + rows + ["};", ""]
        out.append("/* name, refers to, offset, size, kind, shape, flags, since, length, inner length, tag, when */")
        out += [f"const ryft__field ryft__fields[{len(fields)}] = {{"] + fields + ["};", ""]
        out.append("/* Fields that the gate looks at, as indices within their struct. */")
        out.append(f"const unsigned char ryft__gates[{max(1, len(gates))}] = {{")
        out += wrap("    ", [f"{gate}," for gate in gates] or ["0"])
        return out + ["};", ""]

    def field(self, abi, struct, placed, entry):
        names = [other.name for other in struct.fields()]
        found = entry.attributes
        kind, shape, ref = self.kind(abi, entry)

        def index(key):
            return names.index(found[key]) if key in found else NONE

        inner = index("cols") if "cols" in found else index("sizes")
        flags = {"in": 1, "out": 2, "inout": 3}[entry.direction]
        tag = when = NONE
        if entry.arm_of is not None:
            tag = names.index(entry.arm_of.tag)
            enum = abi.find("enums", next(f for f in struct.fields() if f.name == entry.arm_of.tag).type.base)
            when = next(number for name, number, _ in enum.values if name == found["when"])
        since = entry.since.high if entry.since else 0
        return (
            f"    {{{self.names.add(entry.name)}, {ref}, {placed.offsets[entry.name]}, "
            f"{placed.sizes[entry.name]}, RYFT__KIND_{kind}, RYFT__SHAPE_{shape}, {flags}, {since}, "
            f"{index('len')}, {inner}, {tag}, {when}}},"
        )

    def kind(self, abi, entry):
        """(kind of element, shape, struct or enum id)."""
        kind, found = entry.type, entry.attributes
        if kind.parameters is not None:
            return "FUNCTION", "VALUE", 0
        callback = abi.find("callbacks", kind.base)
        if callback:
            return "FUNCTION", "VALUE", 0
        if entry.name in ("struct_size", "extension_start"):
            return ("HIDDEN" if entry.name == "struct_size" else "EXTENSIONS"), "VALUE", 0
        if kind.base == "char" and kind.pointers:
            return self.text_kind(kind, found)
        scalar, ref = self.scalar(abi, kind)
        nested = pointed_struct(abi, entry)
        if nested is not None and nested.name in self.struct_ids:
            ref = self.struct_ids[nested.name]
            if kind.pointers == 0:
                return "STRUCT", "VALUE", ref
            if "len" not in found:
                return "STRUCT", "ONE", ref
            return "STRUCT", ("ARRAY" if kind.pointers == 1 else "POINTERS"), ref
        if kind.pointers == 0:
            return scalar, "VALUE", ref
        if "len" not in found:
            return "POINTER", "VALUE", 0
        if kind.pointers == 1:
            return (scalar, "ARRAY", ref) if scalar != "POINTER" else ("POINTER", "VALUE", 0)
        if kind.pointers == 3 and "cols" in found:
            return "POINTER", "MATRIX", 0
        return "POINTER", "ARRAY", 0

    def text_kind(self, kind, found):
        if kind.pointers == 2 and "sizes" in found:
            return "TEXT", "STRINGS", 0
        if "cstr" in found:
            return "TEXT", "CSTRING", 0
        if kind.pointers == 1 and "len" in found:
            return ("BYTES" if "bytes" in found else "TEXT"), "COUNTED", 0
        return "POINTER", "VALUE", 0

    def scalar(self, abi, kind):
        base = abi.find("typedefs", kind.base) or kind.base
        enum = abi.find("enums", base)
        if enum:
            return "ENUM", self.enum_ids[enum.name]
        if base in ("int", "int8_t", "int16_t", "int32_t", "int64_t", "intptr_t"):
            return "SIGNED", width(base)
        if base in ("size_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"):
            return "UNSIGNED", width(base)
        if base == "uintptr_t":
            return "POINTER", 0
        if base == "bool":
            return "BOOL", 1
        if base in ("float", "double"):
            return "FLOAT", width(base)
        return "POINTER", 0

    def enum_rows(self):
        values, rows = [], []
        for _, enum in self.enums:
            rows.append(f"    {{{self.names.add(enum.name)}, {len(values)}, {len(enum.values)}}},")
            for name, number, since in sorted(enum.values, key=lambda value: value[1]):
                values.append(f"    {{{self.names.add(name)}, {since.high if since else 0}, {number}}},")
        out = ["/* name, first value, values */"]
        out += ["const ryft__enum ryft__enums[RYFT__ENUM_COUNT] = {"] + rows + ["};", ""]
        out.append("/* name, since, number; sorted by number */")
        out += [f"const ryft__enumerator ryft__enumerators[{len(values)}] = {{"] + values + ["};", ""]
        return out

    def refusals(self):
        out = ["/* Minors refused at load; ends with 0. */", "const ryft__refusal ryft__refusals[] = {"]
        for abi in self.abis:
            out += [f'    {{{minor}, "{reason}"}},' for minor, reason in abi.refused]
        return out + ["    {0, NULL},", "};", ""]


def check_inner(abi, call):
    """src/abi/grow.c enlarges one struct that args point to, not two."""
    inner = [
        entry
        for entry in call.args.fields()
        if entry.type.pointers == 1
        and entry.direction != "out"
        and "len" not in entry.attributes
        and (pointed_struct(abi, entry) or call.args).mode != "plain"
        and pointed_struct(abi, entry) is not None
    ]
    if inner[1:]:
        raise AbiError(f"{inner[1].where}: {call.name} points to two structs with sizes of their own; see src/abi/grow.c")


def width(base):
    return {"int": 4, "size_t": 8, "float": 4, "double": 8, "intptr_t": 8}.get(base) or int(
        "".join(letter for letter in base if letter.isdigit())
    ) // 8


def close_strings(lines):
    return [line + '"' if line.startswith('    "') and not line.endswith('"') else line for line in lines]
