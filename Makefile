# `make help` lists the targets. Everything is set up in .build/ by scripts/setup.py, which does only what is missing.

# The system's Python where it will do: distributors build it with optimizations, pyenv does not by itself, and then everything
# takes a third longer.
WILL_DO := import os, sys, importlib.util as u; sys.exit(sys.version_info < (3, 10) or not (u.find_spec("ensurepip") or os.getuid() == 0))
PYTHON ?= $(shell /usr/bin/python3 -c '$(WILL_DO)' 2>/dev/null && echo /usr/bin/python3 || echo python3)
BUILD := .build
VENV := $(BUILD)/venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
PYTEST := $(VENV)/python -m pytest
WORKERS ?= 8
EDITORS ?= nvim,vim
# Each worker would compile all tests by itself.
unexport PYTHONDONTWRITEBYTECODE
# Where Python and Neovim are, for what the targets run.
export PATH := $(CURDIR)/$(VENV):$(CURDIR)/$(BUILD)/bin:$(PATH)

.DEFAULT_GOAL := help

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## what the tests need, into .build/ (as root also Debian packages, otherwise says which)
	@$(PYTHON) scripts/setup.py test

.PHONY: demo
demo: ## try it: an editor on an embedded service; without a terminal it types by itself
	@$(PYTHON) scripts/setup.py demo
	@$(VENV)/python scripts/demo.py

# Editor tests wait more than they compute: more workers than cores.
.PHONY: test
test: setup ## all tests, both editors included
	@$(PYTEST) -n $(WORKERS) --maxschedchunk=2 -m "not faults and not environments" $(ARGS)

.PHONY: test-unit
test-unit: ## unit and service tests alone: no editor, no browser
	@$(PYTHON) scripts/setup.py unit
	@$(PYTEST) -n $(WORKERS) -m "not faults and not browser and not editor" tests/unit tests/service $(ARGS)

.PHONY: test-editor
test-editor: setup ## editor tests alone, in the editor in PATH (EDITORS=vim, nvim, or both)
	@$(PYTEST) -n $(WORKERS) -m "not faults" --editors=$(EDITORS) tests/editor $(ARGS)

.PHONY: test-browser
test-browser: setup ## the web page in a headless chromium alone: mouse, keyboard, touch, with and without script
	@$(PYTEST) -n $(WORKERS) -m browser tests/unit $(ARGS)

.PHONY: test-smoke
test-smoke: ## unit tests and one editor session, for systems that are no Debian
	@$(PYTHON) scripts/setup.py unit
	@$(VENV)/python -m pytest -m "not faults and not browser and not editor" tests/unit
	@$(VENV)/python scripts/smoke.py

.PHONY: coverage
coverage: setup ## branch coverage of the core by unit and service tests, into .build/coverage/
	@COVERAGE_FILE=$(BUILD)/.coverage $(PYTEST) -n $(WORKERS) --cov --cov-branch --cov-report=term:skip-covered --cov-report=html:$(BUILD)/coverage tests/unit tests/service

.PHONY: lint
lint: setup ## ruff, mypy, layers, generated texts, and checks of Vimscript and Lua
	@$(VENV)/python scripts/lint.py

.PHONY: docs
docs: setup ## write what is generated from doc/options.toml: Vim's table, help, README, Lua annotations
	@$(VENV)/python scripts/docs.py

.PHONY: docs-check
docs-check: setup ## fail when that differs (part of `make lint`)
	@$(VENV)/python scripts/docs.py --check

.PHONY: format
format: setup ## lay the Python files out
	@$(VENV)/ruff format
	@$(VENV)/ruff check --fix

.PHONY: matrix-editors
matrix-editors: setup ## set up the six editors of the matrix (root; some minutes the first time)
	@$(VENV)/python scripts/matrix.py --set-up-only

.PHONY: test-matrix
test-matrix: setup ## every counted situation in every supported editor: a table, also in .build/matrix.md (root)
	@$(VENV)/python scripts/matrix.py $(ARGS)

.PHONY: test-environments
test-environments: setup ## every environment in each editor by each host: a table, also in .build/environments.md
	@WORKERS=$(WORKERS) $(VENV)/python scripts/environments.py $(ARGS)

.PHONY: test-faults
test-faults: setup ## break the network, the disk and the processes on purpose: a table, also in .build/faults.md (SOAK=1: and 10 minutes of 8 editors)
	@WORKERS=$(WORKERS) $(VENV)/python scripts/faults.py $(ARGS)

.PHONY: test-newcomer
test-newcomer: matrix-editors ## from the install line to the first XP on fresh Debian systems: tables, also in .build/newcomer.md (root)
	@$(VENV)/python scripts/newcomer.py $(ARGS)

.PHONY: test-setup
test-setup: matrix-editors ## `codestats setup` on fresh Debian systems, an editor, then --undo and the whole home compared (root)
	@$(VENV)/python scripts/setup_undo.py $(ARGS)

.PHONY: test-managers
test-managers: matrix-editors ## the install lines with their package managers in every editor: a table, also in .build/managers.md (root; MANAGERS=DIRECTORY: not from GitHub)
	@$(VENV)/python scripts/managers.py $(ARGS)

.PHONY: fuzz
fuzz: setup ## random editing in real editors, key by key, against what each key is worth (ARGS="--editors vim-9.2 --keys 2000")
	@$(VENV)/python scripts/fuzz.py $(ARGS)

.PHONY: deb
deb: setup ## the Debian package, into .build/deb/ (dpkg-dev, debhelper, dh-vim-addon)
	@$(VENV)/python scripts/debian_package.py

.PHONY: test-deb
test-deb: deb matrix-editors ## the Debian package installed in fresh systems (root)
	@$(VENV)/python scripts/debian_install.py $(ARGS)

.PHONY: test-configs
test-configs: matrix-editors ## whole configurations (LazyVim, coc, amix/vimrc …): typed against counted, also in .build/configs.md (root; CONFIGS=DIRECTORY: their repositories)
	@$(VENV)/python scripts/configs.py $(ARGS)

.PHONY: bench
bench: ## what the plugin costs, beside none and beside the simplest counter (ARGS=--keys)
	@$(PYTHON) scripts/setup.py bench
	@$(VENV)/python scripts/bench.py $(ARGS)
	@$(VENV)/python scripts/bench_embedded.py

.PHONY: screens
screens: setup ## pictures of the windows for the documentation, into doc/screens/
	@$(VENV)/python scripts/screens.py $(ARGS)

.PHONY: bench-data
bench-data: setup ## time and memory of export, import, backup and report at 1,000,000 rows
	@$(VENV)/python scripts/bench_data.py $(ARGS)

.PHONY: bench-windows
bench-windows: setup ## what windows cost the editor's main thread, page by page
	@$(VENV)/python scripts/bench_windows.py $(ARGS)

.PHONY: clean
clean: ## remove .build/ and caches
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -path ./$(BUILD) -prune -o -name __pycache__ -type d -exec rm -rf {} +
	rm -rf --one-file-system $(BUILD)
