/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Programs of a real plugin whose parameters and results lie in other layouts than the usual one:
 * every order of three dimensions, types of one, four and eight bytes and below a byte, on one
 * device and on four. A plugin compares nothing: what is not refused here is computed wrongly. */
#include <stdio.h>

#include "core/program_support.h"
#include "ryft/execute.h"
#include "ryft/session.h"

enum { ELEMENTS = 2 * 3 * 4, ORDERS = 6, DEVICES = 4, ELEMENT_MAX = 8 };

static const int64_t ORDER[ORDERS][3] =
    {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
enum { USUAL = 5 };

typedef struct kind {
  ryft_type type;
  const char *mlir;
  size_t size;
} kind;

static const kind KINDS[] = {{RYFT_F32, "f32", 4},
                             {RYFT_S64, "i64", 8},
                             {RYFT_S8, "i8", 1},
                             {RYFT_U4, "ui4", 1}};

/* An array of f32, s64, s8 or u4 (one byte each), and what the program makes of it. */
typedef struct array {
  _Alignas(8) char bytes[ELEMENTS * ELEMENT_MAX];
  size_t size;
} array;

static void put(const kind *k, array *a, size_t at, int value) {
  const float real = (float)value;
  const int64_t wide = value;
  const int8_t narrow = (int8_t)value;
  const void *from = k->type == RYFT_F32 ? (const void *)&real
                     : k->size == 8      ? (const void *)&wide
                                         : (const void *)&narrow;
  memcpy(a->bytes + at * k->size, from, k->size);
}

/* [i,j,k] holds a number, and the result has its double at [k,i,j]. All different where the type
 * has room. */
static void make_arrays(const kind *k, array *in, array *out) {
  in->size = out->size = ELEMENTS * k->size;
  for (size_t i = 0; i < ELEMENTS; ++i) {
    const int value = k->type == RYFT_U4 ? (int)(i * 5 % 8) : (int)i;
    const size_t turned = i % 4 * 6 + i / 4;
    put(k, in, i, value);
    put(k, out, turned, 2 * value);
  }
}

static const char *mode(char out[64], const int64_t *order) {
  if (order == NULL) return "";
  (void)snprintf(
      out, 64, " {mhlo.layout_mode = \"{%d,%d,%d}\"}", (int)order[0], (int)order[1], (int)order[2]);
  return out;
}

/* NULL orders: whatever the plugin makes of it. */
static ryft_loaded_executable *turn(const fixture *self,
                                    const kind *k,
                                    const int64_t *parameter,
                                    const int64_t *result,
                                    const ryft_compile_options *options) {
  char text[1024], in[64], out[64];
  (void)snprintf(text,
                 sizeof text,
                 "module { func.func @main(%%a: tensor<2x3x4x%s>%s) -> (tensor<4x2x3x%s>%s) {"
                 " %%0 = stablehlo.transpose %%a, dims = [2, 0, 1] : (tensor<2x3x4x%s>) ->"
                 " tensor<4x2x3x%s>  %%1 = stablehlo.add %%0, %%0 : tensor<4x2x3x%s>"
                 " return %%1 : tensor<4x2x3x%s> } }",
                 k->mlir,
                 mode(in, parameter),
                 k->mlir,
                 mode(out, result),
                 k->mlir,
                 k->mlir,
                 k->mlir,
                 k->mlir);
  return compile(self, text, options);
}

static ryft_layout layout_of(const int64_t *order) {
  return (ryft_layout){RYFT_SIZED(ryft_layout), .rank = 3, .minor_to_major = order};
}

static ryft_buffer *upload_as(const fixture *self,
                              const kind *k,
                              size_t device,
                              const array *in,
                              const int64_t *order) {
  const ryft_layout layout = layout_of(order);
  const ryft_from_host_options options = {RYFT_SIZED(ryft_from_host_options),
                                          .layout = order == NULL ? NULL : &layout};
  ryft_buffer *buffer = NULL;
  assert_ok(ryft_buffer_from_host(ryft_client_addressable_devices(self->client).items[device],
                                  in->bytes,
                                  in->size,
                                  RYFT_SHAPE(k->type, 2, 3, 4),
                                  &options,
                                  &buffer,
                                  NULL));
  return buffer;
}

static void expect_and_destroy(ryft_buffer *buffer, const array *wanted) {
  expect_contents(buffer, wanted->bytes, wanted->size);
  ryft_buffer_destroy(buffer);
}

typedef void (*try_fn)(const fixture *self, const kind *k, const int64_t *order);

static void try_all(void **state, try_fn try) {
  for (size_t i = 0; i < RYFT__COUNT(KINDS); ++i) {
    for (size_t order = 0; order < ORDERS; ++order) try(*state, &KINDS[i], ORDER[order]);
  }
}

static void try_parameter(const fixture *self, const kind *k, const int64_t *order) {
  array in, out;
  char named[128];
  ryft_buffer *result = NULL;
  const bool usual = order == ORDER[USUAL];
  make_arrays(k, &in, &out);
  ryft_loaded_executable *program = turn(self, k, order, NULL, NULL);
  ryft_buffer *plain = upload_as(self, k, 0, &in, NULL);
  ryft_buffer *ordered = upload_as(self, k, 0, &in, order);
  (void)snprintf(named,
                 sizeof named,
                 "has the layout {2,1,0}, and the program reads {%d,%d,%d}",
                 (int)order[0],
                 (int)order[1],
                 (int)order[2]);
  if (usual) {
    assert_ok(ryft_execute(program, &plain, 1, NULL, &result, 1, NULL));
    expect_and_destroy(result, &out);
  } else {
    assert_code(
        ryft_execute(program, &plain, 1, NULL, &result, 1, NULL), RYFT_INVALID_ARGUMENT, named);
    assert_null(result);
  }
  assert_ok(ryft_execute(program, &ordered, 1, NULL, &result, 1, NULL));
  expect_and_destroy(result, &out);
  expect_and_destroy(ordered, &in); /* reads back as it was given */
  ryft_buffer_destroy(plain);
  ryft_loaded_executable_destroy(program);
}

static void exe_a_parameter_in_any_order(void **state) {
  try_all(state, try_parameter);
}

static void try_result(const fixture *self, const kind *k, const int64_t *order) {
  array in, out;
  ryft_buffer *result = NULL;
  const ryft_signature *signature = NULL;
  make_arrays(k, &in, &out);
  ryft_loaded_executable *program = turn(self, k, NULL, order, NULL);
  ryft_buffer *argument = upload_as(self, k, 0, &in, NULL);
  assert_ok(ryft_loaded_executable_signature(program, &signature));
  assert_non_null(signature->outputs[0]->minor_to_major);
  assert_memory_equal(signature->outputs[0]->minor_to_major, order, 3 * sizeof *order);
  assert_ok(ryft_execute(program, &argument, 1, NULL, &result, 1, NULL));
  ryft_layout told = RYFT_DEFAULTS(ryft_layout);
  assert_ok(ryft_buffer_layout(result, &told));
  assert_memory_equal(told.minor_to_major, order, 3 * sizeof *order);
  expect_and_destroy(result, &out);
  ryft_buffer_destroy(argument);
  ryft_loaded_executable_destroy(program);
}

static void exe_a_result_in_any_order(void **state) {
  try_all(state, try_result);
}

static void try_session(const fixture *self, const kind *k, const int64_t *order) {
  array in, out, found = {.size = 0};
  const char *const x = "x", *const y = "y";
  ryft_session *session = NULL;
  make_arrays(k, &in, &out);
  ryft_loaded_executable *program = turn(self, k, order, order, NULL);
  const ryft_host_array given = {RYFT_SIZED(ryft_host_array),
                                 .shape = RYFT_SHAPE(k->type, 2, 3, 4),
                                 .data = in.bytes,
                                 .size = in.size};
  assert_ok(ryft_session_create(program, &x, 1, &y, 1, NULL, &session));
  assert_ok(ryft_session_set_host(session, x, &given));
  assert_ok(ryft_session_run(session));
  assert_ok(ryft_session_get(session, y, found.bytes, out.size));
  assert_memory_equal(found.bytes, out.bytes, out.size);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(program);
}

static void ses_sessions_upload_in_any_order(void **state) {
  try_all(state, try_session);
}

static void try_four(const fixture *self, const kind *k, const int64_t *order) {
  array in, out;
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .replicas = DEVICES};
  ryft_buffer *arguments[DEVICES], *results[DEVICES];
  ryft_buffer *const *argument_lists[DEVICES];
  ryft_buffer **result_lists[DEVICES];
  make_arrays(k, &in, &out);
  ryft_loaded_executable *program = turn(self, k, order, order, &options);
  for (size_t i = 0; i < DEVICES; ++i) {
    arguments[i] = upload_as(self, k, i, &in, order);
    argument_lists[i] = &arguments[i];
    result_lists[i] = &results[i];
  }
  assert_ok(ryft_execute_all(program, argument_lists, DEVICES, 1, NULL, result_lists, 1, NULL));
  for (size_t i = 0; i < DEVICES; ++i) expect_and_destroy(results[i], &out);

  /* One of them in another order is enough to refuse. */
  ryft_buffer_destroy(arguments[DEVICES - 1]);
  arguments[DEVICES - 1] = upload_as(self, k, DEVICES - 1, &in, ORDER[order == ORDER[0]]);
  assert_code(ryft_execute_all(program, argument_lists, DEVICES, 1, NULL, result_lists, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "has the layout {");
  for (size_t i = 0; i < DEVICES; ++i) ryft_buffer_destroy(arguments[i]);
  ryft_loaded_executable_destroy(program);
}

static void exe_four_devices_in_any_order(void **state) {
  try_all(state, try_four);
}

/* What one program gives another is compared, too, and so is a copy of it on another device. */
static void exe_results_are_compared(void **state) {
  const fixture *self = *state;
  const kind *k = &KINDS[0];
  array in, out;
  ryft_buffer *columns = NULL, *copy = NULL, *result = NULL;
  make_arrays(k, &in, &out);
  ryft_loaded_executable *first = turn(self, k, NULL, ORDER[0], NULL);
  ryft_loaded_executable *usual =
      compile(self,
              "module { func.func @main(%a: tensor<4x2x3xf32>) -> tensor<4x2x3xf32> {"
              " return %a : tensor<4x2x3xf32> } }",
              NULL);
  ryft_buffer *argument = upload_as(self, k, 0, &in, NULL);
  assert_ok(ryft_execute(first, &argument, 1, NULL, &columns, 1, NULL));
  assert_code(ryft_execute(usual, &columns, 1, NULL, &result, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "has the layout {");
  assert_ok(ryft_buffer_copy_to_device(
      columns, ryft_client_addressable_devices(self->client).items[1], &copy));
  expect_and_destroy(copy, &out);
  ryft_buffer_destroy(columns);
  ryft_buffer_destroy(argument);
  ryft_loaded_executable_destroy(usual);
  ryft_loaded_executable_destroy(first);
}

/* Where only dimensions of one element, or of none, change places, nothing does. */
static void exe_orders_that_move_nothing(void **state) {
  static const char TEXT[] =
      "module { func.func @main(%%a: tensor<%s> {mhlo.layout_mode = \"{0,1}\"}) -> tensor<%s> {"
      " return %%a : tensor<%s> } }";
  const fixture *self = *state;
  const float data[3] = {1, 2, 3};
  const char *const types[] = {"1x3xf32", "0x3xf32"};
  for (size_t i = 0; i < RYFT__COUNT(types); ++i) {
    char text[256];
    ryft_buffer *argument = NULL, *result = NULL;
    const int64_t dims[2] = {i == 0, 3};
    const ryft_shape shape = {RYFT_F32, 2, dims};
    const size_t size = i == 0 ? sizeof data : 0;
    (void)snprintf(text, sizeof text, TEXT, types[i], types[i], types[i]);
    ryft_loaded_executable *program = compile(self, text, NULL);
    assert_ok(ryft_buffer_from_host(ryft_client_addressable_devices(self->client).items[0],
                                    data,
                                    size,
                                    shape,
                                    NULL,
                                    &argument,
                                    NULL));
    assert_ok(ryft_execute(program, &argument, 1, NULL, &result, 1, NULL));
    expect_contents(result, data, size);
    ryft_buffer_destroy(result);
    ryft_buffer_destroy(argument);
    ryft_loaded_executable_destroy(program);
  }
}

/* Sub-byte arrays that the plugin takes for usual ones: whatever is asked of them, and of copies,
 * tells their real order. */
static void exe_sub_byte_orders_are_told(void **state) {
  const fixture *self = *state;
  const kind *k = &KINDS[3];
  array in, out;
  int8_t turned[ELEMENTS];
  ryft_event *done = NULL;
  ryft_buffer *copy = NULL;
  const ryft_layout wanted = layout_of(ORDER[0]);
  make_arrays(k, &in, &out);
  ryft_buffer *buffer = upload_as(self, k, 0, &in, ORDER[0]);
  ryft_layout told = RYFT_DEFAULTS(ryft_layout);
  assert_ok(ryft_buffer_layout(buffer, &told));
  assert_memory_equal(told.minor_to_major, ORDER[0], sizeof ORDER[0]);
  assert_ok(ryft_buffer_copy_to_host(buffer, &wanted, turned, sizeof turned, &done));
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  for (size_t i = 0; i < ELEMENTS; ++i) {
    const size_t at = i / 12 + i / 4 % 3 * 2 + i % 4 * 6; /* of [i,j,k], first dimension fastest */
    assert_int_equal(turned[at], in.bytes[i]);
  }
  assert_ok(ryft_buffer_copy_to_device(
      buffer, ryft_client_addressable_devices(self->client).items[1], &copy));
  expect_and_destroy(copy, &in);
  ryft_buffer_destroy(buffer);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(exe_a_parameter_in_any_order),
      BUFFER_TEST(exe_a_result_in_any_order),
      BUFFER_TEST(ses_sessions_upload_in_any_order),
      BUFFER_TEST(exe_four_devices_in_any_order),
      BUFFER_TEST(exe_results_are_compared),
      BUFFER_TEST(exe_orders_that_move_nothing),
      BUFFER_TEST(exe_sub_byte_orders_are_told),
  };
  return cmocka_run_group_tests_name("program_layouts", tests, fixture_open, fixture_close);
}
