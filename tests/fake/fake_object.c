/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_base.h"

enum { SET_ASIDE = 2048 };
static const uint64_t ALIVE = 0x66616b65616c6976u;
static const uint64_t DEAD = 0x66616b6564656164u;

static const char *const kind_names[FAKE_ALL_KINDS] = {"error",
                                                       "event",
                                                       "client",
                                                       "buffer",
                                                       "executable",
                                                       "loaded executable",
                                                       "topology",
                                                       "execute context",
                                                       "serialized object",
                                                       "layout",
                                                       "device",
                                                       "device description",
                                                       "memory"};

static atomic_size_t live[FAKE_ALL_KINDS];
static pthread_mutex_t aside_lock = PTHREAD_MUTEX_INITIALIZER;
static fake_object *aside[SET_ASIDE];
static size_t aside_next;

_Thread_local const char *fake_slot_name = "";

_Noreturn void fake_misuse(const char *format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  fprintf(stderr, "fake plugin: misuse in %s: %s\n", fake_slot_name, text);
  abort();
}

void *fake_alloc(size_t size) {
  void *memory = calloc(1, size == 0 ? 1 : size);
  if (memory == NULL) abort();
  return memory;
}

void *fake_realloc(void *memory, size_t size) {
  void *grown = realloc(memory, size == 0 ? 1 : size);
  if (grown == NULL) abort();
  return grown;
}

char *fake_copy(const void *bytes, size_t size) {
  char *copy = fake_alloc(size + 1);
  if (size != 0) memcpy(copy, bytes, size);
  return copy;
}

void *fake_object_new(fake_kind kind, size_t size) {
  fake_object *object = fake_alloc(size);
  object->kind = kind;
  object->magic = ALIVE;
  atomic_fetch_add(&live[kind], 1);
  return object;
}

void fake_object_end(fake_object *object) {
  object->magic = DEAD;
  object->vtable = NULL;
  atomic_fetch_sub(&live[object->kind], 1);
  pthread_mutex_lock(&aside_lock);
  fake_object *oldest = aside[aside_next];
  aside[aside_next] = object;
  aside_next = (aside_next + 1) % SET_ASIDE;
  pthread_mutex_unlock(&aside_lock);
  free(oldest);
}

void fake_check(const void *handle, fake_kind kind) {
  const fake_object *object = handle;
  if (object == NULL) fake_misuse("the %s is NULL", kind_names[kind]);
  if (object->magic == DEAD) fake_misuse("the %s was destroyed", kind_names[kind]);
  if (object->magic != ALIVE) fake_misuse("%p is no %s", handle, kind_names[kind]);
  if (object->kind != kind)
    fake_misuse("expected a %s, got a %s", kind_names[kind], kind_names[object->kind]);
}

size_t fake_live(int kind) {
  return kind >= 0 && kind < FAKE_KIND_COUNT ? atomic_load(&live[kind]) : 0;
}

size_t fake_live_objects(void) {
  size_t sum = 0;
  for (int kind = 0; kind < FAKE_KIND_COUNT; ++kind) sum += atomic_load(&live[kind]);
  return sum;
}
