/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Which execution took a buffer's contents, so that a mistake made later can name it: plugins say
 * no more than that the buffer "has been deleted or donated". */
#ifndef RYFT_SRC_CORE_DONATION_H
#define RYFT_SRC_CORE_DONATION_H

#include "ryft/executable.h"
#include "src/core/buffer.h"

/* One argument that a program takes the contents of. */
typedef struct ryft__donation {
  const char *program; /* its name, "" when unknown */
  size_t argument;
  int64_t output; /* the one that gets the memory, or -1 */
} ryft__donation;

/* All of one program. A client keeps one copy for all its executables that agree on them, and until
 * its end, since buffers outlive executables. */
struct ryft__donations {
  ryft__donations *next;
  size_t count;
  ryft__donation items[];
};

/* Of a program of which nothing is known: it may take anything. */
extern const ryft__donations ryft__donations_unknown;

/* Those of a program; `*out` is NULL when it takes nothing. */
RYFT_MUST_USE ryft_error *ryft__donations_get(ryft_client *client,
                                              const ryft_executable *program,
                                              const ryft_signature *signature,
                                              const ryft__donations **out,
                                              const char *where);

/* For the client's end. */
void ryft__donations_free(ryft__donations *first);

/* `execution`, counted from 1, took `buffer`. */
static inline void ryft__donation_mark(const ryft_buffer *buffer,
                                       const ryft__donation *donation,
                                       unsigned execution) {
  ryft_buffer *memo = ryft__buffer_memo(buffer);
  atomic_store_explicit(&memo->execution, execution, memory_order_relaxed);
  atomic_store_explicit(&memo->donation, donation, memory_order_release);
  ryft__buffer_may_be_gone(buffer);
}

static inline const ryft__donation *ryft__donation_of(const ryft_buffer *buffer) {
  return atomic_load_explicit(&buffer->donation, memory_order_acquire);
}

static inline void ryft__donation_forget(const ryft_buffer *buffer) {
  atomic_store_explicit(&ryft__buffer_memo(buffer)->donation, NULL, memory_order_relaxed);
}

/* Whether the buffer's contents are gone; false when the plugin does not tell. */
bool ryft__buffer_is_gone(const ryft_buffer *buffer);

/* Has `error`, which is taken, begin with what became of the buffer that it is about, if its
 * contents are gone: "argument 0 was donated ...", where `subject` is "argument 0". */
RYFT_MUST_USE RYFT__COLD ryft_error *ryft__donation_explain(ryft_error *error,
                                                            const ryft_buffer *buffer,
                                                            const char *subject);

#endif /* RYFT_SRC_CORE_DONATION_H */
