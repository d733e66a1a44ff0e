/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#include "src/base/watch.h"

atomic_int ryft__watch;
