# make run: install into .venv and train, on the dashboard where there is a terminal; make test, check, bench.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN_STAMP := $(VENV)/.installed
TEST_STAMP := $(VENV)/.installed-test
# Four at the most: each process of tests holds torch.
SIDE_BY_SIDE := -n logical --maxprocesses 4 --dist worksteal

.PHONY: run test check format bench config clean

run: $(RUN_STAMP)
	$(BIN)/signtui train

test: $(TEST_STAMP)
# Twice: random networks drive torch's kernels hard, and a fault there must not take the rest along.
	$(BIN)/pytest $(SIDE_BY_SIDE) tests/model
	$(BIN)/pytest $(SIDE_BY_SIDE) --ignore=tests/model

check: $(TEST_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/signtui config template | diff -u config.toml -

format: $(TEST_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Figures of docs/benchmarks.md, which names the script behind each; those of the screen are run one by one.
bench: $(RUN_STAMP)
	$(BIN)/python benchmarks/training.py
	$(BIN)/python benchmarks/startup.py
	$(BIN)/python benchmarks/data.py
	$(BIN)/python benchmarks/run_log.py
	$(BIN)/python benchmarks/charts.py
	$(BIN)/python benchmarks/zoom.py

# config.toml is generated from the declarations in signtui/config/schema.py.
config: $(RUN_STAMP)
	$(BIN)/signtui config template > config.toml

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(RUN_STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(TEST_STAMP): pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --editable ".[test]"
	touch $@ $(RUN_STAMP)

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
