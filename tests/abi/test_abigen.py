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
TRIED = "tried 0.117\n"

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
    ("call PJRT_F error", "t.abi:3: how does PJRT_F_Args start: sized, size or plain?"),
    ("call PJRT_F error round", "t.abi:3: how does PJRT_F_Args start: sized, size or plain?"),
    ("call PJRT_F error sized nice", "t.abi:3: unknown attribute 'nice'"),
    ("table PJRT_Api sized error=E\n  slot PJRT_F", "t.abi:4: no 'call PJRT_F' before this"),
    ("table PJRT_Api sized error=E\n  slot f=PJRT_F", "t.abi:4: no 'call PJRT_F' before this"),
    ("call PJRT_F error sized\ntable PJRT_Api sized", "t.abi:3: PJRT_F is in no table"),
    ("call PJRT_F error sized\ntable PJRT_Api sized\n  slot PJRT_F", "t.abi:5: PJRT_Api needs error=TYPE"),
    ("call PJRT_F error sized\ntable PJRT_Api sized error=PJRT_E\n  slot PJRT_F", "t.abi:4: error=PJRT_E: unknown type"),
    (
        "handle E\ncall PJRT_F error sized\ntable PJRT_A sized error=E\n  slot PJRT_F\n"
        "table PJRT_B sized error=E\n  slot PJRT_F",
        "t.abi:8: PJRT_F is in PJRT_A already",
    ),
    (
        "call PJRT_F void sized\ncall PJRT_G void sized\ntable PJRT_A sized\n  slot f=PJRT_F\n  slot f=PJRT_G",
        "t.abi:7: 'f' is in PJRT_A twice",
    ),
    (
        "handle E\ncall PJRT_F void size\ntable PJRT_A sized error=E message=f\n  slot PJRT_F",
        "t.abi:5: message=f: no such slot in PJRT_A",
    ),
    (
        "handle E\ncall PJRT_F void size\ntable PJRT_A sized error=E message=PJRT_F\n  slot PJRT_F",
        "t.abi:4: PJRT_F reads E, but has no 'error'",
    ),
    ("table PJRT_A sized\n  in x int\n  in y void*\n", "t.abi:4: 'x' is no whole word and not the last field"),
    ("struct PJRT_S sized\n  in x int since 0.90\n  in y int", "t.abi:5: 'y' is older than what stands before it"),
    ("struct PJRT_S plain given\n  in x int", "t.abi:3: PJRT_S is given, but has no functions"),
    ("struct PJRT_S plain given\n  in f fn void (int x)", "t.abi:4: 'f' does not take PJRT_S* first"),
    ("struct PJRT_S plain given\n  in f fn int (PJRT_S* s)", "t.abi:4: 'f' gives int; only void is known"),
    ("struct PJRT_S sized relaid\n  in x int", "t.abi:3: PJRT_S is relaid, but each field is as new"),
    ('struct PJRT_S sized size=19 reason="x"\n  in x int', "t.abi:3: size=19 is not the end of any field of PJRT_S"),
    ('struct PJRT_S sized size=20 reason="x"\n  in x int', "t.abi:3: size=20 is what PJRT_S has anyway"),
    ("tried 0.113", "t.abi:3: '0.113' is no version from 0.114 on"),
    ("tried 1.117", "t.abi:3: '1.117' is no version from 0.114 on"),
    ("handle PJRT_A", "t.abi:1: no 'tried' row"),
    ('refuse 0.56', "t.abi:3: a refused version needs a reason"),
    ('refuse 0.56 reason="x', "t.abi:3: no closing quotation"),
]

EXTENSION = "abi PJRT_X 0.114 name=x needs=pjrt extension=PJRT_Extension_Type_X version=1 upstream=X\n"

BAD_EXTENSIONS = [
    ("", "x.abi:1: PJRT_X has no table"),
    ("table PJRT_X_Extension plain\n  in first void*", "x.abi:2: PJRT_X_Extension does not start with 'in base"),
    ("table PJRT_X_Extension sized\n  in base PJRT_Extension_Base", "x.abi:2: PJRT_X_Extension does not start"),
    (
        "table PJRT_Y size\n  in priv void*\ntable PJRT_X_Extension plain\n  in base PJRT_Extension_Base",
        "x.abi:2: PJRT_X_Extension has no pointer to PJRT_Y",
    ),
    (
        "table PJRT_Y plain\n  in p void*\ntable PJRT_X_Extension plain\n  in base PJRT_Extension_Base\n  in y PJRT_Y*",
        "x.abi:2: PJRT_Y does not say its size",
    ),
    (
        "handle E\ntable PJRT_Y size error=E\ntable PJRT_X_Extension plain\n  in base PJRT_Extension_Base\n  in y PJRT_Y*",
        "x.abi:3: E can only be read with message=, code= and destroy=",
    ),
]


def read(text, path="t.abi", needs=None):
    abi = registry.Reader(path, text, needs).read()
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

    def test_plg_18_bad_extensions_are_named_by_file_and_line(self):
        enum = "enum PJRT_Extension_Type\n  value PJRT_Extension_Type_X 1\n"
        core = read(HEAD + TRIED + enum)
        for rows, expected in BAD_EXTENSIONS:
            with self.subTest(rows=rows), self.assertRaises(registry.AbiError) as caught:
                read(EXTENSION + rows + "\n", "x.abi", core)
            self.assertIn(expected, str(caught.exception))
        with self.assertRaises(registry.AbiError) as caught:
            read(EXTENSION, "x.abi", read(HEAD + TRIED))
        self.assertIn("x.abi:1: extension=PJRT_Extension_Type_X is no value", str(caught.exception))

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
