/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/spec.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ryft/host_memory.h"
#include "ryft/io/value_text.h"
#include "ryft/io/values.h"
#include "src/cli/bytes.h"
#include "src/cli/nearest.h"

enum { MOST_DIMS = 64, SHAPE_TEXT = 256, NPY_HEADER = 1 << 20 };

/* ---- TYPE[DIMS]= */

typedef struct heading {
  const char *name; /* of the type */
  size_t name_size;
  const char *dims; /* what stands between the brackets */
  const char *dims_end;
  const char *value;
} heading;

static bool is_name(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* Whether the text looks like WORD[…]=, right or wrong. */
static bool split(const char *text, heading *out) {
  const char *at = text;
  while (is_name(*at)) ++at;
  if (at == text || *at != '[') return false;
  const char *close = strchr(at, ']');
  if (close == NULL || close[1] != '=') return false;
  *out = (heading){.name = text,
                   .name_size = (size_t)(at - text),
                   .dims = at + 1,
                   .dims_end = close,
                   .value = close + 2};
  return true;
}

/* Digits between commas, or nothing at all. */
static bool are_dims(const heading *head) {
  const char *at = head->dims;
  if (at == head->dims_end) return true;
  for (;;) {
    const char *start = at;
    while (*at >= '0' && *at <= '9') ++at;
    if (at == start) return false;
    if (at == head->dims_end) return true;
    if (*at++ != ',') return false;
  }
}

static int read_dims(const cli_context *context, const heading *head, cli_spec *out) {
  out->dims = calloc(MOST_DIMS, sizeof *out->dims);
  if (out->dims == NULL) return cli_fail_memory(context);
  ryft_shape *shape = &out->array.shape;
  shape->type = out->type;
  shape->dims = out->dims;
  for (const char *at = head->dims; at < head->dims_end; ++at) {
    if (shape->rank == MOST_DIMS) {
      return cli_fail_usage(context, "%s: more than %d dimensions", out->text, MOST_DIMS);
    }
    int64_t value = 0;
    for (; *at >= '0' && *at <= '9'; ++at) {
      if (__builtin_mul_overflow(value, 10, &value) ||
          __builtin_add_overflow(value, *at - '0', &value)) {
        return cli_fail_usage(context, "%.80s: a dimension is too large", out->text);
      }
    }
    out->dims[shape->rank++] = value;
  }
  return CLI_OK;
}

/* Something like a typed array that is none, and no file either. */
static int explain_heading(const cli_context *context, const heading *head, const char *text) {
  if (ryft_type_host_size(ryft_type_from_name(head->name, head->name_size)) != 0) {
    return cli_fail_usage(
        context, "%.80s: dimensions are numbers with commas between them, as in f32[2,3]=", text);
  }
  cli_nearest nearest = cli_nearest_to(head->name, head->name_size);
  for (int type = RYFT_PRED; type <= RYFT_F6E3M2FN; ++type) {
    if (type != RYFT_TOKEN) cli_nearest_offer(&nearest, ryft_type_name((ryft_type)type));
  }
  const char *best = cli_nearest_best(&nearest);
  return cli_fail_usage(context,
                        best == NULL ? "%.80s: %.*s is not an element type%s"
                                     : "%.80s: %.*s is not an element type; did you mean %s?",
                        text,
                        (int)head->name_size,
                        head->name,
                        best == NULL ? "" : best);
}

/* ---- Values */

static const char *shape_text(ryft_shape shape, char out[SHAPE_TEXT]) {
  (void)ryft_shape_format(shape, out, SHAPE_TEXT);
  return out;
}

static size_t count_values(const char *text) {
  size_t count = *text != '\0';
  for (; *text != '\0'; ++text) count += *text == ',';
  return count;
}

static int fail_input(const cli_context *context, const cli_spec *spec, ryft_error *error) {
  if (error == NULL) return CLI_OK;
  const int status =
      cli_fail(context,
               CLI_USAGE,
               ryft_error_format(
                   ryft_error_code(error), "%.80s: %s", spec->text, ryft_error_message(error)));
  ryft_error_destroy(error);
  return status;
}

/* Finds how large the array is and makes room for it. */
static int make_room(const cli_context *context, cli_spec *spec, bool zeroed) {
  ryft_error *error = ryft_shape_host_size(spec->array.shape, &spec->array.size);
  if (error == NULL) error = ryft_host_alloc(spec->array.size, &spec->memory);
  if (error != NULL) return fail_input(context, spec, error);
  if (zeroed) memset(spec->memory, 0, spec->array.size);
  spec->array.data = spec->memory;
  return CLI_OK;
}

static int read_values(const cli_context *context, const char *text, cli_spec *spec) {
  char shape[SHAPE_TEXT];
  size_t count = 0;
  ryft_error *error = ryft_shape_element_count(spec->array.shape, &count);
  if (error != NULL) return fail_input(context, spec, error);
  const size_t given = count_values(text);
  if (given != count) {
    return cli_fail_usage(context,
                          "%s takes %zu value%s, %zu given",
                          shape_text(spec->array.shape, shape),
                          count,
                          count == 1 ? "" : "s",
                          given);
  }
  const int status = make_room(context, spec, /* zeroed= */ false);
  if (status != CLI_OK) return status;
  const size_t step = ryft_type_host_size(spec->type);
  char *element = spec->memory;
  for (size_t i = 0; i < count; ++i, element += step) {
    const size_t size = strcspn(text, ",");
    error = ryft_value_parse(spec->type, text, size, element);
    if (error != NULL) return fail_input(context, spec, error);
    text += size + 1;
  }
  return CLI_OK;
}

static int read_random(const cli_context *context, const char *seed_text, cli_spec *spec) {
  uint64_t seed = 0;
  if (*seed_text == ':') {
    ++seed_text;
    ryft_error *error = ryft_value_parse(RYFT_U64, seed_text, strlen(seed_text), &seed);
    if (error != NULL) return fail_input(context, spec, error);
  }
  const int status = make_room(context, spec, /* zeroed= */ false);
  if (status != CLI_OK) return status;
  return fail_input(
      context, spec, ryft_values_random(spec->array.shape, seed, spec->memory, spec->array.size));
}

static int read_iota(const cli_context *context, cli_spec *spec) {
  const int status = make_room(context, spec, /* zeroed= */ false);
  if (status != CLI_OK) return status;
  return fail_input(
      context, spec, ryft_values_iota(spec->array.shape, spec->memory, spec->array.size));
}

/* ---- Files */

/* Raw bytes may be anything, but a pred other than 0 and 1 confuses programs. */
static int check_raw(const cli_context *context, const char *path, const cli_spec *spec) {
  const unsigned char *bytes = spec->array.data;
  for (size_t i = 0; spec->type == RYFT_PRED && i < spec->array.size; ++i) {
    if (bytes[i] > 1) {
      return cli_fail_usage(context, "%s: byte %zu is 0x%02x; pred is 0 or 1", path, i, bytes[i]);
    }
  }
  return CLI_OK;
}

/* `needed` bytes are right; where `most` were read, there may be more. */
static int use_raw(const cli_context *context,
                   const char *path,
                   size_t size,
                   size_t needed,
                   size_t most,
                   cli_spec *spec) {
  char shape[SHAPE_TEXT];
  if (size != needed) {
    return cli_fail_usage(context,
                          "%s has %s%zu bytes, %s takes %zu",
                          path,
                          size == most ? "at least " : "",
                          size,
                          shape_text(spec->array.shape, shape),
                          needed);
  }
  spec->array.data = spec->memory;
  spec->array.size = size;
  return check_raw(context, path, spec);
}

static int use_npy(const cli_context *context, const char *path, ryft_bytes bytes, cli_spec *spec) {
  char wanted[SHAPE_TEXT], held[SHAPE_TEXT];
  ryft_error *error = ryft_npy_parse(path, bytes, &spec->npy);
  ryft_host_array array = RYFT_DEFAULTS(ryft_host_array);
  if (error == NULL) error = ryft_npy_array_as(spec->npy, spec->type, &array);
  if (error != NULL) return cli_fail(context, CLI_USAGE, error);
  if (!ryft_shape_equal(array.shape, spec->array.shape)) {
    return cli_fail_usage(context,
                          "%s holds %s, but %s was asked for",
                          path,
                          shape_text(array.shape, held),
                          shape_text(spec->array.shape, wanted));
  }
  spec->array = array;
  return CLI_OK;
}

static bool is_regular(const char *path) {
  struct stat file;
  return stat(path, &file) == 0 && S_ISREG(file.st_mode);
}

static int read_at_file(const cli_context *context, const char *path, cli_spec *spec) {
  static const char MAGIC[] = "\x93NUMPY";
  size_t size = 0, needed = 0, most = 0;
  ryft_error *error = ryft_shape_host_size(spec->array.shape, &needed);
  if (error != NULL) return fail_input(context, spec, error);
  /* Raw bytes, or an .npy with its header. Devices and pipes need not end. */
  if (__builtin_add_overflow(needed, NPY_HEADER, &most)) most = SIZE_MAX;
  if (is_regular(path)) most = SIZE_MAX;
  const int status = cli_read_bytes(context, path, most, &spec->memory, &size);
  if (status != CLI_OK) return status;
  if (size >= sizeof MAGIC - 1 && memcmp(spec->memory, MAGIC, sizeof MAGIC - 1) == 0) {
    const ryft_bytes bytes = {.data = spec->memory, .size = size};
    return use_npy(context, path, bytes, spec);
  }
  return use_raw(context, path, size, needed, most, spec);
}

static int read_bare_file(const cli_context *context, cli_spec *spec) {
  ryft_error *error = ryft_npy_map(spec->text, &spec->npy);
  if (error != NULL) return cli_fail(context, CLI_USAGE, error);
  spec->array = *ryft_npy_host_array(spec->npy);
  return CLI_OK;
}

static int read_typed(const cli_context *context, const heading *head, cli_spec *spec) {
  int status = read_dims(context, head, spec);
  if (status != CLI_OK) return status;
  const char *value = head->value;
  if (*value == '@') return read_at_file(context, value + 1, spec);
  if (strcmp(value, "zeros") == 0) return make_room(context, spec, /* zeroed= */ true);
  if (strcmp(value, "iota") == 0) return read_iota(context, spec);
  if (strcmp(value, "random") == 0 || strncmp(value, "random:", 7) == 0) {
    return read_random(context, value + 6, spec);
  }
  return read_values(context, value, spec);
}

int cli_spec_read(const cli_context *context, const char *text, cli_spec *out) {
  *out = (cli_spec){.text = text, .array = RYFT_DEFAULTS(ryft_host_array)};
  heading head;
  const bool headed = split(text, &head);
  const ryft_type type =
      headed ? ryft_type_from_name(head.name, head.name_size) : RYFT_INVALID_TYPE;
  if (headed && ryft_type_host_size(type) != 0 && are_dims(&head)) {
    out->type = type;
    return read_typed(context, &head, out);
  }
  if (access(text, F_OK) != 0) {
    if (headed) return explain_heading(context, &head, text);
    if (strchr(text, '[') != NULL && strchr(text, '=') != NULL) {
      return cli_fail_usage(context,
                            "%.80s: No such file, and no [D:]TYPE[DIMS]=VALUE,... either, as in "
                            "f32[2]=1,2 or 1:s32[]=7",
                            text);
    }
  }
  return read_bare_file(context, out);
}

ryft_error *cli_spec_array(const cli_spec *spec, ryft_type type, ryft_host_array *out) {
  *out = spec->array;
  if (spec->type != RYFT_INVALID_TYPE || spec->array.shape.type == type) return NULL;
  return ryft_npy_array_as(spec->npy, type, out);
}

void cli_spec_free(cli_spec *spec) {
  ryft_npy_destroy(spec->npy);
  ryft_host_free(spec->memory);
  free(spec->dims);
  *spec = (cli_spec){.text = NULL};
}
