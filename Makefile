# make demo   a video from examples/tides.md
# make test   every check there is
# Both make .venv by themselves and make it anew only when a lock or pyproject.toml changes.

PYTHON ?= python3
UV ?= uv
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOCK := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --upgrade

.PHONY: demo test lock bench clean
.DELETE_ON_ERROR:

demo: .venv/ready
	$(BIN)/reelwright make examples/tides.md -o tides.mp4 --captions srt
	@ls -l tides.mp4 tides.srt

test: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	rm -rf .venv
	$(PYTHON) -m venv .venv
	$(PIP) install --quiet --require-hashes --requirement requirements.lock
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(PIP) install --quiet --require-hashes --requirement requirements-dev.lock
	touch $@

lock:
	$(LOCK) --extra build --extra dev pyproject.toml --output-file requirements-dev.lock >/dev/null
	$(LOCK) --extra build --constraint requirements-dev.lock pyproject.toml --output-file requirements.lock >/dev/null
	@if grep -nE '://|^-' requirements.lock requirements-dev.lock; then echo "a lock names a host" >&2; exit 1; fi

# Without --no-deps moviepy would take back Pillow to 11.
bench: .venv/ready-dev
	$(PIP) install --quiet --no-deps 'moviepy>=2.2' 'imageio-ffmpeg>=0.6' imageio proglog decorator python-dotenv tqdm
	$(BIN)/python -m benchmarks.render

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tides.mp4 tides.srt
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
