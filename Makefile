# Side by Side. `make lab` opens the course; `make quick` and `make check` run the checks. CONTRIBUTING.md explains the rest.
PYTHON ?= python3
BIN := .venv/bin
RUN := $(BIN)/python -m
SCORER := cd hackathon && ../$(RUN) sidebyside_hackathon
COMPILE := $(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links
KERNEL := ipython ipython-pygments-lexers ipywidgets jupyterlab-widgets widgetsnbextension comm traitlets matplotlib-inline jedi parso pexpect ptyprocess \
	prompt-toolkit pygments stack-data asttokens executing pure-eval wcwidth decorator   # what Colab's own kernel runs on: it stays as Colab has it
export PYTHONDONTWRITEBYTECODE :=
export MPLBACKEND :=
export JUPYTER_PLATFORM_DIRS := 1

.PHONY: $(shell grep -oE '^[a-z-]+:' Makefile | tr -d :)

help:            ## what there is
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*##/ —/'

lab: reader      ## open JupyterLab on the page Start here; make lab MODEL=main fetches that model before, and all pages ask it
	$(if $(MODEL),$(RUN) sidebyside weights get $(MODEL))
	$(if $(MODEL),SIDEBYSIDE_MODEL=$(MODEL)) $(RUN) sidebyside lab

model: reader    ## fetch the main model (1.1 GB), so that new questions can be asked of it; or: make model MODEL=middle
	$(RUN) sidebyside weights get $(MODEL)

quick: maintainer              ## lint, types, and all tests that need no model, no browser and no patience
	$(RUN) tools.check quick

test: maintainer               ## quick, every notebook compared with its saved outputs, and the tests that ask the model
	$(RUN) tools.check test

check: maintainer              ## all that CI checks: test, the site, its tests in a browser, the exported suites
	$(RUN) tools.check check

book: maintainer               ## the site, in _build/html, with the slides
	$(RUN) tools.check book

under-load: maintainer         ## the tests of `quick` on a busy machine: none may depend on time
	$(RUN) tools.under_load

slides: maintainer             ## slides of every lesson, in _build/html/slides; `make book` makes them too
	$(RUN) tools.slides

lesson: maintainer             ## the skeleton of a new lesson: make lesson NAME=slug AFTER=slug
	$(RUN) tools.lesson new "$(NAME)" "$(AFTER)"

renumber: maintainer           ## numbers in notebooks' file names, and the links from page to page, from _toc.yml
	$(RUN) tools.lesson renumber

exercises: maintainer          ## exercises/ from solutions/; one lesson alone: make exercises PAGE=slug
	$(RUN) tools.exercises $(PAGE)

refresh: maintainer            ## re-execute and re-save every page from recordings; one alone: make refresh PAGE=slug
	$(RUN) tools.run_pages refresh $(PAGE)

record: maintainer             ## ask the real models for what is missing; keep what is still used; one page alone, dropping nothing: make record PAGE=slug MODEL=small
	$(RUN) tools.record record $(PAGE) $(if $(MODEL),--model $(MODEL))

live: maintainer               ## run all pages with no recordings at all, on the small model or another: make live MODEL=main
	$(RUN) tools.run_pages live $(PAGE) $(if $(MODEL),--model $(MODEL))

verify-recordings: maintainer  ## ask a random sample again, live and in random order, and compare: make verify-recordings MODEL=main SAMPLE=200
	$(RUN) tools.record verify $(if $(MODEL),--model $(MODEL)) $(if $(SAMPLE),--sample $(SAMPLE))

bench: maintainer              ## speeds, reported and not asserted
	$(RUN) tools.npm
	$(RUN) tools.bench

test-report: reader            ## a class before and after the course: make test-report FILES="answers/*.csv"
	@$(RUN) tools.test_report $(FILES)

offline-kit: book              ## a folder for a USB stick; also: make offline-kit FOR="linux windows macos" PYTHONS="3.11 3.12" MODEL=main
	$(RUN) tools.offline_kit $(if $(FOR),--for $(FOR)) $(if $(PYTHONS),--python $(PYTHONS)) $(if $(MODEL),--model $(MODEL))

lighthouse: book               ## what Lighthouse says of the site, reported and not asserted
	$(RUN) tools.npm tests/site
	$(RUN) tools.lighthouse

screenshots: book              ## the pictures of the site in README.md
	$(RUN) tools.screenshots

load-test: maintainer          ## waits at one endpoint for 1, 10 and 30 learners; use a quiet machine
	$(RUN) tools.load_test

hub-trial: maintainer          ## set up the shared server and use it, with accounts of its own: as root, on a throwaway machine
	$(RUN) tools.hub_trial $(if $(MODEL),--model $(MODEL))

hackathon-score: reader        ## score a team's files: make hackathon-score TEAM=name (asks for the passphrase)
	@$(SCORER) score "$$TEAM"

hackathon-board: reader        ## write hackathon/leaderboard.html from the scores that there are
	@$(SCORER) board

hackathon-seal: reader         ## seal the labels in hackathon/private with a passphrase
	@$(SCORER) seal

lock: maintainer               ## the pinned lists from pyproject.toml: requirements-dev.txt is resolved, the others are parts of it
	$(COMPILE) --extra lab --group dev --group hub --group exports pyproject.toml -o requirements-dev.txt
	$(COMPILE) --extra lab -c requirements-dev.txt pyproject.toml -o requirements.txt
	$(COMPILE) --extra lab --group hub -c requirements-dev.txt pyproject.toml -o deploy/hub/requirements.txt
	$(COMPILE) $(KERNEL:%=--no-emit-package %) -c requirements-dev.txt pyproject.toml -o deploy/colab/requirements.txt
	echo "notebook notebook-shim" | tr " " "\n" | $(COMPILE) --no-deps -c requirements-dev.txt - -o binder/notebook.txt

wheels: maintainer             ## which systems and Pythons the pinned lists have wheels for
	$(RUN) tools.wheels

clean:           ## forget the site and the environment
	rm -rf _build .venv node_modules deploy/hub/node_modules tests/site/node_modules tests/exports/node_modules

reader:          # the environment of those who read and run the pages
	@$(PYTHON) tools/install.py requirements.txt

maintainer:      # and of those who change them
	@$(PYTHON) tools/install.py requirements-dev.txt
