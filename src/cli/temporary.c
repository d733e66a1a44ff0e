/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/temporary.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void cli_temporaries_add(cli_temporaries *list, const char *path) {
  char **grown = realloc(list->paths, (list->count + 1) * sizeof(*grown));
  if (grown == NULL) return;
  list->paths = grown;
  list->paths[list->count] = strdup(path);
  if (list->paths[list->count] != NULL) ++list->count;
}

void cli_temporaries_drop(cli_temporaries *list, const char *path) {
  for (size_t i = 0; i < list->count; ++i) {
    if (strcmp(list->paths[i], path) != 0) continue;
    free(list->paths[i]);
    list->paths[i] = list->paths[--list->count];
    return;
  }
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place) {
  (void)status;
  (void)kind;
  (void)place;
  (void)remove(path);
  return 0;
}

void cli_remove_tree(const char *path) {
  (void)nftw(path, remove_entry, /* open directories= */ 16, FTW_DEPTH | FTW_PHYS);
}

void cli_temporaries_remove(cli_temporaries *list) {
  for (size_t i = 0; i < list->count; ++i) {
    cli_remove_tree(list->paths[i]);
    free(list->paths[i]);
  }
  free(list->paths);
  *list = (cli_temporaries){0};
}
