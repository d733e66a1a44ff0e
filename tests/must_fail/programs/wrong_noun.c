/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Handles of different nouns do not stand for each other. */
/* expect: incompatible.pointer.types */
#include "ryft/ryft.h"

void program(ryft_executable *executable, ryft_loaded_executable *loaded) {
#ifdef RIGHT
  ryft_executable_destroy(executable);
  (void)loaded;
#else
  ryft_executable_destroy(loaded);
  (void)executable;
#endif
}
