/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Lists the devices, then adds [7, -1] and [35, -41] on the first of them. */
#include <inttypes.h>
#include <ryft/auto.h>
#include <ryft/ryft.h>
#include <stdio.h>

static const char ADD[] =
    "module {"
    "  func.func @main(%a: tensor<2x1xi32>, %b: tensor<2x1xi32>) -> tensor<2x1xi32> {"
    "    %sum = stablehlo.add %a, %b : tensor<2x1xi32>"
    "    return %sum : tensor<2x1xi32>"
    "  }"
    "}";

static ryft_error *hello(void) {
  RYFT_AUTO(plugin) plugin = NULL;
  RYFT_AUTO(client) client = NULL;
  RYFT_AUTO(loaded_executable) add = NULL;
  RYFT_AUTO(buffer) left = NULL, right = NULL, sum = NULL;

  RYFT_TRY(ryft_plugin_load_cpu(/* options= */ NULL, &plugin));
  RYFT_TRY(ryft_client_create(plugin, /* options= */ NULL, &client));
  printf("%s, PJRT %s\n", ryft_client_platform_name(client), ryft_plugin_version_text(plugin));
  ryft_device_list devices = ryft_client_addressable_devices(client);
  for (size_t i = 0; i < devices.count; ++i) {
    printf(
        "  device %d (%s)\n", ryft_device_id(devices.items[i]), ryft_device_kind(devices.items[i]));
  }

  const ryft_shape pair = RYFT_SHAPE(RYFT_S32, 2, 1);
  const int32_t a[] = {7, -1}, b[] = {35, -41};
  const ryft_device *device = devices.items[0];
  RYFT_TRY(ryft_client_compile(client, RYFT_PROGRAM_TEXT(ADD), /* options= */ NULL, &add));
  RYFT_TRY(ryft_buffer_from_host(
      device, a, sizeof a, pair, /* options= */ NULL, &left, /* done= */ NULL));
  RYFT_TRY(ryft_buffer_from_host(
      device, b, sizeof b, pair, /* options= */ NULL, &right, /* done= */ NULL));
  RYFT_TRY(ryft_execute(add,
                        (ryft_buffer *[]){left, right},
                        2,
                        /* options= */ NULL,
                        &sum,
                        1,
                        /* done= */ NULL));

  int32_t c[2];
  RYFT_TRY(ryft_buffer_read(sum, c, sizeof c)); /* waits for the result */
  printf("[7, -1] + [35, -41] = [%" PRId32 ", %" PRId32 "]\n", c[0], c[1]);
  return NULL;
}

int main(void) {
  return ryft_exit_status(hello());
}
