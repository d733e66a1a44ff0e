/* SPDX-License-Identifier: Apache-2.0 OR MIT */
#ifndef RYFT_TESTS_FAKE_FAKE_EXTENSIONS_H
#define RYFT_TESTS_FAKE_FAKE_EXTENSIONS_H

#include "tests/fake/fake_base.h"

/* The variant's chain of extensions. */
PJRT_Extension_Base *fake_extensions(void);

#endif /* RYFT_TESTS_FAKE_FAKE_EXTENSIONS_H */
