"""The utility that a drill's stack is of."""

from __future__ import annotations

import re
from pathlib import Path

DEMO = Path(__file__).resolve().parents[1] / "profiles" / "demo.toml"


def empty_profile(folder: Path) -> Path:
    """The demo's utility, where officers are told at every hour of the night, without the demo's consumers and requests.

    Those come only with a profile of that name.
    """
    made = folder / "drill.toml"
    awake = re.sub(r', quiet = "[^"]*"', "", DEMO.read_text(encoding="utf-8"))
    made.write_text(awake.replace('code = "demo"', 'code = "drill"', 1), encoding="utf-8")
    return made
