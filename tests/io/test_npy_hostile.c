/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Files that anybody may have written. Sanitizers watch: every file lies at the end of a block of
 * its own size. */
#include <stdlib.h>

#include "io/npy_support.h"
#include "ryft/live_objects.h"
#include "src/base/base.h"
#include "src/base/text.h"
#include "support/allocator.h"

/* Parses exactly `size` bytes; what is refused must be so with a reason and without an object. */
static bool accepted(const unsigned char *bytes, size_t size) {
  unsigned char *exact = malloc(size == 0 ? 1 : size);
  assert_non_null(exact);
  if (size != 0) memcpy(exact, bytes, size);
  ryft_npy *npy = NULL;
  const ryft_bytes view = {.data = exact, .size = size};
  ryft_error *error = ryft_npy_parse("x.npy", view, &npy);
  const bool good = error == NULL;
  if (good) {
    const ryft_host_array array = *ryft_npy_host_array(npy);
    /* Reads all of it. */
    unsigned sum = 0;
    for (size_t i = 0; i < array.size; ++i) sum += ((const unsigned char *)array.data)[i];
    assert_in_range(sum, 0, array.size * 255);
  } else {
    assert_null(npy);
    assert_int_equal(ryft_error_code(error), RYFT_INVALID_ARGUMENT);
    assert_non_null(strstr(ryft_error_message(error), "x.npy: "));
  }
  ryft_error_destroy(error);
  ryft_npy_destroy(npy);
  free(exact);
  assert_int_equal(ryft_live_objects(), 0);
  return good;
}

static const char GOOD[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";

static void truncated_at_every_byte(void **state) {
  (void)state;
  const float data[6] = {0};
  for (int version = 1; version <= 3; ++version) {
    const npy_bytes file = npy_make(version, GOOD, 64, data, sizeof data);
    for (size_t size = 0; size < file.size; ++size) assert_false(accepted(file.data, size));
    assert_true(accepted(file.data, file.size));
    assert_false(accepted(file.data, file.size + 1));
  }
}

static void every_byte_changed_to_every_other(void **state) {
  (void)state;
  const float data[6] = {0};
  const npy_bytes file = npy_make(1, GOOD, 16, data, sizeof data);
  for (size_t at = 0; at < file.size - sizeof data; ++at) {
    for (int value = 0; value < 256; ++value) {
      npy_bytes changed = file;
      changed.data[at] = (unsigned char)value;
      (void)accepted(changed.data, changed.size);
    }
  }
}

/* Headers cut short, with the length to match: the dictionary itself must notice. */
static void dictionaries_cut_at_every_byte(void **state) {
  (void)state;
  const float data[6] = {0};
  for (size_t length = 0; length < strlen(GOOD); ++length) {
    char header[128];
    (void)snprintf(header, sizeof header, "%.*s", (int)length, GOOD);
    const npy_bytes file = npy_make(1, header, 16, data, sizeof data);
    assert_false(accepted(file.data, file.size));
  }
}

static void refused(const char *header, const char *part) {
  const float data[6] = {0};
  const npy_bytes file = npy_make(1, header, 64, data, sizeof data);
  ryft_npy *npy = NULL;
  assert_code(npy_parse(&file, &npy), RYFT_INVALID_ARGUMENT, part);
  assert_null(npy);
}

static void what_is_refused_has_its_reason(void **state) {
  (void)state;
  refused("{'descr': '|O', 'fortran_order': False, 'shape': (2, 3), }", "Python objects");
  refused("{'descr': '|O8', 'fortran_order': False, 'shape': (2, 3), }", "Python objects");
  refused("{'descr': '<U6', 'fortran_order': False, 'shape': (1,), }", "strings");
  refused("{'descr': '|S24', 'fortran_order': False, 'shape': (1,), }", "strings");
  refused("{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,), }", "dates");
  refused("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6,), }", "structures");
  refused("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", "element type");
  refused("{'descr': '<c4', 'fortran_order': False, 'shape': (6,), }", "element type");
  refused("{'descr': '>V2', 'fortran_order': False, 'shape': (12,), }", "element type");
  refused("{'descr': '|V0', 'fortran_order': False, 'shape': (12,), }", "element type");
  refused("{'descr': '|V99999999999999999999999', 'fortran_order': False, 'shape': (12,), }",
          "element type");
  refused("{'descr': '', 'fortran_order': False, 'shape': (6,), }", "element type");
  refused("{'descr': '<', 'fortran_order': False, 'shape': (6,), }", "element type");
  refused("{'descr': '<f4', 'fortran_order': 0, 'shape': (6,), }", "fortran_order");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': [6], }", "tuple");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (6), }", "tuple");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': 6, }", "tuple");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }", "dimension");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2,,3), }", "dimension");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2 3), }", "tuple");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (6.0,), }", "tuple");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (18446744073709551617,), }",
          "too large");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }",
          "overflows");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904,), }",
          "overflows");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (2305843009213693950,), }",
          "missing data");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }",
          "missing data: its shape takes 28");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (5,), }",
          "trailing data: its shape takes 20");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'shape': (6,), }", "twice");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), 'x': 1, }", "unknown key");
  refused("{'descr': '<f4', 'shape': (6,), }", "lacks");
  refused("{}", "lacks");
  refused("", "dictionary");
  refused("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), } x", "goes on");
  refused("{'descr': '<f4' 'fortran_order': False, 'shape': (6,), }", "dictionary");
  refused("{,}", "string");
  refused("{'desc\\x72': '<f4', 'fortran_order': False, 'shape': (6,), }", "escape");
}

static void many_dimensions(void **state) {
  (void)state;
  for (int rank = 60; rank <= 70; ++rank) {
    ryft__text header = {.data = NULL};
    ryft__text_format(&header, "{'descr': '<f4', 'fortran_order': True, 'shape': (6,");
    for (int i = 1; i < rank; ++i) ryft__text_format(&header, "1,");
    ryft__text_format(&header, "), }");
    assert_false(header.failed);
    const float data[6] = {0};
    const npy_bytes file = npy_make(1, header.data, 64, data, sizeof data);
    ryft__text_free(&header);
    assert_int_equal(accepted(file.data, file.size), rank <= 64);
  }
}

static void bools_other_than_0_and_1(void **state) {
  (void)state;
  npy_bytes file =
      npy_make(1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 64, "\0\1\1", 3);
  assert_true(accepted(file.data, file.size));
  file.data[file.size - 1] = 2;
  assert_false(accepted(file.data, file.size));
}

static void versions_and_lengths(void **state) {
  (void)state;
  const float data[6] = {0};
  npy_bytes file = npy_make(2, GOOD, 64, data, sizeof data);
  file.data[6] = 0;
  assert_false(accepted(file.data, file.size));
  file.data[6] = 4;
  assert_false(accepted(file.data, file.size));
  file.data[6] = 2;
  assert_true(accepted(file.data, file.size));
  memset(file.data + 8, 0xff, 4); /* a header of 4 GiB */
  assert_false(accepted(file.data, file.size));
}

static void every_allocation_fails_once(void **state) {
  (void)state;
  const float data[6] = {0};
  const npy_bytes file = npy_make(
      1, "{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }", 64, data, sizeof data);
  bool done = false;
  for (size_t nth = 1; !done; ++nth) {
    ryft_npy *npy = NULL;
    test_allocator_fail(nth);
    ryft_error *error = npy_parse(&file, &npy);
    done = !test_allocator_failed();
    test_allocator_fail(0);
    assert_int_equal(ryft_error_code(error), done ? RYFT_OK : RYFT_RESOURCE_EXHAUSTED);
    assert_int_equal(npy != NULL, done);
    ryft_error_destroy(error);
    ryft_npy_destroy(npy);
    assert_int_equal(test_allocator_live(), 0);
    assert_true(nth < 100);
  }
}

int main(void) {
  test_allocator_install();
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(truncated_at_every_byte),
      cmocka_unit_test(every_byte_changed_to_every_other),
      cmocka_unit_test(dictionaries_cut_at_every_byte),
      cmocka_unit_test(what_is_refused_has_its_reason),
      cmocka_unit_test(many_dimensions),
      cmocka_unit_test(bools_other_than_0_and_1),
      cmocka_unit_test(versions_and_lengths),
      cmocka_unit_test(every_allocation_fails_once),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
