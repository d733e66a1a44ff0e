/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/options.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The tool never calls setlocale, so that strtod and printf know the decimal point only. */

static bool read_integer(const char *text, int64_t *out) {
  char *end = NULL;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  *out = value;
  return end != text && *end == '\0' && errno == 0;
}

static bool read_float(const char *text, float *out) {
  char *end = NULL;
  float value = strtof(text, &end);
  *out = value;
  if (end == text || *end != '\0') return false;
  return isfinite(value) ||
         strpbrk(text, "0123456789") == NULL; /* 1e99 is too large, "inf" is not */
}

static bool read_bool(const char *text, bool *out) {
  *out = strcmp(text, "true") == 0;
  return *out || strcmp(text, "false") == 0;
}

/* The value in the type that a prefix such as "int:" asks for; false when it does not have it. */
static bool read_forced(const char *name, const char *text, ryft_named_value *out, bool *out_good) {
  *out_good = true;
  if (strncmp(text, "str:", 4) == 0) {
    *out = ryft_named_string(name, text + 4);
  } else if (strncmp(text, "int:", 4) == 0) {
    int64_t value = 0;
    *out_good = read_integer(text + 4, &value);
    *out = ryft_named_int64(name, value);
  } else if (strncmp(text, "float:", 6) == 0) {
    float value = 0;
    *out_good = read_float(text + 6, &value);
    *out = ryft_named_float(name, value);
  } else if (strncmp(text, "bool:", 5) == 0) {
    bool value = false;
    *out_good = read_bool(text + 5, &value);
    *out = ryft_named_bool(name, value);
  } else {
    return false;
  }
  return true;
}

/* What a value is by its look. Only what is made of a number's characters is one: "inf" and "0x10"
 * are strings. */
static ryft_named_value read_by_look(const char *name, const char *text) {
  int64_t integer = 0;
  float number = 0;
  bool boolean = false;
  if (read_bool(text, &boolean)) return ryft_named_bool(name, boolean);
  bool numeric = *text != '\0' && text[strspn(text, "+-.0123456789eE")] == '\0';
  if (numeric && read_integer(text, &integer)) return ryft_named_int64(name, integer);
  if (numeric && text[strspn(text, "+-0123456789")] != '\0' && read_float(text, &number)) {
    return ryft_named_float(name, number);
  }
  return ryft_named_string(name, text);
}

/* Takes `name`, which is the value's from here on. */
static int keep(cli_context *context, char *name, ryft_named_value value) {
  value.name = name;
  for (size_t i = 0; i < context->option_count; ++i) {
    if (strcmp(context->options[i].name, value.name) != 0) continue;
    free((void *)(uintptr_t)context->options[i].name);
    context->options[i] = value;
    return CLI_OK;
  }
  size_t size = (context->option_count + 1) * sizeof(*context->options);
  ryft_named_value *grown = realloc(context->options, size);
  if (grown == NULL) {
    free(name);
    return cli_fail_memory(context);
  }
  context->options = grown;
  context->options[context->option_count++] = value;
  return CLI_OK;
}

int cli_options_add(cli_context *context, const char *text) {
  const char *equals = strchr(text, '=');
  if (equals == NULL || equals == text) {
    return cli_fail_usage(context, "--option wants NAME=VALUE, not \"%s\"", text);
  }
  char *name = strndup(text, (size_t)(equals - text));
  if (name == NULL) return cli_fail_memory(context);
  ryft_named_value value;
  bool good = false;
  if (!read_forced(name, equals + 1, &value, &good)) {
    value = read_by_look(name, equals + 1);
  } else if (!good) {
    free(name);
    return cli_fail_usage(
        context, "--option %s: the value does not have the type before the colon", text);
  }
  return keep(context, name, value);
}

void cli_options_free(cli_context *context) {
  for (size_t i = 0; i < context->option_count; ++i) {
    free((void *)(uintptr_t)context->options[i].name);
  }
  free(context->options);
  context->options = NULL;
  context->option_count = 0;
}
