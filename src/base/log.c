/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/log.h"

#include <string.h>

#include "src/base/environment.h"

bool ryft__log_has(const char *word) {
  const char *words = ryft__variable("RYFT_LOG");
  const size_t wanted = strlen(word);
  while (words != NULL && *words != '\0') {
    const size_t size = strcspn(words, ",");
    if (size == wanted && memcmp(words, word, size) == 0) return true;
    words += size + (words[size] == ',');
  }
  return false;
}
