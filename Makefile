# callcenter: `make demo` starts everything, `make test` checks everything.
# Needs Python 3.12 or newer, make and git; everything else is installed into .venv.

PYTHON ?= $(shell for p in python3.13 python3.14 python3.12 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1 && echo $$p && break; done)
PY := .venv/bin/python
INSTALLED := .venv/.installed
JOBS ?= auto

.DEFAULT_GOAL := demo
.PHONY: demo test test-slow bench screenshots reset format lint requirements messages

demo: $(INSTALLED) ## start the servers, load the demo organisation, serve it until Ctrl-C
	@exec $(PY) -m callcenter.embedded

test: lint ## all tests in parallel, after linters, types and contracts
	$(PY) -m pytest -n $(JOBS) --dist=worksteal -m "not slow"

test-slow: $(INSTALLED) ## campaigns: kills, faults, big files
	$(PY) -m pytest -m slow

bench: $(INSTALLED) ## speed as ratios, measured side by side in one run
	$(PY) -m callcenter.embedded.with_servers --safe -- $(PY) -m tests.bench

screenshots: $(INSTALLED) ## pictures of the desk from the demo's data, in .data/screenshots
	$(PY) -m callcenter.embedded.with_servers -- $(PY) -m tests.screenshots

lint: $(INSTALLED) ## every check that is no test
	$(PY) -m callcenter.embedded.chromium
	$(PY) -m callcenter.embedded.with_servers -- sh -e .ci/checks

reset: ## forget the demo's data and servers
	@if [ -x $(PY) ]; then $(PY) -m callcenter.embedded.reset; else rm -rf .data; fi

format: $(INSTALLED) ## rewrite the code as the linters want it
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	git ls-files -z -- 'templates/*.html' | xargs -0 .venv/bin/djade --target-version 6.1

messages: $(INSTALLED) ## collect texts for translators and compile the catalogues
	$(PY) -m callcenter.core.messages

requirements: $(INSTALLED) ## pin what pyproject.toml asks for, with hashes, for every Python
	for set in "" "--extra dev"; do \
		$(PY) -m uv pip compile pyproject.toml $$set --universal --generate-hashes --no-emit-index-url \
			--custom-compile-command "make requirements" --quiet \
			--output-file requirements$$(test -z "$$set" || echo -dev).txt; done

$(INSTALLED): requirements-dev.txt
	@test -n "$(PYTHON)" || { echo "callcenter needs Python 3.12 or newer; none was found. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@test -x $(PY) && $(PY) -c '' 2>/dev/null || { rm -rf .venv && $(PYTHON) -m venv .venv; } || \
		{ echo "Python could not make a virtual environment (on Debian: apt-get install python3-venv)." >&2; exit 1; }
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements-dev.txt
	@touch $@
