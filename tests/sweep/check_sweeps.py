# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Every public function has its place in the sweeps: `python3 tests/sweep/check_sweeps.py` says which has none.

What the public functions are stands in abi/symbols-*.txt, what they return in the headers. One that returns a
`ryft_error *` is the subject of a SWEEP or SWEEP_CALM row, in a file whose steps use it. One that takes an object
away is called by a step. Any other cannot fail, and stands in a QUIET line. What can do none of that is in EXCEPTIONS.
"""

import argparse
import glob
import os
import re
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
sys.path.insert(0, os.path.join(ROOT, "tools", "tidy"))

import csource  # noqa: E402

EXCEPTIONS = {
    "ryft_allocator_set": "puts in place the hook that sweeps fail, and is refused while anything is alive",
    "ryft_executable_destroy": "nothing gives one away yet; a loaded executable destroys its own in many steps",
}


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def public(root):
    """Names of all functions that the libraries export for everybody."""
    names = set()
    for path in glob.glob(os.path.join(root, "abi", "symbols-*.txt")):
        lines = (line.split() for line in read(path).splitlines() if line.strip() and not line.startswith("#"))
        names.update(name for name, node in lines if node != "RYFT_PRIVATE")
    return names


def fallible(root):
    """Names of all functions that are declared to return an error."""
    headers = glob.glob(os.path.join(root, "include", "ryft", "**", "*.h"), recursive=True)
    pattern = re.compile(r"\bRYFT_API\s+(?:RYFT_MUST_USE\s+)?ryft_error\s*\*\s*(ryft_\w+)\s*\(")
    return {name for path in headers for name in pattern.findall(csource.without_comments(read(path)))}


def uses(text, name):
    return len(re.findall(rf"\b{name}\b", text))


class Sweeps:
    """What the sources of the sweeps hold."""

    def __init__(self, root):
        folder = os.path.join(root, "tests", "sweep")
        files = {path: csource.without_comments(read(path)) for path in glob.glob(os.path.join(folder, "*.c"))}
        self.rows, self.unused, self.quiet, self.idle = {}, [], set(), []
        for path, text in files.items():
            rows = re.findall(r"\bSWEEP(?:_CALM|_MIXED)?\s*\(\s*(ryft_\w+)\s*,", text)
            for name in set(rows):
                self.rows[name] = os.path.basename(path)
                if uses(text, name) == rows.count(name) and f"declared_{name}" not in text:
                    self.unused.append(name)
            self.quiet.update(re.findall(r"\bQUIET\s*\(\s*(ryft_\w+)\s*\(", text))
            if rows and not os.path.basename(path).startswith("steps_"):
                self.idle.append(os.path.basename(path))
        self.steps = "\n".join(text for text in files.values() if "sweep_step" in text)


def problems(root):
    """What has no place, a line each."""
    names, errors, sweeps = public(root), fallible(root), Sweeps(root)
    for name in sorted(names):
        if name in EXCEPTIONS:
            if name in sweeps.rows or name in sweeps.quiet:
                yield f"{name} is swept: take it out of EXCEPTIONS"
        elif name in errors:
            if name not in sweeps.rows:
                yield f"{name} can fail, and no row of a table is about it: write a step for it"
        elif name.endswith("_destroy") or name == "ryft_host_free":
            if not uses(sweeps.steps, name):
                yield f"{name} takes an object away, and no step calls it"
        elif name not in sweeps.quiet:
            yield f"{name} cannot fail, and no QUIET line shows that it asks nobody"
    for name in sorted(sweeps.unused):
        yield f"{name} has a row in {sweeps.rows[name]}, but no step there uses it"
    for name in sorted((set(sweeps.rows) | sweeps.quiet | set(EXCEPTIONS)) - names):
        yield f"{name} is no public function"
    for name in sorted(sweeps.idle):
        yield f"{name} has rows, but only steps_*.c become programs: nothing runs them"


def main():
    parser = argparse.ArgumentParser(prog="check_sweeps", description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=ROOT)
    root = parser.parse_args().root
    found = list(problems(root))
    for line in found:
        print(line)
    print(f"{len(public(root))} public functions, {len(found)} problems")
    return 1 if found or not public(root) else 0


if __name__ == "__main__":
    sys.exit(main())
