# The front door: what one does with this tree. Each target installs the Debian packages that it needs and lacks.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c

JOBS ?= $(shell nproc)
# What `make demo` simulates.
USERS ?= 200
DAYS ?= 45
SEED ?= 7
# How long `make fuzz` runs each target.
FUZZ_SECONDS ?= 60
# How often `make soak` kills a run on the simulated disk.
KILLS ?= 1000

SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
VEDETTE := build/release/vedette
SOAK := build/release/tests/crash/crash_soak
SOURCES = $(shell find src tests fuzz bench -name '*.cc' -o -name '*.h' 2>/dev/null)
in_section = $(shell sed -n '/^\[$(1)\]/,/^\[/p' cmake/debian-packages.txt | grep -v '^[[#]')

# Usage: $(call install,package...): asks the package manager for those that are missing, and only then.
define install
	@missing=; for package in $(1); do \
	  dpkg-query -W -f='$${Status}' $$package 2>/dev/null | grep -q 'install ok installed' || missing="$$missing $$package"; \
	done; \
	if [ -n "$$missing" ]; then \
	  echo "Installing$$missing"; \
	  $(SUDO) apt-get update -q && \
	  $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $$missing; \
	fi
endef

.PHONY: help packages packages-develop build demo test soak bench instructions fuzz asan tsan format format-check tidy clean

help:  ## Show what there is to make
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

packages:  ## Install the Debian packages that building needs
	$(call install,$(call in_section,build))

packages-develop: packages  ## Install those that only developers need, too
	$(call install,$(call in_section,develop))

build: packages  ## Build the release binary, build/release/vedette
	@cmake --preset release
	@cmake --build --preset release --parallel $(JOBS) --target vedette

demo: build  ## Simulate an organisation, judge its logs and show who stands out
	@rm -rf demo
	$(VEDETTE) simulate --users $(USERS) --days $(DAYS) --seed $(SEED) --out demo
	$(VEDETTE) run --content content --context demo/context --countries demo/context/countries.mmdb \
	  --threads $(JOBS) --out demo/results demo/logs

test: packages  ## Build for development and run all tests
	@cmake --preset dev
	@cmake --build --preset dev --parallel $(JOBS)
	@tests/run_tests.sh build/dev $(JOBS)

soak: build  ## Kill runs for long: KILLS times on a simulated disk, a tenth of that for real
	@cmake --build --preset release --parallel $(JOBS) --target crash_soak
	$(SOAK) seeds 1 $(KILLS)
	$(SOAK) seeds 1 $$(($(KILLS) / 5)) behind
	$(SOAK) seeds 1 $$(($(KILLS) / 5)) cold
	$(SOAK) sigkill $$(($(KILLS) / 10)) build/soak/small $(VEDETTE)
	@rm -rf build/soak/logs build/soak/context
	$(VEDETTE) simulate --users $(USERS) --days $(DAYS) --seed $(SEED) --dirt --out build/soak
	gzip --fast build/soak/logs/dtex_intercept/*-W0[3-5].log
	$(SOAK) sigkill $$(($(KILLS) / 10)) build/soak/kills $(VEDETTE) run --content content --context build/soak/context \
	  --countries build/soak/context/countries.mmdb build/soak/logs

# QUICK=1 takes minutes instead of half an hour: fewer repetitions, nothing of ten million.
bench: packages  ## Measure every part and the whole path: bench/results.json, a table, docs/performance/*.svg
	@cmake --preset release
	@cmake --build --preset release --parallel $(JOBS) --target vedette vedette_bench
	@bench/run_bench.sh $(if $(QUICK),--quick)

instructions: build packages-develop  ## Count instructions per stage and hold them against the budget
	@bench/check_instructions.sh $(VEDETTE)

fuzz: packages-develop  ## Fuzz every reader of untrusted input, FUZZ_SECONDS each
	@cmake --preset fuzz
	@cmake --build --preset fuzz --parallel $(JOBS) --target fuzzers
	@tests/run_fuzzers.sh build/fuzz $(FUZZ_SECONDS)

asan: packages  ## Run all tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@cmake --preset asan
	@cmake --build --preset asan --parallel $(JOBS)
	@tests/run_tests.sh build/asan $(JOBS)

tsan: packages  ## Run all tests under ThreadSanitizer
	@cmake --preset tsan
	@cmake --build --preset tsan --parallel $(JOBS)
	@tests/run_tests.sh build/tsan $(JOBS)

format: packages-develop  ## Lay out all sources as .clang-format says
	@clang-format -i $(SOURCES)

format-check: packages-develop  ## Say which sources are laid out otherwise
	@clang-format --dry-run --Werror $(SOURCES)

tidy: packages-develop  ## Run the checks of .clang-tidy
	@cmake --preset dev -B build/tidy -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON >/dev/null
	@git ls-files 'src/*.cc' | grep -v '_test.cc\|_bench.cc' | xargs -P $(JOBS) -n 4 clang-tidy -p build/tidy --quiet

clean:  ## Remove what was built and simulated
	rm -rf build demo
