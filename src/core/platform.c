/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/core/platform.h"

#include <string.h>

#include "src/base/error.h"
#include "src/base/text.h"

/* clang-format off */
#define EACH_PLATFORM(X)                                                                           \
  X("cpu", "CPU", .word = "cpu", .soname = "pjrt_c_api_cpu_plugin.so")                             \
  X("cuda12", "CUDA12", .word = "cuda", .rival = "cuda13", .soname = "xla_cuda_plugin.so")         \
  X("cuda13", "CUDA13", .word = "cuda", .rival = "cuda12", .soname = "xla_cuda_plugin.so")         \
  X("rocm7", "ROCM7", .word = "rocm", .soname = "xla_rocm_plugin.so")                              \
  X("tpu", "TPU", .word = "tpu", .soname = "libtpu.so", .vendor_variable = "TPU_LIBRARY_PATH")     \
  X("neuron", "NEURON", .word = "neuron", .soname = "libneuronpjrt.so",                            \
    .vendor_library = "libneuronxla/libneuronpjrt.so")                                             \
  X("metal", "METAL", .word = "metal", .soname = "pjrt_plugin_metal.so")                           \
  X("oneapi", "ONEAPI", .word = "oneapi", .other_word = "sycl", .soname = "xla_oneapi_plugin.so")

#define AS_PLATFORM(lower, upper, ...)                                                             \
  {.name = (lower), .variable = "RYFT_PLUGIN_" upper, __VA_ARGS__},
#define AS_NAME(lower, ...) (lower),
/* clang-format on */

static const ryft__platform PLATFORMS[] = {EACH_PLATFORM(AS_PLATFORM)};

static const char *const NAMES[] = {EACH_PLATFORM(AS_NAME)};

const char *const *ryft__platform_names(size_t *out_count) {
  *out_count = RYFT__COUNT(NAMES);
  return NAMES;
}

const ryft__platform *ryft__platforms(size_t *out_count) {
  *out_count = RYFT__COUNT(PLATFORMS);
  return PLATFORMS;
}

static ryft_error *unknown_platform(const char *name, const char *where) {
  ryft__text names = {.data = NULL};
  for (size_t i = 0; i < RYFT__COUNT(NAMES); ++i) {
    ryft__text_format(&names, "%s%s", i == 0 ? "" : ", ", NAMES[i]);
  }
  ryft_error *error = names.failed ? ryft__out_of_memory()
                                   : ryft__error(RYFT_INVALID_ARGUMENT,
                                                 where,
                                                 NULL,
                                                 "no platform is called \"%s\"; known are %s",
                                                 name,
                                                 names.data);
  ryft__text_free(&names);
  return error;
}

ryft_error *ryft__platform_find(const char *name, const ryft__platform **out, const char *where) {
  *out = NULL;
  if (name == NULL) return ryft__error(RYFT_INVALID_ARGUMENT, where, NULL, "`name` is NULL");
  for (size_t i = 0; i < RYFT__COUNT(PLATFORMS); ++i) {
    if (strcmp(PLATFORMS[i].name, name) == 0) *out = &PLATFORMS[i];
  }
  return *out != NULL ? NULL : unknown_platform(name, where);
}

static bool is_library(const char *base) {
  const char *ending = strstr(base, ".so");
  if (ending != NULL && (ending[3] == '\0' || ending[3] == '.')) return true;
  ending = strstr(base, ".dylib");
  return ending != NULL && ending[6] == '\0';
}

static bool looks_like_plugin(const char *base) {
  static const char *const WORDS[] = {"pjrt", "plugin", "xla", "libtpu"};
  for (size_t i = 0; i < RYFT__COUNT(WORDS); ++i) {
    if (strstr(base, WORDS[i]) != NULL) return true;
  }
  return false;
}

bool ryft__platform_owns(const ryft__platform *platform, const char *path) {
  const char *slash = strrchr(path, '/');
  const char *base = slash == NULL ? path : slash + 1;
  if (!is_library(base) || !looks_like_plugin(base)) return false;
  const bool named = strstr(base, platform->word) != NULL ||
                     (platform->other_word != NULL && strstr(base, platform->other_word) != NULL);
  if (!named || platform->rival == NULL) return named;
  return strstr(path, platform->rival) == NULL || strstr(path, platform->name) != NULL;
}
