# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Lists that follow from the public headers: `python3 tools/apilists` writes them.

    --verify   writes nothing, and exits 1 when one says something else
    --remove   a symbol that is listed but no longer declared is taken out: programs linked with it break
    --nulls LIBRARY FILE, --sizes and --steps too   writes the C of tests instead: see nulls.py, sizes.py and steps.py
"""

import argparse
import os
import sys

import api
import nulls
import sizes
import steps
import symbols


def current(path):
    try:
        return api.read(path)
    except FileNotFoundError:
        return ""


def write_tests(kind, root, library, path):
    """A build directory's file: not one of the lists."""
    sys.path.insert(0, os.path.join(root, "tests", "declared"))
    import decisions
    try:
        text = kind.tests(library, decisions, root)
    except nulls.Undecided as undecided:
        sys.exit(f"apilists: {undecided}")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(prog="apilists", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=api.ROOT)
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--remove", action="store_true")
    for name in ("--nulls", "--sizes", "--steps"):
        parser.add_argument(name, nargs=2, metavar=("LIBRARY", "FILE"))
    options = parser.parse_args()
    for kind, wanted in ((nulls, options.nulls), (sizes, options.sizes), (steps, options.steps)):
        if wanted:
            return write_tests(kind, options.root, *wanted)
    stale = []
    try:
        wanted = symbols.files(options.root)
    except symbols.Problem as problem:
        sys.exit(f"apilists: {problem}")
    for path, text in wanted.items():
        full = os.path.join(options.root, path)
        old = current(full)
        if old == text:
            continue
        lost = symbols.lost(old, text) if path.endswith(".txt") else []
        if lost and not options.remove:
            sys.exit(f"apilists: {path}: {', '.join(lost)}: no header declares it so any more, and programs linked "
                     "with it would break; if that is meant, --remove")
        stale.append(path)
        if not options.verify:
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
    for path in stale:
        print(f"{path}: {'is stale, run python3 tools/apilists' if options.verify else 'written'}")
    return 1 if options.verify and stale else 0


if __name__ == "__main__":
    sys.exit(main())
