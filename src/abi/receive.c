/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/receive.h"

#include <string.h>

static size_t common_size(const void *theirs, size_t size) {
  size_t has;
  memcpy(&has, theirs, sizeof has);
  return has < size ? has : size;
}

void ryft__receive(void *out, size_t size, const void *theirs) {
  memset(out, 0, size);
  memcpy(out, theirs, common_size(theirs, size));
}

void ryft__reply(void *theirs, const void *ours, size_t size) {
  const size_t head = sizeof(size_t), both = common_size(theirs, size);
  if (both > head) memcpy((char *)theirs + head, (const char *)ours + head, both - head);
}
