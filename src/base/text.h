/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Text that grows while it is put together. */
#ifndef RYFT_SRC_BASE_TEXT_H
#define RYFT_SRC_BASE_TEXT_H

#include "src/base/base.h"

/* Starts zeroed. When memory runs out `failed` is set, further calls do nothing, and the text is
 * kept as it is. */
typedef struct ryft__text {
  char *data; /* NUL-terminated once anything was added; NULL before */
  size_t size;
  size_t capacity;
  bool failed;
} ryft__text;

RYFT__SHARED void ryft__text_add(ryft__text *text, const char *bytes, size_t size);
RYFT__SHARED void ryft__text_format(ryft__text *text, const char *format, ...) RYFT_PRINTF(2, 3);
RYFT__SHARED void ryft__text_free(ryft__text *text);

#endif /* RYFT_SRC_BASE_TEXT_H */
