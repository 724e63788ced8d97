PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint bench lock clean

demo: $(VENV)/.runtime  ## A narrated, captioned video from examples/tides.md, offline
	$(BIN)/reelwright make examples/tides.md -o tides.mp4 --captions srt

test: $(VENV)/.dev  ## Everything that must hold
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

bench: $(VENV)/.dev  ## The render benchmark's table; see benchmarks/
	$(PIP) imageio-ffmpeg moviepy
	$(BIN)/python -m benchmarks.render

$(VENV)/.runtime: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	touch $@ $(VENV)/.runtime

LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet

lock:  ## Resolve the dependencies anew (needs uv)
	$(LOCK) --upgrade --extra build -o requirements.lock
	$(LOCK) --upgrade --extra build --extra dev -o requirements-dev.lock

clean:
	rm -rf $(VENV) dist build tides.mp4 tides.srt
