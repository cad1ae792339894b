# make demo      installs into .venv, runs the twin on a published course, says where the report is
# make test      installs what is missing, runs the whole suite
# make quick     the suite without its slow part
# make explore   laws on examples that were never tried
# make lint      style (formatted, linted), types, import contract
# make format    bring the code into the one dialect
# make reads     the generated table of what runs read for every quantity
# make bench     measurements (nothing is asserted about time in the suite)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEV_STAMP := $(VENV)/.installed-dev
DEMO ?= examples/alam_2014.yaml

.PHONY: demo test quick explore lint format reads bench clean

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "dermatwin needs Python 3.11 or later; set PYTHON=")'
	@$(PYTHON) -m venv $(VENV)

$(STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing dermatwin into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(DEV_STAMP): pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing dermatwin and what its tests need into $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@ $(STAMP)

demo: $(STAMP)
	@$(BIN)/dermatwin simulate $(DEMO) --out runs/demo --force
	@echo
	@echo "The report is runs/demo/report.html: open it in a browser."

test: $(DEV_STAMP)
	@$(BIN)/python -m pytest

quick: $(DEV_STAMP)
	@$(BIN)/python -m pytest -m "not slow"

explore: $(DEV_STAMP)
	@HYPOTHESIS_PROFILE=explore $(BIN)/python -m pytest tests/laws

lint: $(DEV_STAMP)
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/pyright --pythonpath $(BIN)/python
	@$(BIN)/lint-imports

format: $(DEV_STAMP)
	@$(BIN)/ruff format .

reads: $(STAMP)
	@$(BIN)/python -m dermatwin.twin.reads $(DEMO) $(filter-out $(DEMO),$(wildcard examples/*.yaml)) $(wildcard tests/evidence/reads/*.yaml)

bench: $(DEV_STAMP)
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

clean:
	rm -rf $(VENV) runs dist .pytest_cache .ruff_cache .hypothesis
