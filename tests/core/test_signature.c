/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Reading signatures from the bytes of modules, good and hostile. */
#include "src/core/signature.h"

#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "support/assert.h"
#include "support/temp.h"

/* A message under construction; small enough that all lengths and tags take few bytes. */
typedef struct writer {
  unsigned char bytes[2048];
  size_t size;
} writer;

static void put_varint(writer *w, uint64_t value) {
  do {
    w->bytes[w->size++] = (unsigned char)((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>= 7;
  } while (value != 0);
}

static void put_number(writer *w, uint32_t field, uint64_t value) {
  put_varint(w, (uint64_t)field << 3);
  put_varint(w, value);
}

static void put_bytes(writer *w, uint32_t field, const void *bytes, size_t size) {
  put_varint(w, ((uint64_t)field << 3) | 2);
  put_varint(w, size);
  memcpy(w->bytes + w->size, bytes, size);
  w->size += size;
}

static void put(writer *w, uint32_t field, const writer *inner) {
  put_bytes(w, field, inner->bytes, inner->size);
}

static writer shape_of(uint64_t primitive, const uint64_t *dims, size_t rank) {
  writer shape = {.size = 0}, list = {.size = 0};
  put_number(&shape, 2, primitive);
  for (size_t i = 0; i < rank; ++i) put_varint(&list, dims[i]);
  if (rank != 0) put(&shape, 3, &list);
  return shape;
}

/* (f32[2,3] "x", s4[] "", pred[0]) -> (bf16[7], f8e5m2[1]); x's memory becomes result 1, pred's may
 * be given away. */
static writer example_module(void) {
  static const uint64_t two_three[] = {2, 3}, none[] = {0}, seven[] = {7}, one[] = {1};
  const writer parameters[] = {
      shape_of(11, two_three, 2), shape_of(21, NULL, 0), shape_of(1, none, 1)};
  const writer results[] = {shape_of(16, seven, 1), shape_of(19, one, 1)};
  writer program = {.size = 0}, tuple = {.size = 0}, aliases = {.size = 0}, alias = {.size = 0};
  writer donors = {.size = 0}, donor = {.size = 0}, module = {.size = 0};
  for (size_t i = 0; i < 3; ++i) put(&program, 1, &parameters[i]);
  put_number(&tuple, 2, 13);
  for (size_t i = 0; i < 2; ++i) put(&tuple, 4, &results[i]);
  put(&program, 2, &tuple);
  put_bytes(&program, 3, "x", 1);
  put_bytes(&program, 3, "", 0);
  put_bytes(&alias, 1, "\x01", 1); /* result {1}, parameter 0 */
  put_number(&alias, 4, 1);
  put(&aliases, 1, &alias);
  put_number(&donor, 1, 2);
  put(&donors, 1, &donor);
  put_bytes(&module, 1, "name", 4);
  put(&module, 4, &program);
  put(&module, 8, &aliases);
  put(&module, 18, &donors);
  return module;
}

static void expect_item(const ryft_signature_item *item,
                        const char *name,
                        const char *shape,
                        int64_t alias,
                        bool donor) {
  char text[64];
  ryft_shape_format(item->shape, text, sizeof text);
  assert_string_equal(item->name, name);
  assert_string_equal(text, shape);
  assert_int_equal(item->alias, alias);
  assert_int_equal(item->donor, donor);
}

static void expect_example(const ryft_signature *signature) {
  assert_int_equal(signature->parameter_count, 3);
  assert_int_equal(signature->output_count, 2);
  expect_item(signature->parameters[0], "x", "f32[2,3]", 1, false);
  expect_item(signature->parameters[1], "", "s4[]", -1, false);
  expect_item(signature->parameters[2], "", "pred[0]", -1, true);
  expect_item(signature->outputs[0], "", "bf16[7]", -1, false);
  expect_item(signature->outputs[1], "", "f8e5m2[1]", -1, false);
}

static ryft_error *read_as(const char *format, const writer *w, ryft__signature **out) {
  /* In a block of its own, so that reading past it is seen. */
  unsigned char *copy = malloc(w->size == 0 ? 1 : w->size);
  assert_non_null(copy);
  memcpy(copy, w->bytes, w->size);
  ryft_error *error = ryft__signature_read(format, (ryft_bytes){copy, w->size}, out, __func__);
  free(copy);
  return error;
}

static void both_formats(void **state) {
  (void)state;
  ryft__signature *signature = NULL;
  const writer module = example_module();
  writer with_config = {.size = 0};
  assert_ok(read_as("hlo", &module, &signature));
  expect_example(&signature->visible);
  ryft__free(signature);
  put(&with_config, 1, &module);
  put_bytes(&with_config, 2, "\xff", 1); /* the configuration is not looked into */
  assert_ok(read_as("hlo_with_config", &with_config, &signature));
  expect_example(&signature->visible);
  ryft__free(signature);
  assert_code(read_as("mlir", &module, &signature), RYFT_UNIMPLEMENTED, "\"mlir\"");
  assert_null(signature);
}

/* Whatever `result` is, for a program without parameters. */
static ryft_error *read_result(const writer *result, ryft__signature **out) {
  writer program = {.size = 0}, module = {.size = 0};
  put(&program, 2, result);
  put(&module, 4, &program);
  return read_as("hlo", &module, out);
}

static void results_are_flattened_once(void **state) {
  (void)state;
  ryft__signature *signature = NULL;
  writer empty = {.size = 0}, nested = {.size = 0};
  put_number(&empty, 2, 13);
  assert_ok(read_result(&empty, &signature));
  assert_int_equal(signature->visible.output_count, 0);
  ryft__free(signature);
  put_number(&nested, 2, 13);
  put(&nested, 4, &empty);
  assert_ok(read_result(&nested, &signature));
  assert_int_equal(signature->visible.output_count, 1);
  assert_int_equal(signature->visible.outputs[0]->shape.type, RYFT_INVALID_TYPE);
  ryft__free(signature);
  const writer token = shape_of(17, NULL, 0);
  assert_ok(read_result(&token, &signature));
  assert_int_equal(signature->visible.outputs[0]->shape.type, RYFT_TOKEN);
  ryft__free(signature);
}

static void element_types(void **state) {
  (void)state;
  static const struct {
    unsigned char primitive;
    ryft_type type;
  } types[] = {{0, RYFT_INVALID_TYPE},
               {1, RYFT_PRED},
               {2, RYFT_S8},
               {3, RYFT_S16},
               {4, RYFT_S32},
               {5, RYFT_S64},
               {6, RYFT_U8},
               {7, RYFT_U16},
               {8, RYFT_U32},
               {9, RYFT_U64},
               {10, RYFT_F16},
               {11, RYFT_F32},
               {12, RYFT_F64},
               {14, RYFT_INVALID_TYPE},
               {15, RYFT_C64},
               {16, RYFT_BF16},
               {18, RYFT_C128},
               {19, RYFT_F8E5M2},
               {20, RYFT_F8E4M3FN},
               {21, RYFT_S4},
               {22, RYFT_U4},
               {23, RYFT_F8E4M3B11FNUZ},
               {24, RYFT_F8E5M2FNUZ},
               {25, RYFT_F8E4M3FNUZ},
               {26, RYFT_S2},
               {27, RYFT_U2},
               {28, RYFT_F8E4M3},
               {29, RYFT_F8E3M4},
               {30, RYFT_S1},
               {31, RYFT_U1},
               {32, RYFT_F4E2M1FN},
               {33, RYFT_F8E8M0FNU},
               {34, RYFT_INVALID_TYPE},
               {35, RYFT_F6E3M2FN},
               {36, RYFT_F6E2M3FN},
               {37, RYFT_INVALID_TYPE},
               {127, RYFT_INVALID_TYPE}};
  for (size_t i = 0; i < sizeof types / sizeof types[0]; ++i) {
    ryft__signature *signature = NULL;
    const writer shape = shape_of(types[i].primitive, NULL, 0);
    assert_ok(read_result(&shape, &signature));
    assert_int_equal(signature->visible.outputs[0]->shape.type, types[i].type);
    ryft__free(signature);
  }
}

static void dimensions_one_by_one(void **state) {
  (void)state;
  ryft__signature *signature = NULL;
  writer shape = {.size = 0};
  put_number(&shape, 2, 11);
  put_number(&shape, 3, 5);
  put_number(&shape, 3, UINT64_C(1) << 63); /* an unbounded dimension */
  assert_ok(read_result(&shape, &signature));
  const ryft_shape found = signature->visible.outputs[0]->shape;
  assert_int_equal(found.rank, 2);
  assert_int_equal(found.dims[0], 5);
  assert_true(found.dims[1] == INT64_MIN);
  ryft__free(signature);
}

static writer with_layout(const char *order, size_t size, bool tiled) {
  static const uint64_t dims[] = {2, 3};
  writer shape = shape_of(11, dims, 2), layout = {.size = 0}, tile = {.size = 0};
  put_bytes(&layout, 1, order, size);
  put_bytes(&tile, 1, "\x08", 1);
  if (tiled) put(&layout, 6, &tile);
  put(&shape, 5, &layout);
  return shape;
}

/* With tiles, the order is not all there is to know, and none is told. */
static void orders_of_dimensions(void **state) {
  (void)state;
  static const int64_t columns[] = {0, 1};
  ryft__signature *signature = NULL;
  const writer plain = with_layout("\x00\x01", 2, false), tiled = with_layout("\x00\x01", 2, true);
  assert_ok(read_result(&plain, &signature));
  assert_memory_equal(signature->visible.outputs[0]->minor_to_major, columns, sizeof columns);
  assert_memory_equal(signature->visible.outputs[0]->shape.dims, "\x02\0\0\0\0\0\0\0\x03", 9);
  ryft__free(signature);
  assert_ok(read_result(&tiled, &signature));
  assert_null(signature->visible.outputs[0]->minor_to_major);
  ryft__free(signature);
}

static void orders_that_are_none(void **state) {
  (void)state;
  const writer wrong[] = {with_layout("\x00", 1, false),
                          with_layout("\x00\x01\x02", 3, false),
                          with_layout("\x01\x01", 2, false),
                          with_layout("\x00\x02", 2, false)};
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; ++i) {
    ryft__signature *signature = NULL;
    assert_code(read_result(&wrong[i], &signature), RYFT_DATA_LOSS, "malformed");
    assert_null(signature);
  }
}

static void a_tuple_of_arguments(void **state) {
  (void)state;
  static const uint64_t two[] = {2}, three[] = {3};
  const writer elements[] = {shape_of(11, two, 1), shape_of(4, three, 1)};
  writer tuple = {.size = 0}, program = {.size = 0}, aliases = {.size = 0}, alias = {.size = 0},
         module = {.size = 0};
  ryft__signature *signature = NULL;
  put_number(&tuple, 2, 13);
  for (size_t i = 0; i < 2; ++i) put(&tuple, 4, &elements[i]);
  put(&program, 1, &tuple);
  put(&program, 2, &elements[1]);
  put_bytes(&program, 3, "all", 3);
  put_bytes(&alias, 3, "\x01", 1); /* element {1} of parameter 0, the whole result */
  put(&aliases, 1, &alias);
  put(&module, 4, &program);
  put(&module, 8, &aliases);
  assert_ok(read_as("hlo", &module, &signature));
  assert_int_equal(signature->visible.parameter_count, 2);
  expect_item(signature->visible.parameters[0], "", "f32[2]", -1, false);
  expect_item(signature->visible.parameters[1], "", "s32[3]", 0, false);
  ryft__free(signature);
}

static void aliases_beyond_the_lists(void **state) {
  (void)state;
  ryft__signature *signature = NULL;
  for (uint32_t list = 8; list <= 18; list += 10) {
    writer module = example_module(), entries = {.size = 0}, entry = {.size = 0};
    put_number(&entry, list == 8 ? 2 : 1, 3);
    put(&entries, 1, &entry);
    put(&module, list, &entries);
    assert_code(read_as("hlo", &module, &signature), RYFT_DATA_LOSS, "malformed");
    assert_null(signature);
  }
}

/* A module cut or changed anywhere gives a signature or DATA_LOSS. */
static void hostile_bytes(void **state) {
  (void)state;
  const writer module = example_module();
  writer with_config = {.size = 0};
  put(&with_config, 1, &module);
  size_t refused = 0;
  for (size_t size = 0; size < with_config.size; ++size) {
    ryft__signature *signature = NULL;
    writer cut = with_config;
    cut.size = size;
    assert_code(read_as("hlo_with_config", &cut, &signature), RYFT_DATA_LOSS, "");
    assert_null(signature);
  }
  for (size_t i = 0; i < module.size * 256; ++i) {
    ryft__signature *signature = NULL;
    writer changed = module;
    changed.bytes[i / 256] = (unsigned char)i;
    ryft_error *error = read_as("hlo", &changed, &signature);
    if (error != NULL) {
      assert_code(error, RYFT_DATA_LOSS, "");
      ++refused;
    }
    assert_int_equal(signature == NULL, error != NULL);
    ryft__free(signature);
  }
  assert_in_range(refused, 1000, module.size * 256 - 1000);
}

static void a_real_module(void **state) {
  (void)state;
  char *path = temp_path(getenv("RYFT_TEST_DATA"), "program/add.hlo");
  writer module = {.size = 0};
  ryft__signature *signature = NULL;
  char *bytes = temp_read(path, &module.size);
  assert_non_null(bytes);
  assert_true(module.size <= sizeof module.bytes);
  memcpy(module.bytes, bytes, module.size);
  assert_ok(read_as("hlo", &module, &signature));
  assert_int_equal(signature->visible.parameter_count, 2);
  expect_item(signature->visible.parameters[1], "p1", "f32[4]", -1, false);
  expect_item(signature->visible.outputs[0], "", "f32[4]", -1, false);
  ryft__free(signature);
  free(bytes);
  free(path);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(both_formats),
      cmocka_unit_test(results_are_flattened_once),
      cmocka_unit_test(element_types),
      cmocka_unit_test(dimensions_one_by_one),
      cmocka_unit_test(orders_of_dimensions),
      cmocka_unit_test(orders_that_are_none),
      cmocka_unit_test(a_tuple_of_arguments),
      cmocka_unit_test(aliases_beyond_the_lists),
      cmocka_unit_test(hostile_bytes),
      cmocka_unit_test(a_real_module),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
