# Two commands matter: `make run` and `make test`. Each finds or installs what it needs, and says so first.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
, := ,

# What setup.sh fetched, which is only what this machine lacks.
export PATH := $(shell tools/debian.sh --folder)/bin:$(CURDIR)/tools/.cargo/bin:$(PATH):$(HOME)/.cargo/bin
export CARGO_TARGET_DIR ?= $(CURDIR)/target

.PHONY: help
help: ## This list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

.PHONY: run
run: ## Start with demo data on a database of its own; ARGS=--reset starts over
	@tools/setup.sh run
	tools/web.sh build
	cargo build --workspace --bin ala
	@exec "$$CARGO_TARGET_DIR/debug/ala" demo $(ARGS)

.PHONY: walk
walk: ## One dispute from its filing to the archive, step by step, in the demo that is running
	@exec "$$CARGO_TARGET_DIR/debug/ala" demo walk $(ARGS)

.PHONY: test
test: ## Everything that has to pass: formatting, lints, dependencies, generated files, all tests
	@tools/setup.sh test
	tools/web.sh build
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features fuzz/targets -- -D warnings
	cargo deny --log-level error check --hide-inclusion-graph bans licenses sources
	tools/pure-domain.sh
	cargo test --workspace --no-run
	tools/prepare.sh --check
	tools/asyncapi.sh
	tools/test.sh
	ALA_BIN="$$CARGO_TARGET_DIR/debug/ala" tools/web.sh test

.PHONY: web
web: ## The web client alone, into web/dist
	@tools/setup.sh web
	tools/web.sh build

.PHONY: shots
shots: ## Every screen as a picture, in web/shots: in both languages, for elders, in the dark
	@tools/setup.sh test
	tools/web.sh build
	cargo build --workspace --bin ala
	cd web && CHROMIUM=$$(command -v chromium) ALA_BIN="$$CARGO_TARGET_DIR/debug/ala" npm run --silent shots

.PHONY: mutations
mutations: ## Break what the tests guard, one thing after the other, and see each test fail; takes long
	@tools/setup.sh test
	tools/mutations.sh $(ARGS)

.PHONY: chaos
chaos: ## Strike at servers, databases and networks and judge what is left; ARGS says what and how often; prints the figures
	@tools/setup.sh test
	cargo build --workspace --bin ala --bin load-tests
	"$$CARGO_TARGET_DIR/debug/load-tests" chaos $(or $(ARGS),--servers 2 --nemeses kill$(,)power --rounds 300 --acks 1100)

.PHONY: secrecy
secrecy: ## Compare what one side observes in ARGS random histories, 10000 unless told; prints the figures
	@tools/setup.sh test
	SECRECY_HISTORIES=$(or $(ARGS),10000) cargo test --package server --test secrecy -- --nocapture --exact nothing_of_a_caucus_changes_what_the_other_side_observes

.PHONY: fuzz
fuzz: ## Fuzz what reads bytes from outside, ARGS='seconds target…', else each target for 600; prints the figures
	@tools/setup.sh fuzz
	tools/fuzz.sh $(ARGS)

.PHONY: check
check: ## The quick part: formatting and lints
	@tools/setup.sh build
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --features fuzz/targets -- -D warnings

.PHONY: prepare
prepare: ## Write anew what is generated and committed: .sqlx and documents
	@tools/setup.sh run
	tools/prepare.sh

.PHONY: advisories
advisories: ## Ask the database of known vulnerabilities about the dependencies; needs the network
	@tools/setup.sh test
	cargo deny check advisories
