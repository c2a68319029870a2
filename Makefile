.DEFAULT_GOAL := help
SHELL := /bin/bash

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := $(wildcard libs/*) infra/local $(wildcard services/*)
KPI_HOME ?= $(CURDIR)/.kpi
KPI_PORT ?= 8080
export KPI_HOME KPI_PORT

.PHONY: help run stop test lint bench bench-results nl-accuracy nl-ablation docs lock clean install install-dev install-bench

help:  ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

install: $(VENV)/.installed
install-dev: $(VENV)/.installed-dev
install-bench: $(VENV)/.installed-bench

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.lock $(addsuffix /pyproject.toml,$(PACKAGES)) | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(PACKAGES))
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.installed-bench: requirements-bench.lock $(VENV)/.installed-dev
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.lock
	@touch $@

lock:  ## Write the lock files anew from requirements*.in (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements-dev.in -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q requirements-bench.in -o requirements-bench.lock

run: install  ## Start everything and walk through it (SOURCE=… for own data, KPI_RUN_ONCE=1)
	$(BIN)/python -m kpi_local run $(if $(SOURCE),--source "$(SOURCE)")

stop: install  ## Stop the stack that runs on KPI_HOME
	$(BIN)/python -m kpi_local stop

test: install-dev  ## Every test; servers are started as needed (PYTEST=… for some)
	$(BIN)/pytest $(PYTEST)

bench: install-bench  ## Measure against peers and write docs/benchmarks.md (ROWS=… for some, printed only)
	$(BIN)/python -m bench $(ROWS)

bench-results: install-bench  ## Measure drill-down, export and comparison up to 10 million rows (QUICK=1: to a million)
	$(BIN)/python -m bench.results $(if $(QUICK),--quick)

nl-accuracy: install-dev  ## Score the language engine (NL_DATA=folder with questions.jsonl and db/)
	@mkdir -p $(KPI_HOME)
	$(BIN)/python -m kpi_nlsql predict --questions $(NL_DATA)/questions.jsonl --databases $(NL_DATA)/db --out $(KPI_HOME)/nl-predictions.jsonl
	$(BIN)/python $(NL_DATA)/../eval.py --set $(NL_DATA)/questions.jsonl --pred $(KPI_HOME)/nl-predictions.jsonl --by tags

nl-ablation: install-dev  ## What each condition of the grammar is worth (NL_DATA=…, MOST=questions tried for each)
	rm -rf $(KPI_HOME)/nl-switched
	$(BIN)/python libs/nlsql/tools/switched.py --package libs/nlsql/src/kpi_nlsql --out $(KPI_HOME)/nl-switched
	PYTHONPATH=$(KPI_HOME)/nl-switched $(BIN)/python libs/nlsql/tools/ablate.py --switches $(KPI_HOME)/nl-switched/switches.json \
		--questions $(NL_DATA)/questions.jsonl --databases $(NL_DATA)/db --most $(or $(MOST),60) --out $(KPI_HOME)/nl-ablation.jsonl

docs: install-dev  ## Write the generated documents anew
	$(BIN)/python -m kpi_contracts.documents docs/events
	$(BIN)/python -m tests.contracts.golden_samples
	$(BIN)/python -m tests.contracts.openapi_documents docs/api
	$(BIN)/python -m tests.contracts.endpoints docs/api/README.md

clean:  ## Remove what was installed and built (data in KPI_HOME stays)
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis

lint: install-dev  ## Lint, types and import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy libs services infra tests bench
	$(BIN)/lint-imports
