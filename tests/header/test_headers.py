# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Public headers stand alone, in C11 and C++11, and keep what they promise."""

import os
import re
import unittest

import toolchain
import csource
import rules

RAW = "ryft/abi/pjrt.h"
UPSTREAM = os.environ.get("RYFT_UPSTREAM_HEADER", os.path.join(
    os.environ.get("XDG_DATA_HOME") or os.path.expanduser("~/.local/share"), "ryft/headers/0.81/pjrt_c_api.h"))


def includes(*headers):
    return "".join(f'#include "{header}"\n' for header in headers)


def sized_structs():
    """{struct: (header, fields)} of everything that starts with struct_size, in hand-written headers."""
    found = {}
    for header in toolchain.headers():
        if not header.startswith("ryft/abi/"):
            for name, fields in csource.sized_structs(toolchain.read(header)):
                found[name] = (header, fields)
    return found


class Headers(unittest.TestCase):
    def accept(self, compilers, flags, text, **what):
        for compiler in compilers:
            with self.subTest(compiler=compiler, **what):
                compiled, said = toolchain.compile_text(compiler, flags, text)
                self.assertTrue(compiled, said)

    def test_each_alone_and_twice_in_c11(self):
        for header in toolchain.headers():
            text = includes(header, header) + "extern int ryft_test_unit;\n"
            self.accept(toolchain.C, toolchain.STRICT_C, text, header=header)

    def test_each_alone_and_twice_in_cxx11(self):
        for header in toolchain.headers():
            self.accept(toolchain.CXX, toolchain.STRICT_CXX, includes(header, header), header=header)

    def test_all_together_in_either_order(self):
        headers = toolchain.headers()
        for order in (headers, headers[::-1]):
            text = includes(*order) + "extern int ryft_test_unit;\n"
            self.accept(toolchain.C, toolchain.STRICT_C, text)
            self.accept(toolchain.CXX, toolchain.STRICT_CXX, text)

    def test_umbrella_holds_the_core_and_nothing_else(self):
        inside = set(path for _, path in csource.includes(toolchain.read("ryft/ryft.h")))
        self.assertEqual(inside, set(toolchain.headers("")) - {"ryft/ryft.h", "ryft/auto.h"})

    def test_comments_say_what_must_be_known(self):
        """Each declaration says who owns what and the rest; on what threads, and whether it blocks, or its header does."""
        for header in toolchain.headers("", "io"):
            file = rules.File(f"include/{header}", toolchain.read(header))
            self.assertEqual(list(rules.public_comments(file)), [], header)

    def test_names_carry_the_prefix(self):
        """Nothing but ryft_ and RYFT_ names come in, the raw ABI's in ryft/abi apart."""
        for header in toolchain.headers():
            if header.startswith("ryft/abi/"):
                continue
            text = toolchain.read(header)
            code = csource.without_comments(text)
            names = re.findall(r"^#define (\w+)", code, re.MULTILINE)
            names += re.findall(r"^(?:typedef )?(?:struct|enum|union) (\w+)", code, re.MULTILINE)
            names += re.findall(r"^\} (\w+);", code, re.MULTILINE)
            names += [name for name, _, _ in csource.declarations(text)]
            for name in names:
                self.assertRegex(name, r"^(?:ryft_[a-z0-9]|RYFT_[A-Z0-9]|PJRT_)", header)


class RawAbi(unittest.TestCase):
    """ryft/abi/pjrt.h beside upstream's own header."""

    def test_upstreams_guard_is_respected(self):
        text = "#define XLA_PJRT_C_PJRT_C_API_H_\n" + includes(RAW)
        for compiler in toolchain.C + toolchain.CXX:
            with self.subTest(compiler=compiler):
                compiled, said = toolchain.compile_text(compiler, [], text)
                self.assertFalse(compiled)
                self.assertIn("upstream's header came before", said)

    @unittest.skipUnless(os.path.isfile(UPSTREAM), "upstream's header is not here: tools/setup headers")
    def test_ours_then_upstreams(self):
        text = f'{includes(RAW)}#include "{UPSTREAM}"\nstatic const int size = PJRT_Api_Version_STRUCT_SIZE;\n'
        text += "int ryft_test(void);\nint ryft_test(void) { return size + PJRT_API_MINOR; }\n"
        text += "#ifdef PJRT_API_MINOR\n#error upstream's header was not skipped\n#endif\n"
        for compiler in toolchain.C + toolchain.CXX:
            with self.subTest(compiler=compiler):
                compiled, said = toolchain.compile_text(compiler, [], text)
                self.assertTrue(compiled, said)

    @unittest.skipUnless(os.path.isfile(UPSTREAM), "upstream's header is not here: tools/setup headers")
    def test_upstreams_then_ours(self):
        text = f'#include "{UPSTREAM}"\n'
        for compiler in toolchain.C + toolchain.CXX:
            with self.subTest(compiler=compiler):
                compiled, said = toolchain.compile_text(compiler, [], text)
                self.assertTrue(compiled, said)
                compiled, said = toolchain.compile_text(compiler, [], text + includes(RAW))
                self.assertFalse(compiled)
                self.assertIn("upstream's header came before", said)

    @unittest.skipUnless(os.path.isfile(UPSTREAM), "upstream's header is not here: tools/setup headers")
    def test_noun_headers_live_beside_upstreams(self):
        text = includes("ryft/ryft.h") + f'#include "{UPSTREAM}"\n'
        text += "PJRT_Client *ryft_test(const ryft_client *client);\n"
        text += "PJRT_Client *ryft_test(const ryft_client *client) { return ryft_client_raw(client); }\n"
        for compiler in toolchain.C + toolchain.CXX:
            with self.subTest(compiler=compiler):
                compiled, said = toolchain.compile_text(compiler, [], text)
                self.assertTrue(compiled, said)


class SizedStructs(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreater(len(sized_structs()), 5)
        self.assertIn("ryft_compile_options", sized_structs())

    def test_no_implicit_padding(self):
        """The sizes of the fields add up to the size of the struct."""
        for name, (header, fields) in sized_structs().items():
            total = " + ".join(f"sizeof((({name} *)0)->{field})" for _, field in fields)
            text = f'{includes(header)}_Static_assert({total} == sizeof({name}), "{name} holds padding");\n'
            for compiler in toolchain.C:
                with self.subTest(struct=name, compiler=compiler):
                    compiled, said = toolchain.compile_text(compiler, ["-std=c11"], text)
                    self.assertTrue(compiled, said)

    def test_padding_would_be_seen(self):
        text = "typedef struct a {\n  size_t struct_size;\n  int b;\n} a;\n"
        fields = csource.sized_structs(text)[0][1]
        total = " + ".join(f"sizeof(((a *)0)->{field})" for _, field in fields)
        text = f'#include <stddef.h>\n{text}_Static_assert({total} == sizeof(a), "a holds padding");\n'
        compiled, said = toolchain.compile_text(toolchain.C[0], ["-std=c11"], text)
        self.assertFalse(compiled)
        self.assertIn("a holds padding", said)

    def test_they_nest_by_pointer(self):
        structs = sized_structs()
        for name, (header, fields) in structs.items():
            for kind, field in fields:
                where = f"{header}: {name}.{field} nests by value"
                self.assertNotIn(kind.replace("const ", ""), structs, where)

    @unittest.skipUnless(toolchain.CXX, "no C++ compiler")
    def test_defaults_are_equal_in_c_and_cxx(self):
        structs = sorted(sized_structs())
        everything = includes(*(header for header in toolchain.headers() if not header.startswith("ryft/abi/")))
        from_c, from_cxx = everything, everything
        compare = everything + "#include <stdio.h>\n#include <string.h>\n"
        for name in structs:
            from_c += f"void c_{name}({name} *out);\n"
            from_c += f"void c_{name}({name} *out) {{ *out = RYFT_DEFAULTS({name}); }}\n"
            from_cxx += f'extern "C" void cxx_{name}({name} *out) {{ *out = RYFT_DEFAULTS({name}); }}\n'
            compare += f"void c_{name}({name} *out);\nvoid cxx_{name}({name} *out);\n"
        compare += "int main(void) {\n  int count = 0;\n"
        for name in structs:
            compare += f"  {{ {name} a, b; memset(&a, 1, sizeof a); memset(&b, 2, sizeof b);"
            compare += f" c_{name}(&a); cxx_{name}(&b);"
            compare += " count += memcmp(&a, &b, sizeof a) == 0 && a.struct_size == sizeof a; }\n"
        compare += '  printf("%d", count);\n  return 0;\n}\n'
        answer = toolchain.build_and_run({
            "c.c": (toolchain.C[0], ["-std=c11"], from_c),
            "cxx.cc": (toolchain.CXX[0], ["-std=c++11"], from_cxx),
            "main.c": (toolchain.C[0], ["-std=c11"], compare)})
        self.assertEqual(answer, (0, str(len(structs))))


class Auto(unittest.TestCase):
    def test_every_noun_has_its_cleanup(self):
        """A noun that can be destroyed can be held by RYFT_AUTO."""
        for header in toolchain.headers():
            if header.startswith("ryft/abi/") or header == "ryft/error.h":
                continue
            text = toolchain.read(header)
            destroyed = {name[5:-8] for name, _, _ in csource.declarations(text) if name.endswith("_destroy")}
            held = set(re.findall(r"^RYFT_DEFINE_CLEANUP\((\w+)\)", text, re.MULTILINE))
            self.assertEqual(destroyed, held, header)

    def test_scopes_destroy_what_they_hold(self):
        nouns = []
        for header in toolchain.headers():
            nouns += re.findall(r"^RYFT_DEFINE_CLEANUP\((\w+)\)", toolchain.read(header), re.MULTILINE)
        text = includes("ryft/auto.h", *(h for h in toolchain.headers() if not h.startswith("ryft/abi/")))
        text += "void ryft_test(void);\nvoid ryft_test(void) {\n"
        text += "".join(f"  RYFT_AUTO({noun}) one_{noun} = NULL, two_{noun} = NULL;\n  (void)two_{noun};\n"
                        f"  (void)one_{noun};\n" for noun in nouns if noun != "noun")
        text += "}\n"
        for compiler in toolchain.C:
            with self.subTest(compiler=compiler):
                compiled, said = toolchain.compile_text(compiler, toolchain.STRICT_C, text)
                self.assertTrue(compiled, said)

    def test_it_runs_on_every_way_out(self):
        text = includes("ryft/base.h", "ryft/auto.h") + """#include <stdio.h>
typedef struct ryft_thing { int alive; } ryft_thing;
static void ryft_thing_destroy(ryft_thing *thing) { if (thing != NULL) thing->alive = 0; }
RYFT_DEFINE_CLEANUP(thing)
static int leave_early(ryft_thing *a, ryft_thing *b) {
  RYFT_AUTO(thing) one = a, two = b, none = NULL;
  (void)none;
  if (one != NULL && two != NULL) return one->alive + two->alive;
  return 0;
}
int main(void) {
  ryft_thing a = {1}, b = {1};
  int during = leave_early(&a, &b);
  printf("%d %d %d", during, a.alive, b.alive);
  return 0;
}
"""
        for compiler in toolchain.C:
            with self.subTest(compiler=compiler):
                self.assertEqual(toolchain.build_and_run({"a.c": (compiler, ["-std=c11"], text)}), (0, "2 0 0"))


if __name__ == "__main__":
    unittest.main()
