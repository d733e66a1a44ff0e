/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/cli/pip_errors.h"

#include <errno.h>
#include <string.h>

static ryft_error *not_started(const char *python, int system_error) {
  if (system_error != ENOENT) {
    return ryft_error_format(
        RYFT_FAILED_PRECONDITION, "cannot run %s: %s", python, strerror(system_error));
  }
  return ryft_error_format(
      RYFT_FAILED_PRECONDITION,
      "%s was not found; install Python 3 with pip (on Debian: apt install python3-pip), or "
      "name one in RYFT_PYTHON",
      python);
}

/* The sha256 that pip found, after "Got"; "?" when it is not there. */
static const char *found_hash(const char *said, size_t *out_size) {
  const char *got = strstr(said, "Got ");
  if (got == NULL) {
    *out_size = 1;
    return "?";
  }
  got += strspn(got + 3, " ") + 3;
  *out_size = strspn(got, "0123456789abcdef");
  return got;
}

static ryft_error *wrong_hash(const ryft_catalogue_entry *entry,
                              const char *said,
                              const char *wheel) {
  size_t size = 0;
  const char *got = found_hash(said, &size);
  return ryft_error_format(
      RYFT_DATA_LOSS,
      "%s %s%s%s has the wrong sha256 and was not installed: expected %s, got %.*s",
      entry->package,
      entry->version,
      wheel == NULL ? "" : " in ",
      wheel == NULL ? "" : wheel,
      entry->sha256,
      (int)size,
      got);
}

/* What kept pip from the network, in its words; NULL when nothing did. */
static const char *network_failure(const char *said) {
  static const char *const WORDS[] = {"Temporary failure in name resolution",
                                      "Name or service not known",
                                      "Connection refused",
                                      "Network is unreachable",
                                      "No route to host",
                                      "Read timed out",
                                      "timed out",
                                      "ConnectTimeout",
                                      "NameResolutionError",
                                      "ProxyError",
                                      "SSLError",
                                      "NewConnectionError",
                                      "Connection reset by peer",
                                      "Connection aborted",
                                      "Max retries exceeded"};
  for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); ++i) {
    if (strstr(said, WORDS[i]) != NULL) return WORDS[i];
  }
  return NULL;
}

static ryft_error *unreachable(const ryft_catalogue_entry *entry, const char *reason) {
  return ryft_error_format(RYFT_UNAVAILABLE,
                           "cannot reach the package index for %s %s: %s; check the network, or "
                           "put the wheel into a directory and set RYFT_WHEELHOUSE to that",
                           entry->package,
                           entry->version,
                           reason);
}

/* Told not to try again, pip says nothing of a network that is down: then it has seen no version.
 */
static ryft_error *vanished(const ryft_catalogue_entry *entry, const char *said) {
  bool unseen = strstr(said, "(from versions: none)") != NULL;
  return ryft_error_format(
      RYFT_NOT_FOUND,
      "%s %s is not in the package index (any more), or not for this machine%s; choose another "
      "--version, or put its wheel into a directory and name that in RYFT_WHEELHOUSE",
      entry->package,
      entry->version,
      unseen ? ", or the index cannot be reached" : "");
}

/* The last line that pip marks as an error, without the mark; else its last line. */
static const char *last_error(const char *said, size_t *out_size) {
  const char *best = NULL, *last = said;
  for (const char *line = said; line != NULL && *line != '\0';) {
    if (strncmp(line, "ERROR: ", 7) == 0) best = line + 7;
    if (*line != '\n') last = line;
    const char *end = strchr(line, '\n');
    line = end == NULL ? NULL : end + 1;
  }
  if (best == NULL) best = last;
  *out_size = strcspn(best, "\n");
  return best;
}

ryft_error *cli_pip_error(const ryft_catalogue_entry *entry,
                          const char *python,
                          int status,
                          int system_error,
                          const char *said,
                          const char *wheel) {
  if (status == -1) return not_started(python, system_error);
  if (said == NULL) said = "";
  if (strstr(said, "No module named pip") != NULL ||
      strstr(said, "No module named 'pip'") != NULL) {
    return ryft_error_format(
        RYFT_FAILED_PRECONDITION,
        "%s -m pip is missing; on Debian: apt install python3-pip, or name another Python in "
        "RYFT_PYTHON",
        python);
  }
  if (strstr(said, "DO NOT MATCH THE HASHES") != NULL) return wrong_hash(entry, said, wheel);
  if (strstr(said, "No space left on device") != NULL) {
    return ryft_error_format(RYFT_RESOURCE_EXHAUSTED,
                             "no space left for %s %s (the download alone is %.0f MB)",
                             entry->package,
                             entry->version,
                             (double)entry->wheel_bytes / 1e6);
  }
  const char *reason = network_failure(said);
  if (reason != NULL) return unreachable(entry, reason);
  if (strstr(said, "No matching distribution found") != NULL) return vanished(entry, said);
  size_t size = 0;
  const char *line = last_error(said, &size);
  return ryft_error_format(RYFT_UNKNOWN,
                           "pip could not fetch %s %s: %.*s (status %d)",
                           entry->package,
                           entry->version,
                           (int)size,
                           line,
                           status);
}
