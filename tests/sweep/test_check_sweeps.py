# SPDX-License-Identifier: Apache-2.0 OR MIT
"""check_sweeps.py sees a function that nobody sweeps."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
FILES = {
    "abi/symbols-ryft.txt": """# a list
ryft__helper RYFT_PRIVATE
ryft_a_make RYFT_0.1
ryft_a_destroy RYFT_0.1
ryft_a_size RYFT_0.1
ryft_allocator_set RYFT_0.1
ryft_executable_destroy RYFT_0.1
""",
    "include/ryft/a.h": """
/** Not ryft_error *ryft_a_size(void). */
RYFT_API RYFT_MUST_USE ryft_error *ryft_a_make(ryft_a **out);
RYFT_API void ryft_a_destroy(ryft_a *a);
RYFT_API size_t ryft_a_size(const ryft_a *a);
RYFT_API RYFT_MUST_USE ryft_error *ryft_allocator_set(int hook);
""",
    "tests/sweep/steps_a.c": """
static ryft_error *a_make(const scene *s) {
  ryft_a *a = POISON;
  ryft_error *error = ryft_a_make(&a);
  ryft_a_destroy(a);
  return error;
}
static const sweep_step steps[] = {
    SWEEP(ryft_a_make, a_make, ""),
};
const sweep_table sweep_domain = SWEEP_TABLE(steps, NULL);
""",
    "tests/sweep/quiet.c": "void quiet(void) { QUIET(ryft_a_size(a)); }\n",
}


class CheckSweeps(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        for path, text in FILES.items():
            self.write(path, text)

    def write(self, path, text):
        path = os.path.join(self.folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)

    def change(self, path, old, new):
        self.assertIn(old, FILES[path])
        self.write(path, FILES[path].replace(old, new))

    def check(self):
        command = [sys.executable, os.path.join(HERE, "check_sweeps.py"), "--root", self.folder]
        answer = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(answer.stderr, "")
        return answer.returncode, answer.stdout

    def refused(self, *parts):
        status, text = self.check()
        self.assertEqual(status, 1)
        for part in parts:
            self.assertIn(part, text)

    def add(self, declaration, name):
        self.write("abi/symbols-ryft.txt", FILES["abi/symbols-ryft.txt"] + f"{name} RYFT_0.2\n")
        self.write("include/ryft/a.h", FILES["include/ryft/a.h"] + declaration)

    def test_all_is_well(self):
        self.assertEqual(self.check(), (0, "5 public functions, 0 problems\n"))

    def test_nothing_to_check(self):
        self.write("abi/symbols-ryft.txt", "")
        self.assertEqual(self.check()[0], 1)

    def test_a_new_function_that_can_fail(self):
        self.add("RYFT_API RYFT_MUST_USE ryft_error *\nryft_b_make(\n    ryft_b **out);\n", "ryft_b_make")
        self.refused("ryft_b_make can fail, and no row", ", 1 problems")

    def test_a_new_function_that_cannot_fail(self):
        self.add("RYFT_API int ryft_b_size(void);\n", "ryft_b_size")
        self.refused("ryft_b_size cannot fail, and no QUIET line", ", 1 problems")

    def test_a_row_in_a_comment_is_none(self):
        self.change("tests/sweep/steps_a.c", 'SWEEP(ryft_a_make, a_make, ""),', "/* SWEEP(ryft_a_make, a_make) */")
        self.refused("ryft_a_make can fail, and no row")

    def test_a_row_whose_step_does_not_use_the_function(self):
        self.change("tests/sweep/steps_a.c", "ryft_a_make(&a)", "NULL")
        self.refused("ryft_a_make has a row in steps_a.c, but no step there uses it")

    def test_a_row_whose_step_follows_from_the_declaration(self):
        self.add("RYFT_API RYFT_MUST_USE ryft_error *ryft_b_make(int b);\n", "ryft_b_make")
        self.change("tests/sweep/steps_a.c", "};\n", '    SWEEP(ryft_b_make, declared_ryft_b_make, ""),\n};\n')
        self.assertEqual(self.check(), (0, "6 public functions, 0 problems\n"))

    def test_a_destructor_that_is_never_called(self):
        self.change("tests/sweep/steps_a.c", "ryft_a_destroy(a);", "")
        self.refused("ryft_a_destroy takes an object away, and no step calls it")

    def test_a_row_about_nothing_public(self):
        self.change("tests/sweep/quiet.c", "ryft_a_size(a)", "ryft_a_size(a)); QUIET(ryft__helper(1)")
        self.refused("ryft__helper is no public function")

    def test_rows_that_no_program_runs(self):
        self.write("tests/sweep/more_steps.c", FILES["tests/sweep/steps_a.c"])
        self.refused("more_steps.c has rows, but only steps_*.c become programs", ", 1 problems")

    def test_an_exception_that_is_none(self):
        self.write("tests/sweep/quiet.c", FILES["tests/sweep/quiet.c"] + "QUIET(ryft_allocator_set(1));\n")
        self.refused("ryft_allocator_set is swept: take it out of EXCEPTIONS")


if __name__ == "__main__":
    unittest.main()
