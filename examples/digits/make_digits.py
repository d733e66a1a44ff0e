#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 OR MIT
"""Make the programs and the data of the digits demo.

The C demo needs none of this: its inputs are committed next to this file.
To make them again, with the versions pinned in requirements.txt
(jax 0.10.2, jaxlib 0.10.2, numpy 2.4.6, scikit-learn 1.9.1; CPython 3.11):

    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make_digits.py            write the files
    venv/bin/python make_digits.py --check    compare with the files on disk
    venv/bin/python make_digits.py --train    train with JAX itself, as a reference

Every byte is a function of this file and of those versions: no clock, no
machine-dependent arithmetic (the random numbers are numpy's frozen RandomState
stream, and only its uniform and permutation parts).

The files:

    train_step.mlir   one step of minibatch SGD, StableHLO text
    predict.mlir      the class of every image, StableHLO text
    w1.npy b1.npy w2.npy b2.npy   initial parameters, f32
    images.npy        u8[1797,64], grey levels 0..16; rows 0..1439 are for
                      training, rows 1440..1796 are held out
    labels.npy        u8[1797], 0..9, in the same order
"""

import argparse
import io
import pathlib
import re
import sys

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

HERE = pathlib.Path(__file__).resolve().parent

PIXELS, HIDDEN, CLASSES = 64, 64, 10
IMAGES, TRAIN, BATCH = 1797, 1440, 32  # 45 batches an epoch, none left over
HELD_OUT = IMAGES - TRAIN
LEARNING_RATE = 0.5
EPOCHS = 25  # of --train; the number the README quotes results for
SPLIT_SEED, INIT_SEED = 1998, 64


# -- The model ---------------------------------------------------------------


def logits(w1, b1, w2, b2, images):
    """64 pixels -> 64 tanh units -> 10 scores."""
    x = images.astype(jnp.float32) * (1.0 / 16.0)
    hidden = jnp.tanh(x @ w1 + b1)
    return hidden @ w2 + b2


def mean_loss(params, images, labels):
    """Softmax cross-entropy, averaged over the minibatch."""
    z = logits(*params, images)
    z = z - lax.stop_gradient(jnp.max(z, axis=1, keepdims=True))
    log_sum = jnp.log(jnp.sum(jnp.exp(z), axis=1))
    digits = lax.broadcasted_iota(jnp.int32, z.shape, 1)
    one_hot = (labels.astype(jnp.int32)[:, None] == digits).astype(jnp.float32)
    return jnp.mean(log_sum - jnp.sum(z * one_hot, axis=1))


def train_step(w1, b1, w2, b2, images, labels):
    """-> the four parameters after one step, and the loss before it."""
    params = (w1, b1, w2, b2)
    loss, grads = jax.value_and_grad(mean_loss)(params, images, labels)
    new = tuple(p - LEARNING_RATE * g for p, g in zip(params, grads))
    return (*new, loss)


def predict(w1, b1, w2, b2, images):
    """-> the class with the highest score, for each image."""
    return lax.argmax(logits(w1, b1, w2, b2, images), 1, jnp.int32)


# -- The programs ------------------------------------------------------------


def f32(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.float32)


def u8(*shape):
    return jax.ShapeDtypeStruct(shape, jnp.uint8)


PARAMS = (f32(PIXELS, HIDDEN), f32(HIDDEN), f32(HIDDEN, CLASSES), f32(CLASSES))


def stablehlo(function, arguments, donate=()):
    """The StableHLO text of a function: one device, no location info."""
    traced = jax.jit(function, donate_argnums=donate, keep_unused=True).trace(*arguments)
    texts = {
        platform: traced.lower(lowering_platforms=(platform,)).as_text(
            "stablehlo", debug_info=False
        )
        for platform in ("cpu", "cuda", "tpu")
    }
    text = texts["cpu"]
    assert all(t == text for t in texts.values()), "the text depends on the platform"
    # Paths into Python result structures; they mean nothing outside it.
    text = re.sub(r' \{jax\.result_info = "[^"]*"\}', "", text)
    text = text.rstrip() + "\n"
    assert text.isascii() and "loc(" not in text and "custom_call" not in text
    assert text.count("tf.aliasing_output") == len(donate)
    return text


# -- The data ----------------------------------------------------------------


def digits():
    """The images and labels, in this demo's order.

    A random order with one condition: the last HELD_OUT rows hold each digit
    in proportion to its share of the whole.
    """
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    images = pixels.astype(np.uint8)
    assert images.shape == (IMAGES, PIXELS) and (images == pixels).all()
    assert images.max() == 16

    random = np.random.RandomState(SPLIT_SEED)
    order = random.permutation(IMAGES)
    # Place the members of each class evenly over 0..1, then cut at the end.
    place = np.empty(IMAGES)
    for digit in range(CLASSES):
        members = order[labels[order] == digit]
        place[members] = (np.arange(len(members)) + 0.5) / len(members)
    by_place = order[np.argsort(place[order], kind="stable")]
    train = random.permutation(by_place[:TRAIN])
    held_out = random.permutation(by_place[TRAIN:])
    order = np.concatenate([train, held_out])
    assert (np.sort(order) == np.arange(IMAGES)).all()
    return images[order], labels[order].astype(np.uint8)


def initial_parameters(seed=INIT_SEED):
    """Glorot's uniform initialisation for the weights, zero for the biases."""
    random = np.random.RandomState(seed)

    def weights(rows, columns):
        limit = np.sqrt(6.0 / (rows + columns))
        return ((random.random_sample((rows, columns)) * 2 - 1) * limit).astype(np.float32)

    w1 = weights(PIXELS, HIDDEN)
    w2 = weights(HIDDEN, CLASSES)
    return w1, np.zeros(HIDDEN, np.float32), w2, np.zeros(CLASSES, np.float32)


def npy(array):
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(array), version=(1, 0))
    return out.getvalue()


def everything():
    images, labels = digits()
    files = {
        "train_step.mlir": stablehlo(
            train_step, (*PARAMS, u8(BATCH, PIXELS), u8(BATCH)), donate=(0, 1, 2, 3)
        ).encode(),
        "predict.mlir": stablehlo(predict, (*PARAMS, u8(IMAGES, PIXELS))).encode(),
        "images.npy": npy(images),
        "labels.npy": npy(labels),
    }
    for name, array in zip(("w1", "b1", "w2", "b2"), initial_parameters()):
        files[name + ".npy"] = npy(array)
    return files


# -- The commands ------------------------------------------------------------


def write():
    for name, content in everything().items():
        (HERE / name).write_bytes(content)
        print(f"{len(content):7d}  {name}")


def check():
    bad = 0
    for name, content in everything().items():
        path = HERE / name
        same = path.exists() and path.read_bytes() == content
        print("same     " if same else "DIFFERENT", name)
        bad += not same
    sys.exit(1 if bad else 0)


def train():
    """What the C demo does, done by JAX: batches in file order, no shuffle."""
    images, labels = digits()
    params = initial_parameters()
    step = jax.jit(train_step)
    classes = jax.jit(predict)
    for epoch in range(1, EPOCHS + 1):
        total = 0.0
        for at in range(0, TRAIN, BATCH):
            *params, loss = step(*params, images[at : at + BATCH], labels[at : at + BATCH])
            total += float(loss)
        right = np.asarray(classes(*params, images)) == labels
        print(
            f"epoch {epoch:2d}  loss {total / (TRAIN // BATCH):.4f}"
            f"  train {right[:TRAIN].mean():7.2%}  held out {right[TRAIN:].mean():7.2%}"
        )


def main():
    parser = argparse.ArgumentParser(description="Make the files of the digits demo.")
    group = parser.add_mutually_exclusive_group()
    group.add_argument("--check", action="store_true", help="compare with the files on disk")
    group.add_argument("--train", action="store_true", help="train with JAX itself")
    arguments = parser.parse_args()
    jax.config.update("jax_platforms", "cpu")
    if arguments.check:
        check()
    elif arguments.train:
        train()
    else:
        write()


if __name__ == "__main__":
    main()
