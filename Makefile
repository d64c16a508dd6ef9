# Onewindow needs Python 3.11 or later and make; everything else lands in .venv.
PYTHON ?= python3
BIN := .venv/bin
# two at a time, each with servers of its own; a file's tests stay together, the longest files first (tests/servers.py);
# a test that hangs ends the run: it would be begun again
AT_ONCE := -n 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0
.DEFAULT_GOAL := help
.PHONY: help run test sweep check format i18n drill bench doctor

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 18

run: .venv/installed ## start everything (PORT, DATA_DIR, PROFILE are honoured); Ctrl-C stops it
	@$(BIN)/onewindow run

# the tests start a hundred processes; what one of them compiled is not compiled again by each
test sweep check: export PYTHONDONTWRITEBYTECODE =

test: .venv/installed-dev ## run the tests but for the long sweeps
	@$(BIN)/python -m pytest $(AT_ONCE) -m "not sweep"

sweep: .venv/installed-dev ## run the long sweeps: every screen, very many rows
	@$(BIN)/python -m pytest $(AT_ONCE) -m sweep

check: .venv/installed-dev ## format, lint, types, all tests with the sweeps
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/python -m pytest $(AT_ONCE)

format: .venv/installed-dev ## put the code in its form
	@$(BIN)/ruff check --fix --select I .
	@$(BIN)/ruff format .

i18n: .venv/installed-dev ## bring the translations up to date with the texts
	@$(BIN)/python -m languages.extract

drill: .venv/installed-dev ## break it on purpose and count
	@$(BIN)/python -m drills

bench: .venv/installed-dev ## measure against the limits (ONLY=track for one row; minutes)
	@$(BIN)/python -m bench $(if $(ONLY),--only $(ONLY))

doctor: .venv/installed ## look at connections, clocks and versions of the running stack
	@$(BIN)/onewindow doctor

.venv/installed: requirements.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh deploy/install.sh requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock pyproject.toml
	@PYTHON="$(PYTHON)" sh deploy/install.sh requirements-dev.lock
	@touch .venv/installed $@
