# SPDX-License-Identifier: Apache-2.0 OR MIT
"""The generator: what is checked in is what it makes, and bad rows are named by file and line."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
ABIGEN = [sys.executable, "-B", os.path.join(ROOT, "tools", "abigen")]

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(ROOT, "tools", "abigen"))

import registry  # noqa: E402

HEAD = "abi PJRT 0.114 name=pjrt base=PJRT_Extension_Base floor=0.40 upstream=X\nstruct PJRT_Extension_Base size\n"

BAD = [
    ("frob x", "t.abi:3: unknown row 'frob'"),
    ("handle PJRT_A PJRT_A", "'PJRT_A' is declared twice"),
    ("struct PJRT_S round", "'round' is not sized, size or plain"),
    ("struct PJRT_S sized\n  in x PJRT_What*", "t.abi:4: unknown type 'PJRT_What'"),
    ("struct PJRT_S sized\n  in x int len=y", "t.abi:4: len=y: no such field in PJRT_S"),
    ("struct PJRT_S sized\n  in x int\n  in x int", "t.abi:5: 'x' is in PJRT_S twice"),
    ("struct PJRT_S sized\n  in x int since 0.200", "t.abi:4: '0.200' is no version up to 0.114"),
    ("struct PJRT_S sized\n  in x int since soon", "t.abi:4: 'soon' is not a version"),
    ("struct PJRT_S sized\n  in x int nice", "t.abi:4: cannot read the type 'int nice'"),
    ("struct PJRT_S sized\n  in x int* len=", "t.abi:4: len=: no such field"),
    ("struct PJRT_S sized size=4", "t.abi:3: size= needs a reason="),
    ("struct PJRT_S sized\n  arm x int when=y", "t.abi:4: 'arm' outside a union"),
    ("value A 1", "t.abi:3: 'value' outside an enum"),
    ("enum PJRT_E\n  value A one", "t.abi:4: incomplete or malformed 'value' row"),
    ("call PJRT_F maybe", "'maybe' is not error or void"),
    ("table PJRT_Api sized\n  slot PJRT_F", "t.abi:4: no 'call PJRT_F' before this"),
    ("call PJRT_F error\ntable PJRT_Api sized", "t.abi:3: PJRT_F is in no table"),
    ('refuse 0.56', "t.abi:3: a refused version needs a reason"),
    ('refuse 0.56 reason="x', "t.abi:3: no closing quotation"),
]


def read(text):
    abi = registry.Reader("t.abi", text).read()
    registry.check(abi)
    return abi


class Abigen(unittest.TestCase):
    def test_plg_18_generated_files_are_up_to_date(self):
        done = subprocess.run([*ABIGEN, "--verify"], capture_output=True, text=True, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_plg_18_verify_names_the_file_that_differs(self):
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(os.path.join(ROOT, "abi"), os.path.join(folder, "abi"))
            root = ["--root", folder]
            subprocess.run([*ABIGEN, *root], capture_output=True, check=True)
            subprocess.run([*ABIGEN, *root, "--verify"], check=True)
            with open(os.path.join(folder, "src/abi/gen/tables.c"), "a", encoding="utf-8") as file:
                file.write("/* by hand */\n")
            done = subprocess.run([*ABIGEN, *root, "--verify"], capture_output=True, text=True, check=False)
            self.assertEqual(done.returncode, 1)
            self.assertIn("src/abi/gen/tables.c: differs", done.stderr)

    def test_plg_18_bad_rows_are_named_by_file_and_line(self):
        for rows, expected in BAD:
            with self.subTest(rows=rows), self.assertRaises(registry.AbiError) as caught:
                read(HEAD + rows + "\n")
            self.assertIn(expected, str(caught.exception))

    def test_plg_18_fields_outside_a_struct_are_refused(self):
        with self.assertRaises(registry.AbiError) as caught:
            read("abi PJRT 0.114 name=pjrt base=B floor=0.40 upstream=X\nin x int\n")
        self.assertIn("t.abi:2: a field outside a struct", str(caught.exception))

    def test_plg_18_first_row_says_what_the_file_is(self):
        with self.assertRaises(registry.AbiError) as caught:
            read("# nothing\nhandle PJRT_A\n")
        self.assertIn("t.abi:2: the first row must be 'abi'", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
