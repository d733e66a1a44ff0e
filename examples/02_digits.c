/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Trains a classifier of handwritten digits: two programs exported from JAX, run from C.
 *
 * The training step takes the four parameters, 32 images and their labels, and gives new parameters
 * and the loss. The parameters stay on the device from the first step to the last: each step
 * donates them, so their memory becomes the new parameters', and nothing but the loss is copied
 * back. See digits/README.md for the data. */
#include <ryft/auto.h>
#include <ryft/io/npy.h>
#include <ryft/io/program.h>
#include <ryft/ryft.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
  PARAMETERS = 4,
  BATCH = 32,
  TRAINING_IMAGES = 1440,
  IMAGES = 1797,
  PIXELS = 64,
  EPOCHS = 25
};

static const char *const PARAMETER_FILES[PARAMETERS] = {"w1.npy", "b1.npy", "w2.npy", "b2.npy"};

typedef struct model {
  const ryft_device *device;
  ryft_loaded_executable *step;
  ryft_loaded_executable *predict;
  ryft_buffer *parameters[PARAMETERS];
} model;

static void model_free(model *m) {
  for (int i = 0; i < PARAMETERS; ++i) ryft_buffer_destroy(m->parameters[i]);
  ryft_loaded_executable_destroy(m->step);
  ryft_loaded_executable_destroy(m->predict);
}

static ryft_error *map(const char *folder, const char *file, ryft_npy **out) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s", folder, file);
  return ryft_npy_map(path, out);
}

static ryft_error *compile(ryft_client *client,
                           const char *folder,
                           const char *file,
                           ryft_loaded_executable **out) {
  char path[4096];
  RYFT_AUTO(program) program = NULL;
  snprintf(path, sizeof path, "%s/%s", folder, file);
  RYFT_TRY(ryft_program_read(path, &program));
  return ryft_client_compile(client, program, /* options= */ NULL, out);
}

static ryft_error *model_load(model *m, ryft_client *client, const char *folder) {
  m->device = ryft_client_addressable_devices(client).items[0];
  RYFT_TRY(compile(client, folder, "train_step.mlir", &m->step));
  RYFT_TRY(compile(client, folder, "predict.mlir", &m->predict));
  for (int i = 0; i < PARAMETERS; ++i) {
    RYFT_AUTO(npy) file = NULL;
    RYFT_TRY(map(folder, PARAMETER_FILES[i], &file));
    const ryft_host_array array = ryft_npy_host_array(file);
    RYFT_TRY(ryft_buffer_from_host(m->device,
                                   array.data,
                                   array.size,
                                   array.shape,
                                   /* options= */ NULL,
                                   &m->parameters[i],
                                   /* done= */ NULL));
  }
  return NULL;
}

/* One step on 32 images; the loss stays on the device until somebody reads it. */
static ryft_error *step(model *m,
                        const uint8_t *images,
                        const uint8_t *labels,
                        ryft_buffer **out_loss) {
  RYFT_AUTO(buffer) batch = NULL, answers = NULL;
  RYFT_TRY(ryft_buffer_from_host(m->device,
                                 images,
                                 BATCH * PIXELS,
                                 RYFT_SHAPE(RYFT_U8, BATCH, PIXELS),
                                 /* options= */ NULL,
                                 &batch,
                                 /* done= */ NULL));
  RYFT_TRY(ryft_buffer_from_host(m->device,
                                 labels,
                                 BATCH,
                                 RYFT_SHAPE(RYFT_U8, BATCH),
                                 /* options= */ NULL,
                                 &answers,
                                 /* done= */ NULL));
  ryft_buffer *arguments[PARAMETERS + 2] = {
      m->parameters[0], m->parameters[1], m->parameters[2], m->parameters[3], batch, answers};
  ryft_buffer *results[PARAMETERS + 1] = {NULL};
  RYFT_TRY(ryft_execute(m->step,
                        arguments,
                        PARAMETERS + 2,
                        /* options= */ NULL,
                        results,
                        PARAMETERS + 1,
                        /* done= */ NULL));
  for (int i = 0; i < PARAMETERS; ++i) {
    ryft_buffer_destroy(m->parameters[i]); /* an empty handle by now: its memory was donated */
    m->parameters[i] = results[i];
  }
  *out_loss = results[PARAMETERS];
  return NULL;
}

static void show_progress(int epoch, double loss) {
  enum { WIDTH = 30 };
  char bar[WIDTH + 1];
  const int done = epoch * WIDTH / EPOCHS;
  memset(bar, '#', (size_t)done);
  memset(bar + done, '.', (size_t)(WIDTH - done));
  bar[WIDTH] = '\0';
  const int terminal = isatty(STDOUT_FILENO);
  printf("%sepoch %2d/%d [%s] loss %.4f%s",
         terminal ? "\r" : "",
         epoch,
         EPOCHS,
         bar,
         loss,
         terminal && epoch < EPOCHS ? "" : "\n");
  fflush(stdout);
}

static ryft_error *train(model *m, const uint8_t *images, const uint8_t *labels) {
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    float loss = 0;
    for (int first = 0; first < TRAINING_IMAGES; first += BATCH) {
      RYFT_AUTO(buffer) value = NULL;
      RYFT_TRY(step(m, images + first * PIXELS, labels + first, &value));
      if (first + BATCH == TRAINING_IMAGES) RYFT_TRY(ryft_buffer_read(value, &loss, sizeof loss));
    }
    show_progress(epoch, (double)loss);
  }
  return NULL;
}

/* Predicts all images and counts how many of those not trained on came out right. */
static ryft_error *held_out_accuracy(model *m,
                                     const uint8_t *images,
                                     const uint8_t *labels,
                                     double *out) {
  RYFT_AUTO(buffer) batch = NULL, predicted = NULL;
  RYFT_TRY(ryft_buffer_from_host(m->device,
                                 images,
                                 IMAGES * PIXELS,
                                 RYFT_SHAPE(RYFT_U8, IMAGES, PIXELS),
                                 /* options= */ NULL,
                                 &batch,
                                 /* done= */ NULL));
  ryft_buffer *arguments[PARAMETERS + 1] = {
      m->parameters[0], m->parameters[1], m->parameters[2], m->parameters[3], batch};
  RYFT_TRY(ryft_execute(m->predict,
                        arguments,
                        PARAMETERS + 1,
                        /* options= */ NULL,
                        &predicted,
                        1,
                        /* done= */ NULL));
  int32_t classes[IMAGES];
  RYFT_TRY(ryft_buffer_read(predicted, classes, sizeof classes));
  int right = 0;
  for (int i = TRAINING_IMAGES; i < IMAGES; ++i) right += classes[i] == labels[i];
  *out = 100.0 * right / (IMAGES - TRAINING_IMAGES);
  return NULL;
}

static ryft_error *demo(const char *folder, model *m) {
  RYFT_AUTO(plugin) plugin = NULL;
  RYFT_AUTO(client) client = NULL;
  RYFT_AUTO(npy) images = NULL, labels = NULL;
  RYFT_TRY(ryft_plugin_load_cpu(/* options= */ NULL, &plugin));
  RYFT_TRY(ryft_client_create(plugin, /* options= */ NULL, &client));
  RYFT_TRY(map(folder, "images.npy", &images));
  RYFT_TRY(map(folder, "labels.npy", &labels));
  if (ryft_npy_host_array(images).size != IMAGES * PIXELS ||
      ryft_npy_host_array(labels).size != IMAGES) {
    return ryft_error_format(
        RYFT_INVALID_ARGUMENT, "%s does not hold the %d digits", folder, IMAGES);
  }
  RYFT_TRY(model_load(m, client, folder));
  RYFT_TRY(train(m, ryft_npy_host_array(images).data, ryft_npy_host_array(labels).data));
  double accuracy = 0;
  RYFT_TRY(held_out_accuracy(
      m, ryft_npy_host_array(images).data, ryft_npy_host_array(labels).data, &accuracy));
  printf("held-out accuracy: %.1f %%\n", accuracy);
  return NULL;
}

int main(int argc, char **argv) {
  model m = {.device = NULL};
  ryft_error *error = demo(argc > 1 ? argv[1] : "examples/digits", &m);
  model_free(&m);
  return ryft_exit_status(error);
}
