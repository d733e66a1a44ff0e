# SPDX-License-Identifier: Apache-2.0 OR MIT
"""No public function is forgotten where NULL is tried: the rule is at the top of ryft/base.h.

Every exported function has, for each of its pointers, a call in a file NULLS names with NULL in that place.
"""

import glob
import os
import re
import unittest

import toolchain
import csource

NULLS = ("tests/core/test_null.c", "tests/io/test_null.c")
LISTS = sorted(glob.glob(os.path.join(toolchain.ROOT, "abi", "symbols-*.txt")))
CALLBACKS = {"ryft_write", "ryft_event_callback", "ryft_drop"}  # pointers by another name


def arguments(text, start):
    """The texts between the commas of the parentheses that open at `start`."""
    depth, parts, at = 0, [""], start
    while True:
        mark = text[at]
        depth += (mark in "([{") - (mark in ")]}")
        if depth == 0:
            return [part.strip() for part in parts]
        if mark == "," and depth == 1:
            parts.append("")
        elif at != start:
            parts[-1] += mark
        at += 1


def pointers(header):
    """{function: [index of each parameter that is a pointer]} of what the header declares."""
    code = csource.without_directives(csource.without_comments(header))
    found = {}
    for match in re.finditer(r"\bRYFT_API\b[^;]*?\b(ryft_\w+)\s*\(", code):
        parameters = arguments(code, match.end() - 1)
        found[match.group(1)] = [index for index, parameter in enumerate(parameters)
                                 if "*" in parameter or "[" in parameter or CALLBACKS & set(parameter.split())]
    return found


def tried(texts):
    """{(function, index)} where NULL stands in a call."""
    found = set()
    for text in texts:
        code = csource.without_comments(text)
        for match in re.finditer(r"\b(ryft_\w+)\(", code):
            for index, argument in enumerate(arguments(code, match.end() - 1)):
                if argument == "NULL":
                    found.add((match.group(1), index))
    return found


def read(path):
    with open(os.path.join(toolchain.ROOT, path), encoding="utf-8") as file:
        return file.read()


class Nulls(unittest.TestCase):
    def test_every_pointer_of_every_exported_function_is_tried(self):
        declared = {}
        for header in toolchain.headers("", "io"):
            declared.update(pointers(toolchain.read(header)))
        done = tried(map(read, NULLS))
        exported = [line.split()[0] for path in LISTS for line in read(path).split("\n")
                    if line.startswith("ryft_") and not line.startswith("ryft__")]
        self.assertGreater(len(exported), 100)
        for name in exported:
            for index in declared[name]:
                with self.subTest(function=name, parameter=index):
                    self.assertIn((name, index), done)

    def test_a_forgotten_one_would_be_seen(self):
        self.assertEqual(pointers("RYFT_API int ryft_f(const char *a, size_t b, ryft_write c, char d[4]);\n"),
                         {"ryft_f": [0, 2, 3]})
        self.assertEqual(tried(["f(ryft_f(g(1, NULL), NULL, /* x= */ NULL, (x){NULL}));"]),
                         {("ryft_f", 1), ("ryft_f", 2)})


if __name__ == "__main__":
    unittest.main()
