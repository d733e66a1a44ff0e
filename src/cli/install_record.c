/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/install_record.h"

#include <elf.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int cli_install_record_write(const cli_context *context, const char *library, const char *path) {
  struct stat info;
  if (stat(library, &info) != 0) return cli_fail_system(context, "use", library);
  FILE *file = fopen(path, "we");
  if (file == NULL) return cli_fail_system(context, "write", path);
  bool good = fprintf(file, "bytes %" PRIdMAX "\n", (intmax_t)info.st_size) > 0 &&
              fflush(file) == 0 && fsync(fileno(file)) == 0;
  int status = good ? CLI_OK : cli_fail_system(context, "write", path);
  fclose(file);
  return status;
}

/* The section table is what linkers write last. */
static bool is_whole_elf(const char *library, uint64_t size) {
  Elf64_Ehdr header;
  FILE *file = fopen(library, "re");
  if (file == NULL) return false;
  bool good =
      fread(&header, sizeof header, 1, file) == 1 && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
  fclose(file);
  const uint64_t table = (uint64_t)header.e_shnum * header.e_shentsize;
  return good && header.e_shoff <= size && table <= size - header.e_shoff;
}

bool cli_install_record_fits(const char *library, const char *path) {
  struct stat info;
  intmax_t recorded = -1;
  if (stat(library, &info) != 0 || !S_ISREG(info.st_mode)) return false;
  FILE *file = fopen(path, "re");
  if (file == NULL) return is_whole_elf(library, (uint64_t)info.st_size);
  char line[64] = "";
  if (fgets(line, sizeof line, file) != NULL && strncmp(line, "bytes ", 6) == 0) {
    recorded = strtoimax(line + 6, NULL, 10);
  }
  fclose(file);
  return recorded == (intmax_t)info.st_size;
}
