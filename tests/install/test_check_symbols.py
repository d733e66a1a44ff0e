# SPDX-License-Identifier: Apache-2.0 OR MIT
"""check_symbols.py sees a symbol too many, one too few and one that moved."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
HEADER = "RYFT_API int ryft_a(void);\nRYFT_API int ryft_b(void);\n"
SOURCE = HEADER.replace("RYFT_API ", "") + "int ryft_a(void) { return 1; }\nint ryft_b(void) { return 2; }\n"
MAP = "RYFT_0.1 { global: ryft_*; local: *; };\n"


class CheckSymbols(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.write("a.h", HEADER)
        self.write("a.txt", "# a list\nryft_a RYFT_0.1\nryft_b RYFT_0.1\n")
        self.build(SOURCE, MAP)

    def write(self, name, text):
        with open(os.path.join(self.folder, name), "w", encoding="utf-8") as file:
            file.write(text)

    def build(self, source, nodes):
        self.write("a.c", source)
        self.write("a.map", nodes)
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "a.c", "-Wl,--version-script=a.map",
                        "-o", "liba.so"], cwd=self.folder, check=True)

    def check(self):
        command = [sys.executable, os.path.join(HERE, "check_symbols.py"), "--library", "liba.so",
                   "--list", "a.txt", "--headers", "."]
        answer = subprocess.run(command, cwd=self.folder, capture_output=True, text=True)
        return answer.returncode, answer.stdout

    def test_agreement(self):
        self.assertEqual(self.check(), (0, "2 symbols, 0 problems\n"))

    def test_a_new_symbol(self):
        self.build(SOURCE + "int ryft_c(void);\nint ryft_c(void) { return 3; }\n", MAP)
        status, text = self.check()
        self.assertEqual(status, 1)
        self.assertIn("ryft_c is exported, but no public header declares it", text)
        self.assertIn("ryft_c RYFT_0.1: is new", text)

    def test_a_lost_symbol(self):
        self.build(SOURCE.replace("ryft_b", "ryft_z"), "RYFT_0.1 { global: ryft_a; local: *; };\n")
        status, text = self.check()
        self.assertEqual(status, 1)
        self.assertIn("ryft_b is declared in a public header", text)
        self.assertIn("ryft_b RYFT_0.1: is in a.txt", text)

    def test_a_private_symbol(self):
        private = "RYFT_PRIVATE { global: ryft__c; ryft_d; };\n"
        text = "int ryft__c(void);\nint ryft_d(void);\nint ryft__c(void) { return 3; }\n"
        text += "int ryft_d(void) { return 4; }\n"
        self.build(SOURCE + text, MAP.replace("ryft_*", "ryft_[ab]") + private)
        text = self.check()[1]
        self.assertIn("ryft__c RYFT_PRIVATE: is new", text)
        self.assertNotIn("ryft__c is exported", text)
        self.assertIn("ryft_d is exported, but no public header declares it", text)

    def test_a_symbol_that_moved(self):
        self.build(SOURCE, MAP.replace("0.1", "0.2"))
        status, text = self.check()
        self.assertEqual(status, 1)
        self.assertIn("ryft_a RYFT_0.1: is in a.txt", text)


if __name__ == "__main__":
    unittest.main()
