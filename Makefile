# customer_360: `make run` and `make test` do everything, in an environment of their own (.venv).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
AZURITE := $(VENV)/azurite/node_modules/.bin/azurite-blob
export DO_NOT_TRACK := 1

.PHONY: help run test install lint viz long-test safety-test spark-test browser-test azurite azurite-test fabric-test benchmark \
        identity-benchmark-env identity-benchmark identity-incremental-benchmark package deploy lock clean
.DEFAULT_GOAL := help

help:            ## what there is
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: $(STAMP)    ## the whole flow on sample data: four sources to customer_360
	@$(BIN)/kedro run

test: $(STAMP)   ## the default tests (no Java, no browser), two at a time
	@$(BIN)/python -m pytest -n 2 --dist loadfile

install: $(STAMP) ## only the environment

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; choose one with: make PYTHON=python3.12 run"; exit 1; }
	@test -d $(VENV) || { echo "Making the environment $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "Installing the pinned packages (once, about a minute) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@touch $@

lint: $(STAMP)   ## style, types, forbidden imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

viz: $(STAMP)    ## pipelines, tables and charts in the browser
	@$(BIN)/kedro viz run

long-test: $(STAMP)    ## whole runs, killed and begun again
	@$(BIN)/python -m pytest -n 2 --dist loadfile -m "long and not jvm"

safety-test: $(STAMP) $(AZURITE) ## kills and pairs of runs, on disk and in an emulated OneLake: make safety-test KILLS=100 PAIRS=20
	@$(BIN)/python -m pytest -s -m "long or azurite" tests/end_to_end/test_safety.py

spark-test: $(STAMP)   ## the same tables from JVM Spark (needs a Java 17 or 21, and Maven Central once)
	@$(BIN)/python -m pytest -m jvm

browser-test: $(STAMP) ## kedro-viz in headless Chromium
	@$(BIN)/python -m pytest -m browser

azurite: $(AZURITE)    ## Azurite, the stand-in for OneLake (needs Node.js)

$(AZURITE): | $(STAMP)
	@npm install --silent --no-audit --no-fund --prefix $(VENV)/azurite azurite@3.35.0

azurite-test: $(AZURITE) ## the whole flow into an emulated OneLake
	@$(BIN)/python -m pytest -m azurite

fabric-test: $(STAMP)  ## wheel and notebook on the package sets of Fabric's runtimes (Java, Python 3.11 and 3.13)
	@$(BIN)/python -m pytest -m fabric

benchmark: $(STAMP)    ## time and memory from 1,000 to 100,000 customers (see benchmarks/README.md)
	@$(BIN)/python benchmarks/growth.py

IDENTITY_ENV  := .venv-identity-benchmark
IDENTITY_DATA ?= data/identity_benchmark
IDENTITY_ARGS ?=

identity-benchmark-env: $(IDENTITY_ENV)/.installed ## the environment of the identity benchmark (Splink and labelled data)

$(IDENTITY_ENV)/.installed: benchmarks/identity/requirements.txt
	@test -d $(IDENTITY_ENV) || $(PYTHON) -m venv $(IDENTITY_ENV)
	@$(IDENTITY_ENV)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/identity/requirements.txt
	@touch $@

identity-benchmark: $(STAMP) $(IDENTITY_ENV)/.installed ## identity resolution and Splink on labelled files (see benchmarks/identity/README.md)
	@PYTHONPATH=src $(IDENTITY_ENV)/bin/python -m benchmarks.identity.run $(IDENTITY_DATA) $(IDENTITY_ARGS)

identity-incremental-benchmark: $(STAMP) $(IDENTITY_ENV)/.installed ## what resolving a change costs beside everything
	@PYTHONPATH=src $(IDENTITY_ENV)/bin/python -m benchmarks.identity.datasets $(IDENTITY_DATA) persons_households_1m
	@PYTHONPATH=src $(BIN)/python -m benchmarks.identity.incremental $(IDENTITY_DATA) $(IDENTITY_ARGS)

package: $(STAMP)      ## the wheel and the configuration archive, in dist/
	@rm -f dist/*.whl
	@$(BIN)/kedro package

ENV ?= dev

deploy: package        ## publish fabric/ to a workspace: make deploy ENV=dev, or DRY_RUN=1 to look first
	@$(BIN)/python tools/deploy_fabric.py --env $(ENV) $(if $(DRY_RUN),--dry-run)

lock: $(STAMP)   ## pin the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile --quiet --universal --all-extras --python-version 3.11 --no-header pyproject.toml -o requirements.lock

clean:           ## remove data and caches, keep the environment
	rm -rf data/lakehouse data/lakehouse-* data/sample_sources dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
