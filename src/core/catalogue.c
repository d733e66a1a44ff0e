/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "ryft/catalogue.h"

#include <string.h>

#include "src/base/environment.h"
#include "src/base/error.h"
#include "src/base/host_memory.h"
#include "src/base/require.h"
#include "src/base/text.h"
#include "src/core/platform.h"

/* For one name the newest PJRT API comes first. */
static const ryft_catalogue_entry *const ENTRIES[] = {
    &(const ryft_catalogue_entry){
        .name = "cpu",
        .version = "0.11.2",
        .package = "lammps-jax-pjrt-cpu",
        .library = "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so",
        .sha256 = "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
        .pjrt_minor = 115,
        .wheel_bytes = 62711338,
    },
    &(const ryft_catalogue_entry){
        .name = "cpu",
        .version = "2026.6.23",
        .package = "fastatomstruct-xla-cpu",
        .library = "fastatomstruct_xla_cpu/libpjrt_cpu.so",
        .sha256 = "88b1c430b341b4bea40a37420311c9c75db6e22b46d2ff95b6986577bee6afe9",
        .pjrt_minor = 106,
        .wheel_bytes = 63200622,
    },
    &(const ryft_catalogue_entry){
        .name = "cpu",
        .version = "0.0.1",
        .package = "xla-cpu-pjrt",
        .library = "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
        .sha256 = "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc",
        .pjrt_minor = 81,
        .wheel_bytes = 63461052,
    },
    &(const ryft_catalogue_entry){
        .name = "cuda12",
        .version = "0.12.0.1",
        .package = "jax-cuda12-pjrt",
        .library = "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
        .sha256 = "5ec28e06198d094031c37590b4ea753ae8cde4879ab4b60baf40f0dffb673286",
        .pjrt_minor = 116,
        .wheel_bytes = 191846358,
    },
    &(const ryft_catalogue_entry){
        .name = "cuda12",
        .version = "0.9.2",
        .package = "jax-cuda12-pjrt",
        .library = "jax_plugins/xla_cuda12/xla_cuda_plugin.so",
        .sha256 = "536a305292276c5745efbba7eb57576849c5a7c77398a3a9e61fd31baf5102f0",
        .pjrt_minor = 100,
        .wheel_bytes = 157876858,
    },
    &(const ryft_catalogue_entry){
        .name = "cuda13",
        .version = "0.12.0.1",
        .package = "jax-cuda13-pjrt",
        .library = "jax_plugins/xla_cuda13/xla_cuda_plugin.so",
        .sha256 = "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90",
        .pjrt_minor = 116,
        .wheel_bytes = 134922808,
    },
    &(const ryft_catalogue_entry){
        .name = "rocm7",
        .version = "0.12.0",
        .package = "jax-rocm7-pjrt",
        .library = "jax_plugins/xla_rocm7/xla_rocm_plugin.so",
        .sha256 = "4551d0714523355f2946ca1958c3f584e95661e467a641d36b726f718a1c7934",
        .pjrt_minor = 116,
        .wheel_bytes = 133415872,
    },
    &(const ryft_catalogue_entry){
        .name = "tpu",
        .version = "0.0.52",
        .tag = "cp312-cp312-manylinux_2_31_x86_64",
        .package = "libtpu",
        .library = "libtpu/libtpu.so",
        .sha256 = "f76ab1f4d697c346371c50058796f6baa93317b89be8cf8a1012715a2655120d",
        .pjrt_minor = 117,
        .wheel_bytes = 137064515,
    },
    &(const ryft_catalogue_entry){
        .name = "oneapi",
        .version = "0.11.2",
        .package = "jax-oneapi-pjrt",
        .library = "jax_plugins/xla_oneapi/xla_oneapi_plugin.so",
        .sha256 = "ae7250c5d4459dcfedf4de1bf683edfef0502861e44b6e9bfaa7d8133b4292c1",
        .pjrt_minor = 115,
        .wheel_bytes = 135149983,
    },
};

const ryft_catalogue_entry *const *ryft_catalogue(size_t *out_count) {
  if (out_count != NULL) *out_count = RYFT__COUNT(ENTRIES);
  return ENTRIES;
}

const char *const *ryft_catalogue_names(size_t *out_count) {
  size_t count = 0;
  const char *const *names = ryft__platform_names(&count);
  if (out_count != NULL) *out_count = count;
  return names;
}

/* ---- Where builds are installed. */

static ryft_error *data_directory(ryft__text *out, const char *where) {
  const char *data = ryft__variable("XDG_DATA_HOME");
  const char *home = ryft__variable("HOME");
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
  RYFT__REQUIRE(out);
  *out = NULL;
  RYFT__REQUIRE(entry);
  RYFT_TRY(data_directory(&text, __func__));
  ryft__text_format(&text, "/ryft/plugins/%s/%s", entry->name, entry->version);
  ryft_error *error =
      text.failed ? ryft__out_of_memory() : ryft__host_alloc(text.size + 1, &memory, __func__);
  if (error == NULL) {
    memcpy(memory, text.data, text.size + 1);
    *out = memory;
  }
  ryft__text_free(&text);
  return error;
}
