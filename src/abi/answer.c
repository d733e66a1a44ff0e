/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/answer.h"

ryft_error *ryft__not_given(const char *what, const char *entry_point, const char *where) {
  return ryft__error(RYFT_INTERNAL, where, entry_point, "the plugin gave no %s and no error", what);
}

ryft_error *ryft__answer_missing(int fn, const char *what, const char *where) {
  return ryft__not_given(what, ryft__fn_name(fn), where);
}

ryft_error *ryft__check_list_given(const void *list,
                                   size_t count,
                                   const char *what,
                                   const char *entry_point,
                                   const char *where) {
  const void *const *items = list;
  if (count != 0 && items == NULL) return ryft__not_given(what, entry_point, where);
  for (size_t i = 0; i < count; ++i)
    RYFT_TRY(ryft__check_given(items[i], what, entry_point, where));
  return NULL;
}
