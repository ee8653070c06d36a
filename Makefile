# customer_360: `make run` and `make test` do everything, in an environment of their own (.venv).
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
RUN    := $(VENV)/.installed
DEV    := $(VENV)/.installed-dev
JVM    := $(VENV)/.installed-spark
AZURITE := $(VENV)/azurite/node_modules/.bin/azurite-blob
export DO_NOT_TRACK := 1
# Python keeps what it has compiled: without it, every process of the tests compiles all of them anew.
unexport PYTHONDONTWRITEBYTECODE
# Two at a time; in the order of their folders, so that runs of the whole flow do not come last, when one has to wait.
PARALLEL := -n 3 --dist loadfile --no-loadscope-reorder

.PHONY: help run test coverage install dev spark onelake lint viz long-test safety-test spark-test browser-test azurite azurite-test fabric-test benchmark compare-states \
        identity-benchmark-env identity-benchmark identity-incremental-benchmark package deploy lock audit clean
.DEFAULT_GOAL := help

help:            ## what there is
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 22

run: $(RUN)      ## the whole flow on sample data: four sources to customer_360
	@$(BIN)/kedro run

test: $(DEV)     ## the default tests (no Java, no browser), three at a time
	@$(BIN)/python -m pytest $(PARALLEL)

# The environment has what `make run` needs; each target adds what it needs besides (tools/environment.py).
# Pins and digests are in constraints.lock, and for a run alone in requirements.lock (tools/lock.py).
LOCKS := pyproject.toml constraints.lock requirements.lock extras.lock

install: $(RUN)  ## only the environment of a run
dev: $(DEV)      ## add what tests, lint and benchmarks need
spark: $(JVM)    ## add JVM Spark, for --params engine=spark (pyspark takes the place of pyspark-client)
onelake: $(VENV)/.installed-onelake ## add what writing to OneLake needs (kedro run --env onelake)

$(RUN): $(LOCKS)
	@test -d $(VENV) || { $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; choose one with: make PYTHON=python3.12 run"; exit 1; }; }
	@test -d $(VENV) || { echo "Making the environment $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@$(BIN)/python tools/environment.py local

$(VENV)/.installed-%: $(LOCKS) | $(RUN)
	@$(BIN)/python tools/environment.py $*

coverage: $(DEV) ## how much of each package the default tests run (90 % of each of the domain at least)
	@$(BIN)/python -m pytest $(PARALLEL) --cov --cov-report=
	@$(BIN)/python tools/coverage_by_package.py

lint: $(DEV)     ## style, types, forbidden imports
	$(BIN)/ruff check . && $(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

viz: $(VENV)/.installed-viz    ## pipelines, tables and charts in the browser
	@$(BIN)/kedro viz run

long-test: $(DEV)    ## runs of the whole flow, killed and begun again
	@$(BIN)/python -m pytest $(PARALLEL) -m "long and not jvm"

safety-test: $(DEV) $(AZURITE) ## kills and pairs of runs, on disk and in an emulated OneLake: make safety-test KILLS=100 PAIRS=20
	@$(BIN)/python -m pytest -s -m "long or azurite" tests/end_to_end/test_safety.py

spark-test: $(DEV) $(JVM)   ## the same tables from JVM Spark (needs Java 17 or 21, and Maven Central once)
	@$(BIN)/python -m pytest -m jvm

browser-test: $(DEV) ## kedro-viz in headless Chromium
	@$(BIN)/python -m pytest -m browser

azurite: $(AZURITE)    ## Azurite, the stand-in for OneLake (needs Node.js)

$(AZURITE): | $(RUN)
	@npm install --silent --no-audit --no-fund --prefix $(VENV)/azurite azurite@3.35.0

azurite-test: $(DEV) $(AZURITE) ## the whole flow into an emulated OneLake
	@$(BIN)/python -m pytest -m azurite

fabric-test: $(DEV)  ## wheel and notebook on the package sets of Fabric's runtimes (Java, Python 3.11 and 3.13)
	@$(BIN)/python -m pytest -m fabric

BENCHMARK_ARGS ?=

benchmark: $(DEV) $(JVM) ## how a run grows, from 500 to 1,000,000 customers, beside DuckDB by hand: hours (see benchmarks/README.md)
	@$(BIN)/python -m benchmarks.growth $(BENCHMARK_ARGS)

COMPARE_ARGS ?=

compare-states: $(DEV) ## the tables of a commit beside those of the working tree: make compare-states BEFORE=main
	@test -n "$(BEFORE)" || { echo "Say which commit to compare with: make compare-states BEFORE=main"; exit 2; }
	@$(BIN)/python -m tools.compare_states --before $(BEFORE) $(COMPARE_ARGS)

IDENTITY_ENV  := .venv-identity-benchmark
IDENTITY_DATA ?= data/identity_benchmark
IDENTITY_ARGS ?=

identity-benchmark-env: $(IDENTITY_ENV)/.installed ## the environment of the identity benchmark (Splink and labelled data)

$(IDENTITY_ENV)/.installed: benchmarks/identity/requirements.txt
	@test -d $(IDENTITY_ENV) || $(PYTHON) -m venv $(IDENTITY_ENV)
	@$(IDENTITY_ENV)/bin/python -m pip install --quiet --disable-pip-version-check -r benchmarks/identity/requirements.txt
	@touch $@

identity-benchmark: $(DEV) $(IDENTITY_ENV)/.installed ## identity resolution and Splink on labelled files (see benchmarks/identity/README.md)
	@PYTHONPATH=src $(IDENTITY_ENV)/bin/python -m benchmarks.identity.run $(IDENTITY_DATA) $(IDENTITY_ARGS)

identity-incremental-benchmark: $(DEV) $(IDENTITY_ENV)/.installed ## what resolving a change costs beside everything
	@PYTHONPATH=src $(IDENTITY_ENV)/bin/python -m benchmarks.identity.datasets $(IDENTITY_DATA) persons_households_1m
	@PYTHONPATH=src $(BIN)/python -m benchmarks.identity.incremental $(IDENTITY_DATA) $(IDENTITY_ARGS)

package: $(RUN)      ## the wheel and the configuration archive, in dist/ (VERBOSE=1 shows how)
	@rm -f dist/*.whl
	@mkdir -p dist
	@$(BIN)/kedro package $(if $(VERBOSE),,> dist/build.log 2>&1 || { cat dist/build.log; exit 1; })

ENV ?= dev

deploy: $(VENV)/.installed-deploy package        ## publish fabric/ to a workspace: make deploy ENV=dev, or DRY_RUN=1 to look first (VERBOSE=1: all of it)
	@$(BIN)/python tools/deploy_fabric.py --env $(ENV) $(if $(DRY_RUN),--dry-run) $(if $(VERBOSE),--verbose)

lock: $(DEV)     ## pin what pyproject.toml asks for: make lock, or UPGRADE=1 for the newest versions of everything
	@$(BIN)/python tools/lock.py $(if $(UPGRADE),--upgrade)

audit: $(VENV)/.installed-audit ## known vulnerabilities of what is pinned, as the advisories say today (needs the network)
	@$(BIN)/python tools/audit.py

clean:           ## remove data and caches, keep the environment
	rm -rf data/lakehouse data/lakehouse-* data/sample_sources dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
