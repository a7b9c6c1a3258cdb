# Every target works as the first command on a fresh clone: each makes what it needs.
# `make` alone lists them.

SHELL := /bin/bash
.DEFAULT_GOAL := help
BIN := .venv/bin
READY := .venv/.ready
TESTS ?=

.PHONY: help dev demo test check lint types contracts generated unit bench bench-corpus compiled test-compiled test-model clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): pyproject.toml uv.lock support/make_venv.sh
	@bash support/make_venv.sh
	@touch $@

dev: $(READY) ## Make the environment in .venv, from the lock file

demo: $(READY) ## Find, fix and prove on a real vulnerable release, and on examples/shop
	@bash support/system_packages.sh bubblewrap
	@bash examples/demo.sh

test: check unit ## Lint, types, contracts, generated files and all tests

check: lint types contracts generated ## Everything of `test` but the tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/deptry src
	$(BIN)/vulture

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

generated: $(READY)
	@set -e; for script in support/*.py; do \
	  if grep -q -e --check $$script; then echo "$$script --check"; $(BIN)/python $$script --check; fi; \
	done

unit: $(READY)
	@bash support/system_packages.sh bubblewrap chromium git patch
	$(BIN)/pytest -n 2 --dist loadgroup $(TESTS)

bench: $(READY) ## Time, memory and accuracy beside other scanners; writes bench/RESULTS.md
	@bash support/system_packages.sh bubblewrap
	$(BIN)/python bench/run.py

COMPILED := dist/.compiled

$(COMPILED): $(READY) pyproject.toml support/compiled_wheel.py $(shell find src -type f -not -name '*.pyc')
	@$(BIN)/python support/compiled_wheel.py
	@began=$$SECONDS; HATCH_BUILD_HOOK_ENABLE_CUSTOM=1 \
	  $(BIN)/uv build --wheel --quiet --python $(BIN)/python --out-dir dist && \
	  echo "compiled in $$((SECONDS - began)) s: $$(ls -t dist/countermine-*-cp*.whl | head -n 1)"
	@touch $@

compiled: $(COMPILED) ## Build a wheel with the engine compiled into dist/ (minutes; takes a C compiler)

test-compiled: $(COMPILED) ## Test that wheel, and compare what it finds, in .venv-compiled
	$(BIN)/python support/try_compiled.py

test-model: $(READY) ## Run against a real, very small model on this machine, in .venv-model (minutes)
	@bash support/system_packages.sh bubblewrap
	$(BIN)/python support/try_model.py

clean: ## Remove what the targets made
	rm -rf .venv .venv-compiled .venv-model .demo .bench dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
