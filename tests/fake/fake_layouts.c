/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* The Layouts extension. */
#include "tests/fake/fake_executable.h"

struct PJRT_Layouts_MemoryLayout {
  fake_object object;
  size_t rank;
  int64_t minor_to_major[FAKE_RANK_MAX];
};

struct PJRT_Layouts_SerializedLayout {
  fake_object object;
  char text[64];
};

static PJRT_Layouts_MemoryLayout *new_layout(size_t rank, const int64_t *minor_to_major) {
  PJRT_Layouts_MemoryLayout *layout = fake_object_new(FAKE_LAYOUT, sizeof *layout);
  layout->rank = rank;
  for (size_t i = 0; i < rank; ++i) {
    layout->minor_to_major[i] =
        minor_to_major != NULL ? minor_to_major[i] : (int64_t)(rank - 1 - i);
  }
  return layout;
}

PJRT_Error *fake_PJRT_Layouts_MemoryLayout_Destroy(PJRT_Layouts_MemoryLayout_Destroy_Args *args) {
  fake_check(args->layout, FAKE_LAYOUT);
  fake_object_end(&args->layout->object);
  return NULL;
}

static void free_serialized(PJRT_Layouts_SerializedLayout *serialized) {
  fake_check(serialized, FAKE_SERIALIZED);
  fake_object_end(&serialized->object);
}

/* As text: "{1,0}". */
PJRT_Error *fake_PJRT_Layouts_MemoryLayout_Serialize(
    PJRT_Layouts_MemoryLayout_Serialize_Args *args) {
  fake_check(args->layout, FAKE_LAYOUT);
  PJRT_Layouts_SerializedLayout *serialized = fake_object_new(FAKE_SERIALIZED, sizeof *serialized);
  size_t at = 0;
  serialized->text[at++] = '{';
  for (size_t i = 0; i < args->layout->rank; ++i) {
    if (i != 0) serialized->text[at++] = ',';
    serialized->text[at++] = (char)('0' + args->layout->minor_to_major[i]);
  }
  serialized->text[at++] = '}';
  args->serialized_bytes = serialized->text;
  args->serialized_bytes_size = at;
  args->serialized_layout = serialized;
  args->serialized_layout_deleter = free_serialized;
  return NULL;
}

PJRT_Error *fake_PJRT_Layouts_PJRT_Client_GetDefaultLayout(
    PJRT_Layouts_PJRT_Client_GetDefaultLayout_Args *args) {
  fake_shape shape;
  fake_check(args->client, FAKE_CLIENT);
  PJRT_Error *error = fake_shape_set(&shape, args->type, args->dims, args->num_dims);
  if (error != NULL) return error;
  args->layout = new_layout(shape.rank, NULL);
  return NULL;
}

PJRT_Error *fake_PJRT_Layouts_PJRT_Buffer_MemoryLayout(
    PJRT_Layouts_PJRT_Buffer_MemoryLayout_Args *args) {
  fake_check(args->buffer, FAKE_BUFFER);
  args->layout = new_layout(args->buffer->shape.rank, args->buffer->minor_to_major);
  return NULL;
}

PJRT_Error *fake_PJRT_Layouts_PJRT_Topology_GetDefaultLayout(
    PJRT_Layouts_PJRT_Topology_GetDefaultLayout_Args *args) {
  fake_shape shape;
  fake_check(args->topology_description, FAKE_TOPOLOGY);
  PJRT_Error *error = fake_shape_set(&shape, args->type, args->dims, args->num_dims);
  if (error != NULL) return error;
  args->layout = new_layout(shape.rank, NULL);
  return NULL;
}

/* The list, unlike what is in it, belongs to the executable. */
static PJRT_Layouts_MemoryLayout **list_layouts(PJRT_Executable *executable,
                                                int which,
                                                const fake_shapes *shapes) {
  executable->layout_lists[which] = fake_realloc(
      executable->layout_lists[which], shapes->count * sizeof(PJRT_Layouts_MemoryLayout *));
  for (size_t i = 0; i < shapes->count; ++i) {
    executable->layout_lists[which][i] = new_layout(shapes->items[i].rank, NULL);
  }
  return executable->layout_lists[which];
}

PJRT_Error *fake_PJRT_Layouts_PJRT_Executable_GetOutputLayouts(
    PJRT_Layouts_PJRT_Executable_GetOutputLayouts_Args *args) {
  fake_check(args->executable, FAKE_EXECUTABLE);
  args->num_outputs = args->executable->program->results.count;
  args->layouts = list_layouts(args->executable, 0, &args->executable->program->results);
  return NULL;
}

PJRT_Error *fake_PJRT_Layouts_PJRT_Executable_GetParameterLayouts(
    PJRT_Layouts_PJRT_Executable_GetParameterLayouts_Args *args) {
  fake_check(args->executable, FAKE_EXECUTABLE);
  args->num_parameters = args->executable->program->parameters.count;
  args->layouts = list_layouts(args->executable, 1, &args->executable->program->parameters);
  return NULL;
}
