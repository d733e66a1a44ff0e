/* SPDX-License-Identifier: Apache-2.0 OR MIT */
/* Trains a classifier of handwritten digits: two programs exported from JAX, run from C.
 *
 * The training step takes the four parameters, 32 images and their labels, and gives new parameters
 * and the loss. Its session feeds the parameters back, so they stay on the device from the first
 * step to the last: each step donates them, their memory becomes the new parameters', and nothing
 * but the loss is copied back. See digits/README.md for the data. */
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

/* Inputs of both programs, and the outputs of the training step with the loss at their end. */
static const char *const INPUTS[] = {"w1", "b1", "w2", "b2", "images", "labels"};
static const char *const TRAINED[] = {"w1", "b1", "w2", "b2", "loss"};
static const char *const PREDICTED[] = {"classes"};

static ryft_error *map(const char *folder, const char *name, ryft_npy **out) {
  char path[4096];
  snprintf(path, sizeof path, "%s/%s.npy", folder, name);
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

static ryft_error *open_step(ryft_client *client, const char *folder, ryft_session **out) {
  RYFT_AUTO(loaded_executable) step = NULL;
  RYFT_TRY(compile(client, folder, "train_step.mlir", &step));
  return ryft_session_create(
      step, INPUTS, PARAMETERS + 2, TRAINED, PARAMETERS + 1, /* options= */ NULL, out);
}

static ryft_error *open_predict(ryft_client *client, const char *folder, ryft_session **out) {
  RYFT_AUTO(loaded_executable) predict = NULL;
  RYFT_TRY(compile(client, folder, "predict.mlir", &predict));
  return ryft_session_create(
      predict, INPUTS, PARAMETERS + 1, PREDICTED, 1, /* options= */ NULL, out);
}

static ryft_error *set_parameters(ryft_session *step, const char *folder) {
  for (int i = 0; i < PARAMETERS; ++i) {
    RYFT_AUTO(npy) file = NULL;
    RYFT_TRY(map(folder, INPUTS[i], &file));
    RYFT_TRY(ryft_session_set_host(step, INPUTS[i], ryft_npy_host_array(file)));
  }
  return NULL;
}

/* As many rows of an array as `dims` says, from `first` on. The file that it lies in stays mapped
 * as long as somebody needs them. */
static ryft_host_array rows(const ryft_host_array *array, int first, int64_t *dims) {
  const size_t row = array->size / (size_t)array->shape.dims[0];
  ryft_host_array part = *array;
  part.shape.dims = dims;
  part.data = (const char *)array->data + (size_t)first * row;
  part.size = (size_t)dims[0] * row;
  return part;
}

/* One step on 32 images; the loss stays on the device until somebody reads it. */
static ryft_error *step_on(ryft_session *step,
                           const ryft_host_array *images,
                           const ryft_host_array *labels,
                           int first) {
  int64_t dims[] = {BATCH, PIXELS};
  const ryft_host_array some = rows(images, first, dims), theirs = rows(labels, first, dims);
  RYFT_TRY(ryft_session_set_host(step, "images", &some));
  RYFT_TRY(ryft_session_set_host(step, "labels", &theirs));
  return ryft_session_run(step);
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

static ryft_error *train(ryft_session *step,
                         const ryft_host_array *images,
                         const ryft_host_array *labels) {
  for (int epoch = 1; epoch <= EPOCHS; ++epoch) {
    float loss = 0;
    for (int first = 0; first < TRAINING_IMAGES; first += BATCH) {
      RYFT_TRY(step_on(step, images, labels, first));
    }
    RYFT_TRY(ryft_session_get(step, "loss", &loss, sizeof loss));
    show_progress(epoch, (double)loss);
  }
  return NULL;
}

/* Predicts all images with the parameters where they lie, and counts how many of those not trained
 * on came out right. */
static ryft_error *held_out_accuracy(const ryft_session *step,
                                     ryft_session *predict,
                                     const ryft_host_array *images,
                                     const ryft_host_array *labels,
                                     double *out) {
  for (int i = 0; i < PARAMETERS; ++i) {
    RYFT_AUTO(buffer) parameter = NULL;
    RYFT_TRY(ryft_session_output(step, INPUTS[i], &parameter));
    RYFT_TRY(ryft_session_set(predict, INPUTS[i], parameter));
  }
  int32_t classes[IMAGES];
  RYFT_TRY(ryft_session_set_host(predict, "images", images));
  RYFT_TRY(ryft_session_run(predict));
  RYFT_TRY(ryft_session_get(predict, "classes", classes, sizeof classes));
  const uint8_t *right_ones = labels->data;
  int right = 0;
  for (int i = TRAINING_IMAGES; i < IMAGES; ++i) right += classes[i] == right_ones[i];
  *out = 100.0 * right / (IMAGES - TRAINING_IMAGES);
  return NULL;
}

static ryft_error *demo(const char *folder) {
  RYFT_AUTO(plugin) plugin = NULL;
  RYFT_AUTO(client) client = NULL;
  RYFT_AUTO(npy) images = NULL, labels = NULL;
  RYFT_AUTO(session) step = NULL, predict = NULL;
  RYFT_TRY(ryft_plugin_load_cpu(/* options= */ NULL, &plugin));
  RYFT_TRY(ryft_client_create(plugin, /* options= */ NULL, &client));
  RYFT_TRY(map(folder, "images", &images));
  RYFT_TRY(map(folder, "labels", &labels));
  const ryft_host_array *pixels = ryft_npy_host_array(images);
  const ryft_host_array *digits = ryft_npy_host_array(labels);
  if (pixels->size != IMAGES * PIXELS || digits->size != IMAGES) {
    return ryft_error_format(
        RYFT_INVALID_ARGUMENT, "%s does not hold the %d digits", folder, IMAGES);
  }
  RYFT_TRY(open_step(client, folder, &step));
  RYFT_TRY(open_predict(client, folder, &predict));
  RYFT_TRY(set_parameters(step, folder));
  RYFT_TRY(train(step, pixels, digits));
  double accuracy = 0;
  RYFT_TRY(held_out_accuracy(step, predict, pixels, digits, &accuracy));
  printf("held-out accuracy: %.1f %%\n", accuracy);
  return NULL;
}

int main(int argc, char **argv) {
  return ryft_exit_status(demo(argc > 1 ? argv[1] : "examples/digits"));
}
