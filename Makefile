# Two commands do everything on a fresh machine that has Python 3.11+ and make: `make demo` and `make test`.
# PYTHON chooses the interpreter; by default the newest of 3.13, 3.12 and 3.11 that is there.

PYTHON ?= $(shell tools/newest-python)
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
ifeq ($(VERSION),)
$(error no usable Python: set PYTHON=/path/to/python3.13)
endif
VENV := .venv-$(VERSION)
BIN := $(VENV)/bin
# What looks at suppliers has an environment of its own: it must not change what it looks at.
AUDIT := .venv-audit-$(VERSION)
AZURITE := tools/azurite/node_modules/.package-lock.json
KUSTO := tools/kusto/node_modules/.package-lock.json
AXE := tools/axe/node_modules/.package-lock.json
# Node.js of the machine where it is new enough, of the virtual environment (from PyPI) otherwise.
NODE_IS_THERE := $(shell node -e 'process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 && echo yes)

.PHONY: setup debian screenshots demo bench probe tenant-is-named fuzz soak kill audit sbom test infra-check package test-all check static lock clean help

help: ## list the commands
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 10

setup: $(VENV)/.installed $(AZURITE) $(KUSTO) $(AXE) debian ## install everything that the other commands need

$(VENV)/.installed: requirements-dev.txt tools/requirements-uv.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/requirements-uv.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements-dev.txt
	touch $@

$(AZURITE) $(KUSTO) $(AXE): tools/%/node_modules/.package-lock.json: tools/%/package-lock.json | $(VENV)/.installed
ifneq ($(NODE_IS_THERE),yes)
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r tools/requirements-node.txt
endif
	PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --prefix tools/$* --no-audit --no-fund --silent
	touch $@

# The browser that the console is tested in. Without it those tests skip, and say so.
debian: ## install what tools/debian-packages.txt names, where it is missing and this is a root of a Debian
	@tools/install-debian-packages tools/debian-packages.txt

screenshots: setup ## draw the console's pages anew into docs/console/, light and dark, of a fleet made by the demo
	$(BIN)/python tools/screenshots.py docs/console

demo: setup ## three tenants, from a signed signup to a healed tenant; KEEP=1 leaves it running
	$(BIN)/python -m local demo $(if $(KEEP),--keep)

probe: tenant-is-named $(VENV)/.installed ## ask a real tenant what only one can tell: TENANT=<guid>; every write waits for a typed yes
	$(BIN)/python -m local probe '$(TENANT)'

tenant-is-named:
	@test -n '$(TENANT)' || { echo 'The tenant is missing: make probe TENANT=<the id of the tenant, a GUID>' >&2; exit 2; }

test: setup ## every test
	$(BIN)/python -m pytest -n 2 --dist loadgroup

fuzz: $(VENV)/.installed ## a million inputs for what reads Exchange's answers, guided by coverage; RUNS=1000000
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r tools/requirements-fuzz.txt
	$(BIN)/python tools/fuzz.py -runs=$(or $(RUNS),1000000)

infra-check: $(VENV)/.installed ## infra/ and the workflows, as far as that goes without Azure and GitHub
	$(BIN)/uv pip install --quiet --require-hashes --python $(BIN)/python -r tools/requirements-workflows.txt
	$(BIN)/zizmor --offline --quiet --no-progress .github
	$(BIN)/python -m pytest tests/infra

package: $(VENV)/.installed ## what Azure runs, as one file with its locked dependencies: .state/keeper.zip
	$(BIN)/python tools/package.py .state/keeper.zip

$(AUDIT)/.installed: tools/requirements-audit.txt | $(VENV)/.installed
	$(PYTHON) -m venv $(AUDIT)
	$(BIN)/uv pip install --quiet --require-hashes --python $(AUDIT)/bin/python -r tools/requirements-audit.txt
	touch $@

audit: $(AUDIT)/.installed ## ask about known vulnerabilities of what is deployed; fails where nobody could be asked
	$(AUDIT)/bin/python tools/audit.py

sbom: $(AUDIT)/.installed ## write sbom.json, the CycloneDX list of what is deployed
	$(AUDIT)/bin/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json

soak: $(VENV)/.installed ## simulate for SECONDS=600, with seeds from FIRST=0 on; SEED=4711 replays one run
	$(BIN)/python tools/soak.py $(if $(SEED),--seed $(SEED),--seconds $(or $(SECONDS),600) --first $(or $(FIRST),0))

kill: setup ## kill the host KILLS=50 times while TENANTS=20 are provisioned and activated; nothing may be lost
	$(BIN)/python tools/kill.py --kills $(or $(KILLS),50) --tenants $(or $(TENANTS),20) --seed $(or $(SEED),0)

bench: setup ## measure against what the machine can do, in the same run; ROWS="B3 B8" for some
	$(BIN)/python -m bench $(if $(ROWS),--rows $(ROWS))

test-all: ## every test, on 3.11 and on 3.13 where they are installed
	for version in 3.11 3.13; do \
	    if python="$$(tools/newest-python $$version)"; then $(MAKE) test PYTHON="$$python" || exit 1; fi; \
	done

static: setup $(AUDIT)/.installed ## format, lint, types, import contracts, dead code, bandit
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/vulture
	$(AUDIT)/bin/bandit --quiet --recursive --configfile pyproject.toml shared functions cli

check: static test ## everything that CI runs

lock: $(VENV)/.installed ## write the locks anew from pyproject.toml
	$(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 --group dev -o requirements-dev.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 -c requirements-dev.txt -o requirements.txt pyproject.toml
	$(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 --group node -o tools/requirements-node.txt
	$(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 --group fuzz -o tools/requirements-fuzz.txt
	$(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 --group workflows -o tools/requirements-workflows.txt
	$(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 --group audit -o tools/requirements-audit.txt
	echo 'uv==0.13.9' | $(BIN)/uv pip compile --quiet --no-header --universal --generate-hashes --python-version 3.11 -o tools/requirements-uv.txt -

clean: ## remove what setup and the tools made
	rm -rf .venv-* .state tools/azurite/node_modules tools/kusto/node_modules tools/axe/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
