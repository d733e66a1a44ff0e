/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/nearest.h"

#include <stdint.h>
#include <string.h>

enum { LONGEST = 40 };

static size_t least(size_t a, size_t b, size_t c) {
  size_t smaller = a < b ? a : b;
  return smaller < c ? smaller : c;
}

/* Edits (insert, delete, replace, swap two neighbours) from one word to the other; three rows are
 * enough. */
static size_t edits(const char *left, size_t left_size, const char *right, size_t right_size) {
  size_t rows[3][LONGEST + 1];
  size_t *before = rows[0], *above = rows[1], *row = rows[2];
  for (size_t j = 0; j <= right_size; ++j) above[j] = j;
  for (size_t i = 1; i <= left_size; ++i) {
    row[0] = i;
    for (size_t j = 1; j <= right_size; ++j) {
      size_t replace = above[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = least(above[j] + 1, row[j - 1] + 1, replace);
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] &&
          before[j - 2] + 1 < row[j]) {
        row[j] = before[j - 2] + 1;
      }
    }
    size_t *free_row = before;
    before = above;
    above = row;
    row = free_row;
  }
  return above[right_size];
}

cli_nearest cli_nearest_to(const char *wanted, size_t size) {
  return (cli_nearest){wanted, size, NULL, SIZE_MAX};
}

void cli_nearest_offer(cli_nearest *nearest, const char *name) {
  size_t size = strlen(name);
  if (size > LONGEST || nearest->size > LONGEST) return;
  size_t distance = edits(nearest->wanted, nearest->size, name, size);
  /* The beginning of a name is no slip, but an abbreviation: nearly as good. */
  if (nearest->size >= 3 && nearest->size < size &&
      memcmp(nearest->wanted, name, nearest->size) == 0) {
    distance = 1;
  }
  if (distance < nearest->distance) {
    nearest->best = name;
    nearest->distance = distance;
  }
}

const char *cli_nearest_best(const cli_nearest *nearest) {
  size_t most = nearest->size <= 3 ? 1 : nearest->size <= 6 ? 2 : 3;
  return nearest->distance <= most ? nearest->best : NULL;
}
