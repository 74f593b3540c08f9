# Everything here starts from Python 3.11, git and make alone. `make` lists what there is.

PYTHON ?= python3.11
JOBS   ?= 2
REAL   ?= ../shared/data

BIN   := .venv/bin
STAMP := .venv/.installed

# The commands of dvc.yaml say `python`.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH := $(CURDIR)/src
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
.PHONY: help venv results tables real bench test slow wire relock lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

venv: $(STAMP)  ## install what requirements.lock pins, and the package itself, into .venv

$(STAMP): requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

results: venv  ## rebuild every result that is out of date
	$(BIN)/dvc repro

# The tree of the newest experiment named $(1), in the folder $(2)
checkout = rm -rf $(2) && git worktree prune && git worktree add --detach $(2) $$(git for-each-ref \
	--sort=-committerdate --count=1 --format='%(objectname)' 'refs/exps/**/$(1)')

tables: venv  ## every row of the papers' tables, at laptop size, in a copy of the tree; what comes out goes to docs/results
	-$(BIN)/dvc exp remove --quiet tables
	$(BIN)/dvc exp run --temp --name tables $$(cat presets/tables)
	-$(BIN)/dvc exp remove --quiet scanners
	$(BIN)/dvc exp run --temp --name scanners $$(cat presets/scanners) evaluate_subtyper
	$(call checkout,tables,build/tables)
	$(call checkout,scanners,build/scanners)
	$(BIN)/python tools/collect.py annotation docs/results/annotation.json --root build/tables --base HEAD~1
	$(BIN)/python tools/annotation_page.py docs/results/annotation.json docs/results/annotation.md --root build/tables
	$(BIN)/python tools/collect.py subtyping docs/results/subtyping.json --root build/tables --base HEAD~1
	$(BIN)/python tools/collect.py subtyping docs/results/subtyping_scanners.json --root build/scanners --base HEAD~1
	$(BIN)/python tools/subtyping_page.py docs/results/subtyping.json docs/results/subtyping.md --root build/tables
	$(BIN)/python tools/collect.py subfigures docs/results/subfigures.json --root build/tables --base HEAD~1
	$(BIN)/python tools/subfigures_page.py docs/results/subfigures.json docs/results/subfigures.md --root build/tables
	cp build/tables/metrics/relations.json docs/results/relations.json
	git worktree remove --force build/tables
	git worktree remove --force build/scanners

ADRENAL_TRIES := dmrn,shape,shape_thickness,shape_svm,shape_forest,shape_boosting,shape_mean

real: venv  ## the same pipeline on real CT (in REAL), its numbers into docs/real-data
	mkdir -p build
	$(BIN)/python real/sarcoma.py $(REAL)/sts data/raw/sarcoma
	$(BIN)/dvc exp run --temp --copy-paths data/raw/sarcoma --force --name sarcoma \
		-S subtyping.cohort=sarcoma -S rows.subtyping=[dmrn,resnet101,hand_crafted,first_order,clinical] evaluate_subtyper
	$(BIN)/python real/publish.py sarcoma docs/real-data/sarcoma.md
	$(BIN)/python real/adrenal.py $(REAL)/adrenalmnist3d/adrenalmnist3d_64.npz data/raw/adrenalmnist3d
	SECONDS=0; $(BIN)/dvc exp run --temp --copy-paths data/raw/adrenalmnist3d --force --name adrenal-tries \
		$$(cat presets/adrenal) -S subtyping.protocol=rehearsal -S rows.subtyping=[$(ADRENAL_TRIES)] evaluate_subtyper; \
		echo $$SECONDS > build/tries.seconds
	$(call checkout,adrenal-tries,build/tries)
	SECONDS=0; $(BIN)/dvc exp run --temp --copy-paths data/raw/adrenalmnist3d --force --name adrenalmnist3d \
		$$(cat presets/adrenal) -S subtyping.protocol=split \
		-S rows.subtyping=[$$($(BIN)/python real/adrenal_page.py choose build/tries)] evaluate_subtyper; \
		echo $$SECONDS > build/tested.seconds
	$(call checkout,adrenalmnist3d,build/tested)
	$(BIN)/python real/adrenal_page.py write build/tries build/tested docs/real-data/adrenalmnist3d.md \
		$$(cat build/tries.seconds build/tested.seconds)
	git worktree remove --force build/tries
	git worktree remove --force build/tested
	$(BIN)/python real/deeplesion.py $(REAL)/deeplesion data/raw/deeplesion data/real/deeplesion docs/real-data/deeplesion.md
	$(BIN)/python real/readers.py $(REAL) docs/real-data/readers.md
	$(BIN)/python real/lesanet.py $(REAL)/lesanet docs/real-data/lesanet.md
	$(BIN)/python real/reality.py $(REAL) src/lesionary/atlas/measured.yaml
	$(BIN)/python real/mtsamples.py $(REAL)/mtsamples/mtsamples_radiology.json real/judged \
		data/models/relations data/interim docs/real-data/mtsamples.md

bench: venv  ## measure speed
	for script in benchmarks/*.py; do $(BIN)/python "$$script"; done

# A file's tests stay in one process, so that what they share is made once: the small pipeline takes minutes.
test: venv  ## style, types, layers and tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict src stages tools real
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

slow: venv  ## the tests that `make test` leaves out
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile -m slow

wire: venv  ## write into dvc.yaml which modules each stage imports
	$(BIN)/python tools/wire.py

relock: venv  ## bring dvc.lock up to date after edits to comments and docstrings alone
	$(BIN)/python tools/relock.py

lock:  ## renew requirements.lock after a change of dependencies (UPGRADE=--upgrade for the newest of all)
	$(PYTHON) -m venv build/uv
	build/uv/bin/pip install --quiet --disable-pip-version-check uv
	build/uv/bin/uv pip compile pyproject.toml --extra test --python-version 3.11 $(UPGRADE) --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --no-annotate --output-file requirements.lock

clean:  ## remove .venv, tool caches and left-over checkpoints; data, models and DVC's cache stay
	rm -rf .venv .ckpt build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache src/*.egg-info
	find src stages tools tests benchmarks real -name __pycache__ -type d -prune -exec rm -rf {} +
