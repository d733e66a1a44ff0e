/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"

/* Makes room for `more` bytes and a NUL. */
static bool reserve(ryft__text *text, size_t more) {
  size_t needed = 0;
  if (text->failed) return false;
  if (__builtin_add_overflow(text->size, more, &needed) || needed > SIZE_MAX / 4) {
    text->failed = true;
    return false;
  }
  ++needed;
  if (needed <= text->capacity) return true;
  size_t capacity = text->capacity < 32 ? 64 : text->capacity * 2;
  if (capacity < needed) capacity = needed;
  char *data = ryft__realloc(text->data, capacity);
  if (data == NULL) {
    text->failed = true;
    return false;
  }
  text->data = data;
  text->capacity = capacity;
  return true;
}

void ryft__text_add(ryft__text *text, const char *bytes, size_t size) {
  if (!reserve(text, size)) return;
  if (size != 0) memcpy(text->data + text->size, bytes, size);
  text->size += size;
  text->data[text->size] = '\0';
}

void ryft__text_format(ryft__text *text, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  const int length = vsnprintf(NULL, 0, format, arguments);
  va_end(arguments);
  if (length < 0) {
    text->failed = true;
    return;
  }
  if (!reserve(text, (size_t)length)) return;
  va_start(arguments, format);
  (void)vsnprintf(text->data + text->size, (size_t)length + 1, format, arguments);
  va_end(arguments);
  text->size += (size_t)length;
}

void ryft__text_free(ryft__text *text) {
  ryft__free(text->data);
  *text = (ryft__text){.data = NULL};
}
