# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The raw headers: the ABI under the names that the field knows."""

from emit import banner, remarks
from layout import Layout, older_minors, older_name
from model import Union, result_of, spell, spell_parameters

def write(abi, source):
    guard = f"RYFT_ABI_{abi.name.upper()}_H"
    upstream = abi.options["upstream"].split(",")
    out = banner([source])
    out.append("/**")
    out.append(f" * @file {abi.name}.h")
    version = abi.options.get("version", "")
    for line in abi.notes:
        out.append(f" * {line.format(major=abi.major, minor=abi.minor, version=version)}".rstrip())
    out += [" */", f"#ifndef {guard}", f"#define {guard}", ""]
    out += ["#if " + " || ".join(f"defined({name})" for name in upstream)] if upstream[1:] else [f"#ifdef {upstream[0]}"]
    out += [
        f'#error "upstream\'s header came before ryft/abi/{abi.name}.h and declares the same names: '
        f'use only one of them, or this one first"'
    ]
    out += ["#else"]
    out += [f"#define {name} /* upstream's header, if it follows, adds nothing */" for name in upstream] + [""]
    out += ["#include <stdbool.h>", "#include <stddef.h>", "#include <stdint.h>", ""]
    if abi.needs:
        out += [f'#include "ryft/abi/{abi.needs.name}.h"', ""]
    out += ["#ifdef __cplusplus", 'extern "C" {', "#endif", ""]
    out += constants(abi)
    out += forward(abi)
    for enum in abi.enums.values():
        out += enumeration(abi, enum)
    for name, target in abi.typedefs.items():
        out += [f"typedef {target} {name};", ""]
    for callback in abi.callbacks.values():
        out += callback_type(callback)
    out.append("")
    for struct in abi.structs.values():
        out += structure(abi, struct)
    out += ["#ifdef __cplusplus", "}", "#endif", "", f"#endif /* {upstream[0]} */", f"#endif /* {guard} */"]
    return "\n".join(out) + "\n"


def constants(abi):
    if abi.extension:
        name = abi.prefix.replace("PJRT_", "PJRT_API_").upper() + "_EXTENSION_VERSION"
        return [f"enum {{ {name} = {abi.options['version']} }};", ""]
    return [f"enum {{ {abi.prefix}_API_MAJOR = {abi.major}, {abi.prefix}_API_MINOR = {abi.minor} }};", ""]


def forward(abi):
    out = [f"typedef struct {name} {name};" for name in abi.handles]
    out += [f"typedef struct {name} {name};" for name in abi.structs]
    return out + [""]


def enumeration(abi, enum):
    head = f"enum {enum.name} {{" if enum.tagged else f"typedef enum {enum.name} {{"
    out = [head]
    for name, number, since in enum.values:
        note = f" /* since {since.text(abi.major)} */" if since else ""
        out.append(f"  {name} = {number},{note}")
    out += ["};" if enum.tagged else f"}} {enum.name};", ""]
    return out


def callback_type(callback):
    star = f"(*{callback.name})" if callback.pointer else callback.name
    return [f"typedef {spell(callback.result)}{star}({spell_parameters(callback.parameters)});"]


def structure(abi, struct):
    placed = Layout(abi, struct)
    notes = []
    if struct.call:
        notes.append(f"Arguments of {struct.call.name}")
    if struct.table:
        notes.append("A table of entry points" if abi.tables[1:] else "The table of entry points")
    if struct.since:
        notes.append("since " + struct.since.text(abi.major))
    if struct.size is not None:
        notes.append(f"STRUCT_SIZE is {struct.size}, not {placed.end}: {struct.reason}")
    out = []
    if notes:
        text = "; ".join(notes)
        out.append(f"/* {text[0].upper() + text[1:]}. */")
    out.append(f"struct {struct.name} {{")
    for member in struct.members:
        if isinstance(member, Union):
            out.append("  union {")
            out += ["  " + line for arm in member.arms for line in field_lines(abi, struct, arm)]
            out.append(f"  }}; /* which one: {member.tag} */")
        else:
            out += field_lines(abi, struct, member)
    out += ["};", f"enum {{ {struct.name}_STRUCT_SIZE = {placed.struct_size} }};"]
    if struct.call:
        call = struct.call
        out.append(f"typedef {spell(result_of(call))}{call.name}({struct.name} *args);")
        if call.pointer:
            out.append(f"typedef {call.name} *{call.pointer};")
    out.append("")
    for minor in older_minors(abi, struct):
        out += older(abi, struct, minor)
    return out


def older(abi, struct, minor):
    """A layout that a relaid struct had."""
    name, placed = older_name(abi, struct, minor), Layout(abi, struct, minor)
    out = [f"/* {struct.name} as it was in {abi.major}.{minor}. */", f"typedef struct {name} {{"]
    for entry in struct.fields():
        if entry.name in placed.offsets:
            out += field_lines(abi, struct, entry)
    return out + [f"}} {name};", f"enum {{ {name}_STRUCT_SIZE = {placed.struct_size} }};", ""]


def field_lines(abi, struct, entry):
    declared = "  " + entry.type.declare(entry.name) + ";"
    if entry.name in ("struct_size", "extension_start"):
        return [declared]
    if struct.table and entry.type.parameters is not None:
        note = "since " + entry.since.text(abi.major) if entry.since else ""
    else:
        note = remarks(entry, abi.major)
    if not note:
        return [declared]
    if len(declared) + len(note) + 7 <= 100:
        return [f"{declared} /* {note} */"]
    return [f"  /* {note} */", declared]
