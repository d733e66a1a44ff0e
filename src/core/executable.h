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
                                                 ryft_executable **out,
                                                 const char *where);

/* As the public functions without the second underscore, on behalf of `where`. */
RYFT_MUST_USE ryft_error *ryft__executable_name(const ryft_executable *executable,
                                                const char **out,
                                                const char *where);
RYFT_MUST_USE ryft_error *ryft__executable_replicas(const ryft_executable *executable,
                                                    size_t *out_replicas,
                                                    size_t *out_partitions,
                                                    const char *where);
RYFT_MUST_USE ryft_error *ryft__executable_output_count(const ryft_executable *executable,
                                                        size_t *out_count,
                                                        const char *where);
RYFT_MUST_USE ryft_error *ryft__executable_signature(const ryft_executable *executable,
                                                     const ryft_signature **out,
                                                     const char *where);

#endif /* RYFT_SRC_CORE_EXECUTABLE_H */
