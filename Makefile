# `make run`, `make test` and `make bench`.  Each does its own set-up, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SETUP := $(VENV)/.installed
LIBRARY := $(VENV)/.library

.PHONY: run test lint ruff-check ruff-format types lean-style js-style quick bench docs docs-links setup golden clean
.DELETE_ON_ERROR:

# From handwriting to a file that Lean's kernel has accepted.
run: $(LIBRARY)
	$(BIN)/python -m bridge run

# Lint, types, and all tests, those in the embedded Lean included, two at a time: a Lean takes 2.5 GB.  They end with the
# coverage of python/bridge by branch, which has a floor.
test: lint $(LIBRARY)
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder --durations=10 --cov --cov-fail-under=99

# Everything that the hooks of .pre-commit-config.yaml run before a commit, each of them one of these targets.
lint: ruff-check ruff-format types lean-style js-style

ruff-check: $(SETUP)
	$(BIN)/ruff check .

ruff-format: $(SETUP)
	$(BIN)/ruff format --check .

types: $(SETUP)
	$(BIN)/mypy

lean-style: $(SETUP)
	$(BIN)/python tests/lean_style.py

js-style: $(SETUP)
	$(BIN)/oxlint python && $(BIN)/oxfmt --check 'python/**/*.js'

# The tests that need no Lean: seconds rather than minutes.
quick: $(SETUP)
	$(BIN)/pytest -n 2 --dist loadfile -m "not lean"

# What certificates cost, measured side by side; about 40 minutes on a machine that does nothing else meanwhile.
bench: $(LIBRARY)
	$(BIN)/python -m bench

# The documentation as a site, with every warning an error: docs/_build/html/index.html.
docs: $(SETUP)
	$(BIN)/sphinx-build --fail-on-warning --keep-going --nitpicky -b html docs docs/_build/html

# Whether the links to other sites lead somewhere; this needs a network, and no test does.
docs-links: $(SETUP)
	$(BIN)/sphinx-build --fail-on-warning --keep-going -b linkcheck docs docs/_build/links

setup: $(SETUP)

# The embedded Lean is fetched into the user's cache.  Versions are pinned by constraints.txt; set-up is done again when
# that or pyproject.toml changes.
$(SETUP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit(f"Python {sys.version.split()[0]} was found; 3.11 or newer is required; name one: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m bridge fetch-lean
	touch $@

# What the embedded Lean makes of the library is kept in the user's cache; a check of any export makes it, on all cores.
$(LIBRARY): $(SETUP) lean/Bridge.lean $(wildcard lean/Bridge/*.lean lean/Bridge/*/*.lean)
	$(BIN)/python -m bridge check --engine embedded lean/Generated.lean
	touch $@

# lean/Generated.lean and its parts as they are in the repository, after a run has replaced them.
golden: $(SETUP)
	$(BIN)/python -m bridge export --artifact tests/golden/probe.safetensors --out lean/Generated.lean

clean:
	rm -rf $(VENV) runs docs/_build .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis
