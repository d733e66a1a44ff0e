/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* PJRT_LoadedExecutable_GetDeviceAssignment: a DeviceAssignmentProto, written by hand. */
#include <stdlib.h>
#include <string.h>

#include "tests/fake/fake_executable.h"

enum { VARINT = 0, BYTES = 2, VARINT_MAX = 10 };

struct PJRT_DeviceAssignmentSerialized {
  fake_object object;
  unsigned char *data;
};

static size_t put_varint(unsigned char *out, uint64_t value) {
  size_t size = 0;
  for (; value > 127; value >>= 7) out[size++] = (unsigned char)(value | 128);
  out[size++] = (unsigned char)value;
  return size;
}

static size_t put_field(unsigned char *out, unsigned number, unsigned type, uint64_t value) {
  out[0] = (unsigned char)(number << 3 | type);
  return 1 + put_varint(out + 1, value);
}

static uint64_t device_at(const PJRT_LoadedExecutable *executable, int64_t place) {
  const int64_t *ids = executable->build.device_ids;
  return ids == NULL ? (uint64_t)executable->client->devices[place]->description->id
                     : (uint64_t)ids[place];
}

/* One partition's devices, one for each replica: a packed list in a message of its own. */
static size_t put_partition(unsigned char *out,
                            const PJRT_LoadedExecutable *executable,
                            int64_t partition) {
  const fake_build *build = &executable->build;
  unsigned char *list = fake_alloc((size_t)build->replicas * VARINT_MAX);
  size_t list_size = 0, size = 0;
  for (int64_t replica = 0; replica < build->replicas; ++replica) {
    const int64_t place = replica * build->partitions + partition;
    list_size += put_varint(list + list_size, device_at(executable, place));
  }
  unsigned char head[1 + VARINT_MAX];
  const size_t head_size = put_field(head, 1, BYTES, list_size);
  size += put_field(out, 3, BYTES, head_size + list_size);
  memcpy(out + size, head, head_size);
  memcpy(out + size + head_size, list, list_size);
  free(list);
  return size + head_size + list_size;
}

static void free_assignment(PJRT_DeviceAssignmentSerialized *serialized) {
  fake_check(serialized, FAKE_SERIALIZED);
  free(serialized->data);
  fake_object_end(&serialized->object);
}

PJRT_Error *fake_PJRT_LoadedExecutable_GetDeviceAssignment(
    PJRT_LoadedExecutable_GetDeviceAssignment_Args *args) {
  fake_check(args->executable, FAKE_LOADED_EXECUTABLE);
  const fake_build *build = &args->executable->build;
  PJRT_DeviceAssignmentSerialized *made = fake_object_new(FAKE_SERIALIZED, sizeof *made);
  const size_t partitions = (size_t)build->partitions;
  made->data =
      fake_alloc((2 + 2 * partitions + (size_t)build->replicas * partitions) * (1 + VARINT_MAX));
  size_t size = 0;
  /* Portable executables have an empty one. */
  if (!build->portable) {
    size += put_field(made->data, 1, VARINT, (uint64_t)build->replicas);
    size += put_field(made->data + size, 2, VARINT, (uint64_t)build->partitions);
    for (int64_t i = 0; i < build->partitions; ++i) {
      size += put_partition(made->data + size, args->executable, i);
    }
  }
  args->serialized_bytes = (const char *)made->data;
  args->serialized_bytes_size = size;
  args->serialized_device_assignment = made;
  args->serialized_device_assignment_deleter = free_assignment;
  return NULL;
}
