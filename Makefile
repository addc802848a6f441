# The commands of everyday work. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

export CARGO_TARGET_DIR ?= $(CURDIR)/target
SOPHON := $(CARGO_TARGET_DIR)/debug/sophon
NPM := npm --no-fund --no-audit --loglevel=error
# All binaries and examples, with the features that the tests have too: another choice of packages would compile most of
# the workspace once more.
BUILD := cargo build --quiet --workspace --bins --examples

DASHBOARD_SOURCES := $(shell find dashboard -path dashboard/node_modules -prune -o -path dashboard/dist -prune \
	-o -path dashboard/e2e -prune -o -type f -print 2>/dev/null)

.PHONY: help
help: ## List these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.PHONY: run
run: dashboard ## Build what is needed and start a gateway for you alone on http://127.0.0.1:8080
	@echo 'Building Sophon. The first build takes a few minutes; later ones take seconds.'
	SOPHON__AUTH__AUTO_ADMIN=true cargo run --bin sophon -- serve --open

.PHONY: release
release: dashboard ## Build the binary, the dashboard inside: target/release/sophon
	cargo build --release -p sophon -p sophon-node --bins

.PHONY: install
install: dashboard ## Build sophon and sophon-node, and put them on the PATH (in ~/.cargo/bin)
	cargo install --locked --path crates/sophon
	cargo install --locked --path crates/sophon-node

.PHONY: dashboard
dashboard: dashboard/dist/index.html ## Build the dashboard

dashboard/node_modules/.package-lock.json: dashboard/package-lock.json
	cd dashboard && $(NPM) ci
	touch $@

dashboard/dist/index.html: dashboard/node_modules/.package-lock.json $(DASHBOARD_SOURCES)
	cd dashboard && $(NPM) run build
	touch $@

.PHONY: lint
lint: dashboard ## Formatting, clippy, the dashboard's linter, and what is generated
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --quiet -- -D warnings
	$(BUILD)
	diff <($(SOPHON) openapi) dashboard/openapi.json || { echo 'run: make generate'; exit 1; }
	cd dashboard && $(NPM) run lint

.PHONY: generate
generate: dashboard/node_modules/.package-lock.json ## Write what is generated: the OpenAPI document, the dashboard's types, the configuration's reference
	$(BUILD)
	$(SOPHON) openapi > dashboard/openapi.json
	$(CARGO_TARGET_DIR)/debug/examples/configuration docs
	cd dashboard && $(NPM) run generate

SUITES := test-install test-rust test-dashboard test-browser test-clients test-fuzz

.PHONY: test
test: ## Install what the tests need, and run all suites, the others also when one has failed
	@failed=(); \
	for suite in $(SUITES); do \
	  $(MAKE) --no-print-directory $$suite || failed+=($$suite); \
	done; \
	if (($${#failed[@]})); then printf 'failed: make %s\n' "$${failed[@]}" >&2; exit 1; fi; \
	echo 'All tests have passed.'

.PHONY: test-install
test-install: ## Install what the tests need (as root, where something is missing)
	scripts/install-test-tools

.PHONY: test-rust
test-rust: ## The Rust tests, on SQLite and on PostgreSQL
	$(BUILD)
	if cargo nextest --version >/dev/null 2>&1; then \
	  scripts/with-postgres cargo nextest run --workspace --no-fail-fast; \
	else \
	  scripts/with-postgres cargo test --workspace --no-fail-fast; \
	fi

.PHONY: test-dashboard
test-dashboard: dashboard/node_modules/.package-lock.json ## The dashboard's unit tests
	cd dashboard && $(NPM) test

.PHONY: test-browser
test-browser: dashboard ## The dashboard in a browser
	$(BUILD)
	cd dashboard && SOPHON_BIN=$(SOPHON) OIDC_SERVER_BIN=$(CARGO_TARGET_DIR)/debug/oidc-server $(NPM) run e2e

.PHONY: test-clients
test-clients: ## Stock clients in Node and Python against the built binary
	$(BUILD)
	SOPHON_BIN=$(SOPHON) MODEL_SERVER_BIN=$(CARGO_TARGET_DIR)/debug/model-server \
	  TESTHUB_BIN=$(CARGO_TARGET_DIR)/debug/examples/testhub clients/run

.PHONY: test-fuzz
test-fuzz: ## Fuzz the parsers for a minute each, where cargo-fuzz is installed
	scripts/fuzz-signalr 60
