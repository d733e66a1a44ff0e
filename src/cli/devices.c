/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* ryft devices: what a plugin has to run programs on. */
#include "src/cli/cli.h"
#include "src/cli/json.h"
#include "src/cli/report.h"
#include "src/cli/values.h"

const char ryft_cli_devices_help[] =
    "ryft devices [--plugin NAME|PATH] [--option K=V]... [--json]\n"
    "\n"
    "Lists the devices and memories of a plugin.\n"
    "\n"
    "  --plugin NAME|PATH   cpu, cuda12, cuda13, rocm7, tpu, neuron, metal, oneapi, or a library\n"
    "                       (default: the variable RYFT_PLUGIN, else cpu)\n"
    "  --option K=V         an option for the plugin's client, such as cpu_device_count=8; "
    "integers,\n"
    "                       true/false, floats and strings by their look, K=str:5 forces one\n"
    "                       (str: int: float: bool:)\n"
    "  --json               print JSON\n"
    "  --timeout SECONDS    give up after that long (exit status 5)\n"
    "  --verbose            show what the plugin prints, and more of errors\n"
    "  --quiet              print nothing but errors\n";

static json_t *memories_of(const ryft_device *device) {
  json_t *list = json_array();
  const ryft_memory_list memories = ryft_device_memories(device);
  for (size_t i = 0; i < memories.count; ++i) {
    const ryft_memory *memory = memories.items[i];
    json_t *item = json_pack(
        "{s:i,s:o}", "id", ryft_memory_id(memory), "kind", cli_json_text(ryft_memory_kind(memory)));
    if (json_array_append_new(list, item) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return list;
}

static json_t *json_of_device(const ryft_device *device) {
  return json_pack("{s:i,s:o,s:i,s:i,s:b,s:o,s:o}",
                   "id",
                   ryft_device_id(device),
                   "kind",
                   cli_json_text(ryft_device_kind(device)),
                   "local_hardware_id",
                   ryft_device_local_hardware_id(device),
                   "process_index",
                   ryft_device_process_index(device),
                   "addressable",
                   (int)ryft_device_is_addressable(device),
                   "memories",
                   memories_of(device),
                   "attributes",
                   cli_json_values(ryft_device_attributes(device)));
}

static json_t *json_of(const ryft_client *client) {
  json_t *list = json_array();
  const ryft_device_list devices = ryft_client_devices(client);
  for (size_t i = 0; i < devices.count; ++i) {
    if (json_array_append_new(list, json_of_device(devices.items[i])) != 0) {
      json_decref(list);
      return NULL;
    }
  }
  return json_pack("{s:o,s:o,s:s,s:o}",
                   "platform",
                   cli_json_text(ryft_client_platform_name(client)),
                   "platform_version",
                   cli_json_text(ryft_client_platform_version(client)),
                   "pjrt_api",
                   ryft_plugin_version_text(ryft_client_plugin(client)),
                   "devices",
                   list);
}

static void print_device(FILE *out, const ryft_device *device) {
  fprintf(out, "device %d: %s", ryft_device_id(device), ryft_device_kind(device));
  if (ryft_device_local_hardware_id(device) >= 0) {
    fprintf(out, ", hardware id %d", ryft_device_local_hardware_id(device));
  }
  fprintf(out, ", process %d", ryft_device_process_index(device));
  if (!ryft_device_is_addressable(device)) fputs(", of another process", out);
  fputc('\n', out);
  const ryft_memory_list memories = ryft_device_memories(device);
  for (size_t i = 0; i < memories.count; ++i) {
    const ryft_memory *memory = memories.items[i];
    const char *mark = memory == ryft_device_default_memory(device) ? " (default)" : "";
    fprintf(out, "  memory %d: %s%s\n", ryft_memory_id(memory), ryft_memory_kind(memory), mark);
  }
  cli_print_values(out, ryft_device_attributes(device), "  ");
}

static void print_text(FILE *out, const ryft_client *client) {
  const ryft_device_list devices = ryft_client_devices(client);
  fprintf(out,
          "platform %s (%s), PJRT API %s, %zu %s\n",
          ryft_client_platform_name(client),
          ryft_client_platform_version(client),
          ryft_plugin_version_text(ryft_client_plugin(client)),
          devices.count,
          devices.count == 1 ? "device" : "devices");
  for (size_t i = 0; i < devices.count; ++i) print_device(out, devices.items[i]);
}

static int work(cli_context *context, void *data) {
  (void)data;
  ryft_client *client = NULL;
  int status = cli_open_client(context, /* devices= */ 0, &client);
  if (status != CLI_OK) return status;
  cli_phase("listing the devices");
  if (context->json) {
    status = cli_print_json(context, json_of(client));
  } else if (!context->quiet) {
    print_text(context->out, client);
  }
  cli_phase("ending the client");
  ryft_client_destroy(client);
  return status;
}

int ryft_cli_devices(cli_context *context, int argc, char **argv) {
  static const cli_option OPTIONS[] = {CLI_OPTIONS_COMMON, CLI_OPTIONS_CLIENT, {NULL, 0, false}};
  cli_arguments arguments = {.context = context, .options = OPTIONS, .argc = argc, .argv = argv};
  for (int found; (found = cli_arguments_next(&arguments)) != CLI_END;) {
    if (found == CLI_STOP) return arguments.status;
    return cli_arguments_refuse(&arguments);
  }
  return cli_supervise(context, work, /* data= */ NULL);
}
