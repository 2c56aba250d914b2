# make demo   installs everything and shows the whole flow on the invented sample study
# make test   installs everything and runs the tests
# make test-fast   runs those that need no server and no browser: for whoever changes something here
PYTHON ?= python3
PIP = .venv/bin/python -m pip --disable-pip-version-check
LABEL_STUDIO_VERSION = 1.23.2

# tests/conftest.py says how many processes, each with one thread of its own; what Python compiles is kept, since
# otherwise every process compiles it anew
TESTS = OMP_NUM_THREADS=1 PYTHONDONTWRITEBYTECODE= .venv/bin/pytest -p no:faker -n auto --dist loadfile --no-loadscope-reorder

.PHONY: demo install dev test test-whole-way test-fast lint bench docs audit lock sbom clean

demo: install
	.venv/bin/tandem demo

# what a study's machine needs: each package by its hash (requirements.lock), torch apart, and nothing for developers
install: .venv/installed .label-studio/installed

# what is needed besides to change something here and to run the tests
dev: .venv/dev-installed .label-studio/installed

.venv/installed: pyproject.toml constraints.txt requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tandem needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --upgrade pip # an old one takes minutes to sort out the versions
	$(PIP) install --quiet -c constraints.txt torch==2.13.0
	$(PIP) install --quiet --no-deps --require-hashes -r requirements.lock
	$(PIP) install --quiet --no-deps -e .
	@touch $@

.venv/dev-installed: .venv/installed
	$(PIP) install --quiet -c constraints.txt -e '.[dev]'
	@touch $@

# Label Studio pins its own versions of nearly everything, so it lives in an environment of its own
.label-studio/installed: constraints-label-studio.txt
	$(PYTHON) -m venv .label-studio
	.label-studio/bin/python -m pip --disable-pip-version-check install --quiet --upgrade pip
	.label-studio/bin/python -m pip --disable-pip-version-check install --quiet -c constraints-label-studio.txt label-studio==$(LABEL_STUDIO_VERSION)
	@touch $@

test: dev
	$(TESTS)

# a team runs a whole study in its browsers, from the first visit to a withdrawal: minutes, so it has a target of its own
test-whole-way: dev
	$(TESTS) -m whole_way

test-fast: .venv/dev-installed
	$(TESTS) -m "not (label_studio or browser or postgresql or server or slow)" --durations=5

lint: .venv/dev-installed
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-cache

bench: .venv/dev-installed
	.venv/bin/python benchmarks/run.py

docs: .venv/dev-installed
	NO_MKDOCS_2_WARNING=1 .venv/bin/mkdocs build --quiet --strict
	@echo "The documentation is in site/: open site/index.html in a browser."

# what a maintainer runs before a release; its tools live apart, and ask the network
audit: .venv/installed .tools/installed
	.tools/bin/pip-audit --path $$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')

# after pyproject.toml or constraints.txt have changed; packages that only some builds of torch need are left out
lock: .tools/installed
	.tools/bin/uv pip compile --quiet pyproject.toml -c constraints.txt --generate-hashes --python-version 3.11 \
	  --no-emit-package torch --no-header --no-annotate -o requirements.new
	{ sed '/^#/!d' requirements.lock; awk '/^[a-z0-9]/ {skip = /^(cuda-|nvidia-|triton=)/} !skip' requirements.new; } > requirements.locked
	mv requirements.locked requirements.lock && rm requirements.new

sbom: .venv/installed .tools/installed
	.tools/bin/cyclonedx-py environment --pyproject pyproject.toml --output-reproducible -o sbom.json .venv
	@echo "What is installed is listed in sbom.json."

.tools/installed:
	$(PYTHON) -m venv .tools
	.tools/bin/python -m pip --disable-pip-version-check install --quiet pip-audit cyclonedx-bom uv
	@touch $@

clean:
	rm -rf .venv .label-studio .tools .pytest_cache .mypy_cache .ruff_cache .hypothesis site
