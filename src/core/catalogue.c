/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "ryft/allocator.h"
#include "src/base/error.h"
#include "src/base/text.h"
#include "src/core/discover.h"

static const ryft__platform PLATFORMS[] = {
    {
        .name = "cpu",
        .variable = "RYFT_PLUGIN_CPU",
        .word = "cpu",
        .soname = "pjrt_c_api_cpu_plugin.so",
    },
    {
        .name = "cuda12",
        .variable = "RYFT_PLUGIN_CUDA12",
        .word = "cuda",
        .rival = "cuda13",
        .soname = "xla_cuda_plugin.so",
    },
    {
        .name = "cuda13",
        .variable = "RYFT_PLUGIN_CUDA13",
        .word = "cuda",
        .rival = "cuda12",
        .soname = "xla_cuda_plugin.so",
    },
    {
        .name = "rocm7",
        .variable = "RYFT_PLUGIN_ROCM7",
        .word = "rocm",
        .soname = "xla_rocm_plugin.so",
    },
    {
        .name = "tpu",
        .variable = "RYFT_PLUGIN_TPU",
        .vendor_variable = "TPU_LIBRARY_PATH",
        .word = "tpu",
        .soname = "libtpu.so",
    },
    {
        .name = "neuron",
        .variable = "RYFT_PLUGIN_NEURON",
        .word = "neuron",
        .soname = "libneuronpjrt.so",
        .vendor_library = "libneuronxla/libneuronpjrt.so",
    },
    {
        .name = "metal",
        .variable = "RYFT_PLUGIN_METAL",
        .word = "metal",
        .soname = "pjrt_plugin_metal.so",
    },
    {
        .name = "oneapi",
        .variable = "RYFT_PLUGIN_ONEAPI",
        .word = "oneapi",
        .other_word = "sycl",
        .soname = "xla_oneapi_plugin.so",
    },
};

static const char *const NAMES[] = {
    "cpu",
    "cuda12",
    "cuda13",
    "rocm7",
    "tpu",
    "neuron",
    "metal",
    "oneapi",
};

/* For one name the newest PJRT API comes first. */
static const ryft_catalogue_entry ENTRIES[] = {
    {
        .name = "cpu",
        .version = "0.11.2",
        .package = "lammps-jax-pjrt-cpu",
        .library = "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
        .sha256 = "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
        .pjrt_minor = 115,
        .wheel_bytes = 62711338,
    },
    {
        .name = "cpu",
        .version = "2026.6.23",
        .package = "fastatomstruct-xla-cpu",
        .library = "fastatomstruct_xla_cpu/libpjrt_cpu.so",
        .sha256 = "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9",
        .pjrt_minor = 106,
        .wheel_bytes = 63200622,
    },
    {
        .name = "cpu",
        .version = "0.0.1",
        .package = "xla-cpu-pjrt",
        .library = "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
        .sha256 = "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc",
        .pjrt_minor = 81,
        .wheel_bytes = 63461052,
    },
    {
        .name = "cuda12",
        .version = "0.12.0.1",
        .package = "jax-cuda12-pjrt",
        .library = "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
        .sha256 = "5ec28e06198d094031c37590b4ea753ae8cde4879ab4b60baf40f0dffb673286",
        .pjrt_minor = 116,
        .wheel_bytes = 191846358,
    },
    {
        .name = "cuda12",
        .version = "0.9.2",
        .package = "jax-cuda12-pjrt",
        .library = "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
        .sha256 = "536a305292276c5745efbba7eb57576849c5a7c77398a3a9e61fd31baf5102f0",
        .pjrt_minor = 100,
        .wheel_bytes = 157876858,
    },
    {
        .name = "cuda13",
        .version = "0.12.0.1",
        .package = "jax-cuda13-pjrt",
        .library = "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
        .sha256 = "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90",
        .pjrt_minor = 116,
        .wheel_bytes = 134922808,
    },
    {
        .name = "rocm7",
        .version = "0.12.0",
        .package = "jax-rocm7-pjrt",
        .library = "jax_plugins/xla_rocm7/xla_rocm_plugin.so",
        .sha256 = "4551d0714523355f2946ca1958c3f584e95661e467a641d36b726f718a1c7934",
        .pjrt_minor = 116,
        .wheel_bytes = 133415872,
    },
    {
        /* One wheel per Python version: this is the one for CPython 3.12. */
        .name = "tpu",
        .version = "0.0.52",
        .package = "libtpu",
        .library = "libtpu/libtpu.so",
        .sha256 = "f76ab1f4d697c346371c50058796f6baa93317b89be8cf8a1012715a2655120d",
        .pjrt_minor = 117,
        .wheel_bytes = 137064515,
    },
    {
        .name = "oneapi",
        .version = "0.11.2",
        .package = "jax-oneapi-pjrt",
        .library = "jax_plugins/xla_oneapi/xla_oneapi_plugin.so",
        .sha256 = "ae7250c5d4459dcfedf4de1bf683edfef0502861e44b6e9bfaa7d8133b4292c1",
        .pjrt_minor = 115,
        .wheel_bytes = 135149983,
    },
};

const ryft_catalogue_entry *ryft_catalogue(size_t *out_count) {
  *out_count = RYFT__COUNT(ENTRIES);
  return ENTRIES;
}

const char *const *ryft_catalogue_names(size_t *out_count) {
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

/* ---- Where builds are installed. */

static ryft_error *data_directory(ryft__text *out, const char *where) {
  const char *data = ryft__discover_variable("XDG_DATA_HOME");
  const char *home = ryft__discover_variable("HOME");
  if (data != NULL && data[0] == '/') {
    ryft__text_format(out, "%s", data);
  } else if (home != NULL) {
    ryft__text_format(out, "%s/.local/share", home);
  } else {
    return ryft__error(RYFT_FAILED_PRECONDITION,
                       where,
                       NULL,
                       "neither XDG_DATA_HOME nor HOME says where plugins are installed");
  }
  return NULL;
}

ryft_error *ryft_catalogue_directory(const ryft_catalogue_entry *entry, char **out) {
  ryft__text text = {.data = NULL};
  void *memory = NULL;
  *out = NULL;
  if (entry == NULL) return ryft__error(RYFT_INVALID_ARGUMENT, __func__, NULL, "`entry` is NULL");
  RYFT_TRY(data_directory(&text, __func__));
  ryft__text_format(&text, "/ryft/plugins/%s/%s", entry->name, entry->version);
  ryft_error *error = text.failed ? ryft__out_of_memory() : ryft_host_alloc(text.size + 1, &memory);
  if (error == NULL) {
    memcpy(memory, text.data, text.size + 1);
    *out = memory;
  }
  ryft__text_free(&text);
  return error;
}
