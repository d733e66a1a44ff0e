/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Programs: recognising formats, and what is refused because it takes plugins down. */
#include <stdlib.h>
#include <string.h>

#include "core/hlo_support.h"
#include "ryft/live_objects.h"
#include "ryft/program.h"
#include "src/base/base.h"
#include "src/base/text.h"
#include "src/core/program.h"
#include "support/assert.h"
#include "support/temp.h"

static void recognises(const char *bytes, size_t size, const char *format) {
  ryft_program *program = NULL;
  assert_ok(ryft_program_create(NULL, (ryft_bytes){bytes, size}, &program));
  assert_string_equal(program->format, format);
  assert_int_equal(program->code.size, size);
  assert_memory_equal(program->code.data, bytes, size);
  assert_ptr_not_equal(program->code.data, bytes);
  ryft_program_destroy(program);
  assert_int_equal(ryft_live_objects(), 0);
}

static void recognises_file(const char *name, const char *format) {
  char *path = temp_path(getenv("RYFT_TEST_DATA"), name);
  size_t size = 0;
  char *bytes = temp_read(path, &size);
  assert_non_null(bytes);
  recognises(bytes, size, format);
  free(bytes);
  free(path);
}

static void cmp_01_formats_are_recognised(void **state) {
  (void)state;
  recognises_file("program/add.mlir", "mlir");
  recognises_file("program/add.mlirbc", "mlir");
  recognises_file("program/add.vhlo", "mlir");
  recognises_file("program/add.hlo", "hlo");
  recognises("module {}", 10, "mlir");     /* with its NUL, as literals come */
  recognises("\n\x01x\x1a\x00", 5, "hlo"); /* would be text, if text held such bytes */
}

static void cmp_01_a_module_with_config(void **state) {
  (void)state;
  const char module[] = {0x0a, 4, 0x0a, 0, 0x1a, 0, 0x12, 0};
  recognises(module, sizeof module, "hlo_with_config");
}

static message hlo_module(const char *opcode, const message *shape) {
  message module = {.size = 0}, computation = {.size = 0}, instruction = {.size = 0};
  put_bytes(&instruction, 1, "big.1", 5);
  put_bytes(&instruction, 2, opcode, strlen(opcode));
  put_message(&instruction, 3, shape);
  put_bytes(&computation, 1, "main", 4);
  put_message(&computation, 2, &instruction);
  put_bytes(&module, 1, "m", 1);
  put_message(&module, 3, &computation);
  return module;
}

/* Both as "hlo" and as "hlo_with_config"; `part` NULL: nothing is found. */
static void expect_hlo(const message *module, ryft__program_limits limits, const char *part) {
  message wrapped = {.size = 0};
  put_message(&wrapped, 1, module);
  const message *codes[] = {module, &wrapped};
  for (size_t i = 0; i < 2; ++i) {
    ryft_program own;
    const ryft_program program = {RYFT_SIZED(ryft_program),
                                  .format = i == 0 ? "hlo" : "hlo_with_config",
                                  .code = {codes[i]->bytes, codes[i]->size}};
    ryft_error *error = ryft__program_check(&program, &limits, &own, "test");
    if (part == NULL) {
      assert_ok(error);
    } else {
      assert_code(error, RYFT_INVALID_ARGUMENT, part);
    }
  }
}

static void new_03_sizes_of_hlo(void **state) {
  (void)state;
  const ryft__program_limits most = RYFT__PROGRAM_LIMITS, few = {.tensor_bytes = 4096};
  const uint64_t half = UINT64_C(1) << 31, all = UINT64_C(1) << 30;
  for (int packed = 0; packed < 2; ++packed) {
    const message huge = hlo_shape(F32, packed != 0, half, half);
    const message large = hlo_shape(F32, packed != 0, half, all - 1);
    const message small = hlo_shape(F32, packed != 0, 1024, 1);
    const message bytes = hlo_shape(S4, packed != 0, 4097, 1);
    const message empty = hlo_shape(F32, packed != 0, 0, half);
    const message unbounded = hlo_shape(F32, packed != 0, (uint64_t)INT64_MIN, 1024);
    message tuple = {.size = 0};
    put_number(&tuple, 2, TUPLE);
    put_message(&tuple, 4, &small);
    put_message(&tuple, 4, &large);
    const message modules[] = {hlo_module("iota", &huge),
                               hlo_module("iota", &large),
                               hlo_module("iota", &small),
                               hlo_module("iota", &bytes),
                               hlo_module("iota", &empty),
                               hlo_module("iota", &unbounded),
                               hlo_module("tuple", &tuple)};
    const char *const absurd = "HLO instruction big.1: the size of its shape is absurd: more than ";
    const char *const with_few[] = {absurd, absurd, NULL, absurd, absurd, NULL, absurd};
    for (size_t i = 0; i < RYFT__COUNT(modules); ++i) {
      expect_hlo(&modules[i], most, i == 0 ? absurd : NULL);
      expect_hlo(&modules[i], few, with_few[i]);
    }
  }
}

static void new_03_sizes_of_hlo_parameters(void **state) {
  (void)state;
  const message huge = hlo_shape(F32, true, UINT64_C(1) << 40, UINT64_C(1) << 40);
  for (unsigned field = 1; field <= 2; ++field) {
    message module = {.size = 0}, program = {.size = 0};
    put_message(&program, field, &huge);
    put_message(&module, 4, &program);
    expect_hlo(&module, RYFT__PROGRAM_LIMITS, "parameters and results: the size");
  }
}

static void new_03_tuples_of_hlo_nested_too_deep(void **state) {
  (void)state;
  message shape = hlo_shape(F32, true, 1, 1), next;
  for (int depth = 1; depth <= 64; ++depth) {
    const message module = hlo_module("tuple", &shape);
    expect_hlo(&module, RYFT__PROGRAM_LIMITS, NULL);
    next = (message){.size = 0};
    put_message(&next, 4, &shape);
    shape = next;
  }
  const message module = hlo_module("tuple", &shape);
  expect_hlo(&module, RYFT__PROGRAM_LIMITS, "nested more than 64 deep");
}

static void new_03_f6_constants_of_hlo(void **state) {
  (void)state;
  ryft__program_limits limits = RYFT__PROGRAM_LIMITS;
  const message shape = hlo_shape(F6, true, 4, 1);
  const message constant = hlo_module("constant", &shape), parameter = hlo_module("add", &shape);
  expect_hlo(&constant, limits, NULL);
  limits.no_f6_constants = true;
  expect_hlo(&constant, limits, "HLO instruction big.1: a constant of a 6-bit float type");
  expect_hlo(&parameter, limits, NULL);
  const message none = hlo_shape(F6, true, 0, 1), empty = hlo_module("add", &none);
  expect_hlo(&empty, limits, "HLO instruction big.1: an empty array of a 6-bit float type");
}

static void cmp_01_other_bytes_are_refused(void **state) {
  (void)state;
  ryft_program *program = (ryft_program *)&state;
  static const char not_a_program[] = {1, 2, 3, 4};
  assert_code(ryft_program_create(NULL, (ryft_bytes){not_a_program, 4}, &program),
              RYFT_INVALID_ARGUMENT,
              "these 4 bytes are neither MLIR");
  assert_null(program);
  assert_code(
      ryft_program_create(NULL, (ryft_bytes){"", 0}, &program), RYFT_INVALID_ARGUMENT, "empty");
  assert_code(
      ryft_program_create(NULL, (ryft_bytes){NULL, 4}, &program), RYFT_INVALID_ARGUMENT, "empty");
  assert_code(ryft_program_create(NULL, (ryft_bytes){"HloModule jit_f", 15}, &program),
              RYFT_INVALID_ARGUMENT,
              "HLO as text");
  assert_code(ryft_program_create("stablehlo", (ryft_bytes){"module {}", 9}, &program),
              RYFT_INVALID_ARGUMENT,
              "\"stablehlo\" is not a program format");
  ryft_program_destroy(NULL);
}

static ryft_error *check(const char *text) {
  const ryft_program program = {
      RYFT_SIZED(ryft_program), .format = "mlir", .code = {text, strlen(text)}};
  return ryft_program_check(&program);
}

static void new_03_nothing_at_all(void **state) {
  (void)state;
  const ryft_program no_format = {RYFT_SIZED(ryft_program), .code = {"module {}", 9}};
  const ryft_program unsized_program = {.format = "mlir", .code = {"module {}", 9}};
  assert_code(ryft_program_check(NULL), RYFT_INVALID_ARGUMENT, "NULL");
  assert_code(check(""), RYFT_INVALID_ARGUMENT, "empty");
  assert_code(ryft_program_check(&no_format), RYFT_INVALID_ARGUMENT, "not a program format");
  assert_code(ryft_program_check(&unsized_program), RYFT_INVALID_ARGUMENT, "struct_size");
}

static void new_03_functions_need_bodies(void **state) {
  (void)state;
  static const char *const refused[] = {
      "module {\nfunc.func private @main(%a: tensor<4xf32>) -> tensor<4xf32> }",
      "\nfunc.func private @f(tensor<4xf32>)\nfunc.func @main() { return }",
      "// {\n func.func @main() -> (tensor<f32>, tensor<f32>)",
      "\nfunc.func private @f() -> !stablehlo.token attributes {a = \"{\"} loc(#l)",
      "\nfunc.func nested @\"a b\"(%a: i32 loc(\"x\")) -> tuple<i32, i32> // {",
      "module {\n\"func.func\"() ({}) {sym_name = \"f\"} : () -> () }",
      "module {\n\"func.func\"() <{sym_name = \"f\"}> ({ }) : () -> () }",
      "\nfunc.func private @end()",
  };
  static const char *const taken[] = {
      "func.func @main() { return }",
      "func.func private @f() -> (tensor<f32> {jax.result = \"\"}, i32) attributes {x = {}} {",
      "func.func @main(%a: tensor<?xf32>) -> tensor<?x?xf32, #stablehlo.bounds<?, 3>> // why\n {",
      "func.func public @main() -> complex<f32> {",
      "// func.func private @f()\n\"func.func private @g()\" @func.func",
      "\"func.func\"() <{sym_name = \"f\"}> ({ \"func.return\"() : () -> () }) : () -> ()",
      "func.func @\"odd \\\" name\"() {",
      "func.func",
      "func.func @f",
  };
  for (size_t i = 0; i < RYFT__COUNT(refused); ++i) {
    assert_code(check(refused[i]), RYFT_INVALID_ARGUMENT, "line 2: a function has no body");
  }
  for (size_t i = 0; i < RYFT__COUNT(taken); ++i) assert_ok(check(taken[i]));
}

/* before, `depth` times open, `depth` times close */
static ryft_error *check_nested(const char *before,
                                const char *open,
                                const char *close,
                                size_t depth) {
  ryft__text text = {.data = NULL};
  ryft__text_add(&text, before, strlen(before));
  for (size_t i = 0; i < depth; ++i) ryft__text_add(&text, open, strlen(open));
  for (size_t i = 0; i < depth; ++i) ryft__text_add(&text, close, strlen(close));
  assert_false(text.failed);
  ryft_error *error = check(text.data);
  ryft__text_free(&text);
  return error;
}

static void new_03_nesting_is_bounded(void **state) {
  (void)state;
  static const char *const pairs[][2] = {
      {"(", ")"}, {"[", "]"}, {"{", "}"}, {"tuple<", ">"}, {"module {", "}"}};
  for (size_t i = 0; i < RYFT__COUNT(pairs); ++i) {
    assert_ok(check_nested("\n\n", pairs[i][0], pairs[i][1], 256));
    assert_code(check_nested("\n\n", pairs[i][0], pairs[i][1], 257),
                RYFT_INVALID_ARGUMENT,
                "line 3: brackets are nested more than 256 deep");
  }
  /* Neither strings nor comments nor arrows nor comparisons nest, and closing too often is left to
   * the plugin. */
  assert_ok(check_nested("\"", "(", ")", 1000));
  assert_ok(check_nested("\"\\\"", "(", ")", 1000));
  assert_ok(check_nested("//", "(", ")", 1000));
  assert_ok(check_nested("", "->", "<=", 1000));
  assert_ok(check_nested("", "d0 <= 1 ", "d0 >= 1 ", 1000));
  assert_ok(check_nested(">>>>", "<>", "", 1000));
}

static void new_03_absurd_sizes(void **state) {
  (void)state;
  static const char *const refused[] = {
      "\ntensor<4294967296x4294967296xf32>",
      "\ntensor<9223372036854775807xf32>",
      "\ntensor<2305843009213693952xf32>",
      "\ntensor<4294967296x4294967296x0xf32>",
      "\ntensor<3037000500x3037000500xi8>",
      "\ntensor<99999999999999999999xf32>",
      "\ntensor<?x576460752303423488xcomplex<f64>>",
  };
  static const char *const taken[] = {
      "tensor<281474976710656xf32>",
      "tensor<4611686018427387904xi8>",
      "tensor<0x0xf32>",
      "tensor<f32>",
      "tensor<?x?xf32>",
      "tensor<",
      "tensor<x",
      "tensor",
      "!tensor<9223372036854775807xf32>",
      "tensor<2x!quant.uniform<i8:f32, 0.1>>",
      "tensor<4xindex>",
      "tensor<*xf32>",
      "\"tensor<9223372036854775807xf32>\"",
  };
  for (size_t i = 0; i < RYFT__COUNT(refused); ++i) {
    assert_code(check(refused[i]), RYFT_INVALID_ARGUMENT, "line 2: the size of tensor<");
  }
  for (size_t i = 0; i < RYFT__COUNT(taken); ++i) assert_ok(check(taken[i]));
}

static ryft_error *check_within(const char *text, uint64_t bytes, bool no_f6) {
  const ryft__program_limits limits = {.tensor_bytes = bytes, .no_f6_constants = no_f6};
  return ryft__program_text_check(text, strlen(text), &limits, __func__);
}

static void new_03_limits_of_some_plugins(void **state) {
  (void)state;
  static const char *const constants[] = {
      "dense<1.0> : tensor<4xf6E2M3FN>",
      "dense<[[1.0], [2.0]]> : tensor<2x1xf6E3M2FN>",
      "dense_resource<blob> : tensor<f6E3M2FN>",
      "dense<\"0x04\">:tensor<4xf6E3M2FN>",
      "(%a: tensor<0xf6E2M3FN>)",
      "(%a: tensor<3x0x2xf6E3M2FN>)",
  };
  for (size_t i = 0; i < RYFT__COUNT(constants); ++i) {
    assert_ok(check_within(constants[i], INT64_MAX, false));
    assert_code(check_within(constants[i], INT64_MAX, true), RYFT_INVALID_ARGUMENT, "6-bit float");
  }
  assert_ok(check_within("dense<1.0> : tensor<4xf32> tensor<4xf6E2M3FN>", INT64_MAX, true));
  assert_ok(check_within("(%a: tensor<4xf6E2M3FN>)", INT64_MAX, true));
  assert_ok(check_within("(%a: tensor<0xf8E5M2>)", INT64_MAX, true));
  assert_ok(check_within("tensor<2x4xf32>", 32, false));
  assert_code(
      check_within("tensor<3x3xf32>", 32, false), RYFT_INVALID_ARGUMENT, "more than 32 bytes");
  assert_code(check_within("tensor<33xi1>", 32, false), RYFT_INVALID_ARGUMENT, "tensor<33xi1>");
}

static void text_that_ends_anywhere(void **state) {
  (void)state;
  static const char text[] =
      "module { \"func.func\"() <{a=\"b\\\"\"}> ({ }) func.func private @\"f\"(%a: "
      "tensor<4x?xcomplex<f32>>)"
      " -> (tensor<1xi4>) attributes {x = dense<[1]> : tensor<1xf6E2M3FN>} { // c\n } }";
  const ryft__program_limits limits = {.tensor_bytes = 100, .no_f6_constants = true};
  for (size_t size = 0; size < sizeof text; ++size) {
    /* In a block of its own, so that reading past it is seen. */
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    copy = realloc(copy, size == 0 ? 1 : size);
    ryft_error_destroy(ryft__program_text_check(copy, size, &limits, __func__));
    free(copy);
  }
  assert_int_equal(ryft_live_objects(), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cmp_01_formats_are_recognised),
      cmocka_unit_test(cmp_01_a_module_with_config),
      cmocka_unit_test(cmp_01_other_bytes_are_refused),
      cmocka_unit_test(new_03_sizes_of_hlo),
      cmocka_unit_test(new_03_sizes_of_hlo_parameters),
      cmocka_unit_test(new_03_tuples_of_hlo_nested_too_deep),
      cmocka_unit_test(new_03_f6_constants_of_hlo),
      cmocka_unit_test(new_03_nothing_at_all),
      cmocka_unit_test(new_03_functions_need_bodies),
      cmocka_unit_test(new_03_nesting_is_bounded),
      cmocka_unit_test(new_03_absurd_sizes),
      cmocka_unit_test(new_03_limits_of_some_plugins),
      cmocka_unit_test(text_that_ends_anywhere),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
