/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A device is a borrowed view: there is nothing to destroy it with. */
/* expect: ryft_device_destroy */
#include "ryft/ryft.h"

void program(ryft_client *client, const ryft_device *device) {
#ifdef RIGHT
  ryft_client_destroy(client);
  (void)device;
#else
  ryft_device_destroy(device);
  (void)client;
#endif
}
