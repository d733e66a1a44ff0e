/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Tables of options: what each does on plugins of its age, and that older and newer ones are spared
 * it.
 */
#ifndef RYFT_TESTS_CORE_VERDICT_SUPPORT_H
#define RYFT_TESTS_CORE_VERDICT_SUPPORT_H

#include "core/program_support.h"
#include "src/core/plugin.h"

/* A row tries its option and looks at the effect. */
typedef struct row {
  const char *name; /* as messages have it */
  int since;        /* the first minor that takes it; 0: any */
  int last;         /* the last; 0: there is none */
  ryft_error *(*attempt)(const fixture *self, const char *name);
} row;

/* Takes the error. When an option of compiling came is not always known that well:
 * test_option_age_gaps.c has the words. */
static inline void expect_refused(ryft_error *error, const row *r, int minor) {
  char ours[32], theirs[64], about[64];
  const bool young = minor < r->since;
  (void)snprintf(ours, sizeof ours, "PJRT 0.%d", minor);
  (void)snprintf(theirs,
                 sizeof theirs,
                 "%s in 0.%d",
                 young ? "was added" : "was there for the last time",
                 young ? r->since : r->last);
  (void)snprintf(about,
                 sizeof about,
                 "the %s known to have it is 0.%d",
                 young ? "first" : "last",
                 young ? r->since : r->last);
  const char *message = ryft_error_message(error);
  const bool right = ryft_error_code(error) == RYFT_UNIMPLEMENTED &&
                     !ryft_error_is_from_plugin(error) && strstr(message, ours) != NULL &&
                     strstr(message, r->name) != NULL &&
                     (strstr(message, theirs) != NULL || strstr(message, about) != NULL);
  if (!right) print_error("%s, %s: %s\n", r->name, theirs, message);
  ryft_error_destroy(error);
  assert_true(right);
}

static inline void expect_rows(const fixture *self, const row *rows, size_t count) {
  const int minor = self->plugin->table.minor;
  size_t refused = 0;
  for (size_t i = 0; i < count; ++i) {
    ryft_error *error = rows[i].attempt(self, rows[i].name);
    if (minor < rows[i].since || (rows[i].last != 0 && minor > rows[i].last)) {
      expect_refused(error, &rows[i], minor);
      ++refused;
    } else {
      if (error != NULL) print_error("%s, on 0.%d:\n", rows[i].name, minor);
      assert_ok(error);
    }
  }
  print_message("%zu options are taken, %zu are refused\n", count - refused, refused);
}

#define EXPECT_ROWS(state, rows) expect_rows(*(state), (rows), sizeof(rows) / sizeof((rows)[0]))

#endif /* RYFT_TESTS_CORE_VERDICT_SUPPORT_H */
