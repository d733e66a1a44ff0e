/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A directory that tests may fill, and files in it. */
#ifndef RYFT_TESTS_SUPPORT_TEMP_H
#define RYFT_TESTS_SUPPORT_TEMP_H

#include <stddef.h>

/* A new empty directory; free it with temp_remove, which deletes what is in it too. */
char *temp_directory(void);
void temp_remove(char *directory);

/* directory/name; the caller frees it. */
char *temp_path(const char *directory, const char *name);

/* Writes a file, and makes the directories in `name` first. Gives its path, which the caller frees.
 */
char *temp_write(const char *directory, const char *name, const void *data, size_t size);

/* A whole file with a NUL behind it; the caller frees it. NULL when there is none. `out_size` may
 * be NULL. */
char *temp_read(const char *path, size_t *out_size);

#endif /* RYFT_TESTS_SUPPORT_TEMP_H */
