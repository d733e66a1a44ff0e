/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Plugins that are there already; taking one for the first time is in test_sweep_load.c. */
#include <stdlib.h>

#include "sweep/sweep.h"

static ryft_error *same(const scene *s, ryft_error *error, ryft_plugin *found) {
  CLEARED(error, found);
  if (error == NULL) assert_ptr_equal(found, s->plugin);
  ryft_plugin_destroy(found);
  return error;
}

static ryft_error *plugin_load(const scene *s) {
  ryft_plugin *found = POISON;
  ryft_error *error = ryft_plugin_load(ryft_plugin_path(s->plugin), /* options= */ NULL, &found);
  return same(s, error, found);
}

static ryft_error *plugin_attach(const scene *s) {
  ryft_plugin *found = POISON;
  ryft_error *error = ryft_plugin_attach(ryft_plugin_api(s->plugin), /* options= */ NULL, &found);
  return same(s, error, found);
}

/* By searching: what is found is a link to the plugin that completes at once. */
static ryft_error *plugin_load_named(const scene *s) {
  (void)s;
  ryft_plugin *found = POISON;
  ryft_error *error = ryft_plugin_load_named("cpu", /* options= */ NULL, &found);
  CLEARED(error, found);
  ryft_plugin_destroy(found);
  return error;
}

/* By the file that the platform's variable names. */
static ryft_error *load_by_variable(const scene *s,
                                    const char *variable,
                                    ryft_error *(*load)(const ryft_plugin_options *options,
                                                        ryft_plugin **out)) {
  ryft_plugin *found = POISON;
  (void)setenv(variable, ryft_plugin_path(s->plugin), /* overwrite= */ 1);
  ryft_error *error = load(/* options= */ NULL, &found);
  (void)unsetenv(variable);
  return same(s, error, found);
}

static ryft_error *plugin_load_cpu(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_CPU", ryft_plugin_load_cpu);
}
static ryft_error *plugin_load_cuda12(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_CUDA12", ryft_plugin_load_cuda12);
}
static ryft_error *plugin_load_cuda13(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_CUDA13", ryft_plugin_load_cuda13);
}
static ryft_error *plugin_load_rocm7(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_ROCM7", ryft_plugin_load_rocm7);
}
static ryft_error *plugin_load_tpu(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_TPU", ryft_plugin_load_tpu);
}
static ryft_error *plugin_load_neuron(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_NEURON", ryft_plugin_load_neuron);
}
static ryft_error *plugin_load_metal(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_METAL", ryft_plugin_load_metal);
}
static ryft_error *plugin_load_oneapi(const scene *s) {
  return load_by_variable(s, "RYFT_PLUGIN_ONEAPI", ryft_plugin_load_oneapi);
}

static ryft_error *plugin_stablehlo_versions(const scene *s) {
  ryft_stablehlo_version minimum, current;
  ryft_error *error = ryft_plugin_stablehlo_versions(s->plugin, &minimum, &current);
  assert_true(current.major >= minimum.major);
  return error;
}

static const sweep_step steps[] = {
    SWEEP_CALM(ryft_plugin_load, plugin_load),
    SWEEP_CALM(ryft_plugin_attach, plugin_attach),
    SWEEP(ryft_plugin_load_named, plugin_load_named, ""),
    SWEEP_CALM(ryft_plugin_load_cpu, plugin_load_cpu),
    SWEEP_CALM(ryft_plugin_load_cuda12, plugin_load_cuda12),
    SWEEP_CALM(ryft_plugin_load_cuda13, plugin_load_cuda13),
    SWEEP_CALM(ryft_plugin_load_rocm7, plugin_load_rocm7),
    SWEEP_CALM(ryft_plugin_load_tpu, plugin_load_tpu),
    SWEEP_CALM(ryft_plugin_load_neuron, plugin_load_neuron),
    SWEEP_CALM(ryft_plugin_load_metal, plugin_load_metal),
    SWEEP_CALM(ryft_plugin_load_oneapi, plugin_load_oneapi),
    SWEEP_CALM(ryft_plugin_stablehlo_versions, plugin_stablehlo_versions),
};

static void open_scene(scene *s) {
  (void)s; /* the plugin is there */
}

const sweep_table sweep_domain = SWEEP_TABLE(steps, open_scene);
