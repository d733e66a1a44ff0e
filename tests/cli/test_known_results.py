# SPDX-License-Identifier: Apache-2.0 OR MIT
"""docs/design/known-results.md: what it says of a plugin is so, and `plugin inspect` says it."""

import json
import math
import struct

import test_run
import tool

VALUES = [(i - 200) / 37 for i in range(400)]


class KnownResults(test_run.RunCase):
    def known(self):
        done = tool.run("plugin", "inspect", test_run.PLUGIN, "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)["known_results"]

    def about(self, word):
        found = [row for row in self.known() if word in row["what"]]
        self.assertLess(len(found), 2)
        return found[0] if found else None

    def run_text(self, body, signature, *arguments):
        text = "module { func.func @main%s { %s } }" % (signature, body)
        return [result["values"] for result in self.results(self.write("p.mlir", text), *arguments)]

    def test_inspect_prints_what_json_has(self):
        text = tool.run("plugin", "inspect", test_run.PLUGIN).stdout
        self.assertIn("\nknown wrong results\n", text)
        for row in self.known():
            self.assertEqual(sorted(row), ["remedy", "what"])
            self.assertIn("  %s; %s\n" % (row["what"], row["remedy"]), text)

    def test_constants_that_are_bitcast(self):
        right, wrong = [[1, 2, 3, 4]], [[1, 3, 0, 0]]
        cast = "%0 = stablehlo.bitcast_convert %c : (tensor<2xui8>) -> tensor<2x2xi4> return %0 : tensor<2x2xi4>"
        given = self.run_text(cast, "(%c: tensor<2xui8>) -> tensor<2x2xi4>", "--input", "u8[2]=33,67")
        folded = self.run_text("%c = stablehlo.constant dense<[33, 67]> : tensor<2xui8> " + cast, "() -> tensor<2x2xi4>")
        self.assertEqual(given, right)
        self.assertEqual(folded, wrong if self.about("bitcast") else right)

    def atan(self, *arguments):
        self.write("x.raw", struct.pack("<400d", *VALUES))
        body = "%0 = chlo.atan %x : tensor<20x20xf64> -> tensor<20x20xf64> return %0 : tensor<20x20xf64>"
        [values] = self.run_text(body, "(%x: tensor<20x20xf64>) -> tensor<20x20xf64>",
                               "--input", "f64[20,20]=@x.raw", *arguments)
        return max(abs(math.atan(x) - y) for x, y in zip(VALUES, values))

    def test_atan(self):
        # What is wrong by itself may be right on a processor with narrower vectors; the remedy holds everywhere.
        row = self.about("atan")
        self.assertLess(self.atan(*(row["remedy"].split(" ") if row else ())), 1e-12)

    def test_subnormal_results(self):
        self.assertIsNotNone(self.about("subnormal"))
        flags = [()] + [("--compile-option", "xla_cpu_ftz=" + value) for value in ("true", "false")
                        if test_run.MINOR == "0.115"]
        for more in flags:
            for kind, small, factor in (("f32", "1e-38", "0.5"), ("f64", "1e-308", "0.25")):
                with self.subTest((kind, more)):
                    tensor = "tensor<%s>" % kind
                    body = "%%0 = stablehlo.multiply %%x, %%y : %s return %%0 : %s" % (tensor, tensor)
                    said = self.run_text(body, "(%%x: %s, %%y: %s) -> %s" % (tensor, tensor, tensor), *more,
                                         "--input", "%s[]=%s" % (kind, small), "--input", "%s[]=%s" % (kind, factor))
                    self.assertEqual(said, [[0]])
