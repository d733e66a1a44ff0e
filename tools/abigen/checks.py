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
