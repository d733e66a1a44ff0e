# SPDX-License-Identifier: Apache-2.0 OR MIT
"""abi/*.abi -> C. `python3 tools/abigen` writes what changed; `--verify` only says what would."""

import argparse
import glob
import os
import sys

import calls
import checks
import docs
import header
import registry
import tables


def load(root):
    """The core, its extensions in order of name, and the FFI."""

    def read(path, needs=None):
        return registry.load(os.path.join(root, path), path, needs)

    core = read("abi/pjrt.abi")
    paths = sorted(glob.glob(os.path.join(root, "abi/ext/*.abi")))
    extensions = [(read(shown, core), shown) for shown in (os.path.relpath(path, root) for path in paths)]
    return (core, "abi/pjrt.abi"), extensions, (read("abi/ffi.abi"), "abi/ffi.abi")


def generate(root):
    """{path: text} of everything that is generated."""
    core, extensions, ffi = load(root)
    out = {}
    for abi, source in [core, *extensions, ffi]:
        out[f"include/ryft/abi/{abi.name}.h"] = header.write(abi, source)
    out["src/abi/gen/calls.h"] = calls.write(*core)
    for abi, source in extensions:
        out[f"src/abi/gen/calls_{abi.name}.h"] = calls.write(abi, source)
    ours = [core, *extensions]
    made = tables.Tables([abi for abi, _ in ours])
    sources = ["abi/pjrt.abi", "abi/ext"]
    out["src/abi/gen/tables.h"] = made.header(sources)
    out["src/abi/gen/tables.c"] = made.source(sources)
    everything = [abi for abi, _ in [*ours, ffi]]
    out["src/abi/gen/asserts.c"] = checks.asserts(everything, [*sources, "abi/ffi.abi"])
    out["tests/fake/gen/slots.inc"] = checks.fake_slots(*core)
    only = [abi for abi, _ in extensions]
    out["tests/fake/gen/extensions.h"] = checks.fake_includes(only, ["abi/ext"])
    out["tests/fake/gen/extensions.inc"] = checks.fake_extensions(only, ["abi/ext"])
    out["tests/fake/gen/sizes.inc"] = checks.fake_sizes([abi for abi, _ in ours], sources)
    out["docs/abi.md"] = docs.write(everything, [*sources, "abi/ffi.abi"])
    return out


def main():
    parser = argparse.ArgumentParser(prog="abigen", description="Turns abi/*.abi into C.")
    parser.add_argument("--verify", action="store_true", help="write nothing; exit 1 when a file is out of date")
    parser.add_argument("--root", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
    options = parser.parse_args()
    root = os.path.normpath(options.root)
    try:
        generated = generate(root)
    except (registry.AbiError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    stale = 0
    for path, text in generated.items():
        full = os.path.join(root, path)
        try:
            with open(full, encoding="utf-8") as file:
                current = file.read()
        except FileNotFoundError:
            current = None
        if current == text:
            continue
        stale += 1
        if options.verify:
            print(f"{path}: differs from what abi/ says; run python3 tools/abigen", file=sys.stderr)
        else:
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
            print(f"wrote {path}")
    return 1 if stale and options.verify else 0


if __name__ == "__main__":
    sys.exit(main())
