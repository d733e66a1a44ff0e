// SPDX-License-Identifier: Apache-2.0 OR MIT
module {
  func.func @main(%a: tensor<2x1xi32>, %b: tensor<2x1xi32>) -> tensor<2x1xi32> {
    %sum = stablehlo.add %a, %b : tensor<2x1xi32>
    return %sum : tensor<2x1xi32>
  }
}
