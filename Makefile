# The front door. `make help` lists what there is.

SHELL := /bin/bash
.DEFAULT_GOAL := help

# One build serves everything: the demo, the tests and the benchmarks share it.
CONFIGURATION := release
SWIFT_BUILD := swift build -c $(CONFIGURATION)
YEOUL := .build/$(CONFIGURATION)/yeoul
export YEOUL_COMMIT := $(shell git rev-parse --short HEAD 2>/dev/null || echo unknown)

SWIFT_FOLDERS := $(wildcard Package.swift Sources Tests Benchmarks Plugins)

.PHONY: help setup setup-test build demo up test torture fuzz simulate bench lint clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

setup: ## Check the Swift toolchain; install missing Debian packages
	@scripts/setup run

build: setup ## Build the program: .build/release/yeoul
	@$(SWIFT_BUILD) --product yeoul
	@scripts/charts .build/$(CONFIGURATION)/yeoul-web

demo: build ## See it run, until Ctrl-C (DEMO_SECONDS=30 ends by itself)
	@exec $(YEOUL) demo $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

up: build ## Run with your own configuration, until Ctrl-C
	@exec $(YEOUL) up

test: setup-test ## Build everything and run every suite
	@$(SWIFT_BUILD) --build-tests
	@scripts/test

fuzz: setup ## Fuzz the decoder for ten million runs (FUZZ_RUNS=… FUZZ_SECONDS=…)
	@scripts/fuzz $(or $(FUZZ_RUNS),10000000) $(or $(FUZZ_SECONDS),0)

torture: setup-test ## The long tests: many kills, long outages (about half an hour)
	@$(SWIFT_BUILD) --build-tests
	@YEOUL_TORTURE=1 scripts/test

simulate: setup ## Hunt bugs with seeds: SEEDS=100000, FIRST_SEED=1; SEED=7 shows one with its trace
	@$(SWIFT_BUILD) --build-tests
	@SEEDS=$(SEEDS) SEED=$(SEED) FIRST_SEED=$(FIRST_SEED) scripts/simulate

bench: setup-test ## Measure: every benchmark beside its reference
	@$(SWIFT_BUILD) --build-tests
	@scripts/bench

lint: ## Check the style
	@swift format lint --strict --recursive --parallel $(SWIFT_FOLDERS)
	@scripts/check-style

clean: ## Remove everything that was built
	rm -rf .build .venv

setup-test: .venv/ready
	@scripts/setup run test

.venv/ready: Tests/requirements.txt web/requirements.txt scripts/prometheus
	@scripts/setup run test
	@python3 -m venv .venv
	@.venv/bin/pip install --quiet --disable-pip-version-check --requirement Tests/requirements.txt
	@scripts/charts .venv/yeoul-web
	@scripts/prometheus .venv/prometheus
	@touch $@
