/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Nor can it be freed: what is borrowed is const. */
/* expect: discards .*qualifier|discarded.qualifiers */
#include "ryft/ryft.h"

void program(const ryft_client *client, void *mine) {
#ifdef RIGHT
  ryft_host_free(mine);
  (void)client;
#else
  ryft_host_free(ryft_client_devices(client).items[0]);
  (void)mine;
#endif
}
