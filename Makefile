# Side by Side. `make lab` opens the course; `make test` runs what CI runs on notebooks and code. CONTRIBUTING.md explains the rest.
PYTHON ?= python3
BIN := .venv/bin
SCORER = PYTHONPATH=hackathon:$$PYTHONPATH $(BIN)/python -m scorer
export PYTHONDONTWRITEBYTECODE :=
export MPLBACKEND :=
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: $(shell grep -oE '^[a-z-]+:' Makefile | tr -d :)

help:            ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/ —/'

lab: .venv/reader            ## open JupyterLab on the first lesson
	$(BIN)/python -m jupyter trust -y notebooks/*.ipynb exercises/*.ipynb solutions/*.ipynb
	$(BIN)/python -m jupyter labextension disable "@jupyterlab/apputils-extension:announcements"   # no other host is asked for news or updates
	$(BIN)/python -m jupyter lab --ServerApp.root_dir=. notebooks/meet_the_model.ipynb

test: .venv/maintainer       ## all that CI runs on notebooks and code
	$(BIN)/ruff check
	$(BIN)/ruff format --check src tests tools hackathon/scorer
	$(BIN)/python tools/run_pages.py compare
	$(BIN)/python -m pytest --ignore=tests/site --ignore=tests/exports

check: test book tests/exports/.ready   ## all that CI checks
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/site
	$(BIN)/python -m pytest tests/exports
	$(BIN)/python tools/run_pages.py live meet_the_model the_genai_workflow
	$(BIN)/python tools/record.py verify --sample 30 --no-gate

book: .venv/maintainer node_modules/.package-lock.json   ## the site, in _build/html
	$(BIN)/python -m tools.stage
	$(BIN)/jupyter-book build --all -n -W --keep-going --path-output . _build/source
	$(BIN)/python -m tools.slides

slides: .venv/maintainer node_modules/.package-lock.json   ## slides of every lesson, in _build/html/slides; `make book` makes them too
	$(BIN)/python -m tools.slides

exercises: .venv/maintainer  ## exercises/ from solutions/
	$(BIN)/python tools/exercises.py

refresh: .venv/maintainer    ## re-execute and re-save every page from recordings
	$(BIN)/python tools/run_pages.py refresh

record: .venv/maintainer     ## ask the real model for what is missing; keep what is still used
	$(BIN)/python tools/record.py record

live: .venv/maintainer       ## run all pages with no recordings at all
	$(BIN)/python tools/run_pages.py live

verify-recordings: .venv/maintainer   ## ask a random sample again, live, and compare
	$(BIN)/python tools/record.py verify

bench: .venv/maintainer node_modules/.package-lock.json  ## speeds, reported and not asserted
	$(BIN)/python tools/bench.py

test-report: .venv/reader    ## a class before and after the course: make test-report FILES="answers/*.csv"
	@$(BIN)/python tools/test_report.py $(FILES)

offline-kit: book            ## a folder for a USB stick; also: make offline-kit FOR="linux windows macos" PYTHONS="3.11 3.12"
	$(BIN)/python tools/offline_kit.py $(if $(FOR),--for $(FOR)) $(if $(PYTHONS),--python $(PYTHONS))

lighthouse: book tests/site/node_modules/.package-lock.json   ## what Lighthouse says of the site, reported and not asserted
	$(BIN)/python -m tools.lighthouse

screenshots: book            ## the pictures of the site in README.md
	$(BIN)/python -m tools.screenshots

load-test: .venv/maintainer  ## waits at one endpoint for 1, 10 and 30 learners; use a quiet machine
	$(BIN)/python tools/load_test.py

hub-trial: .venv/maintainer  ## set up the shared server and use it, with accounts of its own: as root, on a throwaway machine
	$(BIN)/python tools/hub_trial.py

hackathon-score: .venv/reader  ## score a team's files: make hackathon-score TEAM=name (asks for the passphrase)
	@$(SCORER) score "$$TEAM"

hackathon-board: .venv/reader  ## write hackathon/leaderboard.html from the scores that there are
	@$(SCORER) board

hackathon-seal: .venv/reader   ## seal the labels in hackathon/private with a passphrase
	@$(SCORER) seal

lock: .venv/maintainer       ## compile the requirements from pyproject.toml
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra lab pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links --extra lab --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links tests/exports/requirements.in -o tests/exports/requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links -c requirements.txt -c requirements-dev.txt --extra lab pyproject.toml deploy/hub/requirements.in -o deploy/hub/requirements.txt

clean:           ## forget the site and the environment
	rm -rf _build .venv node_modules deploy/hub/node_modules tests/site/node_modules tests/exports/.venv tests/exports/node_modules tests/exports/.ready

.venv/reader: requirements.txt requirements-model.txt
	$(call install,requirements.txt)

.venv/maintainer: requirements-dev.txt requirements.txt requirements-model.txt
	$(call install,requirements-dev.txt)
	touch .venv/reader

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund

tests/site/node_modules/.package-lock.json: tests/site/package-lock.json
	npm ci --prefix tests/site --ignore-scripts --no-audit --no-fund

tests/exports/.ready: tests/exports/package-lock.json tests/exports/requirements.txt   # promptfoo and Inspect, each in a place of its own
	npm ci --prefix tests/exports --omit=optional --ignore-scripts --no-audit --no-fund
	$(PYTHON) -m venv tests/exports/.venv
	tests/exports/.venv/bin/python -m pip install -q --require-hashes -r tests/exports/requirements.txt
	touch $@

define install
	@$(PYTHON) -c 'import sys, ensurepip; assert sys.version_info >= (3, 11)' 2>/dev/null || { echo "Python 3.11 or newer with venv is needed. Name yours: make PYTHON=python3.12 … (on Debian and Ubuntu also: apt install python3-venv)."; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	tools/install.sh $(BIN)/python $(1)
	touch $@
endef
