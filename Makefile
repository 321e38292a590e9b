# Everything runs from .venv, made by the first target that needs it.

VENV := .venv
BIN := $(VENV)/bin
# The variables pin what pip installs while it builds, too: `-c` alone does not reach there.
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt \
       $(BIN)/python -m pip install --quiet --disable-pip-version-check
# MkDocs serves from the folder of temporary files, and empties it before each rebuild. Where that is a disk, a file
# system may be slow to give out again what was just deleted (ext4: half a millisecond a file).
IN_MEMORY := $(if $(wildcard /dev/shm/.),TMPDIR=/dev/shm)

# Two processes share the tests, in the order of tests/conftest.py; each file stays in one.
SPREAD := --numprocesses 2 --dist loadgroup --no-loadscope-reorder

.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help .venv .tools demo test site serve lint fuzz bench clean

help:  ## say what the targets do
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "make %-7s %s\n", $$1, $$2 }' Makefile

.venv: $(VENV)/.ready  ## install the project and its tools into .venv

demo: $(VENV)/.ready  ## check the policies, then show what they decide
	$(BIN)/policyengine check
	PATH="$(CURDIR)/$(BIN):$$PATH" bash examples/demo.sh

test: $(VENV)/.ready .tools  ## run the tests, the doctests and the authors' cases
	$(BIN)/python -m pytest $(SPREAD)

site: $(VENV)/.ready  ## build the docs site into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

serve: $(VENV)/.ready  ## serve the docs site, and rebuild it when a policy changes
	$(IN_MEMORY) NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

lint: $(VENV)/.ready  ## check style, layout and types
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

.tools: node_modules/.ready  ## install node, Chromium, Java and axe-core for the tests
	@scripts/debian-packages

fuzz: $(VENV)/.ready .tools  ## run the generated tests with many more examples
	$(BIN)/python -m pytest -m fuzz --hypothesis-profile=fuzz

bench: $(VENV)/.bench .tools  ## measure decisions and tables against others, proofs, and the building of the site
	$(BIN)/python bench/decide.py
	$(BIN)/python bench/batch.py
	$(BIN)/python bench/prove.py
	$(BIN)/python bench/site.py

clean:  ## remove .venv and everything else that was made
	rm -rf $(VENV) node_modules site build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	find . -name .git -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +

# Several names, because the newest Python need not be the one called python3. Each is run: a name on PATH may be
# a stub that starts nothing.
$(VENV)/.ready: pyproject.toml constraints.txt
	@set -e; python=; \
	for name in python3 python3.13 python3.12 python3.11; do \
	    if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then echo "policyengine needs Python 3.11 or newer, and none is on PATH" >&2; exit 1; fi; \
	if $(BIN)/python -m pip --version >/dev/null 2>&1; then exit 0; fi; \
	if ! $$python -c 'import ensurepip, venv' >/dev/null 2>&1; then \
	    echo "$$python lacks the venv module; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; fi; \
	echo "making $(VENV) with $$($$python --version)"; \
	$$python -m venv --clear $(VENV)
	@echo "installing into $(VENV)"
	@$(PIP) -c constraints.txt -e '.[dev]'
	@touch $@

$(VENV)/.bench: $(VENV)/.ready
	@echo "installing what bench/decide.py measures against"
	@$(PIP) -c constraints.txt -e '.[dev,bench]'
	@touch $@

node_modules/.ready: package.json
	@scripts/debian-packages
	@echo "installing axe-core"
	@npm install --silent --no-package-lock --no-audit --no-fund
	@touch $@
