/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/optional.h"

#include "src/base/alloc.h"

ryft_error *ryft__optional(ryft_error *answer) {
  if (ryft_error_code(answer) != RYFT_UNIMPLEMENTED) return answer;
  ryft_error_destroy(answer);
  return NULL;
}

ryft_error *ryft__optional_text(ryft_error *answer, const char *text, size_t size, char **out) {
  *out = NULL;
  const bool answered = answer == NULL && text != NULL;
  RYFT_TRY(ryft__optional(answer));
  *out = ryft__copy_text(answered ? text : "", answered ? size : 0);
  RYFT__TRY_ALLOC(*out);
  return NULL;
}

ryft_error *ryft__untold(ryft_error *answer) {
  switch ((int)ryft_error_code(answer)) {
    case RYFT_UNIMPLEMENTED:
    case RYFT_DATA_LOSS:
    case RYFT_UNKNOWN:
    case RYFT_INTERNAL:
    case RYFT_INVALID_ARGUMENT:
    case RYFT_NOT_FOUND:
    case RYFT_FAILED_PRECONDITION:
      ryft_error_destroy(answer);
      return NULL;
    default:
      return answer;
  }
}
