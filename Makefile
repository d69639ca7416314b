# Nanxi: every target sets up what it needs. `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z-]+):.*## /\1\t/' | column -t -s$$'\t'

.PHONY: setup
setup: $(VENV)/.ready ## The virtual environment .venv (no root)

$(VENV)/.ready: requirements.txt requirements-dev.txt lab/setup-venv
	@lab/setup-venv "$(PYTHON)" "$(VENV)"
	@touch $@

.PHONY: packages
packages: ## Debian packages that lab and tests need (root)
	@lab/install-packages

.PHONY: image
image: setup packages ## The image of the lab's Linux hosts, made once from this machine's mirror (root)
	@$(SUDO) $(BIN)/python -m lab.hosts.image

.PHONY: bundle
bundle: setup packages ## What air-gapped hosts install, collected into build/bundle (needs the package registries)
	@scripts/bundle make build/bundle

.PHONY: demo
demo: setup packages bundle ## Bring the lab up, converge it twice, alter a camera, repair it (root)
	@$(SUDO) $(BIN)/python -m lab.demo

.PHONY: lab-up
lab-up: setup packages ## The lab: simulated devices in their own network namespace (root)
	@$(SUDO) $(BIN)/python -m lab up

.PHONY: lab-down
lab-down: setup ## End the lab and leave nothing behind (root)
	@$(SUDO) $(BIN)/python -m lab down

.PHONY: test
test: setup packages ## Every check and test, these in a network namespace without a way out
	@$(MAKE) -j2 --output-sync=line lint furnished
	@$(BIN)/python -m lab sandbox -- $(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: furnished
furnished: setup packages
	@$(SUDO) $(BIN)/python -m lab.hosts.image || echo "tests that boot Linux hosts are skipped"
	@scripts/bundle make build/bundle || echo "tests that install from a bundle are skipped"

.PHONY: bench
bench: setup packages ## The figures of docs/benchmarks.md, measured here beside their references (root)
	@$(BIN)/python -m lab sandbox -- $(BIN)/python -m lab.bench $(BENCH_ARGS)

.PHONY: preview
preview: setup packages preview-app ## Pictures of the dashboards in build/preview, drawn with Grafana's own packages (npm)
	@$(BIN)/python -m lab.dashboards $(PREVIEW_ARGS)

.PHONY: preview-app
preview-app: node_modules
	@cd dashboards/preview && node build.mjs ../../build/preview-app

.PHONY: schemas
schemas: node_modules ## Regenerate dashboards/schemas from Grafana's own types (npm)
	@cd dashboards/preview && node schemas/generate.mjs ../schemas

.PHONY: node_modules
node_modules:
	@{ command -v node && command -v npm && command -v chromium && fc-list :lang=zh | grep .; } >/dev/null 2>&1 || \
	  lab/install-packages dashboards/preview/apt-packages.txt
	@cd dashboards/preview && { cmp -s package-lock.json node_modules/.locked || { npm ci $(NPM_FLAGS) && \
	  cp package-lock.json node_modules/.locked; }; }

# @grafana/ui names peers that exclude each other; no package's own scripts run.
NPM_FLAGS := --legacy-peer-deps --ignore-scripts --no-audit --no-fund --loglevel=error

.PHONY: lint
lint: lint-fast ## ruff, mypy, yamllint, codespell, ansible-lint
	@PATH="$(abspath $(BIN)):$$PATH" ansible-lint --offline

.PHONY: lint-fast
lint-fast: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/yamllint --strict .
	@$(BIN)/codespell

.PHONY: lock
lock: ## Lock requirements*.in for Python 3.11 to 3.13, with hashes
	@$(PYTHON) -m venv build/lock && build/lock/bin/pip install -q uv
	@for name in requirements requirements-dev; do build/lock/bin/uv pip compile --universal \
	  --python-version 3.11 --generate-hashes --fork-strategy requires-python --upgrade -q \
	  --custom-compile-command 'make lock' $$name.in -o $$name.txt; done

.PHONY: generated
generated: setup ## Regenerate the committed files that are derived from code (schemas, tables)
	@$(BIN)/python -m nanxi.county.schema docs/schema
	@$(BIN)/python -m nanxi.county.zonetable inventory/yongjia docs
	@$(BIN)/python -m nanxi.register.columns docs/register.md
	@$(BIN)/python -m lab.twin.catalogue docs/twin.md
	@$(BIN)/python -m dashboards.boards
	@$(BIN)/python -m exporters.signals.document docs/metrics.md
