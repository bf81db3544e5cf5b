# Onestop 一站通. `make run` sets everything up and serves; `make test` sets up what the tests need and runs them all.
# What is already there is not made again, so a second start takes seconds.
.DEFAULT_GOAL := help
.PHONY: help run test set-up set-up-test check chat bench clean clean-all

help:           ## this list
	@grep -E '^[a-z-]+: .*##|^[a-z-]+:  *##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */\t/' | expand -t 16

run: set-up     ## set everything up, then serve (Ctrl-C ends)
	@exec .venv/bin/onestop serve

test: set-up-test ## set up what the tests need, then format, lint, types, import contract and every test
	.venv/bin/ruff format --no-cache --check .
	.venv/bin/ruff check --no-cache .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest -n 2 --dist loadgroup

set-up:         ## only the set-up of `make run`
	@scripts/venv.sh run
	@.venv/bin/onestop setup

set-up-test:    ## only the set-up of `make test`
	@scripts/venv.sh test
	@.venv/bin/onestop setup --test

check: set-up   ## prove the flows: no dead end, a person one input away, budgets kept
	@.venv/bin/onestop check

chat: set-up    ## talk to the engine in this terminal
	@.venv/bin/onestop chat

bench:          ## every benchmark (they print ratios and never fail a build)
	@for script in benchmarks/bench_*.py; do [ -e "$$script" ] || continue; .venv/bin/python "$$script"; done

bench-%:        ## one benchmark: bench-nlu runs benchmarks/bench_nlu.py
	@.venv/bin/python benchmarks/bench_$*.py

clean:          ## remove what can be made again but keep the environment, the models and the data
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist .cache/stamps
	find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

clean-all: clean ## remove also .venv, .cache and the trial's data in var/
	rm -rf .venv .cache var *.egg-info
