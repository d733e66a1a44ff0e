#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""`ryft run` on programs whose results have dynamic dimensions: all it says of them is of their present size."""
import os
import unittest

import test_run
import tool
from test_run import f32, npy

# The second argument is the present size of dimension 1.
PROGRAM = """
module {
  func.func @main(%a: tensor<3x4xf32>, %n: tensor<i32>) -> tensor<3x?xf32, #stablehlo.bounds<?, 4>> {
    %r = "stablehlo.set_dimension_size"(%a, %n) {dimension = 1 : i64}
        : (tensor<3x4xf32>, tensor<i32>) -> tensor<3x?xf32, #stablehlo.bounds<?, 4>>
    return %r : tensor<3x?xf32, #stablehlo.bounds<?, 4>>
  }
}
"""


@unittest.skipUnless(test_run.PLUGIN, "no plugin")
class Dynamic(test_run.RunCase):
    def setUp(self):
        super().setUp()
        self.write("dynamic.mlir", PROGRAM)

    def arguments(self, size, *more):
        return ["dynamic.mlir", "--input", "f32[3,4]=1,2,3,4,5,6,7,8,9,10,11,12", "--input", "s32[]=%d" % size, *more]

    def test_cmd_run_dynamic_results_are_printed(self):
        self.assertEqual(self.good(*self.arguments(2)), "result 0: f32[3,2] =\n[[1, 2],\n [5, 6],\n [9, 10]]\n")
        self.assertEqual(self.good(*self.arguments(0)), "result 0: f32[3,0] = []\n")
        self.assertEqual(self.good(*self.arguments(4)),
                         "result 0: f32[3,4] =\n[[1, 2, 3, 4],\n [5, 6, 7, 8],\n [9, 10, 11, 12]]\n")

    def test_cmd_run_dynamic_results_as_json(self):
        self.assertEqual(self.results(*self.arguments(2)),
                         [{"device": 0, "index": 0, "type": "f32", "shape": [3, 2], "values": [1, 2, 5, 6, 9, 10]}])

    def test_cmd_run_dynamic_results_are_written_and_compared(self):
        wanted = npy("<f4", [3, 2], f32(1, 2, 5, 6, 9, 10))
        self.good(*self.arguments(2, "--output", "out.npy"))
        self.assertEqual(self.read("out.npy"), wanted)
        self.write("want.npy", wanted)
        self.good(*self.arguments(2, "--expect", "want.npy"))
        done = self.ryft(*self.arguments(3, "--expect", "want.npy"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("it is f32[3,3] instead of f32[3,2]", done.stderr)


@unittest.skipUnless("RYFT_FAKE_DIR" in os.environ, "no fake plugin")
class OutOfBounds(test_run.RunCase):
    """With the fake plugin, which says what it is told to; real ones may die of it."""

    def test_cmd_run_sizes_out_of_bounds(self):
        for size in ("7", "-3", "100000"):
            self.write("beyond.mlir", "module {\n  // fake: () -> (s32[6]) = iota size(0.0=%s)\n"
                       "  func.func public @main() {\n    return\n  }\n}\n" % size)
            self.refused(2, "gives dimension 0 of s32[<=6] the size %s, and its bound is 6" % size, "beyond.mlir",
                         plugin=tool.FAKE / "fake.so")

    def test_cmd_run_sizes_within_bounds(self):
        self.write("within.mlir", "module {\n  // fake: () -> (s32[6]) = iota size(0.0=3)\n"
                   "  func.func public @main() {\n    return\n  }\n}\n")
        self.assertEqual(self.good("within.mlir", plugin=tool.FAKE / "fake.so"), "result 0: s32[3] = [0, 1, 2]\n")


if __name__ == "__main__":
    unittest.main()
