/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Results with dynamic dimensions: whatever reads them sees the present size. */
#include "core/program_support.h"

enum { RANK_MAX = 3, ELEMENTS_MAX = 64, BYTES_MAX = ELEMENTS_MAX * 8, GUARD = 0x5c };

typedef struct example {
  ryft_type type;
  const char *mlir;
  size_t rank;
  int64_t dims[RANK_MAX];
  bool dynamic[RANK_MAX];
} example;

static const example examples[] = {
    {RYFT_F32, "f32", 2, {3, 4}, {false, true}},
    {RYFT_F32, "f32", 2, {3, 4}, {true, false}},
    {RYFT_F32, "f32", 1, {5}, {true}},
    {RYFT_F32, "f32", 3, {2, 3, 4}, {true, true, true}},
    {RYFT_S64, "i64", 3, {2, 3, 4}, {false, true, true}},
    {RYFT_F64, "f64", 3, {2, 3, 4}, {true, false, true}},
    {RYFT_PRED, "i1", 2, {3, 4}, {false, true}},
    {RYFT_S4, "i4", 2, {3, 4}, {false, true}},
    {RYFT_S4, "i4", 3, {2, 3, 4}, {true, true, false}},
    {RYFT_U2, "ui2", 2, {3, 5}, {true, true}},
    {RYFT_BF16, "bf16", 3, {2, 3, 4}, {false, true, false}},
    {RYFT_U8, "ui8", 2, {3, 4}, {true, true}},
};

/* ---- Programs that give their first argument the sizes that follow. */

static void put_type(FILE *out, const example *e, size_t dynamic) {
  const char *comma = "";
  (void)fputs("tensor<", out);
  for (size_t i = 0; i < e->rank; ++i) {
    if (e->dynamic[i] && i < dynamic) {
      (void)fputs("?x", out);
    } else {
      (void)fprintf(out, "%dx", (int)e->dims[i]);
    }
  }
  (void)fputs(e->mlir, out);
  for (size_t i = 0; i < e->rank && dynamic != 0; ++i) {
    comma = i == 0 ? ", #stablehlo.bounds<" : ", ";
    if (e->dynamic[i] && i < dynamic) {
      (void)fprintf(out, "%s%d", comma, (int)e->dims[i]);
    } else {
      (void)fprintf(out, "%s?", comma);
    }
  }
  (void)fputs(dynamic == 0 ? ">" : ">>", out);
}

/* The bounds attribute must name a bound: dimensions before the first dynamic one do not count. */
static size_t first_dynamic(const example *e) {
  size_t first = 0;
  while (!e->dynamic[first]) ++first;
  return first;
}

static void put_steps(FILE *out, const example *e) {
  size_t before = 0;
  for (size_t i = first_dynamic(e); i < e->rank; ++i) {
    if (!e->dynamic[i]) continue;
    (void)fprintf(out, "%%r%d = \"stablehlo.set_dimension_size\"(", (int)i + 1);
    if (before == 0) {
      (void)fputs("%a", out);
    } else {
      (void)fprintf(out, "%%r%d", (int)before);
    }
    (void)fprintf(out, ", %%n%d) {dimension = %d : i64} : (", (int)i, (int)i);
    put_type(out, e, before);
    (void)fputs(", tensor<i32>) -> ", out);
    put_type(out, e, i + 1);
    (void)fputs("\n", out);
    before = i + 1;
  }
  (void)fprintf(out, "return %%r%d : ", (int)before);
}

static ryft_loaded_executable *compile_example(const fixture *self,
                                               const example *e,
                                               const ryft_compile_options *options) {
  char text[2048] = "";
  FILE *out = fmemopen(text, sizeof text, "w");
  assert_non_null(out);
  (void)fputs("module { func.func @main(%a: ", out);
  put_type(out, e, 0);
  for (size_t i = 0; i < e->rank; ++i) {
    if (e->dynamic[i]) (void)fprintf(out, ", %%n%d: tensor<i32>", (int)i);
  }
  (void)fputs(") -> (", out);
  put_type(out, e, e->rank);
  (void)fputs(") {\n", out);
  put_steps(out, e);
  put_type(out, e, e->rank);
  (void)fputs("\n} }", out);
  (void)fclose(out);
  return compile(self, text, options);
}

/* ---- Data, and what is expected of it. */

static void fill(const example *e, unsigned char *out) {
  const size_t size = ryft_type_host_size(e->type);
  const unsigned mask = e->type == RYFT_PRED ? 1 : e->type == RYFT_U2 ? 3 : 7;
  for (size_t i = 0; i < ELEMENTS_MAX; ++i) {
    memset(out + i * size, 0, size);
    out[i * size] = (unsigned char)(size == 1 && e->type != RYFT_U8 ? i * 5 / 3 & mask : i + 1);
  }
}

static ryft_shape shape_of(const example *e, const int64_t *dims) {
  return (ryft_shape){e->type, e->rank, dims};
}

/* The elements that `present` leaves, dense, the dimensions ordered as `order` says, fastest first;
 * NULL: last dimension fastest. */
static size_t pick(const example *e,
                   const int64_t *present,
                   const int64_t *order,
                   const unsigned char *from,
                   unsigned char *out) {
  const size_t size = ryft_type_host_size(e->type);
  size_t count = 1, found = 0;
  for (size_t i = 0; i < e->rank; ++i) count *= (size_t)present[i];
  for (; found < count; ++found) {
    size_t rest = found, source = 0, index[RANK_MAX];
    for (size_t i = 0; i < e->rank; ++i) {
      const size_t dim = order == NULL ? e->rank - 1 - i : (size_t)order[i];
      index[dim] = rest % (size_t)present[dim];
      rest /= (size_t)present[dim];
    }
    for (size_t i = 0; i < e->rank; ++i) source = source * (size_t)e->dims[i] + index[i];
    memcpy(out + found * size, from + source * size, size);
  }
  return count * size;
}

static ryft_buffer *run(const fixture *self,
                        const example *e,
                        ryft_loaded_executable *executable,
                        const int64_t *present) {
  unsigned char data[BYTES_MAX];
  ryft_buffer *arguments[1 + RANK_MAX], *out = NULL;
  size_t count = 0;
  fill(e, data);
  arguments[count++] = upload(self, data, shape_of(e, e->dims));
  for (size_t i = 0; i < e->rank; ++i) {
    const int32_t size = (int32_t)present[i];
    if (e->dynamic[i]) arguments[count++] = upload(self, &size, RYFT_SCALAR(RYFT_S32));
  }
  assert_ok(ryft_execute(executable, arguments, count, NULL, &out, 1, NULL));
  for (size_t i = 0; i < count; ++i) ryft_buffer_destroy(arguments[i]);
  return out;
}

/* ---- The ways to read. */

static void expect_guard(const unsigned char *out, size_t size) {
  for (size_t i = size; i < BYTES_MAX; ++i) assert_int_equal(out[i], GUARD);
}

static void expect_order(const ryft_buffer *buffer,
                         const example *e,
                         const int64_t *present,
                         const int64_t *order) {
  unsigned char data[BYTES_MAX], wanted[BYTES_MAX], out[BYTES_MAX];
  const ryft_layout layout = {RYFT_SIZED(ryft_layout), .rank = e->rank, .minor_to_major = order};
  ryft_event *done = NULL;
  fill(e, data);
  const size_t size = pick(e, present, order, data, wanted);
  memset(out, GUARD, sizeof out);
  ryft_error *error =
      ryft_buffer_copy_to_host(buffer, order == NULL ? NULL : &layout, out, sizeof out, &done);
  if (error != NULL && test_plugin_minor() == 81) {
    assert_code(error, RYFT_UNIMPLEMENTED, "order of dimensions");
    expect_guard(out, 0);
    return;
  }
  assert_ok(error);
  assert_ok(ryft_event_await(done));
  ryft_event_destroy(done);
  assert_memory_equal(out, wanted, size);
  expect_guard(out, size);
}

static void expect_orders(const ryft_buffer *buffer, const example *e, const int64_t *present) {
  static const int64_t orders[6][3] = {
      {0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
  static const size_t counts[RANK_MAX + 1] = {0, 1, 1, 6};
  static const int64_t two[2][2] = {{0, 1}, {1, 0}};
  if (e->rank == 2) {
    expect_order(buffer, e, present, two[0]);
    expect_order(buffer, e, present, two[1]);
    return;
  }
  for (size_t i = 0; i < counts[e->rank]; ++i) expect_order(buffer, e, present, orders[i]);
}

static void expect_read(const ryft_buffer *buffer, const example *e, const int64_t *present) {
  unsigned char data[BYTES_MAX], wanted[BYTES_MAX], out[BYTES_MAX];
  size_t size = 0;
  fill(e, data);
  const size_t wanted_size = pick(e, present, NULL, data, wanted);
  assert_ok(ryft_buffer_host_size(buffer, &size));
  assert_int_equal(size, wanted_size);
  expect_contents(buffer, wanted, wanted_size);
  memset(out, GUARD, sizeof out);
  assert_code(ryft_buffer_read(buffer, out, size + 1), RYFT_INVALID_ARGUMENT, "are given");
  expect_guard(out, 0);
  assert_ok(ryft_buffer_read(buffer, out, size));
  assert_memory_equal(out, wanted, size);
  expect_guard(out, size);
}

static void expect_present(const ryft_buffer *buffer, const example *e, const int64_t *present) {
  ryft_shape shape;
  assert_ok(ryft_buffer_unpadded_shape(buffer, &shape));
  assert_true(ryft_shape_equal(shape, shape_of(e, present)));
  assert_ok(ryft_buffer_shape(buffer, &shape));
  assert_true(ryft_shape_equal(shape, shape_of(e, e->dims)));
  expect_read(buffer, e, present);
  expect_order(buffer, e, present, NULL);
  expect_orders(buffer, e, present);
}

/* ---- All sizes that the bounds allow. */

static bool next(const example *e, int64_t *present) {
  for (size_t i = e->rank; i-- > 0;) {
    if (!e->dynamic[i]) continue;
    if (present[i]++ < e->dims[i]) return true;
    present[i] = 0;
  }
  return false;
}

static void try_sizes(const fixture *self, const example *e, const ryft_compile_options *options) {
  ryft_loaded_executable *executable = compile_example(self, e, options);
  int64_t present[RANK_MAX];
  for (size_t i = 0; i < e->rank; ++i) present[i] = e->dynamic[i] ? 0 : e->dims[i];
  do {
    ryft_buffer *buffer = run(self, e, executable, present);
    expect_present(buffer, e, present);
    ryft_buffer_destroy(buffer);
  } while (next(e, present));
  ryft_loaded_executable_destroy(executable);
}

static void buf_15_dynamic_sizes_are_read(void **state) {
  for (size_t i = 0; i < RYFT__COUNT(examples); ++i) {
    try_sizes(*state, &examples[i], /* options= */ NULL);
  }
}

static void buf_15_dynamic_sizes_without_a_signature(void **state) {
  const ryft_compile_options options = {RYFT_SIZED(ryft_compile_options), .signature = RYFT_NO};
  try_sizes(*state, &examples[0], &options);
  try_sizes(*state, &examples[8], &options);
}

/* ---- What else is done with such buffers. */

/* Before 0.115 CPU plugins cannot copy them: the copy carries an error instead of contents. */
static void buf_15_copies_have_the_present_size(void **state) {
  const fixture *self = *state;
  const example *e = &examples[0];
  const int64_t present[] = {3, 2};
  ryft_loaded_executable *executable = compile_example(self, e, /* options= */ NULL);
  ryft_buffer *buffer = run(self, e, executable, present), *copy = NULL;
  assert_ok(ryft_buffer_copy_to_memory(buffer, ryft_device_default_memory(self->device), &copy));
  if (test_plugin_minor() < 115) {
    size_t size = 1;
    assert_code(ryft_buffer_host_size(copy, &size), RYFT_INTERNAL, "Shape mismatch");
    assert_int_equal(size, 0);
  } else {
    expect_present(copy, e, present);
  }
  ryft_buffer_destroy(copy);
  ryft_buffer_destroy(buffer);
  ryft_loaded_executable_destroy(executable);
}

static void buf_15_a_deleted_one_has_no_size(void **state) {
  const fixture *self = *state;
  const int64_t present[] = {3, 2};
  ryft_loaded_executable *executable = compile_example(self, &examples[0], NULL);
  ryft_buffer *buffer = run(self, &examples[0], executable, present);
  ryft_shape shape;
  size_t size = 1;
  assert_ok(ryft_buffer_delete(buffer));
  assert_code(ryft_buffer_host_size(buffer, &size), RYFT_INVALID_ARGUMENT, "");
  assert_int_equal(size, 0);
  assert_code(ryft_buffer_unpadded_shape(buffer, &shape), RYFT_INVALID_ARGUMENT, "");
  assert_code(ryft_buffer_read(buffer, &shape, sizeof shape), RYFT_INVALID_ARGUMENT, "");
  ryft_buffer_destroy(buffer);
  ryft_loaded_executable_destroy(executable);
}

/* A bound is no size: the same program twice, the second time on the first's result. */
static void exe_05_a_dynamic_argument_is_refused(void **state) {
  const fixture *self = *state;
  const int64_t present[] = {3, 2};
  const int32_t two = 2;
  ryft_loaded_executable *executable = compile_example(self, &examples[0], NULL);
  ryft_buffer *sizes = upload(self, &two, RYFT_SCALAR(RYFT_S32)), *again = NULL;
  ryft_buffer *buffer = run(self, &examples[0], executable, present);
  assert_code(ryft_execute(executable, (ryft_buffer *[]){buffer, sizes}, 2, NULL, &again, 1, NULL),
              RYFT_INVALID_ARGUMENT,
              "f32[3,<=4], the program takes f32[3,4]");
  assert_null(again);
  ryft_buffer_destroy(buffer);
  ryft_buffer_destroy(sizes);
  ryft_loaded_executable_destroy(executable);
}

static void ses_01_a_session_gives_the_present_size(void **state) {
  const fixture *self = *state;
  static const char *const inputs[] = {"data", "size"}, *const outputs[] = {"some"},
                           *const again[] = {"data"};
  const float wanted[] = {1, 2, 5, 6, 9, 10};
  float data[12], out[12];
  const int32_t two = 2;
  ryft_session *session = NULL;
  ryft_loaded_executable *executable = compile_example(self, &examples[0], NULL);
  for (int i = 0; i < 12; ++i) data[i] = (float)(i + 1);
  assert_code(ryft_session_create(executable, inputs, 2, again, 1, NULL, &session),
              RYFT_INVALID_ARGUMENT,
              "f32[3,<=4] and cannot be fed back");
  assert_ok(ryft_session_create(executable, inputs, 2, outputs, 1, NULL, &session));
  assert_ok(ryft_session_set_host(session,
                                  "data",
                                  &(ryft_host_array){RYFT_SIZED(ryft_host_array),
                                                     .shape = RYFT_SHAPE(RYFT_F32, 3, 4),
                                                     .data = data,
                                                     .size = sizeof data}));
  assert_ok(ryft_session_set_host(session,
                                  "size",
                                  &(ryft_host_array){RYFT_SIZED(ryft_host_array),
                                                     .shape = RYFT_SCALAR(RYFT_S32),
                                                     .data = &two,
                                                     .size = sizeof two}));
  assert_ok(ryft_session_run(session));
  assert_code(ryft_session_get(session, "some", out, sizeof out),
              RYFT_INVALID_ARGUMENT,
              "f32[3,2] takes 24 bytes, and 48 are given");
  assert_ok(ryft_session_get(session, "some", out, sizeof wanted));
  assert_memory_equal(out, wanted, sizeof wanted);
  ryft_session_destroy(session);
  ryft_loaded_executable_destroy(executable);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      BUFFER_TEST(buf_15_dynamic_sizes_are_read),
      BUFFER_TEST(buf_15_dynamic_sizes_without_a_signature),
      BUFFER_TEST(buf_15_copies_have_the_present_size),
      BUFFER_TEST(buf_15_a_deleted_one_has_no_size),
      BUFFER_TEST(exe_05_a_dynamic_argument_is_refused),
      BUFFER_TEST(ses_01_a_session_gives_the_present_size),
  };
  return cmocka_run_group_tests_name("dynamic", tests, fixture_open, fixture_close);
}
