/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "table_support.h"

#include <stdio.h>

stub_state stub;

static PJRT_Error *stub_slot(void *args) {
  ++stub.calls;
  stub.args = args;
  return stub.answer;
}

void make_api(PJRT_Api *out, int minor) {
  PJRT_Error *(*const function)(void *) = stub_slot;
  memset(out, 0, sizeof *out);
  stub = (stub_state){0};
  out->struct_size = offsetof(PJRT_Api, PJRT_Error_Destroy);
  out->pjrt_api_version.struct_size = PJRT_Api_Version_STRUCT_SIZE;
  out->pjrt_api_version.minor_version = minor;
#define RYFT_SLOT(index, name, since)                                   \
  if (minor >= (since)) {                                               \
    memcpy((char *)out + out->struct_size, &function, sizeof function); \
    assert_int_equal(offsetof(PJRT_Api, name), out->struct_size);       \
    out->struct_size += sizeof function;                                \
  }
#include "fake/gen/slots.inc"
#undef RYFT_SLOT
}

void make_table(ryft__table *out, PJRT_Api *api, int minor) {
  make_api(api, minor);
  expect_success(ryft__table_init(out, api, "plugin.so", "test"));
}

void expect_success(ryft_error *error) {
  if (error != NULL) print_error("%s\n", ryft_error_message(error));
  assert_null(error);
}

void expect_error(ryft_error *error, ryft_code code, const char *text) {
  assert_non_null(error);
  if (strstr(ryft_error_message(error), text) == NULL) {
    print_error("\"%s\" lacks \"%s\"\n", ryft_error_message(error), text);
    fail();
  }
  assert_int_equal(ryft_error_code(error), code);
  ryft_error_destroy(error);
}
