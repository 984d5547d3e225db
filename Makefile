# Everyday names for the build program (xtask/). `make help` lists them.

XTASK := cargo xtask
SERVER := ./target/release/locutory

.DEFAULT_GOAL := help
.PHONY: help run build dev demo test test-rust test-browser lint bench endure fuzz scan audit sbom reproducible need-rust need-node

help: ## List what can be made
	@echo "Locutory. What can be made:"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build the release and serve it; data lies in ./data
	@echo "Starting Locutory."
	@$(SERVER) serve --migrate

build: need-rust need-node ## Build the release: target/release/locutory
	@echo "Building Locutory. The first time takes some minutes, later only what has changed."
	@$(XTASK) build

dev: need-rust ## Serve a development build that follows every change
	@if cargo leptos --version >/dev/null 2>&1; then \
		echo "Watching with cargo-leptos."; \
		rm -rf target/site && $(XTASK) style && cargo leptos watch -- serve; \
	else \
		echo "cargo-leptos is not installed (cargo install cargo-leptos gets it, in some minutes)."; \
		echo "Watching without it: every change builds and starts again."; \
		$(XTASK) dev; \
	fi

demo: build ## Serve a made-up community with some hundreds of comments
	@echo "Starting Locutory with a sample community."
	@$(SERVER) demo

test: need-rust need-node ## Run every check there is, on SQLite and PostgreSQL
	@echo "Running every check: format, clippy, Rust tests, browser tests."
	@$(XTASK) test

test-rust: need-rust ## Run the Rust tests only
	@echo "Running the Rust tests on SQLite and PostgreSQL."
	@$(XTASK) test-rust

test-browser: need-rust need-node ## Run the browser tests only
	@echo "Running the browser tests on SQLite and PostgreSQL."
	@$(XTASK) test-browser

lint: need-rust ## Check the format, run clippy, look for the tests that documents name
	@echo "Checking the format, clippy for server and browser, and the evidence."
	@$(XTASK) lint

bench: build ## Measure the release on this machine
	@echo "Measuring the release."
	@$(XTASK) bench

endure: build ## Have the release endure half-open connections, writers and crashes
	@echo "Wearing the release down. It takes some minutes."
	@$(XTASK) endure

fuzz: need-rust ## Try made-up input for a minute at each place (cargo xtask fuzz forms --seconds 600)
	@$(XTASK) fuzz

audit: need-rust ## Ask what is known against our dependencies
	@$(XTASK) audit

sbom: need-rust ## List what the release is made of: target/sbom.cdx.json
	@$(XTASK) sbom

reproducible: need-rust need-node ## Build the release twice and compare; takes as long
	@$(XTASK) reproducible

scan: build ## Have outside judges look for holes in the release (docs/scanning.md)
	@echo "Asking outside judges about the release."
	@$(XTASK) scan $(SCAN)

need-rust:
	@command -v cargo >/dev/null || { echo "Missing: cargo. Install Rust by rustup, see https://rustup.rs"; exit 1; }
	@command -v cc >/dev/null || { echo "Missing: a C compiler (cc). Debian: apt-get install gcc libc6-dev. macOS: xcode-select --install"; exit 1; }

need-node:
	@command -v node >/dev/null || { echo "Missing: node. Install Node.js 20 or newer. Debian: apt-get install nodejs npm"; exit 1; }
	@command -v npm >/dev/null || { echo "Missing: npm, which comes with Node.js. Debian: apt-get install npm"; exit 1; }
