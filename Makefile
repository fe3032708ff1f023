# The commands for running and developing the portal. `make run` and `make test` set up all they need.

PYTHON ?= python3
PORT ?= 8000
export PORT
APPS := mscos outcomes events forums newsletters
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PYTHONDONTWRITEBYTECODE ?= 1

run dev: export SAMPLE_SITE ?= yes

.PHONY: run dev test faults load bench check format lock clean

run: .venv/installed  ## The portal with sample content, as in production
	@python manage.py prepare --to-serve
	@python manage.py run --end-with-parent

dev: .venv/installed-dev  ## The same, with error pages and reloading
	@DEBUG=yes python manage.py prepare --to-serve
	@DEBUG=yes python manage.py run --end-with-parent

test: .venv/installed-dev  ## The tests, on each database that is found
	@python -m tests

faults: .venv/installed-dev  ## Kill workers 50 times in 5,000 deliveries, and compare the ledger with the mail server
	@python -m tests.worker_faults

load: .venv/installed-dev  ## Readers and writers for two minutes, on each database, while processes are killed; needs nginx and Redis
	@python -m tests.load

bench: .venv/installed-dev  ## The speed of sending mail, as ratios in one run; needs PostgreSQL (TEST_POSTGRES_URL)
	@python -m tests.mail_bench

check: .venv/installed-dev  ## Format, lint, types, imports of the apps, declared dependencies, templates, migrations
	@ruff format --check --quiet .
	@ruff check --quiet .
	@mypy $(APPS)
	@lint-imports --no-cache >/dev/null 2>&1 || lint-imports --no-cache
	@deptry $(APPS) 2>/dev/null || deptry $(APPS)
	@git ls-files -z 'templates/*.html' | xargs -0 djade --check --target-version 5.2
	@git ls-files -z '*.py' | xargs -0 django-upgrade --target-version 5.2 --check
	@python manage.py makemigrations --check --dry-run >/dev/null || { echo "A migration is missing: run manage.py makemigrations."; exit 1; }
	@python manage.py check --fail-level WARNING

format: .venv/installed-dev  ## Format the code and fix what lint can fix
	@ruff format --quiet .
	@ruff check --quiet --fix .

lock: .venv/installed-dev  ## Compile requirements*.in into requirements*.txt, with hashes
	@for name in requirements requirements-dev; do \
	  uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $$name.in -o $$name.txt; done

clean:  ## Remove .venv and caches, but not the data in var/
	@rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .hypothesis

.venv/installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Python 3.11 or newer is needed. Install it, or name it: make run PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. Install it (Debian, Ubuntu: apt install python3-venv), then run make again."; exit 1; }
	@echo "Setting up .venv. The first time this takes a minute."
	@test -x .venv/bin/python || $(PYTHON) -m venv .venv
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@
