/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Results for people and for programs. Values are printed as they come: as JSON objects a large
 * array would take many times its size, and numbers would not be the shortest that read back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "ryft/io/value_text.h"
#include "src/cli/run.h"

/* Arrays beyond WHOLE elements show only EDGE at each end of a dimension. */
enum { WHOLE = 200, EDGE = 3, SHAPE_TEXT = 256 };

/* ---- For people */

typedef struct printer {
  FILE *out;
  ryft_host_array array;
  size_t step;
  bool elide;
} printer;

static void print_value(const printer *with, size_t element) {
  char text[RYFT_VALUE_TEXT_SIZE];
  const char *data = with->array.data;
  (void)ryft_value_format(with->array.shape.type, data + element * with->step, text);
  fputs(text, with->out);
}

/* Between two elements a comma, between two rows a line, indented to the bracket. */
static void print_separator(const printer *with, size_t dimension) {
  const bool inner = dimension + 1 == with->array.shape.rank;
  fputs(inner ? ", " : ",\n", with->out);
  for (size_t i = 0; !inner && i <= dimension; ++i) fputc(' ', with->out);
}

/* `first` is the first element and `count` how many there are from `dimension` on. Recursion as
 * deep as a rank. */
static void print_dimension(const printer *with, size_t dimension, size_t first, size_t count) {
  if (dimension == with->array.shape.rank) {
    print_value(with, first);
    return;
  }
  const size_t length = (size_t)with->array.shape.dims[dimension];
  const size_t part = length == 0 ? 0 : count / length;
  const bool elide = with->elide && length > 2 * EDGE;
  fputc('[', with->out);
  for (size_t i = 0; i < length; ++i) {
    if (i != 0) print_separator(with, dimension);
    if (elide && i == EDGE) {
      fputs("...", with->out);
      i = length - EDGE;
      print_separator(with, dimension);
    }
    print_dimension(with, dimension + 1, first + i * part, part);
  }
  fputc(']', with->out);
}

static void print_result(const cli_run *run, const cli_result *result) {
  FILE *const out = run->context->out;
  char shape[SHAPE_TEXT];
  (void)ryft_shape_format(result->array.shape, shape, sizeof shape);
  if (run->device_count > 1) fprintf(out, "device %zu ", result->device);
  fprintf(out, "result %zu: %s", result->index, shape);
  if (result->data != NULL) {
    const size_t step = ryft_type_host_size(result->array.shape.type);
    const size_t count = result->array.size / step;
    const printer with = {.out = out, .array = result->array, .step = step, .elide = count > WHOLE};
    fputs(result->array.shape.rank > 1 && count != 0 ? " =\n" : " = ", out);
    if (count == 0)
      fputs("[]", out);
    else
      print_dimension(&with, 0, 0, count);
  }
  fputc('\n', out);
}

static int compare_times(const void *left, const void *right) {
  const double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

static int print_times(const cli_run *run) {
  const size_t count = (size_t)run->options->repeat;
  double *sorted = calloc(count, sizeof *sorted);
  if (sorted == NULL) return cli_fail_memory(run->context);
  memcpy(sorted, run->execute_ms, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_times);
  fprintf(run->context->out,
          "%zu executions: fastest %.3f ms, median %.3f ms, slowest %.3f ms\n",
          count,
          sorted[0],
          sorted[count / 2],
          sorted[count - 1]);
  free(sorted);
  return CLI_OK;
}

static bool writes_to_stdout(const cli_run *run) {
  const cli_items *outputs = &run->options->outputs;
  for (size_t i = 0; i < outputs->count; ++i) {
    if (strcmp(outputs->list[i].text, "-") == 0) return true;
  }
  return false;
}

static int print_readable(const cli_run *run) {
  const cli_run_options *options = run->options;
  if (run->context->quiet || writes_to_stdout(run)) return CLI_OK;
  if (options->outputs.count == 0 && options->expects.count == 0) {
    for (size_t i = 0; i < run->device_count * run->result_count; ++i) {
      print_result(run, &run->results[i]);
    }
  }
  return options->repeat > 1 ? print_times(run) : CLI_OK;
}

/* ---- For programs */

/* What JSON's numbers and words cannot say goes in quotation marks: inf, nan, complex, u64 beyond
 * int64. */
static bool is_plain(ryft_type type, const void *value, const char *text) {
  uint64_t integer = 0;
  if (type == RYFT_C64 || type == RYFT_C128) return false;
  if (type == RYFT_U64) {
    memcpy(&integer, value, sizeof integer);
    return integer <= INT64_MAX;
  }
  if (type == RYFT_PRED) return true;
  return strstr(text, "nan") == NULL && strstr(text, "inf") == NULL;
}

static void print_json_values(FILE *out, ryft_host_array array) {
  char text[RYFT_VALUE_TEXT_SIZE];
  const ryft_type type = array.shape.type;
  const size_t step = ryft_type_host_size(type);
  const char *value = array.data;
  for (size_t done = 0; done < array.size; done += step, value += step) {
    (void)ryft_value_format(type, value, text);
    if (done != 0) fputs(", ", out);
    /* Readers take -0 for an integer, which has no sign to keep. */
    if (strcmp(text, "-0") == 0) memcpy(text, "-0.0", sizeof "-0.0");
    fprintf(out, is_plain(type, value, text) ? "%s" : "\"%s\"", text);
  }
}

static void print_json_result(FILE *out, const cli_result *result) {
  const ryft_shape shape = result->array.shape;
  fprintf(out,
          "{\"device\": %zu, \"index\": %zu, \"type\": \"%s\", \"shape\": [",
          result->device,
          result->index,
          ryft_type_name(shape.type));
  for (size_t i = 0; i < shape.rank; ++i) {
    fprintf(out, i == 0 ? "%lld" : ", %lld", (long long)shape.dims[i]);
  }
  fputs("], \"values\": [", out);
  if (result->data != NULL) print_json_values(out, result->array);
  fputs("]}", out);
}

/* Microseconds, in milliseconds, without the locale's idea of a decimal point. */
static void print_json_ms(FILE *out, double milliseconds) {
  const unsigned long long micro = milliseconds > 0 ? (unsigned long long)(milliseconds * 1e3) : 0;
  fprintf(out, "%llu.%03llu", micro / 1000, micro % 1000);
}

static int print_json(const cli_run *run) {
  FILE *const out = run->context->out;
  fputs("{\"results\": [", out);
  for (size_t i = 0; i < run->device_count * run->result_count; ++i) {
    fputs(i == 0 ? "\n  " : ",\n  ", out);
    print_json_result(out, &run->results[i]);
  }
  fputs("],\n \"compile_ms\": ", out);
  print_json_ms(out, run->compile_ms);
  fputs(",\n \"runs\": [", out);
  for (size_t i = 0; i < (size_t)run->options->repeat; ++i) {
    fputs(i == 0 ? "{\"execute_ms\": " : ", {\"execute_ms\": ", out);
    print_json_ms(out, run->execute_ms[i]);
    fputc('}', out);
  }
  fputs("]}\n", out);
  return CLI_OK;
}

int cli_run_print(const cli_run *run) {
  cli_phase("printing the results");
  return run->context->json ? print_json(run) : print_readable(run);
}
