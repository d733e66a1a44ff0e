module @jit_train_step attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<64x64xf32> {tf.aliasing_output = 0 : i32}, %arg1: tensor<64xf32> {tf.aliasing_output = 1 : i32}, %arg2: tensor<64x10xf32> {tf.aliasing_output = 2 : i32}, %arg3: tensor<10xf32> {tf.aliasing_output = 3 : i32}, %arg4: tensor<32x64xui8>, %arg5: tensor<32xui8>) -> (tensor<64x64xf32>, tensor<64xf32>, tensor<64x10xf32>, tensor<10xf32>, tensor<f32>) {
    %0 = stablehlo.convert %arg4 : (tensor<32x64xui8>) -> tensor<32x64xf32>
    %cst = stablehlo.constant dense<6.250000e-02> : tensor<f32>
    %1 = stablehlo.broadcast_in_dim %cst, dims = [] : (tensor<f32>) -> tensor<32x64xf32>
    %2 = stablehlo.multiply %0, %1 : tensor<32x64xf32>
    %3 = stablehlo.dot_general %2, %arg0, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<32x64xf32>, tensor<64x64xf32>) -> tensor<32x64xf32>
    %4 = stablehlo.broadcast_in_dim %arg1, dims = [1] : (tensor<64xf32>) -> tensor<1x64xf32>
    %5 = stablehlo.broadcast_in_dim %4, dims = [0, 1] : (tensor<1x64xf32>) -> tensor<32x64xf32>
    %6 = stablehlo.add %3, %5 : tensor<32x64xf32>
    %7 = stablehlo.tanh %6 : tensor<32x64xf32>
    %cst_0 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %8 = stablehlo.broadcast_in_dim %cst_0, dims = [] : (tensor<f32>) -> tensor<32x64xf32>
    %9 = stablehlo.subtract %8, %7 : tensor<32x64xf32>
    %10 = stablehlo.dot_general %7, %arg2, contracting_dims = [1] x [0], precision = [DEFAULT, DEFAULT] : (tensor<32x64xf32>, tensor<64x10xf32>) -> tensor<32x10xf32>
    %11 = stablehlo.broadcast_in_dim %arg3, dims = [1] : (tensor<10xf32>) -> tensor<1x10xf32>
    %12 = stablehlo.broadcast_in_dim %11, dims = [0, 1] : (tensor<1x10xf32>) -> tensor<32x10xf32>
    %13 = stablehlo.add %10, %12 : tensor<32x10xf32>
    %cst_1 = stablehlo.constant dense<0xFF800000> : tensor<f32>
    %14 = stablehlo.reduce(%13 init: %cst_1) applies stablehlo.maximum across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %15 = stablehlo.reshape %14 : (tensor<32xf32>) -> tensor<32x1xf32>
    %16 = stablehlo.broadcast_in_dim %15, dims = [0, 1] : (tensor<32x1xf32>) -> tensor<32x10xf32>
    %17 = stablehlo.compare EQ, %13, %16, FLOAT : (tensor<32x10xf32>, tensor<32x10xf32>) -> tensor<32x10xi1>
    %18 = stablehlo.convert %17 : (tensor<32x10xi1>) -> tensor<32x10xf32>
    %cst_2 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %19 = stablehlo.reduce(%18 init: %cst_2) applies stablehlo.add across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %20 = stablehlo.broadcast_in_dim %14, dims = [0] : (tensor<32xf32>) -> tensor<32x1xf32>
    %21 = stablehlo.broadcast_in_dim %20, dims = [0, 1] : (tensor<32x1xf32>) -> tensor<32x10xf32>
    %22 = stablehlo.subtract %13, %21 : tensor<32x10xf32>
    %23 = stablehlo.exponential %22 : tensor<32x10xf32>
    %cst_3 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %24 = stablehlo.reduce(%23 init: %cst_3) applies stablehlo.add across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %25 = stablehlo.log %24 : tensor<32xf32>
    %26 = stablehlo.iota dim = 1 : tensor<32x10xi32>
    %27 = stablehlo.convert %arg5 : (tensor<32xui8>) -> tensor<32xi32>
    %28 = stablehlo.broadcast_in_dim %27, dims = [0] : (tensor<32xi32>) -> tensor<32x1xi32>
    %29 = stablehlo.broadcast_in_dim %28, dims = [0, 1] : (tensor<32x1xi32>) -> tensor<32x10xi32>
    %30 = stablehlo.compare EQ, %29, %26, SIGNED : (tensor<32x10xi32>, tensor<32x10xi32>) -> tensor<32x10xi1>
    %31 = stablehlo.convert %30 : (tensor<32x10xi1>) -> tensor<32x10xf32>
    %32 = stablehlo.multiply %22, %31 : tensor<32x10xf32>
    %cst_4 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %33 = stablehlo.reduce(%32 init: %cst_4) applies stablehlo.add across dimensions = [1] : (tensor<32x10xf32>, tensor<f32>) -> tensor<32xf32>
    %34 = stablehlo.subtract %25, %33 : tensor<32xf32>
    %cst_5 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %35 = stablehlo.reduce(%34 init: %cst_5) applies stablehlo.add across dimensions = [0] : (tensor<32xf32>, tensor<f32>) -> tensor<f32>
    %cst_6 = stablehlo.constant dense<3.200000e+01> : tensor<f32>
    %36 = stablehlo.divide %35, %cst_6 : tensor<f32>
    %cst_7 = stablehlo.constant dense<1.000000e+00> : tensor<f32>
    %cst_8 = stablehlo.constant dense<3.200000e+01> : tensor<f32>
    %37 = stablehlo.divide %cst_7, %cst_8 : tensor<f32>
    %38 = stablehlo.broadcast_in_dim %37, dims = [] : (tensor<f32>) -> tensor<32xf32>
    %39 = stablehlo.negate %38 : tensor<32xf32>
    %40 = stablehlo.broadcast_in_dim %39, dims = [0] : (tensor<32xf32>) -> tensor<32x10xf32>
    %41 = stablehlo.multiply %40, %31 : tensor<32x10xf32>
    %42 = stablehlo.divide %38, %24 : tensor<32xf32>
    %43 = stablehlo.broadcast_in_dim %42, dims = [0] : (tensor<32xf32>) -> tensor<32x10xf32>
    %44 = stablehlo.multiply %43, %23 : tensor<32x10xf32>
    %45 = stablehlo.add %41, %44 : tensor<32x10xf32>
    %cst_9 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %46 = stablehlo.reduce(%45 init: %cst_9) applies stablehlo.add across dimensions = [0] : (tensor<32x10xf32>, tensor<f32>) -> tensor<10xf32>
    %47 = stablehlo.reshape %46 : (tensor<10xf32>) -> tensor<1x10xf32>
    %cst_10 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %48 = stablehlo.reduce(%47 init: %cst_10) applies stablehlo.add across dimensions = [0] : (tensor<1x10xf32>, tensor<f32>) -> tensor<10xf32>
    %49 = stablehlo.dot_general %45, %7, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<32x10xf32>, tensor<32x64xf32>) -> tensor<10x64xf32>
    %50 = stablehlo.transpose %49, dims = [1, 0] : (tensor<10x64xf32>) -> tensor<64x10xf32>
    %51 = stablehlo.dot_general %45, %arg2, contracting_dims = [1] x [1], precision = [DEFAULT, DEFAULT] : (tensor<32x10xf32>, tensor<64x10xf32>) -> tensor<32x64xf32>
    %52 = stablehlo.multiply %51, %9 : tensor<32x64xf32>
    %53 = stablehlo.multiply %52, %7 : tensor<32x64xf32>
    %54 = stablehlo.add %52, %53 : tensor<32x64xf32>
    %cst_11 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %55 = stablehlo.reduce(%54 init: %cst_11) applies stablehlo.add across dimensions = [0] : (tensor<32x64xf32>, tensor<f32>) -> tensor<64xf32>
    %56 = stablehlo.reshape %55 : (tensor<64xf32>) -> tensor<1x64xf32>
    %cst_12 = stablehlo.constant dense<0.000000e+00> : tensor<f32>
    %57 = stablehlo.reduce(%56 init: %cst_12) applies stablehlo.add across dimensions = [0] : (tensor<1x64xf32>, tensor<f32>) -> tensor<64xf32>
    %58 = stablehlo.dot_general %54, %2, contracting_dims = [0] x [0], precision = [DEFAULT, DEFAULT] : (tensor<32x64xf32>, tensor<32x64xf32>) -> tensor<64x64xf32>
    %59 = stablehlo.transpose %58, dims = [1, 0] : (tensor<64x64xf32>) -> tensor<64x64xf32>
    %cst_13 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %60 = stablehlo.broadcast_in_dim %cst_13, dims = [] : (tensor<f32>) -> tensor<64x64xf32>
    %61 = stablehlo.multiply %60, %59 : tensor<64x64xf32>
    %62 = stablehlo.subtract %arg0, %61 : tensor<64x64xf32>
    %cst_14 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %63 = stablehlo.broadcast_in_dim %cst_14, dims = [] : (tensor<f32>) -> tensor<64xf32>
    %64 = stablehlo.multiply %63, %57 : tensor<64xf32>
    %65 = stablehlo.subtract %arg1, %64 : tensor<64xf32>
    %cst_15 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %66 = stablehlo.broadcast_in_dim %cst_15, dims = [] : (tensor<f32>) -> tensor<64x10xf32>
    %67 = stablehlo.multiply %66, %50 : tensor<64x10xf32>
    %68 = stablehlo.subtract %arg2, %67 : tensor<64x10xf32>
    %cst_16 = stablehlo.constant dense<5.000000e-01> : tensor<f32>
    %69 = stablehlo.broadcast_in_dim %cst_16, dims = [] : (tensor<f32>) -> tensor<10xf32>
    %70 = stablehlo.multiply %69, %48 : tensor<10xf32>
    %71 = stablehlo.subtract %arg3, %70 : tensor<10xf32>
    return %62, %65, %68, %71, %36 : tensor<64x64xf32>, tensor<64xf32>, tensor<64x10xf32>, tensor<10xf32>, tensor<f32>
  }
}
