# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Misuse that the compiler must catch.

Each program in programs/ compiles with RIGHT defined, and without it must fail for the reason that its line
`expect: PATTERN` names.
"""

import glob
import os
import re
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "header"))

import toolchain  # noqa: E402

FLAGS = ["-Wall", "-Wextra", "-Werror"]


class MustFail(unittest.TestCase):
    def test_programs(self):
        programs = sorted(glob.glob(os.path.join(HERE, "programs", "*.c*")))
        self.assertGreater(len(programs), 10)
        for path in programs:
            with open(path, encoding="utf-8") as file:
                text = file.read()
            expected = re.search(r"expect: (.*?) \*/", text).group(1)
            is_cxx = path.endswith(".cc")
            compilers, standard = (toolchain.CXX, "-std=c++11") if is_cxx else (toolchain.C, "-std=c11")
            for compiler in compilers:
                with self.subTest(program=os.path.basename(path), compiler=compiler):
                    compiled, said = toolchain.compile_text(compiler, [standard, *FLAGS, "-DRIGHT"], text)
                    self.assertTrue(compiled, said)
                    compiled, said = toolchain.compile_text(compiler, [standard, *FLAGS], text)
                    self.assertFalse(compiled, "it compiled")
                    self.assertRegex(said, expected)


if __name__ == "__main__":
    unittest.main()
