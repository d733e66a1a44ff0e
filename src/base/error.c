/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#define RYFT__ERROR_SOURCE
#include "src/base/error.h"

#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/unconst.h"

/* One allocation holds an error whole: the struct, its payload table, then all texts. */
struct ryft_error {
  atomic_size_t owners;
  ryft_code code;
  bool shared;      /* static: never counted, never freed */
  bool from_plugin; /* it was asked, and this is what came of it */
  const char *message;
  const char *where;
  ryft_error_payload *payloads;
  size_t payload_count;
};

static ryft_error out_of_memory = {
    .code = RYFT_RESOURCE_EXHAUSTED,
    .shared = true,
    .message = "out of memory",
    .where = "",
};

static const char *const CODE_NAMES[] = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
};

const char *ryft_code_name(ryft_code code) {
  return (unsigned)code < RYFT__COUNT(CODE_NAMES) ? CODE_NAMES[code] : "UNKNOWN";
}

ryft_error *ryft__out_of_memory(void) {
  return &out_of_memory;
}

static int compare_payloads(const void *left, const void *right) {
  const ryft_error_payload *a = left, *b = right;
  return strcmp(a->name, b->name);
}

/* Copies `size` bytes and a NUL to `*cursor` and moves it on. */
static char *put(char **cursor, const char *bytes, size_t size) {
  char *start = *cursor;
  if (size != 0) memcpy(start, bytes, size);
  start[size] = '\0';
  *cursor += size + 1;
  return start;
}

static size_t where_size(const char *where, const char *entry_point) {
  return strlen(where) + (entry_point == NULL ? 0 : strlen(entry_point) + sizeof " ()");
}

ryft_error *ryft__error_with(ryft_code code,
                             const char *where,
                             const char *entry_point,
                             const char *message,
                             size_t size,
                             const ryft_error_payload *payloads,
                             size_t count) {
  if (where == NULL) where = "";
  const size_t place = where_size(where, entry_point);
  size_t total = sizeof(ryft_error) + count * sizeof(ryft_error_payload) + size + 1 + place + 1;
  for (size_t i = 0; i < count; ++i)
    total += strlen(payloads[i].name) + 1 + payloads[i].value.size + 1;
  ryft_error *error = ryft__alloc(total);
  if (error == NULL) return &out_of_memory;

  *error = (ryft_error){.code = code, .from_plugin = entry_point != NULL, .payload_count = count};
  atomic_init(&error->owners, 1);
  ryft__loose_born();
  error->payloads = (ryft_error_payload *)(error + 1);
  char *cursor = (char *)(error->payloads + count);
  error->message = put(&cursor, message, size);
  error->where = cursor;
  if (entry_point == NULL) {
    put(&cursor, where, strlen(where));
  } else {
    cursor +=
        snprintf(cursor, place + 1, *where == '\0' ? "%s%s" : "%s (%s)", where, entry_point) + 1;
  }
  for (size_t i = 0; i < count; ++i) {
    error->payloads[i].name = put(&cursor, payloads[i].name, strlen(payloads[i].name));
    error->payloads[i].value.data = put(&cursor, payloads[i].value.data, payloads[i].value.size);
    error->payloads[i].value.size = payloads[i].value.size;
  }
  if (count > 1) qsort(error->payloads, count, sizeof *error->payloads, compare_payloads);
  return error;
}

static locale_t plain_locale;

static void make_plain_locale(void) {
  plain_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Has this thread format as in the C locale; gives what it had before. */
static locale_t enter_plain_locale(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, make_plain_locale);
  return uselocale(plain_locale); /* 0, when it could not be made, leaves it as it is */
}

static ryft_error *format_error(ryft_code code,
                                const char *where,
                                const char *entry_point,
                                const char *format,
                                va_list arguments) RYFT_PRINTF(4, 0);

static ryft_error *format_error(ryft_code code,
                                const char *where,
                                const char *entry_point,
                                const char *format,
                                va_list arguments) {
  char local[512];
  va_list again;
  const locale_t before = enter_plain_locale();
  va_copy(again, arguments);
  const int length = vsnprintf(local, sizeof local, format, arguments);
  ryft_error *error = NULL;
  if (length >= 0 && (size_t)length < sizeof local) {
    error = ryft__error_with(code, where, entry_point, local, (size_t)length, NULL, 0);
  } else {
    const size_t size = length < 0 ? 0 : (size_t)length;
    char *text = ryft__alloc(size + 1);
    if (text == NULL) {
      error = &out_of_memory;
    } else {
      text[0] = '\0';
      if (size != 0) (void)vsnprintf(text, size + 1, format, again);
      error = ryft__error_with(code, where, entry_point, text, size, NULL, 0);
      ryft__free(text);
    }
  }
  va_end(again);
  (void)uselocale(before);
  return error;
}

ryft_error *ryft__error(ryft_code code,
                        const char *where,
                        const char *entry_point,
                        const char *format,
                        ...) {
  va_list arguments;
  va_start(arguments, format);
  ryft_error *error = format_error(code, where, entry_point, format, arguments);
  va_end(arguments);
  return error;
}

ryft_error *ryft__error_refusal(ryft_code code,
                                const char *where,
                                const char *entry_point,
                                const char *format,
                                ...) {
  va_list arguments;
  va_start(arguments, format);
  ryft_error *error = format_error(code, where, entry_point, format, arguments);
  va_end(arguments);
  if (!error->shared) error->from_plugin = false;
  return error;
}

ryft_error *ryft__error_explain(ryft_error *error, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  ryft_error *why = format_error(error->code, NULL, NULL, format, arguments);
  va_end(arguments);
  const size_t size = strlen(why->message) + 2 + strlen(error->message);
  char *text = why->shared ? NULL : ryft__alloc(size + 1);
  if (text == NULL) {
    ryft_error_destroy(why);
    return error;
  }
  (void)snprintf(text, size + 1, "%s: %s", why->message, error->message);
  ryft_error_destroy(why);
  ryft_error *explained = ryft__error_with(
      error->code, error->where, NULL, text, size, error->payloads, error->payload_count);
  ryft__free(text);
  if (explained->shared) return error;
  explained->from_plugin = error->from_plugin;
  ryft_error_destroy(error);
  return explained;
}

/* "ryft_x (PJRT_X)" or either of the two. */
static const char *entry_point_in(const char *where, char *out, size_t size) {
  const char *start = strchr(where, '(');
  start = start != NULL ? start + 1 : where;
  if (strncmp(start, "PJRT_", strlen("PJRT_")) != 0) return NULL;
  (void)snprintf(out, size, "%.*s", (int)strcspn(start, ")"), start);
  return out;
}

ryft_error *ryft__error_restamp(ryft_error *error, const char *where) {
  char entry_point[128];
  if (error->shared) return error;
  ryft_error *stamped =
      ryft__error_with(error->code,
                       where,
                       entry_point_in(error->where, entry_point, sizeof entry_point),
                       error->message,
                       strlen(error->message),
                       error->payloads,
                       error->payload_count);
  if (stamped->shared) return error;
  stamped->from_plugin = error->from_plugin;
  ryft_error_destroy(error);
  return stamped;
}

ryft_error *ryft__error_first(ryft_error *first, ryft_error *second) {
  if (first == NULL) return second;
  ryft_error_destroy(second);
  return first;
}

/* An error with code OK would read as success to whoever looks at the code. */
static ryft_code failing(ryft_code code) {
  return code == RYFT_OK ? RYFT_UNKNOWN : code;
}

ryft_error *ryft_error_create(ryft_code code, const char *message) {
  if (message == NULL) message = "";
  return ryft__error_with(failing(code), NULL, NULL, message, strlen(message), NULL, 0);
}

ryft_error *ryft_error_format(ryft_code code, const char *format, ...) {
  va_list arguments;
  if (format == NULL) return ryft_error_create(code, NULL);
  va_start(arguments, format);
  ryft_error *error = format_error(failing(code), NULL, NULL, format, arguments);
  va_end(arguments);
  return error;
}

/* The const is the caller's view: what another owner changes is the count alone. */
ryft_error *ryft_error_copy(const ryft_error *error) {
  ryft_error *copy = ryft__unconst(error);
  if (copy != NULL && !copy->shared) {
    atomic_fetch_add_explicit(&copy->owners, 1, memory_order_relaxed);
  }
  return copy;
}

void ryft_error_destroy(ryft_error *error) {
  if (error == NULL || error->shared) return;
  if (atomic_fetch_sub_explicit(&error->owners, 1, memory_order_acq_rel) != 1) return;
  ryft__free(error);
  ryft__loose_gone();
}

ryft_code ryft_error_code(const ryft_error *error) {
  return error == NULL ? RYFT_OK : error->code;
}

const char *ryft_error_message(const ryft_error *error) {
  return error == NULL ? "" : error->message;
}

const char *ryft_error_where(const ryft_error *error) {
  return error == NULL ? "" : error->where;
}

bool ryft_error_is_from_plugin(const ryft_error *error) {
  return error != NULL && error->from_plugin;
}

size_t ryft_error_payload_count(const ryft_error *error) {
  return error == NULL ? 0 : error->payload_count;
}

ryft_error_payload ryft_error_payload_at(const ryft_error *error, size_t index) {
  if (error == NULL || index >= error->payload_count) return (ryft_error_payload){.name = NULL};
  return error->payloads[index];
}

bool ryft_error_payload_find(const ryft_error *error, const char *name, ryft_bytes *out_value) {
  if (out_value != NULL) *out_value = (ryft_bytes){.data = NULL};
  if (name == NULL) return false;
  for (size_t i = 0; i < ryft_error_payload_count(error); ++i) {
    if (strcmp(error->payloads[i].name, name) == 0) {
      if (out_value != NULL) *out_value = error->payloads[i].value;
      return true;
    }
  }
  return false;
}

int ryft_exit_status(ryft_error *error) {
  if (error == NULL) return 0;
  fprintf(stderr, "error: %s: %s", ryft_code_name(error->code), error->message);
  if (*error->where != '\0') fprintf(stderr, " [%s]", error->where);
  fputc('\n', stderr);
  ryft_error_destroy(error);
  return 1;
}
