/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/sink.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void ryft__sink_init(ryft__sink *sink, char *data, size_t capacity) {
  *sink = (ryft__sink){.data = data, .capacity = capacity};
  if (capacity != 0) data[0] = '\0';
}

/* For the NUL too; 0 when nothing more fits. */
static size_t room_of(const ryft__sink *sink) {
  return ryft__sink_is_cut(sink) ? 0 : sink->capacity - sink->length;
}

void ryft__sink_text(ryft__sink *sink, const char *text, size_t size) {
  const size_t room = room_of(sink);
  const size_t kept = size < room ? size : room == 0 ? 0 : room - 1;
  if (kept != 0) {
    memcpy(sink->data + sink->length, text, kept);
    sink->data[sink->length + kept] = '\0';
  }
  sink->length += size;
}

void ryft__sink_format(ryft__sink *sink, const char *format, ...) {
  const size_t room = room_of(sink);
  va_list arguments;
  va_start(arguments, format);
  const int length =
      vsnprintf(room == 0 ? NULL : sink->data + sink->length, room, format, arguments);
  va_end(arguments);
  if (length > 0) sink->length += (size_t)length;
}

void ryft__sink_escaped(ryft__sink *sink, const char *text, size_t size) {
  for (size_t i = 0; i < size; ++i) {
    const unsigned char letter = (unsigned char)text[i];
    if (letter == '"' || letter == '\\') {
      ryft__sink_format(sink, "\\%c", letter);
    } else if (letter == '\n') {
      ryft__sink_text(sink, "\\n", 2);
    } else if (letter < 0x20 || letter == 0x7f) {
      ryft__sink_format(sink, "\\u%04x", letter);
    } else {
      ryft__sink_text(sink, text + i, 1);
    }
  }
}

void ryft__sink_rewind(ryft__sink *sink, size_t length) {
  sink->length = length;
  if (length < sink->capacity) sink->data[length] = '\0';
}

void ryft__sink_mark_cut(ryft__sink *sink) {
  static const char dots[] = "...";
  if (!ryft__sink_is_cut(sink) || sink->capacity < sizeof dots) return;
  memcpy(sink->data + sink->capacity - sizeof dots, dots, sizeof dots);
}
