/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/host_memory.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "src/base/alloc.h"
#include "src/base/require.h"

/* Plugins keep pointers in place only at the first alignment; less silently turns zero-copy into a
 * copy. Large memory begins where huge pages do. */
enum { HOST_ALIGNMENT = 64, HUGE_PAGE = 2 << 20 };

/* First use is many times faster with huge pages. Without them all is well, too. */
static void ask_for_huge_pages(void *memory, size_t size) {
#ifdef MADV_HUGEPAGE
  const int saved = errno;
  (void)madvise(memory, size - size % HUGE_PAGE, MADV_HUGEPAGE);
  errno = saved;
#else
  (void)memory;
  (void)size;
#endif
}

/* The hook knows no alignment, so the pointer that it gave is kept just below the aligned memory.
 */
ryft_error *ryft__host_alloc(size_t size, void **out, const char *where) {
  size_t padded = 0;
  void *raw = NULL;
  const bool huge = size >= HUGE_PAGE && !ryft__alloc_is_hooked();
  const size_t alignment = huge ? HUGE_PAGE : HOST_ALIGNMENT;
  if (!__builtin_add_overflow(size, alignment + sizeof(void *), &padded)) raw = ryft__alloc(padded);
  if (raw == NULL) {
    return ryft__error(
        RYFT_RESOURCE_EXHAUSTED, where, NULL, "no memory for %zu bytes of host memory", size);
  }
  const uintptr_t first = (uintptr_t)raw + sizeof(void *);
  const uintptr_t aligned = (first + alignment - 1) & ~(uintptr_t)(alignment - 1);
  char *memory = (char *)raw + (aligned - (uintptr_t)raw);
  memcpy(memory - sizeof(void *), &raw, sizeof raw);
  if (huge) ask_for_huge_pages(memory, size);
  ryft__loose_born();
  *out = memory;
  return NULL;
}

ryft_error *ryft_host_alloc(size_t size, void **out) {
  RYFT__REQUIRE(out);
  *out = NULL;
  return ryft__host_alloc(size, out, __func__);
}

void ryft_host_free(void *memory) {
  if (memory == NULL) return;
  void *raw = NULL;
  memcpy(&raw, (char *)memory - sizeof(void *), sizeof raw);
  ryft__free(raw);
  ryft__loose_gone();
}
