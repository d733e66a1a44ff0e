/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text put together in room that is given. What does not fit is cut off, and counted all the same,
 * as snprintf does. For text that may grow and so may fail: text.h. */
#ifndef RYFT_SRC_BASE_SINK_H
#define RYFT_SRC_BASE_SINK_H

#include "src/base/base.h"

typedef struct ryft__sink {
  char *data;      /* NUL-terminated, unless there is no room at all */
  size_t capacity; /* of `data`, the NUL's byte included; may be 0 */
  size_t length;   /* of the whole text */
} ryft__sink;

void ryft__sink_init(ryft__sink *sink, char *data, size_t capacity);
void ryft__sink_text(ryft__sink *sink, const char *text, size_t size);
void ryft__sink_format(ryft__sink *sink, const char *format, ...) RYFT_PRINTF(2, 3);

/* As the inside of a JSON or C string: quotes, backslashes and control characters are escaped. */
void ryft__sink_escaped(ryft__sink *sink, const char *text, size_t size);

/* Forgets what came after the text was so long. */
void ryft__sink_rewind(ryft__sink *sink, size_t length);

/* Has a text that was cut end in "..."; needs room for as much. */
void ryft__sink_mark_cut(ryft__sink *sink);

/* Whether more was said than fits. */
static inline bool ryft__sink_is_cut(const ryft__sink *sink) {
  return sink->length >= sink->capacity;
}

/* How much of the text is there. */
static inline size_t ryft__sink_size(const ryft__sink *sink) {
  if (!ryft__sink_is_cut(sink)) return sink->length;
  return sink->capacity == 0 ? 0 : sink->capacity - 1;
}

#endif /* RYFT_SRC_BASE_SINK_H */
