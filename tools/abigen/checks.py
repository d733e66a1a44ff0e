# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Static asserts on every offset and size, and the fake plugin's tables."""

from emit import banner
from layout import Layout, minor_of, older_minors, older_name, steps


def asserts(abis, sources):
    out = banner(sources)
    out += ["/* Fails to compile where the compiler lays a struct out differently from the registry. */"]
    out += ["#include <stddef.h>", ""]
    out += [f'#include "ryft/abi/{abi.name}.h"' for abi in abis]
    out += ["", "#define RYFT__AT(type, field, offset) \\"]
    out += ['  _Static_assert(offsetof(type, field) == (offset), #type "." #field " moved")']
    out += ["#define RYFT__SIZE(type, size) _Static_assert(sizeof(type) == (size), #type \" changed its size\")", ""]
    for abi in abis:
        for enum in abi.enums.values():
            name = f"enum {enum.name}" if enum.tagged else enum.name
            out.append(f"RYFT__SIZE({name}, 4);")
        for struct in abi.structs.values():
            placed = Layout(abi, struct)
            out.append(f"RYFT__SIZE({struct.name}, {placed.sizeof});")
            out += [f"RYFT__AT({struct.name}, {name}, {at});" for name, at in placed.offsets.items()]
            for minor in older_minors(abi, struct):
                older, placed = older_name(abi, struct, minor), Layout(abi, struct, minor)
                out.append(f"RYFT__SIZE({older}, {placed.sizeof});")
                out += [f"RYFT__AT({older}, {name}, {at});" for name, at in placed.offsets.items()]
    return "\n".join(out) + "\n"


def fake_slots(abi, source):
    out = banner([source])
    out.append("/* RYFT_SLOT(index, name, since_minor): the core table, in order. Define RYFT_SLOT, then include. */")
    for call in abi.slots:
        out.append(f"RYFT_SLOT({call.index}, {call.name}, {minor_of(call, abi.floor)})")
    return "\n".join(out) + "\n"


def fake_includes(extensions, sources):
    out = banner(sources)
    return "\n".join(out + [f'#include "ryft/abi/{abi.name}.h"' for abi in extensions]) + "\n"


def fake_extensions(extensions, sources):
    out = banner(sources)
    out += [
        "/*",
        " * What extensions there are; define what is wanted of these, then include:",
        " *   RYFT_EXT(owner, table, type, since_minor)         an extension's own table",
        " *   RYFT_EXT_INNER(owner, table, field, inner)        a table that it points to",
        " *   RYFT_EXT_SLOT(owner, table, field, name, since_minor, says_its_size, error)",
        " *   RYFT_EXT_VOID(owner, table, field, name, since_minor, says_its_size)",
        " */",
    ]
    for name, count in (("RYFT_EXT", 4), ("RYFT_EXT_INNER", 4), ("RYFT_EXT_SLOT", 7), ("RYFT_EXT_VOID", 6)):
        parameters = ", ".join("abcdefg"[:count])
        out += [f"#ifndef {name}", f"#define {name}({parameters})", "#endif"]
    for abi in extensions:
        types = {name: since for name, _, since in abi.find("enums", "PJRT_Extension_Type").values}
        first = types[abi.extension].high if types[abi.extension] else abi.floor
        out.append(f"RYFT_EXT({abi.name}, {abi.table.name}, {abi.extension}, {first})")
        for table in abi.tables[:-1]:
            field = next(f.name for f in abi.table.fields() if f.type.base == table.name)
            out.append(f"RYFT_EXT_INNER({abi.name}, {abi.table.name}, {field}, {table.name})")
        for call in abi.slots:
            sized = 0 if call.args.mode == "plain" else 1
            row = f"{abi.name}, {call.table.name}, {call.field}, {call.name}, {minor_of(call, first)}, {sized}"
            out.append(f"RYFT_EXT_VOID({row})" if call.result == "void" else f"RYFT_EXT_SLOT({row}, {call.table.error})")
    out += [f"#undef {name}" for name in ("RYFT_EXT", "RYFT_EXT_INNER", "RYFT_EXT_SLOT", "RYFT_EXT_VOID")]
    return "\n".join(out) + "\n"


def fake_sizes(abis, sources):
    out = banner(sources)
    out += [
        "/*",
        " * RYFT_SIZE(struct, since_minor, size): the STRUCT_SIZE that a plugin of a minor was compiled with is that of",
        " * the last row of the struct whose since_minor is not above it. Define RYFT_SIZE, then include.",
        " */",
    ]
    for abi in abis:
        for struct in abi.structs.values():
            out += [f"RYFT_SIZE({struct.name}, {minor}, {size})" for minor, size in steps(abi, struct)]
    return "\n".join(out) + "\n"
