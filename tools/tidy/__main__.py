# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The house rules as a test: `python3 tools/tidy` says what is broken, as FILE:LINE: RULE: what, and exits 1.

`--only PATH...` looks at some files; `--no-format` leaves out clang-format.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys

import rules

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
SKIPPED = {".git", "build", "__pycache__", ".cache"}
DATA = ("tests/data/", "tests/fuzz/corpus/")  # bytes that tests feed on, hostile ones among them


def listed(root):
    """The project's files: what git knows or would add (.git may be a file); without git, all but build folders."""
    if os.path.exists(os.path.join(root, ".git")) and shutil.which("git"):
        answer = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                                cwd=root, capture_output=True, text=True)
        if answer.returncode == 0:
            return sorted(path for path in set(answer.stdout.split("\0"))
                          if path and os.path.isfile(os.path.join(root, path)))
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in SKIPPED]
        found += [os.path.relpath(os.path.join(folder, name), root) for name in names]
    return sorted(found)


def read(root, path):
    """The file, or None when it is not text."""
    with open(os.path.join(root, path), "rb") as source:
        data = source.read()
    if b"\0" in data:
        return None
    try:
        return rules.File(path, data.decode("utf-8"))
    except UnicodeDecodeError:
        return None


def generated(root):
    """What abigen would write differently."""
    answer = subprocess.run([sys.executable, os.path.join(root, "tools", "abigen"), "--verify"],
                            capture_output=True, text=True)
    if answer.returncode == 0:
        return []
    return [line.replace(": ", ":1: generated: ", 1) for line in answer.stderr.strip().split("\n")]


def formatted(root, files):
    """The first line in each file that clang-format would change."""
    program = shutil.which("clang-format-14")
    paths = [file.path for file in files if file.is_c and not file.generated and not file.path.endswith(".inc")]
    if program is None:
        print("tidy: clang-format-14 is not here; formatting was not checked", file=sys.stderr)
        return []
    if not paths:
        return []
    answer = subprocess.run([program, "--dry-run", "-Werror", *paths], cwd=root, capture_output=True, text=True)
    first = {}
    for line in answer.stderr.split("\n"):
        match = re.match(r"(\S+?):(\d+):\d+: error: code should be clang-formatted", line)
        if match:
            first.setdefault(match.group(1), match.group(2))
    return [f"{path}:{line}: format: run clang-format-14 -i on it" for path, line in first.items()]


def main():
    parser = argparse.ArgumentParser(prog="tidy", description="Checks the house rules.")
    parser.add_argument("--only", nargs="+", metavar="PATH", help="look at these files only")
    parser.add_argument("--no-format", action="store_true", help="leave out clang-format")
    parser.add_argument("--root", default=ROOT)
    options = parser.parse_args()
    root = os.path.abspath(options.root)
    paths = [os.path.relpath(path, root) for path in options.only] if options.only else listed(root)
    files = [read(root, path) for path in paths if not path.startswith(DATA)]
    files = [file for file in files if file is not None]
    found = [f"{file.path}:{line}: {rule}: {message}" for file in files
             for line, rule, message in rules.check(file)]
    if not options.no_format:
        found += formatted(root, files)
    if not options.only:
        found += generated(root)
    for line in found:
        print(line)
    print(f"tidy: {len(files)} files, {len(found)} broken rules", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
