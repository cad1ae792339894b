# make demo      installs into .venv, runs the twin on a published course, says where the report is
# make workbench the clinic's web application with a made-up clinic of thirty people, on this machine
# make test      installs what is missing, runs the whole suite on all cores
# make quick     the suite without its slow part
# make costs     the whole suite on one core, then what each test and fixture costs in processor time
# make mutants   small faults put into the code one by one: does a test notice? (MUTANTS="--count 200 --seed 2 twin")
# make explore   laws on examples that were never tried
# make campaign  random cases, mutated documents, killed runs: docs/campaign.md (CAMPAIGN="--cases 50 --documents 500 --kills 20")
# make lint      style (formatted, linted), types, import contract
# make format    bring the code into the one dialect
# make reads     the generated table of what runs read for every quantity
# make changes   the scores of now beside the stored ones of before: docs/prediction-changes.md
# make wheel     a wheel in dist/ that brings machine code along: for this Python, this numba and this operating system
# make bench     measurements (nothing is asserted about time in the suite)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
COMPILED := $(VENV)/.compiled
BROWSER := $(VENV)/.browser
KERNELS := $(wildcard src/dermatwin/numerics/*.py) $(shell grep -rlE 'njit|import kept' src/dermatwin --include=*.py)
DEMO ?= examples/alam_2014.yaml
# Workers take tests of one file after another, so that its fixtures are made once, and help each other out at the end.
PARALLEL := -n auto --dist worksteal

.PHONY: demo workbench test quick costs mutants explore campaign lint format reads changes bench wheel clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dermatwin needs Python 3.11 or later; set PYTHON=")'
	@$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing dermatwin into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@$(BIN)/python -m compileall -q src
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing dermatwin and what its tests need into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@$(BIN)/python -m compileall -q src
	@touch $@ $(STAMP)

demo: $(STAMP)
	@$(BIN)/dermatwin simulate $(DEMO) --out runs/demo --force
	@echo
	@echo "The report is runs/demo/report.html: open it in a browser."

workbench: $(DEV_STAMP)
	@$(BIN)/dermatwin serve --demo --folder runs/workbench

# One process compiles what all workers then find beside the sources.
$(COMPILED): $(KERNELS) tests/kernels.py | $(DEV_STAMP)
	@echo "Compiling kernels ..."
	@$(BIN)/python tests/kernels.py
	@touch $@

# Tests of pages look at them in a browser: the one that is there, or one that is brought.
$(BROWSER): tests/browser.py | $(DEV_STAMP)
	@$(BIN)/python tests/browser.py
	@touch $@

test: $(DEV_STAMP) $(COMPILED) $(BROWSER)
	@$(BIN)/python -m pytest $(PARALLEL)

quick: $(DEV_STAMP) $(COMPILED) $(BROWSER)
	@$(BIN)/python -m pytest $(PARALLEL) -m "not slow"

costs: $(DEV_STAMP) $(COMPILED) $(BROWSER)
	@PYTHONPATH=tests $(BIN)/python -m pytest -p costs

mutants: $(DEV_STAMP) $(COMPILED)
	@$(BIN)/python tests/mutants.py $(MUTANTS)

explore: $(DEV_STAMP)
	@HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest tests/laws

campaign: $(DEV_STAMP) $(COMPILED)
	@PYTHONPATH=tests $(BIN)/python -m campaign $(CAMPAIGN)

lint: $(DEV_STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports

format: $(DEV_STAMP)
	@$(BIN)/ruff format .

reads: $(STAMP)
	@$(BIN)/python -m dermatwin.twin.reads $(DEMO) $(filter-out $(DEMO),$(wildcard examples/*.yaml)) $(wildcard tests/evidence/reads/*.yaml)

changes: $(STAMP)
	@$(BIN)/dermatwin validate --out runs/scores
	@$(BIN)/python -m dermatwin.validation.changes keep runs/scores/scores.json docs/prediction-changes/after.json
	@$(BIN)/python -m dermatwin.validation.changes page docs/prediction-changes

bench: $(DEV_STAMP)
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

wheel: $(DEV_STAMP)
	@rm -rf src/dermatwin/machine_code
	@for level in $$($(BIN)/python -m dermatwin.numerics.brought); do echo "Compiling for $$level ..."; \
	  DERMATWIN_MAKE_MACHINE_CODE=$$level NUMBA_CPU_NAME=$$level NUMBA_CPU_FEATURES= $(BIN)/python tests/kernels.py || exit 1; done
	@$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) runs dist src/dermatwin/machine_code .pytest_cache .ruff_cache .hypothesis
