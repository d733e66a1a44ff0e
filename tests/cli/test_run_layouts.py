#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""`ryft run` on programs that read or write arrays in other orders of dimensions: nobody who runs them need know."""
import itertools
import unittest

import test_run

PROGRAM = """
module {
  func.func @main(%%a: tensor<2x3x%(type)s> {mhlo.layout_mode = "%(parameter)s"})
      -> (tensor<3x2x%(type)s> {mhlo.layout_mode = "%(result)s"}) {
    %%0 = stablehlo.transpose %%a, dims = [1, 0] : (tensor<2x3x%(type)s>) -> tensor<3x2x%(type)s>
    %%1 = stablehlo.add %%0, %%0 : tensor<3x2x%(type)s>
    return %%1 : tensor<3x2x%(type)s>
  }
}
"""


@unittest.skipUnless(test_run.PLUGIN, "no plugin")
class Layouts(test_run.RunCase):
    def test_cmd_run_layouts_of_parameters_and_results(self):
        types = {"f32": "f32", "f64": "f64", "s4": "i4"}
        for (name, mlir), parameter, result in itertools.product(types.items(), ("{0,1}", "{1,0}"), ("{0,1}", "{1,0}")):
            with self.subTest(type=name, parameter=parameter, result=result):
                self.write("turn.mlir", PROGRAM % {"type": mlir, "parameter": parameter, "result": result})
                found = self.results("turn.mlir", "--input", "%s[2,3]=1,2,3,-1,-2,-3" % name)
                self.assertEqual(found[0]["shape"], [3, 2])
                self.assertEqual(found[0]["values"], [2, -2, 4, -4, 6, -6])

    def test_cmd_run_layouts_on_four_devices(self):
        self.write("turn.mlir", PROGRAM % {"type": "f32", "parameter": "{0,1}", "result": "{0,1}"})
        found = self.results("turn.mlir", "--replicas", "4", "--input", "f32[2,3]=1,2,3,4,5,6")
        self.assertEqual([each["values"] for each in found], [[2, 8, 4, 10, 6, 12]] * 4)


if __name__ == "__main__":
    unittest.main()
