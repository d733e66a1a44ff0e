/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* --expect: are the results what they should be? */
#include "ryft/io/comparison.h"
#include "ryft/io/value_text.h"
#include "src/cli/run.h"

enum { SHAPE_TEXT = 256, MESSAGE = 1024 };

/* "[1,0]": where element `index` stands. */
static void format_index(ryft_shape shape, size_t index, char *out, size_t size) {
  size_t rest = 1, used = 0;
  for (size_t i = 0; i < shape.rank; ++i) rest *= (size_t)shape.dims[i];
  used += (size_t)snprintf(out, size, "[");
  for (size_t i = 0; i < shape.rank && used < size; ++i) {
    rest /= (size_t)shape.dims[i];
    used += (size_t)snprintf(out + used, size - used, i == 0 ? "%zu" : ",%zu", index / rest);
    index %= rest;
  }
  if (used < size) (void)snprintf(out + used, size - used, "]");
}

static const void *element_at(ryft_host_array array, size_t index) {
  return (const char *)array.data + index * ryft_type_host_size(array.shape.type);
}

static void describe(const cli_run *run,
                     ryft_host_array actual,
                     ryft_host_array expected,
                     const ryft_comparison *found,
                     char *out) {
  char place[SHAPE_TEXT], got[RYFT_VALUE_TEXT_SIZE], wanted[RYFT_VALUE_TEXT_SIZE];
  char largest[RYFT_VALUE_TEXT_SIZE];
  const ryft_type type = actual.shape.type;
  const size_t step = ryft_type_host_size(type);
  /* Zeros of either sign, infinities and nans differ, and have no distance. */
  const bool measured = found->max_absolute > 0;
  format_index(actual.shape, found->first, place, sizeof place);
  (void)ryft_value_format(type, element_at(actual, found->first), got);
  (void)ryft_value_format(type, element_at(expected, found->first), wanted);
  (void)ryft_value_format(RYFT_F64, &found->max_absolute, largest);
  (void)snprintf(out,
                 MESSAGE,
                 "%zu of %zu elements differ (tolerance %s%s%s), the first at "
                 "%s: %s instead of %s",
                 found->different,
                 actual.size / step,
                 run->options->tolerance_text == NULL ? "exact" : run->options->tolerance_text,
                 measured ? ", largest difference " : "",
                 measured ? largest : "",
                 place,
                 got,
                 wanted);
}

/* CLI_OK, or CLI_DIFFERENT with a reason in `out`, or the status after failing. */
static int compare_one(const cli_run *run,
                       const cli_result *result,
                       const ryft_npy *npy,
                       char *out) {
  char got[SHAPE_TEXT], wanted[SHAPE_TEXT];
  ryft_host_array expected = *ryft_npy_host_array(npy);
  ryft_error *error = NULL;
  if (result->data != NULL && expected.shape.type != result->array.shape.type) {
    error = ryft_npy_array_as(npy, result->array.shape.type, &expected);
    if (error != NULL) expected = *ryft_npy_host_array(npy);
    ryft_error_destroy(error);
  }
  if (!ryft_shape_equal(expected.shape, result->array.shape)) {
    (void)ryft_shape_format(result->array.shape, got, sizeof got);
    (void)ryft_shape_format(expected.shape, wanted, sizeof wanted);
    const bool typed = expected.shape.type != RYFT_INVALID_TYPE;
    (void)snprintf(out,
                   MESSAGE,
                   "it is %s instead of %s",
                   got,
                   typed ? wanted : "an array of elements without a type");
    return CLI_DIFFERENT;
  }
  ryft_comparison found = RYFT_DEFAULTS(ryft_comparison);
  error = ryft_values_compare(result->array.shape,
                              result->array.data,
                              result->array.size,
                              expected.data,
                              expected.size,
                              &run->options->tolerance,
                              &found);
  if (error != NULL) return cli_fail_library(run->context, error);
  if (found.different == 0) return CLI_OK;
  describe(run, result->array, expected, &found, out);
  return CLI_DIFFERENT;
}

int cli_run_compare(const cli_run *run) {
  const cli_items *items = &run->options->expects;
  char first[MESSAGE + 512] = "", reason[MESSAGE];
  size_t different = 0;
  for (size_t i = 0; i < run->device_count * run->result_count; ++i) {
    const cli_result *result = &run->results[i];
    const size_t item = cli_item_of(items, /* other= */ 0, result->device, result->index);
    if (item == items->count) continue;
    const int status = compare_one(run, result, run->expects[item], reason);
    if (status != CLI_OK && status != CLI_DIFFERENT) return status;
    if (status == CLI_DIFFERENT && different++ == 0) {
      (void)snprintf(first,
                     sizeof first,
                     "result %zu of device %zu is not %.256s: %s",
                     result->index,
                     result->device,
                     items->list[item].text,
                     reason);
    }
  }
  if (different == 0) return CLI_OK;
  ryft_error *error =
      different == 1
          ? ryft_error_create(RYFT_FAILED_PRECONDITION, first)
          : ryft_error_format(
                RYFT_FAILED_PRECONDITION, "%s; %zu more results differ", first, different - 1);
  return cli_fail(run->context, CLI_DIFFERENT, error);
}
