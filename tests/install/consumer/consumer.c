/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A program outside the tree: all it knows of Ryft is what was installed. */
#include <ryft/abi/pjrt.h>
#include <ryft/auto.h>
#include <ryft/io/npy.h>
#include <ryft/io/value_text.h>
#include <ryft/ryft.h>
#include <stdio.h>
#include <string.h>

int main(void) {
  RYFT_AUTO(plugin) plugin = NULL;
  ryft_error *error = ryft_plugin_load("/nowhere/plugin.so", /* options= */ NULL, &plugin);
  ryft_code code = ryft_error_code(error);
  ryft_error_destroy(error);

  char text[RYFT_VALUE_TEXT_SIZE];
  const float half = 0.5f;
  ryft_value_format(RYFT_F32, &half, text);
  printf("%s %s %s %zu\n", ryft_version_text(), ryft_code_name(code), text, ryft_live_objects());
  return code == RYFT_NOT_FOUND && strcmp(text, "0.5") == 0 && PJRT_API_MINOR > 100 ? 0 : 1;
}
