#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Makes the table in src/core/option_age.c: between which minors of PJRT each compile option came or went.

    tools/option_ages.py describe PLUGIN >0.81.tsv     what a plugin says that it knows; it is loaded for its version
    tools/option_ages.py rows *.tsv                    the table, from such descriptions; one for each minor at least
    tools/option_ages.py compare *.tsv                 exits 1 when the table is another; says in what

Plugins are large and their descriptions small, so it goes in two steps. See docs/design/option-ages.md.
"""

import argparse
import ctypes
import glob
import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
TABLE = os.path.join(ROOT, "src", "core", "option_age.c")
# Where XLA has had the messages that ours are made after.
FILES = ("xla/pjrt/proto/compile_options.proto", "xla/xla.proto", "xla/xla_data.proto", "xla/autotuning.proto",
         "xla/autotune_results.proto", "xla/stream_executor/device_description.proto",
         "xla/stream_executor/cuda/cuda_compute_capability.proto",
         "xla/stream_executor/sycl/oneapi_compute_capability.proto", "xla/pjrt/gpu/gpu_topology.proto",
         "xla/pjrt/proto/gpu_topology.proto", "xla/tsl/protobuf/dnn.proto")
# The numbers of descriptor.proto.
FILE_NAME, FILE_MESSAGE, FILE_LAST = 1, 4, 14
NAME, FIELD, NESTED = 1, 2, 3
FIELD_NUMBER = 3
VARINT, BYTES = 0, 2
PJRT_API_MINOR_OFFSET = 36  # struct_size, extension_start; then struct_size, extension_start, major, minor


def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        at, shift = at + 1, shift + 7
        if data[at - 1] < 128:
            return value, at


def wire(data):
    """(number, value) of the fields, up to what cannot be one."""
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        value, at = varint(data, at)
        if tag & 7 == BYTES:
            value, at = data[at:at + value], at + value
        elif tag & 7 != VARINT:
            return
        if at > len(data):
            return
        yield tag >> 3, value


def fields_of(message, prefix):
    """{(message, field): number}, with those of the messages within."""
    parts = list(wire(message))
    name = prefix + next(value.decode() for number, value in parts if number == NAME)
    found = {}
    for number, value in parts:
        if number == FIELD:
            about = dict(wire(value))
            found[name, about[NAME].decode()] = about[FIELD_NUMBER]
        elif number == NESTED:
            found.update(fields_of(value, name + "."))
    return found


def file_at(data, at):
    """The fields that the FileDescriptorProto there describes; nobody knows how long it is."""
    found = {}
    named = False
    for number, value in wire(memoryview(data)[at:at + (1 << 20)].tobytes()):
        if not 0 < number <= FILE_LAST or (number == FILE_NAME and named):
            break
        named = True
        if number == FILE_MESSAGE:
            found.update(fields_of(value, ""))
    return found


def described(data):
    """A file's name is in the plugin more than once; the description is where most follows."""
    found = {}
    for name in FILES:
        head = bytes([FILE_NAME << 3 | BYTES, len(name)]) + name.encode()
        best = {}
        for match in re.finditer(re.escape(head), data):
            try:
                best = max(best, file_at(data, match.start()), key=len)
            except (IndexError, KeyError, StopIteration, UnicodeDecodeError, TypeError, AttributeError, ValueError):
                continue  # these bytes only looked like one
        found.update(best)
    return found


def describe(path):
    library = ctypes.CDLL(os.path.abspath(path))
    library.GetPjrtApi.restype = ctypes.c_void_p
    print(ctypes.c_int.from_address(library.GetPjrtApi() + PJRT_API_MINOR_OFFSET).value)
    with open(path, "rb") as plugin:
        found = described(plugin.read())
    for (message, field), number in sorted(found.items()):
        print(message, field, number, sep="\t")
    sys.stdout.flush()
    os._exit(0)  # not all plugins survive their unloading


def ours():
    """The same of proto/*.proto, in the order of their numbers."""
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "proto", "*.proto"))):
        with open(path, encoding="utf-8") as source:
            text = re.sub(r"//.*", "", source.read())
        within = []
        for token in re.findall(r"[^{};]+[{;]|}", text):
            block = re.match(r"\s*(message|enum|oneof)\s+(\w+)\s*{", token)
            field = re.match(r"\s*(?:optional |repeated )?\s*[\w.]+\s+(\w+)\s*=\s*(\d+)", token)
            if token == "}":
                within.pop()
            elif block:
                within.append(block.groups())
            elif field and within and within[-1][0] != "enum":
                message = ".".join(name for kind, name in within if kind == "message")
                found[message, field[1]] = int(field[2])
    return dict(sorted(found.items(), key=lambda item: (item[0][0], item[1])))


def load(paths):
    """{minor: {(message, field): number}}; what one build of a minor has counts for it."""
    known = {}
    for path in paths:
        with open(path, encoding="utf-8") as source:
            lines = source.read().splitlines()
        build = known.setdefault(int(lines[0]), {})
        for line in lines[1:]:
            message, field, number = line.split("\t")
            build[message, field] = int(number)
    return dict(sorted(known.items()))


def rows(known):
    """{message: [(field, since, last)]} for the messages that all builds have."""
    minors = list(known)
    messages = set.intersection(*({message for message, _ in build} for build in known.values()))
    for message in sorted({message for message, _ in ours()} - messages):
        print("left out, since not all builds have it:", message, file=sys.stderr)
    found = {}
    for key, number in ours().items():
        having = [minor for minor in minors if known[minor].get(key) == number]
        if key[0] not in messages or having == minors:
            continue
        if not having:
            sys.exit("no build has %s.%s = %d" % (*key, number))
        if having != minors[minors.index(having[0]):minors.index(having[-1]) + 1]:
            sys.exit("%s.%s comes and goes: %s" % (*key, having))
        since = 0 if having[0] == minors[0] else having[0]
        last = 0 if having[-1] == minors[-1] else having[-1]
        found.setdefault(key[0], []).append((key[1], since, last))
    return found


def symbol(message):
    """AutotuneResult.GemmKey is autotune_result__gemm_key in C."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", message).replace(".", "__").lower()


def table():
    """The minors that the table is made from, and its rows as (message in C, field, since, last)."""
    with open(TABLE, encoding="utf-8") as source:
        text = source.read()
    read = [int(minor) for minor in re.search(r"READ\[\] = {([^}]+)}", text)[1].split(",")]
    owners = {array: message for message, array in re.findall(r"&ryft__xla__(\w+)__descriptor,\s+(\w+)", text)}
    found = set()
    for array, body in re.findall(r"const age (\w+)\[\] = {(.*?)};", text, re.DOTALL):
        for name, since, last in re.findall(r'{"(\w+)", (\d+), (\d+)}', body):
            found.add((owners[array], name, int(since), int(last)))
    return read, found


def compare(known):
    read, there = table()
    made = {(symbol(message), *row) for message, fields in rows(known).items() for row in fields}
    if read != list(known):
        print("READ is", read, "and would be", list(known))
    for row in sorted(there ^ made):
        print("only in the table:" if row in there else "missing:", *row)
    return read != list(known) or there != made


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("describe", "rows", "compare"))
    parser.add_argument("files", nargs="+")
    options = parser.parse_args()
    if options.what == "describe":
        if len(options.files) != 1:
            parser.error("describe takes one plugin")
        return describe(options.files[0])
    known = load(options.files)
    if options.what == "compare":
        return int(compare(known))
    print("READ:", *known)
    for message, fields in rows(known).items():
        print(message)
        for row in fields:
            print('    {"%s", %d, %d},' % row)
    return 0


if __name__ == "__main__":
    sys.exit(main())
