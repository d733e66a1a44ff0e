/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Inputs against parameters. Plugins look at byte sizes alone and would compute garbage. */
#include <stdlib.h>
#include <string.h>

#include "src/cli/run.h"

enum { SHAPE_TEXT = 256, PLACE_TEXT = 64 };

static size_t count_inputs(const cli_run *run, size_t device) {
  const cli_items *items = &run->options->inputs;
  size_t count = 0;
  for (size_t i = 0; i < items->count; ++i) {
    const int64_t given = items->list[i].device;
    count += given == CLI_EVERY_DEVICE || given == (int64_t)device;
  }
  return count;
}

/* " of device 3", where there are several. */
static const char *on_device(const cli_run *run, size_t device, char out[PLACE_TEXT]) {
  out[0] = '\0';
  if (run->device_count > 1) (void)snprintf(out, PLACE_TEXT, " of device %zu", device);
  return out;
}

/* "f32[2], s32[]", as much as fits. */
static void list_parameters(const ryft_signature *signature, char *out, size_t size) {
  size_t used = 0;
  out[0] = '\0';
  for (size_t i = 0; i < signature->parameter_count && used < size; ++i) {
    char shape[SHAPE_TEXT];
    (void)ryft_shape_format(signature->parameters[i]->shape, shape, sizeof shape);
    const int length = snprintf(out + used, size - used, i == 0 ? ": %s" : ", %s", shape);
    if (length < 0) return;
    used += (size_t)length;
  }
  if (used >= size) memcpy(out + size - 4, "...", 4);
}

static int check_count(const cli_run *run, size_t device, size_t wanted) {
  const size_t given = count_inputs(run, device);
  if (given == wanted) return CLI_OK;
  char list[256] = "", place[PLACE_TEXT];
  if (run->signature != NULL) list_parameters(run->signature, list, sizeof list);
  return cli_fail_usage(run->context,
                        "%zu input%s%s given, the program takes %zu%s",
                        given,
                        given == 1 ? "" : "s",
                        on_device(run, device, place),
                        wanted,
                        list);
}

static int fail_shape(const cli_run *run,
                      size_t device,
                      size_t index,
                      const cli_spec *spec,
                      ryft_shape given,
                      const char *reason) {
  const ryft_signature_item *parameter = run->signature->parameters[index];
  char have[SHAPE_TEXT], want[SHAPE_TEXT], place[PLACE_TEXT];
  (void)ryft_shape_format(given, have, sizeof have);
  (void)ryft_shape_format(parameter->shape, want, sizeof want);
  return cli_fail_usage(run->context,
                        "input %zu%s (%.80s) is %s, the program takes %s%s%s%s%s",
                        index,
                        on_device(run, device, place),
                        spec->text,
                        given.type == RYFT_INVALID_TYPE ? "an array without a type" : have,
                        want,
                        *parameter->name == '\0' ? "" : " for ",
                        parameter->name,
                        reason == NULL ? "" : ": ",
                        reason == NULL ? "" : reason);
}

static int check_parameters(const cli_run *run) {
  for (size_t i = 0; i < run->argument_count; ++i) {
    const ryft_shape shape = run->signature->parameters[i]->shape;
    if (ryft_type_host_size(shape.type) == 0) {
      return cli_fail_usage(
          run->context,
          "parameter %zu of the program is a %s, which cannot be given as an input",
          i,
          shape.type == RYFT_TOKEN ? "token" : "tuple");
    }
  }
  return CLI_OK;
}

/* The array of one input as the parameter takes it. */
static int match(const cli_run *run,
                 size_t device,
                 size_t index,
                 const cli_spec *spec,
                 ryft_host_array *out) {
  *out = spec->array;
  if (run->signature == NULL) {
    if (spec->array.shape.type != RYFT_INVALID_TYPE) return CLI_OK;
    return cli_fail_usage(run->context,
                          "%s has no type, and the plugin does not report one: say TYPE[DIMS]=@%s",
                          spec->text,
                          spec->text);
  }
  const ryft_shape wanted = run->signature->parameters[index]->shape;
  ryft_error *error = cli_spec_array(spec, wanted.type, out);
  if (error == NULL && ryft_shape_equal(out->shape, wanted)) return CLI_OK;
  const ryft_shape given = error == NULL ? out->shape : spec->array.shape;
  const bool opaque = error != NULL && given.type == RYFT_INVALID_TYPE;
  const int status =
      fail_shape(run, device, index, spec, given, opaque ? ryft_error_message(error) : NULL);
  ryft_error_destroy(error);
  return status;
}

/* The order of dimensions that a parameter is read in; NULL: the usual one, which needs no word. */
static const int64_t *order_of(const cli_run *run, size_t index) {
  if (run->signature == NULL) return NULL;
  const ryft_signature_item *parameter = run->signature->parameters[index];
  const size_t rank = parameter->shape.rank;
  for (size_t i = 0; parameter->minor_to_major != NULL && i < rank; ++i) {
    if (parameter->minor_to_major[i] != (int64_t)(rank - 1 - i)) return parameter->minor_to_major;
  }
  return NULL;
}

static int upload_one(cli_run *run, size_t device, size_t index, const cli_spec *spec) {
  ryft_host_array array;
  const int status = match(run, device, index, spec, &array);
  if (status != CLI_OK) return status;
  const size_t place = run->places[device];
  ryft_layout layout = RYFT_DEFAULTS(ryft_layout);
  ryft_from_host_options options = RYFT_DEFAULTS(ryft_from_host_options);
  layout.rank = array.shape.rank;
  layout.minor_to_major = order_of(run, index);
  if (layout.minor_to_major != NULL) options.layout = &layout;
  ryft_error *error =
      ryft_buffer_from_host_array(ryft_loaded_executable_devices(run->executable).items[place],
                                  &array,
                                  &options,
                                  &run->arguments[place * run->argument_count + index],
                                  /* done= */ NULL);
  return error == NULL ? CLI_OK : cli_fail_library(run->context, error);
}

int cli_run_upload(cli_run *run) {
  const cli_items *items = &run->options->inputs;
  cli_phase("moving the inputs to the devices");
  const size_t wanted =
      run->signature == NULL ? count_inputs(run, 0) : run->signature->parameter_count;
  run->argument_count = wanted;
  run->arguments = calloc(run->device_count * wanted + 1, sizeof(ryft_buffer *));
  if (run->arguments == NULL) return cli_fail_memory(run->context);
  int status = run->signature == NULL ? CLI_OK : check_parameters(run);
  for (size_t device = 0; device < run->device_count && status == CLI_OK; ++device) {
    status = check_count(run, device, wanted);
    for (size_t i = 0; i < wanted && status == CLI_OK; ++i) {
      const size_t item = cli_item_of(items, CLI_EVERY_DEVICE, device, i);
      status = upload_one(run, device, i, &run->inputs[item]);
    }
  }
  return status;
}
