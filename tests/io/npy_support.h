/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* .npy files put together by hand. */
#ifndef RYFT_TESTS_IO_NPY_SUPPORT_H
#define RYFT_TESTS_IO_NPY_SUPPORT_H

#include <stdio.h>
#include <string.h>

#include "ryft/io/npy.h"
#include "support/assert.h"

typedef struct npy_bytes {
  size_t size;
  _Alignas(64) unsigned char data[4096];
} npy_bytes;

/* A file of version `version` whose header is `header`, padded so that data begins at a multiple of
 * `alignment`. */
static inline npy_bytes npy_make(int version,
                                 const char *header,
                                 size_t alignment,
                                 const void *data,
                                 size_t size) {
  npy_bytes out = {.size = version == 1 ? 10 : 12};
  const size_t prefix = out.size;
  memcpy(out.data, "\x93NUMPY", 6);
  out.data[6] = (unsigned char)version;
  memcpy(out.data + out.size, header, strlen(header));
  out.size += strlen(header);
  while ((out.size + 1) % alignment != 0) out.data[out.size++] = ' ';
  out.data[out.size++] = '\n';
  out.data[8] = (unsigned char)((out.size - prefix) & 0xff);
  out.data[9] = (unsigned char)((out.size - prefix) >> 8);
  if (size != 0) memcpy(out.data + out.size, data, size);
  out.size += size;
  return out;
}

static inline ryft_error *npy_parse(const npy_bytes *bytes, ryft_npy **out) {
  const ryft_bytes view = {.data = bytes->data, .size = bytes->size};
  return ryft_npy_parse("test.npy", view, out);
}

/* Where ryft_npy_write writes to. */
static inline ryft_error *npy_append(const void *data, size_t size, void *arg) {
  npy_bytes *out = arg;
  assert_true(out->size + size <= sizeof out->data);
  memcpy(out->data + out->size, data, size);
  out->size += size;
  return NULL;
}

#endif /* RYFT_TESTS_IO_NPY_SUPPORT_H */
