/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/abi/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "src/abi/print.h"
#include "src/base/clock.h"
#include "src/base/environment.h"
#include "src/base/fork.h"
#include "src/base/sink.h"
#include "src/base/watch.h"

enum {
  LINE_MAX_BYTES = 4096,
  EVENT_MAX_BYTES = 8192, /* more than the pieces of an event can add up to */
  PIECE_MAX_BYTES = 2048,
  TITLE_MAX_BYTES = 64,
  MESSAGE_MAX_BYTES = 300,
  PATH_MAX_BYTES = 1024
};

/* Written once, before RYFT__WATCH_TRACE is set, and only read afterwards. */
static struct {
  bool args;
  bool times;
  bool json;
  int file;
  pid_t process; /* a fork's child inherits the file and must not write to it */
  int64_t zero;
} trace = {.file = STDERR_FILENO};

static pthread_mutex_t json_lock = PTHREAD_MUTEX_INITIALIZER;
static bool json_started;
static bool json_finished; /* other threads, and exit handlers older than ours, may still call */

static long thread_id(void) {
  return (long)syscall(SYS_gettid);
}

/* Lines longer than a pipe takes at once may be split; nothing else can be done about a full disk
 * either. */
static void put(const char *text, size_t size) {
  while (size != 0) {
    const ssize_t written = write(trace.file, text, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    text += written;
    size -= (size_t)written;
  }
}

/* ---- RYFT_TRACE. */

static void warn(const char *text) {
  (void)fprintf(stderr, "ryft: RYFT_TRACE: %s\n", text);
}

/* The process id replaces "%p", so that processes of one job do not share a file. */
static void open_file(const char *path, size_t size) {
  char full[PATH_MAX_BYTES];
  ryft__sink sink;
  ryft__sink_init(&sink, full, sizeof full);
  for (size_t i = 0; i < size; ++i) {
    if (path[i] == '%' && i + 1 < size && path[i + 1] == 'p') {
      ryft__sink_format(&sink, "%ld", (long)getpid());
      ++i;
    } else {
      ryft__sink_text(&sink, path + i, 1);
    }
  }
  const int file = ryft__sink_is_cut(&sink)
                       ? -1
                       : open(full, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
  if (file < 0) {
    char line[PATH_MAX_BYTES + 64];
    ryft__sink_mark_cut(&sink);
    (void)snprintf(line, sizeof line, "cannot write to %s; tracing to stderr", full);
    warn(line);
    return;
  }
  trace.file = file;
  trace.json = sink.length > 5 && memcmp(full + sink.length - 5, ".json", 5) == 0;
}

static bool is_word(const char *text, size_t size, const char *word) {
  return size == strlen(word) && memcmp(text, word, size) == 0;
}

/* True when the word asks for tracing. */
static bool read_word(const char *word, size_t size) {
  if (is_word(word, size, "calls")) return true;
  if (is_word(word, size, "args")) {
    trace.args = true;
    return true;
  }
  if (is_word(word, size, "times")) {
    trace.times = true;
    return true;
  }
  if (size > 5 && memcmp(word, "file=", 5) == 0) {
    open_file(word + 5, size - 5);
    return true;
  }
  char line[160];
  (void)snprintf(line,
                 sizeof line,
                 "'%.*s' is not one of calls, args, times, file=PATH",
                 size < 60 ? (int)size : 60,
                 word);
  warn(line);
  return false;
}

static void finish_json(void) {
  if (getpid() != trace.process) return;
  (void)pthread_mutex_lock(&json_lock);
  put(json_started ? "\n]\n" : "[]\n", 3);
  json_finished = true;
  (void)pthread_mutex_unlock(&json_lock);
}

static void start(void) {
  const char *text = ryft__variable("RYFT_TRACE");
  bool wanted = false;
  while (text != NULL && *text != '\0') {
    const size_t size = strcspn(text, ",");
    if (size != 0 && read_word(text, size)) wanted = true;
    text += size + (text[size] == ',');
  }
  if (!wanted) return;
  trace.process = getpid();
  trace.zero = ryft__now();
  if (trace.json) (void)atexit(finish_json);
  (void)atomic_fetch_or(&ryft__watch, RYFT__WATCH_TRACE);
}

void ryft__trace_start(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  (void)pthread_once(&once, start);
}

/* ---- One call. */

static bool tracing(void) {
  return (atomic_load_explicit(&ryft__watch, memory_order_acquire) & RYFT__WATCH_TRACE) != 0 &&
         trace.process == getpid();
}

static void put_line(ryft__sink *sink) {
  /* The sink keeps one byte for its NUL; the line wants it for the newline. */
  const size_t size = ryft__sink_size(sink);
  ryft__sink_mark_cut(sink);
  sink->data[size] = '\n';
  put(sink->data, size + 1);
}

static void print_head(ryft__sink *sink, const ryft__span *span) {
  ryft__sink_format(sink, "ryft %ld %s", thread_id(), ryft__fn_name(span->fn));
}

void ryft__before_void(ryft__span *span,
                       const ryft__table *t,
                       int fn,
                       void *args,
                       const char *where) {
  span->table = t;
  span->args = args;
  span->given = ryft__grow(&span->grown, t, fn, args);
  span->where = where;
  span->fn = fn;
  span->start = 0;
  if (!tracing()) return;
  if (trace.args && !trace.json) {
    /* Before the call, so that a crash inside the plugin leaves a witness. */
    char line[LINE_MAX_BYTES];
    ryft__sink sink;
    ryft__sink_init(&sink, line, sizeof line);
    print_head(&sink, span);
    ryft__sink_text(&sink, "(", 1);
    ryft__print_args(&sink, fn, args, RYFT__PART_INPUTS);
    ryft__sink_format(&sink, ") in %s", where == NULL ? "?" : where);
    put_line(&sink);
  }
  span->start = ryft__now();
}

ryft_error *ryft__before(ryft__span *span,
                         const ryft__table *t,
                         int fn,
                         void *args,
                         const char *where) {
  if (ryft__forked()) return ryft__fork_error(where, ryft__fn_name(fn));
  ryft__before_void(span, t, fn, args, where);
  return NULL;
}

/* How a call ended; `message` may be NULL when it failed. */
typedef struct outcome {
  bool failed;
  const char *message;
  size_t size;
} outcome;

/* Asked of the plugin's own slot, so that it is not traced in turn. */
static outcome read_outcome(const ryft__span *span, const PJRT_Error *error) {
  if (error == NULL) return (outcome){0};
  PJRT_Error_Message_Args args = {.struct_size = PJRT_Error_Message_Args_STRUCT_SIZE,
                                  .error = error};
  ryft__grown grown;
  void *given = ryft__grow(&grown, span->table, RYFT__FN_Error_Message, &args);
  if (span->table->api.PJRT_Error_Message != NULL) span->table->api.PJRT_Error_Message(given);
  ryft__grow_back(&grown);
  return (outcome){true, args.message, args.message_size};
}

/* "ok", or the message. */
static void print_result(ryft__sink *sink, const outcome *end) {
  if (!end->failed) {
    ryft__sink_text(sink, "ok", 2);
    return;
  }
  ryft__sink_text(sink, "error: ", 7);
  if (end->message == NULL) return;
  const bool cut = end->size > MESSAGE_MAX_BYTES;
  ryft__sink_escaped(sink, end->message, cut ? MESSAGE_MAX_BYTES : end->size);
  if (cut) ryft__sink_text(sink, "...", 3);
}

static void trace_text(const ryft__span *span, const outcome *end, int64_t took) {
  char line[LINE_MAX_BYTES];
  ryft__sink sink;
  ryft__sink_init(&sink, line, sizeof line);
  print_head(&sink, span);
  ryft__sink_text(&sink, " -> ", 4);
  print_result(&sink, end);
  if (trace.times)
    ryft__sink_format(&sink, " %lld.%03d us", (long long)(took / 1000), (int)(took % 1000));
  if (trace.args && !end->failed && (ryft__fns[span->fn].flags & RYFT__FN_VOID) == 0) {
    const size_t before = sink.length;
    ryft__sink_text(&sink, " ", 1);
    ryft__print_args(&sink, span->fn, span->args, RYFT__PART_OUTPUTS);
    if (sink.length == before + 1) ryft__sink_rewind(&sink, before);
  }
  put_line(&sink);
}

/* ---- A viewer's file: a JSON list of events, one a line. Each brings what stands before it. */

/* What others said in it, titles and messages, need not be UTF-8. */
static void put_json(ryft__sink *sink) {
  const size_t size = ryft__sink_size(sink);
  for (size_t i = 0; i < size; ++i) {
    if ((unsigned char)sink->data[i] >= 0x80) sink->data[i] = '?';
  }
  put(sink->data, size);
}

/* What the viewer is to call this process or thread. */
static void print_title(ryft__sink *sink, const char *what, const char *title) {
  ryft__sink_format(sink,
                    "{\"name\":\"%s\",\"ph\":\"M\",\"pid\":%ld,\"tid\":%ld,\"args\":{\"name\":\"",
                    what,
                    (long)trace.process,
                    thread_id());
  ryft__sink_escaped(sink, title, strnlen(title, TITLE_MAX_BYTES));
  ryft__sink_text(sink, "\"}}", 3);
}

/* Before the first event of each thread. */
static void print_thread_title(ryft__sink *sink) {
  static _Thread_local bool done;
  char title[TITLE_MAX_BYTES] = "";
  if (done) return;
  done = true;
  if (pthread_getname_np(pthread_self(), title, sizeof title) != 0) return;
  ryft__sink_text(sink, ",\n", 2);
  print_title(sink, "thread_name", title);
}

static void print_times(ryft__sink *sink, const ryft__span *span, int64_t took) {
  const int64_t at = span->start - trace.zero;
  ryft__sink_format(sink,
                    "\"ts\":%lld.%03d,\"dur\":%lld.%03d,",
                    (long long)(at / 1000),
                    (int)(at % 1000),
                    (long long)(took / 1000),
                    (int)(took % 1000));
}

static void print_event(ryft__sink *sink,
                        const ryft__span *span,
                        const outcome *end,
                        int64_t took) {
  ryft__sink_format(sink,
                    ",\n{\"name\":\"%s\",\"cat\":\"pjrt\",\"ph\":\"X\",\"pid\":%ld,\"tid\":%ld,",
                    ryft__fn_name(span->fn),
                    (long)trace.process,
                    thread_id());
  print_times(sink, span, took);
  /* Pieces are bounded one by one, so that the line as a whole always stays whole JSON. */
  char part[PIECE_MAX_BYTES];
  ryft__sink piece;
  ryft__sink_init(&piece, part, sizeof part);
  print_result(&piece, end);
  ryft__sink_format(
      sink, "\"args\":{\"where\":\"%.100s\",\"result\":\"", span->where == NULL ? "" : span->where);
  ryft__sink_text(sink, part, ryft__sink_size(&piece));
  ryft__sink_text(sink, "\"", 1);
  for (int k = 0; k < 2; ++k) {
    const ryft__part which = k == 0 ? RYFT__PART_INPUTS : RYFT__PART_OUTPUTS;
    if (which == RYFT__PART_OUTPUTS && end->failed) continue;
    ryft__sink_init(&piece, part, sizeof part);
    ryft__print_numbers(&piece, span->fn, span->args, which);
    if (piece.length != 0) ryft__sink_format(sink, ",\"%s\":{%s}", k == 0 ? "in" : "out", part);
  }
  ryft__sink_text(sink, "}}", 2);
}

/* To be called with the lock. */
static void begin_json(void) {
  char line[EVENT_MAX_BYTES];
  ryft__sink sink;
  ryft__sink_init(&sink, line, sizeof line);
  ryft__sink_text(&sink, "[\n", 2);
  print_title(&sink, "process_name", program_invocation_short_name);
  put_json(&sink);
  json_started = true;
}

static void trace_json(const ryft__span *span, const outcome *end, int64_t took) {
  char line[EVENT_MAX_BYTES];
  ryft__sink sink;
  ryft__sink_init(&sink, line, sizeof line);
  print_thread_title(&sink);
  print_event(&sink, span, end, took);
  (void)pthread_mutex_lock(&json_lock);
  if (!json_finished) {
    if (!json_started) begin_json();
    put_json(&sink);
  }
  (void)pthread_mutex_unlock(&json_lock);
}

static void trace_end(const ryft__span *span, const outcome *end, int64_t now) {
  if (trace.json) {
    trace_json(span, end, now - span->start);
  } else {
    trace_text(span, end, now - span->start);
  }
}

void ryft__after(const ryft__span *span, const PJRT_Error *error) {
  const int64_t now = ryft__now();
  ryft__grow_back(&span->grown);
  if (span->start == 0 || !tracing()) return;
  const outcome end = read_outcome(span, error);
  trace_end(span, &end, now);
}

void ryft__after_other(const ryft__span *span, const ryft_error *error) {
  const int64_t now = ryft__now();
  ryft__grow_back(&span->grown);
  if (span->start == 0 || !tracing()) return;
  const char *message = error == NULL ? NULL : ryft_error_message(error);
  const outcome end = {error != NULL, message, message == NULL ? 0 : strlen(message)};
  trace_end(span, &end, now);
}
