#!/bin/sh
# Make .venv from a hash-pinned lock and put the project itself into it: install.sh LOCK
set -eu
lock=$1
python=.venv/bin/python

if [ ! -x "$python" ]; then
    "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || {
        echo "Onewindow needs Python 3.11 or later; '$PYTHON' is not. Name one: make PYTHON=python3.12" >&2
        exit 2
    }
    if command -v uv >/dev/null; then
        uv venv --quiet --python "$PYTHON" .venv
    elif ! "$PYTHON" -m venv .venv; then
        rm -rf .venv
        echo "'$PYTHON -m venv' does not work here; on Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 2
    fi
fi

echo "Installing $lock into .venv (once; less than a minute)."
if command -v uv >/dev/null; then
    uv pip install --quiet --python "$python" --require-hashes -r "$lock"
    uv pip install --quiet --python "$python" --no-deps --no-build-isolation -e .
else
    "$python" -m pip install --quiet --disable-pip-version-check --require-hashes -r "$lock"
    "$python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
fi
