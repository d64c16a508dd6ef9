"""Save a history of every scenario, or of those named: `python -m tests.replay.save [NAME ...]`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.replay.test_scenarios import SAVING


def main(names: list[str]) -> int:
    """Run the scenarios and keep what they wrote beside what is there; pytest's exit code."""
    os.environ[SAVING] = "yes"
    chosen = ["-k", " or ".join(names)] if names else []
    return pytest.main([str(Path(__file__).with_name("test_scenarios.py")), *chosen])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
