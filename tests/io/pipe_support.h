/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A pipe with a writer behind it, under a path. */
#ifndef RYFT_TESTS_IO_PIPE_SUPPORT_H
#define RYFT_TESTS_IO_PIPE_SUPPORT_H

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/assert.h"

typedef struct pipe_source {
  char path[32];
  int reader;
  pid_t writer;
} pipe_source;

static inline void pipe_write(int descriptor, const char *data, size_t size, size_t piece) {
  for (size_t done = 0; done < size; done += piece) {
    if (piece > size - done) piece = size - done;
    if (write(descriptor, data + done, piece) != (ssize_t)piece) _exit(0);
  }
}

/* Writes `data`, `piece` bytes at a time, then `more` bytes of anything. */
static inline pipe_source pipe_open(const void *data, size_t size, size_t piece, size_t more) {
  static const char filler[65536];
  int ends[2];
  pipe_source source;
  assert_int_equal(pipe(ends), 0);
  source.reader = ends[0];
  (void)snprintf(source.path, sizeof source.path, "/dev/fd/%d", ends[0]);
  source.writer = fork();
  if (source.writer == 0) {
    (void)close(ends[0]);
    pipe_write(ends[1], data, size, piece);
    for (; more >= sizeof filler; more -= sizeof filler) {
      pipe_write(ends[1], filler, sizeof filler, sizeof filler);
    }
    _exit(0);
  }
  assert_true(source.writer > 0);
  (void)close(ends[1]);
  return source;
}

static inline void pipe_close(pipe_source *source) {
  (void)close(source->reader);
  (void)kill(source->writer, SIGKILL);
  (void)waitpid(source->writer, NULL, 0);
}

#endif /* RYFT_TESTS_IO_PIPE_SUPPORT_H */
