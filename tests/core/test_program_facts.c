/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* What programs say of how they are to be compiled. */
#include "core/hlo_support.h"
#include "ryft/program.h"

static ryft_program_facts describe(const char *format, const void *code, size_t size) {
  const ryft_program program = {
      RYFT_SIZED(ryft_program), .format = format, .code = {.data = code, .size = size}};
  ryft_program_facts facts = RYFT_DEFAULTS(ryft_program_facts);
  facts.replicas = facts.partitions = 77;
  facts.spmd = facts.shardy = RYFT_NO;
  assert_ok(ryft_program_describe(&program, &facts));
  return facts;
}

static void expect(ryft_program_facts facts,
                   size_t replicas,
                   size_t partitions,
                   ryft_choice spmd,
                   ryft_choice shardy) {
  assert_int_equal(facts.replicas, replicas);
  assert_int_equal(facts.partitions, partitions);
  assert_int_equal(facts.spmd, spmd);
  assert_int_equal(facts.shardy, shardy);
}

static void expect_text(const char *text, size_t replicas, size_t partitions, bool shardy) {
  expect(describe("mlir", text, strlen(text)),
         replicas,
         partitions,
         RYFT_DEFAULT,
         shardy ? RYFT_YES : RYFT_DEFAULT);
}

static void cmp_03_counts_in_text(void **state) {
  (void)state;
  expect_text("module {}", 0, 0, false);
  expect_text(
      "module @m attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 2 : i32} {}",
      2,
      4,
      false);
  expect_text("module attributes{mhlo.num_partitions=8:i32}{}", 0, 8, false);
  expect_text("module attributes {mhlo.num_replicas // how many\n  =\n 3 : i64} {}", 3, 0, false);
  expect_text("\"builtin.module\"() ({}) {mhlo.num_partitions = 4 : i32} : () -> ()", 0, 4, false);
  expect_text(
      "module attributes {mhlo.num_partitions = 2 : i32} {"
      " module attributes {mhlo.num_partitions = 9 : i32} {} }",
      0,
      2,
      false);
}

static void cmp_03_what_is_no_count(void **state) {
  (void)state;
  expect_text("module attributes {mhlo.num_partitions = -4 : i32} {}", 0, 0, false);
  expect_text("module attributes {mhlo.num_partitions = \"4\"} {}", 0, 0, false);
  expect_text("module attributes {mhlo.num_partitions = 4x : i32} {}", 0, 0, false);
  expect_text("module attributes {mhlo.num_partitions} {}", 0, 0, false);
  expect_text("module attributes {mhlo.num_partitions =", 0, 0, false);
  expect_text("module attributes {mhlo.num_partitions_of = 4} {}", 0, 0, false);
  expect_text("// mhlo.num_partitions = 4\nmodule {}", 0, 0, false);
  expect_text("module attributes {a = \"mhlo.num_partitions = 4 sdy.mesh\"} {}", 0, 0, false);
  expect_text("module attributes {mhlo.num_partitions = 99999999999999999999 : i32} {}",
              0,
              SIZE_MAX,
              false);
}

static void cmp_03_the_shardy_dialect_in_text(void **state) {
  (void)state;
  expect_text("module { sdy.mesh @mesh = <[\"x\"=4]> }", 0, 0, true);
  expect_text("module { f(%a {sdy.sharding = #sdy.sharding<@mesh, [{}]>}) }", 0, 0, true);
  expect_text("module { f(%a {x = #sdy<sharding @mesh, [{}]>}) }", 0, 0, true);
  expect_text(
      "module attributes {mhlo.frontend_attributes = {xla.sdy.meshes = \"\"}} {}", 0, 0, true);
  expect_text("module { custom_call @xla.sdy.GlobalToLocalShape(%a) }", 0, 0, true);
  expect_text("module { %sdy.a = f() ^sdy.b: call @sdy.mesh(%sdy.a) } // sdy.mesh", 0, 0, false);
  expect_text("module { %a = \"x\"() {name = \"sdy.mesh\", asdy.b = 1, sdy = 2} }", 0, 0, false);
}

static message assignment(uint64_t replicas, uint64_t partitions) {
  message m = {.size = 0};
  put_number(&m, 1, replicas);
  put_number(&m, 2, partitions);
  return m;
}

static void cmp_03_hlo(void **state) {
  (void)state;
  message module = hlo_iota(4), all = {.size = 0}, config = {.size = 0};
  expect(describe("hlo", module.bytes, module.size), 0, 0, RYFT_DEFAULT, RYFT_DEFAULT);
  const message devices = assignment(2, 4);
  put_message(&module, 15, &devices);
  expect(describe("hlo", module.bytes, module.size), 2, 4, RYFT_DEFAULT, RYFT_DEFAULT);
  put_message(&all, 1, &module);
  expect(describe("hlo_with_config", all.bytes, all.size), 2, 4, RYFT_DEFAULT, RYFT_DEFAULT);
  put_number(&config, 4, 3);
  put_number(&config, 5, 8);
  put_number(&config, 7, 1);
  put_number(&config, 34, 1);
  put_message(&all, 2, &config);
  expect(describe("hlo_with_config", all.bytes, all.size), 3, 8, RYFT_YES, RYFT_YES);
  expect(describe("hlo_with_config", "\x12\x02\x28", 3), 0, 0, RYFT_DEFAULT, RYFT_DEFAULT);
  expect(describe("hlo", "\x7a\x02\x08\xff", 4), 0, 0, RYFT_DEFAULT, RYFT_DEFAULT);
}

static void cmp_03_bytecode_says_nothing(void **state) {
  (void)state;
  static const char code[] = "ML\xefRmhlo.num_partitions = 4 sdy.mesh";
  expect(describe("mlir", code, sizeof code), 0, 0, RYFT_DEFAULT, RYFT_DEFAULT);
}

static void cmp_03_what_is_no_program(void **state) {
  (void)state;
  ryft_program_facts facts = RYFT_DEFAULTS(ryft_program_facts);
  const ryft_program empty = {RYFT_SIZED(ryft_program), .format = "mlir"};
  const ryft_program odd = {RYFT_SIZED(ryft_program), .format = "onnx", .code = {"x", 1}};
  const ryft_program unsized = {.format = "mlir", .code = {"x", 1}};
  assert_code(ryft_program_describe(&empty, &facts), RYFT_INVALID_ARGUMENT, "empty");
  assert_code(ryft_program_describe(&odd, &facts), RYFT_INVALID_ARGUMENT, "not a program format");
  assert_code(ryft_program_describe(&unsized, &facts), RYFT_INVALID_ARGUMENT, "struct_size");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(cmp_03_counts_in_text),
      cmocka_unit_test(cmp_03_what_is_no_count),
      cmocka_unit_test(cmp_03_the_shardy_dialect_in_text),
      cmocka_unit_test(cmp_03_hlo),
      cmocka_unit_test(cmp_03_bytecode_says_nothing),
      cmocka_unit_test(cmp_03_what_is_no_program),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
