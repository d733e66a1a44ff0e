#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Draws who uses whom, floor by floor, into docs/design/house.md, from the #includes.

    tools/modules.py            prints it
    tools/modules.py --update   writes it into the page
    tools/modules.py --verify   exits 1 when the page shows something else

A module is a header and the sources that bear its name or begin with it: client.h, client.c and client_life.c are
one. A line reads `module: what it uses on its own floor`; each stands below all that it uses, except within a cycle,
whose members are marked with *.
"""

import argparse
import glob
import os
import sys
import textwrap

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
sys.path.insert(0, os.path.join(ROOT, "tools", "tidy"))

import csource  # noqa: E402

PAGE = os.path.join(ROOT, "docs", "design", "house.md")
BEGIN, END = "<!-- modules: written by tools/modules.py -->\n", "<!-- end of modules -->\n"
FLOORS = ("base", "abi", "proto", "core", "io", "cli")


def files(floor):
    """{name without ending: paths} of the hand-written files."""
    found = {}
    for path in sorted(glob.glob(os.path.join(ROOT, "src", floor, "*.[ch]"))):
        found.setdefault(os.path.basename(path)[:-2], []).append(path)
    return found


def home(name, found):
    """The module that a file belongs to: its own where it has a header, else the one that its name begins with."""
    if any(path.endswith(".h") for path in found.get(name, ())):
        return name
    parts = name.split("_")
    shorter = ("_".join(parts[:size]) for size in range(len(parts) - 1, 0, -1))
    return next((module for module in shorter if module in found), name)


def floor_of(parts, floor):
    """The floor that an include reaches: public functions stand on core, those for files on io."""
    if parts[0] == "src":
        return parts[1]
    upper = FLOORS.index(floor) > FLOORS.index("core")
    return "io" if "io" in parts[1:-1] else "core" if upper else floor


def graph(floor):
    """({module: modules of the same floor that it uses}, other floors that it uses)."""
    found = files(floor)
    modules = {home(name, found): set() for name in found}
    floors = set()
    for name, paths in found.items():
        for path in paths:
            with open(path, encoding="utf-8") as file:
                included = [entry.split("/") for _, entry in csource.includes(file.read())]
            for parts in included:
                floors.add(floor_of(parts, floor))
                used = home(parts[-1][:-2], found)
                # A header includes another's public one for its types alone.
                same = parts[:2] == ["src", floor] or parts[0] == "ryft" and path.endswith(".c")
                if same and used in modules and used != home(name, found):
                    modules[home(name, found)].add(used)
    return modules, floors - {floor}


def reach(modules, start):
    seen, open_ones = set(), [start]
    while open_ones:
        for used in modules[open_ones.pop()] - seen:
            seen.add(used)
            open_ones.append(used)
    return seen


def layers(modules):
    """The modules in layers, each below all that it uses, and the set of those that use themselves in the end."""
    below = {module: reach(modules, module) for module in modules}
    cyclic = {module for module in modules if module in below[module]}
    left, out = set(modules), []
    while left:
        ready = {module for module in left
                 if all(used not in left or module in below[used] and used in below[module]
                        for used in below[module])}
        out.append(sorted(ready))
        left -= ready
    return out, cyclic


def wrapped(text, behind):
    return textwrap.wrap(text, 110, initial_indent="  ", subsequent_indent=behind)


def draw():
    lines = []
    for floor in FLOORS:
        modules, floors = graph(floor)
        below = ", ".join(other for other in FLOORS if other in floors)
        lines.append(f"{floor}, above {below}" if below else floor)
        order, cyclic = layers(modules)
        for layer in order:
            lines += wrapped(" ".join(module for module in layer if not modules[module]), behind="  ")
            for module in layer:
                if modules[module]:
                    mark = "*" if module in cyclic else ""
                    lines += wrapped(f"{module}{mark}: {' '.join(sorted(modules[module]))}", behind="      ")
        lines.append("")
    return "```\n" + "\n".join(lines[:-1]) + "\n```\n"


def main():
    parser = argparse.ArgumentParser(prog="modules.py", description=__doc__.split("\n")[0])
    parser.add_argument("--update", action="store_true", help="write it into the page")
    parser.add_argument("--verify", action="store_true", help="compare it with the page")
    options = parser.parse_args()
    text = draw()
    with open(PAGE, encoding="utf-8") as file:
        page = file.read()
    if not (options.update or options.verify):
        print(text, end="")
        return 0
    head, rest = page.split(BEGIN)
    shown, tail = rest.split(END)
    if options.verify:
        if shown != text:
            print("docs/design/house.md shows other modules than there are: run python3 tools/modules.py --update")
        return int(shown != text)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write(head + BEGIN + text + END + tail)
    return 0


if __name__ == "__main__":
    sys.exit(main())
