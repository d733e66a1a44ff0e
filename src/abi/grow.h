/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Room for fields that are not known yet. A plugin newer than any that was tried may refuse args
 * for being smaller than it knows them; zeroes behind ours, counted in struct_size, are its
 * defaults. */
#ifndef RYFT_SRC_ABI_GROW_H
#define RYFT_SRC_ABI_GROW_H

#include "src/abi/table.h"

enum { RYFT__TAIL = 64, RYFT__GROWN_MAX = RYFT__STRUCT_MAX + RYFT__TAIL };

/* One struct with its tail. */
typedef struct ryft__grown_struct {
  _Alignas(8) unsigned char bytes[RYFT__GROWN_MAX];
  void *original; /* NULL: there is none */
  size_t size;    /* of it, as far as we know it */
} ryft__grown_struct;

/* The args of one call, and the struct that they point to, if that too says its size. Lives on the
 * caller's stack for as long as the call. */
typedef struct ryft__grown {
  ryft__grown_struct args;
  ryft__grown_struct inner;
  size_t inner_at; /* where in the args the pointer to it is */
} ryft__grown;

/* What to call the function with: `args` itself unless the plugin is newer than any that was tried.
 * args->struct_size must be set. */
void *ryft__grow(ryft__grown *out, const ryft__table *t, int fn, void *args);

/* After the call: brings what the plugin wrote back to where ryft__grow took it from. */
void ryft__grow_back(const ryft__grown *grown);

#endif /* RYFT_SRC_ABI_GROW_H */
