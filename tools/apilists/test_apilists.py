# SPDX-License-Identifier: Apache-2.0 OR MIT
"""What apilists reads from a header, what it writes, and what it refuses."""

import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import api  # noqa: E402
import nulls  # noqa: E402
import sizes  # noqa: E402
import steps  # noqa: E402
import symbols  # noqa: E402

HEADER = """
/** Makes. Since: 0.1. PJRT: none. */
RYFT_API RYFT_MUST_USE ryft_error *
ryft_a_make(const char *const *names, size_t count, char room[RYFT_SIZE], ryft_a **out);
/** Asks. Since: 0.2. PJRT: none. */
RYFT_API const char *ryft_a_text(void);
/** Formats. Since:
 * 0.10. */
RYFT_API void ryft_a_format(int (*each)(void *arg, int b), const char *text, ...) RYFT_PRINTF(2, 3);
/* RYFT_API int ryft_a_comment(void); */
"""


class Reading(unittest.TestCase):
    def test_functions(self):
        make, text, formatted = api.parse(HEADER)
        self.assertEqual((make.name, make.returns, make.since), ("ryft_a_make", "ryft_error *", "0.1"))
        self.assertEqual(make.parameters, [("const char *const *", "names"), ("size_t", "count"),
                                           ("char *", "room"), ("ryft_a **", "out")])
        self.assertEqual((text.returns, text.parameters, text.since), ("const char *", [], "0.2"))
        self.assertEqual(formatted.parameters, [("(*)", "each"), ("const char *", "text")])
        self.assertEqual(formatted.since, "0.10")

    def test_libraries(self):
        self.assertEqual([api.library_of(f"ryft/{name}") for name in ("a.h", "io/a.h", "ext/a.h", "abi/a.h")],
                         ["ryft", "ryft-io", "ryft", None])

    def test_the_headers_of_this_tree(self):
        found = {each.name: each for each in api.functions("ryft")}
        self.assertGreater(len(found), 100)
        self.assertEqual(found["ryft_client_destroy"].parameters, [("ryft_client *", "client")])
        self.assertIn("ryft__alloc", api.shared())
        self.assertIn("ryft_client_options", [each.name for each in api.structs("ryft")])


class Lists(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for name in ("abi", "src/base", "include/ryft/io"):
            os.makedirs(os.path.join(self.root, name))
        self.write("include/ryft/a.h", HEADER)
        self.write("include/ryft/io/b.h", HEADER.replace("ryft_a", "ryft_b"))
        self.write("src/base/base.h", "RYFT__SHARED void ryft__help(void);\n")
        self.assertEqual(self.run_tool()[0], 0)

    def write(self, path, text):
        with open(os.path.join(self.root, path), "w", encoding="utf-8") as file:
            file.write(text)

    def read(self, path):
        return api.read(os.path.join(self.root, path))

    def run_tool(self, *options):
        answer = subprocess.run([sys.executable, HERE, "--root", self.root, *options], capture_output=True, text=True)
        return answer.returncode, answer.stdout + answer.stderr

    def test_symbols_stand_in_the_node_of_their_release(self):
        self.assertEqual(self.read("abi/symbols-ryft.txt").splitlines()[2:], [
            "ryft__help RYFT_PRIVATE", "ryft_a_format RYFT_0.10", "ryft_a_make RYFT_0.1", "ryft_a_text RYFT_0.2"])
        self.assertIn("ryft_b_make RYFT_IO_0.1\n", self.read("abi/symbols-ryft-io.txt"))

    def test_nodes_stand_on_the_one_before(self):
        text = " ".join(self.read("src/ryft.map").split())
        self.assertIn("RYFT_0.1 { global: ryft_a_make; local: *; }; RYFT_0.2 { global: ryft_a_text; } RYFT_0.1; "
                      "RYFT_0.10 { global: ryft_a_format; } RYFT_0.2;", text)
        self.assertTrue(text.endswith("RYFT_PRIVATE { global: ryft__help; };"), text)
        self.assertNotIn("PRIVATE", self.read("src/ryft-io.map"))

    def test_the_linker_takes_it(self):
        self.write("a.c", "int ryft_a_make, ryft_a_text, ryft_a_format, ryft__help, ryft_a_inside;\n")
        subprocess.run([os.environ.get("CC", "cc"), "-shared", "-fPIC", "a.c", "-o", "a.so",
                        "-Wl,--version-script=src/ryft.map"], cwd=self.root, check=True)
        names = subprocess.run(["nm", "-D", "a.so"], cwd=self.root, check=True, capture_output=True, text=True).stdout
        for name in ("ryft_a_make@@RYFT_0.1", "ryft_a_text@@RYFT_0.2", "ryft__help@@RYFT_PRIVATE"):
            self.assertIn(name, names)
        self.assertNotIn("ryft_a_inside", names)

    def test_a_new_function_is_added(self):
        self.assertEqual(self.run_tool("--verify"), (0, ""))
        self.write("include/ryft/c.h", "/** c. Since: 0.2. */\nRYFT_API int ryft_c(void);\n")
        status, text = self.run_tool("--verify")
        self.assertEqual(status, 1)
        self.assertIn("abi/symbols-ryft.txt: is stale, run python3 tools/apilists", text)
        self.assertEqual(self.run_tool()[0], 0)
        self.assertEqual(self.run_tool("--verify"), (0, ""))
        self.assertIn("ryft_c RYFT_0.2\n", self.read("abi/symbols-ryft.txt"))

    def test_a_lost_function_is_not_forgotten(self):
        self.write("include/ryft/a.h", HEADER.replace("ryft_a_text", "ryft_a_words"))
        for options in ((), ("--verify",)):
            status, text = self.run_tool(*options)
            self.assertEqual(status, 1)
            self.assertIn("ryft_a_text RYFT_0.2: no header declares it so any more", text)
        self.assertIn("ryft_a_text", self.read("src/ryft.map"))
        self.assertEqual(self.run_tool("--remove")[0], 0)
        self.assertNotIn("ryft_a_text", self.read("src/ryft.map"))

    def test_a_function_that_moved_is_not_forgotten(self):
        self.write("include/ryft/a.h", HEADER.replace("0.2.", "0.3."))
        self.assertIn("ryft_a_text RYFT_0.2: no header", self.run_tool()[1])

    def test_a_comment_without_a_version(self):
        self.write("include/ryft/a.h", HEADER.replace("Since: 0.2.", ""))
        status, text = self.run_tool()
        self.assertEqual(status, 1)
        self.assertIn('the comment of ryft_a_text lacks "Since: X.Y."', text)

    def test_private_symbols_come_and_go(self):
        self.write("src/base/base.h", "RYFT__SHARED RYFT_MUST_USE void *ryft__other(void);\n")
        self.assertEqual(self.run_tool()[0], 0)
        self.assertIn("ryft__other RYFT_PRIVATE\n", self.read("abi/symbols-ryft.txt"))


class Decisions:
    """As tests/declared/decisions.py."""
    TYPED = {"ryft_a *": "s->a", "size_t": "1"}
    NAMED, GIVEN, NULLABLE = {"index": "0"}, {"ryft_f.text": '"given"'}, {"ryft_g.message": "a reason"}
    EMPTY, SWEPT = {"ryft_list": ".count"}, {"ryft_a *": "s->swept"}
    VALID, BY_HAND = {"ryft_part": ("a_part", "size")}, {"ryft_by_hand": "a reason"}


class Nulls(unittest.TestCase):
    def blocks(self, declaration, comment="Does it."):
        function, = api.parse(f"/** {comment} Owns: nothing. Since: 0.1. */\nRYFT_API {declaration};\n")
        return {each.name: " ".join(nulls.block(function, each, Decisions, {"ryft_sized"}))
                for each in filter(nulls.is_pointer, function.parameters)}

    def test_a_function_that_can_fail(self):
        found = self.blocks("ryft_error *ryft_f(const ryft_a *a, size_t n, const char *text, ryft_b **out)")
        self.assertEqual(found, {
            "a": 'ryft_b *out = POISON; refused("a", ryft_f(NULL, 1, "given", &out)); assert_null(out);',
            "text": 'ryft_b *out = POISON; refused("text", ryft_f(s->a, 1, NULL, &out)); assert_null(out);',
            "out": 'refused("out", ryft_f(s->a, 1, "given", NULL));'})

    def test_outputs(self):
        found = self.blocks("ryft_error *ryft_f(ryft_a *a, bool *out_b, size_t *out_c, ryft_sized *out_d, "
                            "const char **out_e, int *out_f)")
        self.assertEqual(found["a"], "bool out_b = true; size_t out_c = 7; ryft_sized out_d = RYFT_DEFAULTS(ryft_sized); "
                         'const char *out_e = POISON; int out_f; '
                         'refused("a", ryft_f(NULL, &out_b, &out_c, &out_d, &out_e, &out_f)); '
                         "assert_false(out_b); assert_int_not_equal(out_c, 7); assert_no_text(out_e);")

    def test_what_may_be_null(self):
        for comment in ("@param b the b; may be NULL.", "@param b a name,\n * or NULL for all.", "@param b NULL: none.",
                        "@param b NULL for none.", "It is so; `b` may be NULL."):
            with self.subTest(comment=comment):
                found = self.blocks("ryft_error *ryft_f(ryft_a *a, const ryft_b *b, void **out)", comment)
                self.assertEqual(found["b"], 'void *out = POISON; taken("b", ryft_f(s->a, NULL, &out)); ryft_host_free(out);')
                self.assertTrue('refused("a", ' in found["a"])
        for declaration, name in (("ryft_f(const ryft_f_options *options)", "options"), ("ryft_f(void *arg)", "arg"),
                                  ("ryft_g(const char *message)", "message")):
            with self.subTest(declaration=declaration):
                self.assertIn("taken(", self.blocks(f"ryft_error *{declaration}")[name])

    def test_what_may_not_be_null(self):
        for comment in ("@param a all NULL on failure.", "@param b or NULL.", "An a or NULL.", "`a` NULL is odd."):
            with self.subTest(comment=comment):
                self.assertIn("refused(", self.blocks("ryft_error *ryft_f(const ryft_a *a)", comment)["a"])

    def test_a_value_of_nothing(self):
        for returns, answer in (("const char *", 'assert_string_equal(ryft_f(NULL), "");'),
                                ("ryft_b *", "assert_null(ryft_f(NULL));"), ("void ", "ryft_f(NULL);"),
                                ("int ", "assert_true(ryft_f(NULL) == 0);"),
                                ("ryft_list ", "assert_true(ryft_f(NULL).count == 0);")):
            with self.subTest(returns=returns):
                self.assertEqual(self.blocks(f"{returns}ryft_f(const ryft_a *a)"), {"a": answer})
        self.assertEqual(self.blocks("bool ryft_f(const ryft_a *a, const char *text)")["text"], "(void)ryft_f(s->a, NULL);")

    def test_pointers_by_another_name(self):
        self.assertEqual(list(self.blocks("ryft_error *ryft_f(char text[4])")), ["text"])
        for kind in nulls.CALLBACKS:
            self.assertTrue(nulls.is_pointer(api.Parameter(kind, "x")))

    def test_what_nobody_decided(self):
        with self.assertRaises(nulls.Undecided) as raised:
            self.blocks("ryft_error *ryft_f(const ryft_a *a, ryft_thing thing)")
        self.assertIn("what to give for `ryft_thing thing`", str(raised.exception))


class Sizes(unittest.TestCase):
    STRUCTS = {"ryft_f_options": [("size_t", "struct_size"), ("const ryft_part *", "part"), ("const int *", "numbers")],
               "ryft_part": [("size_t", "struct_size")], "ryft_found": [("size_t", "struct_size")]}

    def rows(self, declaration):
        function, = api.parse(f"RYFT_API {declaration};\n")
        return sizes.rows([function], self.STRUCTS, Decisions)

    def test_options_and_what_they_point_to(self):
        found = self.rows("ryft_error *ryft_f(ryft_a *a, const ryft_f_options *options, ryft_b **out)")
        self.assertEqual([(row.kind, row.place, row.is_result) for row in found], [
            ("ryft_f_options", "ryft_f.options", False), ("ryft_part", "ryft_f.options->part", False)])
        self.assertIn("ryft_b *out = POISON;\n  ryft_error *error = ryft_f(s->a, given, &out);\n  ryft_b_destroy(out);",
                      found[0].use(0, Decisions, self.STRUCTS))
        self.assertIn("ryft_f_options outer = RYFT_DEFAULTS(ryft_f_options);\n  outer.part = given;",
                      found[1].use(1, Decisions, self.STRUCTS))
        self.assertIn("ryft_f(s->a, &outer, &out)", found[1].use(1, Decisions, self.STRUCTS))
        self.assertIn("END_OF(ryft_f_options, struct_size), use_0, &zero_ryft_f_options, false", found[0].text(0, Decisions))
        self.assertIn("END_OF(ryft_part, size), use_1, &a_part, false", found[1].text(1, Decisions))

    def test_results(self):
        row, = self.rows("ryft_error *ryft_f(ryft_found *out)")
        self.assertTrue(row.is_result)
        self.assertIn("&zero_ryft_found, true", row.text(0, Decisions))

    def test_what_is_no_row(self):
        for declaration in ("int ryft_f(const ryft_found *found)", "ryft_error *ryft_f(const ryft_by_hand *x)",
                            "ryft_error *ryft_f(const ryft_a *a)"):
            with self.subTest(declaration=declaration):
                self.assertEqual(self.rows(declaration), [])


class Steps(unittest.TestCase):
    def test_a_call_with_its_outputs(self):
        function, = api.parse("RYFT_API ryft_error *ryft_f(const ryft_a *a, ryft_b **out, size_t *out_size, int *out_x);\n")
        self.assertEqual(" ".join(steps.step(function, Decisions, {}).split()),
                         "static inline ryft_error *declared_ryft_f(const scene *s) { (void)s; ryft_b *out = POISON; "
                         "size_t out_size = 7; int out_x; ryft_error *error = ryft_f(s->swept, &out, &out_size, &out_x); "
                         "CLEARED(error, out); CLEARED(error, out_size); ryft_b_destroy(out); return error; }")

    def test_what_must_be_written_by_hand(self):
        function, = api.parse("RYFT_API ryft_error *ryft_f(const ryft_a *a, size_t count);\n")
        with self.assertRaises(nulls.Undecided):
            steps.step(function, Decisions, {})


class Order(unittest.TestCase):
    def test_releases_are_numbers(self):
        lines = symbols.version_script({"RYFT_0.9": ["a"], "RYFT_0.10": ["b"]}).split("\n")
        self.assertIn("} RYFT_0.9;", lines)


if __name__ == "__main__":
    unittest.main()
