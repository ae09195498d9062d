# One command each; `make` alone lists them.
SHELL := /bin/bash
.ONESHELL:
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-print-directory

VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
SAY := @printf '\033[1m%s\033[0m\n'
CODE := gateway tests tools docker

.PHONY: help run login test check format lint types contracts docs examples coverage bench conformance fuzz disclosure canary lock clean

help:
	@echo "make run          starts the gateway, plays the story over real sockets, keeps serving (ONESHOT=1: and ends)"
	echo "make login        how to log in at the story that keeps serving, with the codes of this half minute"
	echo "make test         all tests (creates .venv where there is none)"
	echo "make check        format, lint, types, contracts, tests, coverage, examples, docs"
	echo "make bench        our figures beside our peers'"
	echo "make fuzz         bad input at every entrance (FUZZ_SECONDS, default 600 in all; FUZZ_SEED)"
	echo "make disclosure   that nothing withheld gets out, over many generated cases"
	echo "make canary       all tests, and none of them makes the gateway name a person where it must not"
	echo "make conformance  figures per corpus of others (GATEWAY_SHARED, default ../shared)"
	echo "make lock         a fresh requirements.lock"
	echo "make clean        takes away what was made"

$(READY): requirements.lock pyproject.toml
	@if [ ! -x $(PY) ]; then
	    for name in python3.11 python3.12 python3.13 python3.14 python3 python; do
	        if command -v $$name >/dev/null 2>&1 && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
	            found=$$name
	            break
	        fi
	    done
	    if [ -z "$${found:-}" ]; then
	        echo "Python 3.11 or newer is needed; none was found on the path." >&2
	        exit 1
	    fi
	    if ! $$found -m venv $(VENV); then
	        rm -rf $(VENV)
	        echo "$$found has no venv module; on Debian: apt-get install python3-venv" >&2
	        exit 1
	    fi
	fi
	echo "Installing the locked packages into $(VENV) (once)"
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(PY) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

run: $(READY)
	@GATEWAY_DEMO_PORTS=usual $(PY) docker/demo/story.py

login: $(READY)
	@$(PY) docker/demo/login.py

# Coverage is measured here and judged by `make check`, so that the tests need to run only once.
test: $(READY)
	@$(PY) -m pytest -q -n auto --maxprocesses 4 --dist loadgroup --cov=gateway --cov-branch --cov-report= --cov-fail-under=0

check: format lint types contracts test coverage examples docs
	$(SAY) "all checks passed"

format: $(READY)
	$(SAY) "format"
	$(PY) -m ruff format --check --quiet $(CODE)

lint: $(READY)
	$(SAY) "lint"
	$(PY) -m ruff check --quiet $(CODE)

types: $(READY)
	$(SAY) "types"
	$(PY) -m mypy

contracts: $(READY)
	$(SAY) "contracts"
	$(VENV)/bin/lint-imports --no-cache --no-logo

coverage: test
	$(SAY) "coverage"
	$(PY) -m coverage report
	$(PY) -m coverage report --include='gateway/domain/*,gateway/mapping/*,gateway/consent/*' --fail-under=100

examples: $(READY)
	$(SAY) "examples"
	$(VENV)/bin/gateway check

docs: $(READY)
	$(SAY) "docs"
	$(PY) tools/problem_reference.py --check
	$(PY) tools/format_reference.py --check
	$(PY) tools/settings_reference.py --check
	$(PY) tools/schemas.py --check
	$(PY) tools/policy_reference.py --check
	$(PY) tools/rung_reference.py --check

bench: $(READY)
	@$(PY) -m tests.bench

conformance: $(READY)
	@$(PY) -m tests.conformance

# Guided by coverage where atheris is installed (pip install atheris); else by our own mutations alone.
fuzz: $(READY)
	@$(PY) -m tests.fuzz

disclosure: $(READY)
	@GATEWAY_LONG=1 $(PY) -m pytest -q --timeout 7200 tests/disclosure

canary: $(READY)
	@GATEWAY_CANARY=1 $(PY) -m pytest -q -n auto --maxprocesses 4 --dist loadgroup

# Only what the extras name, with hashes, and no address of any index.
lock: $(READY)
	@tmp=$$(mktemp -d)
	trap 'rm -rf "$$tmp"' EXIT
	$(PY) -m venv "$$tmp/venv"
	"$$tmp/venv/bin/pip" install --quiet pip-tools
	"$$tmp/venv/bin/pip-compile" --quiet --generate-hashes --strip-extras --extra dev --extra bench --no-header --no-annotate \
	    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --output-file requirements.lock pyproject.toml

clean:
	@rm -rf $(VENV) build dist .coverage .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tests/oracle/target tests/conformance/clients/java/target
	find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +
