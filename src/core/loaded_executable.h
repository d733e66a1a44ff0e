/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_SRC_CORE_LOADED_EXECUTABLE_H
#define RYFT_SRC_CORE_LOADED_EXECUTABLE_H

#include <stdatomic.h>

#include "ryft/loaded_executable.h"
#include "src/core/client.h"
#include "src/core/compile_options.h"
#include "src/core/executable.h"

/* What executions need is read once, when the executable is loaded. */
struct ryft_loaded_executable {
  PJRT_LoadedExecutable *raw;
  ryft_client *client;   /* held */
  atomic_size_t holders; /* the user's handle and every session */
  ryft_executable *program;
  size_t output_count;
  size_t parameter_count; /* SIZE_MAX when unknown */
  /* What arguments must look like and results will, in the client's table; NULL when not known. */
  const ryft__known_shape **parameters;
  const ryft__known_shape **results;
  const ryft_device **devices; /* none when it is portable */
  size_t device_count;
  PJRT_ExecuteOptions no_options; /* what most executions say; plugins only read it */
  size_t list_count;              /* of arguments that an execution takes: one of each device */
  ryft_logical_id *logical_ids;   /* made when asked for, under program->lock */
  size_t logical_id_count;
  int *assignment; /* likewise: device numbers, replica by replica */
  size_t replica_count;
  size_t partition_count;
  atomic_bool deleted; /* some plugins forget, and go on executing */
  bool signature_off;
  const ryft__donations *donations; /* NULL when the program takes no argument's contents */
  atomic_uint executions;           /* so far; counted where there are donations, to name them */
  bool takes_tuples; /* among its parameters; no buffer is one, and executions would abort */
  bool portable;     /* runs on whatever single device an execution names */
};

/* One more holder; gives `executable` back. ryft_loaded_executable_destroy is one less. */
ryft_loaded_executable *ryft__loaded_executable_hold(ryft_loaded_executable *executable);

/* Takes the plugin's loaded executable, also when it fails. */
RYFT_MUST_USE ryft_error *ryft__loaded_executable_adopt(ryft_client *client,
                                                        PJRT_LoadedExecutable *raw,
                                                        const ryft__compile_facts *facts,
                                                        ryft_loaded_executable **out,
                                                        const char *where);

#endif /* RYFT_SRC_CORE_LOADED_EXECUTABLE_H */
