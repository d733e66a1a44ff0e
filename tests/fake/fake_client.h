/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* A client with its devices and memories, which live and die with it. */
#ifndef RYFT_TESTS_FAKE_FAKE_CLIENT_H
#define RYFT_TESTS_FAKE_FAKE_CLIENT_H

#include "tests/fake/fake_promise.h"

/* Text as plugins give it out: what follows the last byte is no NUL. */
typedef struct fake_text {
  char *data;
  size_t size;
} fake_text;

fake_text fake_text_format(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));

/* What the header declares as PJRT_Memory is only the table of functions at its start. */
typedef struct fake_memory {
  fake_object object;
  PJRT_Client *client;
  PJRT_Device *device;
  int id;
  int kind_id;
  fake_text kind, text, debug_text;
} fake_memory;

struct PJRT_DeviceDescription {
  fake_object object;
  int id;
  int process_index;
  fake_text kind, text, debug_text;
  PJRT_NamedValue attributes[5];
};

enum { FAKE_MEMORIES_PER_DEVICE = 2 };

struct PJRT_Device {
  fake_object object;
  PJRT_Client *client;
  PJRT_DeviceDescription *description;
  int local_id;
  bool addressable;
  PJRT_Memory *memories[FAKE_MEMORIES_PER_DEVICE];
};

struct PJRT_Client {
  fake_object object;
  int process_index;
  fake_text platform_name, platform_version;
  PJRT_Device **devices; /* the addressable ones first */
  size_t device_count;
  size_t addressable_count;
  PJRT_Memory **memories;
  size_t memory_count;
  bool device_on_cpu;     /* whether the host can address the devices' own memory */
  atomic_size_t children; /* buffers and executables */
  fake_worker *worker;
};

fake_memory *fake_memory_of(PJRT_Memory *memory); /* checked */
PJRT_Device *fake_device_numbered(const PJRT_Client *client, int64_t id);

PJRT_DeviceDescription *fake_description_new(int id, int process_index);
void fake_description_free(PJRT_DeviceDescription *description);

/* Attributes for every one of the types that a value can have. */
size_t fake_attributes(PJRT_NamedValue *out, int id);

#endif /* RYFT_TESTS_FAKE_FAKE_CLIENT_H */
