# make demo   installs everything and shows the whole flow on the invented sample study
# make test   installs everything and runs the tests
# make test-fast   runs those that need no server and no browser: for whoever changes something here
PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check
LABEL_STUDIO_VERSION = 1.23.2

# a process a core, each with one thread of its own: more would wait for each other; what Python compiles is kept,
# since otherwise every process compiles it anew
TESTS = OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= .venv/bin/pytest -p no:faker -n logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

.PHONY: demo install test test-fast lint bench docs clean

demo: install
	.venv/bin/tandem demo

install: .venv/installed .label-studio/installed

.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tandem needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --upgrade pip # an old one takes minutes to sort out the versions
	$(PIP) install --quiet -c constraints.txt torch==2.13.0 -e '.[dev]'
	@touch $@

# Label Studio pins its own versions of nearly everything, so it lives in an environment of its own
.label-studio/installed: constraints-label-studio.txt
	$(PYTHON) -m venv .label-studio
	.label-studio/bin/python -m pip --disable-pip-version-check install --quiet --upgrade pip
	.label-studio/bin/python -m pip --disable-pip-version-check install --quiet -c constraints-label-studio.txt label-studio==$(LABEL_STUDIO_VERSION)
	@touch $@

test: install
	$(TESTS)

test-fast: .venv/installed
	$(TESTS) -m "not (label_studio or browser or postgresql or server or slow)" --durations=5

lint: .venv/installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

bench: .venv/installed
	.venv/bin/python benchmarks/run.py

docs: .venv/installed
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --quiet --strict
	@echo "The documentation is in site/: open site/index.html in a browser."

clean:
	rm -rf .venv .label-studio .pytest_cache .mypy_cache .ruff_cache .hypothesis site
