# SPDX-License-Identifier: Apache-2.0 OR MIT
# A thin front for CMake: every target sets up what it needs first. See CONTRIBUTING.md.

PREFIX ?= /usr/local
DESTDIR ?=
JOBS ?= $(shell nproc)
DATA := $(if $(XDG_DATA_HOME),$(XDG_DATA_HOME),$(HOME)/.local/share)
CPU_PLUGINS := $(shell sed -n 's/^[0-9][^ ]* \([^ ]*\) .*/\1/p' tests/plugins.txt)
CTEST := ctest --output-on-failure --no-tests=error -j $(JOBS)

.PHONY: all demo test asan tsan bench check fuzz soak sweep format generate install clean help

all: build/release/build.ninja ## the libraries and the command line, optimised
	@cmake --build build/release -j $(JOBS) -- --quiet

demo: all ## sets up everything and runs the main job: an addition, then training a classifier
	@tools/setup plugin build/release/bin/ryft $(lastword $(CPU_PLUGINS))
	@build/release/examples/01_hello
	@build/release/examples/02_digits examples/digits

test: build-dev plugins ## tiers 0 to 2: no plugin, the fake plugin, three real CPU plugins
	@cd build/dev && $(CTEST)

asan: build-asan plugins ## AddressSanitizer, UBSan, LeakSanitizer: tiers 0, 1, and 2 on the newest plugin
	@cd build/asan && $(CTEST) -L 'tier0|tier1'
	@cd build/asan && $(CTEST) -L 'cpu-0.115'

tsan: build-tsan ## ThreadSanitizer: tier 1
	@cd build/tsan && $(CTEST) -L 'tier1'

bench: all plugins ## raw PJRT and ours in one process; prints JSON
	@build/release/bench/bench_own_cost
	@bench/repeat 4 build/release/bench/bench_dispatch* -- --quick
	@build/release/bench/bench_transfers
	@build/release/bench/bench_growth

check: build-asan ## house rules, formatting, linter, generated files
	@python3 tools/tidy
	@python3 tools/abigen --verify
	@python3 tools/apilists --verify
	@tools/protogen.sh --verify
	@run-clang-tidy-14 -quiet -p build/asan '/src/(base|abi|proto|core|io|cli)/[^/]*\.c$$' >build/clang-tidy.log 2>&1 \
	  || { cat build/clang-tidy.log; exit 1; }

fuzz: build-fuzz ## every fuzz target for SECONDS_EACH seconds (60)
	@tests/fuzz/run.sh $(or $(SECONDS_EACH),60) build/fuzz

soak: build-dev plugins ## ten times the soak tests
	@cd build/dev && RYFT_SOAK_SCALE=1000 $(CTEST) --timeout 1500 -R '^soak'

sweep: build-dev plugins ## every allocation and every plugin call fails once, in every public function
	@cd build/dev && RYFT_SWEEP_STEP=1 $(CTEST) -R 'sweep|faults'

format: ## reformats hand-written C
	@tools/setup check
	@git ls-files '*.c' '*.h' | grep -v '/gen/\|^include/ryft/abi/' | xargs clang-format-14 -i

generate: ## remakes what is generated from abi/, proto/ and the public headers
	@tools/setup check
	@python3 tools/abigen
	@python3 tools/apilists
	@tools/protogen.sh

install: all ## libraries, headers, pages and the command line, below PREFIX
	@DESTDIR="$(DESTDIR)" cmake --install build/release --prefix "$(PREFIX)" | tail -n 1

clean: ## removes what was built; plugins stay
	@rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

.PHONY: build-dev build-asan build-tsan build-fuzz plugins
build-dev build-asan build-tsan build-fuzz: build-%: build/%/build.ninja
	@cmake --build build/$* -j $(JOBS) -- --quiet

# Configured once; Ninja looks after changes from then on.
build/release/build.ninja: CMakePresets.json tools/setup
	@tools/setup build
	@cmake --preset release >/dev/null

build/dev/build.ninja: CMakePresets.json tools/setup
	@tools/setup test
	@cmake --preset dev -DRYFT_PLUGIN_DATA="$(DATA)" >/dev/null

build/asan/build.ninja build/tsan/build.ninja build/fuzz/build.ninja: build/%/build.ninja: CMakePresets.json tools/setup
	@tools/setup check
	@cmake --preset $* -DRYFT_PLUGIN_DATA="$(DATA)" >/dev/null

plugins: all
	@tools/setup plugin build/release/bin/ryft $(CPU_PLUGINS)
	@tools/setup headers
