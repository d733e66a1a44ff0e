/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_TESTS_DECLARED_SIZES_H
#define RYFT_TESTS_DECLARED_SIZES_H

#include <stddef.h>

#include "declared/scene.h"

/* A struct that starts with struct_size, and a function that takes it. */
typedef struct size_row {
  const char *type;
  const char *place; /* as "ryft_x.options", or "ryft_x.options->cpu" */
  size_t size;
  size_t least; /* the part that no header was without */
  ryft_error *(*use)(scene *s, void *given);
  const void *valid;
  bool result; /* the library writes it */
} size_row;

#define END_OF(type, field) (offsetof(type, field) + sizeof(((const type *)0)->field))

extern const ryft_host_array valid_host_array;
extern const ryft_layout valid_layout;
extern const ryft_program valid_program;

extern const size_row size_rows[];
extern const size_t size_row_count;

#endif /* RYFT_TESTS_DECLARED_SIZES_H */
