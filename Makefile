# Two commands to know: `make run` runs every lesson, `make test` runs the quick tests. Both install first if need be.

# Any Python from 3.10 on.
PYTHON ?= python3

# `cpu`: the CPU build of torch wherever it is to be had; `cuda`: the build for NVIDIA GPUs, several gigabytes.
# To change it later: rm -rf .venv && make setup TORCH_BUILD=cuda
TORCH_BUILD ?= cpu

# An extra package index for torch and torchvision: the address that pytorch.org's install page gives for your machine.
TORCH_INDEX ?=

# Further arguments, as in: make run ARGS="04_recognition --language zh"
ARGS ?=

# torch goes in first, so that pip cannot choose another build of it afterwards.
TORCH      := $(shell sed -n 's/^torch==\([0-9.]*\).*/\1/p' constraints.txt)
VISION     := $(shell sed -n 's/^torchvision==\([0-9.]*\).*/\1/p' constraints.txt)
HAS_TORCH  := import importlib.metadata as m, sys; sys.exit(m.version("torch").split("+")[0] != "$(TORCH)")
HAS_PYTHON := import sys; sys.exit("Python 3.10 or newer is needed: make PYTHON=python3.12" if sys.version_info < (3, 10) else 0)
INSTALL    := .venv/bin/python -m pip install --disable-pip-version-check --constraint constraints.txt \
              $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
QVQ        := .venv/bin/qvq-nb
# One thread for each of the processes that share the tests, a file at a time.
PYTEST     := OMP_NUM_THREADS=1 .venv/bin/python -m pytest -n auto --maxprocesses 4 --dist loadfile

.PHONY: setup lab run test check lessons

setup: .venv/installed

lab: setup
	$(QVQ) lab $(ARGS)

run: setup
	$(QVQ) run $(ARGS)

test: setup
	$(PYTEST) $(ARGS)

check: setup
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(PYTEST) -m "slow or not slow" $(ARGS)

lessons: setup
	$(QVQ) lessons build $(ARGS)

# The first pip calls may fail without a word: the last one tries again and speaks. The CPU builds of torch and torchvision
# are asked for together; where only torch's is to be had, `doctor --fix` makes the two fit.
.venv/installed: pyproject.toml constraints.txt
	@$(PYTHON) -c '$(HAS_PYTHON)'
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python -c '$(HAS_TORCH)' 2>/dev/null \
	|| { test '$(TORCH_BUILD)' = cpu && $(INSTALL) 'torch==$(TORCH)+cpu' 'torchvision==$(VISION)+cpu' 2>/dev/null; } \
	|| { test '$(TORCH_BUILD)' = cpu && $(INSTALL) 'torch==$(TORCH)+cpu' 2>/dev/null; } \
	|| { echo "Installing the usual build of torch; on Linux it brings several gigabytes of CUDA."; \
	     echo "For a CPU build press Ctrl-C: make setup TORCH_INDEX=(the CPU index that pytorch.org's install page names)"; \
	     $(INSTALL) 'torch==$(TORCH)'; }
	$(INSTALL) --editable '.[dev]'
	$(QVQ) doctor --fix
	@echo "Ready. For the CUDA build of torch: rm -rf .venv && make setup TORCH_BUILD=cuda"
	@touch $@
