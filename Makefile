# The two that matter: `make demo` shows dagx at work on real data, `make test` runs everything that CI checks.

# The best Python that is here, looked for once and only when an environment has to be made.
ifeq ($(origin PYTHON), undefined)
PYTHON = $(eval PYTHON := $(firstword $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p; done; true)))$(PYTHON)
endif
ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
EXAMPLE := examples/nycflights
EXAMPLE_VENV := $(EXAMPLE)/.venv
BINARY_VENV := build/venv-binary
# Tests wait for processes a fifth of their time: one more than there are cores keeps those busy.
BESIDE_EACH_OTHER = --numprocesses $$(($$($(BIN)/python -c 'import os; print(os.cpu_count() or 1)') + 1)) --dist worksteal
PIP_INSTALL := -m pip install -qq --disable-pip-version-check --constraint constraints.txt

# An activated environment of the caller's would win over the example's own.
unexport VIRTUAL_ENV
# Tests start dagx some thousand times: without bytecode each start would compile all of it.
unexport PYTHONDONTWRITEBYTECODE
# pyright's wrapper otherwise asks its registry, at each start, whether it is the newest.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help demo test names lint types layers docs unit pythons binary bench bench-smoke constraints clean

help:  ## what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed $(EXAMPLE_VENV)/.installed  ## set up, then open `dagx dev` on real flights (ARGS=--plain: no terminal needed)
	@$(BIN)/dagx dev --run -C $(EXAMPLE) $(ARGS)

test: lint types layers docs pythons unit  ## set up, then everything that CI checks

names: $(VENV)/.installed-dev  ## write the public names of `import dagx` from what its modules offer
	@$(BIN)/python packaging/public_names.py

lint: $(VENV)/.installed-dev  ## ruff: the rules and the format
	@echo '== lint: public names, ruff check, ruff format'
	@$(BIN)/python packaging/public_names.py --check
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check . || { echo 'these files want `$(BIN)/ruff format .`:'; \
		$(BIN)/ruff format --check . ; exit 1; }

types: $(VENV)/.installed-dev  ## mypy on everything, pyright on the SDK
	@echo '== types: mypy'
	@$(BIN)/mypy --no-error-summary
	@echo '== types: pyright'
	@$(BIN)/pyright

layers: $(VENV)/.installed-dev  ## import-linter: who may import whom
	@echo '== layers: import-linter'
	@mkdir -p build
	@$(BIN)/lint-imports --no-logo > build/layers.txt 2>&1 || { cat build/layers.txt; exit 1; }

docs: $(VENV)/.installed-dev  ## the documentation, into build/site
	@echo '== docs: mkdocs'
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

unit: $(VENV)/.installed-dev $(EXAMPLE_VENV)/.installed  ## pytest, a process more than there are cores (ARGS='-k word' picks)
	@echo '== tests: pytest'
	@$(BIN)/pytest $(BESIDE_EACH_OTHER) $(ARGS)

pythons: $(VENV)/.installed-dev  ## the SDK and the worker on every Python from 3.10 to 3.14 that is here
	@$(BIN)/python tests/pythons/matrix.py

binary: $(BINARY_VENV)/.installed $(VENV)/.installed-dev $(EXAMPLE_VENV)/.installed  ## dist/dagx, one file, tried out where there is no Python
	@$(BINARY_VENV)/bin/python packaging/build.py
	@echo '== binary: try it out'
	@DAGX_BIN=$(CURDIR)/dist/dagx $(BIN)/pytest tests/packaging/test_binary.py
	@DAGX_BIN=$(CURDIR)/dist/dagx $(BIN)/pytest $(BESIDE_EACH_OTHER) tests/program

bench: $(VENV)/.installed-dev  ## docs/benchmarks.md anew, beside other tools, in about 25 minutes (ARGS='--rows status' prints one row)
	@PYTHONPATH=tests/benchmarks $(BIN)/python -m bench $(ARGS)

bench-smoke: $(VENV)/.installed-dev  ## every benchmark of dagx on a tiny project: does it run, and run what it must?
	@echo '== benchmarks: tiny'
	@mkdir -p build
	@PYTHONPATH=tests/benchmarks $(BIN)/python -m bench --smoke > build/bench-smoke.txt 2>&1 || { cat build/bench-smoke.txt; exit 1; }

constraints:  ## renew constraints.txt from what the registry has now
	@rm -rf build/venv-constraints; $(call new_venv,build/venv-constraints)
	@echo '== constraints: resolving anew'
	@build/venv-constraints/bin/python -m pip install -qq --upgrade pip setuptools
	@build/venv-constraints/bin/python -m pip install -qq --editable . --group dev --group binary hatchling editables
	@{ sed -n '/^#/p' constraints.txt; \
		build/venv-constraints/bin/python -m pip freeze --all --exclude-editable; } > build/constraints.txt
	@mv build/constraints.txt constraints.txt; rm -rf build/venv-constraints
	@git --no-pager diff --stat -- constraints.txt

clean:  ## forget what was built and installed (projects keep their .dagx)
	@rm -rf $(VENV) $(EXAMPLE_VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +

# An environment in the folder $(1), and a plain word when that cannot be had.
define new_venv
	if [ -z "$(PYTHON)" ] || ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
		echo 'dagx needs Python 3.11 or newer$(if $(PYTHON), and $(PYTHON) is not). Name one: make PYTHON=/path/to/python3'; exit 1; fi; \
	mkdir -p build; \
	$(PYTHON) -m venv $(1) > build/venv.txt 2>&1 || { cat build/venv.txt; rm -rf $(1); \
		echo '$(PYTHON) could not make an environment (on Debian and Ubuntu: apt install python3-venv)'; exit 1; }
endef

# Each stamp says: this environment holds what the files on the right ask for.
$(VENV)/.made:
	@echo '== set-up: $(VENV)'
	@$(call new_venv,$(VENV))
	@$(BIN)/python $(PIP_INSTALL) --upgrade pip
	@touch $@

$(VENV)/.installed: $(VENV)/.made pyproject.toml constraints.txt
	@echo '== set-up: dagx'
	@$(BIN)/python $(PIP_INSTALL) --build-constraint constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/.installed
	@echo '== set-up: what the checks need'
	@$(BIN)/python $(PIP_INSTALL) --group dev
	@touch $@

$(EXAMPLE_VENV)/.installed: $(EXAMPLE)/requirements.txt
	@echo '== set-up: $(EXAMPLE_VENV), with the data'
	@$(call new_venv,$(EXAMPLE_VENV))
	@$(EXAMPLE_VENV)/bin/python -m pip install -qq --disable-pip-version-check --requirement $<
	@touch $@

$(BINARY_VENV)/.installed: pyproject.toml constraints.txt
	@echo '== set-up: $(BINARY_VENV)'
	@$(call new_venv,$(BINARY_VENV))
	@$(BINARY_VENV)/bin/python $(PIP_INSTALL) --upgrade pip
	@$(BINARY_VENV)/bin/python $(PIP_INSTALL) --build-constraint constraints.txt --editable . --group binary
	@touch $@
