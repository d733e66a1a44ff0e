/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_EXECUTABLE_H
#define RYFT_SRC_CORE_EXECUTABLE_H

#include <pthread.h>
#include <stdatomic.h>

#include "ryft/executable.h"
#include "src/core/client.h"
#include "src/core/signature.h"

struct ryft_executable {
  const ryft__table *table;
  PJRT_Executable *raw;
  ryft_client *client;  /* held; NULL when it was compiled without one */
  pthread_mutex_t lock; /* guards making what follows; reading is by acquire */
  _Atomic(char *) name;
  _Atomic(ryft__signature *) signature;
};

/* Takes the plugin's executable, also when it fails. */
RYFT_MUST_USE ryft_error *ryft__executable_adopt(const ryft__table *table,
                                                 ryft_client *client,
                                                 PJRT_Executable *raw,
                                                 ryft_executable **out);

#endif /* RYFT_SRC_CORE_EXECUTABLE_H */
