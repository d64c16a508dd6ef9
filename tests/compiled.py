"""Templates compiled in an earlier run of the tests are not compiled anew, as Python does it with its modules."""

from __future__ import annotations

import hashlib
import marshal
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from languages import catalog
from web import render


def _edition() -> str:
    """What compiled them: another Jinja, another Python or other settings make other templates."""
    told = hashlib.sha256(f"{version('jinja2')} {sys.version}".encode())
    for module in (render, catalog):
        told.update(Path(str(module.__file__)).read_bytes())
    return told.hexdigest()[:20]


@contextmanager
def compiled_before(folder: Path) -> Iterator[None]:
    """Begin with what lies in `folder`, each template looked at whether it is the same; leave there what was compiled."""
    file = folder / _edition()
    kept = render.COMPILED.kept
    kept.update(_read(file))
    known = kept.copy()
    yield
    if kept != known:
        writing = file.with_suffix(f".{os.getpid()}")
        writing.write_bytes(marshal.dumps({**_read(file), **kept}))
        writing.replace(file)


def _read(file: Path) -> dict[str, bytes]:
    return dict(marshal.loads(file.read_bytes())) if file.exists() else {}
