# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What a shared library exports, what its public headers declare and what abi/symbols-*.txt lists are the same.

    check_symbols.py --library libryft.so --list abi/symbols-ryft.txt --headers include/ryft

A list holds one line per symbol, its name and its version node. Removing a line, or moving it to another node,
breaks programs that were linked before; tools/apilists, which writes it, refuses that. What stands in RYFT_PRIVATE is for
the other libraries of this project, is called ryft__x, and is declared in no public header.
"""

import argparse
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "tidy"))

import csource  # noqa: E402

PRIVATE = "RYFT_PRIVATE"
OTHERS = ("abi", "io")  # folders that are not of the library whose headers lie above them


def exported(library):
    """{"name NODE"} of every symbol, the version nodes' own apart."""
    answer = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library], check=True,
                            capture_output=True, text=True)
    found = set()
    for line in answer.stdout.splitlines():
        _, kind, symbol = line.rsplit(maxsplit=2)
        name, _, node = symbol.partition("@")
        if kind != "A":
            found.add(f"{name} {node.lstrip('@') or '-'}")
    return found


def declared(folder):
    """Names of all functions that the library's headers declare."""
    names = set()
    for where, folders, entries in os.walk(folder):
        folders[:] = [name for name in folders if name not in OTHERS]
        for entry in entries:
            if entry.endswith(".h"):
                with open(os.path.join(where, entry), encoding="utf-8") as file:
                    names.update(name for name, _, _ in csource.declarations(file.read()))
    return names


def listed(path):
    try:
        with open(path, encoding="utf-8") as file:
            return {line.strip() for line in file if line.strip() and not line.startswith("#")}
    except FileNotFoundError:
        return set()


def problems(symbols, names, known, path):
    """What does not agree, a line each."""
    exports = {name for name, node in map(str.split, symbols)
               if node != PRIVATE or not name.startswith("ryft__")}
    for name in sorted(names - exports):
        yield f"{name} is declared in a public header, but the library does not export it: run python3 tools/apilists"
    for name in sorted(exports - names):
        yield f"{name} is exported, but no public header declares it"
    for symbol in sorted(known - symbols):
        yield f"{symbol}: is in {path}, but the library no longer exports it so: old programs break"
    for symbol in sorted(symbols - known):
        yield f"{symbol}: is new; if it is meant to be, run python3 tools/apilists"


def main():
    parser = argparse.ArgumentParser(prog="check_symbols", description=__doc__.split("\n")[0])
    parser.add_argument("--library", required=True)
    parser.add_argument("--list", required=True)
    parser.add_argument("--headers", required=True)
    options = parser.parse_args()
    symbols, names = exported(options.library), declared(options.headers)
    found = list(problems(symbols, names, listed(options.list), os.path.basename(options.list)))
    for line in found:
        print(line)
    print(f"{len(symbols)} symbols, {len(found)} problems")
    return 1 if found or not symbols else 0


if __name__ == "__main__":
    sys.exit(main())
