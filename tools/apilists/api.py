# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The public functions and structs, as include/ryft declares them."""

import glob
import os
import re
import sys
from collections import namedtuple

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools", "tidy"))

import csource  # noqa: E402

# `header` is as it is included; `since` as "0.1", None where the comment does not say it.
Function = namedtuple("Function", "name header returns parameters comment since")
Parameter = namedtuple("Parameter", "type name")
Struct = namedtuple("Struct", "name header fields")
FALLIBLE = "ryft_error *"

_DECLARATION = re.compile(r"\bRYFT_API\s+(?:RYFT_MUST_USE\s+)?([^;()]*?)\b(ryft_\w+)\s*\(")
_SHARED = re.compile(r"^RYFT__SHARED\b[^;]*?\b(ryft__\w+)\s*\(", re.MULTILINE)


def library_of(header):
    """Folders are optional parts of libryft, except io, a library of its own, and abi, which has no functions."""
    folder = header.split("/")[1] if header.count("/") > 1 else ""
    return {"io": "ryft-io", "abi": None}.get(folder, "ryft")


def headers(library, root=ROOT):
    """The library's headers as they are included, "ryft/buffer.h"."""
    base = os.path.join(root, "include")
    paths = glob.glob(os.path.join(base, "ryft", "**", "*.h"), recursive=True)
    names = sorted(os.path.relpath(path, base) for path in paths)
    return [name for name in names if library_of(name) == library]


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def arguments(text, start):
    """The texts between the commas of the parentheses that open at `start`."""
    depth, parts, at = 0, [""], start
    while True:
        mark = text[at]
        depth += (mark in "([{") - (mark in ")]}")
        if depth == 0:
            return [" ".join(part.split()) for part in parts if part.strip()]
        if mark == "," and depth == 1:
            parts.append("")
        elif at != start:
            parts[-1] += mark
        at += 1


def parameter(text):
    """`char out[3]` is ("char *", "out"), a pointer to a function ("(*)", its name)."""
    if text in ("void", "..."):
        return None
    pointer = re.search(r"\(\s*\*\s*(\w+)\s*\)\s*\(", text)
    if pointer:
        return Parameter("(*)", pointer.group(1))
    match = re.match(r"(.*?)(\w+)\s*(\[[^\]]*\])?$", text)
    return Parameter(match.group(1).strip() + (" *" if match.group(3) else ""), match.group(2))


def parse(text, header=""):
    """The functions that a header declares, in its order."""
    code = csource.without_directives(csource.without_comments(text))
    comments = {name: comment for name, _, comment in csource.declarations(text)}
    found = []
    for match in _DECLARATION.finditer(code):
        comment = " ".join(part.strip(" *") for part in comments.get(match.group(2), "").split("\n"))
        since = re.search(r"\bSince: (\d+\.\d+)\.", comment)
        parameters = [each for each in map(parameter, arguments(code, match.end() - 1)) if each]
        found.append(Function(match.group(2), header, " ".join(match.group(1).split()), parameters, comment,
                              since and since.group(1)))
    return found


def functions(library, root=ROOT):
    found = [each for header in headers(library, root)
             for each in parse(read(os.path.join(root, "include", header)), header)]
    return sorted(found, key=lambda each: each.name)


def structs(library, root=ROOT):
    """Those that begin with struct_size."""
    return [Struct(name, header, fields) for header in headers(library, root)
            for name, fields in csource.sized_structs(read(os.path.join(root, "include", header)))]


def shared(root=ROOT):
    """What libryft has for the project's other libraries."""
    paths = glob.glob(os.path.join(root, "src", "base", "*.h"))
    return sorted(name for path in paths for name in _SHARED.findall(csource.without_comments(read(path))))
