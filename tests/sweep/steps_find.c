/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Where plugins are, which needs none. */
#include "ryft/catalogue.h"
#include "ryft/found_plugins.h"
#include "sweep/sweep.h"

static ryft_error *plugins_find(const scene *s) {
  (void)s;
  ryft_found_plugins *found = POISON;
  size_t count = 0;
  ryft_error *error = ryft_plugins_find(/* name= */ NULL, &found);
  CLEARED(error, found);
  if (error == NULL) assert_non_null(ryft_found_plugins_items(found, &count));
  if (error == NULL) assert_true(count >= 3);
  ryft_found_plugins_destroy(found);
  return error;
}

static ryft_error *catalogue_directory(const scene *s) {
  (void)s;
  size_t count = 0;
  char *directory = POISON;
  ryft_error *error = ryft_catalogue_directory(ryft_catalogue(&count)[0], &directory);
  CLEARED(error, directory);
  ryft_host_free(directory);
  return error;
}

static const sweep_step steps[] = {
    SWEEP(ryft_plugins_find, plugins_find, ""),
    SWEEP(ryft_catalogue_directory, catalogue_directory, ""),
};

const sweep_table sweep_domain = SWEEP_TABLE(steps, /* open= */ NULL);
