#!/usr/bin/env bash
# Makes .venv from the lock file. Needs uv, or a Python with venv and pip to get uv with.
set -euo pipefail
cd "$(dirname "$0")/.."

if command -v uv >/dev/null; then
    uv=uv
else
    python3 -m venv --clear .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check uv
    # A copy: the sync below replaces the one in .venv by the locked version.
    cp .venv/bin/uv .venv/uv-bootstrap
    uv=.venv/uv-bootstrap
fi
"$uv" sync --locked --quiet --compile-bytecode
.venv/bin/python -m compileall -q src
rm -f .venv/uv-bootstrap
