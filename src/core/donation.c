/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/donation.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "src/base/alloc.h"
#include "src/base/error.h"
#include "src/core/executable.h"

const ryft__donations ryft__donations_unknown = {.count = 0};

static bool takes(const ryft_signature_item *parameter) {
  return parameter->alias >= 0 || parameter->donor;
}

static size_t count_taken(const ryft_signature *signature) {
  size_t count = 0;
  for (size_t i = 0; i < signature->parameter_count; ++i) count += takes(signature->parameters[i]);
  return count;
}

/* One block: the list, then the name that all its items share. */
static ryft__donations *make(const char *program, const ryft_signature *signature, size_t count) {
  const size_t name_size = strlen(program) + 1;
  size_t items = 0, size = 0;
  if (__builtin_mul_overflow(count, sizeof(ryft__donation), &items) ||
      __builtin_add_overflow(sizeof(ryft__donations) + items, name_size, &size)) {
    return NULL;
  }
  ryft__donations *made = ryft__alloc(size);
  if (made == NULL) return NULL;
  char *name = (char *)(made->items + count);
  memcpy(name, program, name_size);
  made->count = 0;
  for (size_t i = 0; i < signature->parameter_count; ++i) {
    if (!takes(signature->parameters[i])) continue;
    made->items[made->count++] = (ryft__donation){
        .program = name,
        .argument = i,
        .output = signature->parameters[i]->alias,
    };
  }
  return made;
}

static bool same(const ryft__donations *left, const ryft__donations *right) {
  if (left->count != right->count) return false;
  if (strcmp(left->items[0].program, right->items[0].program) != 0) return false;
  for (size_t i = 0; i < left->count; ++i) {
    const ryft__donation *a = &left->items[i], *b = &right->items[i];
    if (a->argument != b->argument || a->output != b->output) return false;
  }
  return true;
}

static const ryft__donations *find(const ryft__donations *first, const ryft__donations *wanted) {
  while (first != NULL && !same(first, wanted)) first = first->next;
  return first;
}

/* Nothing ever leaves the list, so readers need no lock. Two threads with the same may both add
 * theirs: no harm. */
static const ryft__donations *keep(ryft_client *client, ryft__donations *made) {
  ryft__donations *first = atomic_load_explicit(&client->donations, memory_order_acquire);
  const ryft__donations *known = find(first, made);
  if (known != NULL) {
    ryft__free(made);
    return known;
  }
  do {
    made->next = first;
  } while (!atomic_compare_exchange_weak_explicit(
      &client->donations, &first, made, memory_order_acq_rel, memory_order_acquire));
  return made;
}

/* The name serves messages alone: a plugin that has none to tell is fine. */
static ryft_error *get_name(const ryft_executable *program, const char **out, const char *where) {
  ryft_error *error = ryft__executable_name(program, out, where);
  if (ryft_error_code(error) != RYFT_UNIMPLEMENTED) return error;
  ryft_error_destroy(error);
  *out = "";
  return NULL;
}

ryft_error *ryft__donations_get(ryft_client *client,
                                const ryft_executable *program,
                                const ryft_signature *signature,
                                const ryft__donations **out,
                                const char *where) {
  const size_t count = count_taken(signature);
  const char *name = NULL;
  *out = NULL;
  if (count == 0) return NULL;
  RYFT_TRY(get_name(program, &name, where));
  ryft__donations *made = make(name, signature, count);
  RYFT__TRY_ALLOC(made);
  *out = keep(client, made);
  return NULL;
}

void ryft__donations_free(ryft__donations *first) {
  while (first != NULL) {
    ryft__donations *next = first->next;
    ryft__free(first);
    first = next;
  }
}

bool ryft__buffer_is_gone(const ryft_buffer *buffer) {
  bool gone = false;
  ryft_error_destroy(ryft_buffer_is_deleted(buffer, &gone));
  return gone;
}

ryft_error *ryft__donation_explain(ryft_error *error,
                                   const ryft_buffer *buffer,
                                   const char *subject) {
  const ryft__donation *donation = ryft__donation_of(buffer);
  if (!ryft__buffer_is_gone(buffer)) return error;
  if (donation == NULL) return ryft__error_explain(error, "%s was deleted or donated", subject);
  char output[64] = "";
  if (donation->output >= 0) {
    snprintf(output, sizeof output, ", and its memory went to output %" PRId64, donation->output);
  }
  return ryft__error_explain(error,
                             "%s was donated to execution %u of \"%s\" as argument %zu%s",
                             subject,
                             atomic_load_explicit(&buffer->execution, memory_order_relaxed),
                             donation->program,
                             donation->argument,
                             output);
}
